"""Filing the inbox: every dropped file becomes facts and events, or goes to quarantine with the reason."""

from flows.filing.inbox import (
    IntakeSummary,
    file_inbox,
    new_events,
)

__all__ = [
    "IntakeSummary",
    "file_inbox",
    "new_events",
]
