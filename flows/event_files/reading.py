"""What all event files have in common: the context they are read in, rows with their problems, and the result.

Nothing disappears: a row becomes events, or a reject that says what to mend, or both, where what it says about a stop
can be read and something else cannot.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import polars as pl

from flows.event_files.times import day_of, instant_of
from flows.ledger.contacts import Contact, ContactLists, looks_like_contact, read_contact, unreadable
from flows.readers.rejects import check_of
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from flows.event_files.tables import EventTable
    from flows.ledger.keys import Keyring
    from flows.ledger.model import NewEvent
    from policies.errors import RefusedFile

Reader: TypeAlias = "Callable[[Row], Iterable[NewEvent] | None]"
Salvage: TypeAlias = "Callable[[Row, Sequence[str]], Iterable[NewEvent] | None]"

__all__ = ["REJECT_COLUMNS", "BulkEntries", "EventContext", "EventReading", "Row", "read_rows"]

REJECT_COLUMNS: Final = ("_row", "_code", "_why", "_fix")
_PERSON_ID: Final = re.compile(r"p[a-z2-7]{26}")
_Read = TypeVar("_Read")
_DAMAGE: Final = {
    "cell_count": "The row has more or fewer cells than the header.",
    "unbalanced_quote": "A quotation mark in the row is never closed.",
    "nul_byte": "The row holds bytes that are no text.",
    "bad_encoding": "The row holds characters that are no text in the file's encoding.",
}
_SHORT: Final = 100  # characters of a cell that goes into an event's body


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContext:
    """How event files of a workspace are read.

    ``zone`` is the organisation's (times without one are in it), ``country`` where national telephone numbers are
    dialled from (None: they cannot be read), ``synonyms`` header names of a field (``lists.header_synonyms``),
    ``words`` all word lists of the rule data, ``own_domains`` our own mail domains. ``known_people`` gives those of
    some person ids that are anybody's (None: nobody can tell, and any id is taken).
    """

    keyring: Keyring
    now: datetime
    zone: str
    lists: ContactLists
    country: str | None = None
    feed: str | None = None
    synonyms: dict[str, Sequence[str]] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)
    own_domains: frozenset[str] = frozenset()
    known_people: Callable[[Collection[str]], frozenset[str]] | None = None


@dataclass(frozen=True, slots=True)
class EventReading:
    """What one file says: its events, by the time they hold from, and the rows with something to mend.

    The order of the rows changes nothing: what was said later is recorded later.

    ``rejects`` has the original columns, then ``_row, _code, _why, _fix``. ``rows`` counts data rows, ``counted`` those
    that became an event, ``blank`` those that say nothing (queue lines without outcome). ``kept`` are the rejects whose
    word was recorded all the same. ``understood`` are the rows in which somebody was recognised, ``not_understood``
    those that name somebody nobody could recognise. ``bulk``: the rows of a bulk list that are no events of their own.
    ``passed`` counts the blank rows that say something else than a stop, by what that is (``nothing``: no opt-out,
    ``deletion``, ``comment``). ``flaw`` is what is wrong with the file as a whole though what it says counts: it was
    cut off, or is much too short.
    """

    events: list[NewEvent]
    rejects: pl.DataFrame
    rows: int
    counted: int
    blank: int
    file_sha256: str
    kept: int = 0
    understood: int = 0
    not_understood: int = 0
    bulk: BulkEntries | None = None
    passed: Mapping[str, int] = field(default_factory=dict)
    flaw: RefusedFile | None = None


@dataclass(frozen=True, slots=True)
class BulkEntries:
    """The entries of a bulk opt-out list that were read whole columns at a time; the other rows became events.

    ``said`` is ``bulk_lists.SAID``, ``plain`` is ``snapshots.PLAIN``; ``single`` gives the events of some entries, by
    their row, as an ordinary file would.
    """

    said: pl.DataFrame = field(repr=False)
    plain: pl.DataFrame = field(repr=False)
    single: Callable[[Sequence[int]], list[NewEvent]] = field(repr=False)


@dataclass(slots=True)
class Row:
    """One row being read: its cells by field, and the problems found so far."""

    number: int
    cells: dict[str, str]
    original: Sequence[str]
    context: EventContext
    file_sha256: str
    problems: list[UsageError] = field(default_factory=list)
    others: Sequence[tuple[str, str]] = ()  # header and cell of the columns that hold no field
    named: int = 0  # cells that name somebody, or are meant to
    understood: int = 0  # contacts recognised in them
    country: str | None = None  # where its national numbers are dialled from, where the row says so
    passed: str | None = None  # what a row says that says no stop, where it says something

    @property
    def source(self) -> dict[str, Any]:
        """Where the row came from, for the event's body."""
        found = {"file_sha256": self.file_sha256, "row": self.number, "feed": self.context.feed}
        return {name: value for name, value in found.items() if value is not None}

    def text(self, name: str) -> str | None:
        """The trimmed cell; None when blank."""
        return self.cells.get(name, "").strip() or None

    def short(self, name: str) -> str | None:
        """The trimmed cell, if it is short enough to be a name or version; a longer one is a problem."""
        text = self.text(name)
        if text and len(text) > _SHORT:
            self.problem("cell_too_long", f"{name} is longer than {_SHORT} characters.", f"Shorten {name}.")
            return None
        return text

    def required(self, *names: str) -> bool:
        """Whether all these cells are filled; those that are not are a problem."""
        missing = [name for name in names if self.text(name) is None]
        if missing:
            self.problem("cell_missing", f"{', '.join(missing)}: nothing is written there.", "Fill in the cell.")
        return not missing

    def instant(self, name: str) -> datetime | None:
        """The instant in a cell; None when blank or, as a problem, unreadable."""
        return self._read(name, instant_of)

    def day(self, name: str) -> date | None:
        """The day in a cell; None when blank or, as a problem, unreadable."""
        return self._read(name, day_of)

    def person_id(self) -> str | None:
        """The person id in its column; anything else there is a problem, for a body must not hold what people type."""
        text = self.text("person_id")
        if text and not _PERSON_ID.fullmatch(text):
            self.problem(
                "person_id_unknown", "person_id holds no person id.", "Leave it blank, or copy it from a queue."
            )
            return None
        self.understood += text is not None
        return text

    def contact(self, name: str) -> Contact | None:
        """The contact in a cell of a field; see :meth:`contact_in`."""
        text = self.text(name)
        return self.contact_in(text, name) if text else None

    def contact_in(self, text: str, name: str) -> Contact | None:
        """The contact in a text; one that cannot be read whole is a problem, and kept as it came with what is in it."""
        lists, country = self.context.lists, self.country or self.context.country
        self.named += 1
        try:
            found = read_contact(text, lists, country)
        except UsageError as error:
            self.problems.append(error)
            keep = error.code == "contact_unreadable" and looks_like_contact(text)
            return unreadable(text, lists, country) if keep else None
        if found.kind == "unreadable":
            self._not_whole(name, found.understood)
        self.understood += found.understood
        return found

    def _not_whole(self, name: str, understood: int) -> None:
        counts = (
            f"the {understood} that could be recognised in it count meanwhile"
            if understood
            else "it counts only where the very same text stands on a list"
        )
        self.problem(
            "contact_unreadable",
            f"{name} is not one valid address or number; {counts}.",
            "Write one address or number in the cell and drop the row again.",
        )

    def problem(self, code: str, why: str, fix: str) -> None:
        """Note something to mend in this row; the text never repeats a cell."""
        self.problems.append(UsageError(code, why, fix))

    def _read(self, name: str, read: Callable[[str, str], _Read]) -> _Read | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            return read(text, self.context.zone)
        except ValueError:
            self.problem(
                "time_unreadable",
                f"{name} is no date or time as ISO 8601 writes it.",
                f"Write {name} as 2026-10-14 or 2026-10-14T08:30+02:00.",
            )
            return None


def read_rows(table: EventTable, context: EventContext, events_of: Reader, salvage: Salvage) -> EventReading:
    """Read every row with ``events_of``, damaged ones with ``salvage``; None from either says that the row is blank.

    A ``UsageError`` out of them is a problem of the row, which then gives no event.
    """
    read: list[tuple[Row, list[NewEvent] | None]] = []
    for number, original, cells, others in table.rows():
        row = Row(number, cells, original, context, table.sha256, others=others)
        damage = table.damage.get(number)
        try:
            found = events_of(row) if damage is None else salvage(_damaged(row, damage[0]), damage[1])
        except UsageError as error:
            row.problems.append(error)
            found = []
        read.append((row, None if found is None else list(found)))
    events = [event for _, found in read for event in found or ()]
    wrong = [row for row, _ in read if row.problems]
    return EventReading(
        events=sorted(events, key=lambda event: event.effective_at),
        rejects=_rejects(table, wrong),
        rows=table.frame.height,
        counted=sum(bool(found) for _, found in read),
        blank=sum(found is None for _, found in read),
        file_sha256=table.sha256,
        kept=sum(bool(found) and bool(row.problems) for row, found in read),
        understood=sum(row.understood > 0 for row, _ in read),
        not_understood=sum(row.named > 0 and row.understood == 0 for row, _ in read),
        passed=Counter(row.passed for row, _ in read if row.passed is not None),
    )


def _damaged(row: Row, code: str) -> Row:
    """The row with its damage noted; the check tells it, dropped again, from a row that was mended."""
    why = f"{_DAMAGE.get(code, 'The row cannot be read.')} {check_of(row.original)}"
    row.problem(code, why, "Mend the row as the header asks for it, and drop it again.")
    return row


def _rejects(table: EventTable, wrong: Sequence[Row]) -> pl.DataFrame:
    """The original columns of the rows to mend, with every problem of each."""
    place = {number: index for index, number in enumerate(table.numbers)}
    original = table.frame.select(pl.exclude(REJECT_COLUMNS))[[place[row.number] for row in wrong]]
    notes = {
        "_row": [row.number for row in wrong],
        "_code": [row.problems[0].code for row in wrong],
        "_why": [" ".join(dict.fromkeys(problem.message for problem in row.problems)) for row in wrong],
        "_fix": [" ".join(dict.fromkeys(problem.fix for problem in row.problems)) for row in wrong],
    }
    schema = pl.Schema({"_row": pl.UInt32(), **dict.fromkeys(REJECT_COLUMNS[1:], pl.String())})
    return pl.concat([original, pl.DataFrame(notes, schema=schema)], how="horizontal")
