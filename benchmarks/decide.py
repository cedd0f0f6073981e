"""CPU per record of a decision about 100,000 people on lists, beside a plain Polars scan of the same Parquet file.

The records are those of the sample, repeated with other people, companies and numbers, so that countries, titles and
gaps keep their proportions; every twelfth address has opted out. Who is who was found out before. ``--profile`` shows
where the time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import polars as pl

from benchmarks._measuring import cpu, load
from flows.clock import now
from flows.ledger.screening import contact_tokens
from flows.ledger_access import keyring_of, open_ledger
from flows.pipeline import run
from flows.policy_files import load_policy
from flows.runs.situation import look
from flows.scaffold import make_demo
from flows.store.parquet import write_parquet
from policies.evaluate import decide
from policies.identity import Generation
from policies.identity.matching import match
from policies.identity.model_file import lead_model
from policies.permission import word_of
from policies.schema import PERMISSION_EVENTS, RECORDS, conform
from policies.subjects import people_of

if TYPE_CHECKING:
    from policies.inputs import DecisionInputs

__all__ = ["main"]

RECORDS_WANTED: Final = 100_000
ROUNDS: Final = 3
_OPTED_OUT: Final = 12  # one address in so many


def main() -> None:
    """Make the records, then scan and decide in turns."""
    parser = argparse.ArgumentParser(description="CPU per record of a decision.")
    parser.add_argument("--records", type=int, default=RECORDS_WANTED)
    parser.add_argument("--profile", action="store_true", help="show the functions that cost most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inputs = _inputs(Path(folder), options.records)
        file = Path(folder) / "records.parquet"
        write_parquet(inputs.records, file)
        scans, decisions = [], []
        for _ in range(ROUNDS):
            scans.append(cpu(lambda: pl.scan_parquet(file).filter(pl.col("record_id").is_not_null()).collect()))
            decisions.append(cpu(lambda: decide(inputs)))
        scan, decision, rows = median(scans), median(decisions), inputs.records.height
        print(f"{rows:,} records, median of {ROUNDS} rounds, all threads; {load()}")
        print(f"{'plain scan of the same Parquet file':<40}{scan:>8.2f} s{scan / rows * 1e6:>10.1f} us a record")
        print(f"{'decide':<40}{decision:>8.2f} s{decision / rows * 1e6:>10.1f} us a record")
        print(f"{'decide / scan':<40}{decision / scan:>8.1f} times")
        if options.profile:
            _profile(inputs)


def _inputs(folder: Path, wanted: int) -> DecisionInputs:
    """What a decision about ``wanted`` records rests on."""
    ws = make_demo(folder / "sample")
    run(ws)
    with open_ledger(ws) as ledger:
        inputs = look(ws, ledger, load_policy(ws), now(ws.settings)).inputs
    records = _many(inputs.records.filter(pl.col("reject_code").is_null()), wanted)
    tokens = contact_tokens(keyring_of(ws), records, ["email", "email_equiv", "domain", "phone"])
    return replace(
        inputs,
        records=records,
        matching=match(people_of(records), lead_model(inputs.settings), inputs.settings),
        tokens=tokens,
        events=pl.concat([inputs.events, _said(tokens, inputs)]),
        day_queue=inputs.day_queue.clear(),
        prior=Generation.none(),
    )


def _many(records: pl.DataFrame, wanted: int) -> pl.DataFrame:
    """The records again and again, each time other people at other companies with other numbers."""
    copies = -(-wanted // records.height)
    repeated = pl.concat([records.with_columns(pl.lit(copy).alias("copy")) for copy in range(copies)])
    number = pl.col("copy").cast(pl.String)
    changed = {
        **{name: pl.col(name) + number for name in ("record_id", "company", "company_key", "family_name", "full_name")},
        **{
            name: pl.concat_str(pl.lit("c"), number, pl.col(name))
            for name in ("email", "email_equiv", "email_received")
        },
        "surname_key": pl.col("surname_key") + number,
        "phone": pl.col("phone").str.head(-5) + pl.int_range(pl.len()).cast(pl.String).str.tail(5).str.zfill(5),
        "row_number": pl.int_range(1, pl.len() + 1),
    }
    return conform(repeated.with_columns(**changed).head(wanted), RECORDS)


def _said(tokens: pl.DataFrame, inputs: DecisionInputs) -> pl.DataFrame:
    """Opt-outs for every twelfth address."""
    told = tokens.filter((pl.col("channel") == "email") & (pl.col("match") == "exact")).gather_every(_OPTED_OUT)
    last = inputs.events.select(pl.col("seq").max().fill_null(0)).item()
    events = told.select(
        (pl.int_range(pl.len()) + last + 1).alias("seq"),
        pl.lit("optout").alias("kind"),
        pl.lit("any").alias("channel"),
        pl.lit("person").alias("scope"),
        "token",
        pl.lit(value=True).alias("exact"),
        pl.lit(inputs.as_of).alias("effective_at"),
        pl.lit(inputs.as_of).alias("recorded_at"),
    )
    return conform(events.with_columns(word_of(pl.col("seq"))), PERMISSION_EVENTS)


def _profile(inputs: DecisionInputs) -> None:
    """The functions of ``policies`` in which a decision spends its time, most first."""
    profiler = cProfile.Profile()
    profiler.runcall(decide, inputs)
    pstats.Stats(profiler, stream=sys.stdout).sort_stats("cumulative").print_stats("policies/", 40)


if __name__ == "__main__":
    main()
