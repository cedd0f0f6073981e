"""Which columns of a list are flags: by contract or layout, by known headers, and by wording for every other column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from policies.sources.fields import CONTACT_FIELDS, FLAG_FIELDS, flag_channel
from policies.sources.headers import fits_any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.sources.headers import HeaderMatch, Headers

__all__ = ["FlagColumn", "flag_columns", "named_channels"]


@dataclass(frozen=True, slots=True)
class FlagColumn:
    """A column in which people say no (or, ``positive``, yes) to a channel; ``guessed``: told by its wording only.

    ``by_cells``: no flag by its header; only those of its cells count that refuse in so many words. ``timed``: its
    header asks for the day of it, so that a day there is a yes. ``broad``: its header names no channel.
    """

    column: str
    channel: str
    positive: bool = False
    guessed: bool = False
    by_cells: bool = False
    timed: bool = False
    broad: bool = False

    @property
    def field(self) -> str:
        """The flag field it is, as ``[columns]`` and ``[lookups]`` name it."""
        return f"{self.channel}_opt_{'in' if self.positive else 'out'}"


def flag_columns(
    stated: Mapping[str, Sequence[str]],
    candidates: Mapping[str, Sequence[HeaderMatch]],
    table: Headers,
    used: Iterable[str],
    lists: Mapping[str, Any],
    no_flag: Iterable[str] = (),
) -> tuple[FlagColumn, ...]:
    """Flag columns: ``stated`` by contract or layout, ``candidates`` by header, and by wording what is not ``used``.

    ``no_flag`` are headers that a layout knows to be about none of our channels.
    """
    nothing = {name for header in no_flag for name in table.matching(header)}
    flags = [
        _flag(column, flag_channel(field), table, lists, positive=field.endswith("_in"))
        for field in FLAG_FIELDS
        for column in stated.get(field, ())
    ]
    for field in FLAG_FIELDS:
        for match in candidates.get(field, ()):
            if match.name in nothing or _about_the_answer(field, match, table, lists):
                continue
            words = f"{table.words[match.name]} {match.words}"  # DONOTCALL is listed as: do not call
            channels = _channels(words, flag_channel(field), lists)
            flags += [
                replace(
                    _flag(match.name, channel, table, lists, positive=field.endswith("_in")),
                    broad=not named_channels(words, lists),
                )
                for channel in channels
            ]
    flags = list(dict.fromkeys(flags))
    left_out = {flag.column for flag in flags} | set(used) | nothing
    for name in table.names:
        if name not in left_out:
            flags += _guessed(name, table, lists)
    return tuple(flags)


def named_channels(words: str, lists: Mapping[str, Any]) -> list[str]:
    """The channels that the folded words of a header name."""
    patterns = lists.get("flags", {})
    return [channel for channel in CONTACT_FIELDS if fits_any(patterns.get(f"{channel}_patterns", ()), words)]


def _flag(column: str, channel: str, table: Headers, lists: Mapping[str, Any], *, positive: bool) -> FlagColumn:
    words = table.words[column]
    timed = fits_any(lists.get("flags", {}).get("time_patterns", ()), words)
    broad = not named_channels(words, lists)
    return FlagColumn(column, channel, positive=positive, timed=timed, broad=broad)


def _about_the_answer(field: str, match: HeaderMatch, table: Headers, lists: Mapping[str, Any]) -> bool:
    """Whether a header is about how somebody answered and not the answer: the text they read, the form, the source."""
    patterns = lists.get("flags", {}).get("no_positive_patterns", ())
    return field.endswith("_in") and match.taken_off > 0 and fits_any(patterns, table.words[match.name])


def _guessed(name: str, table: Headers, lists: Mapping[str, Any]) -> list[FlagColumn]:
    """What a header refuses or permits by its wording; nothing for one that is about neither, or about no channel."""
    words, patterns = table.words[name], lists.get("flags", {})
    if fits_any(patterns.get("no_flag_patterns", ()), words):
        return []
    refuses = fits_any(patterns.get("header_patterns", ()), words)
    permits = fits_any(patterns.get("positive_patterns", ()), words) and not fits_any(
        patterns.get("no_positive_patterns", ()), words
    )
    if not refuses and not permits:
        return []
    channels = named_channels(words, lists)
    if not channels and fits_any(patterns.get("elsewhere_patterns", ()), words):
        return []
    timed = fits_any(patterns.get("time_patterns", ()), words)
    return [
        FlagColumn(name, channel, positive=not refuses, guessed=True, timed=timed, broad=not channels)
        for channel in channels or CONTACT_FIELDS
    ]


def _channels(words: str, channel: str, lists: Mapping[str, Any]) -> list[str]:
    """The channels of a known flag header: a plain "opt out" or "may we?" that names none is about all of them."""
    return [channel] if named_channels(words, lists) else list(CONTACT_FIELDS)
