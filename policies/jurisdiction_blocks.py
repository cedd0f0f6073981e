"""The blocks of a jurisdiction file: what the law of a country asks in one matter, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import time

__all__ = ["Consent", "Deadline", "Frequency", "Hours", "Notice", "OptOut", "Registry", "Source"]

_UNIT_ORDER: Final = {"immediate": 0, "calendar_days": 1, "business_days": 2, "months": 3}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time to act within: ``n`` of ``unit`` (business_days, calendar_days, months, or immediate with 0)."""

    n: int
    unit: str

    def order(self) -> tuple[int, int]:
        """Sorts the sooner first; business days are longer than calendar days, months longer than both."""
        return _UNIT_ORDER[self.unit], self.n


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours in which the law, a code or our own choice (``basis`` = house) allows contact, local time, per kind of day.

    No interval means: not on such a day.
    """

    basis: str
    weekday: tuple[tuple[time, time], ...]
    saturday: tuple[tuple[time, time], ...]
    sunday: tuple[tuple[time, time], ...]
    holiday: tuple[tuple[time, time], ...]

    def minutes(self, kind: str) -> tuple[tuple[int, int], ...]:
        """The intervals of one of ``HOUR_KINDS`` in minutes after local midnight, begin included, end not."""
        spans: tuple[tuple[time, time], ...] = getattr(self, kind)
        return tuple((start.hour * 60 + start.minute, end.hour * 60 + end.minute) for start, end in spans)


@dataclass(frozen=True, slots=True)
class Frequency:
    """At most ``max_attempts`` contacts of one person in any ``window_hours``; ``basis`` as for :class:`Hours`."""

    max_attempts: int
    window_hours: int
    basis: str = "statute"


@dataclass(frozen=True, slots=True)
class Registry:
    """Do-not-call lists that must be screened wherever a regime is registry_opt_out."""

    names: tuple[str, ...] = ()
    max_file_age_days: int | None = None


@dataclass(frozen=True, slots=True)
class OptOut:
    """By when an opt-out must have effect (we act at once; this only marks what came too late)."""

    email: Deadline
    phone: Deadline
    mechanism_live_days: int
    scope: str


@dataclass(frozen=True, slots=True)
class Consent:
    """Ways in which consent may have come about, and after how many months those run out that do."""

    routes: tuple[str, ...] = ()
    expiry_months: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """Whether people must be told that their data came from a list, and by when after it was obtained."""

    required: bool = False
    article: str | None = None
    due: Deadline | None = None
    or_first_contact: bool = False
    must_name_source_list: bool = False

    @property
    def due_months(self) -> int | None:
        """Months after which the notice is overdue; None: no notice is required."""
        return self.due.n if self.required and self.due else None


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts of a file were read. ``confidence``: read, secondary or unverified."""

    covers: tuple[str, ...]
    cite: str
    url: str
    confidence: str

    def covers_any(self, blocks: tuple[str, ...]) -> bool:
        """Whether this source bears on any of ``blocks``: "phone" covers "phone.mobile" and the other way round."""
        pairs = ((cover, block) for cover in self.covers for block in blocks)
        return any(f"{cover}.".startswith(f"{block}.") or f"{block}.".startswith(f"{cover}.") for cover, block in pairs)
