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
