"""What a registry entry means: it denies that number and nothing else; what was not screened in time is unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from policies.evaluate import decide
from policies.registries import (
    coverage_prefixes,
    covers,
    max_file_ages,
    prefixes_within,
    registry_facts,
    registry_id,
    registry_plan,
)
from policies.schema import SCREENINGS
from tests.effort import few
from tests.policies.worlds import AS_OF, Consented, Row, base_rules, world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.evaluate import Decision

TODAY = AS_OF.date()
LISTS: Any = base_rules().settings["lists"]
KNOWN = LISTS["registries"]
US, GB = "+12025550101", "+442079460123"

NAMES = {
    "US-NATIONAL-DNC": "US-NATIONAL-DNC",
    "us-national-dnc": "US-NATIONAL-DNC",
    " ftc ": "US-NATIONAL-DNC",
    "TPS": "GB-TPS",
    "gb_tps": "GB-TPS",
    "Ctps": "GB-CTPS",
    "dncl": "CA-DNCL",
    "DNCR": "AU-DNCR",
    "IE-NDD": "IE-NDD",
    "numbers": None,
    "": None,
    "../up": None,
}

COVERAGES: list[tuple[str, object, tuple[str, ...] | None]] = [
    ("US", ["312", "415"], ("1312", "1415")),
    ("US", "312", ("1312",)),
    ("US", [312], ("1312",)),
    ("US", ["+1312"], ("1312",)),
    ("US", "all", ("1",)),
    ("US", ["all"], ("1",)),
    ("US", "312, 415", ("1312", "1415")),
    ("US", "National", ("1",)),
    ("CA", ["416", "+1647"], ("1416", "1647")),
    ("GB", ["+44"], ("44",)),
    ("GB", "44", ("44",)),
    ("GB", ["020", "0161"], ("44161", "4420")),
    ("GB", ["020", "+44"], ("44",)),
    ("AU", ["02"], ("612",)),
    ("US", [], None),
    ("US", [""], None),
    ("US", ["Illinois"], None),
    ("US", [True], None),
    ("US", ["312", None], None),
    ("FR", ["+33"], ("33",)),
    ("FR", "all", None),
]


@pytest.mark.parametrize(("said", "found"), NAMES.items())
def test_a_registry_is_known_by_its_names(said: str, found: str | None) -> None:
    """Ids and their aliases, whatever their case; anything else is none."""
    assert registry_id(said, KNOWN) == found


@pytest.mark.parametrize(("country", "stated", "found"), COVERAGES)
def test_coverage_is_read_as_prefixes(country: str, stated: object, found: tuple[str, ...] | None) -> None:
    """Area codes as at home, prefixes of E.164, or all of the calling code; what cannot be read is none."""
    assert coverage_prefixes(stated, registry_plan(f"{country}-X", KNOWN)) == found


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        (["1312"], ["1"], True),
        (["1312"], ["1312"], True),
        (["1"], ["1312"], False),
        (["1312", "1415"], ["1312"], False),
    ],
)
def test_what_lies_within_what(inner: list[str], outer: list[str], within: bool) -> None:  # noqa: FBT001  # a case
    """Every prefix begins with one of the wider ones."""
    assert prefixes_within(inner, outer) is within


def test_a_number_is_covered_by_its_beginning() -> None:
    """Prefixes of different lengths together; nothing covers nothing."""
    frame = pl.DataFrame({"phone": ["+13125550100", "+442079460123", "+14155550100", None]})
    assert frame.select(covers(pl.col("phone"), ["1312", "44"])).to_series().to_list() == [True, True, False, None]
    assert frame.select(covers(pl.col("phone"), [])).to_series().to_list() == [False]


def test_how_old_a_file_may_be() -> None:
    """As the jurisdiction files say, by registry."""
    ages = max_file_ages(base_rules(), TODAY)
    assert ages == {"US-NATIONAL-DNC": 31, "CA-DNCL": 31, "GB-TPS": 28, "GB-CTPS": 28, "AU-DNCR": 30}


def screening(*rows: tuple[str, str, bool, bool, int | None]) -> pl.DataFrame:
    """Screenings as (phone, registry, listed, covered, age in days)."""
    found = [(*row[:4], None if row[4] is None else TODAY - timedelta(days=row[4])) for row in rows]
    return pl.DataFrame(found, schema=SCREENINGS, orient="row")


DNC, TPS, CTPS = "US-NATIONAL-DNC", "GB-TPS", "GB-CTPS"
JUDGED: list[tuple[str, str, str | None, Sequence[tuple[str, str, bool, bool, int | None]], bool | None]] = [
    ("nothing filed", US, "US", (), None),
    ("fresh", US, "US", ((US, DNC, False, True, 0),), False),
    ("31 days", US, "US", ((US, DNC, False, True, 31),), False),
    ("32 days", US, "US", ((US, DNC, False, True, 32),), None),
    ("from tomorrow", US, "US", ((US, DNC, False, True, -1),), None),
    ("not covered", US, "US", ((US, DNC, False, False, None),), None),
    ("listed", US, "US", ((US, DNC, True, True, 1),), True),
    ("listed in a stale file", US, "US", ((US, DNC, True, True, 400),), True),
    ("listed outside the coverage", US, "US", ((US, DNC, True, False, None),), True),
    ("both, 28 days", GB, "GB", ((GB, TPS, False, True, 28), (GB, CTPS, False, True, 28)), False),
    ("one of 29 days", GB, "GB", ((GB, TPS, False, True, 29), (GB, CTPS, False, True, 1)), None),
    ("one of two", GB, "GB", ((GB, TPS, False, True, 1),), None),
    ("on the other", GB, "GB", ((GB, TPS, False, True, 1), (GB, CTPS, True, True, 1)), True),
    ("30 days", "+61255501234", "AU", (("+61255501234", "AU-DNCR", False, True, 30),), False),
    ("31 days in Australia", "+61255501234", "AU", (("+61255501234", "AU-DNCR", False, True, 31),), None),
    ("31 days in Canada", "+14165550101", "CA", (("+14165550101", "CA-DNCL", False, True, 31),), False),
    ("a law without registry", "+493023125001", "DE", (), None),
    ("listed there all the same", "+493023125001", "DE", (("+493023125001", "DE-X", True, True, 1),), True),
    ("another country's registry", US, "GB", ((US, DNC, False, True, 1),), None),
    ("country unknown", US, None, ((US, DNC, False, True, 1),), None),
    ("country unknown and listed", US, None, ((US, DNC, True, True, 1),), True),
    ("somebody else's number", US, "US", (("+12025550199", DNC, True, True, 1),), None),
]


@pytest.mark.parametrize(("name", "phone", "country", "found", "listed"), JUDGED, ids=[row[0] for row in JUDGED])
def test_what_screening_says(
    name: str,
    phone: str,
    country: str | None,
    found: Sequence[tuple[str, str, bool, bool, int | None]],
    listed: bool | None,  # noqa: FBT001  # a case
) -> None:
    """Listed anywhere: yes. Covered by a file young enough of every registry the law names: no. Else unknown."""
    records = pl.DataFrame({"record_id": ["r"], "person_id": ["p"], "phone": [phone]})
    countries = pl.DataFrame({"person_id": ["p"], "country": [country]}, schema_overrides={"country": pl.String})
    judged = registry_facts(records, countries, screening(*found), base_rules(), TODAY)
    assert judged.get_column("registry_listed").to_list() == [listed], name


def phone_effects(decision: Decision) -> dict[str, int]:
    """The strictest permission effect of every number, by number."""
    points = decision.outcomes.join(
        decision.table.points.select("record_id", "channel", "contact"), on=["record_id", "channel"]
    )
    calls = points.filter(pl.col("channel") == "phone").group_by("contact").agg(pl.col("permission").max())
    return dict(calls.iter_rows())


def test_consent_does_not_lift_an_entry() -> None:
    """What the laws accept instead is more than a consent event shows; the class of the recipient changes nothing."""
    for country in ("US", "CA", "DE"):
        inputs = world([Row(phone=US, country=country)], given=[Consented(US, channel="phone")])
        decision = decide(replace(inputs, registries=screening((US, DNC, True, True, 1))))
        assert phone_effects(decision) == {US: 3}
        assert "core.permission.registry" in decision.people.get_column("reasons")[0]


PHONES = (US, "+12025550102", "+12025550103", GB)
ROWS = st.lists(
    st.builds(
        Row,
        email=st.sampled_from(("ada@acme.example", "bea@acme.example", None)),
        phone=st.sampled_from(PHONES),
        surname=st.sampled_from(("Okafor", "Ruiz")),
        country=st.sampled_from(("US", "GB", "DE", None)),
    ),
    min_size=1,
    max_size=5,
)


@few(8)
@given(rows=ROWS, listed=st.sampled_from(PHONES), covered=st.booleans())
def test_an_entry_denies_that_number_and_nothing_else(rows: list[Row], listed: str, covered: bool) -> None:  # noqa: FBT001  # drawn
    """Law 2: e-mail addresses and other numbers of the very same person are judged as if there were no entry."""
    day = date(2026, 10, 10)
    clear = [(phone, name, False, covered, day) for phone in PHONES for name in (DNC, TPS, CTPS)]
    before = pl.DataFrame(clear, schema=SCREENINGS, orient="row")
    on_it = (pl.col("phone") == listed) & (pl.col("registry") == DNC)
    after = before.with_columns(pl.when(on_it).then(pl.lit(value=True)).otherwise("listed").alias("listed"))
    inputs = world(rows)
    without, with_entry = (decide(replace(inputs, registries=found)) for found in (before, after))
    named = with_entry.table.points.filter((pl.col("channel") == "phone") & (pl.col("contact") == listed))
    others = [
        found.outcomes.join(named, on=["record_id", "channel"], how="anti").select("record_id", "channel", "permission")
        for found in (without, with_entry)
    ]
    assert_frame_equal(*others, check_row_order=False)
    denied = with_entry.outcomes.join(named.select("record_id", "channel"), on=["record_id", "channel"])
    assert set(denied.get_column("permission")) <= {3}
