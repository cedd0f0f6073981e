"""``people calibrate``: weights and the map of probabilities fitted to labelled pairs, into a new model file.

What is shown as before and after is measured on the half of the pairs that the weights were not fitted on; the file is
fitted on all of them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.files import write_bytes
from flows.matching.columns import READ, columns_to_compare
from flows.matching.labels import judged_by_column, judged_by_file
from flows.matching.model_files import further_columns
from flows.matching.model_writing import model_toml
from flows.matching.tables import read_people_table
from flows.matching.writing import check_writable
from policies.errors import UsageError
from policies.identity.calibration import fit_map, probability, reliability
from policies.identity.labelled import Labelled, pairs_judged, pairs_of_people, prepared_for
from policies.identity.model import MILLIBITS
from policies.identity.model_file import parse_model
from policies.identity.refitting import changes_of_weights, check_labels, refitted_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flows.matching.model_files import ModelSource

__all__ = ["Calibrated", "calibrate", "check_new", "labelled_file"]

_THRESHOLDS: Final = (-2000, 2000, 6000, 8000, 10000)
_BANDS: Final = (-6000, -4000, -2000, 0, 2000, 4000, 6000, 8000, 10000, 15000, 20000)
_HEADING: Final = """How pairs are compared: written by `tactful people calibrate`, fitted to {pairs:,} labelled pairs,
of which {matches:,} are one person. Look at it, try it with `tactful people match --model`, and put it into
rules/identity/ of a workspace to use it there. Vetoes and thresholds are those of {version}."""


@dataclass(frozen=True)
class Calibrated:
    """What fitting came to, as JSON values: counts and figures. Nothing in it identifies anybody.

    ``weights`` has a row per level, ``thresholds`` precision and recall among the labelled pairs before and after,
    ``bands`` how many pairs of so many bits are one person, and what probability is told for the lower end.
    """

    pairs: int
    matches: int
    compared_share: float | None  # of the pairs of one person, those that are compared at all; null if not known
    version: str
    weights: list[dict[str, Any]]
    thresholds: list[dict[str, Any]]
    bands: list[dict[str, Any]]

    def as_dict(self) -> dict[str, object]:
        """The answer under ``--json``."""
        return asdict(self)


def check_new(path: Path) -> None:
    """Raise ``UsageError`` unless ``path`` is free, can be written and is named as a model file is."""
    if path.suffix.lower() != ".toml":
        raise UsageError("unknown_format", "-o must name a .toml file.", "Say it as -o leads-fitted.toml.")
    if path.exists():
        raise UsageError(
            "file_exists", "The file that -o names is there already, and none is written over.", "Name a new one."
        )
    check_writable("-o", path)


def labelled_file(
    path: Path, labels: str | None, judged: Path | None, source: ModelSource, words: Mapping[str, Any]
) -> Labelled:
    """The scored pairs of a file whose truth is known by a column of it, or by a file of judged pairs.

    Raises as the readers of both files do.
    """
    table = read_people_table(path, READ)
    person = judged_by_column(table.rows, labels) if labels is not None else None
    compared = columns_to_compare(table.rows, words["lists"], further_columns(source.model))
    prepared = prepared_for(compared.people, source.model, words)
    if person is not None:
        known = compared.people.select("record_id").hstack([person])
        return pairs_of_people(prepared, known, source.model)
    if judged is None:
        raise UsageError(
            "no_labels", "Nothing says who is who.", "Name a column with --labels, or pairs with --judged."
        )
    positions = prepared.select("record_id").with_row_index("position")
    return pairs_judged(prepared, judged_by_file(judged, positions), source.model)


def calibrate(
    labelled: Labelled, source: ModelSource, out: Path, progress: Callable[[str], None] | None = None
) -> Calibrated:
    """Fit the weights and the map anew and write the model to ``out``, which must not be there.

    Raises ``TactfulError`` (``too_few_labels``) where too little is known, and ``WorkspaceError`` on disk trouble.
    """
    say = progress or (lambda _: None)
    check_labels(labelled.is_match)
    say("measuring on one half")
    half = pl.int_range(labelled.is_match.len(), eager=True) % 2 == 0
    first, second = labelled.only(half), labelled.only(~half)
    trial = parse_model(_refitted(first, source, source.model.version))
    say("fitting")
    changes = changes_of_weights(labelled.scored, labelled.is_match, source.model)
    version = f"{source.model.version}+{_digest(labelled, changes)}"
    table = _refitted(labelled, source, version)
    after = labelled.again(parse_model(table)).scored.get_column("millibits")
    heading = _HEADING.format(
        pairs=labelled.is_match.len(), matches=labelled.is_match.sum(), version=source.model.version
    )
    check_new(out)
    write_bytes(out.absolute(), model_toml(table, source.prefix, heading).encode())
    return Calibrated(
        pairs=labelled.is_match.len(),
        matches=int(labelled.is_match.sum()),
        compared_share=labelled.compared_share,
        version=version,
        weights=_weights(changes),
        thresholds=_thresholds(second, second.again(trial)),
        bands=_bands(after, labelled.is_match, table),
    )


def _refitted(labelled: Labelled, source: ModelSource, version: str) -> dict[str, Any]:
    """The model's table fitted to labelled pairs: first the weights, then the map over the scores these give."""
    changes = changes_of_weights(labelled.scored, labelled.is_match, source.model)
    table = refitted_table(source.table, changes, (), version)
    scored = labelled.again(parse_model(table)).scored
    points = fit_map(scored.get_column("millibits"), labelled.is_match)
    return refitted_table(source.table, changes, points, version)


def _digest(labelled: Labelled, changes: pl.DataFrame) -> str:
    """What stands for the data a model was fitted to, in eight signs."""
    counts = [labelled.is_match.len(), int(labelled.is_match.sum()), changes.rows()]
    return hashlib.sha256(json.dumps(counts).encode()).hexdigest()[:8]


def _weights(changes: pl.DataFrame) -> list[dict[str, Any]]:
    old = (pl.col("millibits") / MILLIBITS).round(3).alias("old_bits")
    new = ((pl.col("millibits") + pl.col("added_millibits")) / MILLIBITS).round(3).alias("new_bits")
    return changes.select("comparison", "level", "pairs", "matches", old, new).to_dicts()


def _thresholds(before: Labelled, after: Labelled) -> list[dict[str, Any]]:
    """Precision and recall of pairs from each threshold on, vetoed pairs left out, by the weights before and after."""
    return [
        {
            "from_bits": edge / MILLIBITS,
            **{
                f"{name}_{when}": figure
                for when, labelled in (("before", before), ("after", after))
                for name, figure in labelled.figures(edge).items()
            },
        }
        for edge in _THRESHOLDS
    ]


def _bands(millibits: pl.Series, is_match: pl.Series, table: Mapping[str, Any]) -> list[dict[str, Any]]:
    points = parse_model(table).calibration
    found = reliability(millibits, is_match, edges=_BANDS)
    told = found.select(
        (pl.col("from_millibits") / MILLIBITS).alias("from_bits"),
        "pairs",
        "matches",
        "share",
        probability(pl.col("from_millibits"), points).alias("probability"),
    )
    return told.to_dicts()
