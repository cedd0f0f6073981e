"""P11: pick up the phone for the best customers, write to the others for ten minutes, only where permitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.practice.homework import ADA, BEA, CAL, DANA, EVAN, conversation
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Team

_PHONES = {homework.name: f"+131255501{number:02}" for number, homework in enumerate((ADA, BEA, CAL, DANA, EVAN), 11)}
_LISTED = _PHONES["Cal Whitaker"]


def _talked(contact: str, name: str, about: str) -> str:
    return conversation(
        contact,
        asked=f"At renewal in June the question came up how others deal with {about}.",
        last=f"In June we went through the renewal together and left the matter of {about} open.",
        opening=f"{name}, in June we left {about} open: has that moved since?",
        questions=f"- What has become of {about}?\n- Who would we ask about {about} besides you?",
    )


def test_the_channel_goes_by_the_relationship_and_never_past_a_permission(team: Team) -> None:
    """Customers are rung, the cold get a short mail, though both could be reached both ways."""
    team.contract("customers", "customers")
    rows = {
        homework.name: person(given, family, homework.contact, phone=_PHONES[homework.name], company=company)
        for homework, given, family, company in (
            (ADA, "Ada", "Okafor", "Acme Inc"),
            (BEA, "Bea", "Ruiz", "Bolt Fasteners Inc"),
            (CAL, "Cal", "Whitaker", "Copperfield Dairy Inc"),
            (DANA, "Dana", "Lindqvist", "Dunmore Rail Inc"),
        )
    }
    team.registry(_LISTED)
    team.people("customers", rows["Ada Okafor"], rows["Cal Whitaker"])
    team.people("summit", rows["Bea Ruiz"], rows["Dana Lindqvist"])
    team.brief(_talked(ADA.contact, ADA.name, "the depot in Joliet"))
    team.brief(_talked(CAL.contact, CAL.name, "the pay slips of January"))
    team.brief(BEA.text())
    team.brief(DANA.text())
    team.file("optouts/unsubscribed.csv", f"email,channel\n{DANA.contact},email\n")
    team.morning()

    queue = team.queue()
    assert (queue["Ada Okafor"]["channel"], queue["Ada Okafor"]["contact_point"]) == ("phone", _PHONES["Ada Okafor"])
    assert (queue["Bea Ruiz"]["channel"], queue["Bea Ruiz"]["contact_point"]) == ("email", BEA.contact)
    assert next(iter(queue)) == "Ada Okafor"  # the call-first lane comes first
    # Cal is a customer whose number is on the registry: neither the number nor, against our own rule, the mailbox.
    assert "Cal Whitaker" not in queue
    cal = team.why(CAL.contact)["channels"]
    assert cal["phone"]["effect"] == "deny"
    assert {line["rule_id"] for line in cal["email"]["reasons"]} >= {"core.customers.call_first"}
    # Dana said no to mail; her number may be rung.
    assert queue["Dana Lindqvist"]["channel"] == "phone"
    assert set(queue) == {"Ada Okafor", "Bea Ruiz", "Dana Lindqvist"}

    sheet = team.call_sheet()
    assert "ten minutes" in sheet  # what a cold mail asks for
    assert "call first" in sheet.lower()


def test_a_warm_contact_is_called_where_that_is_permitted_and_written_to_where_only_that_is(team: Team) -> None:
    """Two friends of friends: one has a number clear of the registry, the other's is listed and gets a mail instead."""
    team.contract("friends", "referral")
    team.registry(_LISTED)
    team.people(
        "friends",
        person("Bea", "Ruiz", BEA.contact, phone=_PHONES["Bea Ruiz"], company="Bolt Fasteners Inc"),
        person("Cal", "Whitaker", CAL.contact, phone=_LISTED, company="Copperfield Dairy Inc"),
    )
    team.brief(BEA.text())
    team.brief(CAL.text())
    team.morning()
    assert {name: line["channel"] for name, line in team.queue().items()} == {
        "Bea Ruiz": "phone",
        "Cal Whitaker": "email",
    }
