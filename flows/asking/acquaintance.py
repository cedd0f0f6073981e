"""What is known of one person, as it stands in a brief to fill in: parts of the brief, and remarks for its writer.

Whatever a list, a ledger or a rule file says already nobody has to look up again. Of whoever said no, nothing is told
beyond what the lists call them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.asking.conflicts import conflict_remarks, said_no
from flows.ledger.notes import last_notes
from policies.brief.settings import read_brief_settings
from policies.cadence.contacts_made import local_day
from policies.effects import Verdict
from policies.fit import fit_of
from policies.subjects import known_by
from policies.worklists import briefs_wanted, inquiries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from flows.ledger import Ledger
    from flows.runs.situation import Situation
    from policies.evaluate import Decision

__all__ = ["Acquaintance", "Acquaintances"]

_SHOWN: Final = ("full_name", "salutation_name", "job_title", "company")
_SENTENCES: Final = ("asked", "last_conversation", "provenance")
_LONGEST_REMARK: Final = 400  # letters: the front matter of a brief is bounded
_STANDS: Final = {
    Verdict.QUEUED: "They are in the queue of today; a newer brief takes the place of the one they have.",
    Verdict.DEFERRED: "They have a brief that passes and wait for a day.",
    Verdict.HELD: "Nobody may contact them yet: something is in doubt, whatever the brief says.",
    Verdict.UNFIT: "They are no target: a brief changes nothing.",
    Verdict.SUPPRESSED: "Nobody may contact them: a brief changes nothing.",
}


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What is known of one person.

    ``told``: what parts of a brief are filled in with, by the names of ``[brief]``; ``enough``: parts that need no more
    than that; ``remarks``: for the writer alone, a line each.
    """

    tier: str
    told: dict[str, object]
    enough: frozenset[str]
    remarks: tuple[str, ...]


class Acquaintances:
    """What one decision, and the notes of the ledger, know of people."""

    def __init__(self, ledger: Ledger, situation: Situation, decision: Decision) -> None:
        inputs, subjects = situation.inputs, decision.table.subjects
        self._situation, self._decision = situation, decision
        self._wanted = briefs_wanted(decision, inputs)
        self._asked = inquiries(decision.table.records, decision.table.people, inputs)
        self._notes = last_notes(ledger, known_by(subjects.records, inputs.tokens, subjects.generation), situation.cut)

    def about(self, person: str) -> Acquaintance:
        """Everything about one person; ``person`` is an id in force."""
        table = self._decision.table
        face = _row(table.subjects.faces, person) or {}
        known = _row(table.people, person) or {}
        told: dict[str, object] = {name: face.get(name) for name in _SHOWN}
        told["provenance"] = self._provenance(person)
        enough: set[str] = set()
        if not said_no(self._decision, person):
            told["asked"] = self._question(person)
            told["last_conversation"] = self._conversation(person, known)
            enough = {name for name in ("asked", "last_conversation") if told[name] is not None}
        tier = known["brief_tier_wanted"]
        remarks = [*self._remarks(person), *self._elsewhere(tier, told), *conflict_remarks(self._decision, person)]
        return Acquaintance(tier, told, frozenset(enough), tuple(remark[:_LONGEST_REMARK] for remark in remarks))

    def _elsewhere(self, tier: str, told: Mapping[str, object]) -> list[str]:
        """What is known and no part of this tier has a place for."""
        parts = read_brief_settings(self._situation.inputs.settings["brief"]).tier_parts[tier]
        placed = {name for part in parts for name in part.known}
        face = ", ".join(str(told[name]) for name in ("full_name", "job_title", "company") if told[name])
        texts = {"full_name": face and f"{face.removesuffix('.')}.", **{name: told.get(name) for name in _SENTENCES}}
        return [str(text) for name, text in texts.items() if text and name not in placed]

    def _provenance(self, person: str) -> str:
        """Every list they stand on, with its day and row."""
        rows = self._decision.table.subjects.rows.filter(person_id=person)
        ordered = rows.sort("obtained_on", "source", "row_number", nulls_last=True)
        lines = [_listed(row, self._name_of(row["source"])) for row in ordered.iter_rows(named=True)]
        return f"They stand on {'; '.join(dict.fromkeys(lines))}."

    def _name_of(self, source: str) -> str:
        contract = self._situation.policy.contracts.get(source)
        return f"{contract.name} ({source})" if contract and contract.name else source

    def _question(self, person: str) -> str | None:
        """What they asked last, in their words."""
        asked = _row(self._asked, person)
        if asked is None:
            return None
        if asked["asked_about"] is None:
            return f"They asked us on {asked['asked_on']}; what about, the list does not say."
        return f'On {asked["asked_on"]} they asked us: "{_trimmed(asked["asked_about"])}"'

    def _conversation(self, person: str, known: dict[str, Any]) -> str | None:
        """What was said last, and what was left open; or that nobody has spoken with them yet."""
        note, tried, asked = _row(self._notes, person), known.get("last_touch_on"), _row(self._asked, person)
        if note is not None:
            return _noted(note, self._day_of(note))
        if tried is not None:
            came_of_it = str(known["last_outcome"]).replace("_", " ")
            return f"Nobody wrote down what was said. The last contact was on {tried}: {came_of_it}."
        if asked is not None:
            return f"We have not spoken yet: they came to us with their question of {asked['asked_on']}."
        return None

    def _day_of(self, note: dict[str, Any]) -> date:
        return local_day(note["at"], self._situation.inputs.organisation.timezone)

    def _remarks(self, person: str) -> list[str]:
        """What its writer should know and the brief does not say."""
        if said_no(self._decision, person):
            return ["They said no. Nobody may contact them, and no brief changes that."]
        verdict = _row(self._decision.people, person) or {}
        stands = _STANDS.get(Verdict(verdict["person_verdict"]))
        waits = _row(self._wanted, person)
        told = [f"{stands} See: tactful why {person}"] if stands else []
        told += _deadlines(waits, self._situation.inputs.queue_date) if waits else []
        told += self._worth(person)
        return told

    def _worth(self, person: str) -> list[str]:
        """The account and what the fit score is made of, by the record they would be reached under."""
        best = _row(self._decision.best, person)
        if best is None:
            return []
        record = self._decision.table.records.filter(record_id=best["record_id"]).row(0, named=True)
        account = fit_of(record, self._situation.inputs.settings)["account"]
        parts = f": {record['fit_parts']}" if record["fit_parts"] else ""
        return [*([_account_text(account)] if account else []), f"Fit {record['fit_score']}{parts}."]


def _account_text(account: dict[str, Any]) -> str:
    """The account in one line: name, what it is to us, tier and owner."""
    said = [account["name"] or "a sole trader", account["relationship"] and account["relationship"].replace("_", " ")]
    said += [f"{name} {account[name]}" for name in ("tier", "owner") if account[name]]
    return f"Account: {', '.join(text for text in said if text)}."


def _row(frame: pl.DataFrame, person: str) -> dict[str, Any] | None:
    """The line of one person, if there is one."""
    found = frame.filter(pl.col("person_id") == person)
    return None if found.is_empty() else found.row(0, named=True)


def _listed(row: dict[str, Any], name: str) -> str:
    obtained = row["obtained_on"] or "on an unknown day"
    return f"the list {name}, obtained {obtained}, row {row['row_number']}"


def _trimmed(text: str) -> str:
    """Their words on one line, without the marks we put around them."""
    return " ".join(text.split()).strip('"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}')


def _noted(note: dict[str, Any], on: date) -> str:
    """The newest note in a few sentences."""
    channel = f" by {note['channel']}" if note["channel"] else ""
    said = [f"On {on}{channel}, {str(note['outcome']).replace('_', ' ')}."]
    said += [f'They said: "{_trimmed(note["said"])}"'] if note["said"] else []
    said += [f"Next step: {_trimmed(note['next_step'])}"] if note["next_step"] else []
    said += [f"They referred us to {_trimmed(note['referred_to'])}"] if note["referred_to"] else []
    return " ".join(said)


def _deadlines(waits: dict[str, Any], today: date) -> Sequence[str]:
    """By when, until when, over which channel."""
    due, ends, later = waits["answer_by"], waits["permission_ends_on"], waits["contact_from"]
    late = " That is over." if due is not None and due < today else ""
    told = [f"They asked us something: they should have an answer by {due}.{late}"] if due is not None else []
    told += [f"To be contacted by {waits['channel']}" + (f", not before {later}." if later is not None else ".")]
    return [*told, *([f"Permission to contact them ends on {ends}."] if ends is not None else [])]
