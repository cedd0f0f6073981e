"""The queue as a call sheet to print or to read on a screen: one page a person.

Each page has what is known of them, what to do and why, when it is allowed by their clock and by ours, what must be
said, the brief with its evidence, what they said last, and room for what they say now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from flows.exports.brief_text import as_html_text
from flows.exports.words import lane_of, own_window, task_words, their_window, their_zone
from policies.disclosures import sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.exports.handout import BriefPart, Handout, Known

__all__ = ["OUTCOMES_SHOWN", "as_html"]

# What can come of a call and of an e-mail, in the order of the boxes; the words are those of the outcome column.
OUTCOMES_SHOWN: Final[Mapping[str, Sequence[str]]] = {
    "phone": (
        *("connected", "meeting", "call_back", "voicemail", "no_answer", "not_interested"),
        *("asked_to_stop", "complaint", "wrong_person", "left_company", "deceased"),
    ),
    "email": (
        *("replied", "meeting", "call_back", "no_answer", "out_of_office", "bounced", "not_interested"),
        *("asked_to_stop", "complaint", "wrong_person", "left_company", "deceased"),
    ),
}
_LONG: Final = 2_800  # letters from which on paper needs smaller type for one page
# Parts of a brief that stand elsewhere on the page, by name.
_OPENING: Final = "opening_line"
_QUESTIONS: Final = "questions"


def as_html(handout: Handout) -> bytes:
    """The call sheet as one self-contained page: no network, no scripts, everything from outside escaped."""
    from flows.reports.run_report import environment

    people = [_person(line, handout) for line in handout.lines.to_dicts()]
    return environment().get_template("call_sheet.html.j2").render(people=people, facts=handout.facts).encode() + b"\n"


def _person(line: Mapping[str, Any], handout: Handout) -> dict[str, Any]:
    """Everything on the page of one person; what is not known is none."""
    filled = {name: value if value not in (None, "") else None for name, value in line.items()}
    known, zone = handout.about(line["person_id"]), handout.facts.timezone
    own = own_window(line, zone)
    return {
        **filled,
        "lane": lane_of(line["channel"], line["relationship"]),
        "act": task_words(line["channel"]),
        "link": _link(str(line["channel"]), str(line["contact_point"])),
        "window": their_window(line) or None,
        "zone": their_zone(line["timezone"]),
        "own_window": None if own == their_window(line) else own or None,
        "to_say": sentences(line["must_include"]),
        "brief": [_shown(part) for part in known.brief if part.name not in (_OPENING, _QUESTIONS)],
        "questions": [_shown(part) for part in known.brief if part.name == _QUESTIONS],
        "brief_by": known.brief_by,
        "long": _letters(line, known) > _LONG,
        "note": known.note,
        "boxes": OUTCOMES_SHOWN.get(line["channel"], ()),
    }


def _shown(part: BriefPart) -> dict[str, Any]:
    return {"heading": part.heading, "text": as_html_text(part.text)}


def _letters(line: Mapping[str, Any], known: Known) -> int:
    """How much there is to read on a page."""
    note = [text for text in known.note or () if text]
    told = (text for part in known.brief for text in (part.heading, part.text))
    return sum(map(len, [*told, *note, line["opening_line"] or "", line["must_include"] or ""]))


def _link(channel: str, contact_point: str) -> str:
    """A link that dials or writes; what the address holds beside address signs is escaped."""
    scheme, safe = ("tel", "+") if channel == "phone" else ("mailto", "@")
    return f"{scheme}:{quote(contact_point, safe=safe)}"
