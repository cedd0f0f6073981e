"""People of a register are found by the model of the documentation, with the code that matches lead lists."""

from __future__ import annotations

import pytest

from benchmarks.people.measures import measure
from flows.matching.columns import columns_to_compare
from flows.matching.model_files import further_columns
from policies.identity.matching import match
from tests.policies.identity.registers import febrl, register_model
from tests.policies.identity.words import base_words


@pytest.mark.parametrize(
    ("files", "records", "people", "least"),
    [
        (("dataset3.csv",), 5_000, 2_000, 0.999),
        (("dataset4a.csv", "dataset4b.csv"), 10_000, 5_000, 0.997),
    ],
    ids=["febrl3", "febrl4"],
)
def test_the_people_of_febrl_are_found(files: tuple[str, ...], records: int, people: int, least: float) -> None:
    """F1 over all pairs of the clusters: as good as the best tools, without training."""
    model, words = register_model(), base_words()
    rows = febrl(*files)
    compared = columns_to_compare(rows.drop("person"), words["lists"], further_columns(model)).people

    quality = measure(rows.get_column("person"), match(compared, model, words).groups.get_column("component"))

    assert (rows.height, quality.true) == (records, people)
    assert quality.f1 >= least
