"""Mailboxes: the key under which all spellings of one address meet, its parts, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.organisations import is_free_mail, is_role_mailbox

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["mailbox_keys"]

_GOOGLE: Final = ("gmail.com", "googlemail.com")


def mailbox_keys(emails: pl.Series, lists: Mapping[str, Any]) -> pl.DataFrame:
    """``mailbox, local, domain, work_domain, role_mailbox``, a row per value, in order."""
    email = emails.alias("email").to_frame()
    read = _parted(email.unique("email"))
    keys = read.select(
        "email",
        (pl.col("local") + "@" + pl.col("domain")).alias("mailbox"),
        "local",
        "domain",
        pl.when(~is_free_mail(pl.col("domain"), lists)).then("domain").alias("work_domain"),
        is_role_mailbox(pl.col("plain"), lists).alias("role_mailbox"),
    )
    return email.join(keys, on="email", how="left", nulls_equal=True, maintain_order="left").drop("email")


def _parted(emails: pl.DataFrame) -> pl.DataFrame:
    """Add ``plain, local, domain``: lower case, tag off, and for Google dots off and one domain."""
    plain = pl.col("email").str.strip_chars().str.to_lowercase()
    parted = emails.with_columns(plain.alias("plain")).with_columns(
        pl.col("plain").str.extract(r"^([^@]+)@[^@]+$").str.replace(r"^(.[^+]*)\+.*$", "$1").alias("local"),
        pl.col("plain").str.extract(r"^[^@]+@([^@\s]+\.[^@\s]+)$").alias("domain"),
    )
    google = pl.col("domain").is_in(_GOOGLE)
    bare = pl.col("local").str.replace_all(".", "", literal=True)
    return parted.with_columns(
        pl.when(google & (bare != "")).then(bare).otherwise("local").alias("local"),
        pl.when(google).then(pl.lit(_GOOGLE[0])).otherwise("domain").alias("domain"),
    )
