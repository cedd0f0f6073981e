"""Lines after the last row that are no rows: totals, copyright and page numbers that tools write under a table.

A row that merely looks odd is a row. A line is a footer only where it is narrow, holds no contact point, follows the
last full row, and its wording is known or a blank line stands before it. A row cut off at the end of a file is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flows.readers.header import filled, has_contact
from policies.sources.layouts import is_footer as is_footer_of

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from flows.readers.records import Record
    from policies.sources.layouts import Layout

__all__ = ["TAIL", "footers_in", "is_known_footer"]

TAIL: Final = 40  # lines at the end of a table among which footers are looked for
_SHARE: Final = 3  # without a known wording a footer fills at most a third of the cells
_LABELLED: Final = 2  # cells of "Report generated:,2026-09-14"
_NUMBER: Final = re.compile(r"[\d.,:/ %€$£+-]*\d[\d.,:/ %€$£+-]*")
_THING: Final = (
    r"(?:rows?|records?|results?|contacts?|entries|items|lines|zeilen|datens(?:ä|ae)tze|eintr(?:ä|ae)ge|lignes|"
    r"enregistrements|filas|registros|righe|rijen|records|linhas|rader)"
)
_WORDINGS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:grand |sub-?)?totals?\b.*",
        r"(?:gesamt(?:summe|zahl)?|summe|total (?:général|general|geral)|totale|totaal|totalt|suma|soma)\b.*",
        r"\(?\d+ " + _THING + r"(?: (?:affected|selected|returned|exported|found|in total))?\)?\.?",
        r"(?:number of|total) " + _THING + r"\b.*",
        r"(?:page|seite|p[áa]gina|pagina|sida|side) \d+(?: ?(?:of|von|sur|de|di|van|av|af|/) ?\d+)?",
        r"(?:confidential|vertraulich|confidentiel|confidencial|riservato|vertrouwelijk|konfidentiell)\b.*",
        r"(?:©|\(c\)|copyright\b).*",
        r".*\ball rights reserved\b.*",
        r"[-=*# ]*end of (?:report|file|export|list|data)\b.*",
        r"(?:report )?(?:generated|exported|created|printed|downloaded)(?: (?:by|on|at|from)\b|:).*",
    )
)


def is_known_footer(cells: Sequence[str], layout: Layout | None) -> bool:
    """Whether the wording of a line ends a table: that of its layout, or one that many tools write."""
    if layout is not None and is_footer_of(layout, cells):
        return True
    first = next((cell.strip() for cell in cells if cell.strip()), "").casefold()
    return any(pattern.fullmatch(first) for pattern in _WORDINGS)


def footers_in(tail: Sequence[Record], width: int, after_blank: Container[int], layout: Layout | None) -> set[int]:
    """Lines (physical, where each begins) of the footers among the last records of a table.

    ``after_blank`` has the lines of records that a blank line stands before. Where no full row stands before them, and
    in tables of one column, only a known wording counts.
    """
    narrow = [_is_narrow(record, width, layout) for record in tail]
    last_full = max((place for place, is_narrow in enumerate(narrow) if not is_narrow), default=-1)
    footers: set[int] = set()
    apart = False
    for record in tail[last_full + 1 :]:
        apart = apart or record.line in after_blank
        known = is_known_footer(record.cells, layout)
        if known or (apart and last_full >= 0 and filled(record.cells) * _SHARE <= width):
            footers.add(record.line)
            apart = True
    return footers


def _is_narrow(record: Record, width: int, layout: Layout | None) -> bool:
    """Whether a line can be a footer at all: one cell, a cell and a number, or a total with its numbers."""
    said = [cell.strip() for cell in record.cells if cell.strip()]
    if record.broken or has_contact(said) or any("@" in cell for cell in said):
        return False
    numbers = all(_NUMBER.fullmatch(cell) for cell in said[1:])
    if numbers and is_known_footer(said, layout):
        return True
    labelled = len(said) == _LABELLED and said[0].endswith(":")
    return len(said) < max(width, 2) and (labelled or (numbers and len(said) <= _LABELLED))
