"""Words that several formats of the queue share: what kind of contact a line is, and when it may be made."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Lane", "lane_of", "own_window", "task_words", "their_window", "their_zone"]


class Lane(NamedTuple):
    """What to do about a line, in a few words, and why it is this."""

    do: str
    why: str


# Practice P11: the telephone for those who know us, a short e-mail for those who do not.
_LANES: Final[Mapping[str, Mapping[str, Lane]]] = {
    "phone": {
        "in_conversation": Lane("Call first", "You are in conversation: pick up where you left off."),
        "customer": Lane("Call first", "A customer: a call, not a mailing."),
        "referred": Lane("Call first", "Somebody they know named them: say who."),
        "met": Lane("Call first", "You have met: say where."),
        "inquired": Lane("Call: they asked", "Answer what they asked before anything else."),
    },
    "email": {
        "in_conversation": Lane("Personal e-mail: offer a call", "In conversation. No call can be made, so offer one."),
        "customer": Lane("Personal e-mail: offer a call", "A customer. No call can be made, so offer one."),
        "referred": Lane("Personal e-mail: offer a call", "Somebody they know named them: say who."),
        "met": Lane("Personal e-mail: offer a call", "You have met: say where."),
        "inquired": Lane("E-mail: answer what they asked", "Answer before you ask for anything."),
    },
}
_COLD: Final[Mapping[str, Lane]] = {
    "phone": Lane("Call: ask for ten minutes", "No acquaintance yet: say why them, and ask when it suits."),
    "email": Lane("Short e-mail: ask for ten minutes", "No acquaintance yet: one thought about them, one question."),
}
_TASKS: Final = {"phone": "Call", "email": "E-mail"}


def lane_of(channel: str, relationship: str | None) -> Lane:
    """What to do about a line of this channel and relationship; anything but a known warm relationship is cold."""
    return _LANES.get(channel, {}).get(relationship or "", _COLD.get(channel, Lane("Contact", "")))


def task_words(channel: str) -> str:
    """What a task or an entry of a calendar is called: "Call", "E-mail"."""
    return _TASKS.get(channel, "Contact")


def their_window(line: Mapping[str, Any]) -> str:
    """When the person may be contacted, in their own time: "2026-10-14, 10:00 to 17:00"; empty where none is said."""
    return _span(*(_local(line[name]) for name in ("not_before", "not_after")))


def their_zone(timezone: str | None) -> str:
    """The zone a window is told in; where they may be in one of several, the window is lawful in all of them."""
    first, *others = (timezone or "zone unknown").split("|")
    return f"{first}, lawful in {' and '.join(others)} too" if others else first


def own_window(line: Mapping[str, Any], timezone: str) -> str:
    """The same window by the clock of our own zone; empty where none is said."""
    zone = ZoneInfo(timezone)
    instants = [datetime.fromisoformat(str(line[name])) for name in ("not_before", "not_after") if line[name]]
    return _span(*(_local(instant.astimezone(zone).isoformat()) for instant in instants))


def _local(instant: object) -> str:
    return str(instant or "")[:16]


def _span(start: str = "", end: str = "") -> str:
    if not start or not end:
        return ""
    (first, begins), (last, ends) = start.split("T"), end.split("T")
    if first == last:
        return f"{first}, {begins} to {ends}"
    is_midnight = ends == "00:00" and date.fromisoformat(last) - date.fromisoformat(first) == timedelta(days=1)
    return f"{first}, {begins} to midnight" if is_midnight else f"{first} {begins} to {last} {ends}"
