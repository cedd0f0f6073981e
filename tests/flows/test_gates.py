"""What must hold of anything that goes out: a broken invariant stops the run, and no gate sees a contact."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.clock import now
from flows.filing import file_inbox
from flows.ledger_access import open_ledger
from flows.policy_files import load_policy
from flows.quality import QualityResult, polars_check, require_passed
from flows.quality.checks import refuse_contacts
from flows.runs.files import frames_of
from flows.runs.gates import expectations_of, gate_frames
from flows.runs.situation import look
from policies.errors import HeldError
from policies.evaluate import decide
from policies.schema import QUEUE
from tests.small_workspace import Line, brief_about, drop, drop_list, make_workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.runs.frames import RunFrames
    from flows.runs.situation import Situation

ADA = "ada@acme.example"
Outgoing = tuple["Situation", "RunFrames"]


@pytest.fixture(scope="module")
def outgoing(tmp_path_factory: pytest.TempPathFactory) -> Outgoing:
    """What a run is about to publish: one line, one row refused, one held."""
    ws = make_workspace(tmp_path_factory.mktemp("gates") / "ws")
    people = [Line(ADA), Line("bea@bolt.example", "Ruiz", country=""), Line("no address", "Nobody")]
    drop_list(ws, "summit", people)
    drop(ws, "briefs/ada.md", brief_about(ADA))
    policy = load_policy(ws)
    with open_ledger(ws) as ledger:
        file_inbox(ws, ledger, policy, dry_run=False, step=lambda _: None)
        situation = look(ws, ledger, policy, now(ws.settings))
        return situation, frames_of(ws, situation, decide(situation.inputs), "20261014T063000Z-000000000000")


def check(situation: Situation, frames: RunFrames) -> None:
    """Pass the gates, or raise."""
    expected = expectations_of(situation, frames)
    found = {name: polars_check(frame, expected[name]) for name, frame in gate_frames(situation, frames).items()}
    require_passed(QualityResult(found))


def test_a_run_as_it_is_passes(outgoing: Outgoing) -> None:
    """Every frame has expectations, and all of them hold."""
    check(*outgoing)
    situation, frames = outgoing
    assert set(expectations_of(situation, frames)) == set(gate_frames(situation, frames))
    assert {"decisions", "queue"} < set(gate_frames(situation, frames))


def test_no_gate_sees_a_contact(outgoing: Outgoing) -> None:
    """Keyed ids, flags and counts: nobody's name, address, number or company stands in any frame."""
    for name, frame in gate_frames(*outgoing).items():
        refuse_contacts(name, frame)
        text = frame.write_ndjson()
        assert not [word for word in ("@", "Okafor", "Ruiz", "Ada", "Acme", "Operations", "Illinois") if word in text]


def queue(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[RunFrames], RunFrames]:
    """A run whose queue was spoilt."""
    return lambda frames: replace(frames, queue=change(frames.queue))


def decisions(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[RunFrames], RunFrames]:
    """A run whose decisions were spoilt."""
    return lambda frames: replace(frames, decisions=change(frames.decisions))


def blank(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame in which a column is empty."""
    return frame.with_columns(pl.lit(None, dtype=frame.schema[name]).alias(name))


MUST_BE_FILLED = sorted(
    set(QUEUE) - {"rank", "person_id", "salutation_name", "job_title", "company", "warmth", "unsubscribe_token"}
)
SPOILT: dict[str, Callable[[RunFrames], RunFrames]] = {
    "a row got lost": decisions(lambda frame: frame.head(2)),
    "a row was decided twice": decisions(lambda frame: pl.concat([frame, frame.head(1)])),
    "a row twice, another lost": decisions(lambda frame: pl.concat([frame.head(2), frame.head(1)])),
    "a row without verdict": decisions(lambda frame: frame.with_columns(verdict=pl.lit(None, dtype=pl.String))),
    "a verdict nobody knows": decisions(lambda frame: frame.with_columns(verdict=pl.lit("maybe"))),
    "a person without verdict": decisions(
        lambda frame: frame.with_columns(person_verdict=pl.lit(None, dtype=pl.String))
    ),
    "somebody held in the queue": decisions(
        lambda frame: frame.with_columns(pl.col("verdict", "person_verdict").replace({"queued": "held"}))
    ),
    "somebody missing from the queue": queue(lambda frame: frame.clear()),
    "somebody twice in the queue": queue(lambda frame: pl.concat([frame, frame])),
    "a stranger in the queue": queue(lambda frame: frame.with_columns(person_id=pl.lit("p" + "a" * 26))),
    "a channel nobody knows": queue(lambda frame: frame.with_columns(channel=pl.lit("fax"))),
    **{f"a line without {name}": queue(partial(blank, name)) for name in MUST_BE_FILLED},
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_broken_invariant_holds_the_run(outgoing: Outgoing, spoilt: str) -> None:
    """Whatever went wrong on the way, nothing of it is published."""
    situation, frames = outgoing
    with pytest.raises(HeldError) as caught:
        check(situation, SPOILT[spoilt](frames))
    assert caught.value.code == "gate_failed"
    assert "@" not in str(caught.value.as_dict())
