"""Matching as a published run had it, out of its own identity generation: nothing of it rests on what may be erased.

A run is decided again, or asked about, with the clusters and links it was decided with, whatever the weights, the
program and later lists would make of the same records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from flows.ledger import Cut
from flows.runs.manifest import read_manifest
from flows.runs.run_id import lists_part
from flows.store import load_generation
from flows.who_is_who import judged_pairs
from policies.errors import TactfulError
from policies.identity import Matching
from policies.subjects import people_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flows.ledger import Ledger
    from flows.store import ListMeta
    from flows.workspace import Workspace
    from policies.identity import Generation

__all__ = ["matching_of_run", "matching_published"]


def matching_published(
    ws: Workspace, ledger: Ledger, published: pl.DataFrame, records: pl.DataFrame, lists: Sequence[ListMeta], cut: Cut
) -> Matching | None:
    """The matching of the last of some publications, where it was decided about these very lists and words.

    ``published`` is ``PUBLICATIONS``, ``records`` those of the lists. None also where the run is of a release that kept
    no links, or its files are damaged.
    """
    if published.is_empty():
        return None
    run = published.row(-1, named=True)
    then = Cut(seq=run["events_seq"])
    try:
        if not _is_about(ws, run, lists) or ledger.last_judgement(cut) != ledger.last_judgement(then):
            return None
        generation = load_generation(ws, run["identity_generation"], links=True)
    except (TactfulError, ValueError, KeyError, TypeError):
        return None
    return matching_of_run(ledger, generation, records, then)


def matching_of_run(ledger: Ledger, generation: Generation, records: pl.DataFrame, cut: Cut) -> Matching | None:
    """Clusters and links of ``records`` (``RECORDS``) as a generation has them, and the words said before the cut.

    None where it keeps no links, or does not know one of the records.
    """
    compared = people_of(records).select("record_id")
    groups = (
        compared.join(generation.assignments, on="record_id", how="inner", validate="1:1")
        .select("record_id", pl.col("record_id").min().over("person_id").alias("component"))
        .sort("record_id")
    )
    if generation.links is None or groups.height < compared.height:
        return None
    here = compared.get_column("record_id").implode()
    links = generation.links.filter(pl.col("record_a").is_in(here) & pl.col("record_b").is_in(here))
    distinct = records.join(compared, on="record_id", how="semi")
    judged = judged_pairs(ledger.keyring, ledger.judgements(cut), distinct)
    return Matching(groups, links, judged)


def _is_about(ws: Workspace, run: Mapping[str, Any], lists: Sequence[ListMeta]) -> bool:
    told = read_manifest(ws.run_folder(run["run_id"]))["depends_on"]["lists"]
    return bool(told == lists_part(lists))
