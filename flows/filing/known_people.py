"""Whether a person id is anybody's: a look at the last published identity, no decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.store import load_generation

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.ledger import Ledger
    from flows.workspace import Workspace

__all__ = ["known_person_ids"]


def known_person_ids(ws: Workspace, ledger: Ledger, asked: Collection[str]) -> frozenset[str]:
    """Those of the ids that the latest published identity generation knows, ids of earlier generations included.

    Raises ``WorkspaceError`` where the generation is damaged.
    """
    published = ledger.publications() if asked else None
    if published is None or published.is_empty():
        return frozenset()
    generation = load_generation(ws, published.get_column("identity_generation")[-1])
    known = pl.concat([generation.assignments.get_column("person_id"), generation.aliases.get_column("old_person_id")])
    return frozenset(known.filter(known.is_in(sorted(set(asked)))))
