"""E-mail addresses: cleaned, checked, made canonical, and the key under which spellings of one mailbox meet.

Cleaning takes off what is around an address (outer blanks, zero-width blanks, ``mailto:``, ``Name <...>``) and mends
nothing else, neither a link with a subject nor a second address in the place of the name. After it, an address is what
email-validator accepts without asking the network. Plain addresses, most of any list, are recognised in Polars under
the same rules; only the rest reaches the validator, each spelling once.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

__all__ = [
    "DASHES",
    "EQUIVALENCE_VERSION",
    "bare_emails",
    "canonical_email",
    "canonical_emails",
    "clean_email",
    "email_equivalence",
]

# Raised whenever email_equivalence changes: tokens in the ledger carry the version they were made with.
EQUIVALENCE_VERSION: Final = 1

_BLANKS: Final = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
# Dashes that word processors put in place of a hyphen: an address with one is another address, and the same person.
DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
_ZERO_WIDTH: Final = "\u200b\u2060\ufeff"
_NO_ZERO_WIDTH: Final = str.maketrans("", "", _ZERO_WIDTH)
_PLAIN_DASHES: Final = str.maketrans(dict.fromkeys(DASHES, "-"))
# A name in quotes may hold anything, brackets too.
_BRACKETED: Final = r'([^<>]*|[^<>"]*"(?:[^"\\]|\\[\s\S])*"[^<>"]*)<([^<>]*)>'
# Another address in the place of the name: nobody knows which of the two is meant.
_ADDRESS_IN_NAME: Final = rf"[^{_BLANKS}]@[^{_BLANKS}]"
_AROUND_NAME: Final = _BLANKS + "'\""
_MAILTO: Final = r"^(?i:mailto:)((?:/?[^/][\s\S]*)?)$"  # not mailto://, which would leave slashes in the address
_BRACKETED_TEXT: Final = re.compile(_BRACKETED)
_ADDRESS_IN_NAME_TEXT: Final = re.compile(_ADDRESS_IN_NAME)
_MAILTO_TEXT: Final = re.compile(_MAILTO, re.ASCII)  # as in Polars: no dotless i

_NOTHING_AROUND: Final = r"^[A-Za-z0-9_+.\-]+@[A-Za-z0-9.\-]+$"
_LOCAL: Final = r"[A-Za-z0-9_+\-]+(?:\.[A-Za-z0-9_+\-]+)*"
_HOST: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
_PLAIN: Final = rf"^{_LOCAL}@{_HOST}$"
_ENCODED: Final = r"@(?:.*\.)?..--"  # xn-- and its like need the validator's IDNA rules
_SPECIAL_USE: Final = r"(?i)(?:^|[.@])(?:" + "|".join(map(re.escape, SPECIAL_USE_DOMAIN_NAMES)) + r")$"
_LOWERED: Final = rf"(?i)^(?:{'|'.join(CASE_INSENSITIVE_MAILBOX_NAMES)})@"  # the validator lower-cases these (RFC 2142)
_MAX_BYTES: Final = 254
_MAX_LOCAL: Final = 64

_GOOGLE: Final = frozenset({"gmail.com", "googlemail.com"})


def clean_email(text: str) -> str:
    """Take off what stands around an address: outer and zero-width blanks, ``Name <...>``, ``mailto:``."""
    bare = text.translate(_NO_ZERO_WIDTH).strip(_BLANKS)
    if (bracketed := _BRACKETED_TEXT.fullmatch(bare)) and not _names_another(*bracketed.groups()):
        bare = bracketed.group(2).strip(_BLANKS)
    return _MAILTO_TEXT.sub(r"\1", bare).strip(_BLANKS)


def bare_emails(values: pl.Series) -> pl.Series:
    """:func:`clean_email` of every value, in order, whether or not it is an address; nulls stay.

    For comparison in bulk: what has nothing around it, most of any list, is left as it is.
    """
    rows = values.cast(pl.String).alias("received").to_frame()
    around = rows.filter(~pl.col("received").str.contains(_NOTHING_AROUND)).unique()
    if around.is_empty():
        return rows.to_series().alias(values.name)
    cleaned = around.with_columns(_cleaned(pl.col("received")).alias("bare"))
    joined = rows.join(cleaned, on="received", how="left", maintain_order="left")
    return joined.select(pl.coalesce("bare", "received")).to_series().alias(values.name)


def _names_another(name: str, address: str) -> bool:
    """Whether what stands before an address in angle brackets is another address."""
    same = name.strip(_AROUND_NAME).lower() == address.strip(_BLANKS).lower()
    return _ADDRESS_IN_NAME_TEXT.search(name) is not None and not same


def canonical_email(text: str) -> str | None:
    """The address to send to: local part as given, domain in lower case; None where ``text`` is no valid address."""
    return _validated(clean_email(text))[0]


def email_equivalence(canonical: str) -> str:
    """The key under which all spellings of one mailbox meet: for matching, never to send to.

    Lower case; dashes as hyphens; ``+tag`` off at every provider (``-tag`` may be part of a name); dots off and one
    domain for Google.
    """
    local, _, domain = canonical.lower().translate(_PLAIN_DASHES).rpartition("@")
    local = local[: local.find("+", 1)] if "+" in local[1:] else local
    if domain in _GOOGLE:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}@{domain}"


def canonical_emails(values: pl.Series) -> pl.DataFrame:
    """Check every different spelling of ``values`` once; nulls and blank cells are left out.

    Returns ``received, email, email_equiv, email_domain, email_error``, one row per spelling, ordered by it. ``email``
    is as from :func:`canonical_email`, ``email_domain`` its host in ASCII form. ``email_error`` is ``email_invalid``
    where there is no address, else null.
    """
    received = pl.DataFrame({"received": values.cast(pl.String).drop_nulls().unique()})
    plain, rest = _apart(received.with_columns(pl.col("received").alias("text")))
    cleaned = rest.with_columns(_cleaned(pl.col("received")).alias("text")).filter(pl.col("text") != "")
    uncovered, awkward = _apart(cleaned)
    found = pl.concat([_in_parts(pl.concat([plain, uncovered])), _checked(awkward)])
    return found.select(
        "received",
        "email",
        _equivalence(pl.col("email")).alias("email_equiv"),
        "email_domain",
        pl.when(pl.col("email").is_null()).then(pl.lit("email_invalid")).alias("email_error"),
    ).sort("received")


def _apart(texts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Plain addresses of the column ``text``, and the others."""
    judged = texts.with_columns(_is_plain(pl.col("text")).alias("plain"))
    return judged.filter("plain").drop("plain"), judged.filter(~pl.col("plain")).drop("plain")


def _cleaned(text: pl.Expr) -> pl.Expr:
    """:func:`clean_email` as an expression."""
    bare = text.str.replace_all(f"[{_ZERO_WIDTH}]", "").str.strip_chars(_BLANKS)
    name, address = (bare.str.extract(f"^{_BRACKETED}$", group) for group in (1, 2))
    same = name.str.strip_chars(_AROUND_NAME).str.to_lowercase() == address.str.strip_chars(_BLANKS).str.to_lowercase()
    one = pl.when(~name.str.contains(_ADDRESS_IN_NAME) | same).then(address.str.strip_chars(_BLANKS))
    return pl.coalesce(one, bare).str.replace(_MAILTO, "$1").str.strip_chars(_BLANKS)


def _is_plain(text: pl.Expr) -> pl.Expr:
    """True only where email-validator accepts ``text`` and changes at most the case of its domain."""
    short = (text.str.len_bytes() <= _MAX_BYTES) & (text.str.find("@", literal=True) <= _MAX_LOCAL)
    ruled_out = text.str.contains(_ENCODED) | text.str.contains(_SPECIAL_USE) | text.str.contains(_LOWERED)
    return (short & text.str.contains(_PLAIN) & ~ruled_out).fill_null(value=False)


def _in_parts(plain: pl.DataFrame) -> pl.DataFrame:
    """``received, email, email_domain`` of plain addresses: their domain in lower case."""
    split = plain.with_columns(
        pl.col("text").str.split_exact("@", 1).struct.rename_fields(["local", "host"]).alias("at")
    )
    domain = pl.col("at").struct.field("host").str.to_lowercase().alias("email_domain")
    parted = split.with_columns(domain)
    return parted.select(
        "received", (pl.col("at").struct.field("local") + "@" + pl.col("email_domain")).alias("email"), "email_domain"
    )


def _checked(rest: pl.DataFrame) -> pl.DataFrame:
    """``received, email, email_domain`` by the validator, for spellings that are not plain."""
    answers = [_validated(text) for text in rest.get_column("text")]
    schema = {"email": pl.String, "email_domain": pl.String}
    return pl.concat([rest.select("received"), pl.DataFrame(answers, schema=schema, orient="row")], how="horizontal")


def _validated(text: str) -> tuple[str | None, str | None]:
    """Canonical address and its ASCII host, both None where ``text`` is no address."""
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return None, None
    return found.normalized, found.ascii_domain.lower()


def _equivalence(email: pl.Expr) -> pl.Expr:
    """:func:`email_equivalence` as an expression; an address that is valid has one ``@``."""
    at = email.str.to_lowercase().str.replace_all(f"[{DASHES}]", "-").str.split_exact("@", 1)
    local, domain = (at.struct.field(f"field_{part}") for part in (0, 1))
    untagged = local.str.replace(r"^(.[^+]*)\+.*$", "$1")
    undotted = untagged.str.replace_all(".", "", literal=True)
    google = pl.when(undotted != "").then(undotted).otherwise(untagged) + "@gmail.com"
    return pl.when(domain.is_in(list(_GOOGLE))).then(google).otherwise(untagged + "@" + domain)
