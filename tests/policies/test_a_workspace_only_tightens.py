"""A workspace adds rules and narrows settings; nothing in it lets through whom the base holds."""

from __future__ import annotations

from typing import Any

import pytest

from policies.rulebook import RuleFile
from tests.policies.rulebooks import base, problems_of, rule_text, with_base, workspace

TIGHTER = [
    ("[cadence]\nattempts = 0\n", "attempts", 0),
    ("[cadence]\nwindow_days = 14\n", "window_days", 14),
    ("[cadence]\ntotal = 2\n", "total", 2),
    ("[cadence]\nweekdays = [2, 3]\n", "weekdays", [2, 3]),
    (
        '[cadence]\nhours = [["10:00", "12:00"], ["14:00", "17:00"]]\n',
        "hours",
        [["10:00", "12:00"], ["14:00", "17:00"]],
    ),
    ("[cadence]\nhours = []\n", "hours", []),
    ("[cadence]\nowner_block_after = 5\n", "owner_block_after", 5),
]
LOOSER = [
    "[cadence]\nattempts = 2\n",
    "[cadence]\nattempts = true\n",
    "[cadence]\nattempts = -1\n",
    "[cadence]\nwindow_days = 3\n",
    "[cadence]\nweekdays = [1, 6]\n",
    '[cadence]\nhours = [["09:00", "17:00"]]\n',
    '[cadence]\nhours = [["17:00", "10:00"]]\n',
    '[cadence]\nhours = ["10:00"]\n',
    "[cadence.cooling_off_days]\nnot_interested = 30\n",
    "[cadence]\ncommitment_expiry_days = 1\n",
    '[cadence]\nanswers = ["voicemail"]\n',
    "[brief]\nevidence_max_age_days = 9999\n",
    "[brief.copies]\nsimilarity = 900\n",
    "[brief.copies]\nmin_words = 60\n",
    '[brief.tier_by_relationship]\ncold = "short"\n',
    '[brief.tier.full]\nparts = ["questions"]\n',
    "[relationship.warmth]\ncold = 100\n",
    '[lists]\nfictional_phone_prefixes = ["+4930"]\n',
    '[lists.opt_out_words]\nno = ["vielleicht"]\n',
    '[lists.opt_out_words]\nblank = ["widerspruch"]\n',
    '[legal_forms]\ncorporate = ["bakery"]\n',
    '[lists]\nrole_mailboxes = "info"\n',
    "[lists]\nrole_mailboxes = [3]\n",
    '[titles]\nseniority = [["chef"]]\n',
    '[titles]\nseniority = "chef"\n',
]


@pytest.mark.parametrize(("text", "key", "value"), TIGHTER, ids=[text for text, _, _ in TIGHTER])
def test_what_is_stricter_is_taken_over(text: str, key: str, value: object) -> None:
    """Lower caps, fewer days and narrower hours of a workspace count."""
    assert with_base(workspace(text)).settings["cadence"][key] == value


@pytest.mark.parametrize("text", LOOSER)
def test_what_would_loosen_is_refused(text: str) -> None:
    """Anything else is refused, with the reason, at its line."""
    (problem,) = problems_of(workspace(text))
    assert "loosen" in problem.message or "belongs to the base" in problem.message
    assert problem.line == 2


def test_nested_settings_are_overlaid_one_by_one() -> None:
    """One pause made longer leaves the others as they are."""
    book = with_base(workspace("[cadence.cooling_off_days]\nconnected = 60\n"))
    pauses: dict[str, Any] = book.settings["cadence"]["cooling_off_days"]
    assert pauses == {**base().settings["cadence"]["cooling_off_days"], "connected": 60}


def test_lists_only_grow() -> None:
    """Words of a workspace come after those of the base; none of the base goes."""
    book = with_base(workspace('[lists]\nrole_mailboxes = ["tresen", "info"]\n[lists.opt_out_words]\nyes = ["nix"]\n'))
    ours, theirs = book.settings["lists"], base().settings["lists"]
    assert ours["role_mailboxes"] == [*theirs["role_mailboxes"], "tresen"]
    assert ours["opt_out_words"]["yes"] == [*theirs["opt_out_words"]["yes"], "nix"]


def test_titles_of_a_workspace_come_last() -> None:
    """A workspace reads titles the base does not know; it does not read the others anew."""
    book = with_base(workspace('[titles]\nfunction = [["falkner", "operations"]]\n'))
    assert book.settings["titles"]["function"][-1] == ["falkner", "operations"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[cadence]\natempts = 1\n", "attempts"),
        ("[cadance]\nattempts = 1\n", "cadence"),
        ("[[regime]]\nname = 'consent'\n", "regime"),
        ("id = 'XX'\n[[version]]\n", "version"),
        ("[[waiver]]\n", "waiver"),
    ],
)
def test_tables_and_keys_nobody_reads_are_named(text: str, words: str) -> None:
    """A misspelt table would be a rule that silently does not hold."""
    assert any(words in f"{problem.message} {problem.fix}" for problem in problems_of(workspace(text)))


@pytest.mark.parametrize("rule_id", ["core.permission.opted_out", "de.email.opt_in", "eu.notice.overdue"])
def test_rules_of_the_base_are_not_redefined(rule_id: str) -> None:
    """An id of the base, written or made from a regime, belongs to the base."""
    (problem,) = problems_of(workspace(rule_text(id=f'"{rule_id}"')))
    assert f"{rule_id} is a rule of the base" in problem.message


def test_ids_are_not_reused_within_a_workspace() -> None:
    """Two files of a workspace cannot mean two rules by one id."""
    files = [workspace(rule_text(), "rules/local/a.toml"), workspace(rule_text(), "rules/local/b.toml")]
    (problem,) = problems_of(*files)
    assert (problem.file, "rules/local/a.toml:1" in problem.message) == ("rules/local/b.toml", True)


def test_a_rule_of_a_workspace_adds_itself() -> None:
    """Its id, effect and place are in the book, the rules of the base untouched."""
    book = with_base(workspace("\n\n" + rule_text()))
    rule = book.rule("local.fit.example")
    assert (rule.file, rule.line, rule.effect.label, rule.columns) == (
        "rules/local/ours.toml",
        3,
        "deny",
        ("competitor",),
    )
    assert len(book.rules) == len(base().rules) + 1


AIMS = [
    ('[fit]\nfunctions = ["operatons"]\n', "operations"),
    ('[fit]\nseniorities = ["chief"]\n', "'chief'"),
    ('[fit]\nfuncions = ["data"]\n', "functions"),
    ('[titles]\nfunction = [["(", "data"]]\n', "regular expression"),
    ("[fit]\nmin_employees = 'ten'\n", "whole number"),
    ("[fit]\nmin_employees = 10\nmax_employees = 5\n", "below"),
    ('[fit]\nsectors = "food"\n', "list of texts"),
    ("[fit_score]\ntarget_acount = 1\n", "target_account"),
    ("[fit_score]\ntarget_account = 0.5\n", "whole number"),
    ('[[account]]\ndomains = ["acme.example"]\n', "no name"),
    ('[[account]]\nname = "Acme"\nrelationship = "foe"\n', "competitor"),
    ('[[account]]\nname = "Acme"\nlegal_class = "ltd"\n', "sole_trader"),
    ('[[account]]\nname = "Acme"\ndomains = "acme.example"\n', "list of texts"),
    ('[[account]]\nname = "Acme"\nowner = 3\n', "text"),
    ('[[account]]\nname = "Acme"\nnotes = "x"\n', "notes"),
]


@pytest.mark.parametrize(("text", "words"), AIMS, ids=[text for text, _ in AIMS])
def test_aims_and_accounts_are_checked_word_by_word(text: str, words: str) -> None:
    """A misspelt aim would make everybody unfit, a misspelt relationship a competitor a stranger."""
    (problem,) = problems_of(workspace(text, "rules/fit.toml"))
    assert words in f"{problem.message} {problem.fix}"


def test_accounts_of_several_files_add_up() -> None:
    """Accounts stand in the settings in the order of files, with their line in case of trouble."""
    one = workspace('[[account]]\nname = "Acme"\nrelationship = "target"\n', "rules/accounts.toml")
    two = workspace('[[account]]\nname = "Bolt"\nlegal_class = "corporate"\n', "rules/local/more.toml")
    assert [account["name"] for account in with_base(two, one).settings["account"]] == ["Acme", "Bolt"]


def test_an_aim_is_stated_once() -> None:
    """Two files that both state an aim contradict each other."""
    files = [workspace('[fit]\nfunctions = ["data"]\n', path) for path in ("rules/fit.toml", "rules/local/x.toml")]
    (problem,) = problems_of(*files)
    assert "stated in another file" in problem.message


def test_source_contracts_count_for_the_revision_only() -> None:
    """A contract changes the revision; whether it reads as one is the business of the lists."""
    book = with_base(RuleFile("rules/sources/x.toml", "this is [not TOML", "source"))
    assert book.rules == base().rules
    assert book.revision != base().revision
