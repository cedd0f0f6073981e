"""What the headers of a list say: every header folded, and the fields it could stand for by the words of the rule data.

A header is looked up as it stands first. Then the words around it go, by rule: whose it is (attendee, contact), what it
is for (work, private), numbers, and what a form adds (required, please enter). What is left must be a known header.
Words that make a column somebody else's (assistant, switchboard, company e-mail) are never taken off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from policies.folding import fold_words
from policies.sources.fields import FLAG_FIELDS, LIST_FIELDS, NAME_FIELDS, flag_channel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["HeaderMatch", "Headers", "by_synonym", "fits_any", "header_words", "unique_names"]

# eMail, firstName, Phone2: words run together, as programs write them
_JOINT: Final = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[^\W\d_])(?=\d)")
# Under these a word about a person at the end makes another thing of it: a company contact is no company.
_NOT_BEFORE_A_ROLE: Final = frozenset({"company", "excluded_by_file", "sector"})
# With these a word for what it is for does: the name of the office, the main company.
_WITHOUT_PURPOSE: Final = frozenset({*NAME_FIELDS, "salutation_name", "company"})
_HIGHEST: Final = 99  # of the numbers that count several columns of one kind


@dataclass(frozen=True, slots=True, order=True)
class HeaderMatch:
    """A column that could be a field. Smaller is better: fewer words taken off, a better known header."""

    lesser: bool  # a header that counts only where no better one is there
    taken_off: int
    rank: int
    position: int
    name: str
    number: int = 0  # Email 2
    key: str = ""  # the known header it comes down to, without blanks
    words: str = ""  # and as it is listed


class Headers:
    """The columns of a list and what their headers say, folded."""

    def __init__(self, headers: Sequence[str]) -> None:
        self.names = unique_names(headers)
        self.words = dict(zip(self.names, header_words(headers), strict=True))
        # Blanks are left out of the comparison: "E-Mail", "e mail" and "Email" are one header.
        self.keys = {name: _key(words) for name, words in self.words.items()}
        self.exact: dict[str, list[str]] = {}
        for name, header in zip(self.names, headers, strict=True):
            self.exact.setdefault(header.strip(), []).append(name)

    def matching(self, header: str) -> list[str]:
        """The columns a contract or a layout means by ``header``: spelled so, or else folded alike."""
        if found := self.exact.get(header.strip()):
            return found
        key = _key(header_words([header])[0])
        # a proposal names repeated headers by the numbers they were given
        return [name for name in self.names if self.keys[name] == key] or [
            name for name in self.names if name == header
        ]


def header_words(headers: Sequence[str]) -> list[str]:
    """The folded words of headers; words run together are parted: ``firstName`` is ``first name``."""
    return fold_words([_JOINT.sub(" ", header).replace("#", " number ") for header in headers])


def unique_names(headers: Sequence[str]) -> tuple[str, ...]:
    """A different name for every column: headers as they came, blank ones and repetitions numbered."""
    names: list[str] = []
    taken = {"row_number"}  # the reader's own column
    for position, header in enumerate(headers, start=1):
        base = header if header.strip() else f"column {position}"
        name, repetition = base, 1
        while name in taken:
            repetition += 1
            name = f"{base} ({repetition})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def by_synonym(table: Headers, lists: Mapping[str, Any], taken: Iterable[str] = ()) -> dict[str, list[HeaderMatch]]:
    """Per field the columns whose headers can mean it, best first; columns in ``taken`` are left out.

    Every column is named for the field (or fields, of flags) that its header fits best.
    """
    known = _known(lists)
    around = _Around.of(lists)
    found: dict[str, list[HeaderMatch]] = {}
    left_out = set(taken)
    for position, name in enumerate(table.names):
        if name in left_out:
            continue
        for field, match in _matches(table.words[name], name, position, known, around).items():
            found.setdefault(field, []).append(match)
    order = (*LIST_FIELDS, *FLAG_FIELDS)
    return {field: sorted(found[field]) for field in order if field in found}


def fits_any(patterns: Iterable[str], words: str) -> bool:
    """Whether one of some patterns is found in folded words."""
    return any(re.search(pattern, words) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class _Around:
    """The words that may stand around a known header."""

    roles: frozenset[str]
    fillers: frozenset[str]
    purposes: frozenset[str]
    others: tuple[str, ...]

    @classmethod
    def of(cls, lists: Mapping[str, Any]) -> _Around:
        table = lists.get("headers", {})
        roles = fold_words(table.get("roles", ()))
        fillers = fold_words(table.get("fillers", ()))
        purposes = fold_words([*table.get("purposes", ()), *table.get("kinds", ())])
        others = tuple(table.get("others_patterns", ()))
        return cls(frozenset(roles), frozenset(fillers), frozenset(purposes), others)

    def loose(self, word: str) -> bool:
        return word in self.roles or word in self.fillers or word in self.purposes or word.isdecimal()


_Known = dict[str, dict[str, tuple[bool, int, str]]]  # key: field: lesser, rank, words as listed


def _known(lists: Mapping[str, Any]) -> _Known:
    """Key of a header to the fields it is known for, each with how well."""
    return _by_key(tuple((lesser, field, tuple(synonyms)) for lesser, field, synonyms in _listed(lists)))


@lru_cache(maxsize=16)
def _by_key(listed_synonyms: tuple[tuple[bool, str, tuple[str, ...]], ...]) -> _Known:
    """Thousands of synonyms, the same for every list of a workspace: arranged once, and read only."""
    found: _Known = {}
    for lesser, field, synonyms in listed_synonyms:
        for rank, words in enumerate(_folded(synonyms)):
            listed = found.setdefault(_key(words), {})
            known = listed.get(field)
            if known is None or (known[0] == lesser and words.count(" ") > known[2].count(" ")):
                listed[field] = (lesser, rank if known is None else known[1], words)
    return found


def _listed(lists: Mapping[str, Any]) -> list[tuple[bool, str, Sequence[str]]]:
    """Header synonyms by field; the rule data keeps those of positive flags under the negative field's name."""
    plain, lesser, positive = (
        lists.get(table, {}) for table in ("header_synonyms", "header_synonyms_lesser", "header_synonyms_positive")
    )
    listed = [(False, field, plain.get(field, ())) for field in (*LIST_FIELDS, *FLAG_FIELDS)]
    listed += [
        (False, field, positive.get(f"{flag_channel(field)}_opt_out", ()))
        for field in FLAG_FIELDS
        if field.endswith("_in")
    ]
    return listed + [(True, field, lesser.get(field, ())) for field in LIST_FIELDS]


@lru_cache(maxsize=256)
def _folded(synonyms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fold_words(synonyms))


def _matches(words: str, name: str, position: int, known: _Known, around: _Around) -> dict[str, HeaderMatch]:
    """The fields one header can mean; what is found with fewer words taken off goes first."""
    tokens = words.split(" ")
    number = next((int(token) for token in tokens if token.isdecimal() and int(token) <= _HIGHEST), 0)
    others = fits_any(around.others, words)
    for taken_off, key, role_last in _forms(tokens, around):
        if others and taken_off:
            return {}
        fields = {
            field: HeaderMatch(lesser, taken_off, rank, position, name, number, key, listed)
            for field, (lesser, rank, listed) in known.get(key, {}).items()
            if not taken_off or _may_lose(field, tokens, around, lesser=lesser, role_last=role_last)
        }
        if fields:
            return fields
    return {}


def _may_lose(field: str, tokens: list[str], around: _Around, *, lesser: bool, role_last: bool) -> bool:
    """Whether words may be taken off a header of this field without making it another thing."""
    if field in _WITHOUT_PURPOSE and (lesser or not around.purposes.isdisjoint(tokens)):
        return False
    return not (role_last and field in _NOT_BEFORE_A_ROLE)


def _forms(tokens: list[str], around: _Around) -> list[tuple[int, str, bool]]:
    """Readings of a header with fewer and fewer words: how many went, the key, and was a role what stood behind it."""
    size = len(tokens)
    front = _run(tokens, around)
    back = _run(tokens[::-1], around)
    forms = [
        (start + end, _key(" ".join(tokens[start : size - end])), _ends_in_role(tokens, size - end, around))
        for start in range(front + 1)
        for end in range(back + 1)
        if start + end < size
    ]
    kept = [token for token in tokens if not around.loose(token)]
    if kept:
        forms.append((size - len(kept), _key(" ".join(kept)), _ends_in_role(tokens, size - back, around)))
    return sorted(set(forms))


def _run(tokens: Sequence[str], around: _Around) -> int:
    """How many words from the front may be taken off."""
    return next((count for count, token in enumerate(tokens) if not around.loose(token)), len(tokens))


def _ends_in_role(tokens: list[str], end: int, around: _Around) -> bool:
    """Whether the words from ``end`` name a person without an "of": company contact, but company of the guest."""
    return end < len(tokens) and tokens[end] in around.roles


def _key(words: str) -> str:
    return words.replace(" ", "")
