"""Whether an opt-out file is all it should be: one that was cut off never reads as "nobody else opted out"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.ledger.tokens import PHONE
from policies.contact_points import is_known_suffix
from policies.errors import RefusedFile
from policies.stop_lists.declarations import is_reserved, vector_fits
from policies.stop_lists.entries import DIGEST_LENGTHS

if TYPE_CHECKING:
    from flows.event_files.beside import Declared
    from flows.event_files.reading import EventReading
    from flows.event_files.tables import EventTable

__all__ = ["judged"]

# What is wrong with the last row of a file that breaks off in it.
_CUT: Final = frozenset({"contact_unreadable", "digest_unknown", "number_lost", "cell_missing"})
_DAMAGED: Final = frozenset({"cell_count", "unbalanced_quote", "nul_byte", "bad_encoding", "bad_json"})
_NUMBERS: Final = ("phone", "value")
_WHOLE: Final = 8  # digits: national numbers of Denmark, Norway and Singapore have no more
_ADDRESSES: Final = ("email", "value")
_COUNTS: Final = "Everything that could be read in it counts."


def judged(table: EventTable, reading: EventReading) -> EventReading:
    """The reading of a whole file with what is wrong with the file, if anything is."""
    if reading.flaw is not None or table.about is None:
        return reading
    about = table.about.declared
    return replace(reading, flaw=_flaw(table, reading, about))


def _flaw(table: EventTable, reading: EventReading, about: Declared) -> RefusedFile | None:
    if about.problem is not None:
        return about.problem
    if about.cut or (about.open_end and reading.rows > 1 and _breaks_off(table, reading)):
        return RefusedFile(
            "file_truncated",
            f"The file breaks off in its last row: it was cut off on its way. {_COUNTS}",
            "Export it again, and drop it whole.",
            {"rows": reading.rows},
        )
    if about.rows is not None and about.rows > reading.rows:
        return RefusedFile(
            "file_truncated",
            f"The file says that it has {about.rows:,} entries, and holds {reading.rows:,}. {_COUNTS}",
            "Export it again, and drop it whole.",
            {"rows": reading.rows, "stated": about.rows},
        )
    return _wrong_digests(table, about) or _nobody(table, reading)


def _breaks_off(table: EventTable, reading: EventReading) -> bool:
    """Whether the last row of a text without an end of line is no whole one."""
    last = max(table.numbers, default=0)
    if last in table.damage:
        return table.damage[last][0] in _DAMAGED
    refused = dict(reading.rejects.select("_row", "_code").iter_rows())
    if refused.get(last) in _CUT:
        return True
    column = next((table.columns[name] for name in _ADDRESSES if name in table.columns), None)
    return column is not None and column == table.frame.columns[-1] and _is_cut_host(table, column)


def _is_cut_host(table: EventTable, column: str) -> bool:
    """Whether the last address of a file ends in what is no top-level domain, neither in fact nor elsewhere in it."""
    ends = table.frame.get_column(column).fill_null("").str.strip_chars().str.to_lowercase()
    domains = ends.str.extract(r"@[^@]*\.([^.@]+)$", 1).to_list()
    last, others = domains[-1], set(domains[:-1])
    if last is None or last in others:
        return False
    return not is_known_suffix(last) or any(other and other.startswith(last) for other in others)


def _wrong_digests(table: EventTable, about: Declared) -> RefusedFile | None:
    """Digests that are not made as declared: no address of ours would ever meet them."""
    vectors = [*about.vectors, *_vectors_among(table)]
    wrong = sum(not vector_fits(address, digest, about.rule) for address, digest in vectors)
    if not wrong:
        return None
    said = f"under the declared normalisation ({about.rule})" if about.rule else "under any normalisation that is known"
    return RefusedFile(
        "normalisation_mismatch",
        f"{wrong} of {len(vectors)} test vectors do not give the digest stated {said}: the digests of the list were "
        "made in another way. Its entries count under every spelling meanwhile, and may still meet nobody.",
        "Ask whoever made the list how addresses are written before they are digested; plain MD5, SHA-1 and SHA-256 of "
        "an address as received, or trimmed and in lower case, can be compared.",
        {"vectors": len(vectors), "wrong": wrong, "normalisation": about.rule or "none"},
    )


def _vectors_among(table: EventTable) -> list[tuple[str, str]]:
    """Rows that name an address reserved for examples beside its digest."""
    address = next((table.columns[name] for name in _ADDRESSES if name in table.columns), None)
    digests = [table.columns[name] for name in DIGEST_LENGTHS.values() if name in table.columns]
    if address is None or not digests:
        return []
    found: list[tuple[str, str]] = []
    named = table.frame.filter(table.frame.get_column(address).str.contains(r"(?i)\.example$|@example\.|\.example\."))
    for column in digests:
        found += [
            (text.strip(), digest)
            for text, digest in named.select(address, column).iter_rows()
            if digest
            and digest.strip()
            and text.lower().strip().endswith(("example.com", "example.net", "example.org"))
            and is_reserved(text)
        ]
    return found


def _nobody(table: EventTable, reading: EventReading) -> RefusedFile | None:
    """A file in which nobody opted out, as far as anybody can tell."""
    if reading.understood or reading.bulk is not None or not reading.rows:
        return None
    if any(token.kind == PHONE for event in reading.events for token in event.tokens) and _has_whole_numbers(table):
        return None  # numbers without a country meet whoever has the same digits
    if reading.passed.get("nothing"):
        return RefusedFile(
            "nobody_opted_out",
            "By its columns nobody in this file opted out. It stops nobody, and says nothing for anybody either.",
            "Drop the export of those who opted out; a list of people belongs into data/inbox/lists/<source>/.",
            {"rows": reading.rows},
        )
    if reading.passed.get("deletion"):
        return None
    return RefusedFile(
        "nobody_recognised",
        "Nobody could be recognised in any row. The file stops only whom a list has under the very same text.",
        "See data/rejects for what is wrong with each row; ask for addresses, numbers or known digests.",
        {"rows": reading.rows},
    )


def _has_whole_numbers(table: EventTable) -> bool:
    """Whether some number of a file has as many digits as one with its area code; shorter ones meet hardly anybody."""
    columns = [table.columns[name] for name in _NUMBERS if name in table.columns]
    digits = pl.col(columns).str.replace_all(r"\D", "").str.len_chars() >= _WHOLE
    return bool(columns) and table.frame.select(pl.any_horizontal(digits).any()).item() is True
