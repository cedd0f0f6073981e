"""The queue as a calendar: when whom may be contacted, as references only.

An entry names a person by id, the channel and the window; names, numbers, addresses and texts stay out of it, because a
calendar is shared, synchronised and kept by others. Entries keep their UID over the revisions of a day and block no
time. A line that was called back stands there as cancelled, so that taking in the file anew removes it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from flows.exports.words import task_words, their_zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icalendar import Calendar, Event, Timezone

    from flows.exports.handout import Handout, QueueFacts

__all__ = ["as_ics"]

_STAMP: Final = "%Y%m%dT%H%M%SZ"
_STAMP_LENGTH: Final = 16


def as_ics(handout: Handout) -> bytes:
    """The lines as entries of a calendar (RFC 5545), times in UTC; the same lines give the same bytes."""
    calendar = _calendar(handout.facts)
    for line in handout.lines.to_dicts():
        calendar.add_component(_entry(line, handout.facts, cancelled=False))
    for line in handout.gone.to_dicts():
        calendar.add_component(_entry(line, handout.facts, cancelled=True))
    if not calendar.subcomponents:
        calendar.add_component(_utc())
    return bytes(calendar.to_ical())


def _calendar(facts: QueueFacts) -> Calendar:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Tactful//Queue//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Tactful queue {facts.queue_date}")
    return calendar


def _utc() -> Timezone:
    """What stands in a calendar without entries, for it must hold a component (RFC 5545 section 3.6)."""
    from icalendar import Timezone, TimezoneStandard

    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 (the onset of a zone is told in its local time)
    for side in ("tzoffsetfrom", "tzoffsetto"):
        standard.add(side, timedelta())
    zone.add_component(standard)
    return zone


def _entry(line: Mapping[str, Any], facts: QueueFacts, *, cancelled: bool) -> Event:
    """One line. A higher sequence number replaces an entry of a lower one; a cancellation goes before its revision."""
    from icalendar import Event

    person, channel, decided = _plain(line["person_id"]), line["channel"], _decided_at(facts)
    entry = Event()
    entry.add("uid", f"{facts.queue_date}-{channel}-{person}@tactful")
    entry.add("dtstamp", decided)
    entry.add("sequence", 2 * _seconds_into(facts, decided) + cancelled)
    _add_times(entry, line, facts)
    entry.add("summary", f"{task_words(channel)} {person}")
    entry.add("description", _description(line, facts, person, cancelled=cancelled))
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("class", "PRIVATE")
    entry.add("transp", "TRANSPARENT")
    return entry


def _add_times(entry: Event, line: Mapping[str, Any], facts: QueueFacts) -> None:
    """The window in UTC; without one, the whole day."""
    if line["not_before"] and line["not_after"]:
        entry.add("dtstart", datetime.fromisoformat(line["not_before"]).astimezone(UTC))
        entry.add("dtend", datetime.fromisoformat(line["not_after"]).astimezone(UTC))
    else:
        entry.add("dtstart", date.fromisoformat(facts.queue_date))


def _description(line: Mapping[str, Any], facts: QueueFacts, person: str, *, cancelled: bool) -> str:
    if cancelled:
        return "Called back: do not contact them. `recall.csv` says why."
    start, end = (str(line[name] or "")[11:16] for name in ("not_before", "not_after"))
    window = f"Between {start} and {end}, their time ({_plain(their_zone(line['timezone']))}). " if start else ""
    look_up = f"Who it is and what to say: the call sheet of run {facts.run_id}, or `tactful why {person}`."
    return f"{window}Valid until {facts.valid_until}. {look_up}"


def _plain(text: str) -> str:
    """A reference as letters, digits and a few signs: nothing that could begin a line of its own."""
    return "".join(sign if sign.isalnum() or sign in "-_/+., " else "_" for sign in text)


def _decided_at(facts: QueueFacts) -> datetime:
    """The instant the run was judged at, which its id begins with; the start of the day where there is none."""
    stamp = facts.run_id[:_STAMP_LENGTH]
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return datetime.combine(date.fromisoformat(facts.queue_date), datetime.min.time(), UTC)


def _seconds_into(facts: QueueFacts, decided: datetime) -> int:
    """Seconds since the day before the queue's began in UTC: larger for later revisions of the day, in any zone."""
    begins = datetime.combine(date.fromisoformat(facts.queue_date), datetime.min.time(), UTC) - timedelta(days=1)
    return max(0, int((decided - begins).total_seconds()))
