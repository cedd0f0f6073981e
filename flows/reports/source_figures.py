"""Count where people came from and what the contact with them rests on: sources, permission, suppression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.reports.model import ContractLine, PermissionLine, SourceLine, SuppressionLine
from flows.reports.people_model import Count
from policies.effects import VERDICT_ORDER, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["permission_of", "sources_of", "suppressions_of"]


def sources_of(decisions: pl.DataFrame, contracts: Sequence[ContractLine]) -> tuple[SourceLine, ...]:
    """The rows of each source by verdict, under the contract it came with."""
    known = {contract.source: contract for contract in contracts}
    counts: dict[str, dict[str, int]] = {source: {} for source in known}
    for source, verdict, rows in decisions.group_by("source", "verdict").len().iter_rows():
        counts.setdefault(source, {})[verdict] = rows
    return tuple(_source(source, counts[source], known.get(source)) for source in sorted(counts))


def _source(source: str, rows: Mapping[str, int], contract: ContractLine | None) -> SourceLine:
    known = contract or ContractLine(source, None, "missing", None, None)
    total, rejected = sum(rows.values()), rows.get(Verdict.REJECTED.value, 0)
    return SourceLine(
        source=source,
        kind=known.kind,
        rows=total,
        accepted=total - rejected,
        rejected=rejected,
        queued=rows.get(Verdict.QUEUED.value, 0),
        contract=known.status,
        obtained_on=known.obtained_on,
        expires_on=known.expires_on,
        verdicts=tuple(Count(verdict.value, rows.get(verdict.value, 0)) for verdict in VERDICT_ORDER),
    )


def permission_of(
    queue: pl.DataFrame, countries: pl.DataFrame | None, evidence_kinds: pl.DataFrame | None
) -> tuple[PermissionLine, ...]:
    """People in the queue by country, channel, lawful basis and kind of evidence; frames as in ``Material``."""
    nobody = {"person_id": pl.String}
    places = pl.DataFrame(schema={**nobody, "country": pl.String}) if countries is None else countries
    kinds = pl.DataFrame(schema={**nobody, "evidence": pl.String}) if evidence_kinds is None else evidence_kinds
    keys = ["country", "channel", "lawful_basis", "evidence"]
    lines = (
        queue.select("person_id", "channel", "lawful_basis")
        .join(places.unique("person_id", keep="first", maintain_order=True), on="person_id", how="left")
        .join(kinds.unique("person_id", keep="first", maintain_order=True), on="person_id", how="left")
        .with_columns(pl.col("country", "lawful_basis").fill_null("unknown"), pl.col("evidence").fill_null(""))
        .group_by(keys)
        .agg(pl.col("person_id").n_unique().alias("people"))
        .sort(keys)
    )
    return tuple(PermissionLine(*line) for line in lines.iter_rows())


def suppressions_of(suppressions: pl.DataFrame, on_registry: int) -> tuple[SuppressionLine, ...]:
    """People by kind of suppression, stated or inferred; ``on_registry`` people have a number that a registry lists."""

    def people(how: str) -> pl.Expr:
        return pl.col("person_id").filter(pl.col("stated_or_inferred") == how).n_unique().alias(how)

    lines = suppressions.group_by("kind").agg(people("stated"), people("inferred")).sort("kind")
    found = [SuppressionLine(*line) for line in lines.iter_rows()]
    listed = [SuppressionLine("registry", on_registry, 0)] if on_registry else []
    return tuple(sorted([*found, *listed], key=lambda line: line.kind))
