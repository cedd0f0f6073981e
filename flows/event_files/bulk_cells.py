"""Cells of long opt-out lists, read a column at a time: each different cell once, plain contacts in Polars.

What is read here is read as a single row would be; whatever is not certain is left to the reader of rows (null).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.event_files.salvage import certain_contact
from flows.event_files.times import instant_of
from flows.ledger.contacts import ContactLists, read_contact
from flows.ledger.vocabulary import METHODS, folded, listed
from policies.contact_points import canonical_emails, canonical_phone
from policies.errors import UsageError
from policies.schema import UTC_INSTANT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime


__all__ = ["CONTACT", "contacts_in", "harmless", "instants_in", "methods_in", "numbers_in", "words_in"]

# What a cell of contacts holds: ``kind`` is null where it is not one plain contact. ``also`` is what else it is known
# by: of an address its equivalence key, of a national number the international one.
CONTACT: Final = pl.Schema(dict.fromkeys(("cell", "kind", "value", "also"), pl.String()))
_EMAIL: Final = r"^[A-Za-z0-9_+\-.]+@[A-Za-z0-9.\-]+$"
_DIGEST: Final = r"^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$"
# A number, a domain.
_OTHER: Final = r"^(?:\+[1-9][0-9]{6,14}|(?:\*\.|\*?@)?(?:[A-Za-z0-9\-]+\.)+[A-Za-z][A-Za-z0-9\-]+)$"
# Anything that may be a contact beyond doubt wherever it stands (``certain_contact``).
_MAY_NAME: Final = r"@|[0-9a-fA-F]{32}|p[a-z2-7]{26}|(?:^|[;,|\s\x1c-\x1f])(?:\+|00)"
_BETWEEN: Final = re.compile(r"[;,|\s]+")


def contacts_in(cells: pl.Series, lists: ContactLists) -> pl.DataFrame:
    """Every different cell as ``CONTACT``: ``email``, ``digest``, ``phone`` or ``domain`` in canonical form."""
    unique = pl.DataFrame({"cell": cells.drop_nulls().unique(maintain_order=True)})
    text = pl.col("cell")
    emails = unique.filter(text.str.contains(_EMAIL))
    digests = unique.filter(text.str.contains(_DIGEST))
    others = unique.filter(text.str.contains(_OTHER) & ~text.str.contains(_DIGEST))
    read = [(cell, *_contact(cell, lists)) for cell in others.get_column("cell")]
    addresses = canonical_emails(emails.get_column("cell")).drop_nulls("email")
    found = [
        addresses.select(
            pl.col("received").alias("cell"),
            pl.lit("email").alias("kind"),
            pl.col("email").alias("value"),
            pl.col("email_equiv").alias("also"),
        ),
        digests.select("cell", pl.lit("digest").alias("kind"), text.str.to_lowercase().alias("value")),
        pl.DataFrame(read, schema=["cell", "kind", "value"], orient="row"),
    ]
    known = pl.concat([pl.DataFrame(schema=CONTACT), *found], how="diagonal_relaxed")
    return unique.join(known, on="cell", how="left", validate="1:1", maintain_order="left")


def numbers_in(cells: pl.Series, lists: ContactLists) -> pl.DataFrame:
    """Every different cell as ``CONTACT``: ten digits of North America with the number they stand for."""
    unique = cells.drop_nulls().unique(maintain_order=True)
    numbers = [canonical_phone(cell, "US", lists.fictional_phone_prefixes) for cell in unique]
    found = [(cell, "national" if number else None, cell, number) for cell, number in zip(unique, numbers, strict=True)]
    return pl.DataFrame(found, schema=CONTACT, orient="row")


def words_in(cells: pl.Series, vocabulary: Mapping[str, str]) -> pl.DataFrame:
    """``cell, value, fine``: the word of a closed vocabulary; not fine where there is none."""
    return _each(cells, lambda cell: vocabulary.get(folded(cell)), pl.String())


def methods_in(cells: pl.Series) -> pl.DataFrame:
    """``cell, value, fine``: the listed word of a method, ``other`` for any that is not listed."""
    return _each(cells, lambda cell: listed(cell, METHODS), pl.String())


def instants_in(cells: pl.Series, zone: str) -> pl.DataFrame:
    """``cell, value, fine``: the instant in a cell; not fine where there is none."""

    def read(cell: str) -> datetime | None:
        try:
            return instant_of(cell, zone)
        except ValueError:
            return None

    return _each(cells, read, UTC_INSTANT)


def harmless(cells: pl.Series) -> pl.Series:
    """For every cell whether it names nobody, as far as the reader of rows could tell: true for blank ones."""
    suspected = cells.filter(cells.str.contains(_MAY_NAME)).unique(maintain_order=True)
    naming = [cell for cell in suspected if _names_somebody(cell)]
    return ~cells.is_in(naming)


def _each(cells: pl.Series, read: Callable[[str], object], dtype: pl.DataType) -> pl.DataFrame:
    unique = cells.drop_nulls().unique(maintain_order=True)
    value = pl.Series("value", [read(cell) for cell in unique], dtype=dtype)
    return pl.DataFrame([unique.alias("cell"), value, value.is_not_null().alias("fine")])


def _contact(cell: str, lists: ContactLists) -> tuple[str | None, str | None]:
    try:
        found = read_contact(cell, lists)
    except UsageError:
        return None, None
    return (found.kind, found.value) if found.kind in ("phone", "domain") else (None, None)


def _names_somebody(cell: str) -> bool:
    """Whether a cell of a column that holds no field names somebody: as a whole, or in every part."""
    lists = ContactLists()
    whole = certain_contact(cell, lists)
    parts: Sequence[object] = [whole] if whole else [certain_contact(part, lists) for part in _BETWEEN.split(cell)]
    return all(part is not None for part in parts)
