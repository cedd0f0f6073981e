"""The way from an opt-out to a record: which event, under which contact point, over which links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.permission import written_word

if TYPE_CHECKING:
    from flows.asking.links import Edge, Links
    from policies.subjects import Subjects

__all__ = ["path_of", "place_of", "told"]

_MATCHES: Final = {
    "exact": "names the contact point of",
    "equivalent": "names another spelling of the contact point of",
    "digest": "names, as a hash, the contact point of",
    "other": "names a further contact point of",
    "domain": "names a domain above the address of",
    "person": "names the person of",
}


def path_of(suppression: dict[str, Any], subjects: Subjects, links: Links) -> list[str]:
    """The steps from an event to a covered record, in words that hold keyed ids only.

    ``suppression`` is a row of ``SUPPRESSIONS``. The way leads over the shortest chain of links within a person, and
    over at most one link to whoever may be the same person.
    """
    ways = _Ways(subjects, links)
    target, via = suppression["record_id"], suppression["via_record_id"]
    here, there = suppression["crossed_from"], suppression["crossed_to"]
    start = f"event {written_word(suppression['word'])} ({suppression['kind']}, scope {suppression['scope']})"
    first = via or here or target
    steps = [start, f"{_MATCHES[suppression['match']]} {place_of(subjects, first)}"]
    if there is None:
        return steps + ways.between(first, target)
    crossed = told(links.crossing(here, there), subjects)
    return [*steps, *ways.between(first, here), crossed, *ways.between(there, target)]


def told(edge: Edge, subjects: Subjects) -> str:
    """A link as a step of a path, seen from the record it starts at."""
    return f"which {edge.words} {place_of(subjects, edge.other)}{edge.weighed}"


class _Ways:
    """Ways between records that are counted as one person, or once were."""

    def __init__(self, subjects: Subjects, links: Links) -> None:
        self._subjects = subjects
        self._links = links

    def between(self, start: str, end: str) -> list[str]:
        """One sentence per link."""
        if start == end:
            return []
        one, other = self._person(start), self._person(end)
        family = self._subjects.records.filter(pl.col("person_id") == other).get_column("record_id").to_list()
        chain = self._links.chain(family, start, end) if one == other else None
        if chain is None:
            return [f"was once one person with {place_of(self._subjects, end)}"]
        return [told(edge, self._subjects) for edge in chain]

    def _person(self, record: str) -> str:
        found = self._subjects.records.filter(pl.col("record_id") == record).get_column("person_id")
        return str(found.item())


def place_of(subjects: Subjects, record: str) -> str:
    """A record by its list and row."""
    rows = subjects.rows.filter(pl.col("record_id") == record).sort("source", "file_sha256", "row_number")
    source, row = rows.select("source", "row_number").row(0)
    return f"record {record[:8]} ({source}, row {row})"
