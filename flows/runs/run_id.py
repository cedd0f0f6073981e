"""The name of a run: its instant, and a hash over everything its decision depends on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.settings import settings_sha256
from flows.versions import code_version, data_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from flows.store import ListMeta
    from flows.workspace import Workspace
    from policies.inputs import DecisionInputs

__all__ = ["Fingerprint", "decisive_parts", "fingerprint", "lists_part", "parts_sha256"]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What went into a run id, by name; kept in the manifest so that two runs can be told apart by cause."""

    run_id: str
    parts: Mapping[str, object]


def decisive_parts(
    ws: Workspace, ledger: Ledger, policy: Policy, lists: Sequence[ListMeta], inputs: DecisionInputs, relevant_head: int
) -> dict[str, object]:
    """Everything a decision depends on but the day's earlier revisions and who is who."""
    return {
        "lists": lists_part(lists),
        "briefs": inputs.briefs.get_column("brief_id").to_list(),
        "last_event": [relevant_head, ledger.event_hash(relevant_head)],
        "earlier_commitments": _content(inputs.commitments),
        "policy_revision": policy.revision,
        "settings": settings_sha256(ws.settings),
        "data_versions": data_versions(),
        "keys": [key.key_id for key in ledger.keyring],
        "code": code_version(),
        "as_of": inputs.as_of.isoformat(),
    }


def lists_part(lists: Sequence[ListMeta]) -> list[list[str]]:
    """What of the lists a decision depends on: their bytes, their contract, their records as they stand."""
    return [[meta.sha256, meta.source, meta.records_sha256] for meta in lists]


def fingerprint(
    inputs: DecisionInputs, parts: Mapping[str, object], *, earlier_revision: str | None, previous: str | None
) -> Fingerprint:
    """Name a run by its decisive parts, the day's revision before it and the last publication before it."""
    everything = {**parts, "earlier_revision": earlier_revision, "previous_publication": previous}
    return Fingerprint(f"{inputs.as_of:%Y%m%dT%H%M%SZ}-{parts_sha256(everything)[:12]}", everything)


def parts_sha256(parts: Mapping[str, object]) -> str:
    """A hash over named parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _content(frame: pl.DataFrame) -> str:
    """A hash over the rows of a small frame."""
    return hashlib.sha256(frame.write_ndjson().encode()).hexdigest()
