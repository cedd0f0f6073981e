"""Opt-out files: every entry that can be read counts at once, whatever else is wrong with the file.

Everybody in such a file is stopped, unless the file says otherwise of them (:mod:`policies.stop_lists`). What a row
means is decided in :mod:`flows.event_files.optout_rows`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.event_files import optout_rows
from flows.event_files.area_codes import with_joined_numbers
from flows.event_files.beside import Declared, declared
from flows.event_files.optout_rows import CONTACT_FIELDS, WHO, StopList, events_of
from flows.event_files.reading import EventContext, EventReading, read_rows
from flows.event_files.salvage import salvaged
from flows.event_files.tables import EventTable, contact_column, folded_header, load_table
from flows.event_files.unpacked import unpacked
from flows.event_files.unsubscribes import TOKEN_NAMES
from flows.event_files.wholeness import judged
from flows.files import sha256_file
from policies.errors import RefusedFile
from policies.sources.countries import country_codes
from policies.sources.headers import fits_any, header_words
from policies.stop_lists import meaning_of
from policies.stop_lists.entries import are_north_american, signs_of_change

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["holds_contacts", "optout_table", "read_optout_table", "read_optouts"]

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "value": ("value", "contact", "contact_point", "entry"),
    "email": ("email",),
    "phone": ("phone",),
    "domain": ("domain", "domains", "domain_name"),
    "md5": ("md5", "md5_hash", "email_md5", "md5_email"),
    "sha1": ("sha1", "sha1_hash", "email_sha1", "sha1_email"),
    "sha256": (
        "sha256",
        "sha_256",
        "sha256_hash",
        "email_sha256",
        "sha256_email",
        "hash",
        "email_hash",
        "hashed_email",
    ),
    "token": TOKEN_NAMES,
    "kind": ("kind",),
    "channel": ("channel",),
    "scope": ("scope",),
    "full_name": ("full_name", "name"),
    "person_id": ("person_id",),
    "received_at": ("received_at",),
    "effective_at": ("effective_at",),
    "method": ("method",),
    "words": ("words",),
    "normalisation": ("normalisation", "normalization"),
    "country": ("country", "country_code"),
}
_DELETES: Final = r"^\s*(?:-|D[,;:|\t ])"  # how a line of a list of changes may begin


def read_optouts(path: Path, context: EventContext) -> EventReading:
    """Read an opt-out file of any shape: named columns, or one column of entries.

    Raises ``RefusedFile``: ``no_contact_column``, and what the readers refuse.
    """
    table = optout_table(path, context)
    return judged(table, read_optout_table(table, context))


def optout_table(path: Path, context: EventContext) -> EventTable:
    """An opt-out file as a table, with a column of contacts; raises ``RefusedFile`` as :func:`read_optouts`.

    What the file says as a whole is with it (``about``), so that its rows can be read all together or in parts.
    """
    with unpacked(path) as (plain, cut):
        table = with_joined_numbers(load_table(plain, _names(context), headerless=True))
        said = declared(path, plain, table.encoding, cut=cut)
    table = _with_contact_column(_without_signs(replace(table, sha256=sha256_file(path))), context)
    return replace(table, about=_about(table, path.name, said, context))


def read_optout_table(table: EventTable, context: EventContext) -> EventReading:
    """Read the rows of an opt-out file, or some of them."""
    about = table.about or StopList()
    return read_rows(table, context, lambda row: events_of(row, about), salvaged)


def holds_contacts(column: str, context: EventContext) -> bool:
    """Whether whatever stands in a column of no field is read as a contact, by its header."""
    return optout_rows.holds_contacts(column, _repeated(context))


def _repeated(context: EventContext) -> frozenset[str]:
    names = _names(context)
    return frozenset(folded_header(name) for field in CONTACT_FIELDS for name in names[field])


def _names(context: EventContext) -> dict[str, Sequence[str]]:
    also = {field: tuple(context.synonyms.get(field, ())) for field in ("email", "phone", "country")}
    return {field: (*names, *also.get(field, ())) for field, names in _NAMES.items()}


def _with_contact_column(table: EventTable, context: EventContext) -> EventTable:
    table = _without_names(table)
    if any(field in table.columns for field in WHO):
        return table
    column = contact_column(table, _of_others(table, context), context.own_domains) or contact_column(table)
    if column is None and "token" in table.columns:
        return table
    if column is None and table.frame.width == 1:
        column = table.frame.columns[0]
    if column is None:
        raise RefusedFile(
            "no_contact_column",
            "No column of the file holds contacts, as far as can be told.",
            f"Name the column one of: {', '.join(CONTACT_FIELDS)}.",
        )
    return replace(table, columns={**table.columns, "value": column})


def _without_names(table: EventTable) -> EventTable:
    """A column called "Contact" beside one of addresses holds names: it is no field then."""
    column = table.columns.get("value")
    if column is None or not any(field in table.columns for field in WHO if field != "value"):
        return table
    alone = replace(table, frame=table.frame.select(column))
    filled = (table.frame.get_column(column).fill_null("").str.strip_chars() != "").any()
    if not filled or contact_column(alone) is not None:
        return table
    return replace(table, columns={field: name for field, name in table.columns.items() if field != "value"})


def _about(table: EventTable, name: str, said: Declared, context: EventContext) -> StopList:
    """What is known of the file as a whole."""
    kind_column = table.columns.get("kind")
    fields = {column for field, column in table.columns.items() if field not in ("kind", "country")}
    called = [said.stated.get("kind", ""), name.rpartition(".")[0] or name, context.feed or ""]
    meaning = meaning_of(table.frame, fields, called, context.words, bare=table.bare)
    ten_digits = table.frame.width == 1 and table.frame.to_series().str.contains(r"^\s*\d{10}\s*$|^\s*$").all()
    return StopList(
        meaning=meaning,
        kind_column=kind_column,
        repeated=_repeated(context),
        others=_of_others(table, context),
        names=_of_names(table),
        countries=_countries(table, context),
        north_american=ten_digits and are_north_american(table.frame.to_series().drop_nulls().to_list()),
        bare=table.bare,
        declared=said,
    )


def _of_others(table: EventTable, context: EventContext) -> frozenset[str]:
    """The columns of somebody else's contacts, by their headers."""
    patterns = [
        *context.words.get("headers", {}).get("others_patterns", ()),
        *context.words.get("optout_files", {}).get("keeper_headers", ()),
    ]
    columns = [column for column in table.frame.columns if column not in table.columns.values()]
    return frozenset(
        column for column, words in zip(columns, header_words(columns), strict=True) if fits_any(patterns, words)
    )


def _of_names(table: EventTable) -> frozenset[str]:
    """The columns called as one of contacts is, of which none is a field: see :func:`_without_names`."""
    called = frozenset(_NAMES["value"]) if "value" not in table.columns else frozenset()
    free = [column for column in table.frame.columns if column not in table.columns.values()]
    return frozenset(column for column in free if folded_header(column) in called)


def _countries(table: EventTable, context: EventContext) -> dict[str, str]:
    """What the cells of the country column mean, where there is one."""
    column = table.columns.get("country")
    if column is None:
        return {}
    return dict(country_codes(table.frame.get_column(column), context.words).drop_nulls().iter_rows())


def _without_signs(table: EventTable) -> EventTable:
    """A bare list of changes, with its signs in a column of their own."""
    if table.frame.width != 1 or not table.frame.to_series().str.contains(_DELETES).any():
        return table
    [column] = table.frame.columns
    signs = signs_of_change([cell or "" for cell in table.frame.get_column(column)])
    if signs is None:
        return table
    entries = pl.Series(column, [entry for _, entry in signs], dtype=pl.String)
    marks = pl.Series("operation", [sign or "+" for sign, _ in signs], dtype=pl.String)
    return replace(table, frame=pl.DataFrame([entries, marks]), bare=False)
