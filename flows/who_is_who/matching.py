"""The matching of a workspace's records: found once, kept, and read back as long as nothing it rests on has changed.

A result is named by everything it was made from: the lists, the rules, the words of people, the program. So it can be
kept by anybody and never be out of date. From so many records on an epoch is kept as well, under which only what is new
is compared (design D6); it holds names as they are compared by, so only whoever holds the workspace alone writes one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flows.ledger import EVERYTHING
from flows.store import load_records
from flows.store.matching import keep_state, states, stored_state
from flows.versions import code_version, matching_versions
from flows.who_is_who.epochs import LEAST_RECORDS, matched_under_epoch, renew_epoch
from flows.who_is_who.judged import judged_pairs
from flows.who_is_who.marks import possibly_meant
from policies.identity import Matching

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import polars as pl

    from flows.ledger import Cut, Ledger
    from flows.store import ListMeta
    from flows.workspace import Workspace

__all__ = ["Cohort", "matching_for", "renew_matching"]

_FORMAT: Final = 1
_SMALL: Final = 20_000  # records
_REMEMBERED: Final = 8
_RECENT: Final[dict[str, Matching]] = {}  # by name, which says all it was made from
_PARTS: Final = ("groups", "links", "judged")
_RULES: Final = ("identity", "lists", "legal_forms")  # settings that names and contact points are compared by


@dataclass(frozen=True)
class Cohort:
    """Records to be matched, and a digest of what they say.

    ``records`` is ``RECORDS``; those that are rejected or erased take no part. ``lists`` gives the SHA-256 of the
    stored records by that of the file they came from.
    """

    records: pl.DataFrame
    digest: str
    lists: Mapping[str, str]

    @classmethod
    def of_lists(cls, records: pl.DataFrame, lists: Sequence[ListMeta]) -> Cohort:
        """The records of some lists."""
        stored = {meta.sha256: meta.records_sha256 for meta in lists}
        return cls(records, _sha256(sorted([meta.sha256, meta.records_sha256] for meta in lists)), stored)

    def without(self, leaving: pl.Expr) -> Cohort:
        """The records but some; ``leaving`` is true for these."""
        gone = self.records.filter(leaving).select("file_sha256", "row_number").sort("file_sha256", "row_number")
        left = self.records.filter(~leaving)
        return Cohort(left, _sha256([self.digest, gone.rows()]), self.lists)


def matching_for(
    ws: Workspace, ledger: Ledger, settings: Mapping[str, Any], cohort: Cohort, cut: Cut = EVERYTHING
) -> Matching:
    """Which of a cohort's records are one human being, and which may be, by the words people said before the cut.

    ``settings`` are those of the rulebook. What was found before is read; else it is found and kept. Raises
    ``RuleFileError`` where the model of the rules is none.
    """
    digest = _rules_digest(settings)
    name = _sha256([_FORMAT, cohort.digest, digest, ledger.last_judgement(cut)])
    found = _read(ws, name)
    if found is None:
        found = _RECENT.get(name) or _found(ws, ledger, settings, cohort, cut)
        keep_state(ws, "result", name, {part: getattr(found, part) for part in _PARTS})
    _remember(name, found)
    return found


def renew_matching(ws: Workspace, settings: Mapping[str, Any], lists: Sequence[ListMeta]) -> None:
    """Make a new epoch of some lists where they are large and none serves. Needs the workspace lock."""
    if sum(meta.rows - meta.rejected for meta in lists) < LEAST_RECORDS:
        return
    from policies.identity.model_file import lead_model
    from policies.subjects import people_of

    people = people_of(load_records(ws, lists))
    renew_epoch(ws, people, lead_model(settings), settings, _rules_digest(settings))


def _rules_digest(settings: Mapping[str, Any]) -> str:
    """What stands for everything besides records and judgements: rule data, our own code, the libraries used."""
    rules = {name: settings.get(name) for name in _RULES}
    return _sha256([rules, code_version(), matching_versions()])


def _remember(name: str, found: Matching) -> None:
    """A command asks for the same several times; what it asked for last stays at hand where it is small."""
    _RECENT.pop(name, None)
    if found.groups.height <= _SMALL:
        _RECENT[name] = found
        for oldest in list(_RECENT)[:-_REMEMBERED]:
            del _RECENT[oldest]


def _read(ws: Workspace, name: str) -> Matching | None:
    known = _RECENT.get(name)
    if known is not None and name in states(ws, "result"):
        return known
    frames = stored_state(ws, "result", name)
    if frames is None or set(frames) != set(_PARTS):
        return None
    return Matching(**{part: frames[part].collect() for part in _PARTS})


def _found(ws: Workspace, ledger: Ledger, settings: Mapping[str, Any], cohort: Cohort, cut: Cut) -> Matching:
    from policies.identity.matching import match
    from policies.identity.model_file import lead_model
    from policies.subjects import people_of

    people = people_of(cohort.records)
    compared = cohort.records.join(people.select("record_id"), on="record_id", how="semi")
    said = ledger.judgements(cut)
    judged = judged_pairs(ledger.keyring, said, possibly_meant(ws, ledger.keyring, said, compared, cohort.lists))
    model = lead_model(settings)
    stored = matched_under_epoch(ws, people, model, settings, judged, _rules_digest(settings))
    return stored or match(people, model, settings, judged)


def _sha256(value: Collection[object]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
