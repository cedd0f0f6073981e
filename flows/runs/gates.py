"""The gates of a run: what every list promised, and what must be true of anything that goes out (design D9).

The frames given to a gate hold keyed ids, flags and counts only, so that nothing about a person can reach its results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.runs.list_frames import asked_of_frame, list_frame
from policies.effects import CHANNELS, VERDICT_ORDER, Verdict
from policies.expectations import Expectation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.policy_files import Policy
    from flows.runs.frames import RunFrames
    from flows.runs.situation import Situation

__all__ = ["expectations_of", "gate_frames"]

_FILLED_IN_QUEUE: Final = (
    *("full_name", "channel", "contact_point", "not_before", "not_after", "timezone", "owner", "relationship"),
    *("brief_id", "opening_line", "lawful_basis", "permission_evidence", "must_include", "provenance"),
)

_DECISIONS: Final = (
    Expectation("not_null", "verdict"),
    Expectation("values_in_set", "verdict", values=tuple(verdict.value for verdict in VERDICT_ORDER)),
    Expectation("not_null", "person_verdict"),
    Expectation("not_null", "policy_revision"),
    Expectation("unique", "row"),
)
_QUEUE: Final = (
    Expectation("not_null", "person_id"),
    Expectation("unique", "person_id"),
    Expectation("unique", "rank"),
    Expectation("values_in_set", "channel", values=tuple(channel.value for channel in CHANNELS)),
    Expectation("values_in_set", "person_verdict", values=(Verdict.QUEUED.value,)),
    Expectation("not_null", "person_verdict"),
    *(Expectation("values_in_set", f"has_{name}", values=(True,)) for name in _FILLED_IN_QUEUE),
)


def gate_frames(situation: Situation, frames: RunFrames) -> dict[str, pl.DataFrame]:
    """What the gates look at: ``decisions``, ``queue`` and one frame for each active list."""
    records = situation.inputs.records
    lists = {
        f"list-{meta.sha256[:12]}": list_frame(
            records.filter((pl.col("file_sha256") == meta.sha256) & pl.col("erased").is_null()),
            _of_list(situation.policy, meta.source),
        )
        for meta in situation.lists
    }
    return {"decisions": _decision_frame(frames.decisions), "queue": _queue_frame(frames), **lists}


def expectations_of(situation: Situation, frames: RunFrames) -> Mapping[str, Sequence[Expectation]]:
    """The expectations on every frame of :func:`gate_frames`; rows read must come out as decisions."""
    read = situation.inputs.records.height
    queued = frames.decisions.filter(pl.col("verdict") == Verdict.QUEUED.value).height
    lists = {
        f"list-{meta.sha256[:12]}": asked_of_frame(_of_list(situation.policy, meta.source)) for meta in situation.lists
    }
    return {
        "decisions": (Expectation("row_count", min=read, max=read), *_DECISIONS),
        "queue": (Expectation("row_count", min=queued, max=queued), *_QUEUE),
        **lists,
    }


def _of_list(policy: Policy, source: str) -> Sequence[Expectation]:
    contract = policy.contracts.get(source)
    return () if contract is None else policy.expectations(contract)


def _decision_frame(decisions: pl.DataFrame) -> pl.DataFrame:
    """Decisions without their lists; ``row`` names a row of a file."""
    row = pl.format("{}-{}", pl.col("file_sha256").str.slice(0, 16), pl.col("row_number"))
    return decisions.select(row.alias("row"), "verdict", "person_verdict", "policy_revision")


def _queue_frame(frames: RunFrames) -> pl.DataFrame:
    """Queue lines by keyed id, with what they must hold as flags."""
    decided = frames.decisions.filter(pl.col("verdict") == Verdict.QUEUED.value)
    verdicts = decided.select("person_id", "person_verdict").unique("person_id")
    filled = [pl.col(name).is_not_null().alias(f"has_{name}") for name in _FILLED_IN_QUEUE]
    return (
        frames.queue.join(verdicts, on="person_id", how="left", validate="m:1")
        .sort("rank")
        .select("rank", "person_id", "channel", "person_verdict", *filled)
    )
