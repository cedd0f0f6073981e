"""A person nobody else can be mistaken for, who goes in by every way there is, and a search that finds any trace."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import sqlite3
import sys
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.scaffold import init_workspace
from flows.workspace import SETTINGS_FILE, load
from tests.flows.workspaces import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flows.workspace import Workspace

EMAIL: Final = "xanthippe.quorrelbaum@blauwaldkanarie.example"
PHONE: Final = "+1 415 555 0137"
NAMED_FILE: Final = "Quorrelbaum, Xanthippe.csv"

_WORDS: Final = ("xanthippe", "quorrelbaum", "blauwald", "kanarie")  # name, local part, company, domain
_DIGITS: Final = "4155550137"
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/\s]+=*\s*")
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_GAPS: Final = re.compile(r"[\s().\-_/\u2010-\u2015\u00a0]")
# A hash without a key over what many lists hold is as good as the value itself.
_HASHES: Final = tuple(
    hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()
    for name in ("md5", "sha1", "sha256")
    for text in (EMAIL, f"+1{_DIGITS}")
)

_CONTRACT: Final = """
id = "fair"
name = "Attendees of the fair"
kind = "conference"
supplier = "ourselves"
role = "independent"
agreement = "Terms of the fair, section 7"
obtained_on = 2026-09-18
obtained_how = "Export of the ticket shop"
told = "We may contact you about our work, by e-mail or by phone. You can say no at any time."
purposes = ["direct_marketing"]
channels = ["email", "phone"]
third_party_marketing = false
solicitation_forbidden = false
membership_reveals = "none"
lawful_basis = "legitimate_interest"
lia_ref = "LIA-2026-04"
expires_on = 2027-09-18
approved_by = "Dr. Example"
approved_on = 2026-09-21

[columns]
given_name = "First Name"
family_name = "Last Name"
email = "Email"
phone = "Phone"
company = "Company"
job_title = "Job Title"
city = "City"
region = "State"
country = "Country"
sector = "Industry"
employees = "Size"

[expect]
rows = { min = MINIMUM }
"""
_HEADER: Final = "First Name,Last Name,Email,Phone,Company,Job Title,City,State,Country,Industry,Size\n"
_ROW: Final = "Blauwald Kanarie Corp.,Director of Data,Sacramento,CA,United States,Logistics,900\n"
_LIST: Final = (
    f"{_HEADER}"
    f"Xanthippe,Quorrelbaum,{EMAIL},415-555-0137,{_ROW}"
    f"Xanthippe,Quorrelbaum,xanthippe.quorrelbaum(at)blauwaldkanarie,,{_ROW}"  # no usable contact point
    f"Xanthippe,Quorrelbaum,{EMAIL},(415) 555.0137,one,cell,too,many,for,the,header,of,it\n"
    "Ada,Lindqvist,ada.lindqvist@harbour.example,+1 415 555 0102,Harbour Corp.,Head of Data,Oakland,CA,United States,"
    "Logistics,400\n"
)
_BRIEF: Final = f"""---
contact: {EMAIL}
author: Maria Example
date: 2026-10-09
tier: full
---

# Xanthippe Quorrelbaum, Director of Data, Blauwald Kanarie Corp.

## Who they are

Runs the data of the freight yards and sits in the committee that signs the capacity plan of every season.

## How we know

The magazine interview names her and the Sacramento office; the list has the same title.

## Their business objective

A capacity plan that the yards believe, without the weekly appendix of manual corrections, in time for the harvest.

## The problem we think they feel

Arrivals are keyed by three carriers, each with codes of their own. A fifth of the codes changed meaning between two
seasons, so that the plan compares what cannot be compared, and every Monday begins with a table made by hand.

## Evidence

- 2026-07-28: interview in the magazine of the trade, 'Why we stopped trusting code 17' (https://blauwaldkanarie.example/17)

## Our point of view

A dictionary of codes will not hold, because the carriers change theirs without telling anybody. What can be watched is
the mix: when the share of a code jumps within a week, its meaning moved.

## A solution they may not have considered

Watch the distribution of codes per carrier and week, and stop the load of that one feed when it leaves its corridor.

## An example at the ready

A mill in Linz caught a code used twice on the second day of the season. The year before it had taken eleven weeks.

## Opening line

Xanthippe Quorrelbaum, after reading why you stopped trusting code 17 I wondered how your yards learn of a change.

## Questions to ask

- How do you learn today that a carrier changed a code?
- How many corrections of the appendix come from codes alone?
- Would the carriers accept a stopped feed during the harvest?
"""


def make_canary_workspace(folder: Path) -> Workspace:
    """A workspace whose inbox is full of the canary: taken in, rejected and refused in several ways."""
    ws = init_workspace(folder)
    (folder / SETTINGS_FILE).write_text(SETTINGS, encoding="utf-8")
    ws = load(folder)
    set_minimum(ws, 1)
    _drop(ws, "lists/fair/attendees quorrelbaum.csv", _LIST)
    _drop(ws, f"lists/fair/{NAMED_FILE}", b"PK\x03\x04" + EMAIL.encode() * 9)  # an archive by another name
    _drop(ws, "lists/fair/open-quote.csv", f'{_HEADER}"Xanthippe Quorrelbaum {EMAIL} {PHONE}\n')
    _drop(ws, "lists/fair/no-header.csv", f"Xanthippe Quorrelbaum\n{EMAIL}\n{PHONE}\n")
    _drop(ws, "lists/unagreed/people.csv", f"{_HEADER}Xanthippe,Quorrelbaum,x@blauwaldkanarie.example,,{_ROW}")
    _drop(ws, "briefs/quorrelbaum.md", _BRIEF)
    _drop(ws, "briefs/broken.md", f"---\ncontact: [{EMAIL}\n---\n# Xanthippe Quorrelbaum\n")
    return ws


def damage_store(ws: Workspace) -> Callable[[], None]:
    """Make Polars fail inside the decision with an error that quotes the canary; returns what mends it again."""
    file = next(ws.store_lists.glob("*/records.parquet"))
    known = file.with_name("list.json")  # vouches for the file, which is not even parsed where it does not
    whole, vouched = file.read_bytes(), known.read_bytes()
    pl.read_parquet(file, glob=False).with_columns(row_number=pl.lit(EMAIL)).write_parquet(file)
    hashes = [hashlib.sha256(data).hexdigest().encode() for data in (whole, file.read_bytes())]
    known.write_bytes(vouched.replace(hashes[0], hashes[1]))

    def mend() -> None:
        file.write_bytes(whole)
        known.write_bytes(vouched)

    return mend


def set_minimum(ws: Workspace, rows: int) -> None:
    """How many rows the list of the canary must have to pass its gate."""
    ws.sources.mkdir(parents=True, exist_ok=True)
    (ws.sources / "fair.toml").write_text(_CONTRACT.replace("MINIMUM", str(rows)), encoding="utf-8")


def drop_events(ws: Workspace) -> None:
    """The canary speaks: consent, notice, a call with a note, and a stop in their own words."""
    _drop(
        ws,
        "consents/consents.csv",
        "contact,channel,purpose,event_state,captured_at,method,statement,statement_version,evidence\n"
        f"{EMAIL},email,direct_marketing,ConsentGiven,2026-09-12T09:00:00Z,form,Yes. {EMAIL},1,quorrelbaum.eml\n",
    )
    _drop(
        ws, "notices/n.csv", f"contact,sent_at,text_version,method\n{EMAIL.upper()},2026-09-20T09:00:00Z,art14,e-mail\n"
    )
    _drop(
        ws,
        "touches/t.csv",
        "contact,channel,at,outcome,rep,said,next_step,callback_on,referred_to\n"
        f'{PHONE},phone,2026-10-13T16:00:00Z,call_back,maria,"Ask for Xanthippe, {PHONE}",,2026-10-20,{EMAIL}\n',
    )
    _drop(
        ws,
        "optouts/o.csv",
        "value,full_name,received_at,method,words\n"
        f'{EMAIL},Xanthippe Quorrelbaum,2026-10-14T05:00:00Z,e-mail,"Stop. Xanthippe Quorrelbaum, {PHONE}"\n'
        f"not an address of quorrelbaum,Xanthippe Quorrelbaum,yesterday,e-mail,Stop {EMAIL}\n",
    )


def _drop(ws: Workspace, place: str, content: str | bytes) -> None:
    file = ws.inbox / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def traces(text: str) -> set[str]:
    """What of the canary stands in a text, in any case, spelling or escape."""
    folded = f"{text}\n{urllib.parse.unquote(html.unescape(text))}".casefold()
    found = {word for word in (*_WORDS, *_HASHES) if word in folded}
    return found | ({_DIGITS} if _DIGITS in _GAPS.sub("", folded) else set())


def traces_in_folder(folder: Path, skip: Sequence[str] = ()) -> dict[str, set[str]]:
    """Files below a folder with something of the canary in name or content; Parquet and SQLite cell by cell."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    assert files, f"nothing to search in {folder}"
    found = {}
    for file in files:
        name = file.relative_to(folder).as_posix()
        if not any(part in name for part in skip):
            parts = [traces(name), *(traces(text) for text in _texts(file))]
            found[name] = set().union(*parts)
    return {name: trace for name, trace in found.items() if trace}


def traces_in_database(database: Path, skip: Sequence[str] = ()) -> dict[str, set[str]]:
    """Columns of a SQLite database, as ``table.column``, with something of the canary in a cell."""
    found = {}
    for name, column in _columns(database):
        if name.split(".")[0] not in skip:
            found[name] = set().union(*(traces(text) for text in column))
    return {name: trace for name, trace in found.items() if trace}


def _columns(database: Path) -> Iterator[tuple[str, list[str]]]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert tables, f"no table in {database}"
        for table in tables:
            for column in [row[1] for row in connection.execute(f'PRAGMA table_xinfo("{table}")')]:
                cells = connection.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')  # noqa: S608 - names out of the database itself
                yield f"{table}.{column}", [_text(cell) for (cell,) in cells]
    finally:
        connection.close()


def _texts(file: Path) -> Iterator[str]:
    data = file.read_bytes()
    yield _text(data)
    if file.suffix == ".parquet":
        for row in pl.read_parquet(file, glob=False).iter_rows():
            yield _text(json.dumps(row, default=str))
    if data.startswith(b"SQLite format 3"):
        for _, cells in _columns(file):
            yield from cells
    if _BASE64.fullmatch(data):  # how Prefect keeps results
        yield _text(base64.b64decode(data))


def _text(cell: object) -> str:
    """A cell as text, its JSON escapes resolved; bytes in both usual encodings."""
    if isinstance(cell, bytes):
        return "\n".join(_text(cell.decode(encoding, "replace")) for encoding in ("utf-8", "utf-16-le"))
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), str(cell))


def tell_the_story(folder: Path) -> dict[str, int]:
    """Run the workspace in ``folder`` four times by the command line, in this process; exit codes by what happens.

    The canary is queued, the gate fails on the day the canary speaks up, Polars fails inside the decision, and at last
    the canary is found to have opted out.
    """
    from flows.cli import call

    ws, run = load(folder), ["run", "--workspace", str(folder)]
    exits = {"queued": call(run)}
    set_minimum(ws, 1000)
    drop_events(ws)
    exits["gate fails"] = call(run)
    set_minimum(ws, 1)
    mend = damage_store(ws)
    exits["Polars fails"] = call([*run, "--dry-run"])
    mend()
    exits["opted out"] = call(run)
    return exits


if __name__ == "__main__":
    ended = tell_the_story(Path(sys.argv[1]))
    sys.stdout.flush()
    Path(sys.argv[2]).write_text(json.dumps(ended), encoding="utf-8")
