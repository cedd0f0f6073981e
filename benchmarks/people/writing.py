"""How a person stands on a list: the name cell in its manner, script, spelling and state of decay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.people.material import load, words
from benchmarks.people.scripts import bare, without_marks

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.people.dice import Dice
    from benchmarks.people.lives import Person
    from benchmarks.people.manners import Manner
    from benchmarks.people.naming import Name
    from benchmarks.people.rates import Rates

__all__ = ["cell", "damaged", "name_cell", "typo"]

_TITLES: Final = {
    "de": (("Herr", "Frau"), ("Dr.", "Dr."), ("Dipl.-Ing.", "Dipl.-Ing."), ("Prof. Dr.", "Prof. Dr.")),
    "fr": (("M.", "Mme"), ("Dr", "Dr"), ("Me", "Me")),
    "es": (("Sr.", "Sra."), ("D.", "Dña."), ("Ing.", "Ing.")),
    "it": (("Sig.", "Sig.ra"), ("Dott.", "Dott.ssa"), ("Ing.", "Ing.")),
}
_OTHER_TITLES: Final = (("Mr.", "Ms."), ("Mr", "Mrs"), ("Dr.", "Dr."), ("Prof.", "Prof."))
_LEAST_TYPO = 4
_BETWEEN: Final = (" - ", " \u2013 ", ", ", " / ", " | ")  # name and company in one cell
_SMALL: Final = frozenset(
    {"van", "der", "den", "de", "la", "von", "zu", "da", "dos", "do", "das", "del", "los", "du", "'t"}
)


def name_cell(person: Person, manner: Manner, day: int, firm: str, dice: Dice, rates: Rates) -> str | None:
    """The name as it stands in the cell; none where the list has none."""
    form = dice.draw(manner.names)
    if form == "none":
        return None
    native = bool(person.surname.native) and bool(person.given.native) and dice.chance(manner.native)
    if native and person.married is None:
        return _native_cell(person, form, firm, dice)
    return _latin_cell(person, manner, day, firm, form, dice, rates)


def cell(text: str, manner: Manner, dice: Dice) -> str:
    """A text in the letters the list has, and in the state its encoding is in."""
    if dice.chance(manner.ascii):
        text = bare(text) if dice.chance(0.5) else without_marks(text)
    return damaged(text, manner, dice)


def damaged(text: str, manner: Manner, dice: Dice) -> str:
    """The text, or what a wrong encoding made of it."""
    if not manner.damage or text.isascii():
        return text
    at = dice.roll()
    for kind, share in manner.damage.items():
        if at < share:
            return _DAMAGES[kind](text)
        at -= share
    return text


def typo(text: str, dice: Dice) -> str:
    """A letter left out, doubled, turned round with the next, or another one."""
    if len(text) < _LEAST_TYPO:
        return text
    place = dice.between(1, len(text) - 2)
    before, letter, after = text[:place], text[place], text[place + 1 :]
    return dice.pick(
        (
            before + after,
            before + letter * 2 + after,
            before + after[:1] + letter + after[1:],
            before + dice.pick("aeiourstlnm") + after,
        )
    )


def _native_cell(person: Person, form: str, firm: str, dice: Dice) -> str:
    """In the person's own script."""
    given, family = person.given.native, person.surname.native
    code = person.culture.code
    if code in ("zh", "ja", "ko"):
        if code == "ja" and person.surname.kana and person.given.kana and dice.chance(0.15):
            given, family = person.given.kana, person.surname.kana
        gap = dice.pick(("", " ", " ", "\u3000") if code == "ja" else ("", "", " "))
        return f"{family}{gap}{given}"
    if person.given.nicknames and form == "plain" and dice.chance(0.15):
        given = dice.pick(person.given.nicknames).native or given
    middle = person.middle.native if person.middle and dice.chance(0.35) else ""
    if form == "official" and person.middle:
        return f"{family} {given} {person.middle.native}"
    if form in ("family_first", "comma", "loud"):
        return " ".join(filter(None, (family, given, middle)))
    name = " ".join(filter(None, (given, middle, family)))
    return f"{name} - {firm}" if form == "with_company" and firm else name


def _latin_cell(person: Person, manner: Manner, day: int, firm: str, form: str, dice: Dice, rates: Rates) -> str:
    given, initial = _given(person, manner, dice, rates)
    family = _family(person, manner, day, dice, rates)
    middle = _middle(person, dice)
    given, family, middle = (cell_part(text, manner, dice, person) for text in (given, family, middle))
    if form == "initials" and given and not initial:
        given = _initials(given, dice)
        middle = ""
    suffix = f" {person.suffix}" if person.suffix and dice.chance(rates.suffix_given) else ""
    name = _FORMS.get(form, _plain)(given, middle, family, suffix)
    if person.culture.family_first and form == "plain" and dice.chance(0.4):
        name = f"{family} {' '.join(filter(None, (given, middle)))}{suffix}"
    name = _dressed(name, person, manner, dice, rates)
    if form == "with_company" and firm:
        name = f"{name}{dice.pick(_BETWEEN)}{firm}"
    if form == "badge":
        name = f"{name.upper()} ({firm})" if firm and dice.chance(0.4) else name.upper()
    name = name.upper() if dice.chance(manner.upper) else name.lower() if dice.chance(manner.lower) else name
    return damaged(name, manner, dice)


def cell_part(text: str, manner: Manner, dice: Dice, person: Person) -> str:
    """A word of a name in the letters the list has: marks off, for Germans and Danes mostly written out."""
    if not text or text.isascii() or not dice.chance(manner.ascii):
        return text
    return bare(text) if person.culture.code in ("de", "nordic") and dice.chance(0.7) else without_marks(text)


def _spelled(name: Name, person: Person, dice: Dice, rates: Rates) -> str:
    if len(name.latin) > 1 and dice.chance(rates.other_romanisation):
        return dice.pick(name.latin)
    return name.own(person.habit)


def _given(person: Person, manner: Manner, dice: Dice, rates: Rates) -> tuple[str, bool]:
    if person.given.nicknames and dice.chance(rates.nickname * manner.nick):
        return dice.pick(person.given.nicknames).own(person.habit), False
    given = _spelled(person.given, person, dice, rates)
    if dice.chance(rates.given_as_initial):
        return f"{given[:1]}.", True
    if (" " in given or "-" in given) and not person.culture.syllables and dice.chance(0.25):
        given = given.replace("-", " ").partition(" ")[0]
    return (typo(given, dice) if dice.chance(rates.typo_given * manner.typos) else given), False


def _family(person: Person, manner: Manner, day: int, dice: Dice, rates: Rates) -> str:
    family = _spelled(person.family(day), person, dice, rates)
    if dice.chance(rates.typo_surname * manner.typos):
        family = typo(family, dice)
    if " " in family and dice.chance(rates.particle_moved):
        kept = [word for word in family.split() if word.lower() not in _SMALL]
        family = " ".join(kept) or family
    if person.second_surname is not None and dice.chance(rates.both_surnames):
        second = person.second_surname.own(0)
        family = f"{second} {family}" if person.culture.code == "pt" else f"{family} {second}"
    return family


def _middle(person: Person, dice: Dice) -> str:
    if person.middle is None:
        return ""
    whole = person.middle.own(person.habit)
    return dice.pick(("", "", whole if person.culture.code in ("ru", "ar") else f"{whole[:1]}.", f"{whole[:1]}."))


def _initials(given: str, dice: Dice) -> str:
    parts = given.replace("-", " ").split()
    return ("" if dice.chance(0.3) else " ").join(f"{part[:1]}." for part in parts)


def _dressed(name: str, person: Person, manner: Manner, dice: Dice, rates: Rates) -> str:
    """With a title before it or letters behind."""
    if dice.chance(manner.title):
        titles = _TITLES.get(person.culture.code, _OTHER_TITLES)
        name = f"{dice.pick(titles)[person.woman]} {name}"
    if dice.chance(rates.letters):
        name = f"{name}, {dice.pick(words(load('firms')['letters']))}"
    return name


def _plain(given: str, middle: str, family: str, suffix: str) -> str:
    return " ".join(filter(None, (given, middle, family))) + suffix


_FORMS: Final[dict[str, Callable[[str, str, str, str], str]]] = {
    "family_first": lambda given, middle, family, suffix: " ".join(filter(None, (family, given, middle))) + suffix,
    "official": lambda given, middle, family, suffix: " ".join(filter(None, (family, given, middle))) + suffix,
    "comma": lambda given, middle, family, suffix: f"{family}{suffix}, {' '.join(filter(None, (given, middle)))}",
    "loud": lambda given, middle, family, suffix: " ".join(filter(None, (family.upper(), given, middle))) + suffix,
    "given_only": lambda given, _middle, _family, _suffix: given,
}


def _misread(text: str, as_what: str) -> str:
    """UTF-8 read as a one-byte encoding; bytes it does not have become the replacement character."""
    return text.encode("utf-8").decode(as_what, "replace")


_DAMAGES: Final[dict[str, Callable[[str], str]]] = {
    "cp1252": lambda text: _misread(text, "cp1252"),
    "latin1": lambda text: _misread(text, "latin-1"),
    "replaced": lambda text: "".join(letter if letter.isascii() else "\ufffd" for letter in text),
    "question": lambda text: "".join(letter if letter.isascii() else "?" for letter in text),
}
