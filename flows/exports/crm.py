"""The queue as an import file for HubSpot and Salesforce: a contact or lead and what to do about it, one row a line.

Neither file can turn marketing on. HubSpot makes every contact of an import of several kinds of records (here contacts
and tasks) a non-marketing one, whatever the account's defaults; the file has no column of its own for it, for lifecycle
stages or for subscriptions. The Salesforce file has neither an opt-out nor a campaign column, so that it lifts no
opt-out that stands there. Either names one contact point, the one that may be used. docs/queue.md has the sources.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.exports.csv import csv_bytes
from flows.exports.words import lane_of, task_words, their_window, their_zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.exports.handout import Handout, Known

__all__ = ["HUBSPOT", "PERSON_ID", "SALESFORCE", "as_hubspot", "as_salesforce"]

# A property or field of this name, with unique values, lets a later import find the person again.
PERSON_ID: Final = "Tactful person ID"

HUBSPOT: Final = (
    *("First name", "Last name", "Email", "Phone number", "Job title", "Company name", PERSON_ID),
    *("Task title", "Task type", "Task status", "Due date", "Task notes", "Assigned to"),
)
# The most characters a field of a Salesforce lead takes (field reference of the Lead object).
SALESFORCE: Final[Mapping[str, int]] = {
    "First Name": 40,
    "Last Name": 80,
    "Company": 255,
    "Title": 128,
    "Email": 80,
    "Phone": 40,
    "Description": 32_000,
    PERSON_ID: 255,
}
_REQUIRED: Final = ("Last Name", "Company")
_NOT_PROVIDED: Final = "[not provided]"  # what Salesforce itself puts where a lead lacks what it must have


def as_hubspot(handout: Handout) -> bytes:
    """One row a line: a contact under ``HUBSPOT``'s first columns, and a task about them under the others."""
    rows = [_hubspot_row(line, handout) for line in handout.lines.to_dicts()]
    return _file(rows, HUBSPOT)


def as_salesforce(handout: Handout) -> bytes:
    """One row a line: a lead, and in its description what to do and say.

    What is longer than its field stands in the description instead, whole: a name cut off is no name.
    """
    rows = [_salesforce_row(line, handout) for line in handout.lines.to_dicts()]
    return _file(rows, tuple(SALESFORCE))


def _file(rows: Sequence[Mapping[str, str | None]], columns: Sequence[str]) -> bytes:
    return csv_bytes(pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String)))


def _hubspot_row(line: Mapping[str, Any], handout: Handout) -> dict[str, str | None]:
    first, last = _name(line, handout.about(line["person_id"]))
    is_call = line["channel"] == "phone"
    company = f" ({line['company']})" if line["company"] else ""
    return {
        "First name": first,
        "Last name": last,
        "Email": None if is_call else line["contact_point"],
        "Phone number": line["contact_point"] if is_call else None,
        "Job title": line["job_title"],
        "Company name": line["company"],
        PERSON_ID: line["person_id"],
        "Task title": _one_line(f"{task_words(line['channel'])} {line['full_name'] or line['contact_point']}{company}"),
        "Task type": "CALL" if is_call else "EMAIL",
        "Task status": "NOT_STARTED",
        "Due date": handout.facts.queue_date,
        "Task notes": "<br>".join(escape(_one_line(text), quote=False) for text in _notes(line, handout)),
        "Assigned to": line["owner"],
    }


def _salesforce_row(line: Mapping[str, Any], handout: Handout) -> dict[str, str | None]:
    first, last = _name(line, handout.about(line["person_id"]))
    is_call = line["channel"] == "phone"
    cells = {
        "First Name": first,
        "Last Name": last,
        "Company": line["company"],
        "Title": line["job_title"],
        "Email": None if is_call else line["contact_point"],
        "Phone": line["contact_point"] if is_call else None,
        PERSON_ID: line["person_id"],
    }
    long = {name: text for name, text in cells.items() if text and len(text) > SALESFORCE[name]}
    kept = {name: None if name in long else text for name, text in cells.items()}
    filled = {name: text or (_NOT_PROVIDED if name in _REQUIRED else None) for name, text in kept.items()}
    told = [*(f"{name}: {text}" for name, text in long.items()), *_notes(line, handout)]
    return {**filled, "Description": "\n".join(map(_one_line, told))[: SALESFORCE["Description"]]}


def _name(line: Mapping[str, Any], known: Known) -> tuple[str | None, str | None]:
    """The parts of the name as a list states them; a name no list takes apart stands whole as the last name."""
    if known.given_name and known.family_name:
        return known.given_name, known.family_name
    return None, line["full_name"]


def _notes(line: Mapping[str, Any], handout: Handout) -> list[str]:
    """What to do, when, what to say and must be said, and on what basis: one text a line."""
    lane = lane_of(line["channel"], line["relationship"])
    window, zone = their_window(line), their_zone(line["timezone"])
    until = handout.facts.valid_until[:16].replace("T", " ")
    told = (
        ("", f"{lane.do}. {lane.why}"),
        ("Only between", f"{window} ({zone}), their time" if window else None),
        ("Valid until", f"{until} ({handout.facts.timezone}); ask for a new queue then"),
        ("Opening line", line["opening_line"]),
        ("Must be said", line["must_include"]),
        ("Where the data came from", line["provenance"]),
        ("Basis", ": ".join(filter(None, (line["lawful_basis"], line["permission_evidence"])))),
        ("Tactful", f"person {line['person_id']}, run {handout.facts.run_id}, brief {line['brief_id'] or 'none'}"),
        ("", "For one person to contact one person: not for campaigns, sequences or mass e-mail."),
    )
    return [f"{name}: {text}" if name else text for name, text in told if text]


def _one_line(text: str) -> str:
    """A text without line breaks and characters that cannot be printed."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
