"""What each row of a list of opt-outs says: the columns of the list together, and what its name says of everybody.

A row that says nothing of its own is stopped with the rest of the list. A row that says in so many words that somebody
is subscribed is nobody's opt-out, and nobody's consent either. A word nobody knows is a doubt beside rows that say no.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from policies.sources.headers import fits_any, header_words
from policies.stop_lists.columns import ColumnWords, columns_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import polars as pl

__all__ = ["ListMeaning", "RowWord", "meaning_of"]

Outcome: TypeAlias = Literal["stop", "nothing", "doubt", "deletion"]

_CHANNELS: Final = ("email", "phone")
_SUBSCRIBED: Final = "subscribed"  # a list of people who did not opt out, by its name
_NAMED: Final = (
    ("optout", "stop_names"),
    ("complaint", "complaint_names"),
    ("bounce", "bounce_names"),
    (_SUBSCRIBED, "subscribed_names"),
)
_SMTP: Final = re.compile(r"^\W*[45]\d\d[ \-:]|\b[45]\.\d{1,3}\.\d{1,3}\b")
_MOST: Final = 0.5  # of the filled cells


@dataclass(frozen=True, slots=True)
class RowWord:
    """What one row says: whether it stops, as which kind (optout, complaint, bounce), and on which channel."""

    outcome: Outcome
    kind: str = "optout"
    channel: str | None = None  # None: the widest


@dataclass(frozen=True, slots=True)
class ListMeaning:
    """What a list says of its rows: ``default`` is the kind of whoever has no word of their own.

    ``subscribed``: by its name the list is one of people who did not opt out, so that such a word is none.
    """

    default: str
    columns: tuple[ColumnWords, ...] = ()
    subscribed: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The columns that are read for what they say."""
        return frozenset(column.column for column in self.columns)

    def of(self, cells: Mapping[str, str]) -> RowWord:
        """What a row says; ``cells`` are its cells by column."""
        said = [(column, column.of(cells.get(column.column))) for column in self.columns]
        states = [state for _, state in said]
        if "deletion" in states:
            return RowWord("deletion")
        if "complaint" in states:
            return RowWord("stop", "complaint")
        stopping = [column for column, state in said if state == "stop"]
        if stopping and not ("bounce" in states and all(column.vague for column in stopping)):
            return RowWord("stop", "optout", self._channel(stopping))
        if "bounce" in states:
            return RowWord("stop", "bounce", "email")
        if "unknown" in states:
            return RowWord("doubt")
        return RowWord("nothing") if self.subscribed or "no" in states else RowWord("stop", self.default)

    def _channel(self, stopping: Sequence[ColumnWords]) -> str | None:
        """The channel of a stop: the widest, unless the list asks about both channels and this is about one."""
        asked = {column.channel for column in self.columns}
        about = {column.channel for column in stopping}
        return next(iter(about)) if asked.issuperset(_CHANNELS) and len(about) == 1 else None


def meaning_of(
    frame: pl.DataFrame, fields: Collection[str], names: Sequence[str], lists: Mapping[str, Any], *, bare: bool = False
) -> ListMeaning:
    """What a list says of its rows.

    ``frame`` has its columns as text, ``fields`` are those that hold contacts or fields of an opt-out file, ``names``
    what the list is called: its file, its folder, its sheet. ``lists`` is the table of that name of the rule data.
    ``bare``: the list has no header.
    """
    kind = _named_kind(names, lists)
    if not frame.width or not lists:
        return ListMeaning(kind or "optout")
    found = tuple(columns_of(frame, fields, lists, stop_named=kind == "optout", bare=bare))
    if kind is None and _is_about_bounces(frame, fields, found):
        kind = "bounce"
    return ListMeaning("optout" if kind in (None, _SUBSCRIBED) else kind, found, subscribed=kind == _SUBSCRIBED)


def _named_kind(names: Sequence[str], lists: Mapping[str, Any]) -> str | None:
    """The kind that the name of a list stands for; of several words in it the one that stops most. None: it is silent.

    The first of ``names`` that says something counts.
    """
    patterns = lists.get("optout_files", {})
    for name in names:
        [words] = header_words([name.encode(errors="replace").decode()])
        for kind, key in _NAMED:
            if fits_any(patterns.get(key, ()), words):
                return kind
    return None


def _is_about_bounces(frame: pl.DataFrame, fields: Collection[str], found: Sequence[ColumnWords]) -> bool:
    """Whether a list is one of bounces: a column of why they came back, or of what mail servers answered."""
    if any(column.kind == "bounce" and "no" not in column.said.values() for column in found):
        return not any(column.kind in ("flag", "state") for column in found)
    for name in frame.columns:
        if name in fields:
            continue
        cells = [cell for cell in frame.get_column(name).drop_nulls().unique() if cell.strip()]
        if cells and sum(_SMTP.search(cell) is not None for cell in cells) > _MOST * len(cells):
            return True
    return False
