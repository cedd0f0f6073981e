"""What a page says of conversations and waits, in words and lines of tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final, Protocol

from flows.reports.wording import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.reports.model import RunReport
    from flows.reports.people_model import TalkLine

__all__ = ["headline", "people_lines", "share_text", "talk_columns", "tally_text"]


_NO_SHARE: Final = "\N{EN DASH}"


class _Tally(Protocol):
    """Contacts made and the conversations among them."""

    @property
    def contacts(self) -> int: ...
    @property
    def conversations(self) -> int: ...


def headline(report: RunReport) -> str:
    """The page in two sentences: what came of contacts, and who may be contacted today."""
    talk, waits = report.conversations, report.waits
    people = "1 person" if report.queued == 1 else f"{report.queued:,} people"
    said = f"{people} to contact today"
    if waits and waits.people:
        said += f", {waits.people:,} waiting for research"
    if talk is None:
        return f"{said}."
    return f"Conversations of the last {talk.days} days: {tally_text(talk.recent)}. {said[0].upper()}{said[1:]}."


def share_text(made: _Tally) -> str:
    """Conversations per contact made, in hundredths."""
    return f"{made.conversations / made.contacts:.0%}" if made.contacts else _NO_SHARE


def tally_text(made: _Tally) -> str:
    """How many conversations of how many contacts: a share of few contacts says little without them."""
    if not made.contacts:
        return "no contact was made"
    contacts = "1 contact" if made.contacts == 1 else f"{made.contacts:,} contacts"
    return f"{made.conversations:,} of {contacts} made"


def talk_columns(first: str) -> list[tuple[str, str, str]]:
    """The columns of a table of conversations."""
    figures = [("Per contact", "share"), ("Conversations", "conversations"), ("Contacts", "contacts")]
    return [(first, "name", "name"), *((heading, key, "n") for heading, key in figures)]


def people_lines(report: RunReport) -> dict[str, list[dict[str, object]]]:
    """Lines of the tables about conversations and waits."""
    recent = report.conversations.recent if report.conversations else None
    waits = report.waits.by_relationship if report.waits else ()
    return {
        "talk_channels": _talk_lines(recent.by_channel if recent else ()),
        "talk_relationships": _talk_lines(recent.by_relationship if recent else ()),
        "wait_lines": [
            {**asdict(line), "relationship": words(line.relationship), "tier": words(line.tier)} for line in waits
        ],
    }


def _talk_lines(lines: Iterable[TalkLine]) -> list[dict[str, object]]:
    return [{**asdict(line), "name": words(line.name), "share": share_text(line)} for line in lines]
