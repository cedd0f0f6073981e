"""Who may not be contacted at this moment: the last look at the ledger, before and after publishing.

It folds permission over everything known now, lists taken in since the last run included, and asks nothing else: an
opt-out must take people out of the queue at once, not with the next run.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.backup.behind import look_behind
from flows.clock import now, queue_day
from flows.ledger import EVERYTHING
from flows.ledger.one_key import OneKey
from flows.ledger.taken_back import UNDO
from flows.ledger.tokens import person_id, token
from flows.policy_files import settings_in_force
from flows.queue.bare_points import said_of_points
from flows.queue.files import QueueInForce, is_current, lines_of_day, refresh
from flows.queue.handed_out import earlier_lines, live_lines, traces, with_exports
from flows.registries.versions import Shelf
from flows.runs.published import read_published
from flows.store import active_lists, load_generation, load_records
from flows.who_is_who import Cohort, matching_for
from policies.errors import WorkspaceError
from policies.permission import PERMISSION_FACTS
from policies.schema import SCREENINGS, empty
from policies.standing import Known, Standing, standing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from flows.ledger import Ledger
    from flows.workspace import Workspace
    from policies.identity import Generation

__all__ = ["NobodyMore", "keep_queue_current", "refresh_queue", "standing_now", "stopped_points"]

WORDS: Final = {
    "opted_out": "opted out",
    "objected": "objected to direct marketing",
    "complained": "complained",
    "erased": "had their data erased",
    "domain_opted_out": "their organisation opted out",
    "address_opted_out": "this contact point opted out",
    "bounced": "this contact point is dead",
    "opted_out_by_shared_mailbox": "somebody behind a shared mailbox opted out",
    "word_in_doubt": "said something nobody could understand",
    "list_waiting": "a list that names them waits to be confirmed",
    "registry": "this number is on a do-not-call registry",
}
NO_LIST: Final = "the list they came from was taken out"
NO_CONSENT: Final = "the file with their consent or notice was taken out"
LEDGER_BEHIND: Final = "the ledger was brought back from a backup, and nobody has reconciled it yet"
LINE: Final = ("person_id", "channel", "contact_point")
# What closes one contact point and says nothing about the others of the person.
_OF_ONE_POINT: Final = ("address_opted_out", "bounced")


class NobodyMore:
    """Who must not be contacted at the ledger's head, and what of earlier days must be called back with them."""

    def __init__(self, ws: Workspace, ledger: Ledger) -> None:
        """Nothing is looked up before it is asked for, and nothing twice."""
        self._ws = ws
        self._ledger = ledger
        self._moment = now(ws.settings)

    @cached_property
    def _published(self) -> pl.DataFrame:
        # not before the files are locked and the head is read: a run may publish at any moment
        return self._ledger.publications()

    @cached_property
    def generation(self) -> Generation:
        """The identity of the latest publication."""
        return load_generation(self._ws, self._published.get_column("identity_generation")[-1])

    @cached_property
    def found(self) -> Standing:
        """Where everybody on the active lists stands now."""
        return standing_now(self._ws, self._ledger)

    @cached_property
    def _stopped(self) -> pl.DataFrame:
        """``current, channel, contact, reason``; ``current`` is the person id in force."""
        then = self.generation.assignments.select("record_id", pl.col("person_id").alias("current"))
        return _stopped(self.found).join(then, on="record_id", how="inner", validate="m:1")

    def of_day(self, lines: pl.DataFrame) -> Mapping[str, str]:
        """Why people of ``lines`` (``person_id, channel, contact_point``, all of one day) leave its queue, by id."""
        if lines.is_empty():
            return {}
        said = dict(self._said(lines).select("person_id", "reason").unique("person_id", keep="first").iter_rows())
        people = set(lines.get_column("person_id"))
        reasons = _taken_out(self._ws, self._ledger, self._published) | said
        if self._ledger.ask(lambda connection: look_behind(self._ws, connection)):
            return {person: reasons.get(person, LEDGER_BEHIND) for person in sorted(people)}
        return {person: reason for person, reason in reasons.items() if person in people}

    def earlier(self) -> pl.DataFrame:
        """Lines of earlier days that must be called back, as ``LINES`` with ``reason``."""
        live = live_lines(self._ws, self._ledger, self._published, self._moment)
        # with nobody handed out, where everybody stands need not be asked: it costs as much as there are records
        lines = earlier_lines(self._ws, self._published, live if live.is_empty() else self._concerned(live))
        if lines.is_empty():
            return lines.with_columns(pl.lit(None, dtype=pl.String).alias("reason"))
        said = self._said(lines).unique(LINE, keep="first", maintain_order=True)
        return lines.join(said, on=LINE, how="inner", validate="m:1")

    def exported(self, recall: pl.DataFrame) -> pl.DataFrame:
        """``RECALL`` with the name of every file each line went to."""
        if recall.is_empty():
            return recall
        return with_exports(recall, traces(self._ledger), self.generation.resolve(pl.col("person_id")))

    def _concerned(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Those of some lines whose people are stopped anywhere, or whom no active list knows any more."""
        current = lines.with_columns(self.generation.resolve(pl.col("person_id")).alias("current"))
        active = self.found.points.select("record_id").unique()
        then = self.generation.assignments.select("record_id", pl.col("person_id").alias("current"))
        known = then.join(active, on="record_id", how="semi").get_column("current").unique().implode()
        stopped = self._stopped.get_column("current").unique().implode()
        return current.filter(pl.col("current").is_in(stopped) | ~pl.col("current").is_in(known))

    def _said(self, lines: pl.DataFrame) -> pl.DataFrame:
        """``person_id, channel, contact_point, reason`` of the lines that something said stops, nearest reason first.

        What was said of a contact point alone stops the lines that hold it. Contact points that stand in no active list
        any more are looked up by themselves.
        """
        points = lines.select(LINE).unique()
        current = points.with_columns(self.generation.resolve(pl.col("person_id")).alias("current"))
        of_people = (
            self._stopped.join(current, on=["current", "channel"], how="inner")
            .filter(~pl.col("reason").is_in(_OF_ONE_POINT) | (pl.col("contact") == pl.col("contact_point")))
            .select(*LINE, "reason")
        )
        bare = current.join(self.found.points, left_on="contact_point", right_on="contact", how="anti")
        return (
            pl.concat([of_people, self._said_of_bare(bare), self._on_registry(points)])
            .sort(*LINE, "reason")
            .with_columns(pl.col("reason").replace_strict(WORDS, return_dtype=pl.String))
        )

    def _on_registry(self, points: pl.DataFrame) -> pl.DataFrame:
        """The lines whose number a registry in force lists: a newer version may have come since."""
        calls = points.filter(pl.col("channel") == "phone")
        shelf = Shelf.of(self._ws, self._ledger, queue_day(self._moment, self._ws.settings))
        try:
            said = shelf.screen(calls.get_column("contact_point"))
        except WorkspaceError:  # a damaged registry keeps nobody's own word from taking effect; the next run tells it
            said = empty(SCREENINGS)
        listed = said.filter("listed").select("phone").unique()
        found = calls.join(listed, left_on="contact_point", right_on="phone", how="semi")
        return found.select(*LINE, pl.lit("registry").alias("reason"))

    def _said_of_bare(self, points: pl.DataFrame) -> pl.DataFrame:
        if points.is_empty():
            return points.select(*LINE, pl.lit(None, dtype=pl.String).alias("reason"))
        asked = points.select(pl.col("current").alias("person_id"), "channel", pl.col("contact_point").alias("contact"))
        on = queue_day(self._moment, self._ws.settings)
        found = _holding(said_of_points(self._ledger, asked, self._moment, on)[0].facts)
        named = points.with_columns(
            pl.concat_str("channel", "current", "contact_point", separator=" ").alias("record_id")
        )
        return named.join(found, on=["record_id", "channel"], how="inner").select(*LINE, "reason")


def refresh_queue(ws: Workspace, ledger: Ledger) -> QueueInForce | None:
    """Derive the queue files anew from the latest publication and the ledger's head, and what must be carried on."""
    head, nobody = ledger.head(), NobodyMore(ws, ledger)
    try:
        return refresh(ws, ledger, now(ws.settings), nobody)
    finally:
        if ws.settings.recipient or ws.propagate.is_dir():
            from flows.propagation.files import rewrite

            rewrite(ws, ledger, nobody.found, head)


def keep_queue_current(ws: Workspace, ledger: Ledger) -> None:
    """Complete what an interrupted command left: events that the queue files, or those to be carried, do not show."""
    if not (is_current(ws, ledger) and _is_carried(ws, ledger)):
        refresh_queue(ws, ledger)


def _is_carried(ws: Workspace, ledger: Ledger) -> bool:
    if not ws.settings.recipient:
        return True
    from flows.propagation.files import is_written

    return is_written(ws, ledger)


def _taken_out(ws: Workspace, ledger: Ledger, published: pl.DataFrame) -> dict[str, str]:
    """Who stood in a queue of the day on grounds of a file that was taken back since."""
    undone = ledger.files_marked(UNDO)
    if not undone:
        return {}
    of_day = published.filter(pl.col("queue_date") == published.get_column("queue_date").last())
    since = of_day.get_column("events_seq").min()
    gone = {sha256 for sha256, seq in undone.items() if isinstance(since, int) and seq > since}
    rows = [
        read_published(ws, run_id, "decisions.parquet").filter(pl.col("file_sha256").is_in(sorted(gone)))
        for run_id in of_day.get_column("run_id")
    ]
    people = pl.concat([row.select("person_id") for row in rows]).get_column("person_id").drop_nulls().unique()
    without = _without_their_consent(ledger, lines_of_day(ws, published), gone)
    return dict.fromkeys(without, NO_CONSENT) | dict.fromkeys(people.sort(), NO_LIST)


def _without_their_consent(ledger: Ledger, lines: Sequence[pl.DataFrame], gone: Collection[str]) -> list[str]:
    """People in the queue whose contact point a consent or notice was about that was taken back with its file."""
    named = ledger.tokens_of_files(gone)
    found = []
    for person, channel, contact in (
        pl.concat(lines).select("person_id", "channel", "contact_point").unique().iter_rows()
    ):
        value = contact.lower() if channel == "email" else contact
        if named and any(token(key, channel, value) in named for key in ledger.keyring):
            found.append(person)
    return sorted(found)


def stopped_points(ws: Workspace, ledger: Ledger) -> pl.DataFrame:
    """``record_id, channel, contact, reason`` for every contact point that something said now stops."""
    return _stopped(standing_now(ws, ledger))


def standing_now(ws: Workspace, ledger: Ledger) -> Standing:
    """Who is who on the active lists, and what everything recorded says of them."""
    published = ledger.publications().get_column("identity_generation").to_list()
    moment = now(ws.settings)
    lists, settings = active_lists(ws), settings_in_force(ws)
    records = load_records(ws, lists)
    own = OneKey(ledger.keyring, records, ledger.token_kinds())
    known = Known(
        records=records,
        tokens=own.tokens,
        events=own.named(ledger.permission_events(EVERYTHING, own.as_made)),
        consents=own.named(ledger.consents(EVERYTHING)),
        touches=own.named(ledger.touches(EVERYTHING)),
    )
    return standing(
        known,
        matching_for(ws, ledger, settings, Cohort.of_lists(records, lists)),
        load_generation(ws, published[-1] if published else None, pairs=True),
        settings["lists"],
        mint=lambda ids: [person_id(ledger.keyring, record) for record in ids],
        as_of=moment,
        on=queue_day(moment, ws.settings),
    )


def _stopped(found: Standing) -> pl.DataFrame:
    return (
        _holding(found.permission.facts)
        .join(found.points, on=["record_id", "channel"], how="left", validate="m:1")
        .select("record_id", "channel", "contact", "reason")
        .sort("record_id", "channel", "reason")
    )


def _holding(facts: pl.DataFrame) -> pl.DataFrame:
    """``record_id, channel, reason``: every fact about permission that holds."""
    wide = facts.unpivot(
        on=PERMISSION_FACTS, index=["record_id", "channel"], variable_name="reason", value_name="holds"
    )
    return wide.filter("holds").drop("holds")
