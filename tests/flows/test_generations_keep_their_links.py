"""An identity generation keeps the links its people were made of: past identity is read from it, and needs no more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.asking.questions import why
from flows.cli import call
from flows.ledger import Cut
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.runs.past_matching import matching_of_run, matching_published
from flows.runs.situation import look
from flows.store import active_lists, load_generation, load_records, write_generation
from flows.store.identity import generation_id
from flows.store.matching import drop_states
from flows.verification import verify_workspace
from policies.identity import Generation
from policies.schema import ALIASES, ASSIGNMENTS, SPLITS, conform, empty
from tests.small_workspace import Line, at, drop_list, make_workspace, publish, published

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace
    from policies.identity import Matching

ADA: Final = Line("ada@acme.example", phone="+1 312 555 0101")
AGAIN: Final = Line("ada@acme.example", phone="+1 312 555 0101", title="Director of Operations")
BEA: Final = Line("bea@bolt.example", "Ruiz", given="Bea", company="Bolt Inc")
THEN, LATER = datetime(2026, 10, 14, 6, 30, tzinfo=UTC), datetime(2026, 10, 15, 6, 30, tzinfo=UTC)
ROW: Final = {"record_id": ["r1"], "person_id": ["p1"], "first_seen_on": [date(2026, 10, 14)]}
# the name an earlier release gave this generation, which knew no links
NAME_THEN: Final = "c5234f5708b08e41103f896cbeb73b04f975fac34ff3fe5dd24950ba55fc866f"
LINKS: Final = pl.DataFrame(
    {"record_a": ["r1"], "record_b": ["r2"], "millibits": [6500], "veto": [None], "link": ["merge"]},
    schema={"record_a": pl.String, "record_b": pl.String, "millibits": pl.Int32, "veto": pl.UInt8, "link": pl.String},
)


def _generation(links: pl.DataFrame | None = None) -> Generation:
    made = Generation(conform(pl.DataFrame(ROW), ASSIGNMENTS), empty(ALIASES), empty(SPLITS))
    return replace(made, links=links)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Two lists, published: Ada stands in both, once with another title."""
    return published(tmp_path / "ws", {"summit": [ADA, BEA], "guild": [AGAIN]})


def _published(ws: Workspace, cut: Cut) -> Matching | None:
    lists = active_lists(ws)
    with open_ledger(ws) as ledger:
        return matching_published(ws, ledger, ledger.publications(), load_records(ws, lists), lists, cut)


def test_a_generation_of_an_earlier_release_keeps_its_name(tmp_path: Path) -> None:
    """It has no links, and is as whole as it was."""
    ws = make_workspace(tmp_path / "ws")
    assert generation_id(_generation()) == write_generation(ws, _generation()) == NAME_THEN
    assert sorted(path.stem for path in (ws.store_identity / NAME_THEN).glob("*.parquet")) == [
        *("aliases", "assignments", "splits")
    ]
    assert load_generation(ws, NAME_THEN, links=True).links is None
    assert verify_workspace(ws).faults == ()


def test_links_are_part_of_the_name(tmp_path: Path) -> None:
    """Other links are another generation; they are read when they are asked for."""
    ws = make_workspace(tmp_path / "ws")
    name = write_generation(ws, _generation(LINKS))
    assert name not in {NAME_THEN, generation_id(_generation(LINKS.with_columns(pl.col("millibits") + 1)))}
    assert load_generation(ws, name).links is None
    found = load_generation(ws, name, links=True)
    assert found.links is not None
    assert_frame_equal(found.links, LINKS)
    assert generation_id(found) == name
    assert verify_workspace(ws).faults == ()


def test_altered_links_are_named(tmp_path: Path) -> None:
    """By `audit verify`."""
    ws = make_workspace(tmp_path / "ws")
    place = ws.store_identity / write_generation(ws, _generation(LINKS)) / "links.parquet"
    place.write_bytes(place.read_bytes()[:-1] + b"X")
    assert [fault.place for fault in verify_workspace(ws).faults] == [ws.place(place.parent)]


def test_a_run_is_told_apart_by_its_links(ws: Workspace) -> None:
    """What matching found enters the name of a run."""
    with open_ledger(ws) as ledger:
        found = look(ws, ledger, load_policy(ws), THEN)
        name = ledger.publications().get_column("identity_generation")[-1]
    assert found.run.parts["identity_generation"] == name
    links = load_generation(ws, name, links=True).links
    assert links is not None
    assert_frame_equal(links, found.inputs.matching.links)


def test_links_hold_keyed_ids_and_numbers_alone(ws: Workspace) -> None:
    """They are never rewritten: nobody can be told from them."""
    for path in ws.store_identity.glob("*/links.parquet"):
        frame = pl.read_parquet(path)
        texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
        assert texts == ["record_a", "record_b", "link"]
        ids = pl.concat([frame.get_column("record_a"), frame.get_column("record_b")])
        assert ids.str.contains("^[a-z2-7]{26}$").all()


def test_past_identity_needs_nothing_erasable(ws: Workspace) -> None:
    """Groups and links as the run had them, out of its generation alone."""
    with open_ledger(ws) as ledger:
        then = look(ws, ledger, load_policy(ws), THEN).inputs.matching
    drop_states(ws)
    found = _published(ws, Cut(recorded_by=THEN))
    assert found is not None
    for part in ("groups", "links", "judged"):
        assert_frame_equal(getattr(found, part), getattr(then, part))
    assert not (ws.store_matching / "result").exists()


def test_what_came_later_is_matched_anew(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Another list, or another word: the run says nothing of them."""
    assert call(["people", "different", ADA.email, BEA.email, "--workspace", str(ws.root)]) == 0
    capsys.readouterr()
    assert _published(ws, Cut()) is None
    drop_list(ws, "guild", [Line("cho@dyn.example", "Lim", given="Cho")], "later.csv")
    publish(at(ws, LATER))
    with open_ledger(ws) as ledger:
        published, lists = ledger.publications(), active_lists(ws)
        records = load_records(ws, lists)
        assert matching_published(ws, ledger, published.head(1), records, lists, Cut()) is None
        assert matching_published(ws, ledger, published, records, lists, Cut()) is not None
        assert matching_published(ws, ledger, published.clear(), records, lists, Cut()) is None
        first = load_generation(ws, published.get_column("identity_generation")[0], links=True)
        assert matching_of_run(ledger, first, records, Cut()) is None
        known = records.join(first.assignments, on="record_id", how="semi")
        assert matching_of_run(ledger, replace(first, links=None), known, Cut()) is None
        assert matching_of_run(ledger, first, known, Cut()) is not None


def test_why_of_the_past_tells_the_identity_of_the_past(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Two who are told apart today were one person when the run was published."""
    before = _why(ws, ADA.email)
    assert len(before["records"]) == 2
    later = at(ws, LATER)
    ws.settings_file.write_text(
        ws.settings_file.read_text("utf-8").replace("2026-10-14T06:30:00Z", "2026-10-15T06:30:00Z"), encoding="utf-8"
    )
    one, other = (row["record_id"] for row in before["records"])
    assert call(["people", "different", one, other, "--workspace", str(ws.root)]) == 0
    capsys.readouterr()
    publish(later)
    assert len(_why(later, ADA.email)["records"]) == 1
    (then,) = why(later, [ADA.email], as_of=THEN)
    assert then["records"] == before["records"]
    (run, _) = sorted(path.name for path in ws.runs.iterdir())
    (told,) = why(later, [ADA.email], run_id=run)
    assert len(told["records"]) == 2


def _why(ws: Workspace, contact: str) -> Any:  # noqa: ANN401 (JSON)
    (found,) = why(ws, [contact])
    return json.loads(json.dumps(found))
