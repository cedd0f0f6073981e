"""Lines after the last row that are no rows: totals, copyright and page numbers that tools write under a table.

To lose somebody is worse than to refuse a line, so a row that merely looks odd is a row. A line is a footer only
where it follows the last full row, holds no contact point, and is as a whole of a known wording, with counts at most
beside it; or where it is a sentence alone in the first cell of a wide table, below a blank line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flows.readers.contacts import has_contact, mentions_number
from policies.sources.layouts import is_footer as is_footer_of

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from flows.readers.records import Record
    from policies.sources.layouts import Layout

__all__ = ["TAIL", "footers_in", "is_known_footer", "refuses"]

TAIL: Final = 40  # lines at the end of a table among which footers are looked for
_WIDE: Final = 4  # columns of a table in which a line of one cell may be a footer without a known wording
_WORDY: Final = 5  # words no name of a person has more of
_COUNT: Final = re.compile(r"[$\u20ac\u00a3]? ?-?\d[\d.,' ]*(?: ?[%$\u20ac\u00a3])?")
_WHEN: Final = re.compile(
    r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[t ,]+\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?)?|\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?"
)
# Words of somebody who is not to be contacted: such a line is kept, whatever else it looks like.
_REFUSES: Final = re.compile(
    r"\b(?:not|no|never|don'?t|stop|unsubscribed?|opt(?:ed)?|remove[ds]?|nicht|kein\w*|pas|ne|non|n\u00e3o|nao|niet|geen|inte|ej)\b"
)
_THING: Final = (
    r"(?:rows?|records?|results?|contacts?|entries|items|lines|zeilen|datens(?:\u00e4|ae)tze?|eintr(?:\u00e4|ae)ge?|lignes?|"
    r"enregistrements?|filas?|registros?|righe|rijen|linhas?|rader|poster|post)"
)
_SUMS: Final = (
    r"(?:(?:grand |sub-?)?totals?|gesamt(?:summen?|zahl|anzahl|ergebnis)?|summen?|"
    r"(?:grands? )?totaux(?: g\u00e9n\u00e9raux)?|"
    r"(?:total(?:es)?|totais) (?:g\u00e9n\u00e9ral|general(?:es)?|gera(?:l|is))|"
    r"totais|totales|total[ei](?: complessiv[oie]| generale)?|(?:eind)?tota(?:al|len)|(?:slut|total)summ(?:a|or)|"
    r"totalt)"
)
_PRIVATE: Final = (
    r"(?:(?:strictly |company |streng )?(?:confidential|vertraulich|confidentiel|confidencial|riservato|vertrouwelijk|"
    r"konfidentiell)(?: information| data)?|vertrauliche informationen|informations? confidentielles?|"
    r"informaci[o\u00f3]n confidencial|informazioni (?:riservate|confidenziali)|vertrouwelijke (?:informatie|gegevens)|"
    r"informa[c\u00e7][o\u00f5]es confidenciais|konfidentiell information)"
)
_MADE: Final = r"(?:generated|exported|created|printed|downloaded)"
# The whole of a cell: "Suma Patel" and "Copyright Clearance Center" are somebody.
_WORDINGS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        _SUMS + r"(?: ?[:=]? ?\(?\d[\d.,]*(?: " + _THING + r")?\)?)?:?",
        r"(?:suma|soma|somme|somma)(?: ?[:=] ?| \(| )\d[\d.,]*(?: " + _THING + r")?\)?",
        r"\(?\d+ " + _THING + r"(?: (?:affected|selected|returned|exported|found|in total))?\)?\.?",
        r"(?:total )?(?:number of|total) " + _THING + r"(?: (?:exported|found|selected))?(?: ?[:=]? ?\d[\d.,]*)?:?",
        r"(?:page|seite|p[\u00e1a]gina|pagina|sida|side) \d+(?: ?(?:of|von|sur|de|di|van|av|af|/) ?\d+)?",
        _PRIVATE + r"[.!]?(?: *[-\u2013\u2014:.,!/|]+ .*)?",
        r"(?:copyright )?(?:\u00a9|\(c\)).*|copyright \d{4}\b.*",
        r".*\ball rights reserved\b[.!]?",
        r"[-=*# ]*end of (?:report|file|export|list|data)[-=*#.! ]*",
        r"(?:report )?" + _MADE + r"(?: (?:by|on|at|from|with))?:.*",
        r"(?:report )?" + _MADE + r" (?:by|on|at|from|with)\b.*\d.*",
    )
)


def is_known_footer(cells: Sequence[str], layout: Layout | None) -> bool:
    """Whether the wording of a line ends a table: that of its layout, or one that many tools write."""
    if layout is not None and is_footer_of(layout, cells):
        return True
    first = next((cell.strip() for cell in cells if cell.strip()), "").casefold()
    return any(pattern.fullmatch(first) for pattern in _WORDINGS)


def refuses(cells: Sequence[str]) -> bool:
    """Whether a line has a word of somebody who is not to be contacted."""
    return _REFUSES.search(" ".join(cells).casefold()) is not None


def footers_in(tail: Sequence[Record], width: int, after_blank: Container[int], layout: Layout | None) -> set[int]:
    """Lines (physical, where each begins) of the footers among the last records of a table.

    ``after_blank`` has the lines of records that a blank line stands before. Below a known wording every line of one
    cell is a footer, for nobody's row stands under a total. Without one only what is no name of a person is.
    """
    narrow = [_is_narrow(record, layout) for record in tail]
    last_full = max((place for place, is_narrow in enumerate(narrow) if not is_narrow), default=-1)
    below = tail[last_full + 1 :]
    footers: set[int] = set()
    known = apart = False
    for record in below:
        apart = apart or record.line in after_blank
        known = known or is_known_footer(record.cells, layout)
        if known or (apart and last_full >= 0 and width >= _WIDE and _is_remark(record)):
            footers.add(record.line)
    return footers


def _is_narrow(record: Record, layout: Layout | None) -> bool:
    """Whether a line can be a footer at all: a known wording with its counts, or the first cell alone.

    A telephone number or an address anywhere makes it a row.
    """
    said = [cell.strip() for cell in record.cells if cell.strip()]
    if record.broken or has_contact(said) or any("@" in cell or mentions_number(cell) for cell in said):
        return False
    if len(said) == 1 and record.cells[0].strip():
        return True
    is_counted = all(_COUNT.fullmatch(cell) or _WHEN.fullmatch(cell.casefold()) for cell in said[1:])
    return is_counted and is_known_footer(said, layout)


def _is_remark(record: Record) -> bool:
    """Whether the only cell of a line is longer than a name, or a rule drawn with signs, and refuses nothing."""
    text = record.cells[0].strip().casefold()
    return not any(map(str.isalnum, text)) or (len(text.split()) > _WORDY and _REFUSES.search(text) is None)
