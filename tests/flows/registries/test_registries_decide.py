"""Registries through the inbox to the queue: held without them, called when clear, gone at once when listed."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flows.cli import call
from flows.filing import file_inbox
from flows.ledger import Cut, Key, Keyring, Ledger, NewEvent
from flows.ledger_access import open_ledger
from flows.pipeline import intake
from flows.policy_files import load_policy
from flows.registries.versions import RegistryVersion, in_force, known_versions, stored_at
from flows.runs.situation import look
from flows.verification import verify_workspace
from policies.errors import WorkspaceError
from policies.evaluate import decide
from tests.postgres import DATABASES, place_in
from tests.small_workspace import (
    CLOCK,
    Line,
    at,
    brief_about,
    drop,
    drop_list,
    lines_of,
    make_workspace,
    publish,
    today,
)

if TYPE_CHECKING:
    from pathlib import Path

    from flows.filing.model import FileOutcome
    from flows.workspace import Workspace

NOW = datetime.fromisoformat(CLOCK)
TODAY = NOW.date()
PHONE, OTHER = "+13125550101", "+13125550102"
CLEAR = "312,5550150\n312,5550151\n312,5550152\n"
LISTED = CLEAR + "312,5550101\n"


@pytest.fixture
def empty_ws(tmp_path: Path) -> Workspace:
    """A workspace without anybody."""
    return make_workspace(tmp_path / "ws")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace with two people who can only be called, each with a brief."""
    made = make_workspace(tmp_path / "ws")
    drop_list(made, "summit", [Line(phone=PHONE), Line(phone=OTHER, given="Bea", family="Ruiz", company="Bolt Inc")])
    drop(made, "briefs/ada.md", brief_about(PHONE))
    drop(made, "briefs/bea.md", brief_about(OTHER, "Bea Ruiz"))
    return made


def sidecar(**said: object) -> str:
    """A sidecar of a full file of area code 312, six days old, but for what is said."""
    fields = {
        "registry": "US-NATIONAL-DNC",
        "version_date": (TODAY - timedelta(days=6)).isoformat(),
        "coverage": ["312"],
        "kind": "full",
        "licence": "subscription 1",
        **said,
    }
    return "\n".join(f"{name} = {json.dumps(value)}" for name, value in fields.items() if value is not None)


def drop_registry(ws: Workspace, name: str, content: str | bytes, **said: object) -> None:
    """A registry file and its sidecar."""
    drop(ws, f"registries/us-national-dnc/{name}", content)
    drop(ws, f"registries/us-national-dnc/{name}.toml", sidecar(**said))


def filed(ws: Workspace, *, dry_run: bool = False) -> dict[str, FileOutcome]:
    """What became of each file, by its name."""
    with open_ledger(ws) as ledger:
        found = file_inbox(ws, ledger, load_policy(ws), dry_run=dry_run, step=lambda _: None)
    return {file.name: file for file in found.files}


def versions(ws: Workspace, on: date = TODAY) -> list[tuple[str, str, int, tuple[str, ...]]]:
    """What is in force on a day: day, kind, count, coverage."""
    with open_ledger(ws) as ledger:
        found = in_force(known_versions(ledger), on)
    return [(one.version_date.isoformat(), one.kind, one.count, one.coverage) for one in found]


def effects(ws: Workspace, as_of: datetime = NOW, *, past: bool = False) -> dict[str, tuple[str, list[str]]]:
    """Verdict and reasons about everybody, by number."""
    with open_ledger(ws) as ledger:
        decision = decide(look(ws, ledger, load_policy(ws), as_of, past=past).inputs)
    people = decision.best.join(decision.table.points, on=["record_id", "channel"], suffix="_").join(
        decision.people, on="person_id"
    )
    return {row["contact"]: (row["person_verdict"], row["reasons"]) for row in people.iter_rows(named=True)}


def day(days_ago: int) -> str:
    """A day before the workspace's today."""
    return (TODAY - timedelta(days=days_ago)).isoformat()


def test_a_call_waits_for_the_registry(ws: Workspace) -> None:
    """Held while nothing is filed, queued once both numbers are screened and clear."""
    publish(ws)
    assert today(ws) == []
    drop_registry(ws, "full.csv", CLEAR)
    publish(ws)
    assert sorted(line["contact_point"] for line in today(ws)) == [PHONE, OTHER]


def test_a_newly_listed_number_leaves_the_queue_at_once(ws: Workspace) -> None:
    """With the intake that brings the newer registry, not with the next run; the other line stays."""
    drop_registry(ws, "full.csv", CLEAR)
    publish(ws)
    drop_registry(ws, "newer.csv", LISTED, version_date=day(1))
    intake(ws)
    assert [line["contact_point"] for line in today(ws)] == [OTHER]
    (recalled,) = lines_of(ws.queue / "recall.csv")
    assert (recalled["contact_point"], recalled["reason"]) == (PHONE, "this number is on a do-not-call registry")


def test_a_listed_number_is_denied_and_told(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict is suppressed, why tells registry and version; a number nobody knows is looked up as well."""
    drop_registry(ws, "full.csv", LISTED)
    assert filed(ws)["full.csv"].registry == {
        "registry": "US-NATIONAL-DNC",
        "version_date": day(6),
        "kind": "full",
        "coverage": ["1312"],
        "numbers": 4,
        "records_listed": 1,
    }
    assert effects(ws)[PHONE] == ("suppressed", ["core.permission.registry", "us.phone.registry"])
    for contact, known in ((PHONE, True), ("+13125550150", False)):
        capsys.readouterr()
        assert call(["why", contact, "--json", "--workspace", str(ws.root)]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["verdict"], told["person_id"] is not None) == ("suppressed", known)
        (entry,) = told["suppressions"]
        assert (entry["kind"], entry["stated_or_inferred"]) == ("registry", "stated")
        assert f"version of {day(6)}" in entry["path"][0]
    assert call(["why", "+13125550199", "--workspace", str(ws.root)]) == 1


@pytest.mark.parametrize(("age", "held"), [(0, False), (31, False), (32, True)])
def test_the_age_of_the_file_counts(ws: Workspace, age: int, held: bool) -> None:  # noqa: FBT001  # a case
    """At 31 days a US file still screens; a day later its numbers are held, and the listed one is denied still."""
    drop_registry(ws, "full.csv", LISTED, version_date=day(age))
    filed(ws)
    found = effects(ws)
    assert (found[OTHER][0] == "held") is held
    assert found[PHONE][0] == "suppressed"


def test_outside_the_coverage_nobody_is_screened(ws: Workspace) -> None:
    """A file of another area code says nothing about these numbers."""
    drop_registry(ws, "full.csv", "415,5550101\n", coverage=["415"])
    filed(ws)
    assert {verdict for verdict, _ in effects(ws).values()} == {"held"}
    drop_registry(ws, "other.csv", CLEAR, version_date=day(2))
    filed(ws)
    assert {verdict for verdict, _ in effects(ws).values()} == {"queued"}
    assert [found[3] for found in versions(ws)] == [("1415",), ("1312",)]


def test_a_chain_of_deltas(ws: Workspace) -> None:
    """Dropped together with the full file in any order, each upon the one before."""
    drop_registry(ws, "a.csv", "312,5550150,A\n312,5550101,D\n", version_date=day(1), kind="delta", base=day(3))
    drop_registry(ws, "b.csv", "312,5550101,A\n", version_date=day(3), kind="delta", base=day(6), coverage=None)
    drop_registry(ws, "c.csv", CLEAR)
    assert {file.status for file in filed(ws).values()} == {"accepted"}
    assert versions(ws) == [(day(1), "delta", 3, ("1312",))]
    assert effects(ws)[PHONE][0] == "queued"
    assert versions(ws, TODAY - timedelta(days=3)) == [(day(3), "delta", 4, ("1312",))]


def test_additions_and_deletions_in_files_of_their_own(ws: Workspace) -> None:
    """Both build on the version of before; a number in both stays listed."""
    drop_registry(ws, "full.csv", CLEAR)
    said = {"version_date": day(1), "kind": "delta", "base": day(6)}
    drop_registry(ws, "added.csv", "312,5550101\n312,5550160\n", change="add", **said)
    drop_registry(ws, "deleted.csv", "312,5550101\n312,5550150\n", change="delete", **said)
    assert {file.status for file in filed(ws).values()} == {"accepted"}
    assert versions(ws) == [(day(1), "delta", 4, ("1312",))]
    assert effects(ws)[PHONE][0] == "suppressed"
    drop_registry(ws, "other.csv", "312,5550170\n", change="add", **{**said, "version_date": day(0)})
    assert filed(ws)["other.csv"].code == "registry_base_differs"


def test_a_delta_by_the_hash_of_its_base(ws: Workspace) -> None:
    """All of its numbers added, as its sidecar says."""
    drop_registry(ws, "full.csv", CLEAR)
    base = filed(ws)["full.csv"].sha256
    drop_registry(ws, "d.csv", "312,5550101\n", version_date=day(1), kind="delta", base=base, change="add")
    assert filed(ws)["d.csv"].status == "accepted"
    assert effects(ws)[PHONE][0] == "suppressed"


REFUSED: dict[str, tuple[str | bytes, dict[str, Any], str]] = {
    "empty": (b"", {}, "registry_empty"),
    "header alone": ("phone\n", {}, "registry_empty"),
    "unreadable": ("3125550160\n" * 99 + "n/a\n", {}, "registry_unreadable"),
    "cut off": ("312,5550160\n312,55501", {}, "registry_breaks_off"),
    "smaller": ("312,5550160\n", {}, "registry_smaller"),
    "future": (CLEAR, {"version_date": day(-1)}, "registry_version_future"),
    "older": (CLEAR, {"version_date": day(7)}, "registry_version_older"),
    "no registry": (CLEAR, {"registry": None}, "registry_sidecar_bad"),
    "another registry": (CLEAR, {"registry": "GB-TPS"}, "registry_folder_differs"),
    "no day": (CLEAR, {"version_date": "soon"}, "registry_sidecar_bad"),
    "no coverage": (CLEAR, {"coverage": None}, "registry_sidecar_bad"),
    "empty coverage": (CLEAR, {"coverage": []}, "registry_sidecar_bad"),
    "no kind": (CLEAR, {"kind": "some"}, "registry_sidecar_bad"),
    "delta without base": ("312,5550160,A\n", {"kind": "delta", "base": None}, "registry_sidecar_bad"),
    "delta of another base": ("312,5550160,A\n", {"kind": "delta", "base": day(9)}, "registry_base_differs"),
    "delta of part": (
        "312,5550160,A\n",
        {"kind": "delta", "base": day(6), "coverage": ["+13125550"]},
        "registry_coverage_differs",
    ),
    "delta that empties": (
        "".join(f"312,555015{last},D\n" for last in "012"),
        {"kind": "delta", "base": day(6)},
        "registry_smaller",
    ),
    "delta without change": (CLEAR, {"kind": "delta", "base": day(6)}, "registry_change_unknown"),
    "changes as full": ("312,5550160,A\n312,5550161,D\n", {}, "registry_is_change_list"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_hold_is_refused(empty_ws: Workspace, name: str) -> None:
    """Quarantine with its reason, both files; the version in force stays."""
    ws = empty_ws
    drop_registry(ws, "full.csv", CLEAR)
    filed(ws)
    content, said, code = REFUSED[name]
    drop_registry(ws, "bad.csv", content, **{"version_date": day(2), **said})
    before = versions(ws)
    outcome = filed(ws)["bad.csv"]
    assert (outcome.status, outcome.code) == ("quarantined", code)
    why = json.loads((ws.quarantine / "bad.csv.why.json").read_text(encoding="utf-8"))
    assert why["code"] == code
    assert why["fix"]
    assert (ws.quarantine / "bad.csv.toml").is_file()
    assert [found for found in versions(ws) if found[1] != "partial"] == before


def test_numbers_of_a_refused_file_are_not_called(ws: Workspace) -> None:
    """What could be read of a damaged file counts as listed, and covers nothing, until a whole file comes."""
    drop_registry(ws, "full.csv", CLEAR)
    drop_registry(ws, "cut.csv", "312,5550101\n312,55", version_date=day(2))
    assert filed(ws)["cut.csv"].code == "registry_breaks_off"
    assert effects(ws)[PHONE][0] == "suppressed"
    drop_registry(ws, "whole.csv", CLEAR, version_date=day(1))
    filed(ws)
    assert effects(ws)[PHONE][0] == "queued"
    assert [found[1] for found in versions(ws)] == ["full"]


def test_a_registry_that_really_shrank(ws: Workspace) -> None:
    """Somebody looked, and says so in the sidecar."""
    drop_registry(ws, "full.csv", CLEAR)
    drop_registry(ws, "small.csv", "312,5550160\n", version_date=day(1), smaller_ok=True)
    assert {file.status for file in filed(ws).values()} == {"accepted"}
    assert versions(ws) == [(day(1), "full", 1, ("1312",))]


def test_a_file_and_its_sidecar_wait_for_each_other(ws: Workspace) -> None:
    """In either order; meanwhile what came first is left where it lies."""
    drop(ws, "registries/ftc/a.csv", CLEAR)
    assert (filed(ws)["a.csv"].status, filed(ws)["a.csv"].code) == ("left", "registry_sidecar_missing")
    drop(ws, "registries/ftc/a.csv.toml", sidecar())
    drop(ws, "registries/ftc/b.csv.toml", sidecar(version_date=day(1)))
    found = filed(ws)
    assert (found["a.csv"].status, found["b.csv.toml"].status) == ("accepted", "left")
    drop(ws, "registries/ftc/b.csv", LISTED)
    assert filed(ws)["b.csv"].status == "accepted"
    assert [path for path in ws.inbox_of("registries").rglob("*") if path.is_file()] == []


def test_the_same_file_again_changes_nothing(ws: Workspace) -> None:
    """It is recognised, and a dry run of a new one changes nothing either."""
    drop_registry(ws, "full.csv", CLEAR)
    filed(ws)
    drop_registry(ws, "again.csv", CLEAR)
    assert filed(ws)["again.csv"].status == "already_there"
    drop_registry(ws, "new.csv", LISTED, version_date=day(1))
    assert filed(ws, dry_run=True)["new.csv"].status == "accepted"
    assert versions(ws) == [(day(6), "full", 3, ("1312",))]
    drop_registry(ws, "new.csv", "", version_date=day(1))
    assert filed(ws, dry_run=True)["new.csv"].status == "would_be_quarantined"


def test_the_past_knows_what_was_filed_by_then(ws: Workspace) -> None:
    """A registry that came later, or is of a later day, says nothing about an earlier decision."""
    drop_registry(ws, "full.csv", CLEAR)
    filed(ws)
    later = NOW + timedelta(days=2)
    moved = at(ws, later)
    drop_registry(moved, "newer.csv", LISTED, version_date=(TODAY + timedelta(days=1)).isoformat())
    filed(moved)
    assert effects(moved, later)[PHONE][0] == "suppressed"
    assert effects(moved, NOW, past=True)[PHONE][0] == "queued"
    assert effects(moved, NOW)[PHONE][0] == "queued"


def test_a_run_names_its_registries_and_verify_checks_them(ws: Workspace) -> None:
    """Another version is another run; an altered store is found and named."""
    drop_registry(ws, "full.csv", CLEAR)
    first = publish(ws)
    manifest = json.loads((ws.run_folder(first.run_id) / "manifest.json").read_bytes())
    assert [entry["name"] for entry in manifest["inputs"] if "US-NATIONAL-DNC" in entry["name"]]
    assert manifest["depends_on"]["registries"][0][:2] == ["US-NATIONAL-DNC", day(6)]
    drop_registry(ws, "newer.csv", CLEAR, version_date=day(1))
    assert publish(ws).run_id != first.run_id
    with open_ledger(ws) as ledger:
        place = stored_at(ws, known_versions(ledger)[0])
    assert verify_workspace(ws).faults == ()
    place.write_bytes(place.read_bytes()[:-1])
    (fault,) = verify_workspace(ws).faults
    assert fault.place == ws.place(place)


def test_a_damaged_store_never_passes_for_a_clear_number(ws: Workspace) -> None:
    """No delta builds on it and no run is decided with it, but an opt-out still takes effect at once."""
    drop_registry(ws, "full.csv", CLEAR)
    publish(ws)
    with open_ledger(ws) as ledger:
        place = stored_at(ws, known_versions(ledger)[0])
    place.write_bytes(place.read_bytes()[:-1])
    drop_registry(ws, "d.csv", "312,5550101,A\n", version_date=day(1), kind="delta", base=day(6))
    assert filed(ws)["d.csv"].code == "registry_base_damaged"
    assert call(["optout", "add", PHONE, "--workspace", str(ws.root)]) == 0
    assert [line["contact_point"] for line in today(ws)] == [OTHER]
    with pytest.raises(WorkspaceError):
        effects(ws)


def test_status_tells_what_is_stale(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Version, age, coverage, count, when it runs out, what to do, and what was never filed."""
    drop_registry(ws, "full.csv", CLEAR, version_date=day(40))
    filed(ws)
    capsys.readouterr()
    assert call(["status", "--json", "--workspace", str(ws.root)]) == 0
    told = json.loads(capsys.readouterr().out)
    (registry,) = told["registries"]
    wanted = {"age_days": 40, "max_age_days": 31, "numbers": 3, "coverage": ["+1312"], "state": "stale"}
    assert {name: registry[name] for name in wanted} == wanted
    assert "Download" in registry["fix"]
    assert told["registries_never_filed"] == ["AU-DNCR", "CA-DNCL", "GB-CTPS", "GB-TPS"]
    assert day(8) in [expiry["on"] for expiry in told["expiries"]]
    assert call(["status", "--workspace", str(ws.root)]) == 0
    assert "stale" in capsys.readouterr().out


def test_intake_ends_with_4_when_a_registry_was_refused(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """And says of every file what it brought."""
    drop_registry(ws, "full.csv", LISTED)
    assert call(["intake", "--workspace", str(ws.root)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"US-NATIONAL-DNC, version of {day(6)} (full), covering +1312; 4 numbers, 1 of our records" in said
    drop_registry(ws, "bad.csv", "", version_date=day(1))
    assert call(["intake", "--workspace", str(ws.root)]) == 4
    assert NOW.tzinfo == UTC


def test_a_registry_is_not_taken_out_again(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Who is on it must not be called: only a newer version replaces it."""
    drop_registry(ws, "full.csv", LISTED)
    sha256 = filed(ws)["full.csv"].sha256
    assert sha256 is not None
    capsys.readouterr()
    assert call(["intake", "undo", sha256[:12], "--json", "--workspace", str(ws.root)]) == 2
    assert "do-not-call registry" in capsys.readouterr().out


def test_the_report_counts_registries(ws: Workspace) -> None:
    """Versions in force with their age, and how many people are on one; no number in it."""
    drop_registry(ws, "full.csv", LISTED)
    run = publish(ws)
    report = json.loads((ws.run_folder(run.run_id) / "report.json").read_bytes())
    (line,) = report["registries"]
    assert (line["registry"], line["age_days"], line["max_age_days"], line["state"]) == (
        "US-NATIONAL-DNC",
        6,
        31,
        "fresh",
    )
    assert {"kind": "registry", "stated": 1, "inferred": 0} in report["suppressions"]
    page = (ws.run_folder(run.run_id) / "report.html").read_text(encoding="utf-8")
    assert "US-NATIONAL-DNC" in page
    assert "5550101" not in page


@pytest.mark.parametrize("database", DATABASES)
def test_versions_are_the_same_on_either_database(tmp_path: Path, database: str) -> None:
    """What was written down comes back, and the cut holds."""
    keyring = Keyring((Key(b"k" * 32),))
    said = RegistryVersion("US-NATIONAL-DNC", TODAY, ("1312",), "full", 3, "f" * 64, "s" * 64, NOW)
    place = place_in(database, tmp_path)
    with contextlib.closing(Ledger.create(place, keyring, lambda: NOW)) as ledger:
        ledger.append([NewEvent(kind="registry", effective_at=NOW, body=said.body())])
        (found,) = known_versions(ledger)
        assert replace(found, seq=0) == said
        assert known_versions(ledger, Cut(seq=found.seq - 1)) == []
