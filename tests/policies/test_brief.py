"""What briefs do for people: whom they belong to, which of several counts, and what a new one looks like."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policies.brief import (
    BRIEF_FACTS,
    brief_facts,
    brief_rows,
    briefs_from_csv,
    lint,
    parse_brief,
    recorded_names,
    template,
)
from policies.errors import RefusedFile, UsageError
from policies.schema import BRIEFS
from tests.policies.brief_texts import ABOUT, CONVERSATION, FULL, SETTINGS, SHORT, TODAY, full, rule_ids

PERSON = "p" + "a" * 26
EMAIL = "j.brueckner@nordhafen.example"
PHONE = "+493023125111"
ASKED = CONVERSATION.replace('"+49 30 23125 111"', EMAIL)
PEOPLE = pl.Schema(
    {
        "person_id": pl.String,
        "full_name": pl.String,
        "family_name": pl.String,
        "salutation_name": pl.String,
        "email": pl.String,
        "phone": pl.String,
        "tier_wanted": pl.String,
    }
)


def _record(person: str = PERSON, **more: object) -> dict[str, object]:
    names = {"full_name": "Jördis Brückner", "family_name": "Brückner", "salutation_name": "Jördis"}
    return {"person_id": person, **names, "tier_wanted": "full", **more}


def _people(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=PEOPLE)


def _facts(texts: list[str], *people: dict[str, object]) -> dict[str, dict[str, Any]]:
    """The facts of each person, by id."""
    briefs = brief_rows([parse_brief(text) for text in texts], SETTINGS)
    found = brief_facts(briefs, _people(*people), SETTINGS, TODAY)
    assert found.schema == BRIEF_FACTS
    return {row["person_id"]: row for row in found.to_dicts()}


def _to(person: str, text: str) -> str:
    return text.replace(f"contact: {EMAIL}", f"person_id: {person}")


@pytest.mark.parametrize(
    ("text", "record", "state"),
    [
        (FULL, {"email": EMAIL}, "passing"),
        (FULL, {"email": "J.Brueckner@nordhafen.example"}, "passing"),
        (full((EMAIL, "J.Brueckner@Nordhafen.EXAMPLE")), {"email": EMAIL}, "passing"),
        (full((f"contact: {EMAIL}", 'contact: "+49 30 23125 111"')), {"phone": PHONE}, "passing"),
        (_to(PERSON, FULL), {}, "passing"),
        (FULL, {"email": "somebody.else@nordhafen.example"}, "none"),
        (FULL, {"email": EMAIL, "tier_wanted": "short"}, "passing"),
        (full(("2026-10-09", "2026-01-09")), {"email": EMAIL}, "stale"),
        (full(("2026-10-09", "2026-01-09")), {"email": EMAIL, "tier_wanted": "short"}, "stale"),
        (full(("## Evidence", "## Notes")), {"email": EMAIL}, "failing"),
        (full(("Brückner, drei", "Bruckner, drei")), {"email": EMAIL}, "failing"),
        (FULL, {"email": EMAIL, "tier_wanted": "conversation"}, "passing"),
        (SHORT, {"email": EMAIL, "tier_wanted": "short"}, "passing"),
        (SHORT, {"email": EMAIL}, "lower_tier"),
        (SHORT, {"email": EMAIL, "tier_wanted": "conversation"}, "passing"),
        (ASKED, {"email": EMAIL}, "lower_tier"),
        (ASKED, {"email": EMAIL, "tier_wanted": "short"}, "lower_tier"),
        (ASKED, {"email": EMAIL, "tier_wanted": "conversation"}, "passing"),
        (
            ASKED.replace("tier: conversation", "tier: short"),
            {"email": EMAIL, "tier_wanted": "conversation"},
            "passing",
        ),
        (ASKED.replace("Brückner, 300", "Bruckner, 300"), {"email": EMAIL}, "failing"),
        (full(("## Evidence", "## Notes")), {"email": EMAIL, "tier_wanted": "short"}, "passing"),
        (full(("## Evidence", "## Notes")), {"email": EMAIL, "tier_wanted": "conversation"}, "failing"),
        (full(("tier: full", "tier: short")), {"email": EMAIL}, "lower_tier"),
    ],
)
def test_the_state_of_one_brief(text: str, record: dict[str, Any], state: str) -> None:
    """Linked by e-mail, phone or person id, whatever the case; judged for the tier the person asks for."""
    facts = _facts([text], _record(**record))[PERSON]
    assert facts["brief_state"] == state
    assert (facts["brief_id"] is None) is (state == "none")
    assert bool(facts["findings"]) is (state not in ("none", "passing"))


def test_the_newest_passing_brief_counts() -> None:
    """Not the newest of all, and not the last one dropped."""
    older, newest = full(("2026-10-09", "2026-09-20")), full(("2026-10-09", "2026-10-01"))
    failing = full(("Guten Tag Jördis Brückner, drei", "Drei"))
    ids = brief_rows([parse_brief(newest)], SETTINGS).get_column("brief_id").to_list()
    for texts in ([older, newest, failing], [failing, newest, older]):
        facts = _facts(texts, _record(email=EMAIL))[PERSON]
        assert [facts["brief_id"]] == ids
        assert facts["opening_line"].startswith("Guten Tag Jördis Brückner, drei Gewichte")


def test_any_spelling_of_any_record_of_the_person_will_do() -> None:
    """Lists may spell a name differently; the human's choice is taken byte for byte."""
    records = [_record(email=EMAIL, full_name="J. Brueckner", family_name="Brueckner", salutation_name=None), _record()]
    spelled = full(("Tag Jördis Brückner", "Tag Frau Brueckner"))
    for text, state in (
        (FULL, "passing"),
        (spelled, "passing"),
        (full(("Brückner, drei", "Brukner, drei")), "failing"),
    ):
        assert _facts([text], *records)[PERSON]["brief_state"] == state
    names = recorded_names(_people(*records)).row(0, named=True)["names"]
    assert names == sorted(["J. Brueckner", "Brueckner", "Jördis Brückner", "Brückner", "Jördis"])


def test_a_shared_contact_serves_the_one_whose_name_is_spelled() -> None:
    """Three people behind one address: the brief is about one of them."""
    other, nameless = "p" + "b" * 26, "p" + "c" * 26
    nobody = {"full_name": None, "family_name": None, "salutation_name": " "}
    facts = _facts(
        [FULL],
        _record(email=EMAIL),
        _record(other, email=EMAIL, full_name="Kai Lund", family_name="Lund", salutation_name="Kai"),
        _record(nameless, email=EMAIL, **nobody),
    )
    assert {person: row["brief_state"] for person, row in facts.items()} == {
        PERSON: "passing",
        other: "failing",
        nameless: "failing",
    }
    assert _facts([FULL], _record(nameless, email=EMAIL, **nobody))[nameless]["brief_state"] == "passing"


def test_a_brief_serves_one_person() -> None:
    """Two people of one name behind one address: nobody can tell which of them is meant until the brief says so."""
    twin = "p" + "b" * 26
    facts = _facts([FULL], _record(email=EMAIL), _record(twin, email=EMAIL))
    assert [row["brief_state"] for row in facts.values()] == ["failing", "failing"]
    assert [row["findings"] for row in facts.values()] == [["brief.person_unclear"]] * 2
    named = _facts([_to(twin, FULL)], _record(email=EMAIL), _record(twin, email=EMAIL))
    assert {person: row["brief_state"] for person, row in named.items()} == {PERSON: "none", twin: "passing"}


def _about_kai(text: str, day: str = "2026-10-10") -> str:
    for old, new in (("Jördis Brückner", "Kai Lund"), (EMAIL, "k.lund@nordhafen.example"), ("2026-10-09", day)):
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("day", "states"),
    [
        ("2026-10-10", {"Brückner": "passing", "Lund": "failing"}),
        ("2026-10-08", {"Brückner": "failing", "Lund": "passing"}),
    ],
)
def test_of_two_briefs_that_differ_in_names_alone_the_older_one_stands(day: str, states: dict[str, str]) -> None:
    """The same message to two people is a blast: the younger brief fails, whoever comes first."""
    kai = {"full_name": "Kai Lund", "family_name": "Lund", "salutation_name": "Kai"}
    people = [_record(email=EMAIL), _record("p" + "b" * 26, **kai, email="k.lund@nordhafen.example")]
    for texts in ([FULL, _about_kai(FULL, day)], [_about_kai(FULL, day), FULL]):
        found = list(_facts(texts, *people).values())
        assert dict(zip(("Brückner", "Lund"), (row["brief_state"] for row in found), strict=True)) == states
        assert ["brief.boilerplate"] in [row["findings"] for row in found]


def test_two_briefs_of_one_person_are_a_renewal() -> None:
    """Also where nobody on the lists has their contact: the contact is the person."""
    assert _facts([FULL, full(("2026-10-09", "2026-10-12"))], _record(email=EMAIL))[PERSON]["brief_state"] == "passing"


def test_people_who_turn_out_to_be_one_keep_the_newest_brief_that_passes() -> None:
    """Each of two records has its brief; the person of both has the newer one, unless that one fails."""
    phone = 'contact: "+49 30 23125 111"'
    theirs = SHORT.replace(f"contact: {EMAIL}", phone)
    records = [_record(email=EMAIL, tier_wanted="short"), _record(phone=PHONE, tier_wanted="short")]
    ids = brief_rows([parse_brief(FULL), parse_brief(theirs)], SETTINGS).get_column("brief_id").to_list()
    assert _facts([FULL, theirs], *records)[PERSON]["brief_id"] == ids[1]
    spoiled = theirs.replace("Jördis, at", "Jordis, at")
    assert _facts([FULL, spoiled], *records)[PERSON]["brief_id"] == ids[0]


def test_no_briefs_no_people() -> None:
    """Empty frames are no error."""
    assert _facts([], _record())[PERSON]["brief_state"] == "none"
    assert _facts([FULL]) == {}


def test_rows_of_briefs_hold_what_is_known_of_them() -> None:
    """Canonical contact, date, opening line and the text."""
    found = brief_rows([parse_brief(CONVERSATION), parse_brief(_to(PERSON, FULL))], SETTINGS)
    assert found.schema == BRIEFS
    first, second = found.to_dicts()
    assert (first["contact_channel"], first["contact"], first["person_id"]) == ("phone", PHONE, None)
    assert (second["contact_channel"], second["contact"], second["person_id"]) == (None, None, PERSON)
    assert (first["tier"], first["written_on"], first["text"]) == ("conversation", date(2026, 10, 13), CONVERSATION)


@pytest.mark.parametrize(
    "field", ["", "contact: nordhafen.example", "contact: Jördis", "person_id: 17", "contact: 030 1234"]
)
def test_a_brief_about_nobody_is_refused(field: str) -> None:
    """It could never reach anybody; the message does not repeat it."""
    with pytest.raises(RefusedFile) as raised:
        brief_rows([parse_brief(f"---\n{field}\n---\n")], SETTINGS)
    assert raised.value.code == "brief_contact"
    assert field == "" or field not in str(raised.value.as_dict())


# --- the template and the bulk form ---


@pytest.mark.parametrize("tier", ["full", "short", "conversation"])
def test_a_new_brief_has_every_part_and_does_not_pass(tier: str) -> None:
    """What is known is filled in; every other part is marked, and the lint finds each mark."""
    known = {"contact": EMAIL, "full_name": "Jördis Brückner", "salutation_name": "Jördis", "company": "# Nord\nhafen"}
    text = template(known, tier, SETTINGS, TODAY)
    brief = parse_brief(text)
    assert (brief.contact, brief.date, brief.tier) == (EMAIL, "2026-10-14", tier)
    found = [finding for finding in lint(brief, SETTINGS, TODAY, ABOUT) if finding.rule_id == "brief.placeholder"]
    marked = {finding.place.split(",")[0] for finding in found}
    assert marked == {"front matter", *(part.heading for part in brief.parts)}
    assert "brief.part_missing" not in rule_ids(text)
    assert ("Jördis Brückner, # Nord hafen" in text) is (tier != "conversation")


def test_a_filled_in_template_passes() -> None:
    """The headings of the template are those the lint looks for."""
    text = template({"contact": EMAIL, "author": "Lena"}, "full", SETTINGS, TODAY)
    whole = parse_brief(FULL)
    for part in parse_brief(text).parts:
        text = text.replace(f"## {part.heading}\n{part.body}", f"## {part.heading}\n{whole.sections[part.heading]}")
    assert rule_ids(text) == []


def test_an_unknown_tier_is_no_template() -> None:
    """The tiers that exist are named."""
    with pytest.raises(UsageError) as raised:
        template({}, "huge", SETTINGS, TODAY)
    assert "full or short" in raised.value.fix


def test_the_bulk_form_says_the_same_as_the_text() -> None:
    """One row a brief, columns named as fields and headings, in any case and order."""
    whole = parse_brief(FULL)
    cells = {heading: body.strip() for heading, body in whole.sections.items() if heading != "Jördis Brückner"}
    columns = {heading.lower().replace(" ", "_"): text for heading, text in cells.items()}
    row = {**columns, "Tier": "full", "date": "2026-10-09", "Author": "Lena Hartwig", "contact": EMAIL, "remarks": "x"}
    (text,) = briefs_from_csv(pl.DataFrame([row]), SETTINGS)
    brief = parse_brief(text)
    assert {heading: body.strip() for heading, body in brief.sections.items()} == cells
    assert rule_ids(text) == []
    assert "remarks" not in text


def test_a_bulk_form_about_nobody_is_refused() -> None:
    """A column must say whom the briefs are about."""
    with pytest.raises(RefusedFile) as raised:
        briefs_from_csv(pl.DataFrame({"author": ["Lena"], "Opening line": ["x"]}), SETTINGS)
    assert raised.value.code == "brief_columns"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_cell_of_the_bulk_form_breaks_out_of_its_place(author: str, body: str) -> None:
    """Whatever stands in a cell, it makes no field and no part of its own."""
    table = pl.DataFrame({"contact": [EMAIL], "author": [author], "Opening line": [body], "Questions": ["Why?"]})
    (text,) = briefs_from_csv(table, SETTINGS)
    brief = parse_brief(text)
    assert (brief.contact, brief.tier) == (EMAIL, None)
    assert [part.heading for part in brief.parts if part.heading != "Opening line"] == ["Questions to ask"]


@given(st.dictionaries(st.sampled_from(["contact", "author"]), st.text(max_size=40)))
def test_whatever_is_known_the_template_can_be_read(known: dict[str, str]) -> None:
    """Values come from lists and may hold anything."""
    brief = parse_brief(template(known, "short", SETTINGS, TODAY - timedelta(days=1)))
    assert (brief.tier, brief.date) == ("short", "2026-10-13")
    assert yaml.safe_load(brief.text.split("---")[1])["tier"] == "short" or "---" in "".join(known.values())
