"""Where the surname of a name without a comma stands.

Capitals tell it (``SMITH John``), the country where surnames stand first, a patronymic or initials at the end, a
surname and syllables of Chinese or Korean; else the given name stands first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.identity.preparing.lines import Flags, Lines, Numbers

__all__ = ["are_joined", "surname_of"]

_TWO: Final = 2  # words of a name
_THREE: Final = 3
_FOUR: Final = 4


def surname_of(lines: Lines, told: Mapping[str, Flags], plain: Flags) -> tuple[Flags, Flags, Flags]:
    """The surname words of ``plain`` names, whose words no comma parts.

    Beside them the words of given names whose parts belong together, and the words of names whose order is certain.
    """
    place, words = lines.before(plain), lines.count(plain)
    last = plain & (place == words - 1)
    shouted, some_shouted = _by_capitals(lines, told, plain)
    turned = plain & _is_turned(lines, told, plain) & ~some_shouted
    leading = plain & (place == 0)
    in_front = _in_front(lines, told, plain, place, words)
    joined = plain & are_joined(lines, told, plain & ~leading, leading) & (turned | some_shouted)
    joined |= plain & are_joined(lines, told, plain & ~last, last) & ~turned
    usual = _behind_given(lines, told, plain, place, words)
    single = words == 1
    surname = last | usual
    surname[joined] = last[joined]
    surname[turned] = in_front[turned]
    surname[some_shouted] = shouted[some_shouted]
    surname[single] = (plain & ~(told["known_given"] & ~told["chinese_surname"]))[single]
    sure = some_shouted | turned | joined | single | _ends_in_known_surname(lines, told, plain)
    return surname & plain, joined & ~surname, sure


def _by_capitals(lines: Lines, told: Mapping[str, Flags], plain: Flags) -> tuple[Flags, Flags]:
    """Surnames in capitals beside given names that are not, and the words of all such names."""
    capital = plain & told["capital"] & ~told["initial"]
    small = plain & ~told["capital"] & ~told["initial"] & ~told["particle"]
    mixed = (lines.count(capital) > 0) & (lines.count(small) > 0)
    front = mixed & (lines.count(capital & (lines.before(small) == 0)) == lines.count(capital))
    back = mixed & (lines.count(capital & (lines.after(small) == 0)) == lines.count(capital))
    particle = plain & told["particle"] & ~told["initial"]
    linked = particle & ((front & (lines.before(small) == 0)) | (back & (lines.after(small) == 0)))
    return (capital | linked) & (front | back), front | back


def _is_turned(lines: Lines, told: Mapping[str, Flags], plain: Flags) -> Flags:
    """Whether a name without comma begins with its surname.

    By its country, a patronymic or initials at its end, a Japanese surname, Chinese syllables; or because it is known
    (``told["turned"]``).
    """
    place, words = lines.before(plain), lines.count(plain)
    first, last = plain & (place == 0), plain & (place == words - 1)

    def begins(flag: str) -> Flags:
        return lines.count(first & told[flag]) > 0

    def ends(flag: str) -> Flags:
        return lines.count(last & told[flag]) > 0

    by_country = told["surname_first"] & ~begins("known_given") & ends("known_given")
    by_patronymic = (words == _THREE) & ends("patronymic") & ~begins("known_given")
    by_initial = ends("initial") & ~begins("initial") & ((words >= _THREE) | ~begins("known_given"))
    by_two = told["two_surnames"] & (words >= _THREE) & ~begins("known_given") & ends("known_given")
    third = plain & (place == _TWO) & told["known_given"]
    strange = plain & (place < _TWO) & ~told["known_given"] & ~told["initial"]
    by_two |= told["two_surnames"] & (words >= _FOUR) & (lines.count(third) > 0) & (lines.count(strange) == _TWO)
    by_particle = begins("particle") & ~begins("known_given") & ~ends("chinese_surname") & (words >= _THREE)
    japanese = begins("japanese_surname") & ~ends("japanese_surname")
    turned = (
        by_country
        | by_patronymic
        | by_initial
        | by_two
        | by_particle
        | japanese
        | _is_chinese(lines, told, plain)
        | told["turned"]
    )
    found: Flags = (words >= _TWO) & turned
    return found


def _is_chinese(lines: Lines, told: Mapping[str, Flags], plain: Flags) -> Flags:
    """Whether a name is a surname of China, Korea or Vietnam and syllables behind it."""
    place, words = lines.before(plain), lines.count(plain)
    first, last, behind = plain & (place == 0), plain & (place == words - 1), plain & (place > 0)
    begins = lines.count(first & told["chinese_surname"]) > 0
    ends = lines.count(last & told["chinese_surname"]) > 0
    others = lines.count(behind & (told["syllabic"] | told["chinese_surname"])) == words - 1
    european = lines.count((first | last) & told["known_given"]) > 0
    told_so = told["surname_first"] | (lines.count(behind & told["hyphened"]) > 0)
    common_end = (lines.count(last & told["common_surname"]) > 0) & (lines.count(first & told["common_surname"]) == 0)
    either = ~ends | ((words == _THREE) & ~common_end)
    found: Flags = begins & others & ((~european & either) | (told_so & ~(ends & common_end)))
    return found


def _ends_in_known_surname(lines: Lines, told: Mapping[str, Flags], plain: Flags) -> Flags:
    """Whether a Chinese, Korean or Japanese surname stands at the end of a name and none at its beginning."""
    place, words = lines.before(plain), lines.count(plain)
    first, last = plain & (place == 0), plain & (place == words - 1)
    asian = told["chinese_surname"] | told["japanese_surname"]
    syllables = told["syllabic"] | told["japanese_surname"]
    given = lines.count(plain & (place < words - 1) & (told["syllabic"] | told["initial"])) == words - 1
    japanese = lines.count(last & told["japanese_surname"]) > 0
    found: Flags = (lines.count(last & asian) > 0) & (lines.count(first & asian & syllables) == 0) & (given | japanese)
    return found


def _in_front(lines: Lines, told: Mapping[str, Flags], plain: Flags, place: Numbers, words: Numbers) -> Flags:
    """The surname at the beginning of a name: up to the first known given name or initial, else the first word.

    With the particles before it.
    """
    particle = plain & told["particle"] & (place < words - 1)
    first_real = plain & ~particle & (lines.before(plain & ~particle) == 0)
    given = plain & (place > 0) & ~first_real & (told["known_given"] | told["initial"])
    whole = plain & (lines.before(given) == 0) & ~given & (place < words - 1)
    short = first_real | (particle & (lines.before(plain & ~particle) == 0))
    known = (lines.count(given) > 0) & (lines.count(plain & told["chinese_surname"] & (place == 0)) == 0)
    whole[~known] = short[~known]
    found: Flags = whole
    return found


def are_joined(lines: Lines, told: Mapping[str, Flags], givens: Flags, surname: Flags) -> Flags:
    """Whether given names are the syllables of one Chinese or Korean name beside such a surname."""
    two = lines.count(givens) == _TWO
    syllables = lines.count(givens & (told["syllabic"] | told["chinese_surname"])) == _TWO
    beside = (lines.count(surname & told["chinese_surname"]) == 1) & (lines.count(surname) == 1)
    found: Flags = givens & two & syllables & beside
    return found


def _behind_given(lines: Lines, told: Mapping[str, Flags], plain: Flags, place: Numbers, words: Numbers) -> Flags:
    """Words behind the given name that belong to the surname: from a particle on, and no middle names."""
    inner = plain & (place > 0)
    particle = inner & told["particle"] & ~told["initial"] & (place < words - 1)
    # "bin Salman" is a patronymic where a surname follows.
    son_of = inner & told["son_of"] & (place < words - 2)
    particle &= ~son_of
    from_particle = inner & (lines.before(particle) + particle > 0)
    second_last = inner & (place == words - 2)
    of_two = second_last & told["two_surnames"] & ~told["initial"] & ~told["patronymic"]
    is_two = of_two & (~told["known_given"] | (words >= _FOUR))
    middle = told["initial"] | told["known_given"] | told["patronymic"] | son_of | lines.previous(son_of)
    found: Flags = from_particle | is_two | (inner & ~middle)
    return found
