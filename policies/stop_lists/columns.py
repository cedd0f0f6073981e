"""Which columns of a list of opt-outs say who of it is to be stopped: flags, states, bounces, changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import polars as pl

from policies.sources import likely_columns
from policies.sources.fields import CONTACT_FIELDS
from policies.sources.flag_columns import FlagColumn, flags_by_answers, named_channels
from policies.sources.flags import flag_states
from policies.sources.headers import Headers, fits_any
from policies.stop_lists.questions import asks_to_hear, polite_answers
from policies.stop_lists.vocabulary import State, states_of, word_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["ColumnWords", "Said", "columns_of"]

Said: TypeAlias = Literal["silent", "no", "unknown", "bounce", "stop", "complaint", "deletion"]

_SHARE: Final = 0.8  # of the filled cells of a column that are known words, from which on it is one of states
_GAPS: Final = 0.5  # share of filled cells from which on blank ones are gaps in a list of stops
_OF_FLAG: Final[dict[str, State]] = {"yes": "stop", "no": "no", "unknown": "unknown", "blank": "blank"}
_STOPS: Final = frozenset({"stop", "complaint", "bounce"})


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """What each different cell of one column says; ``channel`` where the column is about one alone.

    ``kind`` is flag, state, bounce or change. A cell that says nothing of its own is silent.
    """

    column: str
    kind: str
    said: Mapping[str, Said]
    channel: str | None = None
    vague: bool = False  # says that nobody is to be written to, and not why: an address may only be dead

    def of(self, cell: str | None) -> Said:
        """What one cell says."""
        return self.said.get(cell or "", "silent")


@dataclass(frozen=True, slots=True)
class _Column:
    """One column being looked at: its name, its header in folded words, its cells and how often each stands there."""

    name: str
    header: str
    counts: Mapping[str, int]
    told: Mapping[str, State]  # what its cells say as words of a state

    @property
    def filled(self) -> float:
        """The share of rows with something in them."""
        total = sum(self.counts.values())
        return sum(count for cell, count in self.counts.items() if cell.strip()) / total if total else 0.0


def columns_of(
    frame: pl.DataFrame, contacts: Collection[str], lists: Mapping[str, Any], *, stop_named: bool, bare: bool
) -> list[ColumnWords]:
    """The columns of a list that say something, in their order.

    ``contacts`` are the columns that hold contacts or fields of an opt-out file. ``stop_named``: the name of the file
    says that everybody in it is to be stopped, so that a blank cell says nothing against it. ``bare``: the list has no
    header, and its columns only numbers.
    """
    table = Headers(["" for _ in frame.columns] if bare else frame.columns)
    by_name = dict(zip(table.names, frame.columns, strict=True))
    words = {by_name[name]: said for name, said in table.words.items()}
    if bare:
        words = dict.fromkeys(words, "")
    mapping = likely_columns(table.names, None, lists)
    flags: dict[str, list[FlagColumn]] = {}
    for flag in mapping.flags:
        flags.setdefault(by_name[flag.column], []).append(flag)
    about_bounces = lists.get("optout_files", {}).get("bounce_headers", ())
    bounced = {by_name[name] for name in mapping.fields.get("email_bounced", ())}
    bounced |= {name for name, header in words.items() if fits_any(about_bounces, header)}
    looked = [
        _looked_at(name, words[name], frame.get_column(name), lists) for name in frame.columns if name not in contacts
    ]
    filled = [column for column in looked if column.filled]
    for column in filled:
        asked = not flags.get(column.name) and column.name not in bounced
        if asked and (_answers(column, lists) or _answers_us(column, lists)):
            flags[column.name] = _asked(column, by_name, table, lists)
    refused = any(not flag.positive and not flag.by_cells for column in filled for flag in flags.get(column.name, ()))
    found = []
    for column in filled:
        own = flags.get(column.name, ())
        said = _words_of(column, own, lists, bounced=column.name in bounced, stop_named=stop_named)
        if refused and said is not None and any(flag.positive for flag in own) and _answers(column, lists):
            said = _beside_refusals(column, said, lists)
        found.append(said)
    return [column for column in found if column is not None]


def _beside_refusals(column: _Column, found: ColumnWords, lists: Mapping[str, Any]) -> ColumnWords | None:
    """A column that permits beside one that refuses: a no may mean there that nobody ever asked.

    Where the header names a person's own choice, what they receive, it stops; elsewhere it is a doubt, and a blank cell
    says nothing. Who never opted in to calls or text messages alone said nothing either.
    """
    chosen = fits_any(lists.get("optout_files", {}).get("choice_headers", ()), column.header)
    if found.channel == "phone" and not chosen:
        return None
    said: dict[str, Said] = {}
    for cell, meant in found.said.items():
        doubtful = meant == "stop" and not chosen and column.told[cell] not in _STOPS
        said[cell] = "silent" if not cell.strip() else "unknown" if doubtful else meant
    return replace(found, said=said)


def _answers(column: _Column, lists: Mapping[str, Any]) -> bool:
    """Whether the cells of a column are plain answers, a yes or a no, as far as they are filled."""
    listed = lists.get("opt_out_words", {})
    plain = {
        *listed.get("assent", ()),
        *listed.get("no", ()),
        *_plain_answers(lists, "yes"),
        *_plain_answers(lists, "no"),
    }
    filled = {cell.strip().casefold(): count for cell, count in column.counts.items() if cell.strip()}
    return sum(count for cell, count in filled.items() if cell in plain) >= _SHARE * sum(filled.values())


def _answers_us(column: _Column, lists: Mapping[str, Any]) -> bool:
    """Whether a column asks people if they want to hear from us, and somebody said plainly yes or no."""
    return asks_to_hear(column.header, lists) and bool(polite_answers(list(column.counts), lists))


def _plain_answers(lists: Mapping[str, Any], answer: str) -> Sequence[str]:
    """Further words for yes and no, of languages in which no list of ours is read."""
    found: Sequence[str] = lists.get("optout_files", {}).get("answers", {}).get(answer, ())
    return found


def _asked(column: _Column, by_name: Mapping[str, str], table: Headers, lists: Mapping[str, Any]) -> list[FlagColumn]:
    """What a column of answers asks, by its header; nothing where nobody can tell what its yes means."""
    [name] = [own for own, theirs in by_name.items() if theirs == column.name]
    flags = [flag for flag in flags_by_answers(name, table, lists) if not flag.unclear]
    own = lists.get("optout_files", {})
    permits = any(fits_any(own.get(key, ()), column.header) for key in ("permitting_headers", "choice_headers"))
    refuses = fits_any(own.get("refusing_headers", ()), column.header)
    if not flags and ((permits and not refuses) or asks_to_hear(column.header, lists)):
        flags = [FlagColumn(name, channel, positive=True, guessed=True, broad=True) for channel in CONTACT_FIELDS]
    if not flags and fits_any(own.get("refusing_headers", ()), column.header):
        named = named_channels(column.header, lists)
        flags = [FlagColumn(name, channel, guessed=True, broad=not named) for channel in named or CONTACT_FIELDS]
    return flags


def _looked_at(name: str, header: str, column: pl.Series, lists: Mapping[str, Any]) -> _Column:
    cells = column.cast(pl.String).fill_null("").rename("cell")
    counts = dict(cells.value_counts(sort=False).sort("cell").iter_rows())
    return _Column(name, header, counts, states_of(cells, lists))


def _words_of(
    column: _Column, flags: Sequence[FlagColumn], lists: Mapping[str, Any], *, bounced: bool, stop_named: bool
) -> ColumnWords | None:
    """What one column is, if it says anything."""
    patterns = lists.get("optout_files", {})
    is_action = not column.header or fits_any(patterns.get("action_headers", ()), column.header)
    if is_action and (changes := _changes(column, patterns)):
        return ColumnWords(column.name, "change", changes)
    if flags and (flags[0].timed or not fits_any(patterns.get("reason_headers", ()), column.header)):
        return _flag(column, flags, lists, stop_named=stop_named)
    if bounced and not stop_named:
        return _bounce(column, lists)
    if fits_any(patterns.get("reason_headers", ()), column.header):
        return _reason(column)
    return _state(column, patterns, stop_named=stop_named)


def _reason(column: _Column) -> ColumnWords | None:
    """Why somebody is on the list, or where from: never a word against it ("I never subscribed")."""
    stops: dict[State, Said] = {"bounce": "bounce", "stop": "stop", "complaint": "complaint"}
    said = {cell: stops[state] for cell, state in column.told.items() if state in stops}
    return ColumnWords(column.name, "state", said) if said else None


def _flag(
    column: _Column, flags: Sequence[FlagColumn], lists: Mapping[str, Any], *, stop_named: bool
) -> ColumnWords | None:
    """A column of yes and no; a word of a state in it ("never subscribed") goes before its answer."""
    flag = flags[0]
    said: dict[str, State] = {}
    if not flag.by_cells:
        cells = pl.Series("cell", list(column.counts), dtype=pl.String)
        states = flag_states(cells, lists, {}, positive=flag.positive, timed=flag.timed)
        said = {cell: _OF_FLAG[state] for cell, state in states.iter_rows()}
    answers: dict[str, State] = dict.fromkeys(_plain_answers(lists, "yes"), "no" if flag.positive else "stop")
    answers |= dict.fromkeys(_plain_answers(lists, "no"), "stop" if flag.positive else "no")
    said = {cell: answers.get(cell.strip().casefold(), state) for cell, state in said.items()}
    if flag.positive and asks_to_hear(column.header, lists):
        said |= polite_answers(list(said), lists)
    by_word = {cell: state for cell, state in column.told.items() if state in (*_STOPS, "no")}
    patterns = lists.get("optout_files", {})
    if flag.by_cells:
        return _state(column, patterns, stop_named=stop_named)
    if flag.positive:
        asked = {cell for cell, state in said.items() if state == "unknown"}
        by_word |= {cell: "no" for cell, state in column.told.items() if state == "weakly_no" and cell in asked}
    said |= {cell: state for cell, state in by_word.items() if said[cell] in ("unknown", "blank") or state != "bounce"}
    if flag.positive and {"no", "stop", "complaint"}.isdisjoint(said.values()):
        return None  # the day they subscribed, the list they are on: no answer at all
    channels = {one.channel for one in flags}
    channel = next(iter(channels)) if len(channels) == 1 and not flag.broad else None
    boolean = not flag.timed or "no" in said.values()
    blank: Said = "no" if (boolean or column.filled < _GAPS) and not stop_named else "silent"
    found = _settled(column, said, blank, "flag", channel, doubtful=flag.positive)
    return replace(found, vague=fits_any(patterns.get("vague_headers", ()), column.header))


def _bounce(column: _Column, lists: Mapping[str, Any]) -> ColumnWords | None:
    """A column about bounces: whatever is written there says that one came back, unless it says no.

    Where none came back it says nothing of anybody.
    """
    none = set(word_keys(lists.get("bounce_words", {}).get("no", ())))
    said: dict[str, Said] = {}
    for cell, key in zip(column.counts, word_keys(list(column.counts)), strict=True):
        if key:
            said[cell] = "no" if key in none else "bounce"
    if "bounce" not in said.values():
        return None
    blank: Said = "no" if "no" in said.values() else "silent"
    return ColumnWords(column.name, "bounce", said | {cell: blank for cell in column.counts if not cell.strip()})


def _state(column: _Column, patterns: Mapping[str, Any], *, stop_named: bool) -> ColumnWords | None:
    """A column of words of a state, by its header or because nearly all its cells are such words."""
    filled = {cell: count for cell, count in column.counts.items() if column.told[cell] != "blank"}
    known = sum(count for cell, count in filled.items() if column.told[cell] != "unknown")
    if not known:
        return None
    named = fits_any(patterns.get("status_headers", ()), column.header)
    if known < _SHARE * sum(filled.values()) and not (named and _speaks(column)):
        return None
    about = fits_any(patterns.get("subscription_headers", ()), column.header)
    said = {cell: state for cell, state in column.told.items() if state != "blank"}
    if not _speaks(column) and (stop_named or not about):
        return None  # an account may be active, whoever it belongs to opted out
    said = {cell: "no" if state == "weakly_no" else state for cell, state in said.items()}
    blank: Said = "silent" if stop_named or "no" not in said.values() else "unknown"
    return _settled(column, said, blank, "state", None)


def _speaks(column: _Column) -> bool:
    """Whether some cell of a column is a word of subscriptions that can hardly be said of anything else."""
    return not {"stop", "complaint", "bounce", "no"}.isdisjoint(column.told.values())


def _settled(
    column: _Column, said: Mapping[str, State], blank: Said, kind: str, channel: str | None, *, doubtful: bool = False
) -> ColumnWords:
    """A word nobody knows is a doubt beside a plain no; where every other word stops, it does so too.

    ``doubtful``: the column asks who may be contacted, so that it is a doubt in any case.
    """
    unknown: Said = "unknown" if doubtful or "no" in said.values() else "stop"
    meant: dict[State, Said] = {
        "blank": blank,
        "unknown": unknown,
        "weakly_no": unknown,
        "no": "no",
        "bounce": "bounce",
        "stop": "stop",
        "complaint": "complaint",
    }
    return ColumnWords(column.name, kind, {cell: meant[said.get(cell, "blank")] for cell in column.counts}, channel)


def _changes(column: _Column, patterns: Mapping[str, Any]) -> dict[str, Said]:
    """What is to be done with each entry, where the column is one of changes: additions are silent."""
    added, deleted, removed = (set(patterns.get(name, ())) for name in ("added", "deleted", "removed"))
    keys = {cell: key or cell.strip() for cell, key in zip(column.counts, word_keys(list(column.counts)), strict=True)}
    adds = any(key in added for key in keys.values())
    if not column.header and not (adds and len(set(keys.values())) > 1):
        return {}
    if adds or fits_any(patterns.get("entry_headers", ()), column.header):
        deleted |= removed
    found: dict[str, Said] = {cell: "deletion" if key in deleted else "silent" for cell, key in keys.items()}
    known = [cell for cell, key in keys.items() if cell.strip() and (key in added or key in deleted)]
    filled = [cell for cell in keys if cell.strip()]
    return found if len(known) >= _SHARE * len(filled) else {}
