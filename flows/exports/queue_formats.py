"""The formats of ``tactful queue --format``, by name: how each is made, and what it needs beside the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flows.exports.call_sheet import as_html
from flows.exports.crm import as_hubspot, as_salesforce
from flows.exports.ics import as_ics
from policies.schema import OUTCOME_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.exports.handout import Handout

__all__ = ["BRIEFS", "FORMATS", "NAMES", "NOTES", "Format"]

NAMES: Final = "names"
BRIEFS: Final = "briefs"
NOTES: Final = "notes"


class Format(NamedTuple):
    """How a format is made of a handout; what it ``needs`` (``NAMES``, ``BRIEFS``, ``NOTES``) to be known of people.

    ``for_work``: another program takes it for things to do, so that it is made of a queue in force alone.
    """

    render: Callable[[Handout], bytes]
    needs: frozenset[str] = frozenset()
    for_work: bool = False


def _as_csv(handout: Handout) -> bytes:
    """The queue as reps get it, with the blank columns for outcomes; dangerous cells neutralised."""
    from flows.exports.csv import csv_bytes
    from flows.exports.queue_table import queue_table

    return csv_bytes(queue_table(handout.lines, handout.facts.valid_until))


def _as_json(handout: Handout) -> bytes:
    """A JSON array, one object a line, columns in order; what is not known is null."""
    from flows.messages import json_text

    wanted = [name for name in handout.lines.columns if name not in OUTCOME_COLUMNS]
    return f"{json_text(handout.lines.select(wanted).to_dicts())}\n".encode()


FORMATS: Final[Mapping[str, Format]] = {
    "csv": Format(_as_csv),
    "json": Format(_as_json),
    "hubspot": Format(as_hubspot, needs=frozenset({NAMES}), for_work=True),
    "salesforce": Format(as_salesforce, needs=frozenset({NAMES}), for_work=True),
    "ics": Format(as_ics, for_work=True),
    "html": Format(as_html, needs=frozenset({BRIEFS, NOTES})),
}
