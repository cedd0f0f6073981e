"""fit.toml and accounts.toml: every slip is named with its line and a mend; what they add drops, and frees nobody."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.effects import Effect
from tests.effort import few
from tests.policies.fit.people import decided, lead, side_by_side
from tests.policies.rulebooks import base, problems_of, with_base, workspace

if TYPE_CHECKING:
    from policies.errors import Problem

PROPERTY = '[[fit.property]]\nname = "stack"\ncolumns = ["Stack"]\nany_of = ["dbt"]\nunknown = "hold"\n'
NEVER = '[[fit.never]]\nname = "agencies"\nreason = "They sell what others make."\ntitles = ["sourcer"]\n'
ACCOUNT = '[[account]]\nname = "Acme"\n'
SLIPS = [
    (PROPERTY.replace("stack", "Tech Stack"), "lower-case letters"),
    (PROPERTY.replace('any_of = ["dbt"]\n', ""), "any_of, none_of, min, max"),
    (PROPERTY.replace('unknown = "hold"\n', ""), 'unknown = "warn"'),
    (PROPERTY.replace('"hold"', '"pass"'), 'unknown = "hold"'),
    (PROPERTY.replace('columns = ["Stack"]\n', ""), "names no column"),
    (PROPERTY.replace('["Stack"]', '"Stack"'), "list of texts"),
    (PROPERTY.replace('["dbt"]', '["++"]'), "no letter or digit"),
    (PROPERTY + "weight = 0.5\n", "whole number"),
    (PROPERTY + "min = 9\nmax = 3\n", "below min"),
    (PROPERTY + 'colums = ["x"]\n', "columns"),
    (PROPERTY + "reason = 3\n", "quotes"),
    (PROPERTY + PROPERTY, "already"),
    (NEVER.replace('reason = "They sell what others make."\n', ""), "gives no reason"),
    (NEVER.replace('titles = ["sourcer"]\n', ""), "names nobody"),
    (NEVER + 'columns = ["Segment"]\n', "go together"),
    (NEVER + 'any_of = ["agency"]\n', "go together"),
    (NEVER + 'domains = ["https://acme.example/"]\n', "is no domain"),
    (NEVER + 'title = ["sourcer"]\n', "titles"),
    (NEVER + NEVER, "already"),
    ("[fit.never]\nname = 'x'\n", "[[fit.never]]"),
    ("[fit]\nproperty = 3\n", "[[fit.property]]"),
    ("[fit]\nown_trade = 3\n", "[fit.own_trade]"),
    ("[fit.own_trade]\ntitle = ['speaker']\n", "titles"),
    ("[fit]\ncountries = ['UK']\n", "'UK'"),
    ("[fit]\nregions = ['-']\n", "no letter or digit"),
    ("[fit_score]\nconsent_valid = 3\n", "consent_valid"),
    (ACCOUNT + 'parent = "Nobody"\n', "no account called"),
    (ACCOUNT + 'parent = "Acme"\n', "its own parent"),
    (ACCOUNT + 'domains = ["acme.example", "acme.example"]\n', "already"),
    (ACCOUNT + 'domains = ["co.uk"]\n', "no company's domain"),
    (ACCOUNT + 'domains = ["gmail.com"]\n', "private mailboxes"),
    (ACCOUNT + 'tier = "A"\n[[account]]\nname = "Bolt"\ntier = "a"\n', "'A' elsewhere"),
    (ACCOUNT + "aliases = 3\n", "list of texts"),
    (ACCOUNT + ACCOUNT, "one place"),
]


@cache
def found() -> dict[str, list[Problem]]:
    """The problems of every slip by its file: all of them at once, each about names of its own."""
    by_file: dict[str, list[Problem]] = {}
    for half in (0, 1):  # one file alone may say what our own trade is
        files = [
            workspace(re.sub(r'"(stack|agencies|Acme)"', r'"\g<1>' + f'{at}"', text), f"rules/{at}.toml")
            for at, (text, _) in enumerate(SLIPS)
            if at % 2 == half
        ]
        for problem in problems_of(*files):
            by_file.setdefault(problem.file, []).append(problem)
    return by_file


@pytest.mark.parametrize("at", range(len(SLIPS)), ids=[words for _, words in SLIPS])
def test_every_slip_is_named(at: int) -> None:
    """One slip is one problem of its file, with what to write instead."""
    text, words = SLIPS[at]
    problems = found()[f"rules/{at}.toml"]
    assert any(words in f"{problem.message} {problem.fix}" for problem in problems), problems
    assert len(problems) <= text.count("[[") + 1


def test_properties_and_nevers_of_several_files_add_up() -> None:
    """As accounts do; an aim is stated once."""
    other = NEVER.replace("agencies", "schools") + PROPERTY.replace('"stack"', '"cloud"')
    book = with_base(workspace(NEVER + PROPERTY, "rules/fit.toml"), workspace(other, "rules/local/more.toml"))
    made = {rule.id for rule in book.rules} - {rule.id for rule in base().rules}
    assert made == {"fit.never.agencies", "fit.never.schools"} | {
        f"fit.property.{name}" for name in ("stack", "stack.unknown", "cloud", "cloud.unknown")
    }


def test_weights_of_a_workspace_take_the_place_of_single_ones() -> None:
    """What it does not state stays as the base has it, and what counts nothing is no part."""
    aims = '[fit]\nfunctions = ["operations"]\nsectors = ["food"]\n'
    text = f"{aims}[fit_score]\nfunction_targeted = 7\nsector_targeted = 0\n"
    book = with_base(workspace(text, "rules/fit.toml"))
    assert book.settings["fit_score"] == base().settings["fit_score"] | {"function_targeted": 7, "sector_targeted": 0}
    found = decided([lead(sector="food")], text)
    assert found.table.records.select("fit_score", "fit_parts").row(0) == (7, "function +7")
    less = text.replace("= 7", "= -7")
    assert decided([lead(sector="food")], less).table.records.select("fit_score", "fit_parts").row(0) == (
        -7,
        "function -7",
    )


def test_only_a_workspace_says_what_is_fit() -> None:
    """The base has no aims of its own, and cannot be loosened through the words it has about press and students."""
    assert base().settings.get("fit", {}) == {}
    kept = with_base(workspace('[lists.press]\nmedia_words = ["wire"]\n')).settings["lists"]["press"]["media_words"]
    assert kept == [*base().settings["lists"]["press"]["media_words"], "wire"]


PEOPLE = [
    lead(cells={"Stack": "dbt"}, sector="food", employees=100),
    lead(row={"title": "Sourcer"}, sector="retail"),
    lead(cells={"Stack": "none"}, row={"title": "Head of Sales"}, employees=5),
    lead(row={"title": "", "country": "CA"}, region="Ontario"),
]
ADDED = [
    PROPERTY,
    NEVER,
    '[fit]\nfunctions = ["operations"]\n',
    '[fit]\nsectors = ["food"]\n',
    "[fit]\nmin_employees = 50\n",
    '[fit]\ncountries = ["US"]\n',
    '[fit]\nregions = ["Ohio"]\n',
    '[fit.own_trade]\ntitles = ["sales"]\n',
    '[[account]]\nname = "Acme Inc aaa"\nrelationship = "competitor"\n',
]


@few(2)
@given(st.lists(st.sampled_from(ADDED), max_size=4, unique=True), st.sampled_from(ADDED))
def test_what_is_added_frees_nobody(stated: list[str], more: str) -> None:
    """Whatever fit.toml says already: whoever it drops or holds stays so when more is asked for."""

    def strictest(texts: list[str]) -> list[int]:
        files = [workspace(text, f"rules/local/{at}.toml") for at, text in enumerate(texts)]
        judged = side_by_side(PEOPLE, more_files=files)
        return [
            max([effect for effect in one.rules.values() if effect > int(Effect.WARN)], default=0) for one in judged
        ]

    before, after = strictest(stated), strictest([*stated, *([] if more in stated else [more])])
    assert all(old <= new for old, new in zip(before, after, strict=True))
