"""Which words of a name are the given name, the surname, a middle name, and which are none of it.

All words of all names lie in one row of arrays; every step is arithmetic over it, so that a million names cost little
more than one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from policies.identity.preparing.order import are_joined, surname_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.identity.preparing.lines import Flags, Lines

__all__ = ["Roles", "read_roles"]

_TWO: Final = 2  # words of a name


@dataclass(frozen=True)
class Roles:
    """What each word is, by flags; a word is at most one of these."""

    given: Flags  # the first given name; of a Chinese or Korean one, each of its parts
    middle: Flags
    surname: Flags
    generation: Flags
    joined: Flags  # a given name whose parts belong together
    sure: Flags  # words of names that say themselves in which order they stand


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
    surname, joined, sure = surname_of(lines, told, plain)
    lone = surname_side & ~told["initial"]
    surname |= lone | (surname_side & (lines.count(lone) == 0))
    rest = (given_side | plain) & ~surname & ~surname_side
    given = rest & ((lines.before(rest) == 0) | (joined & ~told["initial"]))
    joined |= given_side & are_joined(lines, told, given_side, surname_side)
    given |= given_side & joined
    return Roles(given, rest & ~given, surname, generation, joined & given, sure | apart)


def _live(lines: Lines, told: Mapping[str, Flags]) -> Flags:
    """Words outside brackets and before an organisation or a former surname; commas stay."""
    word = ~(told["comma"] | told["opens"] | told["closes"] | told["empty"])
    outside = (lines.before(told["opens"]) <= lines.before(told["closes"])) & ~told["opens"] & ~told["closes"]
    some = outside & word
    behind = told["separator"] & (lines.before(some) > 0)
    former = told["formerly"] & (lines.before(some & ~told["title"]) >= _TWO) & (lines.after(some) >= 1)
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
    letters &= last & ((lines.before(real & ~told["title"]) >= _TWO) | lines.previous(told["comma"]))
    return live & ~letters & ~generation, generation


def _without_titles(lines: Lines, told: Mapping[str, Flags], live: Flags) -> Flags:
    """Without titles at the beginning of a name or behind its comma."""
    word = live & ~told["comma"]
    certain = word & told["title"] & ~told["doubtful"]
    doubtful = word & told["title"] & told["doubtful"] & (lines.after(word & ~told["title"]) >= _TWO)
    title = certain | doubtful
    # "D. José" is Don José where people have two surnames.
    title |= word & told["don"] & told["two_surnames"] & lines.next(word & told["known_given"])
    for _ in range(3):
        title |= word & told["inside_title"] & lines.previous(title)
    real = word & ~title
    behind_comma = lines.before(told["comma"] & live)
    leads = (lines.before(real) == 0) | ((behind_comma > 0) & lines.previous(told["comma"] | title))
    found: Flags = live & ~(title & leads & (lines.count(real) >= 1))
    return found


def _sides(lines: Lines, told: Mapping[str, Flags], live: Flags) -> tuple[Flags, Flags]:
    """Surname and given names of ``Last, First``; none where the comma parts an organisation or position off.

    ``live`` loses, in place, what stands behind such a comma.
    """
    comma = live & told["comma"]
    word = live & ~comma
    comma &= (lines.before(word) > 0) & (lines.after(word) > 0)
    segment = lines.before(comma)
    first, second = word & (segment == 0), word & (segment == 1)
    leading = (lines.before(word) == 0) & (told["known_given"] | told["initial"])
    named = (lines.count(first & leading) > 0) | (lines.count(first & told["patronymic"]) > 0)
    strange = lines.count(second & told["known_given"]) == 0
    syllables = told["syllabic"] | told["chinese_surname"]
    asian = (lines.count(first & told["chinese_surname"]) > 0) & (lines.count(first & ~syllables) == 0)
    named |= asian & (lines.count(second & ~syllables) > 0)
    initials = lines.count(second & told["initial"]) == lines.count(second)
    cut = (lines.count(second & told["organisation"]) > 0) | (
        named & strange & (lines.count(first) >= _TWO) & ~initials
    )
    live &= word & ((segment == 0) | ~cut) & (segment <= 1)
    turned = (lines.count(second) > 0) & ~cut
    return first & turned, second & turned
