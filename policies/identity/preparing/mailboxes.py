"""Mailboxes: the key under which all spellings of one address meet, its parts, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.organisations import is_free_mail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["mailbox_keys", "others"]

_GOOGLE: Final = ("gmail.com", "googlemail.com")


def mailbox_keys(people: pl.DataFrame, lists: Mapping[str, Any]) -> pl.DataFrame:
    """``mailbox, local, domain, work_domain, role_mailbox, other_mailboxes``, a row per row of ``people``, in order."""
    email = people.select("email")
    roles = [str(role) for role in lists.get("role_mailboxes", ())]
    read = _parted(email.unique())
    keys = read.select(
        "email",
        _mailbox().alias("mailbox"),
        "local",
        "domain",
        pl.when(~is_free_mail(pl.col("domain"), lists)).then("domain").alias("work_domain"),
        (pl.col("named").is_in(roles) | pl.col("untagged").is_in(roles)).fill_null(value=False).alias("role_mailbox"),
    )
    further = others(people.get_column("other_emails"), _mailboxes).alias("other_mailboxes")
    joined = email.join(keys, on="email", how="left", nulls_equal=True, maintain_order="left")
    return joined.drop("email").with_columns(further)


def others(lists: pl.Series, keyed: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.Series:
    """Keys of lists of further contact points: unique, sorted, without values that have none.

    ``keyed`` gives the key of each row of ``row, value``, in its place.
    """
    numbered = lists.alias("value").to_frame().with_row_index("row")
    values = numbered.filter(pl.col("value").list.len() > 0).explode("value", empty_as_null=False)
    kept = (
        keyed(values)
        .drop_nulls("value")
        .unique()
        .sort("row", "value")
        .group_by("row", maintain_order=True)
        .agg("value")
    )
    return numbered.select("row").join(kept, on="row", how="left", maintain_order="left").get_column("value")


def _mailboxes(values: pl.DataFrame) -> pl.DataFrame:
    return _parted(values.rename({"value": "email"})).select("row", _mailbox().alias("value"))


def _mailbox() -> pl.Expr:
    return pl.col("local") + "@" + pl.col("domain")


def _parted(emails: pl.DataFrame) -> pl.DataFrame:
    """Add ``named, untagged, local, domain``: lower case, tag off, and for Google dots off and one domain."""
    sides = pl.col("email").str.strip_chars().str.to_lowercase().str.split_exact("@", 1)
    split = emails.with_columns(sides.struct.rename_fields(["named", "host"]).struct.unnest())
    valid = (pl.col("named") != "") & pl.col("host").str.contains(".", literal=True)
    tagged = pl.col("named").str.slice(1).str.contains("+", literal=True)
    untagged = pl.when(tagged).then(pl.col("named").str.replace(r"^(.[^+]*)\+.*$", "$1")).otherwise("named")
    parted = split.with_columns(
        pl.when(valid).then("named").alias("named"),
        pl.when(valid).then(untagged).alias("untagged"),
        pl.when(valid).then("host").alias("domain"),
    )
    google = pl.col("domain").is_in(_GOOGLE)
    bare = pl.col("untagged").str.replace_all(".", "", literal=True)
    return parted.with_columns(
        pl.when(google & (bare != "")).then(bare).otherwise("untagged").alias("local"),
        pl.when(google).then(pl.lit(_GOOGLE[0])).otherwise("domain").alias("domain"),
    )
