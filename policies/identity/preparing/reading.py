"""Which words of a name are the given name, the surname, a middle name, and which are none of it.

All words of all names lie in one row of arrays; every step is arithmetic over it, so that a million names cost little
more than one. The order of a name is told by a comma, by capitals (``SMITH John``), by the country where a surname
stands first; else the given name stands first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    Flags: TypeAlias = npt.NDArray[np.bool_]
    Numbers: TypeAlias = npt.NDArray[np.int64]

__all__ = ["Lines", "Roles", "read_roles"]


class Lines:
    """Words of names end to end: which word belongs to which name, and sums along the words of a name."""

    def __init__(self, lengths: Numbers) -> None:
        import numpy as np

        self.names = len(lengths)
        self.owner: Numbers = np.repeat(np.arange(self.names), lengths)
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        self._first: Numbers = starts[self.owner]
        self._end: Numbers = starts[self.owner + 1] if len(self.owner) else starts[:0]

    def before(self, flags: Flags) -> Numbers:
        """How many of the words before a word in its name are flagged."""
        sums = self._sums(flags)
        return sums[:-1] - sums[self._first]

    def after(self, flags: Flags) -> Numbers:
        """How many of the words after it."""
        sums = self._sums(flags)
        return sums[self._end] - sums[1:]

    def count(self, flags: Flags) -> Numbers:
        """How many words of the name of each word are flagged."""
        sums = self._sums(flags)
        return sums[self._end] - sums[self._first]

    def previous(self, flags: Flags) -> Flags:
        """Whether the word right before is flagged."""
        import numpy as np

        shifted = np.zeros(len(flags), dtype=np.bool_)
        shifted[1:] = flags[:-1]
        return shifted & (np.arange(len(flags)) > self._first)

    def next(self, flags: Flags) -> Flags:
        """Whether the word right after is flagged."""
        import numpy as np

        shifted = np.zeros(len(flags), dtype=np.bool_)
        shifted[:-1] = flags[1:]
        return shifted & (np.arange(len(flags)) + 1 < self._end)

    def _sums(self, flags: Flags) -> Numbers:
        import numpy as np

        return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(flags, dtype=np.int64)])


@dataclass(frozen=True)
class Roles:
    """What each word is, by flags; a word is at most one of these."""

    given: Flags  # the first given name; of a Chinese or Korean one, each of its parts
    middle: Flags
    surname: Flags
    generation: Flags
    joined: Flags  # a given name whose parts belong together


def read_roles(lines: Lines, told: Mapping[str, Flags]) -> Roles:
    """Read names whose words have the flags of :func:`~policies.identity.preparing.vocabulary.vocabulary`.

    ``told`` also holds ``surname_first`` and ``two_surnames`` of the country of each word's name.
    """
    live = _live(lines, told)
    live, generation = _without_letters(lines, told, live)
    live = _without_titles(lines, told, live)
    surname_side, given_side = _sides(lines, told, live)
    apart = lines.count(surname_side) > 0
    plain = live & ~apart
    surname, joined = _surname_of_plain(lines, told, plain)
    surname = surname_side | (surname & plain)
    rest = (given_side | plain) & ~surname
    given = rest & ((lines.before(rest) == 0) | (joined & ~told["initial"]))
    joined |= given_side & _are_joined(lines, told, given_side, surname_side)
    given |= given_side & joined
    return Roles(given, rest & ~given, surname, generation, joined & given)


def _live(lines: Lines, told: Mapping[str, Flags]) -> Flags:
    """Words outside brackets and before an organisation or a former surname; commas stay."""
    word = ~(told["comma"] | told["opens"] | told["closes"] | told["empty"])
    outside = (lines.before(told["opens"]) <= lines.before(told["closes"])) & ~told["opens"] & ~told["closes"]
    some = outside & word
    behind = told["separator"] & (lines.before(some) > 0)
    former = told["formerly"] & (lines.before(some & ~told["title"]) >= 2) & (lines.after(some) >= 1)  # noqa: PLR2004
    ended = lines.before(behind | former) > 0
    return outside & ~ended & ~behind & ~former & ~told["separator"] & (word | told["comma"])


def _without_letters(lines: Lines, told: Mapping[str, Flags], live: Flags) -> tuple[Flags, Flags]:
    """Without degrees and ``Jr`` behind a name, and which words tell the generation."""
    word = live & ~told["comma"]
    letters = word & told["letters"] & (lines.before(word & ~told["title"]) >= 1)
    generation = word & told["generation"] & (lines.before(word & ~told["title"]) >= 1)
    real = word & ~letters & ~generation
    last = lines.next(~word) | (lines.after(word) == 0) | lines.next(letters | generation)
    generation &= last & (lines.before(real & ~told["title"]) >= 1)
    letters &= last & ((lines.before(real & ~told["title"]) >= 2) | lines.previous(told["comma"]))  # noqa: PLR2004
    return live & ~letters & ~generation, generation


def _without_titles(lines: Lines, told: Mapping[str, Flags], live: Flags) -> Flags:
    """Without titles at the beginning of a name or behind its comma."""
    word = live & ~told["comma"]
    certain = word & told["title"] & ~told["doubtful"]
    doubtful = word & told["title"] & told["doubtful"] & (lines.after(word & ~told["title"]) >= 2)  # noqa: PLR2004
    title = certain | doubtful
    for _ in range(3):
        title |= word & told["inside_title"] & lines.previous(title)
    real = word & ~title
    behind_comma = lines.before(told["comma"] & live)
    leads = (lines.before(real) == 0) | ((behind_comma > 0) & lines.previous(told["comma"] | title))
    return live & ~(title & leads & (lines.count(real) >= 1))


def _sides(lines: Lines, told: Mapping[str, Flags], live: Flags) -> tuple[Flags, Flags]:
    """Surname and given names of ``Last, First``; none where the comma parts an organisation or position off.

    ``live`` loses, in place, what stands behind such a comma.
    """
    comma = live & told["comma"]
    word = live & ~comma
    comma &= (lines.before(word) > 0) & (lines.after(word) > 0)
    segment = lines.before(comma)
    first, second = word & (segment == 0), word & (segment == 1)
    named = lines.count(first & told["known_given"] & (lines.before(word) == 0)) > 0
    strange = lines.count(second & told["known_given"]) == 0
    cut = (lines.count(second & told["organisation"]) > 0) | (
        named & strange & (lines.count(first) >= 2) & (lines.count(second & told["initial"]) == 0)  # noqa: PLR2004
    )
    live &= word & ((segment == 0) | ~cut) & (segment <= 1)
    turned = (lines.count(second) > 0) & ~cut
    return first & turned, second & turned


def _surname_of_plain(lines: Lines, told: Mapping[str, Flags], plain: Flags) -> tuple[Flags, Flags]:
    """The surname words of names without a comma, and whether the given name's parts belong together."""
    place, words = lines.before(plain), lines.count(plain)
    last = plain & (place == words - 1)
    shouted, some_shouted = _by_capitals(lines, told, plain)
    turned = plain & _is_turned(lines, told, plain) & ~some_shouted
    leading = plain & (place == 0)
    joined = plain & _are_joined(lines, told, plain & ~leading, leading) & (turned | some_shouted)
    joined |= plain & _are_joined(lines, told, plain & ~last, last) & ~turned
    usual = _behind_given(lines, told, plain, place, words)
    single = words == 1
    surname = last | usual
    surname[joined] = last[joined]
    surname[turned] = leading[turned]
    surname[some_shouted] = shouted[some_shouted]
    surname[single] = (plain & ~(told["known_given"] & ~told["chinese_surname"]))[single]
    return surname & plain, joined & ~surname


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
    """Whether a name without comma begins with its surname, by its country, a patronymic, or Chinese syllables."""
    place, words = lines.before(plain), lines.count(plain)
    first, last = plain & (place == 0), plain & (place == words - 1)
    begins_given = lines.count(first & told["known_given"]) > 0
    ends_given = lines.count(last & told["known_given"]) > 0
    by_country = told["surname_first"] & ~begins_given & ends_given
    by_patronymic = (words == 3) & (lines.count(last & told["patronymic"]) > 0) & ~begins_given  # noqa: PLR2004
    begins_chinese = lines.count(first & told["chinese_surname"]) > 0
    ends_chinese = lines.count(last & told["chinese_surname"]) > 0
    others = lines.count(plain & (place > 0) & (told["syllabic"] | told["chinese_surname"])) == words - 1
    certain = told["surname_first"] | (lines.count(plain & (place > 0) & told["hyphened"]) > 0)
    chinese = begins_chinese & others & ((~begins_given & ~ends_given & ~ends_chinese) | certain)
    return (words >= 2) & (by_country | by_patronymic | chinese)  # noqa: PLR2004


def _are_joined(lines: Lines, told: Mapping[str, Flags], givens: Flags, surname: Flags) -> Flags:
    """Whether given names are the syllables of one Chinese or Korean name beside such a surname."""
    two = lines.count(givens) == 2  # noqa: PLR2004
    syllables = lines.count(givens & (told["syllabic"] | told["chinese_surname"])) == 2  # noqa: PLR2004
    beside = (lines.count(surname & told["chinese_surname"]) == 1) & (lines.count(surname) == 1)
    return givens & two & syllables & beside


def _behind_given(
    lines: Lines, told: Mapping[str, Flags], plain: Flags, place: Numbers, words: Numbers
) -> Flags:
    """Words behind the given name that belong to the surname: from a particle on, and no middle names."""
    inner = plain & (place > 0)
    particle = inner & told["particle"] & ~told["initial"] & (place < words - 1)
    # "bin Salman" is a patronymic where a surname follows.
    son_of = inner & told["son_of"] & (place < words - 2)
    particle &= ~son_of
    from_particle = inner & (lines.before(particle) + particle > 0)
    second_last = inner & (place == words - 2)
    of_two = second_last & told["two_surnames"] & ~told["initial"] & ~told["patronymic"]
    is_two = of_two & (~told["known_given"] | (words >= 4))  # noqa: PLR2004
    middle = told["initial"] | told["known_given"] | told["patronymic"] | son_of | lines.previous(son_of)
    return from_particle | is_two | (inner & ~middle)
