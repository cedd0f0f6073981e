"""``why --run``: what a past run decided about a person, from its own files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.asking.inquiry import Inquiry
from flows.ledger.contacts import ContactLists, read_contact
from flows.runs.published import read_published
from flows.runs.situation import look
from policies.effects import Effect
from policies.errors import TactfulError, UnknownContact, UsageError
from policies.evaluate import decide

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flows.ledger import Ledger
    from flows.policy_files import Policy
    from flows.workspace import Workspace

__all__ = ["answers_of_run"]


def answers_of_run(
    ws: Workspace, ledger: Ledger, policy: Policy, contacts: Sequence[str], run_id: str
) -> list[dict[str, Any]]:
    """One answer per contact, from the decisions and reasons of a published run.

    Whose record a contact is, is looked up in the lists known today; everything else stands as the run wrote it. Of a
    list that was taken out since, people are found by their person id alone. Raises ``UsageError`` (``unknown_run``).
    """
    published = ledger.publications().filter(pl.col("run_id") == run_id)
    if published.is_empty():
        raise UsageError("unknown_run", "No published run has this id.", "`tactful status` names the last one.")
    situation = look(ws, ledger, policy, published.get_column("as_of")[0])
    inquiry = Inquiry(ledger, situation, decide(situation.inputs, situation.standing))
    lists = ContactLists.of(policy.book.settings["lists"])
    run = _Run(ws, run_id, policy, {meta.sha256 for meta in situation.lists})
    answers: list[dict[str, Any]] = []
    for text in contacts:
        try:
            contact = read_contact(text, lists)
            answers.append(run.about(inquiry.records_of(contact).get_column("record_id").to_list(), contact.value))
        except TactfulError as error:
            answers.append(dict(error.as_answer()))
    return answers


class _Run:
    """The decisions and reasons of one run."""

    def __init__(self, ws: Workspace, run_id: str, policy: Policy, lists: Collection[str]) -> None:
        self._policy = policy
        self._decisions = read_published(ws, run_id, "decisions.parquet")
        self._reasons = read_published(ws, run_id, "reasons.parquet")
        self._taken_out = not set(self._decisions.get_column("file_sha256")) <= set(lists)

    def about(self, records: list[str], named: str) -> dict[str, Any]:
        """The object for the person who had one of the records in the run, or whose person id is ``named``.

        Raises ``UnknownContact``, and ``list_taken_out`` where the run knew lists that nobody can look into any more.
        """
        own = pl.col("record_id").is_in(records) | (pl.col("person_id") == named)
        hit = self._decisions.filter(own).drop_nulls("person_id")
        if hit.is_empty() and self._taken_out:
            raise TactfulError(
                "list_taken_out",
                "This contact is on no list that is there now. The run also decided about lists that were taken out "
                "since, in which a contact can no longer be looked up.",
                "Ask by the person id, as the queue of that run names it.",
            )
        if hit.is_empty():
            raise UnknownContact
        person = hit.get_column("person_id").sort()[0]
        rows = self._decisions.filter(pl.col("person_id") == person).sort("source", "file_sha256", "row_number")
        first = rows.row(0, named=True)
        review = rows.get_column("next_review_on").drop_nulls()
        return {
            "person_id": person,
            "verdict": first["person_verdict"],
            "as_of": first["as_of"].isoformat(),
            "policy_revision": first["policy_revision"],
            "next_review_on": review[0].isoformat() if len(review) else None,
            "records": rows.select("record_id", "source", "file_sha256", "row_number", "verdict")
            .with_columns(pl.lit(None, dtype=pl.String).alias("obtained_on"))
            .to_dicts(),
            "channels": self._channels(rows.get_column("record_id").to_list()),
            "suppressions": [],
            "brief": None,
            "conflicts": [],
            "fit": None,
        }

    def _channels(self, records: list[str]) -> dict[str, Any]:
        """Reasons by channel over the person's records, the strictest first."""
        own = self._reasons.filter(pl.col("subject").is_in(records)).sort("channel", "rule_id", "subject")
        found: dict[str, Any] = {}
        for row in own.unique(["channel", "rule_id"], keep="first", maintain_order=True).iter_rows(named=True):
            entry = found.setdefault(row["channel"], {"effect": Effect.PASS.label, "reasons": []})
            entry["effect"] = max(Effect.parse(entry["effect"]), Effect.parse(row["effect"])).label
            entry["reasons"].append(self._reason(row))
        return found

    def _reason(self, row: dict[str, Any]) -> dict[str, Any]:
        """A reason with the words its rule has today; a rule that is gone is named by its id alone."""
        rule = next((rule for rule in self._policy.book.rules if rule.id == row["rule_id"]), None)
        return {
            "rule_id": row["rule_id"],
            "effect": row["effect"],
            "reason": rule.reason if rule else row["rule_id"],
            "fix": rule.fix if rule else "",
            "evidence": json.loads(row["evidence"]),
            "cites": row["cites"],
        }
