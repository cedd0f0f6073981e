"""A real workspace of a few people: contracts, lists, briefs and events dropped as files, taken in and published.

Publishing asks the gates in Polars alone: their second opinion, Great Expectations, takes seconds to start and is asked
where a test is about it. Tests of a command that publishes on the way ask for the same with ``polars_gate``.
"""

from __future__ import annotations

import atexit
import contextlib
import csv
import json
import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from flows.filing import file_inbox
from flows.ledger_access import create_ledger, open_ledger
from flows.locks import workspace_lock
from flows.policy_files import load_policy
from flows.quality import QualityProcess, QualityResult, polars_check
from flows.runs.daily_run import Outcome, publish_run
from flows.runs.situation import look
from flows.scaffold import sample_folder
from flows.store import sweep
from flows.workspace import SETTINGS_FILE, Workspace, load
from policies.evaluate import decide
from policies.queue_lines import queue_lines
from tests.briefs.about import text_about

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    import polars as pl

    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from policies.expectations import Expectation

__all__ = [
    "CLOCK",
    "Line",
    "PolarsGate",
    "at",
    "brief_about",
    "drop",
    "drop_list",
    "gates_in_polars",
    "lines_of",
    "make_workspace",
    "next_queue",
    "publish",
    "published",
    "today",
]

CLOCK: Final = "2026-10-14T06:30:00Z"  # a Wednesday morning in Berlin
_LONG_AGO: Final = 1_000_000_000  # when dropped files were last written to, so that nobody waits for them to settle

_SETTINGS: Final = f"""
workspace_id = "small"
clock = "{CLOCK}"

[organisation]
name = "Kestrel Data"
postal_address = "1 Mill Lane, Bristol, United Kingdom"
privacy_notice_url = "https://kestrel.example/privacy"
reply_address = "stop@kestrel.example"
timezone = "Europe/Berlin"
domains = ["kestrel.example"]

[[reps]]
name = "maria"
daily_budget = 20

[[reps]]
name = "tom"
daily_budget = 20

[optout_feeds]
none = true
"""
_CONTRACT: Final = """
id = "{source}"
name = "People of {source}"
kind = "conference"
supplier = "ourselves"
role = "independent"
agreement = "Terms of {source}, section 7"
obtained_on = {obtained_on}
obtained_how = "Export of the ticket shop"
told = "We may contact you about our work, by e-mail or by phone. You can say no at any time."
purposes = ["direct_marketing"]
channels = ["email", "phone"]
third_party_marketing = true
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
country = "Country"
region = "State"
email_opt_out = "No e-mail"
phone_opt_out = "No calls"
"""
_HEADER: Final = (
    *("First Name", "Last Name", "Email", "Phone", "Company", "Job Title", "Country", "State"),
    *("No e-mail", "No calls"),
)
SOURCES: Final = {"summit": "2026-09-18", "guild": "2026-08-20"}  # and when each list was obtained


@dataclass(frozen=True)
class Line:
    """One row of a list, cell by cell; ``more`` are cells the header knows nothing of."""

    email: str = ""
    family: str = "Okafor"
    phone: str = ""
    given: str = "Ada"
    company: str = "Acme Inc"
    title: str = "Head of Operations"
    country: str = "United States"
    state: str = "Illinois"
    no_mail: str = ""
    no_calls: str = ""
    more: tuple[str, ...] = ()

    def cells(self) -> tuple[str, ...]:
        """The cells in the order of the header."""
        known = (self.given, self.family, self.email, self.phone, self.company, self.title, self.country, self.state)
        return (*known, self.no_mail, self.no_calls, *self.more)


class PolarsGate(QualityProcess):
    """The gates' first opinion alone: every expectation as Polars answers it."""

    def __init__(self) -> None:
        """No process is started."""

    def check(
        self, frames: Mapping[str, pl.DataFrame], expectations: Mapping[str, Sequence[Expectation]], out_dir: Path
    ) -> QualityResult:
        """Check every frame, and write how many expectations each had."""
        found = {name: polars_check(frame, expectations.get(name, ())) for name, frame in sorted(frames.items())}
        out_dir.mkdir(mode=0o700)
        counts = {name: len(results) for name, results in found.items()}
        (out_dir / "counts.json").write_text(json.dumps(counts), encoding="utf-8")
        return QualityResult(found)

    def close(self) -> None:
        """Nothing runs."""


@contextlib.contextmanager
def gates_in_polars() -> Iterator[None]:
    """Commands of this process ask the gates in Polars alone."""
    with patch("flows.quality.start", lambda _: PolarsGate()):
        yield


@cache
def _template() -> Path:
    """A workspace without anybody, made once: a ledger takes half a second."""
    root = Path(tempfile.mkdtemp(prefix="tactful-tests-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    (root / SETTINGS_FILE).write_text(_SETTINGS, encoding="utf-8")
    sources = root / "rules" / "sources"
    sources.mkdir(parents=True)
    for source, obtained_on in SOURCES.items():
        contract = _CONTRACT.format(source=source, obtained_on=obtained_on)
        (sources / f"{source}.toml").write_text(contract, encoding="utf-8")
    ws = load(root)
    ws.make_folders()
    shutil.copytree(sample_folder() / "keys", ws.keys, dirs_exist_ok=True)
    ws.key_file.chmod(0o600)
    create_ledger(ws)
    return root


def make_workspace(folder: Path) -> Workspace:
    """A workspace with two sources, two reps, a public key and an empty ledger in ``folder``, which is new."""
    shutil.copytree(_template(), folder)
    return load(folder)


def published(folder: Path, lists: Mapping[str, Sequence[Line]], briefs: Mapping[str, str] | None = None) -> Workspace:
    """A workspace in ``folder``, which is new, that has published these lists (by source) and briefs (by file name).

    Published once for all who ask for the same, and copied: taking in and deciding is what such tests would pay for.
    """
    named = tuple((source, tuple(lines)) for source, lines in lists.items())
    shutil.copytree(_published(named, tuple((briefs or {}).items())), folder, symlinks=True)
    return load(folder)


@cache
def _published(lists: tuple[tuple[str, tuple[Line, ...]], ...], briefs: tuple[tuple[str, str], ...]) -> Path:
    home = Path(tempfile.mkdtemp(prefix="tactful-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    ws = make_workspace(home / "ws")
    for source, lines in lists:
        drop_list(ws, source, lines)
    for name, text in briefs:
        drop(ws, f"briefs/{name}", text)
    publish(ws)
    return ws.root


def at(ws: Workspace, instant: datetime) -> Workspace:
    """The workspace with its clock set to an instant, for calls in this process."""
    return replace(ws, settings=ws.settings.model_copy(update={"clock": instant}))


def drop(ws: Workspace, place: str, content: str | bytes) -> Path:
    """Put a file into the inbox, long enough ago to be whole."""
    file = ws.inbox / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(file, (_LONG_AGO, _LONG_AGO))
    return file


def drop_list(ws: Workspace, source: str, lines: Sequence[Line], name: str = "people.csv") -> Path:
    """Put a list into the inbox of a source."""
    file = drop(ws, f"lists/{source}/{name}", "")
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([_HEADER, *(line.cells() for line in lines)])
    os.utime(file, (_LONG_AGO, _LONG_AGO))
    return file


def brief_about(contact: str, name: str = "Ada Okafor") -> str:
    """A full brief that passes for whoever has this contact and this name, and is like nobody else's."""
    return text_about(contact, name)


def publish(
    ws: Workspace,
    as_of: datetime | None = None,
    *,
    ledger: Ledger | None = None,
    policy: Policy | None = None,
    gate: QualityProcess | None = None,
) -> Outcome:
    """Take in what lies in the inbox, decide and publish."""
    if ledger is None:
        with open_ledger(ws) as opened:
            return publish(ws, as_of, ledger=opened, policy=policy, gate=gate)
    rules = policy or load_policy(ws)
    with workspace_lock(ws):
        sweep(ws)
        file_inbox(ws, ledger, rules, dry_run=False, step=_silent)
        return publish_run(ws, ledger, rules, as_of, gate or PolarsGate(), _silent)


def next_queue(ws: Workspace, as_of: datetime) -> pl.DataFrame:
    """The queue (``QUEUE``) that a run would publish once it took in what lies in the inbox; nothing is published."""
    moved, policy = at(ws, as_of), load_policy(ws)
    with open_ledger(moved) as ledger:
        file_inbox(moved, ledger, policy, dry_run=False, step=_silent)
        inputs = look(moved, ledger, policy, as_of).inputs
    return queue_lines(decide(inputs), inputs)


def today(ws: Workspace) -> list[dict[str, str]]:
    """The lines of ``today.csv``; none where there is no such file yet."""
    file = ws.queue / "today.csv"
    return lines_of(file) if file.is_file() else []


def lines_of(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by header."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _silent(_: str) -> None:
    """Report to nobody."""
