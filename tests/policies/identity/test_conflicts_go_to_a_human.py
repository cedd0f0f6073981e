"""Where records of one person contradict each other is listed for a human; another spelling of one value is not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from policies.identity import CONFLICTS, conflicts, survivors
from policies.schema import RECORDS, conform

if TYPE_CHECKING:
    from collections.abc import Mapping

FREE = ["mail.example"]
OLD, MID, NEW = date(2023, 3, 1), date(2024, 6, 1), date(2026, 9, 24)
ONE, TWO = "+12025550101", "+12025550102"
MARKS = {"person_id": pl.String, "role_mailbox": pl.Boolean, "email_shared": pl.Boolean, "phone_shared": pl.Boolean}


def row(number: int, said: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a list of its own; keys follow from what is said."""
    name, company, email = said.get("full_name"), said.get("company"), said.get("email")
    return {
        "person_id": "p",
        "record_id": f"r{number:03}",
        "source": f"list{number}",
        "obtained_on": MID,
        "surname_key": name and str(name).lower().replace(",", "").split()[-1],
        "company_key": company and str(company).lower().removesuffix(" ltd"),
        "email_equiv": email,
        "email_domain": email and str(email).partition("@")[2],
        "phone_type": "mobile" if said.get("phone") else None,
        "role_mailbox": False,
        "email_shared": False,
        "phone_shared": False,
        **said,
    }


def found(*said: Mapping[str, Any], backwards: bool = False) -> pl.DataFrame:
    """The conflicts of a person with these rows, the first of the newest list."""
    first = {"obtained_on": NEW, **said[0]}
    numbered = [row(number, one) for number, one in enumerate([first, *said[1:]])]
    frame = pl.DataFrame(
        numbered[::-1] if backwards else numbered,
        schema_overrides={**dict(RECORDS), **MARKS},
        infer_schema_length=None,
    )
    rows = conform(frame, RECORDS).hstack(frame.select(*MARKS))
    return conflicts(rows, survivors(rows, FREE), FREE)


def test_each_value_stands_with_its_list_and_day() -> None:
    """A line per list that says it, beside what is shown."""
    seen = found(
        {"full_name": "Ada Quist", "company": "Acme"},
        {"full_name": "ADA QUIST", "company": "acme", "source": "guild"},
        {"full_name": "Ada Qvist", "company": "Birch", "obtained_on": OLD, "source": "summit"},
        {"full_name": "Ada Qvist", "company": "Birch", "obtained_on": MID, "source": "summit"},
        {"company": "Birch", "obtained_on": None, "source": "desk"},
    )
    assert seen.schema == CONFLICTS
    assert seen.rows() == [
        ("p", "full_name", "Ada Quist", "Ada Qvist", "summit", MID),
        ("p", "company", "Acme", "Birch", "desk", None),
        ("p", "company", "Acme", "Birch", "summit", MID),
    ]


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("full_name", "Ada Quist", "ADA QUIST"),
        ("full_name", "Ada Quist", "Quist, Ada"),
        ("full_name", "Ada Quist", "A. Quist"),
        ("full_name", "Ada Quist", "Dr. Ada Quist"),
        ("full_name", "Ada Maria Quist", "Ada M. Quist"),
        ("full_name", "Ada Maria Quist", "Ada Quist"),
        ("full_name", "Jörg Müller", "Joerg Mueller"),
        ("full_name", "José Núñez", "Jose Nunez"),
        ("company", "Acme Ltd", "ACME"),
        ("company", "Acme", "Acme Holding"),
        ("job_title", "Head of Sales", "head of sales"),
        ("city", "Zürich", "Zuerich"),
        ("email", "ada@mail.example", "ada.quist@mail.example"),
        ("email", "ada@acme.example", "ada@mail.example"),
    ],
)
def test_another_form_of_one_value_is_no_conflict(field: str, one: str, other: str) -> None:
    """Whichever of the two lists is the newer."""
    assert found({field: one}, {field: other}).is_empty()
    assert found({field: other}, {field: one}).is_empty()


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("full_name", "Ada Quist", "Ada Qvist"),
        ("full_name", "Ada Quist", "Anna Quist"),
        ("full_name", "Ada M. Quist", "Ada N. Quist"),
        ("full_name", "Ada Quist", "Ada Quist-Berg"),
        ("company", "Acme", "Birch"),
        ("job_title", "Head of Sales", "Buyer"),
        ("city", "Graz", "Turku"),
        ("email", "ada@acme.example", "a.quist@acme.example"),
        ("phone", ONE, TWO),
    ],
)
def test_values_that_differ_are_a_conflict(field: str, one: str, other: str) -> None:
    """The one that is shown, and the other."""
    seen = found({field: one}, {field: other})
    assert seen.get_column("field").to_list() == [field]
    assert {seen.item(0, "chosen"), seen.item(0, "value")} == {one, other}


@pytest.mark.parametrize(
    "earlier",
    [
        pytest.param({"job_title": "Buyer"}, id="the title at an earlier employer"),
        pytest.param({"city": "Turku"}, id="the town of an earlier employer"),
        pytest.param({"phone": TWO}, id="the number at an earlier employer"),
    ],
)
def test_an_earlier_employer_contradicts_in_its_name_alone(earlier: dict[str, Any]) -> None:
    """What was true there is no other answer to what is true now."""
    now = {"company": "Acme", "job_title": "Director", "city": "Graz", "phone": ONE}
    seen = found(now, {"company": "Birch", "obtained_on": OLD, **earlier})
    assert seen.get_column("field").to_list() == ["company"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"phone": TWO, "phone_shared": True}, id="a switchboard"),
        pytest.param({"phone": TWO, "phone_type": "fixed"}, id="a number of another type"),
        pytest.param({"email": "info@acme.example", "role_mailbox": True}, id="a role mailbox"),
    ],
)
def test_points_that_a_person_has_side_by_side_are_no_conflict(other: dict[str, Any]) -> None:
    """A mobile number and an own address beside what the firm has."""
    assert found({"phone": ONE, "email": "ada@acme.example"}, other).is_empty()


def test_nobody_contradicts_themselves_alone_and_order_says_nothing() -> None:
    """One record, or none; and rows the other way round."""
    assert found({"full_name": "Ada Quist"}).is_empty()
    said: list[dict[str, Any]] = [{"full_name": "Ada Quist"}, {"full_name": "Ada Qvist"}, {"full_name": "Eda Qvist"}]
    numbered = [{**one, "record_id": f"r{number}", "source": f"s{number}"} for number, one in enumerate(said)]
    assert found(*numbered).height == 2
