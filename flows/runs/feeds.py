"""Opt-out feeds: a queue is only as good as the newest opt-outs it heard of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.clock import now
from flows.reports.model import FeedLine
from policies.errors import HeldError

if TYPE_CHECKING:
    from flows.ledger import Ledger
    from flows.workspace import Workspace

__all__ = ["feed_lines", "require_fresh_feeds"]


def feed_lines(ws: Workspace, ledger: Ledger) -> list[FeedLine]:
    """Every declared feed with the age of its last import in hours; none that nothing of it ever arrived."""
    return [
        FeedLine(feed.name, _age_hours(ws, ledger, feed.name), feed.max_age_hours)
        for feed in ws.settings.optout_feeds.feed
    ]


def require_fresh_feeds(ws: Workspace, ledger: Ledger) -> None:
    """Raise ``HeldError`` (``feed_stale``) naming every feed that is too old or has never arrived."""
    lines = feed_lines(ws, ledger)
    stale = [line for line in lines if line.age_hours is None or line.age_hours > line.max_age_hours]
    if stale:
        said = "; ".join(_said(line) for line in stale)
        raise HeldError(
            "feed_stale",
            f"Opt-out feeds are late: {said}.",
            "Drop the newest export of each into data/inbox/optouts/<feed>/ and run again. Nothing was published.",
            {"feeds": [line.name for line in stale]},
        )


def _said(line: FeedLine) -> str:
    if line.age_hours is None:
        return f"{line.name} never arrived"
    return f"{line.name} is {line.age_hours:.1f} hours old, {line.max_age_hours:g} are allowed"


def _age_hours(ws: Workspace, ledger: Ledger, feed: str) -> float | None:
    last = ledger.last_feed_import(feed)
    if last is None:
        return None
    return round((now(ws.settings) - last.recorded_at).total_seconds() / 3600, 1)
