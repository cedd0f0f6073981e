"""``people match``: which rows of a file are one person, and which pairs of rows leave a doubt."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.matching.columns import READ, columns_to_compare
from flows.matching.model_files import further_columns
from flows.matching.pairs import pairs_table
from flows.matching.record_ids import RECORD_ID, record_ids
from flows.matching.tables import file_changed, read_people_table
from flows.matching.writing import check_targets, write_table
from policies.identity.model import MILLIBITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flows.matching.columns import Compared
    from flows.matching.tables import PeopleTable
    from policies.identity.matched import Matching
    from policies.identity.model import Model

__all__ = ["Matched", "Terms", "match_file"]

PERSON_ID: Final = "person_id"
_GIVEN: Final = "person_id_given"  # what the file had under that name before


@dataclass(frozen=True)
class Terms:
    """What a match is made by: the model, the words of the rule data, the merge threshold (None: the model's)."""

    model: Model
    words: Mapping[str, Any]
    threshold: int | None = None  # millibits
    partitions: int = 1


@dataclass(frozen=True)
class Matched:
    """What came of matching one file, as JSON values: counts, and which columns were read. Nothing in it identifies."""

    records: int
    people: int
    joined_records: int  # those that are somebody together with another record
    largest: int  # records of the person with most
    pairs: Mapping[str, int]  # by link: merge, review, suppress
    threshold_bits: float
    model_version: str
    columns: Mapping[str, str]
    unread: Mapping[str, int]
    mended_rows: int
    ignored_lines: int

    def as_dict(self) -> dict[str, object]:
        """The answer under ``--json``."""
        return asdict(self)


def match_file(
    path: Path, out: Path, pairs: Path | None, terms: Terms, progress: Callable[[str], None] | None = None
) -> Matched:
    """Match the rows of ``path``, write them with their ``person_id`` to ``out`` and the linked pairs to ``pairs``.

    Raises ``UsageError`` for targets that cannot be written, ``RefusedFile`` and ``TactfulError`` where the file or its
    columns cannot be read as they are. Nothing is written unless everything was matched.
    """
    check_targets(path, [("-o", out)] + ([("--pairs", pairs)] if pairs else []))
    say = progress or (lambda _: None)
    say("reading")
    table = read_people_table(path, READ)
    compared = columns_to_compare(table.rows, terms.words["lists"], further_columns(terms.model))
    say(f"matching {table.rows.height:,} records")
    table = table.let_go() if RECORD_ID in compared.columns else table
    found = _matched(compared, terms)
    say("writing")
    write_table(_with_people(_same_rows(table, compared), compared, found), out)
    if pairs is not None:
        column = compared.columns.get(RECORD_ID)
        write_table(pairs_table(found.links, terms.model, table.rows.schema[column] if column else None), pairs)
    return _told(table, compared, found, terms)


def _matched(compared: Compared, terms: Terms) -> Matching:
    from policies.identity.matching import match

    return match(compared.people, terms.model, terms.words, threshold=terms.threshold, partitions=terms.partitions)


def _same_rows(table: PeopleTable, compared: Compared) -> PeopleTable:
    """The table with its rows, which are those that were compared."""
    whole = table.at_hand(compared.people.height)
    column = compared.columns.get(RECORD_ID)
    if column is not None and not record_ids(whole.rows, column).equals(compared.people.get_column(RECORD_ID)):
        raise file_changed()
    return whole


def _with_people(table: PeopleTable, compared: Compared, found: Matching) -> pl.DataFrame:
    """The rows as they came, with ``person_id``: the smallest record id of the person."""
    named = found.groups.select(RECORD_ID, pl.concat_str(pl.lit("p-"), "component").alias(PERSON_ID))
    ids = compared.people.select(RECORD_ID).join(named, on=RECORD_ID, how="left", maintain_order="left")
    rows = table.rows.rename({PERSON_ID: _free(_GIVEN, table.rows.columns)}, strict=False)
    made = [] if RECORD_ID in compared.columns else [ids.get_column(RECORD_ID).alias(_free(RECORD_ID, rows.columns))]
    return rows.hstack([*made, ids.get_column(PERSON_ID)])


def _free(name: str, taken: list[str]) -> str:
    while name in taken:
        name = f"{name}_"
    return name


def _told(table: PeopleTable, compared: Compared, found: Matching, terms: Terms) -> Matched:
    sizes = found.groups.group_by("component").len().get_column("len")
    links = dict(found.links.group_by("link").len().sort("link").iter_rows())
    threshold = terms.model.thresholds.merge if terms.threshold is None else terms.threshold
    largest = sizes.max()
    return Matched(
        records=compared.people.height,
        people=sizes.len(),
        joined_records=int(sizes.filter(sizes > 1).sum()),
        largest=largest if isinstance(largest, int) else 0,
        pairs={link: links.get(link, 0) for link in ("merge", "review", "suppress")},
        threshold_bits=threshold / MILLIBITS,
        model_version=terms.model.version,
        columns=dict(compared.columns),
        unread=dict(compared.unread),
        mended_rows=table.mended,
        ignored_lines=table.ignored_lines,
    )
