"""What is handed out of a queue: its lines, what holds for all of them, and what else is known of each person.

Every format of ``tactful queue --format`` is made of a :class:`Handout` and of nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from policies.schema import QUEUE, empty

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

__all__ = ["BriefPart", "Handout", "Known", "Note", "QueueFacts"]


class QueueFacts(NamedTuple):
    """What is said about a queue handed out: its run, its day (ISO), until when it holds (ISO, with offset), for whom.

    ``in_force``: it may be worked with now; else it is for reading only. ``timezone`` is that of the organisation, in
    which its reps read a clock.
    """

    run_id: str
    queue_date: str
    valid_until: str
    organisation: str
    owner: str | None
    in_force: bool
    timezone: str = "UTC"


class Note(NamedTuple):
    """What was written down after the last contact; ``on`` is the day, texts may be absent."""

    on: str
    channel: str | None
    outcome: str
    rep: str | None
    said: str | None
    next_step: str | None
    referred_to: str | None


class BriefPart(NamedTuple):
    """One section of a brief: the name of the part its heading stands for (none: a note of its own) and its text."""

    name: str | None
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one person beside the queue line.

    ``given_name`` and ``family_name`` only where a list states both parts of the very name in the queue. ``brief`` has
    the parts of the brief; ``brief_by`` says who wrote it and when.
    """

    given_name: str | None = None
    family_name: str | None = None
    brief: tuple[BriefPart, ...] = ()
    brief_by: str | None = None
    note: Note | None = None


_NOBODY: Final = Known()


@dataclass(frozen=True, slots=True)
class Handout:
    """The ``lines`` of a queue (``QUEUE``, by rank) and what is ``known`` of their people, by person id.

    ``gone`` are lines of the same queue that must not be worked with any more, for files that take back what an earlier
    one said.
    """

    lines: pl.DataFrame
    facts: QueueFacts
    known: Mapping[str, Known] = field(default_factory=dict)
    gone: pl.DataFrame = field(default_factory=lambda: empty(QUEUE))

    def about(self, person_id: str) -> Known:
        """What is known of a person, which may be nothing."""
        return self.known.get(person_id, _NOBODY)
