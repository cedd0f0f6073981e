"""The figures of a report about contacts made and about those who wait: counts, days, relationships; nobody."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Conversations", "Count", "TalkLine", "TalkPeriod", "WaitLine", "Waits"]


@dataclass(frozen=True, slots=True)
class Count:
    """A name from a closed vocabulary and how often it occurred."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class TalkLine:
    """Contacts made over one channel, or with people of one relationship, and what came of them."""

    name: str
    contacts: int
    conversations: int
    refusals: int


@dataclass(frozen=True, slots=True)
class TalkPeriod:
    """Contacts made from ``since`` to ``until``, both ISO and included. The relationship is that before the contact."""

    since: str
    until: str
    contacts: int
    conversations: int
    refusals: int
    outcomes: tuple[Count, ...]
    by_channel: tuple[TalkLine, ...]
    by_relationship: tuple[TalkLine, ...]  # the warmest first


@dataclass(frozen=True, slots=True)
class Conversations:
    """Contacts made and what came of them; a conversation is an answer by the person.

    The first four are about everything ever reported. ``recent`` is about the last ``days``, ``before`` about as many
    days before those. ``unreported`` are queue lines whose outcome is overdue.
    """

    contacts: int
    conversations: int
    refusals: int
    outcomes: tuple[Count, ...]
    since: str
    days: int
    recent: TalkPeriod
    before: TalkPeriod
    unreported: int


@dataclass(frozen=True, slots=True)
class WaitLine:
    """People of one relationship who wait for research, and for how many days."""

    relationship: str
    tier: str
    people: int
    median_days: int
    longest_days: int


@dataclass(frozen=True, slots=True)
class Waits:
    """Who waits for a brief.

    ``inquiries`` asked us something and nobody has tried to answer yet, ``inquiries_late`` of them longer than we
    promise ourselves; ``ending`` have a permission that runs out within ``ending_days``; ``resting`` may not be
    contacted before a later day. ``unfinished`` have a brief that fails its check, is too old or too short.
    """

    people: int
    inquiries: int
    inquiries_late: int
    ending: int
    ending_days: int
    resting: int
    unfinished: int
    median_days: int
    longest_days: int
    by_relationship: tuple[WaitLine, ...]  # the warmest first
