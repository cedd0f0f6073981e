"""What is shown of a person on several lists: each field the best value, as spelled, with the record it is of."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from policies.identity import faces, outlived_addresses, survivors
from policies.identity.survivorship import SURVIVORS
from policies.schema import RECORDS, conform

FREE = ["mail.example"]
OLD, MID, NEW = date(2023, 3, 1), date(2024, 6, 1), date(2026, 9, 24)
LINE, MOBILE = "+12025550101", "+12025550102"


def row(number: int, said: dict[str, Any]) -> dict[str, Any]:
    """A row of a list; names, keys and domains follow from what is said."""
    name = said.get("full_name")
    words = str(name).replace(",", "").lower().split()
    surname = (words[0] if "," in str(name) else words[-1]).translate(str.maketrans("åüé", "aue")) if name else None
    company, email = said.get("company"), said.get("email")
    return {
        "person_id": "p",
        "record_id": f"r{number:03}",
        "source": f"list{number}",
        "obtained_on": MID,
        "surname_key": surname,
        "company_key": company and str(company).lower().removesuffix(" ltd"),
        "email_domain": email and str(email).partition("@")[2],
        "role_mailbox": False,
        "email_shared": False,
        "phone_shared": False,
        **said,
    }


def rows_of(*said: dict[str, Any]) -> pl.DataFrame:
    """Rows of one person as ``RECORDS`` and what is added to them."""
    marks = {"person_id": pl.String, "role_mailbox": pl.Boolean, "email_shared": pl.Boolean, "phone_shared": pl.Boolean}
    numbered = [row(number, one) for number, one in enumerate(said)]
    frame = pl.DataFrame(numbered, schema_overrides={**dict(RECORDS), **marks}, infer_schema_length=None)
    return conform(frame, RECORDS).hstack(frame.select(*marks))


def shown(*said: dict[str, Any]) -> dict[str, Any]:
    """The face of the one person with these rows."""
    rows = rows_of(*said)
    (face,) = faces(survivors(rows, FREE), rows.get_column("person_id")).to_dicts()
    return face


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["Ada Quist", "Ada Qvist", "Ada Quist"], "Ada Quist", id="what most lists say"),
        pytest.param(["ADA QUIST", "Ada Quist"], "Ada Quist", id="mixed case beats upper"),
        pytest.param(["ada quist", "Ada Quist"], "Ada Quist", id="mixed case beats lower"),
        pytest.param(["Ake Lund", "Åke Lund", "Ake Lund"], "Åke Lund", id="diacritics beat ASCII"),
        pytest.param(["Jürgen Mueller", "Jürgen Müller", "Jurgen Muller"], "Jürgen Müller", id="as it is spelled"),
        pytest.param(["A. Quist", "A. Quist", "Ada Quist"], "Ada Quist", id="full beats initial"),
        pytest.param(["Quist, Ada", "Ada Quist"], "Ada Quist", id="in the order of speech"),
        pytest.param(["Ada Quist", "Bea Quist", "B. Quist"], "Bea Quist", id="an initial counts for its name"),
        pytest.param([None, "Ada Quist"], "Ada Quist", id="a name beats none"),
        pytest.param([None], None, id="none at all"),
    ],
)
def test_the_richest_spelling_of_the_most_frequent_form(names: list[str | None], expected: str | None) -> None:
    """Names are spelled right: as some list spells them, never otherwise."""
    assert expected == shown(*({"full_name": name} for name in names))["full_name"]


def test_parts_of_a_name_come_from_one_record() -> None:
    """The name to greet with and the full name never contradict each other."""
    face = shown(
        {"full_name": "Ada Quist", "salutation_name": "Ada", "given_name": "Ada", "obtained_on": OLD},
        {"full_name": "A. Quist", "salutation_name": "A. Quist", "obtained_on": NEW},
    )
    assert (face["full_name"], face["salutation_name"], face["given_name"]) == ("Ada Quist", "Ada", "Ada")


def test_the_newest_list_says_where_somebody_works() -> None:
    """A title of the company they left is not shown beside the new company."""
    face = shown(
        {"company": "Acme Ltd", "job_title": "Head of Sales", "city": "Graz", "obtained_on": OLD},
        {"company": "Birch Ltd", "obtained_on": NEW},
        {"job_title": "Director", "city": "Turku", "obtained_on": MID},
    )
    assert (face["company"], face["job_title"], face["city"]) == ("Birch Ltd", "Director", "Turku")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            [
                {"email": "ada@acme.example", "company": "Acme", "obtained_on": OLD},
                {"email": "ada@mail.example", "obtained_on": NEW},
                {"email": "info@acme.example", "company": "Acme", "role_mailbox": True, "obtained_on": NEW},
            ],
            "ada@acme.example",
            id="their own at the company",
        ),
        pytest.param(
            [
                {"email": "ada@acme.example", "company": "Acme", "obtained_on": OLD},
                {"email": "ada@mail.example", "company": "Birch", "obtained_on": NEW},
            ],
            "ada@mail.example",
            id="a private one rather than that of the company they left",
        ),
        pytest.param(
            [
                {"email": "ada@acme.example", "email_bounced": "yes", "company": "Acme"},
                {"email": "a.quist@acme.example", "company": "Acme", "obtained_on": OLD},
            ],
            "a.quist@acme.example",
            id="none that bounced",
        ),
        pytest.param([{"email": "ada@acme.example", "email_opt_out": "yes"}], None, id="none that opted out"),
        pytest.param(
            [
                {"email": "info@acme.example", "company": "Acme", "role_mailbox": True, "obtained_on": NEW},
                {"email": "ada@mail.example", "obtained_on": OLD},
            ],
            "ada@mail.example",
            id="a private one rather than one of several people",
        ),
    ],
)
def test_the_address_is_the_persons_own_where_they_work(said: list[dict[str, Any]], expected: str | None) -> None:
    """Own before shared, work before private, and what they left last."""
    assert expected == shown(*said)["email"]


def test_a_direct_number_before_a_switchboard() -> None:
    """However new the switchboard is."""
    face = shown(
        {"phone": LINE, "phone_type": "fixed", "phone_shared": True, "obtained_on": NEW},
        {"phone": MOBILE, "phone_type": "mobile", "obtained_on": OLD},
    )
    assert face["phone"] == MOBILE


@pytest.mark.parametrize(
    ("said", "outlived"),
    [
        pytest.param([{}, {"company": "Birch", "obtained_on": NEW}], ["r000"], id="a newer list has another company"),
        pytest.param([{}, {"company": "Birch", "obtained_on": OLD}], [], id="the other company is the older one"),
        pytest.param([{}, {"company": "Birch", "obtained_on": None}], [], id="nobody knows which is newer"),
        pytest.param([{}, {"company": "Acme Holding", "obtained_on": NEW}], [], id="a longer name of the company"),
        pytest.param(
            [{}, {"company": "Birch", "email": "a.quist@acme.example", "obtained_on": NEW}], [], id="the same domain"
        ),
        pytest.param(
            [{"email": "ada@mail.example"}, {"company": "Birch", "obtained_on": NEW}], [], id="a private address stays"
        ),
        pytest.param([{}, {"obtained_on": NEW}], [], id="no company says nothing"),
    ],
)
def test_the_address_of_a_company_they_left(said: list[dict[str, Any]], outlived: list[str]) -> None:
    """It is evidence of who somebody is, and nothing to write to."""
    first = {"email": "ada@acme.example", "company": "Acme", "obtained_on": MID, **said[0]}
    assert outlived == outlived_addresses(rows_of(first, *said[1:]), FREE).get_column("record_id").to_list()


def test_one_record_in_two_files_says_the_same_in_any_order() -> None:
    """Read under two mappings it says two things; which counts is a matter of content, and not of the order of rows."""
    twice = [
        {"record_id": "r", "file_sha256": file, "row_number": 1, "job_title": title, "email": f"{title}@acme.example"}
        for file, title in (("b", "buyer"), ("a", "director"), ("c", "agent"))
    ]
    expected = shown(*twice)
    assert expected["job_title"] == "director"
    assert all(shown(*twice[turn:], *twice[:turn]) == expected for turn in range(3))


texts = st.fixed_dictionaries(
    {
        "full_name": st.sampled_from(["Ada Quist", "ADA QUIST", "A. Quist", "Quist, Ada", "Bo Tamm", None]),
        "company": st.sampled_from(["Acme", "Acme Ltd", "Birch", None]),
        "job_title": st.sampled_from(["Director", "Buyer", None]),
        "city": st.sampled_from(["Graz", "Turku", None]),
        "email": st.sampled_from(["ada@acme.example", "ada@mail.example", "info@birch.example", None]),
        "phone": st.sampled_from([LINE, MOBILE, None]),
        "obtained_on": st.sampled_from([OLD, MID, NEW, None]),
        "person_id": st.sampled_from(["p", "q"]),
    }
)


@given(st.lists(texts, min_size=1, max_size=7), st.integers(0, 99))
def test_every_value_stands_in_the_record_it_is_said_to_be_of(said: list[dict[str, Any]], seed: int) -> None:
    """A record of that person, spelled so; and the order of rows changes nothing."""
    rows = rows_of(*said)
    found = survivors(rows, FREE)
    stands = {(one["person_id"], one["record_id"], name, one[name]) for one in rows.to_dicts() for name in one}
    assert all((one["person_id"], one["record_id"], one["field"], one["value"]) in stands for one in found.to_dicts())
    assert_frame_equal(found, survivors(rows.sample(fraction=1, shuffle=True, seed=seed), FREE))
    assert found.schema == SURVIVORS
