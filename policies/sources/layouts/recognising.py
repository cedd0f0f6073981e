"""Whose export a file is, and which of its tables a line begins: told by the few headers that product alone has.

Headers are compared without case, accents, blanks and signs, in any order and among any others, so that an account's
own columns, another order and a column left out make no difference.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from policies.folding import fold_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from policies.sources.layouts.model import Layout, Section

__all__ = ["header_key", "is_footer", "meanings", "recognise", "section_at", "title_of"]

_ASCII_SIGNS: Final = re.compile(r"[^a-z0-9]+")
_REMEMBERED: Final = 4_096
_FOOTER_CELLS: Final = 3  # filled cells of a line of totals
_LONGEST: Final = 200  # characters of anything that is a header, a title or a footer


def header_key(text: str) -> str:
    """Folded words without blanks: "E-Mail", "e mail" and "Email" are one header."""
    return _words(text).replace(" ", "")


def title_of(cells: Sequence[str]) -> str | None:
    """The only filled cell of a line that may announce a table; None for every other line."""
    filled = [cell for cell in cells if cell and not cell.isspace()]
    return filled[0] if len(filled) == 1 else None


def recognise(layouts: Sequence[Layout], records: Sequence[Sequence[str]], file_name: str) -> Layout | None:
    """The layout one of whose tables of people begins in these first ``records`` of a file, or None.

    Of several one that asks for such a file name is meant, then the one that asks for the most headers.
    """
    name = _words(file_name.encode(errors="replace").decode())  # a name may hold bytes that are no text
    fitting = [layout for layout in layouts if _fits(layout.file_names, name)]
    ranks = [max(_ranks(layout, records), default=(False, 0)) for layout in fitting]
    best = max(zip(ranks, fitting, strict=True), key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0][1] > 0 else None


def _ranks(layout: Layout, records: Sequence[Sequence[str]]) -> Iterator[tuple[bool, int]]:
    """How much each of its tables of people that begins in ``records`` asks for."""
    title: str | None = None
    for cells in records:
        title = title_of(cells) or title
        section = section_at(layout, cells, title)
        if section is not None and section.people:
            yield bool(layout.file_names), _demands(section)


def _demands(section: Section) -> int:
    """How much a section asks of a header line: of several that fit, the one that asks most is meant."""
    return len(section.header) + len(section.header_like) + len(section.absent)


def section_at(layout: Layout, cells: Sequence[str], title: str | None) -> Section | None:
    """The section of ``layout`` whose header line these cells are; None: they are none.

    ``title`` is the last line before it with a single filled cell (:func:`title_of`). A section that asks for a title
    goes before one that does not.
    """
    if title_of(cells) is not None:
        return None
    wide = [section for section in layout.sections if len(section.header) <= len(cells)]
    if not wide or any("@" in cell for cell in cells):
        return None  # no header of anything has an address in it: data lines are told at once
    keys = {header_key(cell) for cell in cells if len(cell) <= _LONGEST}
    fitting = [section for section in wide if _is_header_of(section, keys)]
    announced = [section for section in fitting if section.title is not None and _titled(section.title, title)]
    plain = [section for section in fitting if section.title is None]
    return max(announced or plain, key=_demands, default=None)


def _is_header_of(section: Section, keys: AbstractSet[str]) -> bool:
    return (
        keys >= set(section.header)
        and keys.isdisjoint(section.absent)
        and all(any(re.search(pattern, key) for key in keys) for pattern in section.header_like)
    )


def is_footer(layout: Layout, cells: Sequence[str]) -> bool:
    """Whether a line ends the export: a total, a copyright, a note that the tool adds; never a line with an address."""
    filled = [cell for cell in cells if cell and not cell.isspace()]
    if not layout.footers or not filled or len(filled) > _FOOTER_CELLS or any("@" in cell for cell in filled):
        return False
    return len(filled[0]) <= _LONGEST and _fits(layout.footers, _words(filled[0]))


def meanings(layout: Layout | None, field: str, column: str) -> dict[str, str]:
    """What the folded cells of one column mean under a layout: the words of its field, and over them its own."""
    if layout is None:
        return {}
    return {**_under(layout.lookups, field), **_under(layout.lookups, header_key(column))}


def _under(lookups: Mapping[str, Mapping[str, str]], key: str) -> Mapping[str, str]:
    return lookups.get(key, {})


def _titled(pattern: str, title: str | None) -> bool:
    return title is not None and len(title) <= _LONGEST and re.search(pattern, _words(title)) is not None


def _fits(patterns: Sequence[str], words: str) -> bool:
    return not patterns or any(re.search(pattern, words) for pattern in patterns)


@lru_cache(maxsize=_REMEMBERED)
def _words(text: str) -> str:
    """As :func:`policies.folding.words` gives them; plain ASCII, which most headers are, needs no frame for it."""
    if text.isascii():
        return _ASCII_SIGNS.sub(" ", text.lower()).strip(" ")
    # A byte that is no character stands as half a surrogate pair in damaged rows; no frame takes that.
    return fold_words([text.encode("utf-8", "replace").decode()])[0]
