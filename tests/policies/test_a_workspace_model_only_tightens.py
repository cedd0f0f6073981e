"""A model of identity that a workspace states: weights of its own, thresholds never looser than those shipped."""

from __future__ import annotations

import pytest

from policies.errors import RuleFileError
from policies.rulebook import Rulebook, RuleFile, load
from tests.policies.rulebooks import base_files

_BASE = RuleFile(
    "base/identity/trial.toml",
    "[identity.trial]\nversion = 1\n\n[identity.trial.thresholds]\nmerge = 6\nreview = 2\nsuppress = -2\n",
    "base",
)


def _with(*texts: str) -> Rulebook:
    own = [RuleFile(f"rules/identity/own-{number}.toml", text, "workspace") for number, text in enumerate(texts)]
    return load([*base_files(), _BASE, *own])


def _model(merge: object = 6, review: object = 2, suppress: object = -2, more: str = "") -> str:
    head = "[identity.trial]\nversion = 2\n\n[identity.trial.thresholds]\n"
    return f"{head}merge = {merge}\nreview = {review}\nsuppress = {suppress}\n{more}"


def test_a_model_takes_the_place_of_the_base() -> None:
    """It is stated whole: nothing of the base's model is left beside it."""
    model = _with(_model(merge=7, review=1.5, suppress=-3)).settings["identity"]["trial"]
    assert model == {"version": 2, "thresholds": {"merge": 7, "review": 1.5, "suppress": -3}}


def test_the_revision_counts_it() -> None:
    """Other weights are another policy."""
    assert _with(_model()).revision != _with().revision


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (_model(merge=5.9), 5, "The threshold merge may only be raised."),
        (_model(review=2.1), 6, "The threshold review may only be lowered."),
        (_model(suppress=-1), 7, "The threshold suppress may only be lowered."),
        (_model(suppress='"low"'), 7, "The threshold suppress may only be lowered."),
        (_model(merge="true"), 5, "The threshold merge may only be raised."),
        (_model(merge="nan"), 5, "The threshold merge may only be raised."),
        (_model(more="doubt = 1\n"), 8, "[thresholds] has no field 'doubt'."),
        ("[identity.trial]\nversion = 2\n", 1, "identity.trial has no thresholds: a model is stated whole."),
        (
            '[identity.nicknames]\nrobert = "x"\n',
            1,
            "identity.nicknames is no model that a workspace may state.",
        ),
    ],
)
def test_what_would_loosen_is_refused(text: str, line: int, said: str) -> None:
    """With file and line."""
    with pytest.raises(RuleFileError) as refused:
        _with(text)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.message) == ("rules/identity/own-0.toml", line, said)


def test_a_model_is_stated_once() -> None:
    """Which of two would count is nobody's guess."""
    with pytest.raises(RuleFileError, match="stated in another file already"):
        _with(_model(), _model(merge=8))


def test_the_base_is_left_as_it_is() -> None:
    """One workspace's model never reaches another's."""
    _with(_model(merge=9))
    assert _with().settings["identity"]["trial"]["thresholds"]["merge"] == 6


_WHOLE = """[identity.whole]
version = 1
prior = 1.1

[identity.whole.thresholds]
merge = 6

[identity.whole.fields]
ends = { of = "last" }

[[identity.whole.blocking]]
name = "ends"
key = ["ends"]
cap = 10

[[identity.whole.veto]]
name = "middle"
when = [{ middle = ["different"] }]
"""
_MORE = '\n[[identity.whole.blocking]]\nname = "more"\nkey = ["ends"]\n'


def _whole(text: str) -> Rulebook:
    base = RuleFile("base/identity/whole.toml", _WHOLE, "base")
    return load([*base_files(), base, RuleFile("rules/identity/own.toml", text, "workspace")])


def test_a_model_may_add_to_what_is_compared() -> None:
    """More pairs are found, more of them at a time; what the base has is still there."""
    model = _whole(_WHOLE.replace("cap = 10", "cap = 20") + _MORE).settings["identity"]["whole"]
    assert [rule["name"] for rule in model["blocking"]] == ["ends", "more"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("prior = 1.1", "prior = -50", 3, "The prior stays: it would move all thresholds."),
        ("prior = 1.1", "prior = 9", 3, "The prior stays: it would move all thresholds."),
        ('name = "ends"', 'name = "other"', 1, "[[blocking]] ends of the base is missing."),
        ("cap = 10", "cap = 2", 14, "The cap of the blocking rule ends may only be raised."),
        ("cap = 10\n", "", 11, "The cap of the blocking rule ends may only be raised."),
        ('key = ["ends"]', 'key = ["ends", "town"]', 13, "The blocking rule ends stays."),
        ('of = "last"', 'of = "first"', 9, "The field ends stays: pairs are found by it."),
        ('name = "middle"', 'name = "other"', 1, "[[veto]] middle of the base is missing."),
        ('["different"] }]', '["never"] }]', 18, "The veto middle stays."),
        ('["different"] }]', '["different"] }]\napart_below = -9', 19, "The veto middle stays."),
    ],
)
def test_what_finds_pairs_or_forbids_merges_is_kept(old: str, new: str, line: int, said: str) -> None:
    """A link that is never found lets no stop pass, and a veto that is gone merges two people."""
    with pytest.raises(RuleFileError) as refused:
        _whole(_WHOLE.replace(old, new))
    (problem,) = refused.value.problems
    assert (problem.line, problem.message) == (line, said)
