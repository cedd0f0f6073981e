"""A model file that does not hold is refused whole, with every fault, its place and its mend."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from policies.errors import UsageError
from policies.identity.columns import pair_columns
from policies.identity.comparing import KINDS
from policies.identity.model_file import lead_model, parse_model
from tests.policies.identity.test_pairs_are_found_by_their_keys import FRAME, TABLE
from tests.policies.identity.words import base_words

if TYPE_CHECKING:
    from collections.abc import Callable


def put(*path: str | int, to: object) -> Callable[[dict[str, Any]], object]:
    """A change that writes a value at a place of the table."""

    def change(table: dict[str, Any]) -> None:
        at: Any = table
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to

    return change


def add(level: dict[str, Any]) -> Callable[[dict[str, Any]], object]:
    """A change that adds a level."""
    return lambda table: table["comparison"][0]["level"].append(level)


FAULTS: list[tuple[Callable[[dict[str, Any]], object], str, str]] = [
    (put("wieghts", to=1), "model.wieghts", "unknown key"),
    (put("version", to=7), "model.version", "no text"),
    (put("prior", to="none"), "model.prior", "no number"),
    (put("thresholds", to=6), "thresholds", "is not a table"),
    (put("thresholds", "merge", to=1), "thresholds", "out of order"),
    (put("thresholds", to={"merge": 6}), "thresholds", "not complete"),
    (put("blocking", to=[]), "blocking", "is missing"),
    (put("blocking", 0, "key", to="ends"), "blocking.ends.key", "list of texts"),
    (put("blocking", 0, "key", to=["lost"]), "blocking.ends.key", '"lost" is unknown'),
    (put("blocking", 0, "key", to=["last[2]"]), "blocking.ends.key", "cannot be read"),
    (put("blocking", 0, "cap", to=1), "blocking.ends.cap", "no pair"),
    (put("blocking", 0, "cap", to=1e300), "blocking.ends.cap", "out of range"),
    (put("blocking", 1, "name", to="ends"), "blocking.ends", "there twice"),
    (put("fields", "ends", to={"of": "first", "transform": "shout"}), "fields.ends.transform", "unknown"),
    (put("fields", "ends", to={"of": "lost"}), "fields.ends", '"lost" is unknown'),
    (put("fields", "ends", to={"of": "first", "only": "lost"}), "fields.ends", '"lost" is unknown'),
    (put("comparison", 0, "kind", to="vibes"), "comparison.last.kind", '"vibes" is unknown'),
    (put("comparison", 0, "field", to="lost"), "comparison.last", '"lost" is unknown'),
    (put("comparison", 0, "source", to=""), "comparison.last.source", "missing"),
    (put("comparison", 0, "level", 0, "name", to="alike"), "comparison.last.alike", "no level"),
    (put("comparison", 0, "level", 0, "bits", to="much"), "comparison.last.same.bits", "no number"),
    (put("comparison", 0, "level", 0, "bits", to=3_000_000), "comparison.last.same.bits", "out of range"),
    (put("comparison", 0, "level", 0, "bits", to=-1e300), "comparison.last.same.bits", "out of range"),
    (put("comparison", 0, "level", 0, "less", to=1e300), "comparison.last.same.less", "out of range"),
    (
        put("comparison", 0, "level", 0, to={"name": "same", "label": "s", "u": 0.5, "low": 9, "high": 3}),
        "comparison.last.same.low",
        "above high",
    ),
    (put("prior", to=-1e308), "model.prior", "out of range"),
    (put("thresholds", "merge", to=1e308), "thresholds.merge", "out of range"),
    (put("comparison", 0, "level", 0, "u", to=0.5), "comparison.last.same", "one weight"),
    (
        put("comparison", 0, "level", 0, to={"name": "same", "label": "s", "u": 2}),
        "comparison.last.same",
        "probability",
    ),
    (put("comparison", 0, "level", 0, "u_of", to="lost"), "comparison.last.same.u_of", "unknown"),
    (add({"name": "near", "label": "near", "bits": 1}), "comparison.last.near", "no level"),
    (put("statistics", to={"seen": {"tally": "last"}}), "statistics.seen", "unknown"),
    (put("veto", to=[{"name": "v", "label": "v", "source": "s"}]), "veto.v.when", "missing"),
    (
        put("veto", to=[{"name": "v", "label": "v", "source": "s", "when": [{"last": ["lost"]}]}]),
        "veto.v.when.last",
        '"lost" is unknown',
    ),
    (put("calibration", to={"millibits": [1], "probability": []}), "calibration", ""),
    (put("comparison", 0, "kind", to="person_given"), "comparison.last", ""),
]


@pytest.mark.parametrize(("change", "place", "message"), FAULTS)
def test_a_fault_is_named_with_its_place_and_mend(
    change: Callable[[dict[str, Any]], object], place: str, message: str
) -> None:
    """Unknown keys, wrong types, unknown fields and levels, weights that are none."""
    table = deepcopy(TABLE)
    change(table)
    with pytest.raises(UsageError) as caught:
        parse_model(table, FRAME.columns)
    assert caught.value.code == "model_invalid"
    problems: Any = caught.value.details["problems"]
    named = [problem for problem in problems if problem["key"].startswith(place) and message in problem["message"]]
    assert named, problems
    assert all(problem["fix"].endswith(".") for problem in problems)


def test_all_faults_are_told_at_once() -> None:
    """Nobody mends a file line by line."""
    table = {**deepcopy(TABLE), "one": 1, "two": 2, "version": ""}
    with pytest.raises(UsageError) as caught:
        parse_model(table)
    assert len(caught.value.details["problems"]) == 3  # type: ignore[arg-type]  # a list


def test_comparisons_stand_after_those_they_look_at() -> None:
    """The town looks at what the organisation came out at."""
    table = deepcopy(base_words()["identity"]["leads"])
    table["comparison"].reverse()
    with pytest.raises(UsageError, match="which no comparison before it has"):
        parse_model(table)


def test_the_digest_is_the_content_s() -> None:
    """Another weight is another model; another order of keys is not."""
    table = deepcopy(TABLE)
    digest = parse_model(table).digest
    assert parse_model(dict(reversed(list(table.items())))).digest == digest
    put("comparison", 0, "level", 0, "bits", to=2)(table)
    assert parse_model(table).digest != digest


def test_the_model_of_leads_holds() -> None:
    """It compares by columns that there are, and every comparison, level and veto has words and a source."""
    model = lead_model(base_words())
    assert set(pair_columns(model.comparison_names)) >= {"surname", "surname_millibits", "prior_millibits", "veto"}
    assert {comparison.kind for comparison in model.comparisons} <= set(KINDS)
    assert all(comparison.label and comparison.source for comparison in model.comparisons)
    assert all(veto.label and veto.source for veto in model.vetoes)


def test_a_kind_says_what_it_does() -> None:
    """One named function per comparison, with a docstring."""
    assert all(kind.function.__doc__ for kind in KINDS.values())
