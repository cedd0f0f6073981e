"""Which columns of a list are flags: by contract or layout, by known headers, and by wording for every other column."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from policies.sources.fields import CONTACT_FIELDS, FLAG_FIELDS, flag_channel
from policies.sources.headers import fits_any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.sources.headers import HeaderMatch, Headers

__all__ = ["FlagColumn", "flag_columns", "flags_by_answers", "named_channels"]


@dataclass(frozen=True, slots=True)
class FlagColumn:
    """A column in which people say no (or, ``positive``, yes) to a channel; ``guessed``: told by its wording only.

    ``by_cells``: no flag by its header; only those of its cells count that refuse in so many words. ``timed``: its
    header asks for the day of it, so that a day there is a yes. ``broad``: its header names no channel. ``unclear``:
    its header is about contact, but nobody can tell whether a yes there permits or refuses.
    """

    column: str
    channel: str
    positive: bool = False
    guessed: bool = False
    by_cells: bool = False
    timed: bool = False
    broad: bool = False
    unclear: bool = False

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
    named = [
        _flag(column, flag_channel(field), table, lists, positive=field.endswith("_in"))
        for field in FLAG_FIELDS
        for column in stated.get(field, ())
    ]
    flags: list[FlagColumn] = []
    for field in FLAG_FIELDS:
        for match in candidates.get(field, ()):
            if match.name not in nothing and not _about_something_else(field, match, table, lists):
                flags += _known(field, match, table, lists)
    left_out = {flag.column for flag in (*named, *flags)} | set(used) | nothing
    left_out |= {match.name for field in FLAG_FIELDS for match in candidates.get(field, ())}
    for name in table.names:
        if name not in left_out:
            flags += _guessed(name, table, lists)
    return tuple(dict.fromkeys((*named, *_without_post(named, flags, table, lists))))


def flags_by_answers(name: str, table: Headers, lists: Mapping[str, Any]) -> list[FlagColumn]:
    """What a column without a field is whose cells are answers, by a header that is about contact; else nothing.

    In the sense of its wording; where that has none that is known, the flags are ``unclear``.
    """
    patterns = lists.get("flags", {})
    words = _without_answers(table.words[name], patterns)
    about = fits_any(patterns.get("contact_patterns", ()), words) or _by_wording(words, patterns)
    elsewhere = ("no_flag_patterns", "fact_patterns", "mail_patterns")
    if not about or any(fits_any(patterns.get(key, ()), table.words[name]) for key in elsewhere):
        return []
    channels = _reached(words, lists)
    if not channels:
        return []
    positive = _by_wording(words, patterns) == "in" or fits_any(patterns.get("contact_positive_patterns", ()), words)
    refuses = _by_wording(words, patterns) == "out" or _negated(words, patterns)
    unclear = fits_any(patterns.get("unclear_patterns", ()), words) or not (positive or refuses)
    return [
        FlagColumn(
            name,
            channel,
            positive=positive and not refuses and not unclear,
            guessed=True,
            broad=not named_channels(words, lists),
            unclear=unclear,
        )
        for channel in channels
    ]


def named_channels(words: str, lists: Mapping[str, Any]) -> list[str]:
    """The channels that the folded words of a header name."""
    patterns = lists.get("flags", {})
    return [channel for channel in CONTACT_FIELDS if fits_any(patterns.get(f"{channel}_patterns", ()), words)]


def _flag(column: str, channel: str, table: Headers, lists: Mapping[str, Any], *, positive: bool) -> FlagColumn:
    words = table.words[column]
    timed = fits_any(lists.get("flags", {}).get("time_patterns", ()), words)
    broad = not named_channels(words, lists)
    return FlagColumn(column, channel, positive=positive, timed=timed, broad=broad)


def _about_something_else(field: str, match: HeaderMatch, table: Headers, lists: Mapping[str, Any]) -> bool:
    """Whether the words around a known header make it no answer: the text somebody read, the form, a number of them."""
    keys = ("no_flag_patterns", *(("no_positive_patterns",) if field.endswith("_in") else ()))
    patterns = lists.get("flags", {})
    return match.taken_off > 0 and any(fits_any(patterns.get(key, ()), table.words[match.name]) for key in keys)


def _known(field: str, match: HeaderMatch, table: Headers, lists: Mapping[str, Any]) -> list[FlagColumn]:
    """The flags of a known header; a day of consent is none, and a word of negation turns a question round."""
    heard, patterns = table.words[match.name], lists.get("flags", {})
    positive = field.endswith("_in")
    flag = _flag(match.name, flag_channel(field), table, lists, positive=positive)
    if positive and flag.timed:
        return []
    words = f"{heard} {match.words}"  # DONOTCALL is listed as: do not call
    return [
        replace(
            flag,
            channel=channel,
            positive=positive and not _negated(heard, patterns),
            broad=not named_channels(words, lists),
        )
        for channel in _channels(words, flag.channel, lists)
    ]


def _guessed(name: str, table: Headers, lists: Mapping[str, Any]) -> list[FlagColumn]:
    """What a header refuses or permits by its wording; nothing for one that is about neither, or about no channel."""
    words, patterns = table.words[name], lists.get("flags", {})
    sense = _by_wording(words, patterns)
    timed = fits_any(patterns.get("time_patterns", ()), words)
    if sense is None or (sense == "in" and timed) or fits_any(patterns.get("no_flag_patterns", ()), words):
        return []
    unclear = fits_any(patterns.get("unclear_patterns", ()), words)
    broad = not named_channels(words, lists)
    return [
        FlagColumn(
            name,
            channel,
            positive=sense == "in" and not unclear,
            guessed=True,
            timed=timed,
            broad=broad,
            unclear=unclear,
        )
        for channel in _reached(words, lists)
    ]


def _by_wording(words: str, patterns: Mapping[str, Any]) -> str | None:
    """Whether the words of a header refuse ("out") or permit ("in") contact; None: neither.

    What refuses or permits something must say that it is contact, or be such a word by itself.
    """
    if fits_any(patterns.get("header_patterns", ()), words):
        return "out"
    topics = ("topic_patterns", *(f"{channel}_patterns" for channel in CONTACT_FIELDS))
    about = any(fits_any(patterns.get(key, ()), words) for key in topics)
    answer = fits_any(patterns.get("no_positive_patterns", ()), words)
    if not about or answer:
        return None
    permits = fits_any(patterns.get("positive_patterns", ()), words)
    if permits and _negated(words, patterns):
        return "out"
    refuses = fits_any(patterns.get("refusing_patterns", ()), words)
    if refuses and not fits_any(patterns.get("fact_patterns", ()), words):
        return "out"
    return "in" if permits else None


def _negated(words: str, patterns: Mapping[str, Any]) -> bool:
    """Whether a word of negation stands in a header, beside the answers that it offers."""
    return fits_any(patterns.get("negation_patterns", ()), _without_answers(words, patterns))


def _without_answers(words: str, patterns: Mapping[str, Any]) -> str:
    """The words of a header without the answers that it offers: "Newsletter (yes/no)"."""
    for pattern in patterns.get("answers_patterns", ()):
        words = " ".join(re.sub(pattern, " ", words).split())
    return words


def _reached(words: str, lists: Mapping[str, Any]) -> list[str]:
    """The channels a header is about: those it names, else all; none where it is about the post or the fax alone."""
    patterns = lists.get("flags", {})
    channels = named_channels(words, lists)
    if _by_post(words, patterns):
        return [channel for channel in channels if channel != "email"]
    if not channels and fits_any(patterns.get("elsewhere_patterns", ()), words):
        return []
    return channels or list(CONTACT_FIELDS)


def _by_post(words: str, patterns: Mapping[str, Any]) -> bool:
    """Whether the mail of a header is the post."""
    return fits_any(patterns.get("post_patterns", ()), words) and not fits_any(
        patterns.get("named_email_patterns", ()), words
    )


def _without_post(
    named: Sequence[FlagColumn], flags: Sequence[FlagColumn], table: Headers, lists: Mapping[str, Any]
) -> list[FlagColumn]:
    """Flags without those on mail that is the post: beside another flag on e-mails, "Do Not Mail" means letters."""
    patterns = lists.get("flags", {})
    post = {flag.column for flag in flags if fits_any(patterns.get("mail_patterns", ()), table.words[flag.column])}
    emails = any(flag.channel == "email" and not flag.broad and flag.column not in post for flag in (*named, *flags))
    return [flag for flag in flags if not (emails and flag.column in post)]


def _channels(words: str, channel: str, lists: Mapping[str, Any]) -> list[str]:
    """The channels of a known flag header: a plain "opt out" or "may we?" that names none is about all of them."""
    return [channel] if named_channels(words, lists) else list(CONTACT_FIELDS)
