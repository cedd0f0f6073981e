"""P2: look the person up first, and move on if they are not who you think. Fit is data, each drop has its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tests.practice.homework import ADA, BEA
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Team

_AIMS = """
[fit]
functions = ["operations"]
seniorities = ["c_level", "vp", "director", "head"]
sectors = ["logistics", "food"]
min_employees = 50
max_employees = 5000
[fit.own_trade]
company_words = ["data quality"]
[[fit.never]]
name = "auditors"
company_words = ["auditors"]
reason = "They audit us: nothing is sold to them."
[[fit.property]]
name = "fleet"
columns = ["Message"]
none_of = ["no trucks"]
unknown = "warn"
"""
_ACCOUNTS = """
[[account]]
name = "Magpie Data"
domains = ["magpie.example"]
relationship = "competitor"
"""
_FITTING = {"industry": "Logistics", "employees": "400"}
# Each of these is somebody a call would embarrass, and the rule that says why.
_NO_TARGETS = {
    "core.fit.function_not_targeted": person(
        "Hugo", "Berg", "hugo@berg.example", job_title="Head of Human Resources", **_FITTING
    ),
    "core.fit.seniority_not_targeted": person(
        "Ines", "Dahl", "ines@dahl.example", job_title="Operations Assistant", **_FITTING
    ),
    "core.fit.sector_not_targeted": person(
        "Jon", "Eide", "jon@eide.example", industry="Theatre", employees="400", company="Eide Stages Inc"
    ),
    "core.fit.size_not_targeted": person(
        "Kim", "Fjeld", "kim@fjeld.example", industry="Food", employees="3", company="Fjeld Bakery Inc"
    ),
    "core.fit.competitor": person("Lou", "Grip", "lou@magpie.example", company="Magpie Data Inc", **_FITTING),
    "core.fit.same_trade": person("Ole", "Juhl", "ole@juhl.example", company="Juhl Data Quality Inc", **_FITTING),
    "core.fit.press": person("Pia", "Krog", "pia@krog.example", job_title="Reporter", company="Krog Daily", **_FITTING),
    "fit.never.auditors": person("Rie", "Lund", "rie@lund.example", company="Lund Auditors Inc", **_FITTING),
    "fit.property.fleet": person("Siv", "Munk", "siv@munk.example", message="No trucks of our own", **_FITTING),
    "core.fit.own_staff": person("Mia", "Holm", "mia@kestrel.example", company="Kestrel Data", **_FITTING),
    "core.fit.student": person("Nils", "Iversen", "nils@college.example", job_title="Student of Logistics", **_FITTING),
}


def test_only_who_fits_is_worth_homework(team: Team) -> None:
    """Wrong role, rank, sector, size, our trade, our own, press, students, whom we name: unfit, each for its reason."""
    team.rules("fit.toml", _AIMS)
    team.rules("accounts.toml", _ACCOUNTS)
    ada = person("Ada", "Okafor", ADA.contact, company="Acme Inc", **_FITTING)
    team.people("summit", ada, *_NO_TARGETS.values())
    team.brief(ADA.text())
    rival = "Lou Grip, your Magpie fleet grows in spring: whose thermometer will be right when two disagree?"
    team.brief(BEA.but(contact="lou@magpie.example", name="Lou Grip", opening_line=rival).text())  # changes nothing
    run = team.morning()

    assert list(team.queue()) == ["Ada Okafor"]
    assert run.file("briefs_wanted.csv") == []
    decided = run.decisions().sort("row_number")
    assert decided.get_column("verdict").to_list() == ["queued", *["unfit"] * len(_NO_TARGETS)]
    for rule, reasons in zip(_NO_TARGETS, decided.get_column("reasons").to_list()[1:], strict=True):
        assert rule in reasons, (rule, reasons)
    shown = {line["rule_id"]: line["people"] for line in run.report()["reasons"]}
    assert set(_NO_TARGETS) <= set(shown)
    assert shown["fit.never.auditors"] == 1
    assert "Their company is a competitor" in run.page()
    assert "They audit us: nothing is sold to them." in run.page()
    assert "Okafor" not in run.page()


def test_a_list_that_does_not_tell_is_no_yes(team: Team) -> None:
    """An unknown role is not taken for the right one: the person is held, and the fix says what to look up."""
    team.rules("fit.toml", _AIMS)
    team.people("summit", person("Ada", "Okafor", ADA.contact, company="Acme Inc", job_title="", **_FITTING))
    team.brief(ADA.text())
    run = team.morning()
    assert team.queue() == {}
    assert run.decisions().get_column("verdict").to_list() == ["held"]
    (channel,) = team.why(ADA.contact)["channels"].values()
    (line,) = [line for line in channel["reasons"] if line["rule_id"] == "core.fit.function_not_targeted"]
    assert line["effect"] == "hold"
    assert "job title" in line["fix"]
    assert run.decisions().filter(pl.col("verdict") == "queued").is_empty()
