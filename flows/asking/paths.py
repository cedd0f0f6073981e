"""The way from an opt-out to a record: which event, under which contact point, over which links."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.permission import written_word

if TYPE_CHECKING:
    from policies.subjects import Subjects

__all__ = ["path_of", "place_of"]

_MATCHES: Final = {
    "exact": "names the contact point of",
    "equivalent": "names another spelling of the contact point of",
    "digest": "names, as a hash, the contact point of",
    "other": "names a further contact point of",
    "domain": "names a domain above the address of",
    "person": "names the person of",
}
_LINKS: Final = {"same_email": "has the same mailbox as", "same_phone_and_surname": "has the same phone and surname as"}


def path_of(suppression: dict[str, Any], subjects: Subjects) -> list[str]:
    """The steps from an event to a covered record, in words that hold keyed ids only.

    ``suppression`` is a row of ``SUPPRESSIONS``. The links are the shortest chain between the two records.
    """
    target, via = suppression["record_id"], suppression["via_record_id"]
    start = f"event {written_word(suppression['word'])} ({suppression['kind']}, scope {suppression['scope']})"
    named = _MATCHES[suppression["match"]]
    if via is None:
        return [start, f"{named} {place_of(subjects, target)}"]
    steps = [start, f"{named} {place_of(subjects, via)}"]
    return steps + _chain(subjects, suppression["person_id"], via, target)


def _chain(subjects: Subjects, person: str, via: str, target: str) -> list[str]:
    """One sentence per link from the record named to the record covered."""
    if via == target:
        return []
    links = _links_of(subjects, person)
    came_from: dict[str, tuple[str, str]] = {via: ("", "")}
    waiting = deque([via])
    while waiting and target not in came_from:
        here = waiting.popleft()
        for there, link in sorted(links.get(here, ())):
            if there not in came_from:
                came_from[there] = (here, link)
                waiting.append(there)
    if target not in came_from:
        return [f"was once one person with {place_of(subjects, target)}"]
    steps: list[str] = []
    while target != via:
        before, link = came_from[target]
        steps.append(f"which {_LINKS[link]} {place_of(subjects, target)}")
        target = before
    return steps[::-1]


def _links_of(subjects: Subjects, person: str) -> dict[str, set[tuple[str, str]]]:
    """For each record of a person the records it shares a key with, and the kind of key."""
    own = subjects.records.filter(pl.col("person_id") == person).select("record_id")
    members = subjects.links.join(own, on="record_id", how="semi")
    pairs = members.join(members.select("key", pl.col("record_id").alias("other")), on="key")
    found: dict[str, set[tuple[str, str]]] = {}
    for record, other, link in pairs.select("record_id", "other", "link").iter_rows():
        if record != other:
            found.setdefault(record, set()).add((other, link))
    return found


def place_of(subjects: Subjects, record: str) -> str:
    """A record by its list and row."""
    rows = subjects.rows.filter(pl.col("record_id") == record).sort("source", "file_sha256", "row_number")
    source, row = rows.select("source", "row_number").row(0)
    return f"record {record[:8]} ({source}, row {row})"
