"""Opt-out feeds: a queue is only as good as the newest opt-outs it heard of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.clock import now
from policies.errors import HeldError

if TYPE_CHECKING:
    from flows.ledger import Ledger
    from flows.settings import Feed
    from flows.workspace import Workspace

__all__ = ["FeedAge", "feed_ages", "require_fresh_feeds"]


@dataclass(frozen=True, slots=True)
class FeedAge:
    """One declared opt-out feed: hours since a whole file was taken in, None where none ever was.

    ``too_few`` are the rows of a newer file that did not count as a delivery: it held fewer than ``min_rows``, or far
    fewer than the one before, or broke off. ``why`` is the code of what was wrong with it.
    """

    name: str
    age_hours: float | None
    max_age_hours: int
    min_rows: int
    too_few: int | None
    state: str  # fresh | stale | broken | never
    why: str | None = None


def feed_ages(ws: Workspace, ledger: Ledger) -> list[FeedAge]:
    """How old every declared feed is, in the order of the settings."""
    return [_age(ws, ledger, feed) for feed in ws.settings.optout_feeds.feed]


def require_fresh_feeds(ws: Workspace, ledger: Ledger) -> None:
    """Raise ``HeldError`` (``feed_stale``) naming every feed that is late, cut short or has never arrived."""
    stale = [feed for feed in feed_ages(ws, ledger) if feed.state != "fresh"]
    if stale:
        said = "; ".join(_said(feed) for feed in stale)
        raise HeldError(
            "feed_stale",
            f"Opt-out feeds are late: {said}.",
            "Drop the newest export of each into data/inbox/optouts/<feed>/ and run again. Nothing was published.",
            {"feeds": [feed.name for feed in stale]},
        )


def _age(ws: Workspace, ledger: Ledger, feed: Feed) -> FeedAge:
    newest = ledger.last_feed_import(feed.name, whole=False)
    last = ledger.last_feed_import(feed.name, min_rows=feed.min_rows)
    short = newest if newest is not None and (last is None or newest.seq > last.seq) else None
    age = None if last is None else round((now(ws.settings) - last.recorded_at).total_seconds() / 3600, 1)
    return FeedAge(
        name=feed.name,
        age_hours=age,
        max_age_hours=feed.max_age_hours,
        min_rows=feed.min_rows,
        too_few=short.body["rows"] if short else None,
        state=_state(age, feed, broken=short is not None),
        why=short.body.get("why", "feed_short") if short else None,
    )


def _state(age: float | None, feed: Feed, *, broken: bool) -> str:
    """A newer file that does not count leaves open who opted out since: the feed is not fresh, however young."""
    if age is None:
        return "never"
    if age > feed.max_age_hours:
        return "stale"
    return "broken" if broken else "fresh"


def _said(feed: FeedAge) -> str:
    old = (
        f"{feed.name} never arrived"
        if feed.age_hours is None
        else f"{feed.name} is {feed.age_hours:.1f} hours old, {feed.max_age_hours} are allowed"
    )
    if feed.too_few is None:
        return old
    least = f": at least {feed.min_rows:,} are expected" if feed.too_few < feed.min_rows else f" ({feed.why})"
    return f"{old}; its newest file has {feed.too_few:,} rows and does not count{least}"
