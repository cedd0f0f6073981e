"""Leaks are counted right: one who opted out under one address, found again under another, and a bystander."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks.people.finding import Found, model_and_words, resolved
from benchmarks.people.leaks import Leak, leaks
from flows.matching.columns import columns_to_compare
from policies.identity.matched import Matching

# Anna stands twice, merged; once more, linked in doubt; Ben is linked to that record, Carla to nobody.
_ROWS = pl.DataFrame(
    {
        "record_id": ["r1", "r2", "r3", "r4", "r5"],
        "full_name": ["Anna Lind", "Anna Lind", "A. Lind", "Ben Lind", "Carla Voss"],
        "email": [
            "anna@lind.example",
            "anna.lind@example.com",
            "a.lind@voss.example",
            "ben@lind.example",
            "carla@voss.example",
        ],
        "phone": [None] * 5,
        "person_id": [1, 1, 1, 2, 3],
        "optout_via": [True, False, False, False, False],
        "optout_person": [True, True, True, False, False],
    },
    schema_overrides={"phone": pl.String},
)
_GROUPS = pl.DataFrame({"record_id": ["r1", "r2", "r3", "r4", "r5"], "component": ["r1", "r1", "r3", "r4", "r5"]})


def _told(links: list[tuple[str, str]]) -> dict[str, Leak]:
    model, words = model_and_words()
    people = columns_to_compare(_ROWS, words["lists"]).people
    pairs = pl.DataFrame(links, schema={"record_a": pl.String, "record_b": pl.String}, orient="row")
    found = Found(_ROWS, resolved(people, model, words), Matching(_GROUPS, pairs), model)
    return {leak.design: leak for leak in leaks(found)}


def test_an_exact_address_leaves_the_others_of_the_person() -> None:
    """Anna has two more addresses; nobody else is touched."""
    told = _told([("r1", "r2")])["exact e-mail"]

    assert (told.by_mail, told.of_many, told.touched, told.lost) == (1.0, 1.0, 0.0, 0.0)


@pytest.mark.parametrize("way", ["tied", "file"])
def test_a_hop_reaches_the_doubtful_record(way: str) -> None:
    """Merged and linked records are silenced, and with them nobody else."""
    told = _told([("r1", "r2"), ("r1", "r3")])

    assert told[f"strict clusters, {way}"].by_mail == 1.0
    assert told[f"and one hop, {way}"].by_mail == 0.0
    assert told[f"and one hop, {way}"].touched == 0.0


def test_a_hop_is_one_step_and_says_whom_it_costs() -> None:
    """Ben, two steps away, is not reached; one step away he is lost, as he has no other row."""
    assert _told([("r1", "r3"), ("r3", "r4")])["and the clusters hit, tied"].touched == 0.0

    beside = _told([("r1", "r3"), ("r1", "r4")])["and the clusters hit, tied"]
    assert (beside.touched, beside.lost) == (0.5, 0.5)
