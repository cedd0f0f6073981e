"""The name of a run: its instant, and a hash over everything its decision depends on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.settings import settings_sha256
from flows.versions import code_version, data_versions

if TYPE_CHECKING:
    import polars as pl

    from flows.ledger import Ledger
    from flows.runs.situation import Situation
    from flows.workspace import Workspace

__all__ = ["Fingerprint", "fingerprint"]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What went into a run id, by name; kept in the manifest so that two runs can be told apart by cause."""

    run_id: str
    parts: dict[str, object]


def fingerprint(ws: Workspace, ledger: Ledger, situation: Situation, generation: str) -> Fingerprint:
    """Name a run by its inputs (contract, "A run's files"); ``generation`` is the identity the run would commit."""
    inputs = situation.inputs
    parts: dict[str, object] = {
        "lists": [[meta.sha256, meta.source, meta.records_sha256] for meta in situation.lists],
        "briefs": inputs.briefs.get_column("brief_id").to_list(),
        "last_event": [situation.relevant_head, ledger.event_hash(situation.relevant_head)],
        "earlier_commitments": _content(inputs.commitments),
        "earlier_revision": situation.earlier_revision,
        "previous_publication": situation.previous,
        "identity_generation": generation,
        "policy_revision": situation.policy.revision,
        "settings": settings_sha256(ws.settings),
        "data_versions": data_versions(),
        "keys": [key.key_id for key in ledger.keyring],
        "code": code_version(),
        "as_of": inputs.as_of.isoformat(),
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return Fingerprint(f"{inputs.as_of:%Y%m%dT%H%M%SZ}-{digest[:12]}", parts)


def _content(frame: pl.DataFrame) -> str:
    """A hash over the rows of a small frame."""
    return hashlib.sha256(frame.write_ndjson().encode()).hexdigest()
