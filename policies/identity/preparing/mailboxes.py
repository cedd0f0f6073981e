"""Mailboxes: the key under which all spellings of one address meet, its parts, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.organisations import is_free_mail, is_role_mailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["mailbox_keys", "others"]

_GOOGLE: Final = ("gmail.com", "googlemail.com")


def mailbox_keys(people: pl.DataFrame, lists: Mapping[str, Any]) -> pl.DataFrame:
    """``mailbox, local, domain, work_domain, role_mailbox, other_mailboxes``, a row per row of ``people``, in order."""
    email = people.select("email")
    read = _parted(email.unique())
    keys = read.select(
        "email",
        _mailbox().alias("mailbox"),
        "local",
        "domain",
        pl.when(~is_free_mail(pl.col("domain"), lists)).then("domain").alias("work_domain"),
        (is_role_mailbox(pl.col("plain"), lists) & _mailbox().is_not_null()).alias("role_mailbox"),
    )
    further = others(people.get_column("other_emails"), _mailboxes).alias("other_mailboxes")
    joined = email.join(keys, on="email", how="left", nulls_equal=True, maintain_order="left")
    return joined.drop("email").with_columns(further)


def others(lists: pl.Series, keyed: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.Series:
    """Keys of lists of further contact points: unique, sorted, without values that have none.

    ``keyed`` gives the key of each row of ``row, value``, in its place.
    """
    numbered = lists.alias("value").to_frame().with_row_index("row")
    values = numbered.filter(pl.col("value").list.len() > 0).explode("value", empty_as_null=False)
    kept = keyed(values).drop_nulls("value").unique().sort("row", "value").group_by("row", maintain_order=True).agg("value")
    return numbered.select("row").join(kept, on="row", how="left", maintain_order="left").get_column("value")


def _mailboxes(values: pl.DataFrame) -> pl.DataFrame:
    return _parted(values.rename({"value": "email"})).select("row", _mailbox().alias("value"))


def _mailbox() -> pl.Expr:
    return pl.col("local") + "@" + pl.col("domain")


def _parted(emails: pl.DataFrame) -> pl.DataFrame:
    """Add ``plain, local, domain``: lower case, tag off, and for Google dots off and one domain."""
    plain = pl.col("email").str.strip_chars().str.to_lowercase()
    parted = emails.with_columns(plain.alias("plain")).with_columns(
        pl.col("plain").str.extract(r"^([^@]+)@[^@]+$").str.replace(r"^(.[^+]*)\+.*$", "$1").alias("local"),
        pl.col("plain").str.extract(r"^[^@]+@([^@\s]+\.[^@\s]+)$").alias("domain"),
    )
    google = pl.col("domain").is_in(_GOOGLE)
    bare = pl.col("local").str.replace_all(".", "", literal=True)
    return parted.with_columns(
        pl.when(google & (bare != "")).then(bare).otherwise("local").alias("local"),
        pl.when(google).then(pl.lit(_GOOGLE[0])).otherwise("domain").alias("domain"),
    )
