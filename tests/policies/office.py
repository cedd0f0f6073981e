"""An invented office over whole days of runs: queues are decided and published, reps work on some of the lines.

Beside the frames that decisions read, the office keeps its own plain account of what happened, in Python lists, from
which the promises of the cadence are counted again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from policies.evaluate import decide
from policies.schema import COMMITMENTS, DAY_QUEUE, TOUCHES, conform
from tests.policies.permissions import subjects_of

if TYPE_CHECKING:
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["Contact", "Line", "Office"]

ANSWERS = ("connected", "replied", "meeting", "call_back", "not_interested")


@dataclass
class Line:
    """A queue line that was handed out."""

    person: str
    owner: str
    day: date
    at: datetime
    revision: int
    opens: datetime
    released: bool = False
    left_at: datetime | None = None


@dataclass(frozen=True)
class Contact:
    """What a rep reported."""

    seq: int
    person: str
    at: datetime
    outcome: str
    rep: str
    callback_on: date | None = None
    noted: bool = True

    @property
    def is_answer(self) -> bool:
        """Whether it is the person's own word."""
        return self.outcome in ANSWERS


@dataclass
class Office:
    """The state between runs."""

    inputs: DecisionInputs
    lines: list[Line] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    published_at: datetime | None = None
    revision: int = 0

    def people(self) -> dict[str, str]:
        """Person ids by company."""
        return dict(subjects_of(self.inputs).faces.select("person_id", "company_key").iter_rows())

    def run(self, as_of: datetime) -> tuple[Decision, list[Line]] | None:
        """Decide and publish: the decision and the new lines; none for a run before the last publication (D1)."""
        if self.published_at is not None and as_of < self.published_at:
            return None
        day = as_of.date()
        decision = decide(self.at(as_of))
        verdicts = dict(decision.people.select("person_id", "person_verdict").iter_rows())
        placed = decision.places.drop_nulls("owner").sort("rank").select("person_id", "owner").iter_rows()
        queue = {person: owner for person, owner in placed if verdicts[person] == "queued"}
        self.published_at, self.revision = as_of, self.revision + 1
        touched = {contact.person for contact in self.contacts if contact.at.date() >= day}
        standing = [line for line in self.lines if line.day == day and not line.released]
        for line in standing:
            is_out = line.person not in queue
            line.left_at = (line.left_at or as_of) if is_out else None
            unused = line.opens > as_of or verdicts[line.person] in ("suppressed", "unfit")
            line.released = is_out and unused and line.person not in touched
        stands = {line.person for line in standing if not line.released}
        opens = dict(decision.table.points.group_by("person_id").agg(pl.col("not_before").min()).iter_rows())
        fresh = [
            Line(person, owner, day, as_of, self.revision, opens[person])
            for person, owner in queue.items()
            if person not in stands
        ]
        self.lines += fresh
        return decision, fresh

    def report(self, person: str, at: datetime, outcome: str, rep: str, **more: Any) -> None:  # noqa: ANN401  # passed on
        """A rep says what came of a contact."""
        self.contacts.append(Contact(len(self.contacts) + 1, person, at, outcome, rep, **more))

    # --- the plain account ---

    def counted(self, person: str, as_of: datetime, first: Line | None = None) -> list[datetime]:
        """When the person was contacted, or may have been: every report, and every line that has none."""
        made = [contact.at for contact in self.contacts if contact.person == person]
        last = max((at.date() for at in made), default=date.min)
        owed = {
            line.day: line.at
            for line in reversed(self.lines)
            if line.person == person and line is not first and not line.released
            and line.day != as_of.date() and line.day > last and line.day + timedelta(days=14) > as_of.date()
        }  # fmt: skip
        return made + list(owed.values())

    def is_owed(self, person: str, as_of: datetime) -> bool:
        """Whether a line of an earlier day has no outcome yet."""
        return len(self.counted(person, as_of)) > sum(contact.person == person for contact in self.contacts)

    def since_answer(self, person: str) -> tuple[Contact | None, list[Contact]]:
        """The last answer of a person, and the contacts after it."""
        mine = sorted((c for c in self.contacts if c.person == person), key=lambda c: (c.at, c.seq))
        place = max((i for i, contact in enumerate(mine) if contact.is_answer), default=-1)
        return (mine[place] if place >= 0 else None), mine[place + 1 :]

    def is_promised(self, person: str) -> bool:
        """Whether they named a day on which nobody has tried yet."""
        answer, tries = self.since_answer(person)
        named = answer.callback_on if answer and answer.outcome == "call_back" else None
        return named is not None and all(contact.at.date() < named for contact in tries)

    def at(self, as_of: datetime) -> DecisionInputs:
        """Everything a decision at an instant depends on."""
        day = as_of.date()
        return replace(
            self.inputs,
            as_of=as_of,
            queue_date=day,
            valid_until=datetime.combine(day, time.min, UTC) + timedelta(days=1),
            touches=self._touches(),
            commitments=self._commitments(),
            day_queue=self._day_queue(as_of),
        )

    def _touches(self) -> pl.DataFrame:
        """Every other report names the contact point as well: it still is one contact."""
        tokens = self._tokens()
        rows = [
            {
                "seq": contact.seq, "person_id": contact.person, "at": contact.at, "recorded_at": contact.at,
                "outcome": contact.outcome, "rep": contact.rep, "channel": "email",
                "callback_on": contact.callback_on, "has_note": contact.noted,
                "token": tokens[contact.person] if contact.seq % 2 else None,
            }
            for contact in self.contacts
        ]  # fmt: skip
        return conform(pl.DataFrame(rows, schema=TOUCHES), TOUCHES)

    def _commitments(self) -> pl.DataFrame:
        rows = [
            {
                "seq": number, "person_id": line.person, "owner": line.owner, "channel": "email",
                "queue_date": line.day, "revision": line.revision, "run_id": "r", "run_as_of": line.at,
                "recorded_at": line.at, "released": line.released,
            }
            for number, line in enumerate(self.lines)
        ]  # fmt: skip
        return conform(pl.DataFrame(rows, schema=COMMITMENTS), COMMITMENTS)

    def _day_queue(self, as_of: datetime) -> pl.DataFrame:
        rows = [
            (line.person, "email", line.owner, line.left_at is None, line.opens <= (line.left_at or as_of))
            for line in self.lines
            if line.day == as_of.date()
        ]
        return pl.DataFrame(rows, schema=DAY_QUEUE, orient="row").unique("person_id", keep="last", maintain_order=True)

    def _tokens(self) -> dict[str, str]:
        records = subjects_of(self.inputs).records.select("record_id", "person_id")
        exact = self.inputs.tokens.filter(match="exact").join(records, on="record_id").sort("token")
        return dict(exact.select("person_id", "token").iter_rows())
