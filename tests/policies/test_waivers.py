"""A waiver lifts one rule for one source or country until a day, and never a person's own word."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from policies.facts import FACT_SCHEMA
from policies.rulebook import RuleFile
from policies.rulebook.cases import NEUTRAL
from policies.rulebook.judging import judge, waive
from tests.policies.rulebooks import base, problems_of, with_base

WAIVER = """[[waiver]]
rule_id = "core.source.contract_expired"
source = "summit"
who = "A. Person"
why = "Renewal signed, paper on its way."
expires_on = 2026-10-31
"""


def waiver_file(text: str) -> RuleFile:
    """A waiver file of a workspace."""
    return RuleFile("rules/waivers/ours.toml", text, "waiver")


@pytest.mark.parametrize(
    "rule_id",
    [
        "core.permission.opted_out", "core.permission.objected", "core.permission.erased", "gb.phone.registry",
        "de.email.opt_in", "eu.notice.overdue", "core.source.third_parties_excluded", "core.source.special_category",
    ],
)  # fmt: skip
def test_what_is_never_waived(rule_id: str) -> None:
    """Opt-outs, objections, erasure, registries, laws and what people were told stay."""
    (problem,) = problems_of(waiver_file(WAIVER.replace("core.source.contract_expired", rule_id)))
    assert (problem.line, "cannot be waived" in problem.message) == (2, True)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("core.source.contract_expired", "core.source.contract_expire", "contract_expired"),
        ('source = "summit"\n', "", "one source or one country"),
        ('source = "summit"\n', 'source = "summit"\ncountry = "DE"\n', "one source or one country"),
        ('source = "summit"', 'country = "Germany"', "two-letter"),
        ('who = "A. Person"\n', "", "who"),
        ('why = "Renewal signed, paper on its way."', 'why = " "', "why"),
        ("expires_on = 2026-10-31\n", "", "no end"),
        ("expires_on = 2026-10-31", 'expires_on = "soon"', "no end"),
        ("expires_on = 2026-10-31", 'expires_on = 2026-10-31\nnote = ""', "note"),
    ],
)
def test_a_waiver_says_all_there_is_to_say(old: str, new: str, words: str) -> None:
    """Rule, subject, person, reason and end; anything else is a problem with its line."""
    (problem,) = problems_of(waiver_file(WAIVER.replace(old, new)))
    assert words in f"{problem.message} {problem.fix}"
    assert problem.file == "rules/waivers/ours.toml"


FACTS = pl.DataFrame(
    [
        {**NEUTRAL, "source": source, "country": country, "contract_expired": True, "opted_out": source == "summit"}
        for source, country in (("summit", "US"), ("other", "US"), ("other", "DE"), ("other", None))
    ],
    schema=FACT_SCHEMA,
)


@pytest.mark.parametrize(
    ("text", "day", "lifted"),
    [
        (WAIVER, date(2026, 10, 14), [0]),
        (WAIVER, date(2026, 10, 31), [0]),
        (WAIVER, date(2026, 11, 1), []),
        (WAIVER.replace('source = "summit"', 'country = "DE"'), date(2026, 10, 14), [2]),
        (WAIVER.replace('"summit"', '"nobody"'), date(2026, 10, 14), []),
        ("", date(2026, 10, 14), []),
    ],
)
def test_what_a_waiver_lifts(text: str, day: date, lifted: list[int]) -> None:
    """Its own rule for its own subject while it lasts; what is lifted is counted apart, nothing vanishes."""
    book = with_base(waiver_file(text))
    judged = judge(FACTS, book.rules)
    stands, waived = waive(judged, FACTS, book.rules, book.waivers, day)
    assert waived.get_column("row").to_list() == lifted
    assert {book.rules[rule].id for rule in waived.get_column("rule")} <= {"core.source.contract_expired"}
    assert pl.concat([stands, waived]).sort("rule", "row").equals(judged)


def test_a_waiver_does_not_change_the_rules() -> None:
    """Waivers stand beside the rules and change the revision."""
    book = with_base(waiver_file(WAIVER))
    assert book.rules == base().rules
    assert book.revision != base().revision
    assert [waiver.who for waiver in book.waivers] == ["A. Person"]
