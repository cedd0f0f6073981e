"""Every comparison says what it found: two records in, a level by its name out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.identity.pairs_of_people import scored_pair

ADA = {"full_name": "Ada Winterbourne", "company": "Fennel Works", "email": "ada.winterbourne@fennel.example"}

NAMES = [
    ("Ada Winterbourne", "Ada Winterbourne", "same", "same"),
    ("Robert Winterbourne", "Bob Winterbourne", "same", "same"),
    ("A. Winterbourne", "Ada Winterbourne", "same", "initial"),
    ("B. Winterbourne", "Ada Winterbourne", "same", "other_initial"),
    ("Ada Winterborne", "Ada Winterbourne", "similar", "same"),
    ("Ada Winterbourne-Quist", "Ada Winterbourne", "similar", "same"),
    ("Ada Quist-Winterbourne", "Ada Winterbourne", "part", "same"),
    ("Ada Tamm", "Ada Winterbourne", "different", "same"),
    ("Zoe Winterbourne", "Ada Winterbourne", "same", "different"),
    ("Jonathan Quist", "Jonahtan Quist", "same", "similar"),
    ("Jana Winterbourne", "Jan Winterbourne", "same", "gender"),
    ("\u738b\u4f1f", "\u738b\u5a01", "same", "homophone"),
    ("\u738b\u4f1f", "Wei Wang", "same", "same"),
    ("Mario Winterbourne", "Maria Winterbourne", "same", "gender"),
    ("Barbara Winterbourne", "Barb Winterbourne", "same", "same"),
    ("Julie Winterbourne", "Julia Winterbourne", "same", "same"),
]


@pytest.mark.parametrize(("one", "other", "surname", "given"), NAMES)
def test_names_have_their_level(one: str, other: str, surname: str, given: str) -> None:
    """Same, alike, an initial, one word of a compound, different."""
    found = scored_pair({"full_name": one}, {"full_name": other})
    assert (found["surname"], found["given"], found["order"]) == (surname, given, None)


@pytest.mark.parametrize("turned", ["WINTERBOURNE Thaddeus", "Winterbourne Thaddaeus"])
def test_names_the_other_way_round_are_read_turned(turned: str) -> None:
    """A surname first is the same name, and says so; its penalty is small."""
    straight, other = {"full_name": "Thaddeus Winterbourne"}, {"given_name": None, "full_name": turned}
    found = scored_pair(straight, other)
    assert found["surname"] == "same"
    assert found["given"] in {"same", "similar", "sound", "slip"}


def test_names_of_the_same_words_are_parted_alike() -> None:
    """Where one row takes the first of three words for the surname and the other the last."""
    one = {"full_name": "Jia Yang Shek", "email": "jia.shek@fennel.example"}
    found = scored_pair(one, {"full_name": "Shek, Jia Yang", "email": "jia.shek@fennel.example"})
    assert (found["surname"], found["given"], found["order"]) == ("same", "same", "turned")


CONTACTS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"email": "ada@fennel.example"}, {"email": "ada@fennel.example"}, "work"),
    ({"email": "ada.w@gmail.com"}, {"email": "adaw@googlemail.com"}, "private"),
    ({"email": "info@fennel.example"}, {"email": "info@fennel.example"}, "shared"),
    ({"email": "ada.quist@fennel.example"}, {"email": "ada.qist@fennel.example"}, "slip"),
    ({"email": "ada.quist@fennel.example"}, {"email": "ada.quist2@fennel.example"}, "rival"),
    ({"email": "ada@fennel.example"}, {"email": "ada@birch.example"}, "different"),
    ({"email": "ada77@yahoo.com"}, {"email": "ada77@gmail.com"}, "handle"),
    ({"email": "ada.q@yahoo.com"}, {"email": "quist.a@gmail.com"}, "both_private"),
]


@pytest.mark.parametrize(("one", "other", "level"), CONTACTS)
def test_mailboxes_have_their_level(one: dict[str, Any], other: dict[str, Any], level: str) -> None:
    """Own, shared, slips of the pen, two of one organisation."""
    found = scored_pair({"full_name": "Ada Quist", **one}, {"full_name": "Ada Quist", **other})
    assert found["mailbox"] == level


def test_a_letter_that_is_an_initial_is_no_slip() -> None:
    """Addresses of two siblings at one firm differ by a letter, and that letter is who they are."""
    one = {"full_name": "Olivier Laflamme", "email": "o.laflamme@fennel.example"}
    other = {"full_name": "Catherine Laflamme", "email": "c.laflamme@fennel.example"}
    assert scored_pair(one, other)["mailbox"] == "rival"


def test_a_mailbox_that_many_use_is_the_organisation_s() -> None:
    """Four different names behind one address make it say where and not who, and its weight counts once."""
    names = ("Ada Quist", "Bo Tamm", "Chidi Orrery", "Dana Vasko", "Eero Fennel")
    rows = [{"full_name": name, "email": "desk@fennel.example"} for name in names]
    found = scored_pair(rows[0], rows[1], *rows[2:])
    assert found["mailbox"] == "shared"
    assert found["mailbox_millibits"] == 0
    assert found["organisation_millibits"] > 0


def test_spellings_of_one_name_do_not_share_a_mailbox() -> None:
    """One person's many spellings are one user of her address."""
    names = ("Ada Winterbourne", "Winterbourne, Ada", "A. Winterbourne", "Ada Winterborne", "WINTERBOURNE ADA")
    rows = [{"full_name": name, "email": "ada@fennel.example"} for name in names]
    assert scored_pair(rows[0], rows[3], *rows[1:3], rows[4])["mailbox"] == "work"


@pytest.mark.parametrize(
    ("users", "level"),
    [(1, "own"), (2, "few"), (4, "shared")],
)
def test_numbers_count_their_users(users: int, level: str) -> None:
    """An own number, one of two people, a switchboard."""
    names = ("Ada Quist", "Bo Tamm", "Chidi Orrery", "Dana Vasko")[:users]
    rows = [{"full_name": name, "phone": "+44 20 7946 0123"} for name in names]
    found = scored_pair({"full_name": "Ada Quist", "phone": "+442079460123"}, *rows)
    assert found["number"] == level


def test_clues_to_the_organisation_count_once() -> None:
    """Domain, company name and switchboard say one thing: only the strongest is weighed."""
    rows = [{**ADA, "phone": "+442079460321"}, {**ADA, "phone": "+442079460321"}]
    found = scored_pair(rows[0], rows[1])
    named = [name for name in found if name.startswith("organisation")]
    assert named == ["organisation", "organisation_millibits"]
    assert 0 < found["organisation_millibits"] <= 12_000


def test_a_town_says_nothing_where_the_organisation_does() -> None:
    """People of one firm are in one town because it is there."""
    at_home = {**ADA, "city": "Graz"}
    assert scored_pair(at_home, at_home)["city"] is None
    assert scored_pair({**at_home, "company": "Quist & Sons", "email": None}, at_home)["city"] == "elsewhere"


def test_an_address_that_spells_the_other_s_name_is_a_clue() -> None:
    """A damaged name beside a whole address."""
    whole = {"full_name": "Ada Winterbourne", "company": "Fennel Works"}
    found = scored_pair({"full_name": "Ada Wntrbrn", "email": "ada.winterbourne@fennel.example"}, whole)
    assert found["local_name"] == "full"


FIRMS: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [
    ({"company": "Gymnasium 5"}, {"company": "Gymnasium 7"}, "different"),
    ({"company": "Sparkasse Hamm"}, {"company": "Sparkasse Hanau"}, "different"),
    ({"company": "Winterbourne Optics"}, {"company": "Winterborne Optics"}, "similar"),
    ({"company": "Winterbourne"}, {"company": "Winterbourne Optics"}, "similar"),
    ({"company": "Winterbourne Optics"}, {"email": "a@winterbourneoptics.example"}, "stem"),
    ({"email": "a@winterbourne.com"}, {"email": "a@winterbourne.example"}, "stem"),
    ({"email": "a@winterbourne5.example"}, {"email": "a@winterbourne7.example"}, "different"),
    ({"company": "Precinct 12 Police"}, {"email": "a@precinct19.example"}, "different"),
    (
        {"company": "Deutsche Bank", "email": "a@deutsche-bank.example"},
        {"company": "Deutsche Bahn", "email": "a@deutsche-bahn.example"},
        "different",
    ),
]


@pytest.mark.parametrize(("one", "other", "level"), FIRMS)
def test_firms_that_are_only_named_alike_are_two(one: dict[str, Any], other: dict[str, Any], level: str | None) -> None:
    """A slip or words left off may be one firm; other figures, other words and two domains are two."""
    assert scored_pair({"full_name": "Ada Quist", **one}, {"full_name": "Ada Quist", **other})["organisation"] == level
