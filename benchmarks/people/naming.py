"""People's names: drawn from the word lists of a culture, with a long synthetic tail and every romanisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from benchmarks.people.dice import Dice, Weighted
from benchmarks.people.material import load, words
from benchmarks.people.scripts import feminine, romanise

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.people.rates import Rates

__all__ = ["LATIN", "Culture", "Name", "culture_named", "given_of", "name_of"]

LATIN: Final = frozenset(load("latin"))
_STEEP_GIVEN, _STEEP_SURNAME = 0.8, 0.75
_TAIL: Final = 2_500  # synthetic surnames of a culture
_TWO_SURNAMES: Final = frozenset({"es", "pt"})
_SYLLABLES = 2


@dataclass(frozen=True, slots=True)
class Name:
    """A word of a name: ways to write it in Latin letters, the person's own first; the own script; kana."""

    latin: tuple[str, ...]
    native: str = ""
    kana: str = ""
    nicknames: tuple[Name, ...] = ()

    def own(self, habit: int) -> str:
        """As the person writes it."""
        return self.latin[habit % len(self.latin)]


@dataclass(frozen=True, slots=True)
class Culture:
    """Word lists of one culture."""

    code: str
    countries: list[str]
    women: Weighted[Name]
    men: Weighted[Name]
    surnames: Weighted[Name]
    tail: list[Name]
    family_first: bool
    gendered: str = ""
    joined: list[str] = field(default_factory=list)
    particles: list[str] = field(default_factory=list)
    particle_share: float = 0.0
    syllables: tuple[tuple[str, tuple[str, ...]], ...] = ()
    western: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def two_surnames(self) -> bool:
        """Whether people have a surname of each parent."""
        return self.code in _TWO_SURNAMES


@cache
def culture_named(code: str) -> Culture:
    """The culture of a code, read once."""
    data = load("latin").get(code) or load("scripts")[code]
    make = _maker(code)
    surnames = _listed(data["surnames"], make)
    women, men = (_given(data, sex, make) for sex in ("women", "men"))
    return Culture(
        code=code,
        countries=words(data["countries"]),
        women=Weighted.falling(women, _STEEP_GIVEN),
        men=Weighted.falling(men, _STEEP_GIVEN),
        surnames=Weighted.falling(surnames, _STEEP_SURNAME),
        tail=_tail(code, surnames, make),
        family_first=data.get("order") == "family first" or code in ("zh", "ja", "ko"),
        gendered=data.get("gendered", ""),
        joined=words(data.get("joined", "")),
        particles=words(data.get("particles", "")),
        particle_share=data.get("particle_share", 0.0),
        syllables=_syllables(data),
        western=(tuple(words(data.get("western_women", ""))), tuple(words(data.get("western_men", "")))),
    )


def name_of(culture: Culture, dice: Dice, rates: Rates, *, woman: bool) -> tuple[Name, Name]:
    """A given name and a surname."""
    return given_of(culture, dice, rates, woman=woman), surname_of(culture, dice, rates, woman=woman)


def surname_of(culture: Culture, dice: Dice, rates: Rates, *, woman: bool) -> Name:
    """A surname alone, in a woman's form where there is one, sometimes with a particle."""
    surname = (
        dice.pick(culture.tail) if culture.tail and dice.chance(rates.rare_surname) else dice.draw(culture.surnames)
    )
    if woman and culture.gendered:
        surname = _feminine(surname, culture)
    if culture.particles and dice.chance(culture.particle_share):
        particle = dice.pick(culture.particles)
        gap = "" if particle.endswith("'") else " "
        surname = Name(tuple(f"{particle}{gap}{way}" for way in surname.latin))
    return surname


def given_of(culture: Culture, dice: Dice, rates: Rates, *, woman: bool) -> Name:
    """A given name alone."""
    if culture.syllables:
        return _composed(culture, dice, rates, woman=woman)
    if culture.joined and dice.chance(rates.joined_given):
        return Name((dice.pick(culture.joined),))
    return dice.draw(culture.women if woman else culture.men)


def _composed(culture: Culture, dice: Dice, rates: Rates, *, woman: bool) -> Name:
    """Chinese and Korean given names are put together from one or two syllables, and written in four ways."""
    count = _SYLLABLES if dice.chance(0.85) else 1
    parts = [dice.pick(culture.syllables) for _ in range(count)]
    sounds = [[part[1][min(way, len(part[1]) - 1)] for part in parts] for way in range(2)]
    ways: list[str] = []
    for sound in sounds:
        first, rest = sound[0].capitalize(), sound[1:]
        joined = [
            first + "".join(rest),
            "-".join([first, *rest]),
            " ".join([first, *(word.capitalize() for word in rest)]),
        ]
        ways.extend(way for way in joined if way not in ways)
    western = culture.western[0 if woman else 1]
    nicknames = (Name((dice.pick(western),)),) if western and dice.chance(rates.western_given) else ()
    return Name(tuple(ways), native="".join(part[0] for part in parts), nicknames=nicknames)


def _maker(code: str) -> Callable[[str], Name]:
    """How an entry of a culture's lists becomes a name."""
    if code in LATIN:
        return lambda entry: Name((entry,))
    romanisations = load("scripts")[code].get("romanisations")
    if romanisations:
        return lambda entry: Name(
            tuple(dict.fromkeys(romanise(entry, code, standard) for standard in romanisations)), native=entry
        )
    return _written_out


def _written_out(entry: str) -> Name:
    """An entry with its romanisations behind it: "native [kana] = one, two"; Chinese has two kinds of characters."""
    native, _, latin = entry.partition("=")
    characters, _, kana = native.strip().partition(" ")
    if kana and not kana.isascii() and not _is_katakana(kana):  # Arabic names of two words
        characters, kana = native.strip(), ""
    return Name(tuple(words(latin)), native=characters.partition("/")[0], kana=kana)


def _is_katakana(text: str) -> bool:
    return all("\u30a0" <= letter <= "\u30ff" for letter in text)


def _listed(given: str | list[str], make: Callable[[str], Name]) -> list[Name]:
    entries = words(given) if isinstance(given, str) else given
    return [make(entry) for entry in entries]


def _given(data: dict[str, Any], sex: str, make: Callable[[str], Name]) -> list[Name]:
    """The given names of a sex, each with its nicknames."""
    short: dict[str, list[str]] = {}
    for line in data.get("nicknames", []):
        root, _, ones = line.partition("=")
        short.setdefault(root.strip(), []).extend(words(ones))
    named = []
    for name in _listed(data.get(sex, ""), make):
        known = short.get(name.native or name.latin[0], [])
        named.append(Name(name.latin, name.native, name.kana, tuple(make(nick) for nick in known)))
    return named or [Name(("",))]


def _tail(code: str, surnames: list[Name], make: Callable[[str], Name]) -> list[Name]:
    """Rare surnames: the beginning of one with the end of another, so that frequencies fall slowly as in a census."""
    if not (code in LATIN or "romanisations" in load("scripts")[code]):
        return []
    dice = Dice(code)
    stems = [name.native or name.latin[0] for name in surnames]
    stems = [stem for stem in stems if " " not in stem and "'" not in stem]
    made = []
    for _ in range(_TAIL):
        left, right = dice.pick(stems), dice.pick(stems)
        made.append((left[: max(2, (len(left) + 1) // 2)] + right[len(right) // 2 :]).capitalize())
    return [make(stem) for stem in dict.fromkeys(made)]


def _feminine(surname: Name, culture: Culture) -> Name:
    if surname.native:
        return _maker(culture.code)(feminine(surname.native, culture.gendered))
    return Name((feminine(surname.latin[0], culture.gendered),))


def _syllables(data: dict[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    cut = (word.partition("=") for word in words(data.get("syllables", "")))
    return tuple((native, tuple(sounds.split("/"))) for native, _, sounds in cut)
