"""The fold over small worlds, in short: which facts hold of which contact point, and which event reached it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.permission import PERMISSION_FACTS, Permission
from policies.standing import Known, standing
from policies.subjects import Subjects, identify
from tests.policies.worlds import world

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from policies.identity import Generation
    from policies.inputs import DecisionInputs
    from tests.policies.worlds import Consented, Row, Said

__all__ = ["Facts", "folded", "permission_of", "said_of", "subjects_of"]

Facts = dict[str, set[str]]

# Facts that close a contact point, as against those that put it in doubt.
CLOSED = frozenset(PERMISSION_FACTS) - {"opted_out_by_shared_mailbox", "word_in_doubt", "list_waiting"}


def subjects_of(inputs: DecisionInputs) -> Subjects:
    """Who is who in a world."""
    lists = inputs.book.settings["lists"]
    return identify(inputs.records, inputs.matching, inputs.prior, lists, mint=inputs.mint, seen_on=inputs.queue_date)


def permission_of(inputs: DecisionInputs) -> tuple[Permission, pl.DataFrame]:
    """Permission in a world, and its contact points."""
    known = Known(inputs.records, inputs.tokens, inputs.events, inputs.consents, inputs.touches)
    lists = inputs.book.settings["lists"]
    found = standing(
        known, inputs.matching, inputs.prior, lists, mint=inputs.mint, as_of=inputs.as_of, on=inputs.queue_date
    )
    return found.permission, found.points


def folded(
    rows: Sequence[Row], said: Sequence[Said] = (), given: Sequence[Consented] = (), prior: Generation | None = None
) -> Facts:
    """The facts that hold of each contact; those of a contact on several rows stand together."""
    return said_of(world(rows, said, given, prior=prior))


def said_of(inputs: DecisionInputs) -> Facts:
    """As :func:`folded`, of a world already made."""
    permission, points = permission_of(inputs)
    found: Facts = {contact: set() for contact in points.get_column("contact")}
    joined = permission.facts.join(points, on=["record_id", "channel"], how="left")
    for row in joined.iter_rows(named=True):
        found[row["contact"]] |= {name for name in PERMISSION_FACTS if row[name]}
    return found
