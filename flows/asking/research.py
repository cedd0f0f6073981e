"""Research to do: whom to write a brief about, and a brief to fill in with what is known."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.asking.acquaintance import Acquaintances
from flows.asking.conflicts import contact_to_use
from flows.asking.inquiry import Inquiry
from flows.clock import now
from flows.files import write_bytes
from flows.ledger.contacts import ContactLists, read_contact
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.runs.situation import look
from policies.brief import template
from policies.errors import UnknownContact
from policies.evaluate import decide
from policies.worklists import briefs_wanted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.workspace import Workspace
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

__all__ = ["Draft", "brief_templates", "wanted_briefs", "write_drafts"]

_WORDS_SHOWN: Final = 6  # of a name
_ID_SHOWN: Final = 6  # letters of a person's id, which tell namesakes apart


@dataclass(frozen=True, slots=True)
class Draft:
    """A brief to fill in about one person."""

    person_id: str
    full_name: str | None
    text: str

    @property
    def file_name(self) -> str:
        """A name for its file: theirs in plain letters, and the end of their id."""
        plain = unicodedata.normalize("NFKD", self.full_name or "").encode("ascii", "ignore").decode().lower()
        words = re.findall(r"[a-z0-9]+", plain)[:_WORDS_SHOWN]
        return "-".join([*words, self.person_id[-_ID_SHOWN:]]) + ".md"


def wanted_briefs(ws: Workspace) -> pl.DataFrame:
    """The worklist of research: who may be contacted as soon as there is a brief that passes."""
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        situation = look(ws, ledger, policy, now(ws.settings))
        return briefs_wanted(decide(situation.inputs, situation.standing), situation.inputs)


def brief_templates(ws: Workspace, contacts: Sequence[str]) -> list[Draft]:
    """A brief to fill in for the person behind each contact, with what is known filled in.

    Raises ``UnknownContact`` where no list knows somebody.
    """
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        situation = look(ws, ledger, policy, now(ws.settings))
        decision = decide(situation.inputs, situation.standing)
        known, inquiry = Acquaintances(ledger, situation, decision), Inquiry(ledger, situation, decision)
        return [_template_for(inquiry, known, decision, situation.inputs, contact) for contact in contacts]


def write_drafts(drafts: Sequence[Draft], folder: Path) -> tuple[list[Path], list[Path]]:
    """Write each draft into a file of its own; returns those written and those that were there, which are kept."""
    written, kept = [], []
    for draft in drafts:
        path = folder / draft.file_name
        if path.exists():
            kept.append(path)
        else:
            write_bytes(path, draft.text.encode())
            written.append(path)
    return written, kept


def _template_for(
    inquiry: Inquiry, known: Acquaintances, decision: Decision, inputs: DecisionInputs, contact: str
) -> Draft:
    """The brief to fill in for one person.

    A contact that bounced or opted out is not shown again: the brief names another of theirs, or the person by id.
    """
    asked = read_contact(contact, ContactLists.of(inputs.settings["lists"]))
    found = inquiry.records_of(asked)
    if found.is_empty():
        raise UnknownContact
    person = found.get_column("person_id").sort()[0]
    records = found.filter(pl.col("person_id") == person).get_column("record_id").to_list()
    named = contact_to_use(decision, asked, person, records)
    about = known.about(person)
    text = template(
        {"contact": named, "person_id": person if named is None else None, **about.told},
        about.tier,
        inputs.settings["brief"],
        inputs.queue_date,
        remarks=about.remarks,
        enough=about.enough,
    )
    name = about.told["full_name"]
    return Draft(person, None if name is None else str(name), text)
