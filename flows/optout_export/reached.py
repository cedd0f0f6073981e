"""Whom stops reach that name no address: the addresses known of people who stopped by a number or with a domain.

A file of digests can say nothing of numbers and domains. What we know of the people they stop can be said: taken in
elsewhere the digests of their addresses stop them as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flows.store import active_lists, load_generation, load_records
from policies.contact_points import domain_candidates

if TYPE_CHECKING:
    from flows.ledger import Ledger
    from flows.workspace import Workspace

__all__ = ["addresses_reached", "known_points"]

_KINDS: Final = ("phone", "domain")


def known_points(ws: Workspace, ledger: Ledger) -> pl.DataFrame:
    """``person_id, email, phone`` of everybody on the lists taken in, ordered; further contact points have own rows."""
    published = ledger.publications().get_column("identity_generation").to_list()
    people = load_generation(ws, published[-1] if published else None).assignments.select("record_id", "person_id")
    known = load_records(ws, active_lists(ws)).join(people, on="record_id", how="inner")
    further = [
        known.select("person_id", pl.col(f"other_{name}s").alias(name)).explode(name) for name in ("email", "phone")
    ]
    points = pl.concat([known.select("person_id", "email", "phone"), *further], how="diagonal")
    return points.unique().sort(pl.all())


def addresses_reached(stops: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """``stops`` (``STATEMENTS`` with ``line``, their number) by the addresses of those they reach, as ``value``.

    A number reaches the person who has it, if the statement is about the person; a domain every address of it and below
    it, and with it whoever has that address.
    """
    emails = known.select("person_id", "email").drop_nulls().unique(maintain_order=True)
    by_phone = (
        stops.filter((pl.col("value_kind") == "phone") & (pl.col("scope") == "person"))
        .join(known.select("person_id", "phone").drop_nulls().unique(), left_on="value", right_on="phone")
        .join(emails, on="person_id")
    )
    by_domain = (
        stops.filter(pl.col("value_kind") == "domain")
        .join(_by_domain(emails), left_on="value", right_on="domain")
        .with_columns(pl.lit("person").alias("scope"))
    )
    found = pl.concat([by_phone, by_domain], how="diagonal")
    return found.with_columns(pl.col("email").alias("value"), pl.lit("email").alias("value_kind")).select(stops.columns)


def _by_domain(emails: pl.DataFrame) -> pl.DataFrame:
    """``email, domain`` for the host of each address and every parent down to the registrable domain."""
    hosts = emails.select("email", pl.col("email").str.to_lowercase().str.split("@").list.last().alias("host")).unique()
    parents = [
        (host, parent)
        for host in hosts.get_column("host").unique(maintain_order=True)
        for parent in domain_candidates(host) or (host,)
    ]
    table = pl.DataFrame(parents, schema={"host": pl.String, "domain": pl.String}, orient="row")
    return hosts.join(table, on="host").select("email", "domain").unique()
