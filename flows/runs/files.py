"""Writing what one run decided into its stage folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.exports.csv import write_csv
from flows.exports.queue_table import queue_table
from flows.queue.files import NO_LONGER
from flows.queue.handed_out import rep_file
from flows.reports.run_report import write_report
from flows.runs.frames import RunFrames
from flows.runs.published import read_published
from flows.runs.report_figures import report_of
from flows.store.parquet import write_parquet
from policies.decision.outputs import decisions_frame
from policies.queue_lines import queue_lines
from policies.review import matches_to_review
from policies.schema import RECALL, conform, empty
from policies.worklists import WORKLISTS, briefs_wanted, classes_wanted, touches_missing

if TYPE_CHECKING:
    from pathlib import Path

    from flows.runs.situation import Situation
    from flows.runs.stop_figures import StopFigures
    from flows.workspace import Workspace
    from policies.evaluate import Decision

__all__ = ["frames_of", "write_run_files"]

_REJECT_COLUMNS: Final = ("_source", "_file", "_row", "_code", "_why", "_fix")


def frames_of(ws: Workspace, situation: Situation, decision: Decision, run_id: str) -> RunFrames:
    """Decisions, queue and recall of a run; the run id stands in every decision."""
    inputs = situation.inputs
    decisions = decisions_frame(
        inputs.records,
        decision.table.subjects.rows,
        decision.people,
        run_id=run_id,
        policy_revision=situation.policy.revision,
        as_of=inputs.as_of,
    )
    queue = queue_lines(decision, inputs)
    return RunFrames(decisions, queue, _recall(ws, situation, decision, queue, decisions))


def write_run_files(
    ws: Workspace, stage: Path, situation: Situation, decision: Decision, frames: RunFrames, stops: StopFigures
) -> None:
    """Write every file of the run but ``quality/`` and the manifest into ``stage``; all of them, also empty ones."""
    write_parquet(frames.decisions, stage / "decisions.parquet")
    write_parquet(decision.reasons, stage / "reasons.parquet")
    write_parquet(frames.queue, stage / "queue.parquet")
    write_csv(queue_table(frames.queue), stage / "queue.csv")
    write_csv(frames.recall, stage / "recall.csv")
    write_csv(_rejects(ws, situation), stage / "rejects.csv")
    worklists = {
        "briefs_wanted.csv": briefs_wanted(decision, situation.inputs),
        "review.csv": matches_to_review(decision, situation.inputs.settings).with_columns(
            pl.col("reasons").list.join("; ")
        ),
        "class_wanted.csv": classes_wanted(decision),
        "touches_missing.csv": touches_missing(decision, situation.inputs),
    }
    for name in WORKLISTS:
        write_csv(worklists[name], stage / name)
    write_report(report_of(ws, situation, decision, frames, worklists, stops), stage)


def _rejects(ws: Workspace, situation: Situation) -> pl.DataFrame:
    """Refused rows of the lists that came in since the last publication: their columns as they came, then why."""
    before = _lists_of(ws, situation.previous)
    records = situation.inputs.records.filter(pl.col("reject_code").is_not_null())
    fresh = records.filter(~pl.col("file_sha256").is_in(list(before))).sort("source", "file_sha256", "row_number")
    originals = [_original(raw) for raw in fresh.get_column("raw")]
    columns = list(dict.fromkeys(name for original in originals for name in original))
    cells = {name: [original.get(name) for original in originals] for name in columns}
    why = fresh.select(
        pl.col("source").alias("_source"),
        pl.col("file_sha256").alias("_file"),
        pl.col("row_number").alias("_row"),
        pl.col("reject_code").alias("_code"),
        pl.col("reject_why").alias("_why"),
        pl.col("reject_fix").alias("_fix"),
    )
    original = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String))
    return pl.concat([original, why], how="horizontal") if columns else why.select(_REJECT_COLUMNS)


def _original(raw: str) -> dict[str, str]:
    """The cells of a row as they came; those of a row that fits no header stand together, as JSON."""
    cells: dict[str, str | list[str]] = json.loads(raw)
    return {
        name: cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False) for name, cell in cells.items()
    }


def _lists_of(ws: Workspace, run_id: str | None) -> frozenset[str]:
    """The lists an earlier run decided about."""
    if run_id is None:
        return frozenset()
    decisions = read_published(ws, run_id, "decisions.parquet")
    return frozenset(decisions.get_column("file_sha256").unique())


def _recall(
    ws: Workspace, situation: Situation, decision: Decision, queue: pl.DataFrame, decisions: pl.DataFrame
) -> pl.DataFrame:
    """Lines of the day's earlier revision whose people left the queue, with the verdict that took them out."""
    earlier = situation.earlier_revision
    if earlier is None:
        return empty(RECALL)
    before = read_published(ws, earlier, "queue.parquet")
    resolved = before.with_columns(decision.table.subjects.generation.resolve(pl.col("person_id")).alias("now"))
    verdicts = decisions.select(pl.col("person_id").alias("now"), "person_verdict").drop_nulls().unique("now")
    gone = (
        resolved.join(queue.select(pl.col("person_id").alias("now")), on="now", how="anti")
        .join(verdicts, on="now", how="left", validate="m:1")
        .with_columns(
            pl.coalesce("person_verdict", pl.lit(NO_LONGER)).alias("reason"),
            pl.lit(earlier).alias("run_id"),
            pl.lit(situation.inputs.as_of.isoformat()).alias("since"),
            rep_file(pl.col("owner"), pl.lit(situation.inputs.queue_date)).alias("exports"),
        )
    )
    return conform(gone.sort("rank"), RECALL)
