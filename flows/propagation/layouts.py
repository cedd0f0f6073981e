"""Stops in the layout that each kind of system takes in; columns and values are those of its own import.

HubSpot: Contacts, Import, "Opt-out list": one column ``Email``; every address on it is unsubscribed from all e-mail,
known to the portal or not. It has no place for numbers. Salesforce: Data Loader or the Data Import Wizard, API names in
capitals, matched by e-mail; a blank cell changes nothing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LAYOUTS", "laid_out"]


def _hubspot(points: pl.DataFrame) -> pl.DataFrame:
    wanted = points.filter((pl.col("kind") == "email") & pl.col("stops").list.contains("email"))
    return wanted.select(pl.col("contact").alias("Email"), *_rest(points))


def _salesforce(points: pl.DataFrame) -> pl.DataFrame:
    return points.select(
        _of("email").alias("EMAIL"),
        _flag("email").alias("HASOPTEDOUTOFEMAIL"),
        _flag("phone").alias("DONOTCALL"),
        _of("phone").alias("PHONE"),
        *_rest(points),
    )


def _plain(points: pl.DataFrame) -> pl.DataFrame:
    """As an opt-out file of our own: what is about the other channel alone needs no line of its own there."""
    both = pl.col("stops").list.len() > 1
    channel = pl.when(both).then(pl.lit("any")).otherwise(pl.col("stops").list.first())
    return points.select(pl.col("contact").alias("value"), channel.alias("channel"), *_rest(points))


def _of(kind: str) -> pl.Expr:
    return pl.when(pl.col("kind") == kind).then("contact")


def _flag(channel: str) -> pl.Expr:
    """Yes or nothing: a no here must never lift a yes there."""
    return pl.when(pl.col("stops").list.contains(channel)).then(pl.lit("true"))


def _rest(points: pl.DataFrame) -> list[str]:
    """Columns of our own, behind those of the system."""
    return [name for name in ("since", "overdue") if name in points.columns]


LAYOUTS: Final[dict[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "hubspot": _hubspot,
    "salesforce": _salesforce,
    "csv": _plain,
}


def laid_out(points: pl.DataFrame, form: str) -> pl.DataFrame:
    """Contact points (``kind, contact, stops`` as a list) in a layout of :data:`LAYOUTS`, in order of content."""
    return LAYOUTS[form](points.sort("kind", "contact"))
