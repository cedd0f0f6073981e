"""What is known of the queue files in force, kept beside them in ``data/queue/.state.json``.

It holds keyed ids and hashes, nobody's name. Whoever was recalled under a publication stays recalled under it: only a
new publication puts people in. Reading it costs next to nothing, so that every command can ask whether the queue has
run out.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from flows.files import mending, write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flows.workspace import Workspace

__all__ = ["QueueState", "Recalled", "is_due", "load_state", "save_state"]

_STATE_FILE: Final = ".state.json"


@dataclass(frozen=True, slots=True)
class Recalled:
    """Why and since when somebody who stood in the queue must not be contacted."""

    reason: str
    since: str  # ISO 8601 with offset


@dataclass(frozen=True, slots=True)
class QueueState:
    """Which publication the files show, up to which event, and what was written."""

    run_id: str
    valid_until: str  # ISO 8601 with offset
    ledger_head: int  # every event up to this one is heeded
    complete: bool = False  # not while the files are being rewritten
    expired: bool = False  # the files were emptied to their headers
    recalled: Mapping[str, Recalled] = field(default_factory=dict)  # by person id
    called_back: Mapping[str, str] = field(default_factory=dict)  # people of earlier queues: since when, by person id
    files: Mapping[str, str] = field(default_factory=dict)  # SHA-256 of what was written, by file name


def load_state(ws: Workspace) -> QueueState | None:
    """The state on disk; none where there is none, or where it cannot be read and so vouches for nothing."""
    file = _place(ws)
    with mending(file):
        if not file.is_file():
            return None
        raw = file.read_bytes()
    try:
        values = json.loads(raw)
        recalled = {person: Recalled(**entry) for person, entry in values.pop("recalled").items()}
        state = QueueState(recalled=recalled, **values)
        datetime.fromisoformat(state.valid_until)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return state


def save_state(ws: Workspace, state: QueueState) -> None:
    """Replace the state on disk; raises ``WorkspaceError`` on disk trouble."""
    data = json.dumps(asdict(state), sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    write_bytes(_place(ws), data.encode())


def is_due(ws: Workspace, state: QueueState | None, now: datetime) -> bool:
    """Whether queue files stand there that no longer hold: past their day, or nobody can say of which day."""
    if state is None:
        return any(ws.queue.glob("*.csv")) if ws.queue.is_dir() else False
    return not state.expired and now >= datetime.fromisoformat(state.valid_until)


def _place(ws: Workspace) -> Path:
    return ws.queue / _STATE_FILE
