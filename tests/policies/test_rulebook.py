"""The rulebook of the base: what it holds, on which day, and under which revision."""

from __future__ import annotations

from datetime import date

import pytest

from policies.effects import STAGES, Effect, Stage
from policies.rulebook import Rule, RuleFile, in_force, revision_of
from tests.policies.rulebooks import base, base_files, rule_text, with_base, workspace

FILE = RuleFile("rules/a.toml", "a = 1\nb = 2\n", "workspace")
OTHER = RuleFile("rules/b.toml", "c = 3\n", "workspace")


def test_every_stage_has_rules() -> None:
    """The base judges permission, fit, brief and cadence, in this order."""
    stages = [STAGES.index(rule.stage) for rule in base().rules]
    assert stages == sorted(stages)
    assert {rule.stage for rule in base().rules} == set(Stage)


def test_rules_say_what_a_marketer_needs() -> None:
    """Reason and fix are sentences, and every rule names what it rests on."""
    for rule in base().rules:
        assert rule.reason.endswith("."), rule.id
        assert rule.fix.endswith("."), rule.id
        assert rule.cites, rule.id


@pytest.mark.parametrize("rule", [rule for rule in base().rules if rule.stage == Stage.PERMISSION], ids=lambda r: r.id)
def test_unknown_is_never_permission(rule: Rule) -> None:
    """In a permission rule unknown holds or denies."""
    assert rule.unknown in (Effect.HOLD, Effect.DENY)


def test_late_rules_read_late_facts() -> None:
    """Budgets and the one person per company are judged last, nothing else is."""
    late = {rule.id for rule in base().rules if rule.late}
    assert late == {"core.cadence.company_today", "core.cadence.over_budget", "core.cadence.owner_blocked"}


def test_the_persons_own_word_is_never_waivable() -> None:
    """Neither is a registry, nor the law of a country."""
    waivable = [rule for rule in base().rules if rule.waivable]
    own_word = {
        "opted_out",
        "objected",
        "complained",
        "erased",
        "address_opted_out",
        "domain_opted_out",
        "flag_unknown",
        "list_waiting",
    }
    assert not [rule.id for rule in waivable if own_word & set(rule.columns)]
    assert not [rule.id for rule in waivable if rule.jurisdiction]
    assert waivable


def test_rules_hold_from_since_to_until() -> None:
    """Both days are included."""
    book = with_base(workspace(rule_text(since="2026-03-01", until="2026-03-31")))
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    held = [any(rule.id == "local.fit.example" for rule in in_force(book, day)) for day in days]
    assert held == [False, True, True, False]


def test_an_unknown_rule_is_a_key_error() -> None:
    """Asking for a rule by a wrong id fails."""
    with pytest.raises(KeyError):
        base().rule("core.nothing")


def test_the_revision_is_of_paths_and_contents() -> None:
    """Order and line ends make no difference, every letter does, and no letter moves between files unseen."""
    revision = revision_of([FILE, OTHER])
    assert len(revision) == 64
    assert revision == revision_of([OTHER, FILE])
    assert revision == revision_of([RuleFile(FILE.path, "a = 1\r\nb = 2\r\n", "base"), OTHER])
    assert revision == revision_of([RuleFile(FILE.path, "\ufeffa = 1\nb = 2\n", "base"), OTHER])
    changed = [
        [FILE],
        [RuleFile(FILE.path, "a = 1\nb = 3\n", "workspace"), OTHER],
        [RuleFile("rules/c.toml", FILE.text, "workspace"), OTHER],
        [RuleFile(FILE.path, FILE.text + OTHER.text, "workspace"), RuleFile(OTHER.path, "", "workspace")],
    ]
    assert len({revision, *map(revision_of, changed)}) == len(changed) + 1
    assert base().revision == revision_of(base_files())


def test_texts_read_before_are_read_as_they_stand_now() -> None:
    """Rule data is remembered by its texts: a file that changes counts at once, and so does changing it back."""
    first = with_base(workspace(rule_text(reason='"They compete."')))
    changed = with_base(workspace(rule_text(reason='"They compete with us."')))
    again = with_base(workspace(rule_text(reason='"They compete."')))
    assert [book.rule("local.fit.example").reason for book in (first, changed, again)] == [
        "They compete.",
        "They compete with us.",
        "They compete.",
    ]
    assert first.revision == again.revision != changed.revision


def test_a_source_contract_counts_for_the_revision() -> None:
    """Contracts are read where lists are; what they say is part of the rule data in force all the same."""
    one, other = (with_base(RuleFile("rules/sources/a.toml", text, "source")) for text in ("id = 1", "id = 2"))
    assert one.rules == other.rules == base().rules
    assert len({one.revision, other.revision, base().revision}) == 3
