"""P3: fish where the fish are. A known set of target accounts; warmth raises rank, and cold never outranks warm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.practice.homework import ADA, BEA, CAL, DANA, EVAN, conversation
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Team

_ACCOUNTS = """
[[account]]
name = "Bolt Fasteners"
domains = ["bolt.example"]
relationship = "target"
tier = "a"
owner = "tom"
[[account]]
name = "Copperfield Dairy"
domains = ["copperfield.example"]
relationship = "target"
tier = "b"
"""


def test_the_known_come_first_then_the_accounts_we_mean_to_win(team: Team) -> None:
    """Referred before cold; among the cold tier a before b before none; the account's owner gets the line."""
    team.contract("friends", "referral")
    team.rules("accounts.toml", _ACCOUNTS)
    team.people(
        "summit",
        person("Ada", "Okafor", ADA.contact, company="Acme Inc"),
        person("Bea", "Ruiz", BEA.contact, company="Bolt Fasteners Inc"),
        person("Cal", "Whitaker", CAL.contact, company="Copperfield Dairy"),
    )
    team.people("friends", person("Dana", "Lindqvist", DANA.contact, company="Dunmore Rail Inc"))
    for homework in (ADA, BEA, CAL, DANA):
        team.brief(homework.text())
    team.morning()
    queue = team.queue()
    assert list(queue) == ["Dana Lindqvist", "Bea Ruiz", "Cal Whitaker", "Ada Okafor"]
    assert [int(line["rank"]) for line in queue.values()] == [1, 2, 3, 4]
    assert queue["Dana Lindqvist"]["relationship"] == "referred"
    assert int(queue["Dana Lindqvist"]["warmth"]) > max(
        int(queue[name]["warmth"]) for name in ("Ada Okafor", "Bea Ruiz", "Cal Whitaker")
    )
    assert queue["Bea Ruiz"]["owner"] == "tom"
    assert "Bea Ruiz" in team.queue("tom")
    assert "Bea Ruiz" not in team.queue("maria")


def test_where_there_is_one_place_the_warm_one_gets_it(team: Team) -> None:
    """With a budget of one, whoever asked us goes before the best of our target accounts, who waits with a date."""
    team.contract("website", "inquiry")
    team.rules("accounts.toml", _ACCOUNTS)
    for rep, budget in (("maria", 0), ("tom", 1)):
        team.settings(f'name = "{rep}"\ndaily_budget = 20', f'name = "{rep}"\ndaily_budget = {budget}')
    team.people("summit", person("Bea", "Ruiz", BEA.contact, company="Bolt Fasteners Inc"))
    team.people("website", person("Evan", "Tran", EVAN.contact, company="Elmstead Foods"))
    team.brief(BEA.text())
    team.brief(
        conversation(
            EVAN.contact,
            asked="He asked on our website how other canneries trace a can to its field.",
            last="None yet: the inquiry came in on 12 October and we confirmed it.",
            opening="Evan Tran, you asked how others trace a can to its field: may we tell you about a mill in Kansas?",
            questions="- What did the search in July look like?\n- Who can read the third notebook?",
        )
    )
    run = team.morning()
    assert list(team.queue()) == ["Evan Tran"]
    verdict, rules = team.verdict(BEA.contact)
    assert (verdict, rules) == ("deferred", ["core.cadence.over_budget"])
    decided = run.decisions().filter(run.decisions().get_column("verdict") == "deferred")
    assert decided.get_column("next_review_on").null_count() == 0
