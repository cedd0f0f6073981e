"""When a contact was made, as a row of a touch file says it, and which day's queue the row is a line of.

What cannot be is mended, not believed: a contact in the future, one before its queue line was handed out, a day to call
back on that was over before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from flows.event_files.sheet_times import Moment, latest_of, moments_of
from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.event_files.reading import Row

__all__ = ["When", "named_day", "possible_times", "queue_day", "when"]

_AHEAD: Final = timedelta(days=1)  # by which clocks may differ
_FARTHEST: Final = timedelta(days=2 * 366)  # a day to call back on beyond it is a slip of the pen

_IMPOSSIBLE: Final = {
    "at": "at lies in the future, or before the day of the queue the line stands in.",
    "callback_on": "callback_on lies before the contact, or more than two years after it.",
}


@dataclass(frozen=True, slots=True)
class When:
    """When a contact was made; ``stated``: as the row says it, the beginning of a day it names, None where it does not.

    ``at`` of a day alone is the latest it can have been: the rest that follows is never counted too short.
    """

    at: datetime
    stated: datetime | None
    day: date


def queue_day(row: Row, columns: Sequence[str]) -> date | None:
    """The day of the queue whose line a row is, from the first of ``columns`` that tells; None: of no queue.

    ``valid_until`` is the midnight that ends it.
    """
    for name in columns:
        text = row.text(name)
        try:
            [found] = moments_of(text, row.context.zone) if text else ()
        except ValueError:
            continue
        if name == "valid_until":
            return (found.at - timedelta(seconds=1)).astimezone(ZoneInfo(row.context.zone)).date()
        return found.day
    return None


def when(row: Row, line: date | None, *, day_first: bool | None) -> When:
    """When the contact of a row was made; without a time it was on the day of its line, else just now.

    What cannot be read, or cannot be, is a problem of the row, and counts as just now.
    """
    zone, now = row.context.zone, row.context.now
    today = now.astimezone(ZoneInfo(zone)).date()

    def is_possible(moment: Moment) -> bool:
        return moment.at <= now + _AHEAD and (line is None or moment.day >= line)

    found = _only(row, "at", is_possible, day_first=day_first, on=line)
    if found is not None:
        return When(latest_of(found.day, zone, now) if found.whole_day else found.at, found.at, found.day)
    if line is not None and row.text("at") is None:
        return When(latest_of(line, zone, now), None, line)
    return When(now, None, today)


def named_day(row: Row, name: str, made: When, *, day_first: bool | None) -> date | None:
    """A day to come back on, which cannot lie before the contact; None when blank or, as a problem, not to be had."""

    def is_possible(moment: Moment) -> bool:
        return made.day <= moment.day <= made.day + _FARTHEST

    found = _only(row, name, is_possible, day_first=day_first, on=None)
    return None if found is None else found.day


def possible_times(at: datetime, callback_on: date | None, now: datetime, zone: str) -> None:
    """Refuse the times of a contact that a row would be returned for: ``UsageError`` (``time_impossible``)."""
    made_on = at.astimezone(ZoneInfo(zone)).date()
    if at > now + _AHEAD:
        raise UsageError("time_impossible", "--at lies in the future.", _fix("--at"))
    if callback_on is not None and not made_on <= callback_on <= made_on + _FARTHEST:
        raise UsageError("time_impossible", _IMPOSSIBLE["callback_on"], "Write --callback-on as 2026-10-14.")


def _only(
    row: Row, name: str, is_possible: Callable[[Moment], bool], *, day_first: bool | None, on: date | None
) -> Moment | None:
    """The one reading of a cell that is possible; None when blank or, as a problem, there is none or more than one."""
    text = row.text(name)
    if text is None:
        return None
    try:
        found = moments_of(text, row.context.zone, day_first=day_first, on=on)
    except ValueError:
        row.problem("time_unreadable", f"{name} is no date or time.", _fix(name))
        return None
    possible = [moment for moment in found if is_possible(moment)]
    if len(possible) == 1:
        return possible[0]
    if possible:
        why = f"{name} can be read with the day first or with the month first."
        row.problem("time_ambiguous", why, _fix(name))
    else:
        row.problem("time_impossible", _IMPOSSIBLE.get(name, _IMPOSSIBLE["callback_on"]), _fix(name))
    return None


def _fix(name: str) -> str:
    return f"Write {name} as 2026-10-14 or 2026-10-14T08:30+02:00."
