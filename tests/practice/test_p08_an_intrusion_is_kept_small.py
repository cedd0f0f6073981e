"""P8: a contact is an intrusion. Their hours and holidays, caps, rest after a no, one of a company, few a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.practice.homework import ADA, BEA, CAL, DANA, EVAN, FIONA
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Morning, Team

_EVE = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)  # the Wednesday before Thanksgiving
_FRESH = "2026-11-20"
_FIONA = "f.marsh@fernhill.example"


def test_the_hour_is_theirs_and_an_unknown_one_is_no_hour(team: Team) -> None:
    """10 to 17 where they are; in every zone they may be in; nobody on their holiday; where they are unknown: held."""
    team.on(_EVE)
    team.contract("fair", "conference", obtained_on="2026-11-16")
    team.people(
        "fair",
        person("Ada", "Okafor", ADA.contact, company="Acme Inc", state="Washington"),
        person("Bea", "Ruiz", BEA.contact, company="Bolt Fasteners Inc", state="Tennessee"),
        person("Cal", "Whitaker", CAL.contact, company="Copperfield Dairy", state=""),
        person("Dana", "Lindqvist", DANA.contact, company="Dunmore Rail", state="", country=""),
    )
    for homework in (ADA, BEA, CAL, DANA):
        team.brief(homework.but(date=_FRESH).text())
    team.morning()
    queue = team.queue()
    assert sorted(queue) == ["Ada Okafor", "Bea Ruiz", "Cal Whitaker"]
    assert _hours(queue["Ada Okafor"], "America/Los_Angeles") == (10, 15)  # when the day of the queue ends in Berlin
    assert _hours(queue["Bea Ruiz"], "America/Chicago") == (10, 16)
    assert _hours(queue["Bea Ruiz"], "America/New_York") == (11, 17)
    assert _hours(queue["Cal Whitaker"], "Pacific/Honolulu") == (10, 12)  # one zone of the country after the other
    assert _hours(queue["Cal Whitaker"], "America/New_York") == (15, 17)
    verdict, rules = team.verdict(DANA.contact)
    assert (verdict, "core.cadence.zone_unknown" in rules) == ("held", True)

    # The next day is Thanksgiving: of two who are new an American waits until Friday, a Briton does not know the day.
    team.people("fair", person("Evan", "Tran", EVAN.contact, company="Elmstead Foods"))
    team.people("fair", person("Fiona", "Marsh", _FIONA, company="Fernhill Ltd", country="UK", state="England"))
    team.brief(EVAN.but(date=_FRESH).text())
    team.brief(FIONA.but(contact=_FIONA, date=_FRESH).text())
    run = team.morning(days=1)
    assert list(team.queue()) == ["Fiona Marsh"]
    assert team.verdict(EVAN.contact) == ("deferred", ["core.cadence.window_closed"])
    assert _again(run, team, EVAN.contact) == date(2026, 11, 27)


def test_one_of_a_company_and_few_a_day(team: Team) -> None:
    """Two at Acme: one waits. Two places in all: one more waits. Each with a date; a second run changes nothing."""
    team.settings("daily_budget = 20", "daily_budget = 1")
    team.people("summit", person("Ada", "Okafor", ADA.contact, company="Acme Inc"))
    team.people("guild", person("Dana", "Lindqvist", "dana@acme.example", company="Acme, Inc."))
    for homework, company in ((BEA, "Bolt Fasteners Inc"), (CAL, "Copperfield Dairy")):
        given, _, family = homework.name.partition(" ")
        team.people("summit", person(given, family, homework.contact, company=company))
    for homework in (ADA, BEA, CAL, DANA.but(contact="dana@acme.example")):
        team.brief(homework.text())
    first = team.morning()
    kept = team.queue()
    assert sorted(line["owner"] for line in kept.values()) == ["maria", "tom"]
    assert not {"Ada Okafor", "Dana Lindqvist"} <= set(kept)
    second = team.morning()
    assert list(team.queue()) == list(kept)
    for run in (first, second):
        waiting = run.decisions().filter(run.decisions().get_column("verdict") == "deferred")
        assert waiting.height == 2
        assert all(day and day > date(2026, 10, 14) for day in waiting.get_column("next_review_on"))
        reasons = set(waiting.get_column("reasons").explode())
        assert reasons <= {"core.cadence.company_today", "core.cadence.over_budget"}


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
    assert _again(run, team, ADA.contact) == date(2027, 10, 14)
    assert _again(run, team, BEA.contact) in {date(2026, 10, 21), date(2026, 10, 22)}
    team.morning(days=7)
    assert list(team.queue()) == ["Bea Ruiz"]


def _hours(line: dict[str, str], zone: str) -> tuple[int, int]:
    """The hours of a queue line, on the clock of a zone."""
    begin, end = (datetime.fromisoformat(line[name]).astimezone(ZoneInfo(zone)) for name in ("not_before", "not_after"))
    return begin.hour, end.hour


def _again(run: Morning, team: Team, contact: str) -> date | None:
    """When somebody comes up again."""
    who = team.why(contact)["person_id"]
    (line,) = run.decisions().filter(person_id=who, verdict="deferred").to_dicts()
    found: date | None = line["next_review_on"]
    return found
