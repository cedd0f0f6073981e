"""``data/propagate/<recipient>.csv``: what must still be carried to each system of tactful.toml, and what is overdue.

Written anew whenever somebody says stop, as the queue files are, and when something was carried. Columns are those the
system takes in, then ``since`` and ``overdue``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.clock import now
from flows.exports.csv import write_csv
from flows.files import make_folder, mending, write_bytes
from flows.locks import queue_lock
from flows.propagation.carried import carried_up_to, last_carried, without_carried
from flows.propagation.layouts import laid_out
from flows.propagation.points import statements

if TYPE_CHECKING:
    from datetime import datetime

    from flows.ledger import Ledger
    from flows.settings import Recipient
    from flows.workspace import Workspace
    from policies.standing import Standing

__all__ = ["ToCarry", "Waiting", "by_point", "is_written", "rewrite"]

_STEM: Final = "{name}.csv"
_HEAD: Final = ".head"  # number of the last event the files heed
_POINT: Final = ("kind", "contact")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How one recipient stands: contact points not carried yet, how many of them too long, the oldest in hours."""

    name: str
    format: str
    within_hours: int
    waiting: int
    overdue: int
    oldest_hours: float | None
    carried_at: datetime | None  # null: never


class ToCarry:
    """What must still be carried to each recipient, looked up once for all of them."""

    def __init__(self, ws: Workspace, ledger: Ledger, found: Standing | None = None) -> None:
        """Nothing is looked up before it is asked for; ``found``: where everybody stands, if that is known already."""
        self._ws = ws
        self._found = found
        self._ledger = ledger
        self._moment = now(ws.settings)

    @cached_property
    def everything(self) -> pl.DataFrame:
        """All that must be heeded elsewhere, as ``STATEMENTS``."""
        return statements(self._ws, self._ledger, self._found)

    @cached_property
    def _recent(self) -> pl.DataFrame:
        """What some recipient may not have been told of yet: long lists that all of them have are left alone."""
        return statements(self._ws, self._ledger, self._found, after=carried_up_to(self._ws, self._ledger))

    @cached_property
    def _term(self) -> int:
        from flows.policy_files import stop_terms

        return int(stop_terms(self._ws)["carry_hours"])

    def points(self, recipient: Recipient) -> pl.DataFrame:
        """``kind, contact, stops`` (list), ``since, overdue`` of what this system has not been told yet."""
        carried = last_carried(self._ws, self._ledger, recipient.name)
        left = without_carried(self._recent, carried, self._ledger.keyring)
        latest = self._moment - timedelta(hours=recipient.within_hours or self._term)
        found = by_point(left, self._recent).with_columns((pl.col("since") < pl.lit(latest)).alias("overdue"))
        # a system without a place for numbers has nothing to be told about them
        return found if recipient.format != "hubspot" else found.filter(_told_to_hubspot())

    def state(self, recipient: Recipient) -> Waiting:
        """How one recipient stands, in counts."""
        points = self.points(recipient)
        oldest = points.get_column("since").min()
        times: list[datetime] = (
            self._ledger.exports().filter(pl.col("recipient") == recipient.name).get_column("recorded_at").to_list()
        )
        return Waiting(
            name=recipient.name,
            format=recipient.format,
            within_hours=recipient.within_hours or self._term,
            waiting=points.height,
            overdue=int(points.get_column("overdue").sum()),
            oldest_hours=_hours(self._moment, oldest),
            carried_at=times[-1] if times else None,
        )


def by_point(left: pl.DataFrame, everything: pl.DataFrame) -> pl.DataFrame:
    """One row for each contact point of ``left``: ``kind, contact, stops`` as a list of all there is, ``since``."""
    since = left.group_by(_POINT).agg(pl.col("recorded_at").min().alias("since"))
    stops = everything.group_by(_POINT).agg(pl.col("stops").unique().sort())
    return since.join(stops, on=_POINT, how="left").select(*_POINT, "stops", "since").sort(_POINT)


def rewrite(ws: Workspace, ledger: Ledger, found: Standing | None = None, head: int = -1) -> None:
    """Write the file of every recipient anew; raises ``WorkspaceError`` on disk trouble.

    ``found`` heeds every event up to ``head`` at least; where something was said since, it is looked up again, so that
    of two commands at once the later word stands.
    """
    make_folder(ws.propagate)
    with queue_lock(ws):
        if found is None or ledger.relevant_head() > head:
            found, head = None, ledger.head()
        wanted = ToCarry(ws, ledger, found)
        _remove_others(ws)
        for recipient in ws.settings.recipient:
            points = wanted.points(recipient)
            write_csv(laid_out(points, recipient.format), ws.propagate / _STEM.format(name=recipient.name))
        write_bytes(ws.propagate / _HEAD, f"{head}\n".encode())  # last: an interrupted rewrite is done again


def is_written(ws: Workspace, ledger: Ledger) -> bool:
    """Whether the files heed everything that was said; nothing to write counts as written."""
    if not ws.settings.recipient:
        return True
    place = ws.propagate / _HEAD
    with mending(place):
        text = place.read_text("utf-8").strip() if place.is_file() else ""
    return text.isdecimal() and int(text) >= ledger.relevant_head()


def _remove_others(ws: Workspace) -> None:
    """Take away the files of recipients that are named no more: nobody would write them anew."""
    named = {_STEM.format(name=recipient.name) for recipient in ws.settings.recipient}
    for file in sorted(ws.propagate.glob("*.csv")):
        with mending(file):
            header = file.read_bytes().partition(b"\n")[0]
            if file.name not in named and header.endswith(b",since,overdue"):
                file.unlink()


def _told_to_hubspot() -> pl.Expr:
    return (pl.col("kind") == "email") & pl.col("stops").list.contains("email")


def _hours(moment: datetime, since: object) -> float | None:
    from datetime import datetime

    return round((moment - since).total_seconds() / 3600, 1) if isinstance(since, datetime) else None
