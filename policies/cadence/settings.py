"""The cadence tables of the rule data, read once into typed values.

Our own hours, caps and pauses stand in ``[cadence]`` of the rule files. A jurisdiction may only narrow them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from policies.errors import TactfulError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CadenceSettings", "Span", "read_cadence"]

Span: TypeAlias = tuple[time, time]  # wall clock, end exclusive; an end of 00:00 is the end of the day

_DEFAULT_MINUTES: Final = 15
_DEFAULT_SEARCH_DAYS: Final = 21


@dataclass(frozen=True, slots=True)
class CadenceSettings:
    """What ``[cadence]`` says."""

    weekdays: frozenset[int]  # ISO: 1 Monday to 7 Sunday
    hours: tuple[Span, ...]  # in the person's own zone
    min_window_minutes: int  # a shorter rest of a window is no window
    search_days: int  # how far ahead the next window is looked for
    attempts: int  # contacts of a person in `window_days`
    window_days: int
    total: int  # contacts in all without an answer
    company_attempts: int  # contacts of anyone at a company in `window_days`
    cooling_off_days: Mapping[str, int]  # pause after an outcome
    answers: frozenset[str]  # outcomes that are the person's own word: a new approach counts from there
    conversations: frozenset[str]  # outcomes that were a talk: the next contact needs its note
    away: frozenset[str]  # outcomes whose day is when the person is back
    outdating: frozenset[str]  # outcomes that say the contact point is not the person's (any more)
    commitment_expiry_days: int
    promise_holds_company_days: int  # a day named further ahead keeps nobody's colleagues back yet
    new_approach_days: int  # when to look again where nothing says when a deferral is over
    touch_due_working_days: int
    owner_block_after: int


def read_cadence(settings: Mapping[str, Any]) -> CadenceSettings:
    """Read ``[cadence]``; raises ``TactfulError`` (``settings_invalid``) naming the key that is missing or wrong."""
    try:
        return _read(settings)
    except KeyError as error:
        raise _invalid(f"[cadence] lacks {error.args[0]}.") from error
    except (TypeError, ValueError) as error:
        raise _invalid(f"[cadence] holds a value that cannot be read: {error}.") from error


def _read(settings: Mapping[str, Any]) -> CadenceSettings:
    return CadenceSettings(
        weekdays=frozenset(int(day) for day in settings["weekdays"]),
        hours=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in settings["hours"]),
        min_window_minutes=int(settings.get("min_window_minutes", _DEFAULT_MINUTES)),
        search_days=int(settings.get("search_days", _DEFAULT_SEARCH_DAYS)),
        attempts=int(settings["attempts"]),
        window_days=int(settings["window_days"]),
        total=int(settings["total"]),
        company_attempts=int(settings["company_attempts"]),
        cooling_off_days={str(outcome): int(days) for outcome, days in settings["cooling_off_days"].items()},
        answers=frozenset(settings["answers"]),
        conversations=frozenset(settings["conversations"]),
        away=frozenset(settings["away"]),
        outdating=frozenset(settings["outdating"]),
        commitment_expiry_days=int(settings["commitment_expiry_days"]),
        promise_holds_company_days=int(settings["promise_holds_company_days"]),
        new_approach_days=int(settings["new_approach_days"]),
        touch_due_working_days=int(settings["touch_due_working_days"]),
        owner_block_after=int(settings["owner_block_after"]),
    )


def _invalid(message: str) -> TactfulError:
    return TactfulError(
        "settings_invalid", message, "Mend the table in the rule files, then run `tactful policy check`."
    )
