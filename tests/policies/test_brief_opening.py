"""The opening line is about them and spells their name as the record does, byte for byte."""

from __future__ import annotations

import unicodedata

import pytest

from policies.brief.opening import is_about_us, one_line, spells_name
from policies.brief.settings import read_brief_settings
from policies.brief.spelling import misspelled_company
from tests.policies.brief_texts import SETTINGS

RULES = read_brief_settings(SETTINGS)
NAMES = ("Anna Müller", "Müller", "Anna")
HEIDE = ("Henrike von der Heide", "von der Heide", "Frau von der Heide")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Anna Müller, three weights for one container?", NAMES),
        ("Guten Tag Frau Müller, drei Gewichte", NAMES),
        ("Anna, three weights for one container?", NAMES),
        ("Three weights for one container, Müller's law, as one might say", NAMES),
        ("Dear Dr. Anna Müller: three weights", NAMES),
        ("On Anna's panel three weights were named", NAMES),
        ("Guten Tag Henrike von der Heide, 1.100 Regeln", HEIDE),
        ("Guten Tag Frau von der Heide, 1.100 Regeln", HEIDE),
        ("王小明, three weights", ("王小明",)),
        ("Herr Kerr, three weights", ("Gerry Kerr", "Kerr")),
        ("Dear Mr O'Brien, three weights", ("Pat O'Brien", "O'Brien")),
        ("What would Anna-Lena Groß-Meyer say?", ("Anna-Lena Groß-Meyer", "Groß-Meyer")),
    ],
)
def test_recorded_spellings_are_found(line: str, names: tuple[str, ...]) -> None:
    """Full name, family name or the name to greet with, anywhere in the line."""
    assert spells_name(line, names)


@pytest.mark.parametrize(
    "line",
    [
        "Three weights for one container?",
        "Guten Tag Frau Mueller, drei Gewichte",
        "Guten Tag Frau Muller, drei Gewichte",
        "Dear anna müller, three weights",
        "ANNA MÜLLER, three weights",
        "Anna Mueller, three weights",
        "Anna Muler, three weights",
        "Anne Müller, three weights",
        "Hanna Müller, three weights",
        "Frau Müller-Lüdenscheidt, drei Gewichte",
        "Annabel, three weights",
        "Die Müllerei in Lindau",
        unicodedata.normalize("NFD", "Guten Tag Frau Müller, drei Gewichte"),
    ],
)
def test_other_spellings_are_not_taken_for_the_name(line: str) -> None:
    """Nothing is folded, and a right given name does not cover a wrong family name beside it."""
    assert not spells_name(line, NAMES)


@pytest.mark.parametrize(
    "line",
    [
        "We help companies",
        "I saw your talk",
        "I'm writing because",
        "We\u2019re the leader",
        "our product",
        "Anna Müller, we help companies",
        "Hi Anna - I saw your talk",
        "Dear Dr. Müller: our product",
        "Guten Tag Frau Müller, wir sind",
        "Bonjour Anna, notre maison",
        "Sehr geehrte Frau Professor Doktor Müller, ich habe",
        "Hello! My name is Kim",
        "Hi Anna, at Acme we build weights",
        "Guten Tag Frau Müller, bei Acme bauen wir Waagen",
        "Bonjour Anna, chez Acme nous pesons",
        "Hi Anna, the platform we built with our partners weighs",
        "Buongiorno Anna, mi permetta",
    ],
)
def test_lines_about_us_are_told(line: str) -> None:
    """After greeting and name, the first word counts."""
    assert is_about_us(line, RULES)


@pytest.mark.parametrize(
    "line",
    [
        "Your talk on weights made us think",
        "Anna Müller, your talk on weights",
        "Guten Tag Frau Müller, drei Gewichte und wir",
        "Wien, and weights: what we saw there",
        "Ideas on weights you named",
        "In May, when your port closed a bay, you wrote",
        "Anna, your figure of 63 stayed with me: what do we learn from our own?",
        "Buongiorno Anna, il vostro 204 mi è rimasto in mente: quali sono i dodici?",
        "Buongiorno Anna, I vostri dati pesano",
        "Anna, US shippers weigh twice",
        "As your talk in May showed, weights differ",
        "",
    ],
)
def test_lines_about_them_are_left_alone(line: str) -> None:
    """We may come later."""
    assert not is_about_us(line, RULES)


@pytest.mark.parametrize(
    ("company", "line"),
    [
        ("Nordhafen Spedition GmbH", "Nordhaven replans"),
        ("Nordhafen Spedition GmbH", "at Norhdafen three bays"),
        ("Nordhafen Spedition GmbH", "Nord Hafen replans"),
        ("Nordhafen Spedition GmbH", "Nordhafen Speditoin replans"),
        ("DataForge Inc.", "what Dataforge said"),
        ("DataForge Inc.", "what Data Forge said"),
        ("Data Forge Inc.", "what DataForge said"),
        ("Müller & Söhne", "Muller closed a bay"),
    ],
)
def test_a_company_that_is_misspelled_is_told(company: str, line: str) -> None:
    """Letters changed, words joined or apart, marks left off, inner capitals."""
    assert misspelled_company(line, [company])


@pytest.mark.parametrize(
    ("company", "line"),
    [
        ("Nordhafen Spedition GmbH", "Nordhafens Buchten, Nordhafen's bays, the Nordhafen-Team at Nordhafen Spedition"),
        ("Nordhafen Spedition GmbH", "north of the harbour, Norden and Hafen"),
        ("ACME GMBH", "Acme closed a bay"),
        ("acme", "ACME and Acme"),
        ("Acme Ltd", "Acme led the field, Acne does not"),
        ("Data Port Inc.", "The Date of the Part, your Data"),
        ("The Bay Company", "The Boy in the Day"),
        ("IBM", "IBN and IBM"),
        ("", "Anything at all"),
        ("Siemens AG", "Siemens and Siemens' bays"),
    ],
)
def test_what_is_spelled_or_is_another_word_is_left_alone(company: str, line: str) -> None:
    """Endings, compounds, one case for another; short words are like many others."""
    assert not misspelled_company(line, [company])


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("\n\nAnna, three\nweights?\n\n", "Anna, three weights?"),
        ("> Anna, three weights?", "Anna, three weights?"),
        ('"Anna, three weights?"', "Anna, three weights?"),
        ("\u201eAnna, drei Gewichte?\u201c", "Anna, drei Gewichte?"),
        ('Anna, "three" weights?', 'Anna, "three" weights?'),
    ],
)
def test_the_line_is_taken_out_of_its_section(body: str, line: str) -> None:
    """On one line, without marks of quotation around it."""
    assert one_line(body) == line
