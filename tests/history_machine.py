"""Any history of a real workspace: lists in and out, opt-outs, consents, touches, and the laws of the contract over it.

Each history has its own workspace on disk, with a real ledger, store and intake; after every step the next decision is
made and held against a plain memory of what was said.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from polars.testing import assert_frame_equal

from flows.filing import file_inbox
from flows.filing.lists import confirm_list
from flows.filing.undo import undo_file
from flows.filing.waiting import waiting_files
from flows.judging import say
from flows.ledger import Ledger
from flows.ledger.contacts import ContactLists, read_contact
from flows.ledger.events import OptOut, optout_event
from flows.ledger.journal import Journal
from flows.ledger_access import keyring_of
from flows.queue.suppression_now import refresh_queue
from flows.runs.situation import look
from flows.workspace import load
from policies.errors import TactfulError, UsageError
from policies.evaluate import decide
from policies.identity import components
from policies.identity.matched import DIFFERENT, SAME
from policies.queue_lines import queue_lines
from tests.histories import (
    BEGINNING,
    CONTACTS,
    ROLE,
    Consent,
    Contact,
    Memory,
    Word,
    begun,
    contacts,
    csv_text,
    emails,
    lines,
    points_of,
    rules,
)
from tests.policies.worlds import reordered
from tests.postgres import fresh_database_url
from tests.small_workspace import Line, at, drop, drop_list, publish, today

if TYPE_CHECKING:
    from flows.workspace import Workspace
    from policies.evaluate import Decision

BEGIN = datetime(2026, 10, 13, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAUSE = 3  # hours
DENY = 3
CONSENT_COLUMNS = (
    *("contact", "channel", "purpose", "event_state", "captured_at", "method", "statement", "statement_version"),
    "evidence",
)

__all__ = ["HOUR", "History", "channels"]

_UNAGREED = "unagreed"  # a source without a contract

channels = st.sampled_from(("any", "email", "phone"))
scopes = st.sampled_from(("person", "address"))
sources = st.sampled_from(("summit", "guild"))


class History(RuleBasedStateMachine):
    """A workspace to which anything may happen, an hour at a time."""

    database = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tactful-history-"))
        self.now = BEGIN
        self.step = 0
        self.memory = Memory()
        self.stopped: set[tuple[str, str]] = set()
        self.files: list[Path] = []
        self.lengths: dict[str, int] = {}
        self.consents: set[str] = set()
        self.by_command: dict[int, Word] = {}  # words recorded by command, by number of their event
        shutil.copytree(begun(), self.folder / "ws")
        self.workspace = self._in_database(load(self.folder / "ws"))
        self.ledger = self._opened()
        self.policy = rules()

    def teardown(self) -> None:
        """Leave nothing on disk."""
        self.ledger.close()
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        """Everybody is on a list, under two addresses each."""
        self.drop_a_list("summit", list(BEGINNING))

    @rule(source=sources, rows=lines)
    def drop_a_list(self, source: str, rows: list[Line]) -> None:
        """A list comes in; its opt-out cells count, also of rows that are rejected."""
        file = drop_list(self._ws, source, rows, f"list-{self.step}.csv")
        self._remember_rows(file, rows)
        self.memory.hear_flags(rows, self.now, self.step)
        self.files.append(self.folder / f"kept-{self.step}.csv")
        shutil.copyfile(file, self.files[-1])
        self._take_in()

    @precondition(lambda self: self.files)
    @rule(data=st.data(), source=sources)
    def drop_it_again(self, data: st.DataObject, source: str) -> None:
        """The very same file comes in once more, perhaps for another source, as if nothing had been said since."""
        content = data.draw(st.sampled_from(self.files)).read_bytes()
        drop(self._ws, f"lists/{source}/again-{self.step}.csv", content)
        self._take_in()
        sha256 = hashlib.sha256(content).hexdigest()
        self.memory.rows[sha256] = self.lengths[sha256]

    @precondition(lambda self: self.memory.rows)
    @rule(data=st.data())
    def take_a_list_out(self, data: st.DataObject) -> None:
        """``intake undo``: its rows go, and nothing that was stopped comes free, also when it comes in again."""
        sha256 = data.draw(st.sampled_from(sorted(self.memory.rows)))
        undo_file(self._ws, self.ledger, sha256, None)
        del self.memory.rows[sha256]

    @precondition(lambda self: self.consents)
    @rule(data=st.data())
    def take_a_consent_out(self, data: st.DataObject) -> None:
        """``intake undo`` of a file of consents: they count no longer, a withdrawal does."""
        sha256 = data.draw(st.sampled_from(sorted(self.consents)))
        with contextlib.suppress(UsageError):  # it said nothing new, or was taken out already
            undo_file(self._ws, self.ledger, sha256, None)

    @rule(rows=lines)
    def drop_a_list_without_contract(self, rows: list[Line]) -> None:
        """It goes to quarantine; what its cells say counts, unless it is so much that somebody must confirm it."""
        file = drop_list(self._ws, _UNAGREED, rows, f"list-{self.step}.csv")
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        self._take_in()
        if sha256 not in {waiting.sha256 for waiting in waiting_files(self._ws, self.ledger)}:
            self.memory.hear_flags(rows, self.now, self.step)

    @rule(place=st.sampled_from(("lists/summit", "optouts", "consents", "touches")), data=st.binary(max_size=40))
    def drop_rubbish(self, place: str, data: bytes) -> None:
        """A file nobody can read."""
        drop(self._ws, f"{place}/rubbish-{self.step}.csv", b"PK\x03\x04\x00" + data)
        self._take_in()

    @rule(contact=contacts, channel=channels, scope=scopes)
    def opt_out_by_command(self, contact: Contact, channel: str, scope: str) -> None:
        """``optout add``."""
        lists = ContactLists.of(self.policy.book.settings["lists"])
        named = [read_contact(contact.typed, lists)]
        said = OptOut(contacts=named, channel=channel, scope=scope, received_at=self.now, method="command")
        numbers = self.ledger.append([optout_event(self.ledger.keyring, said, lists)])
        self._hear(contact, channel, scope)
        self.by_command[numbers[0]] = self.memory.words[-1]

    @rule(said=st.lists(st.tuples(contacts, channels, scopes), min_size=1, max_size=3))
    def opt_out_by_file(self, said: list[tuple[Contact, str, str]]) -> None:
        """A file of opt-outs, with a row nobody can read among them."""
        rows = [(contact.typed, channel, scope) for contact, channel, scope in said]
        head = [("value", "channel", "scope"), ("nobody knows", "any", "person")]
        drop(self._ws, f"optouts/file-{self.step}.csv", csv_text([*head, *rows]))
        self._take_in()
        for contact, channel, scope in said:
            self._hear(contact, channel, scope)

    @rule(contact=emails, state=st.sampled_from(("ConsentGiven", "RenewedConsentGiven")), late=st.booleans())
    def consent(self, contact: Contact, state: str, *, late: bool) -> None:
        """A consent for one address, captured now or long before."""
        captured = self.now if late else BEGIN - timedelta(days=30)
        self._consent_file(contact, state, captured)
        self.memory.consents.append(Consent(contact, captured, self.step))

    @rule(contact=emails, state=st.sampled_from(("ConsentWithdrawn", "ConsentRefused")))
    def withdraw(self, contact: Contact, state: str) -> None:
        """Withdrawn, it stops the person; refused, that address."""
        self._consent_file(contact, state, self.now)
        self._hear(contact, "email", "person" if state == "ConsentWithdrawn" else "address")

    @rule(contact=contacts, outcome=st.sampled_from(("asked_to_stop", "complaint", "bounced", "voicemail", "replied")))
    def touch(self, contact: Contact, outcome: str) -> None:
        """What came of a contact."""
        row = (contact.typed, contact.channel, self.now.isoformat(), outcome, "tom")
        drop(self._ws, f"touches/t-{self.step}.csv", csv_text([("contact", "channel", "at", "outcome", "rep"), row]))
        self._take_in()
        if outcome == "asked_to_stop":
            self._hear(contact, "any", "person")
        elif outcome == "complaint":
            self._hear(contact, "any", "person", liftable=False)
        elif outcome == "bounced":
            self._hear(contact, contact.channel, "address", liftable=False)

    @rule(one=contacts, other=contacts, word=st.sampled_from((SAME, DIFFERENT)))
    def judge(self, one: Contact, other: Contact, word: str) -> None:
        """``people same|different``: what was inferred over a link may come free, nothing that was stated does."""
        with contextlib.suppress(TactfulError):  # nobody, one row, or against what was said before
            say(self._ws, word, (one.typed, other.typed), by="Ada Okafor")
            if word == DIFFERENT:
                self.stopped = set()  # every word is looked for by itself

    @precondition(lambda self: self.step % PAUSE == 1)  # dear, so not all the time
    @rule()
    def publish(self) -> None:
        """The day's queue is published, and who is who is written down; what it inferred no longer runs out."""
        if publish(self._ws, ledger=self.ledger, policy=self.policy).status == "published":
            decision = decide(look(self._ws, self.ledger, self.policy, self.now).inputs)
            self.stopped |= set(points_of(decision).filter("closed").select("record_id", "channel").iter_rows())

    @precondition(lambda self: self.step % PAUSE == 2)  # dear as well
    @rule(seed=st.integers(0, 99))
    def decide_twice(self, seed: int) -> None:
        """Law 6: the same inputs, in whatever order they stand, give the same decision."""
        inputs = look(self._ws, self.ledger, self.policy, self.now).inputs
        one, other = decide(inputs), decide(reordered(inputs, seed))
        assert_frame_equal(one.people, other.people)
        assert_frame_equal(one.reasons, other.reasons)
        assert_frame_equal(queue_lines(one, inputs), queue_lines(other, inputs))

    @invariant()
    def an_hour_passes(self) -> None:
        """After every few hours everything is looked at: a decision costs more than what happens in between."""
        self.now += HOUR
        self.step += 1
        if self.step % PAUSE == 0:
            self.the_laws_hold()

    def the_laws_hold(self) -> None:
        """Whatever happened since."""
        refresh_queue(self._ws, self.ledger)
        inputs = look(self._ws, self.ledger, self.policy, self.now).inputs
        decision = decide(inputs)
        points = points_of(decision)
        self._everybody_is_accounted_for(decision, inputs.records)
        self._no_word_is_lost(points)
        self._every_link_is_crossed(points, decision)
        self._nothing_stopped_comes_free(points, decision)
        self._unknown_is_no_permission(decision, points)
        queue = queue_lines(decision, inputs).select("channel", pl.col("contact_point").alias("contact"))
        in_force = [(line["channel"], line["contact_point"]) for line in today(self._ws)]
        self._nobody_who_said_no_is_queued([*queue.rows(), *in_force])
        open_points = points.filter(pl.col("permission") < 2)
        assert queue.join(open_points, on=["channel", "contact"], how="anti").is_empty()

    def _everybody_is_accounted_for(self, decision: Decision, records: pl.DataFrame) -> None:
        """Conservation: every row of every accepted list is a record, and every record's person has one verdict."""
        assert records.height == sum(self.memory.rows.values())
        accepted = records.filter(pl.col("reject_code").is_null() & pl.col("erased").is_null()).height
        assert decision.table.subjects.rows.height == accepted
        assert decision.people.get_column("person_id").is_unique().all()
        assert set(decision.people.get_column("person_id")) == set(decision.table.subjects.rows.get_column("person_id"))
        assert decision.people.get_column("person_verdict").null_count() == 0

    def _no_word_is_lost(self, points: pl.DataFrame) -> None:
        """Laws 1 and 2: a word closes its contact point, and where it was about the person, all of theirs."""
        people: dict[str, list[dict[str, Any]]] = {}
        for point in points.iter_rows(named=True):
            people.setdefault(point["person_id"], []).append(point)
        for family in people.values():
            for point in family:
                for word in self.memory.against(point["key"], point["exact"], point["channel"]):
                    assert point["closed"], f"{word} is lost"
                    assert point["permission"] == DENY
            for word in self._personal_words(family):
                for point in family:
                    if word.stops(point["channel"]) and not self.memory.may_be_free(point["exact"], "email", word):
                        assert point["closed"], f"{word} does not cover {point}"

    def _every_link_is_crossed(self, points: pl.DataFrame, decision: Decision) -> None:
        """Law 2: what was said of a person stops whoever a link leads to, unless people said that they are two."""
        person_of = dict(decision.table.subjects.records.select("record_id", "person_id").iter_rows())
        matching = decision.table.subjects.matching
        apart = matching.judged.filter(pl.col("word") == DIFFERENT).select("record_a", "record_b").iter_rows()
        different = {frozenset((person_of[a], person_of[b])) for a, b in apart if {a, b} <= person_of.keys()}
        people = {key[0]: part.to_dicts() for key, part in points.partition_by("person_id", as_dict=True).items()}
        for a, b in matching.links.select("record_a", "record_b").iter_rows():
            pair = frozenset((person_of[a], person_of[b]))
            if len(pair) == 2 and pair not in different:
                for one, other in permutations(pair):
                    self._stops_too(self._personal_words(people.get(one, [])), people.get(other, []))

    def _stops_too(self, words: list[Word], points: list[dict[str, Any]]) -> None:
        for word in words:
            for point in points:
                if word.stops(point["channel"]) and not self.memory.may_be_free(point["exact"], "email", word):
                    assert point["closed"], f"{word} does not reach {point}"

    def _personal_words(self, family: list[dict[str, Any]]) -> list[Word]:
        """Words about the person, said under one of their contact points, unless nobody in particular said them."""
        keys = {point[name] for point in family for name in ("key", "typed")} - {ROLE}
        return [word for word in self.memory.words if word.scope == "person" and word.contact.key in keys]

    def _nothing_stopped_comes_free(self, points: pl.DataFrame, decision: Decision) -> None:
        """Law 1: what was closed by somebody's word stays closed, but for a consent for that very contact point.

        What was inferred from a likeness counts from the publication on that inferred it.
        """
        now = set(points.filter("closed").select("record_id", "channel").iter_rows())
        exact = {row[:2]: row[2] for row in points.select("record_id", "channel", "exact").iter_rows()}
        freed = {point for point in self.stopped & exact.keys() - now if not self.memory.consented(exact[point])}
        assert not freed
        lasting = now & (self._proven(decision) | self.stopped)
        self.stopped = lasting | (self.stopped - exact.keys())  # of a list taken out it holds when it comes back

    def _proven(self, decision: Decision) -> set[tuple[str, str]]:
        """Contact points that a word stops which names them, or a record that exact links tie to theirs."""
        subjects = decision.table.subjects
        group = dict(components(subjects.records.get_column("record_id"), subjects.links).iter_rows())
        told = decision.table.permission.suppressions.select("record_id", "channel", "via_record_id").drop_nulls()
        return {(record, channel) for record, channel, via in told.iter_rows() if group[record] == group.get(via)}

    def _unknown_is_no_permission(self, decision: Decision, points: pl.DataFrame) -> None:
        """Law 3: without a country whose law is on file nobody is open; in Germany no mail without consent."""
        unknown = decision.table.countries.filter(
            pl.col("country").is_null() | ~pl.col("country").is_in(["US", "DE", "GB"])
        )
        open_points = points.filter(pl.col("permission") < 2)
        assert open_points.join(unknown, on="person_id", how="semi").is_empty()
        german = decision.table.countries.filter(pl.col("country") == "DE")
        mailed = open_points.filter(pl.col("channel") == "email").join(german, on="person_id", how="semi")
        assert all(self.memory.consented(exact) for exact in mailed.get_column("exact"))

    def _nobody_who_said_no_is_queued(self, queue: list[tuple[str, str]]) -> None:
        """Neither in the next queue nor in the one in force."""
        by_exact = {contact.exact: contact for contact in CONTACTS}
        for channel, contact in queue:
            point = by_exact[contact.lower()]
            assert not self.memory.against(point.key, point.exact, channel)

    @property
    def _ws(self) -> Workspace:
        return at(self.workspace, self.now)

    def _in_database(self, ws: Workspace) -> Workspace:
        """The workspace with its ledger, in which nothing stands yet, in the database of this machine."""
        if self.database == "sqlite":
            return ws
        settings = ws.settings_file.read_text(encoding="utf-8")
        ws.settings_file.write_text(f'database_url = "{fresh_database_url()}"\n{settings}', encoding="utf-8")
        moved = load(ws.root)
        Ledger.create(moved.database_url, keyring_of(moved), lambda: self.now).close()
        return moved

    def _opened(self) -> Ledger:
        ws = self.workspace
        ledger = Ledger.open(ws.database_url, keyring_of(ws), lambda: self.now, snapshot_folder=ws.store_optouts)
        ledger.attach(lambda: keyring_of(ws), Journal(ws.journal_file))
        return ledger

    def _take_in(self) -> None:
        file_inbox(self._ws, self.ledger, self.policy, dry_run=False, step=lambda _: None)
        for file in waiting_files(self._ws, self.ledger):  # it would opt out many people at once, and shall
            if file.path is not None and file.source != _UNAGREED:
                confirm_list(self._ws, self.ledger, self.policy, file)

    def _remember_rows(self, file: Path, rows: list[Line]) -> None:
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        self.memory.rows[sha256] = self.lengths[sha256] = len(rows)

    def _hear(self, contact: Contact, channel: str, scope: str, *, liftable: bool = True) -> None:
        self.memory.words.append(Word(contact, channel, scope, self.now, self.step, liftable=liftable))

    def _consent_file(self, contact: Contact, state: str, captured: datetime) -> None:
        row = (contact.typed, "email", "direct_marketing", state, captured.isoformat(), "form", "Yes", "1", "log/1")
        file = drop(self._ws, f"consents/c-{self.step}.csv", csv_text([CONSENT_COLUMNS, row]))
        self.consents.add(hashlib.sha256(file.read_bytes()).hexdigest())
        self._take_in()
