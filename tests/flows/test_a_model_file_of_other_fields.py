"""A model file makes any table of people matchable: the one in the documents does what is said of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from flows.cli import call

PAGE = Path(__file__).parents[2] / "docs/matching.md"


def documented_model(folder: Path) -> Path:
    """The model file of the page."""
    text = PAGE.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    path = folder / "patients.toml"
    path.write_text(text, encoding="utf-8")
    return path


def patients() -> pl.DataFrame:
    """Twenty people, of whom some came twice, once spelled otherwise."""
    born = [date(1950 + n, 1 + n % 12, 1 + n) for n in range(20)]
    first = [f"{'AEIOU'[n % 5]}l{'aeiou'[n // 4]}na" for n in range(20)]
    last = [f"{'BDFGKLMNPRST'[n % 12]}{'aeiou'[n % 5]}{'vzrnl'[n // 4]}ek" for n in range(20)]
    once = pl.DataFrame({"record_id": range(20), "first_name": first, "last_name": last, "date_of_birth": born})
    again = once.head(8).with_columns(pl.col("record_id") + 100, pl.col("last_name").str.to_uppercase())
    return pl.concat([once, again])


def test_the_documented_model_matches_other_columns(tmp_path: Path) -> None:
    """Those who came twice are one person, and nobody else is."""
    patients().write_parquet(tmp_path / "in.parquet")
    files = ["-o", str(tmp_path / "out.parquet"), "--pairs", str(tmp_path / "pairs.parquet")]
    assert (
        call(["people", "match", str(tmp_path / "in.parquet"), "--model", str(documented_model(tmp_path)), *files]) == 0
    )
    rows = pl.read_parquet(tmp_path / "out.parquet")
    person = dict(rows.select("record_id", "person_id").iter_rows())
    assert all(person[n] == person[n + 100] for n in range(8))
    assert rows.get_column("person_id").n_unique() == 20
    reasons = pl.read_parquet(tmp_path / "pairs.parquet").get_column("reasons").explode().to_list()
    assert any(reason.startswith("same date of birth (+") for reason in reasons)
