"""Every problem of every rule file is named at once, with file and line."""

from __future__ import annotations

import pytest

from policies.errors import RuleFileError
from policies.rulebook import RuleFile, load
from policies.rulebook.files import Places, Problems, parse_file
from tests.policies.rulebooks import CASES, problems_of, rule_text, workspace

TEXT = '''# a comment
title = "x"
rows = [
    ["a", "b"],
    [ "c" ], # [[rule]]
]
[[rule]]
id = "one"
when = """
id = "not a key"
[[rule]]
"""
[[rule.case]]
given = { a = [1, 2] }
expect = "pass"
[[rule.case]]
expect = "deny"

[[rule]]
id = "two"
[[rule.case]]
expect = "hold"
'''


@pytest.mark.parametrize(
    ("name", "number", "within", "key", "line"),
    [
        ("", 0, None, "title", 2),
        ("", 0, None, "rows", 3),
        ("rule", 0, None, None, 7),
        ("rule", 0, None, "when", 9),
        ("rule", 1, None, "id", 20),
        ("rule.case", 1, ("rule", 0), "expect", 17),
        ("rule.case", 0, ("rule", 1), None, 21),
        ("rule.case", 0, ("rule", 1), "missing", 21),
    ],
)
def test_lines_of_tables_and_keys(
    name: str, number: int, within: tuple[str, int] | None, key: str | None, line: int
) -> None:
    """The n-th table and each of its keys are found in the text, past multi-line values."""
    assert Places("x.toml", TEXT).table(name, number, within=within).of(key) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [('a = "x\nb = 1\n', 1), ("a = 1\nb = \n", 2), ("a = 1\n[x\n", 2), ("a = 1\na = 2\n", 2), ("x = [1,\n2,\n", 2)],
)
def test_syntax_errors_have_lines(text: str, line: int) -> None:
    """TOML that cannot be read is one problem, at its line, and stops no other file."""
    problems = Problems()
    assert parse_file(RuleFile("rules/x.toml", text, "workspace"), problems) is None
    assert [(problem.file, problem.line) for problem in problems.all()] == [("rules/x.toml", line)]


BROKEN = [
    # (the rule, key at whose line the problem stands, words of the message)
    ({"id": '"Bad Id"'}, "id", "no rule id"),
    ({"stage": '"fitness"'}, "stage", "fit"),
    ({"effect": '"block"'}, "effect", "deny"),
    ({"unknown": '"maybe"'}, "unknown", "not known"),
    ({"unknown": None}, None, "unknown is missing"),
    ({"stage": '"permission"', "unknown": '"pass"'}, "unknown", "only be hold or deny"),
    ({"stage": '"permission"', "unknown": '"warn"'}, "unknown", "only be hold or deny"),
    ({"reach": '"everybody"'}, "reach", "person"),
    ({"when": None}, None, "when is missing"),
    ({"when": '"competiter"'}, "when", "competitor"),
    ({"when": "\"company ~ '['\""}, "when", "unclosed"),
    ({"reason": '""'}, "reason", "reason is missing"),
    ({"fix": None}, None, "fix is missing"),
    ({"cites": "[]"}, "cites", "cites is missing"),
    ({"cites": '"one"'}, "cites", "list"),
    ({"since": '"2026-01-01"'}, "since", "day"),
    ({"since": "2026-01-02", "until": "2026-01-01"}, "until", "before it begins"),
    ({"waivable": '"no"'}, "waivable", "neither true nor false"),
    ({"resaon": '"x"'}, "resaon", "reason"),
]


@pytest.mark.parametrize(("fields", "key", "words"), BROKEN, ids=[str(fields) for fields, _, _ in BROKEN])
def test_fields_of_a_rule(fields: dict[str, str | None], key: str | None, words: str) -> None:
    """Each field that is missing, misspelt or of another kind is named at its line."""
    text = rule_text(**fields)
    (problem,) = problems_of(workspace(text), alone=True)
    assert words in f"{problem.message} {problem.fix}"
    assert text.splitlines()[problem.line - 1].startswith(key if key is not None else "[[rule]]")


CASE_FAULTS = [
    ("", "no cases"),
    ('\n[[rule.case]]\ngiven = { competitor = false }\nexpect = "pass"\n', "in which it fires"),
    ('\n[[rule.case]]\ngiven = { competitor = true }\nexpect = "deny"\n', "in which it passes"),
    (CASES + '[[rule.case]]\ngiven = { competiter = true }\nexpect = "deny"\n', "competitor"),
    (CASES + '[[rule.case]]\ngiven = { competitor = "yes" }\nexpect = "deny"\n', "another type"),
    (CASES + '[[rule.case]]\nunknown = ["competitor"]\nexpect = "deny"\n', "always known"),
    (CASES + '[[rule.case]]\ngiven = { competitor = true }\nexpect = "no"\n', "expect"),
    (CASES + '[[rule.case]]\ngiven = { competitor = true }\nexpect = "deny"\nnote = "x"\n', "note"),
]


@pytest.mark.parametrize(("cases", "words"), CASE_FAULTS, ids=[words for _, words in CASE_FAULTS])
def test_cases_of_a_rule(cases: str, words: str) -> None:
    """A rule shows that it fires and that it passes, on facts there are."""
    assert any(
        words in f"{problem.message} {problem.fix}" for problem in problems_of(workspace(rule_text(cases)), alone=True)
    )


def test_a_rule_on_something_that_may_be_unknown_shows_it() -> None:
    """Where a fact can be null, a case says what then."""
    cases = """
[[rule.case]]
given = { region = "X" }
expect = "deny"
[[rule.case]]
given = { region = "Y" }
expect = "pass"
"""
    (problem,) = problems_of(workspace(rule_text(cases, when="\"region = 'X'\"")))
    assert "something unknown (region)" in problem.message
    assert problem.fix == 'Add one with unknown = ["region"].'


def test_all_problems_of_all_files_at_once() -> None:
    """Three broken files, five problems, one error, sorted by file and line."""
    files = [
        workspace(
            rule_text(effect='"no"') + "\n" + rule_text(id='"local.two.b"', when='"NOW() > 1"'), "rules/local/a.toml"
        ),
        workspace("[[rule]\n", "rules/local/b.toml"),
        workspace("[cadance]\nx = 1\n[cadence]\nattempts = 9\n", "rules/local/c.toml"),
    ]
    found = [(problem.file, problem.line) for problem in problems_of(*files)]
    assert [file for file, _ in found] == [
        "rules/local/a.toml", "rules/local/a.toml", "rules/local/b.toml", "rules/local/c.toml", "rules/local/c.toml",
    ]  # fmt: skip
    assert found == sorted(found)
    with pytest.raises(RuleFileError) as error:
        load([*files])
    assert "rules/local/b.toml:1:" in error.value.message


@pytest.mark.parametrize(
    "text",
    [
        "rule = 3\n",
        "rule = [1]\n",
        'account = "x"\n',
        "fit = 3\n",
        "[[rule]]\ncase = 3\n",
        "[[rule]]\nwhen = 3\ncites = 3\n",
    ],
)
def test_shapes_nobody_expects(text: str) -> None:
    """Values of the wrong shape are problems with a place, never a crash."""
    assert problems_of(workspace(text), alone=True)


@pytest.mark.parametrize(
    ("header", "key", "pattern"),
    [
        ("[brief]", "placeholder_patterns", "[insert"),
        ("[brief.delicate.health]", "patterns", "(sick"),
        ("[brief.delicate.health]", "patterns", "sick(?= leave)"),
    ],
)
def test_a_pattern_for_briefs_that_is_none_is_told(header: str, key: str, pattern: str) -> None:
    """With its file, line and text, before any brief is looked at."""
    (problem,) = problems_of(workspace(f"{header}\n{key} = ['fine', '{pattern}']\n"))
    assert (problem.file, problem.line) == ("rules/local/ours.toml", 2)
    assert problem.message == f"{pattern!r} is no regular expression."
