"""``why``: everything there is to say about one person, decided anew at an instant or as a run decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.asking.conflicts import conflicts_about, said_no
from flows.asking.links import Links
from flows.asking.paths import path_of, place_of, told
from flows.ledger.contacts import Contact, ContactLists, read_contact
from flows.ledger.frames import SUPPRESSING_KINDS
from flows.ledger.screening import lookup_tokens
from flows.ledger.unsubscribe import open_token, token_in
from policies.contact_points import email_equivalence
from policies.decision.outputs import decisions_frame
from policies.effects import Effect, Verdict
from policies.errors import TactfulError, UnknownContact
from policies.fit import fit_of
from policies.permission import SPREAD, written_word

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flows.ledger import Ledger
    from flows.registries.versions import RegistryVersion
    from flows.runs.situation import Situation
    from policies.evaluate import Decision

__all__ = ["Inquiry"]

STAGES = ("permission", "fit", "brief", "cadence")


class Inquiry:
    """Answers about people, over one decision."""

    def __init__(self, ledger: Ledger, situation: Situation, decision: Decision) -> None:
        self._ledger = ledger
        self._situation = situation
        self._decision = decision
        self._links = Links(decision.table.subjects, self._reasons_of_links)
        self._lists = ContactLists.of(situation.inputs.settings["lists"])
        self._rows = decisions_frame(
            situation.inputs.records,
            decision.table.subjects.rows,
            decision.people,
            run_id="",
            policy_revision=situation.policy.revision,
            as_of=situation.inputs.as_of,
        )

    def answers(self, contacts: Sequence[str]) -> list[dict[str, Any]]:
        """One ``why`` object per contact, or ``{"error": {"code", "message", "fix"}}`` where nothing is known."""
        return [self._answer_or_error(text) for text in contacts]

    def _answer_or_error(self, text: str) -> dict[str, Any]:
        try:
            return self.answer(text)
        except TactfulError as error:
            return dict(error.as_answer())

    def answer(self, text: str) -> dict[str, Any]:
        """The ``why`` object of one contact or unsubscribe token.

        Raises ``UnknownContact`` and what :func:`read_contact` and :func:`open_token` raise.
        """
        opened = open_token(self._ledger.keyring, text) if token_in(text) else None
        contact = Contact("person_id", opened.person_id) if opened else read_contact(text, self._lists)
        records = self.records_of(contact)
        if records.is_empty():
            return self._without_records(contact, {made.token for made in opened.tokens} if opened else None)
        person = records.get_column("person_id").sort()[0]
        return self._about(person, records.filter(pl.col("person_id") == person).get_column("record_id").to_list())

    def records_of(self, contact: Contact) -> pl.DataFrame:
        """``record_id, person_id`` of the records that carry a contact, as their own or else as a further one."""
        subjects = self._decision.table.subjects
        records = subjects.records
        value = contact.value
        if contact.kind == "email":
            own = records.filter(pl.col("email_equiv") == email_equivalence(value))
            found = _with_other(records, "other_emails", value) if own.is_empty() else own
        elif contact.kind == "phone":
            own = records.filter(pl.col("phone") == value)
            found = _with_other(records, "other_phones", value) if own.is_empty() else own
        elif contact.kind == "person_id":
            now = pl.select(subjects.generation.resolve(pl.lit(value))).item()
            found = records.filter(pl.col("person_id") == now)
        else:
            found = records.clear()
        return found.select("record_id", "person_id")

    def _about(self, person: str, asked: list[str]) -> dict[str, Any]:
        decided = self._decision.people.row(by_predicate=pl.col("person_id") == person, named=True)
        review = decided["next_review_on"]
        return {
            "person_id": person,
            "verdict": decided["person_verdict"],
            "as_of": self._situation.inputs.as_of.isoformat(),
            "policy_revision": self._situation.policy.revision,
            "next_review_on": review.isoformat() if review else None,
            "records": self._records(person),
            "channels": self._channels(person),
            "suppressions": [*self._suppressions(person, asked), *self._listings(asked)],
            "brief": self._brief(person),
            "conflicts": conflicts_about(self._decision, person),
            "fit": self._fit(person),
        }

    def _records(self, person: str) -> list[dict[str, Any]]:
        obtained = self._situation.inputs.records.select("file_sha256", "row_number", "obtained_on")
        rows = self._rows.filter(pl.col("person_id") == person).join(
            obtained, on=["file_sha256", "row_number"], how="left", validate="1:1"
        )
        wanted = rows.sort("source", "file_sha256", "row_number").select(
            "record_id", "source", "file_sha256", "row_number", pl.col("obtained_on").cast(pl.String), "verdict"
        )
        joined = self._joined(person)
        return [{**row, "joined_by": joined.get(row["record_id"])} for row in wanted.iter_rows(named=True)]

    def _joined(self, person: str) -> dict[str, dict[str, Any]]:
        """How each record came to be this person's: the strongest link to those before it; none of the first one."""
        subjects = self._decision.table.subjects
        seen = subjects.generation.assignments.filter(pl.col("person_id") == person)
        own = seen.join(subjects.records.select("record_id"), on="record_id", how="semi")
        records = own.sort("first_seen_on", "record_id").get_column("record_id").to_list()
        return {
            record: {
                "record_id": edge.other,
                "link": edge.link,
                "bits": edge.bits,
                "reasons": list(edge.reasons),
                "text": told(edge, subjects),
            }
            for record, edge in self._links.joining(records, records[0]).items()
        }

    def _reasons_of_links(self, links: pl.DataFrame) -> pl.Series:
        """What the weight of each of some scored pairs is made of."""
        if links.is_empty():
            return pl.Series([], dtype=pl.List(pl.String))
        from policies.identity.model_file import lead_model
        from policies.identity.reasons import reason_texts

        return reason_texts(links, lead_model(self._situation.inputs.settings))

    def _channels(self, person: str) -> dict[str, Any]:
        """Per channel the best contact point, its strictest effect and every rule that reaches it."""
        own = self._decision.outcomes.filter(pl.col("person_id") == person)
        best = own.sort("channel", "outcome_rank", "record_id").unique("channel", keep="first", maintain_order=True)
        return {
            row["channel"]: {
                "effect": Effect(max(row[stage] for stage in STAGES)).label,
                "reasons": self._reasons(row["record_id"], row["channel"], person),
            }
            for row in best.iter_rows(named=True)
        }

    def _reasons(self, record: str, channel: str, person: str) -> list[dict[str, Any]]:
        reached = self._decision.reached.filter((pl.col("record_id") == record) & (pl.col("channel") == channel))
        ordered = reached.sort(["effect", "rule"], descending=[True, False])
        return [self._reason(row, channel, person) for row in ordered.iter_rows(named=True)]

    def _reason(self, row: dict[str, Any], channel: str, person: str) -> dict[str, Any]:
        rule = self._decision.rules[row["rule"]]
        family = self._decision.table.subjects.records.filter(pl.col("person_id") == person).get_column("record_id")
        noted = self._decision.reasons.filter(
            (pl.col("rule_id") == rule.id) & (pl.col("channel") == channel) & pl.col("subject").is_in(family.implode())
        ).sort(pl.col("subject") != row["record_id"], "subject")
        evidence = noted.get_column("evidence").to_list()
        return {
            "rule_id": rule.id,
            "effect": Effect(row["effect"]).label,
            "reason": rule.reason,
            "fix": rule.fix,
            "evidence": json.loads(evidence[0]) if evidence else {},
            "cites": list(rule.cites),
        }

    def _suppressions(self, person: str, asked: list[str]) -> list[dict[str, Any]]:
        """What was said, as it reaches the records asked about: stated there, or inferred over a path."""
        subjects = self._decision.table.subjects
        covered = self._decision.table.permission.suppressions.filter(
            (pl.col("person_id") == person) & pl.col("record_id").is_in(asked)
        )
        nearest = covered.sort("word", pl.col("stated_or_inferred") != "stated", "record_id", "channel").unique(
            "word", keep="first", maintain_order=True
        )
        return [
            {
                "kind": row["kind"],
                "stated_or_inferred": row["stated_or_inferred"],
                "path": path_of(row, subjects, self._links),
                "recorded_at": row["recorded_at"].isoformat(),
                "released_by": self._released_by(row),
            }
            for row in nearest.iter_rows(named=True)
        ]

    def _released_by(self, suppression: dict[str, Any]) -> str | None:
        """What to say where the two are different people: it ends what was inferred over a link, and nothing else."""
        if suppression["crossed_to"] is None:
            return None
        ends = [suppression["crossed_from"], suppression["crossed_to"]]
        people = self._decision.table.subjects.records.filter(pl.col("record_id").is_in(ends))
        one, other = people.get_column("person_id").unique().sort()
        return f"tactful people different {one} {other}"

    def _listings(self, asked: list[str]) -> list[dict[str, Any]]:
        """The do-not-call registries that list a number of the records asked about."""
        subjects = self._decision.table.subjects
        phones = subjects.records.filter(pl.col("record_id").is_in(asked)).select("phone", "record_id").drop_nulls()
        by_phone = phones.sort("phone", "record_id").unique("phone", keep="first", maintain_order=True)
        return [
            _listing(version, f"lists the number of {place_of(subjects, record)}")
            for phone, record in by_phone.iter_rows()
            for version in self._situation.registries.listing(phone)
        ]

    def _brief(self, person: str) -> dict[str, Any] | None:
        known = self._decision.table.people.row(by_predicate=pl.col("person_id") == person, named=True)
        if known["brief_id"] is None or said_no(self._decision, person):
            return None
        return {
            "brief_id": known["brief_id"],
            "state": known["brief_state"],
            "tier_wanted": known["brief_tier_wanted"],
            "opening_line": known["opening_line"],
            "findings": known["findings"] or [],
        }

    def _fit(self, person: str) -> dict[str, Any] | None:
        """What speaks for the person and what does not; nothing about whoever said no."""
        if said_no(self._decision, person):
            return None
        best = self._decision.best.filter(pl.col("person_id") == person).get_column("record_id").item()
        facts = self._decision.table.records.row(by_predicate=pl.col("record_id") == best, named=True)
        return fit_of(facts, self._situation.inputs.settings)

    def _without_records(self, contact: Contact, known: Collection[str] | None = None) -> dict[str, Any]:
        """Nobody on a list: what the ledger holds about the contact itself, its domain included."""
        tokens = known or lookup_tokens(self._ledger.keyring, contact.kind, contact.value)
        events = self._ledger.contact_events(tokens, self._situation.cut)
        voided = self._ledger.voided(self._situation.cut)
        said = [event for event in events if event.kind in SUPPRESSING_KINDS and event.word not in voided]
        listed = self._situation.registries.listing(contact.value) if contact.kind == "phone" else []
        if not said and not listed:
            raise UnknownContact
        return {
            "person_id": None,
            "verdict": Verdict.SUPPRESSED.value,
            "as_of": self._situation.inputs.as_of.isoformat(),
            "policy_revision": self._situation.policy.revision,
            "next_review_on": None,
            "records": [],
            "channels": {},
            "suppressions": [
                {
                    "kind": event.kind,
                    "stated_or_inferred": "inferred" if event.body.get("method") == SPREAD else "stated",
                    "path": [f"event {written_word(event.word)} names this contact or its domain"],
                    "recorded_at": event.recorded_at.isoformat(),
                }
                for event in said
            ]
            + [_listing(version, "lists this number") for version in listed],
            "brief": None,
            "conflicts": [],
            "fit": None,
        }


def _listing(version: RegistryVersion, says: str) -> dict[str, Any]:
    """A registry entry as a suppression."""
    return {
        "kind": "registry",
        "stated_or_inferred": "stated",
        "path": [f"registry {version.registry}, version of {version.version_date}", says],
        "recorded_at": version.recorded_at.isoformat(),
    }


def _with_other(records: pl.DataFrame, others: str, value: str) -> pl.DataFrame:
    """Records that have a contact among their further ones."""
    listed = pl.col(others).list.eval(pl.element().str.to_lowercase()).list.contains(value.lower())
    return records.filter(listed.fill_null(value=False))
