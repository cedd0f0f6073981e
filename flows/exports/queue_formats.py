"""The queue in the formats of ``tactful queue --format``: CSV, JSON and a call list to read or print.

Each function takes lines of the queue (QUEUE columns, all text) and returns the bytes of a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from policies.schema import OUTCOME_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

__all__ = ["FORMATS", "CallListFacts", "as_html", "render"]


class CallListFacts(NamedTuple):
    """What is said about a queue handed out: its run, its day (ISO), until when it holds (ISO, with offset), for whom.

    ``in_force``: it may be worked with now; else it is for reading only.
    """

    run_id: str
    queue_date: str
    valid_until: str
    organisation: str
    owner: str | None
    in_force: bool


def _as_csv(lines: pl.DataFrame, facts: CallListFacts) -> bytes:
    """The queue as reps get it, with the blank columns for outcomes; dangerous cells neutralised."""
    from flows.exports.csv import csv_bytes
    from flows.exports.queue_table import queue_table

    return csv_bytes(queue_table(lines, facts.valid_until))


def _as_json(lines: pl.DataFrame, _facts: CallListFacts) -> bytes:
    """A JSON array, one object a line, columns in order; what is not known is null."""
    from flows.messages import json_text

    wanted = [name for name in lines.columns if name not in OUTCOME_COLUMNS]
    return f"{json_text(lines.select(wanted).to_dicts())}\n".encode()


def as_html(lines: pl.DataFrame, facts: CallListFacts) -> bytes:
    """A call list as one self-contained page: a card a person, with room for what came of it."""
    from flows.reports.run_report import environment

    people = [_card(line) for line in lines.to_dicts()]
    return environment().get_template("call_list.html.j2").render(people=people, facts=facts).encode()


def _card(line: Mapping[str, Any]) -> dict[str, Any]:
    card = {name: value if value not in (None, "") else None for name, value in line.items()}
    return {**card, "link": _link(str(line["channel"]), str(line["contact_point"])), "window": _window(line)}


def _link(channel: str, contact_point: str) -> str:
    """A link that dials or writes; what the address holds beside address signs is escaped."""
    scheme, safe = ("tel", "+") if channel == "phone" else ("mailto", "@")
    return f"{scheme}:{quote(contact_point, safe=safe)}"


def _window(line: Mapping[str, Any]) -> str:
    """When the person may be contacted, in their own time: "2026-10-14, 10:00 to 17:00"."""
    (first, start), (last, end) = (str(line[name] or "")[:16].split("T") for name in ("not_before", "not_after"))
    return f"{first}, {start} to {end}" if first == last else f"{first} {start} to {last} {end}"


FORMATS: Final[Mapping[str, Callable[[pl.DataFrame, CallListFacts], bytes]]] = {
    "csv": _as_csv,
    "json": _as_json,
    "html": as_html,
}


def render(lines: pl.DataFrame, name: str, facts: CallListFacts) -> bytes:
    """The queue in a format of :data:`FORMATS`; raises ``KeyError`` for any other name."""
    return FORMATS[name](lines, facts)
