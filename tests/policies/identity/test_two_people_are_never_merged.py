"""What forbids a merge, however much else agrees."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from policies.identity.thresholds import link_kind, mergeable
from tests.policies.identity.lists_of_people import leads
from tests.policies.identity.pairs_of_people import scored_pair, veto_of

FIRM = {"company": "Fennel Works", "phone": "+442079460321", "city": "Graz", "country": "AT"}

TWO_PEOPLE: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"full_name": "Ada Quist Sr."}, {"full_name": "Ada Quist Jr."}, "generation"),
    ({"full_name": "Ada B. Quist"}, {"full_name": "Ada C. Quist"}, "middle"),
    (
        {"full_name": "Ada Quist", "email": "ada.quist@fennel.example"},
        {"full_name": "Ada Quist", "email": "ada.quist2@fennel.example"},
        "rival_mailboxes",
    ),
    ({"full_name": "Ada Winterbourne"}, {"full_name": "Bo Winterbourne"}, "given"),
    (
        {"full_name": "Zoe Winterbourne", "email": "winterbournes@gmail.com"},
        {"full_name": "Rex Winterbourne", "email": "winterbournes@gmail.com"},
        "given",
    ),
    ({"full_name": "Ada Winterbourne"}, {"full_name": "Ada Vasko"}, "surname"),
]


@pytest.mark.parametrize(("one", "other", "veto"), TWO_PEOPLE)
def test_a_veto_stands_against_any_score(one: dict[str, Any], other: dict[str, Any], veto: str) -> None:
    """Father and son, two mailboxes, middle initials, given names, surnames."""
    found = scored_pair({**FIRM, **one, "phone": None}, {**FIRM, **other, "phone": None})
    assert veto_of(found) == veto


ONE_PERSON: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"full_name": "Karin Persson", "email": "karin.p@fennel.example"},
        {"full_name": "Karin Winterbourne", "email": "karin.p@fennel.example"},
    ),
    (
        {"full_name": "Sanchit Winterbourne", "email": "boss@fennel.example"},
        {"full_name": "Bertram Winterbourne", "email": "boss@fennel.example"},
    ),
]


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_an_own_mailbox_at_work_lifts_a_veto_for_a_name(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Marriage, and a name by which somebody goes: the same work address and the other name agree."""
    assert veto_of(scored_pair(one, other)) is None


def test_only_father_and_son_is_firm() -> None:
    """One word of a human lifts every other veto."""
    assert [veto.name for veto in leads().vetoes if veto.firm] == ["generation"]


@pytest.mark.parametrize(
    ("millibits", "veto", "refused", "link"),
    [
        (6_000, 0, False, "merge"),
        (6_000, 0, True, "review"),
        (6_000, 1, False, "review"),
        (5_999, 0, False, "review"),
        (2_000, 0, False, "review"),
        (1_999, 0, False, "suppress"),
        (1_999, 1, False, "suppress"),
        (-2_000, 0, False, "suppress"),
        (-2_001, 0, False, None),
    ],
)
def test_thresholds(millibits: int, veto: int, refused: bool, link: str | None) -> None:  # noqa: FBT001  # a case's column
    """Six bits and nothing against it merge; two are shown; minus two let an opt-out pass."""
    row = pl.DataFrame({"millibits": [millibits], "veto": [veto], "refused": [refused]})
    assert row.select(link_kind(leads(), refused=pl.col("refused"))).item() == link
    assert row.select(mergeable(leads())).item() is (millibits >= 6_000 and veto == 0)


def test_a_higher_threshold_merges_less() -> None:
    """What a call asks for counts instead of the model's."""
    row = pl.DataFrame({"millibits": [6_500], "veto": [0]})
    assert row.select(link_kind(leads(), threshold=7_000)).item() == "review"


SURNAME_ONLY = {"email": "winterbourne@fennel.example"}
AT_ONE_FIRM: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [
    ({"full_name": "Zoe Winterbourne", **SURNAME_ONLY}, {"full_name": "Rex Winterbourne", **SURNAME_ONLY}, "given"),
    (
        {"full_name": "Mark Winterbourne", "email": "m.winterbourne@fennel.example", "obtained_on": date(2019, 3, 1)},
        {"full_name": "Mia Winterbourne", "email": "m.winterbourne@fennel.example", "obtained_on": date(2026, 3, 1)},
        "given",
    ),
    (
        {"full_name": "Margaret Winterbourne", "email": "m.winterbourne@fennel.example"},
        {"full_name": "Molly Winterbourne", "email": "m.winterbourne@fennel.example"},
        None,
    ),
    (
        {"full_name": "Andrea Winterbourne", "email": "andrea.winterbourne@fennel.example"},
        {"full_name": "Andreas Winterbourne", "email": "andreas.winterbourne@fennel.example"},
        "rival_mailboxes",
    ),
    (
        {"full_name": "Lara Winterbourne", "email": "lara.winterbourne@fennel.example"},
        {"full_name": "Laura Winterbourne", "email": "laura.winterbourne@fennel.example"},
        "rival_mailboxes",
    ),
    ({"full_name": "Anton Ivanbor"}, {"full_name": "Antonina Ivanbora"}, "given"),
]


@pytest.mark.parametrize(("one", "other", "veto"), AT_ONE_FIRM)
def test_a_family_at_one_firm_is_several_people(one: dict[str, Any], other: dict[str, Any], veto: str | None) -> None:
    """Spouses, a successor years later, brother and sister; a short form of a name under one address is no doubt."""
    assert veto_of(scored_pair({"company": "Fennel Works", **one}, {"company": "Fennel Works", **other})) == veto
