"""Small worlds to judge fit in: people on lists with columns of their own, and a ``fit.toml``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from policies.evaluate import Decision, decide
from policies.organisations import company_key
from policies.schema import RECORDS, conform
from tests.policies.rulebooks import with_base, workspace
from tests.policies.worlds import Row, world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.inputs import DecisionInputs
    from policies.rulebook import RuleFile

NEW, OLD = date(2026, 9, 24), date(2025, 3, 1)


@dataclass(frozen=True)
class Lead:
    """One row of a list: what :class:`Row` has, and further cells by header; ``fields`` are fields of a record."""

    row: Row
    cells: Mapping[str, str | None] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


def lead(
    email: str = "ada@acme.example",
    cells: Mapping[str, str | None] | None = None,
    *,
    day: date | None = NEW,
    row: Mapping[str, Any] | None = None,
    **fields: object,
) -> Lead:
    """A row of a list obtained on a day; ``row`` are values of :class:`Row`, ``fields`` those of a record."""
    said = Row(email, obtained_on=day, source=f"list{day}", **(row or {}))
    return Lead(said, cells or {}, fields)


def inputs_of(
    leads: Sequence[Lead], fit: str = "", accounts: str = "", *, more_files: Sequence[RuleFile] = ()
) -> DecisionInputs:
    """The inputs of a decision about these rows under a ``fit.toml``, an ``accounts.toml`` and further rule files."""
    book = with_base(workspace(fit, "rules/fit.toml"), workspace(accounts, "rules/accounts.toml"), *more_files)
    inputs = world([one.row for one in leads], book=book)
    rows = [
        dict(known) | dict(one.fields) | {"raw": json.dumps(dict(one.cells), ensure_ascii=False, separators=(",", ":"))}
        for known, one in zip(inputs.records.iter_rows(named=True), leads, strict=True)
    ]
    records = conform(pl.DataFrame(rows, schema_overrides=dict(RECORDS), infer_schema_length=None), RECORDS)
    key = company_key(pl.col("company"), book.settings["legal_forms"])
    return replace(inputs, records=records.with_columns(key.alias("company_key")))


def decided(
    leads: Sequence[Lead], fit: str = "", accounts: str = "", *, more_files: Sequence[RuleFile] = ()
) -> Decision:
    """What is decided about them."""
    return decide(inputs_of(leads, fit, accounts, more_files=more_files))


def side_by_side(
    leads: Sequence[Lead], fit: str = "", accounts: str = "", *, more_files: Sequence[RuleFile] = ()
) -> list[Judged]:
    """What is decided about each of them, judged in one go: nobody shares a name, an address or a company."""
    apart = [
        replace(
            one,
            row=replace(
                one.row,
                email=f"ada@{number}.{one.row.email.partition('@')[2]}" if one.row.email else None,
                surname=f"Okafor{chr(ord('a') + number)}",
                company=f"{one.row.company} {chr(ord('a') + number) * 3}",
            ),
        )
        for number, one in enumerate(leads)
    ]
    decision = decided(apart, fit, accounts, more_files=more_files)
    return [Judged(decision, str(one.row.email)) for one in apart]


@dataclass(frozen=True)
class Judged:
    """One of several people of a decision, by their address."""

    decision: Decision
    email: str

    @property
    def rules(self) -> dict[str, int]:
        """The rules of fit that reach them."""
        return fit_rules_of(self.decision, self.email)

    def facts(self, *names: str) -> tuple[Any, ...]:
        """Facts of theirs."""
        return facts_of(self.decision, *names, email=self.email)


def fit_rules_of(decision: Decision, email: str = "ada@acme.example") -> dict[str, int]:
    """The rules of fit that reach the address, with their effects."""
    rules = decision.rules
    reached = decision.reached.join(
        decision.table.records.filter(pl.col("email") == email).select("record_id"), on="record_id", how="semi"
    )
    return {
        rules[row["rule"]].id: row["effect"]
        for row in reached.filter(pl.col("stage") == "fit").sort("rule").iter_rows(named=True)
    }


def facts_of(decision: Decision, *names: str, email: str = "ada@acme.example") -> tuple[Any, ...]:
    """Facts of the record with this address."""
    found: tuple[Any, ...] = decision.table.records.filter(pl.col("email") == email).select(names).row(0)
    return found
