"""The words of a name find their place whatever the style of the list: order, capitals, titles, commas, remarks."""

from __future__ import annotations

import pytest

from tests.policies.identity.prepared import keys_of

STYLES = [
    # name, country, given, surname, middle, generation
    ("Jane Doe", None, "jane", "do", None, None),
    ("Dr. Jane Mary Doe", None, "jane", "do", "m", None),
    ("DOE, JANE M.", None, "jane", "do", "m", None),
    ("Smith, John Jr.", None, "john", "smith", None, "jr"),
    ("Smith Jr., John", None, "john", "smith", None, "jr"),
    ("John Smith Senior", None, "john", "smith", None, "sr"),
    ("Max Maier III", None, "max", "maier", None, "iii"),
    ("Bob Smith, MBA, CPA", None, "bob", "smith", None, None),
    ("Jane Doe, PhD", None, "jane", "do", None, None),
    ("Herr Dipl.-Ing. Klaus Weber", "DE", "klaus", "weber", None, None),
    ("Prof. Dr. med. Hans-Peter Müller", "DE", "hans", "muller", "p", None),
    ("Mueller, Hans Peter", "DE", "hans", "muller", "p", None),
    ("Don Smith", "US", "don", "smith", None, None),
    ("D. José Pérez", "ES", "jose", "perez", None, None),
    ("Íñigo Pérez", "ES", "inigo", "perez", None, None),
    # badges
    ("SMITH John", None, "john", "smith", None, None),
    ("John SMITH", None, "john", "smith", None, None),
    ("DE LA TOUR Marie", None, "marie", "delatour", None, None),
    ("JOHN SMITH (ACME)", None, "john", "smith", None, None),
    ("JOHN SMITH\nACME LTD", None, "john", "smith", None, None),
    ("Watson Andrew L.", None, "andrew", "watson", "l", None),
    ("LI Y.", None, "y", "li", None, None),
    ("J.R. Smith", None, "j", "smith", "r", None),
    # what stands beside the name
    ("John Smith - Acme Corp", None, "john", "smith", None, None),
    ("John Smith | Acme", None, "john", "smith", None, None),
    ("Jane Doe, Head of Data", None, "jane", "do", None, None),
    ("Jane Doe, Acme Inc.", None, "jane", "do", None, None),
    ('Robert "Bob" Smith', None, "robert", "smith", None, None),
    ("Anna Schmidt geb. Meyer", "DE", "anna", "schmidt", None, None),
    # particles and several surnames
    ("van der Berg, Jan", "NL", "jan", "vanderberg", None, None),
    ("Jan van der Berg", "NL", "jan", "vanderberg", None, None),
    ("María García López", "ES", "maria", "garcialopez", None, None),
    ("Ana Paula dos Santos Silva", "BR", "ana", "dossantossilva", "p", None),
    ("Muñoz Peña Nuria", "ES", "nuria", "munozpena", None, None),
    ("Sean O'Brien", None, "sean", "obrien", None, None),
    ("de Gaspar Cesar", None, "cesar", "degaspar", None, None),
    ("van den Berg Joost", "NL", "joost", "vandenberg", None, None),
    ("Sacristán Pou Édgar Agnel", "ES", "edgar", "sacristanpou", "a", None),
    # patronymics
    ("Щербаков Юрий Сергеевич", "RU", "yurii", "shcherbakov", "s", None),
    ("Yuri Sergeevich Shcherbakov", None, "yuri", "shcherbakov", "s", None),
    ("Muhammad bin Salman al Harbi", "SA", "muhammad", "alharbi", "s", None),
    # surname first by country, syllables or a known surname
    ("Kovács István", "HU", "istvan", "kovacs", None, None),
    ("Wang Xiaoming", None, "xiaoming", "wang", None, None),
    ("Xiao-Ming Wang", None, "xiaoming", "wang", None, None),
    ("WONG Siu Ming", "HK", "siuming", "wong", None, None),
    ("Kim Min-soo", "KR", "minsoo", "kim", None, None),
    ("Takahashi Mayumi", None, "mayumi", "takahashi", None, None),
    ("Mayumi Takahashi", "JP", "mayumi", "takahashi", None, None),
    # one word
    ("Smith", None, None, "smith", None, None),
    ("Andrea", None, "andrea", None, None, None),
]
NOBODY = ["n/a", "N.A.", "Test User", "unknown", "-", "???", "  ", "12345"]


@pytest.mark.parametrize(("name", "country", "given", "surname", "middle", "generation"), STYLES)
def test_each_word_finds_its_place(
    name: str,
    country: str | None,
    given: str | None,
    surname: str | None,
    middle: str | None,
    generation: str | None,
) -> None:
    """Given name, surname, middle initial and generation of a name cell."""
    keys = keys_of(name, country)
    assert [keys[part] for part in ("given", "surname", "middle", "generation")] == [given, surname, middle, generation]


@pytest.mark.parametrize("name", NOBODY)
def test_a_placeholder_is_nobody(name: str) -> None:
    """A cell that names nobody leaves every name key empty."""
    keys = keys_of(name)
    assert not any(keys[part] for part in ("given", "given_root", "surname", "surname_sound", "middle", "generation"))


def test_parts_of_their_own_are_taken_as_they_are() -> None:
    """Where a list has both parts apart, no order is guessed."""
    keys = keys_of("James Thomas", given_name="Thomas", family_name="James")
    assert (keys["given"], keys["surname"]) == ("thomas", "james")


@pytest.mark.parametrize(
    ("name", "email", "given", "surname"),
    [
        ("Zorbel Quist", "zorbel.quist@acme.example", "zorbel", "quist"),
        ("Quist Zorbel", "zorbel.quist@acme.example", "zorbel", "quist"),
        ("Quist Zorbel", "zquist@acme.example", "zorbel", "quist"),
        ("Quist Susan", None, "susan", "quist"),
        ("Schneider Anna", "schneider.anna@acme.example", "anna", "schneider"),
        ("Susan Quist", "quist.susan@acme.example", "susan", "quist"),
        ("Quist Susan Urbane", "susan.quist@acme.example", "susan", "quist"),
        ("Zorbel, Quist", "zorbel.quist@acme.example", "quist", "zorbel"),
    ],
)
def test_the_mailbox_tells_an_open_order(name: str, email: str | None, given: str, surname: str) -> None:
    """A local part decides where the name does not say itself in which order it stands."""
    keys = keys_of(name, email=email)
    assert (keys["given"], keys["surname"]) == (given, surname)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("María García López", "garcia", "lopez"),
        ("Mary Smith-Jones", "smith", "jones"),
        ("Jan van der Berg", "berg", "berg"),
        ("Aisha Al-Khatib", "khatib", "khatib"),
    ],
)
def test_a_compound_surname_has_a_first_and_a_last_word(name: str, first: str, last: str) -> None:
    """Particles and articles are no words of their own."""
    keys = keys_of(name, "ES" if "García" in name else None)
    assert (keys["surname_first"], keys["surname_last"]) == (first, last)
