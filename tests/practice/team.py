"""A team at work: lists and briefs are dropped, mornings run, queues read, and what came of it is handed back.

Everything goes through the commands a user types and the files a user drops. Publishing asks the gates in Polars alone.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.cli import call
from flows.workspace import SETTINGS_FILE, load
from tests.small_workspace import drop, gates_in_polars, lines_of, make_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from tests.practice.homework import Homework

__all__ = ["MORNING", "Morning", "Team", "person", "table"]

MORNING: Final = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)  # a Wednesday, half past eight in Berlin
COLUMNS: Final = {
    "given_name": "First Name",
    "family_name": "Last Name",
    "email": "Email",
    "phone": "Phone",
    "company": "Company",
    "job_title": "Job Title",
    "country": "Country",
    "region": "State",
    "sector": "Industry",
    "employees": "Employees",
    "asked_on": "Asked on",
    "asked_about": "Message",
}


def person(given: str, family: str, email: str, **cells: str) -> dict[str, str]:
    """A row of a list: a head of operations in Illinois, unless ``cells`` say otherwise (by name, in lower case)."""
    usual = {"job title": "Head of Operations", "country": "United States", "state": "Illinois"}
    named = usual | {name.replace("_", " "): cell for name, cell in cells.items()}
    own = {"first name": given, "last name": family, "email": email}
    return {name: (named | own).get(name.lower(), "") for name in COLUMNS.values()}


def table(*rows: Mapping[str, str]) -> str:
    """Rows as a CSV file with the header of the first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@dataclass(frozen=True)
class Morning:
    """What one run published."""

    folder: Path

    def verdicts(self) -> dict[str, str]:
        """Person to verdict, over all records that were kept."""
        kept = self.decisions().filter(pl.col("verdict") != "duplicate")
        return dict(kept.select("person_id", "person_verdict").drop_nulls().iter_rows())

    def decisions(self) -> pl.DataFrame:
        """Every record with its verdict."""
        return pl.read_parquet(self.folder / "decisions.parquet")

    def file(self, name: str) -> list[dict[str, str]]:
        """The rows of one of the run's CSV files."""
        return lines_of(self.folder / name)

    def report(self) -> dict[str, Any]:
        """The figures of the report."""
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return found

    def page(self) -> str:
        """The report as people read it."""
        return (self.folder / "report.html").read_text(encoding="utf-8")


class Team:
    """A workspace and the people who work with it; ``now`` moves by :meth:`on` alone."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Start with two reps and the contracts of a conference (``summit``) and of a guild, in a new ``folder``."""
        self.ws = make_workspace(folder)
        self.now = MORNING
        self._capsys = capsys
        self._dropped = 0
        for source in ("summit", "guild"):
            self.contract(source, "conference")

    # --- what marketing operations set up ---

    def contract(self, source: str, kind: str, **changes: str) -> None:
        """Write a source contract: that of the conference with another kind, and lines changed (as TOML)."""
        text = self._file("rules/sources/summit.toml").partition("[columns]")[0].replace('"summit"', f'"{source}"')
        text += "\n".join(["[columns]", *(f'{field} = "{column}"' for field, column in COLUMNS.items()), ""])
        for name, value in {"kind": f'"{kind}"', **changes}.items():
            text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        self.rules(f"sources/{source}.toml", text)

    def rules(self, name: str, text: str) -> None:
        """Write a file of the rules folder."""
        place = self.ws.root / "rules" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def settings(self, old: str, new: str) -> None:
        """Change a line of ``tactful.toml``, which must be there."""
        text = self._file(SETTINGS_FILE)
        assert old in text, old
        (self.ws.root / SETTINGS_FILE).write_text(text.replace(old, new), encoding="utf-8")
        self.ws = load(self.ws.root)

    def _file(self, name: str) -> str:
        return (self.ws.root / name).read_text(encoding="utf-8")

    # --- what is dropped ---

    def people(self, source: str, *rows: Mapping[str, str]) -> None:
        """Drop a list of people."""
        drop(self.ws, f"lists/{source}/{self._number('people')}.csv", table(*rows))

    def brief(self, text: str) -> None:
        """Drop a brief."""
        drop(self.ws, f"briefs/{self._number('brief')}.md", text)

    def registry(self, *listed: str) -> None:
        """Drop the American do-not-call file of area code 312, six days old, with these numbers on it."""
        rows = [f"{number[2:5]},{number[5:]}" for number in ("+13125550150", "+13125550151", *listed)]
        place = f"registries/us-national-dnc/{self._number('list')}.csv"
        drop(self.ws, place, "\n".join([*rows, ""]))
        said = {"registry": "US-NATIONAL-DNC", "coverage": ["312"], "kind": "full", "licence": "subscription 1"}
        said["version_date"] = (self.now.date() - timedelta(days=6)).isoformat()
        drop(self.ws, f"{place}.toml", "\n".join(f"{name} = {json.dumps(value)}" for name, value in said.items()))

    def file(self, place: str, text: str) -> None:
        """Drop any other file into the inbox."""
        drop(self.ws, place, text)

    def _number(self, name: str) -> str:
        self._dropped += 1
        return f"{name}-{self._dropped}"

    def checked(self, briefs: Mapping[str, Homework]) -> dict[str, list[dict[str, Any]]]:
        """What ``brief check`` finds in briefs that lie on somebody's desk, by their name; one of them must fail."""
        desk = self.ws.root / self._number("desk")
        desk.mkdir()
        for name, brief in briefs.items():
            (desk / f"{name}.md").write_text(brief.text(), encoding="utf-8")
        found = self.answer("brief", "check", str(desk), expected=1)["briefs"]
        return {Path(entry["file"]).stem: entry["findings"] for entry in found}

    # --- days and commands ---

    def on(self, moment: datetime) -> None:
        """Let it be this instant, for every command."""
        self.settings(f'clock = "{_text(self.now)}"', f'clock = "{_text(moment)}"')
        self.now = moment

    def morning(self, *, days: int = 0, expected: int = 0) -> Morning:
        """Run the daily flow, so many days later at the same hour; its exit code must be as expected."""
        if days:
            self.on(self.now + timedelta(days=days))
        with gates_in_polars():
            self.tactful("run", expected=expected)
        return Morning(max(self.ws.runs.glob(f"{self.now:%Y%m%dT%H%M%SZ}-*"), key=os.path.getmtime))

    def tactful(self, *words: str, expected: int = 0) -> str:
        """What a command says; its exit code must be as expected."""
        self._capsys.readouterr()
        code = call([*words, "--workspace", str(self.ws.root)])
        said = self._capsys.readouterr()
        assert code == expected, (words, code, said.err)
        return said.out

    def answer(self, *words: str, expected: int = 0) -> dict[str, Any]:
        """What a command answers in JSON."""
        found: dict[str, Any] = json.loads(self.tactful(*words, "--json", expected=expected))
        return found

    def answer_lines(self, *words: str) -> list[dict[str, Any]]:
        """What a command answers in JSON where that is a list."""
        found: list[dict[str, Any]] = json.loads(self.tactful(*words, "--json"))
        return found

    def why(self, contact: str) -> dict[str, Any]:
        """What ``why`` answers about somebody."""
        return self.answer("why", contact)

    def verdict(self, contact: str) -> tuple[str, list[str]]:
        """Verdict and the rules that speak against somebody, over all channels."""
        found = self.why(contact)
        rules = {line["rule_id"] for channel in found["channels"].values() for line in channel["reasons"]}
        return found["verdict"], sorted(rules)

    # --- what a rep sees and hands back ---

    def queue(self, rep: str | None = None) -> dict[str, dict[str, str]]:
        """Today's lines by the name of the person: everybody's, or one rep's file."""
        file = self.ws.queue / f"{rep or 'today'}.csv"
        return {line["full_name"]: line for line in (lines_of(file) if file.is_file() else [])}

    def hand_back(self, outcomes: Mapping[str, Mapping[str, str]]) -> None:
        """Every rep fills in the outcome columns of the day's file, by the name of the person, and drops it."""
        assert set(outcomes) <= set(self.queue()), (outcomes, sorted(self.queue()))
        for rep in sorted({line["owner"] for line in self.queue().values()}):
            filled = [line | dict(outcomes.get(name, {})) for name, line in self.queue(rep).items()]
            drop(self.ws, f"touches/{rep}-{self._number('day')}.csv", table(*filled))

    def call_sheet(self, rep: str | None = None) -> str:
        """The page a rep prints before picking up the phone."""
        place = self.ws.root / f"{self._number('sheet')}.html"
        self.tactful("queue", *(["--owner", rep] if rep else []), "--format", "html", "-o", str(place))
        return place.read_text(encoding="utf-8")


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
