"""The law of a country on a day: versions, the layer above it, and the rules its regimes are made into."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.effects import Effect
from policies.errors import RuleFileError
from policies.jurisdictions import (
    REGIMES,
    Consent,
    Deadline,
    Frequency,
    Hours,
    JurisdictionVersion,
    Notice,
    OptOut,
    Registry,
    merge,
    strictest_regime,
)
from policies.rulebook import RuleFile, load
from policies.rulebook.cases import run_cases
from tests.policies.rulebooks import base, base_files

if TYPE_CHECKING:
    from policies.errors import Problem
    from policies.jurisdictions import Jurisdiction
    from policies.rulebook import Rulebook

TODAY = date(2026, 10, 14)
COUNTRIES = [country for country in base().jurisdictions.values() if not country.is_layer]


@pytest.mark.parametrize("country", COUNTRIES, ids=lambda country: country.id)
def test_every_country_on_file_is_whole(country: Jurisdiction) -> None:
    """Regimes for all classes, hours, caps, deadlines, disclosures and sources stand for today."""
    law = country.at(TODAY)
    assert law is not None
    for channel in ("email", "phone"):
        assert {"corporate_generic", "corporate_named", "sole_trader"} <= set(law.regimes(channel))
        assert law.disclosures[channel]
    assert law.hours is not None
    assert law.frequency is not None
    assert law.opt_out is not None
    assert law.sources


@pytest.mark.parametrize("country", COUNTRIES, ids=lambda country: country.id)
def test_zones_exist_and_regions_lie_in_them(country: Jurisdiction) -> None:
    """Every zone is one of the IANA database, every region's zones are zones of the country, but for outlying areas."""
    of_regions = {zone for zones in country.region_zones.values() for zone in zones}
    assert {ZoneInfo(zone).key for zone in (*country.zones, *of_regions)} == {*country.zones, *of_regions}
    outlying = {name: set(zones) for name, zones in country.region_zones.items() if not set(zones) & set(country.zones)}
    assert of_regions <= set(country.zones).union(*outlying.values())
    assert set(outlying) <= OUTLYING.get(country.id, set())


@pytest.mark.parametrize("country", COUNTRIES, ids=lambda country: country.id)
def test_regions_keep_calendars_that_there_are(country: Jurisdiction) -> None:
    """Every name of a region leads to one of the calendar, every kind of day off is one it knows."""
    calendar = holidays.country_holidays(country.id)
    assert set(country.region_calendars.values()) <= {"", *calendar.subdivisions}
    assert set(country.holidays) <= set(calendar.supported_categories)
    if country.region_zones:
        assert set(calendar.subdivisions) - set(country.region_zones) <= OF_THE_WHOLE_COUNTRY


# Areas whose clocks count only for people whose list names them.
OUTLYING = {
    "US": {"AS", "GU", "MP", "PR", "UM", "VI"},
    "FR": {"971", "972", "973", "974", "976", "BL", "MF", "NC", "PF", "PM", "TF", "WF"},
}
# Calendars of the library that are no areas with a clock of their own: they count wherever in the country somebody is.
OF_THE_WHOLE_COUNTRY = {"57", "6AE", "Zone A", "Zone B", "Zone C"}

REGIMES_ON_FILE = [
    # country, channel: generic, named, sole trader
    ("US", "email", ("opt_out", "opt_out", "opt_out")),
    ("US", "phone", ("opt_out", "opt_out", "registry_opt_out")),
    ("CA", "email", ("published_and_relevant",) * 3),
    ("CA", "phone", ("opt_out", "opt_out", "registry_opt_out")),
    ("GB", "email", ("opt_out", "opt_out", "consent")),
    ("GB", "phone", ("registry_opt_out",) * 3),
    ("DE", "email", ("consent",) * 3),
    ("DE", "phone", ("presumed_interest",) * 3),
    ("FR", "email", ("opt_out", "opt_out_if_relevant", "opt_out_if_relevant")),
    ("FR", "phone", ("opt_out", "opt_out", "consent")),
    ("AU", "email", ("published_and_relevant",) * 3),
    ("AU", "phone", ("opt_out", "opt_out", "registry_opt_out")),
]


@pytest.mark.parametrize(("code", "channel", "regimes"), REGIMES_ON_FILE, ids=str)
def test_regimes(code: str, channel: str, regimes: tuple[str, ...]) -> None:
    """Each country's regime per recipient class, as researched."""
    law = base().jurisdictions[code].at(TODAY)
    assert law is not None
    assert (
        tuple(law.regimes(channel)[name] for name in ("corporate_generic", "corporate_named", "sole_trader")) == regimes
    )


@pytest.mark.parametrize(
    ("code", "day"), [("FR", date(2026, 8, 10)), ("GB", date(2026, 2, 4)), ("EU", date(2018, 5, 24))]
)
def test_before_its_first_version_a_country_is_not_on_file(code: str, day: date) -> None:
    """There is no law to apply before the first dated version, so nobody is permitted by it."""
    assert base().jurisdictions[code].at(day) is None


def test_members_get_the_layer() -> None:
    """Germany discloses what the EU asks for besides its own, and sends the EU's notice."""
    law = base().jurisdictions["DE"].at(TODAY)
    assert law is not None
    assert {"imprint", "data_source", "privacy_notice"} <= set(law.disclosures["email"])
    assert law.notice.due_months == 1
    assert law.notice.must_name_source_list
    assert law.hours is not None
    assert law.hours.minutes("weekday") == ((540, 1020),)
    assert law.hours.minutes("sunday") == ()


def test_registries_hours_and_terms() -> None:
    """The figures others rely on."""
    book = base().jurisdictions
    laws = {code: country.at(TODAY) for code, country in book.items()}
    assert laws["GB"] is not None
    assert laws["GB"].registry == Registry(("GB-TPS", "GB-CTPS"), 28)
    assert laws["CA"] is not None
    assert laws["CA"].consent.expiry_months == {"purchase": 24, "inquiry": 6, "own_membership": 24}
    assert laws["FR"] is not None
    assert laws["FR"].frequency == Frequency(4, 720, "code")
    assert laws["FR"].hours is not None
    assert laws["FR"].hours.minutes("weekday") == ((600, 780), (840, 1200))
    assert laws["US"] is not None
    assert laws["US"].opt_out is not None
    assert laws["US"].opt_out.email == Deadline(10, "business_days")
    assert laws["US"].notice.due_months is None


regimes = st.sampled_from(REGIMES)


@given(first=regimes, second=regimes)
def test_the_strictest_regime_is_one_of_them_and_order_does_not_matter(first: str, second: str) -> None:
    """Strictness is an order: the later of two in the list of regimes."""
    strictest = strictest_regime(first, second)
    assert strictest == strictest_regime(second, first)
    assert REGIMES.index(strictest) == max(REGIMES.index(first), REGIMES.index(second))


def _version(**changes: object) -> JurisdictionVersion:
    return replace(JurisdictionVersion(date(2020, 1, 1), date(2026, 1, 1), 1), **changes)  # type: ignore[arg-type]  # names are those of the fields


def _hours(start: int, end: int) -> Hours:
    weekday = ((time(start), time(end)),)
    return Hours("statute", weekday, weekday, (), ())


def test_merging_takes_the_stricter_of_everything() -> None:
    """Common hours, shorter deadlines, lower caps, union of disclosures, the notice of either."""
    one = _version(
        email={"sole_trader": "opt_out"},
        hours=_hours(8, 17),
        frequency=Frequency(3, 24),
        opt_out=OptOut(Deadline(10, "business_days"), Deadline(5, "calendar_days"), 30, "channel"),
        registry=Registry(("A",), 31),
        consent=Consent(("express", "purchase"), {"purchase": 24}),
        disclosures={"email": ("opt_out",)},
    )
    other = _version(
        email={"sole_trader": "consent"},
        phone={"mobile": "prohibited"},
        hours=_hours(10, 21),
        frequency=Frequency(1, 720),
        opt_out=OptOut(Deadline(0, "immediate"), Deadline(14, "calendar_days"), 60, "all_channels"),
        registry=Registry(("B",), 28),
        consent=Consent(("express", "inquiry"), {"purchase": 12}),
        notice=Notice(required=True, article="Art. 14", due=Deadline(1, "months")),
        disclosures={"email": ("opt_out", "imprint"), "phone": ("purpose",)},
    )
    for merged in (merge(one, other), merge(other, one)):
        assert merged.email == {"sole_trader": "consent"}
        assert merged.phone == {"mobile": "prohibited"}
        assert merged.hours is not None
        assert merged.hours.minutes("weekday") == ((600, 1020),)
        assert merged.hours.sunday == ()
        assert merged.frequency == Frequency(1, 720)
        assert merged.opt_out == OptOut(Deadline(0, "immediate"), Deadline(5, "calendar_days"), 60, "all_channels")
        assert merged.registry.max_file_age_days == 28
        assert merged.consent == Consent(("express",), {"purchase": 12})
        assert merged.notice.due_months == 1
        assert set(merged.disclosures["email"]) == {"opt_out", "imprint"}


def test_hours_that_never_meet_are_no_hours() -> None:
    """Two laws without a common hour leave none."""
    merged = merge(_version(hours=_hours(8, 10)), _version(hours=_hours(12, 14)))
    assert merged.hours is not None
    assert merged.hours.weekday == ()


# --- files ---------------------------------------------------------------------------------------------------------


def _country(text: str, code: str = "GB") -> list[RuleFile]:
    """One country's file with the templates of regimes."""
    regimes = [file for file in base_files() if file.path.endswith("/regimes.toml")]
    return [*regimes, RuleFile(f"base/jurisdictions/{code}.toml", text, "base")]


def _text(code: str = "GB") -> str:
    return next(file.text for file in base_files() if file.path.endswith(f"/{code}.toml"))


def _load(text: str, code: str = "GB") -> Rulebook:
    return load(_country(text, code))


def _problems(text: str, code: str = "GB") -> tuple[Problem, ...]:
    with pytest.raises(RuleFileError) as error:
        _load(text, code)
    return error.value.problems


BROKEN = [
    ('id = "GB"', 'id = "UK"', "GB.toml"),
    ('name = "United Kingdom"\n', "", "name"),
    ('zones = ["Europe/London"]\n', "", "zones"),
    ('name = "United Kingdom"', 'name = "United Kingdom"\nextends = "EEA"', "'EEA'"),
    ('sole_trader = "consent" ', 'sole_trader = "concent" ', "consent"),
    ('sole_trader = "consent" ', "", "sole_trader"),
    ('weekday = [["09:00", "17:30"]]', 'weekday = [["17:30", "09:00"]]', "weekday"),
    ('weekday = [["09:00", "17:30"]]', 'weekday = [["09:00", "24:30"]]', "weekday"),
    ('weekday = [["09:00", "17:30"]]', 'weekday = [["09:00", "13:00"], ["12:00", "17:00"]]', "weekday"),
    ('basis = "house"', 'basis = "custom"', "basis"),
    ("max_attempts = 2", "max_attempts = 0", "max_attempts"),
    ('email = { n = 0, unit = "immediate" }', 'email = { n = 0, unit = "weeks" }', "business_days"),
    ('email = { n = 0, unit = "immediate" }', "email = 10", "business_days"),
    ('routes = ["express", "soft_opt_in"]', 'routes = ["expres"]', "express"),
    ('covers = ["phone", "registry"]', 'covers = ["registry"]', "No source covers phone"),
    ('covers = ["phone", "registry"]', 'covers = ["phones", "registry"]', "'phones'"),
    ('confidence = "secondary"', 'confidence = "sure"', "confidence"),
    ("valid_from = 2026-02-05", 'valid_from = "2026"', "valid_from"),
    ("[version.frequency]", "[version.frequencies]", "frequency"),
    ('"right_to_object", ', '"right_to_objects", ', "right_to_object"),
    ('id = "gb.notice.overdue"', 'id = "uk.notice.overdue"', "gb."),
]


@pytest.mark.parametrize(("old", "new", "words"), BROKEN, ids=[f"{old} -> {new}" for old, new, _ in BROKEN])
def test_what_a_country_file_may_not_say(old: str, new: str, words: str) -> None:
    """Each fault of a country file is named, at a line of that file."""
    assert old in _text()
    problems = _problems(_text().replace(old, new, 1))
    assert any(words in f"{problem.message} {problem.fix}" for problem in problems)
    assert {problem.file for problem in problems} == {"base/jurisdictions/GB.toml"}


# --- regimes as rules ----------------------------------------------------------------------------------------------


def test_a_regime_becomes_a_rule_with_its_cites() -> None:
    """Germany's consent regime is a rule of its own, in force since its version."""
    rule = base().rule("de.email.opt_in")
    assert rule.when == "country IS NOT NULL AND country = 'DE' AND channel = 'email' AND NOT consent_valid"
    assert (rule.effect, rule.unknown, rule.reach) == (Effect.DENY, Effect.HOLD, "contact")
    assert rule.cites == ("UWG s. 7(2) no. 2, s. 7(3)",)
    assert (rule.since, rule.until, rule.jurisdiction) == (date(2022, 5, 28), None, "DE")


def test_an_opt_out_regime_needs_no_rule_of_its_own() -> None:
    """Where the law allows until they object, only the opt-out rules speak."""
    assert not [rule for rule in base().rules if rule.id.startswith("us.email")]


def test_versions_follow_each_other_without_gap_or_overlap() -> None:
    """A second version ends the first the day before, under the same rule id."""
    later = _text().split("[[rule]]")[0].split("[[version]]")[1].replace("2026-02-05", "2027-01-01")
    later = later.replace('corporate_named = "opt_out"', 'corporate_named = "consent"', 1)
    rules = [rule for rule in _load(f"{_text()}\n[[version]]{later}").rules if rule.id == "gb.email.opt_in"]
    assert [(rule.since, rule.until) for rule in rules] == [
        (date(2026, 2, 5), date(2026, 12, 31)),
        (date(2027, 1, 1), None),
    ]
    assert "corporate_named" in rules[1].when
    assert "corporate_named" not in rules[0].when


@pytest.mark.parametrize("covers", ["email", "email.sole_trader"])
def test_an_unverified_source_holds_its_channel(covers: str) -> None:
    """Whoever would be permitted by a fact nobody verified is held, on that channel."""
    source = f'[[version.sources]]\ncovers = ["{covers}"]\ncite = "hearsay"\nconfidence = "unverified"\n\n[[rule]]'
    book = _load(_text().replace("[[rule]]", source, 1))
    rules = {rule.id: rule for rule in book.rules if rule.id.endswith("unverified")}
    assert list(rules) == ["gb.email.unverified"]
    assert rules["gb.email.unverified"].effect == Effect.HOLD
    assert all(result.ok for result in run_cases(book))


def test_what_was_not_reviewed_for_long_warns() -> None:
    """180 days after its review a country's law warns whoever relies on it."""
    assert base().rule("gb.review_due").since == date(2027, 5, 22)
    assert base().rule("gb.review_due").effect == Effect.WARN


@pytest.mark.parametrize("regime", [regime for regime in REGIMES if regime != "opt_out"])
@pytest.mark.parametrize("name", ["corporate_named", "sole_trader"])
def test_every_regime_holds_its_own_cases(regime: str, name: str) -> None:
    """Put into a country's file, each regime makes a rule whose cases agree."""
    email = _text().split("[version.phone]")[0]
    line = next(line for line in email.splitlines() if line.startswith(f"{name} ="))
    book = _load(_text().replace(line, f'{name} = "{regime}"', 1))
    results = [result for result in run_cases(book) if result.rule_id.startswith("gb.email.")]
    assert len({result.rule_id for result in results}) >= 2
    assert [result for result in results if not result.ok] == []


def test_a_layer_without_members_holds_for_nobody() -> None:
    """Rules of a layer reach its members only, never everybody."""
    files = [file for file in base_files() if not file.path.endswith(("/DE.toml", "/FR.toml"))]
    rule = load(files).rule("eu.notice.overdue")
    assert rule.when == "country IS NULL AND country IS NOT NULL AND (notice_overdue)"
