"""P8: a contact is an intrusion. Their hours and holidays, caps, rest after a no, one of a company, few a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.practice.homework import ADA, BEA, CAL, DANA
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Team

_THANKSGIVING = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)  # a Thursday


def test_the_hour_is_theirs_and_an_unknown_one_is_no_hour(team: Team) -> None:
    """Queued for 10 to 17 where they are; where a state has two zones, in both; where they are is unknown: held."""
    team.people(
        "summit",
        person("Ada", "Okafor", ADA.contact, company="Acme Inc", state="Washington"),
        person("Bea", "Ruiz", BEA.contact, company="Bolt Fasteners Inc", state="Tennessee"),
        person("Cal", "Whitaker", CAL.contact, company="Copperfield Dairy", state=""),
        person("Dana", "Lindqvist", DANA.contact, company="Dunmore Rail", state="", country=""),
    )
    for homework in (ADA, BEA, CAL, DANA):
        team.brief(homework.text())
    team.morning()
    queue = team.queue()
    assert sorted(queue) == ["Ada Okafor", "Bea Ruiz", "Cal Whitaker"]
    assert _hours(queue["Ada Okafor"], "America/Los_Angeles") == (10, 15)  # when the day of the queue ends in Berlin
    assert _hours(queue["Bea Ruiz"], "America/Chicago") == (10, 16)
    assert _hours(queue["Bea Ruiz"], "America/New_York") == (11, 17)
    assert _hours(queue["Cal Whitaker"], "Pacific/Honolulu") == (10, 11)
    assert _hours(queue["Cal Whitaker"], "America/New_York") == (16, 17)
    verdict, rules = team.verdict(DANA.contact)
    assert (verdict, "core.cadence.zone_unknown" in rules) == ("held", True)


def test_nobody_is_disturbed_on_their_holiday(team: Team) -> None:
    """On Thanksgiving an American waits until Friday, and their date says so; a Briton does not know the day."""
    team.on(_THANKSGIVING)
    team.contract("fair", "conference", obtained_on="2026-11-16")
    team.people(
        "summit",
        person("Ada", "Okafor", ADA.contact, company="Acme Inc"),
    )
    team.people(
        "fair", person("Bea", "Ruiz", BEA.contact, company="Bolt Fasteners Ltd", country="United Kingdom", state="")
    )
    team.brief(ADA.but(date="2026-11-20").text())
    team.brief(BEA.but(date="2026-11-20").text())
    run = team.morning()
    assert list(team.queue()) == ["Bea Ruiz"]
    assert team.verdict(ADA.contact) == ("deferred", ["core.cadence.window_closed"])
    (waits,) = run.decisions().filter(run.decisions().get_column("verdict") == "deferred").to_dicts()
    assert waits["next_review_on"] == date(2026, 11, 27)


def test_one_of_a_company_at_a_time(team: Team) -> None:
    """Two at Acme, both looked up: one is written to, the other waits with a date, on whatever list, on a rerun too."""
    team.people("summit", person("Ada", "Okafor", ADA.contact, company="Acme Inc"))
    team.people("guild", person("Dana", "Lindqvist", "dana@acme.example", company="Acme, Inc."))
    team.brief(ADA.text())
    team.brief(DANA.but(contact="dana@acme.example").text())
    first = team.morning()
    (queued,) = team.queue()
    again = team.morning()
    assert list(team.queue()) == [queued]
    waits = {ADA.contact: "Ada Okafor", "dana@acme.example": "Dana Lindqvist"}
    (contact,) = [contact for contact, name in waits.items() if name != queued]
    assert team.verdict(contact) == ("deferred", ["core.cadence.company_today"])
    for run in (first, again):
        (line,) = run.decisions().filter(run.decisions().get_column("verdict") == "deferred").to_dicts()
        assert line["next_review_on"] > date(2026, 10, 14)


def test_a_no_is_followed_by_a_long_rest(team: Team) -> None:
    """Not interested: nothing for a year, whatever list brings them; no answer: one more try in a week."""
    team.people(
        "summit",
        person("Ada", "Okafor", ADA.contact, company="Acme Inc"),
        person("Bea", "Ruiz", BEA.contact, company="Bolt Fasteners Inc"),
    )
    team.brief(ADA.text())
    team.brief(BEA.text())
    team.morning()
    said = {"Ada Okafor": "not_interested", "Bea Ruiz": "no_answer"}
    team.hand_back({name: {"outcome": word, "at": "2026-10-14T17:20:00Z"} for name, word in said.items()})
    team.people("guild", person("Ada", "Okafor", ADA.contact, company="Acme Inc"))
    run = team.morning(days=1)
    assert team.queue() == {}
    verdict, rules = team.verdict(ADA.contact)
    assert (verdict, "core.cadence.cooling_off" in rules) == ("deferred", True)
    assert team.verdict(BEA.contact) == ("deferred", ["core.cadence.person_cap"])
    reviews = dict(run.decisions().drop_nulls("next_review_on").select("person_id", "next_review_on").iter_rows())
    assert reviews[team.why(ADA.contact)["person_id"]] == date(2027, 10, 14)
    assert reviews[team.why(BEA.contact)["person_id"]] == date(2026, 10, 21)
    team.morning(days=7)
    assert list(team.queue()) == ["Bea Ruiz"]


def test_a_rep_gets_no_more_than_can_be_done_well(team: Team) -> None:
    """Two places in all: two of four are queued, also by a second run of the day; the others have their date."""
    team.settings("daily_budget = 20", "daily_budget = 1")
    for homework, company in ((ADA, "Acme Inc"), (BEA, "Bolt Inc"), (CAL, "Copperfield"), (DANA, "Dunmore Inc")):
        given, _, family = homework.name.partition(" ")
        team.people("summit", person(given, family, homework.contact, company=company))
        team.brief(homework.text())
    team.morning()
    kept = team.queue()
    assert sorted(line["owner"] for line in kept.values()) == ["maria", "tom"]
    run = team.morning()
    assert list(team.queue()) == list(kept)
    waiting = run.decisions().filter(run.decisions().get_column("verdict") == "deferred")
    assert waiting.height == 2
    assert waiting.get_column("next_review_on").null_count() == 0


def _hours(line: dict[str, str], zone: str) -> tuple[int, int]:
    """The hours of a queue line, on the clock of a zone."""
    begin, end = (datetime.fromisoformat(line[name]).astimezone(ZoneInfo(zone)) for name in ("not_before", "not_after"))
    return begin.hour, end.hour
