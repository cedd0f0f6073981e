"""Exact links: two records are one person when they share a mailbox of their own, or a number and a surname.

A link is written as membership in a key: all records under one key belong together. A role mailbox (info@) or a contact
point that several different people use says where somebody works, not who they are, and makes no key (design D11).
"""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["SHARED_BY_SURNAMES", "contact_usage", "doubtful_links", "exact_links", "mark_shared"]

# From this many different surnames on, a contact point is shared (measured in this project, November 2026).
SHARED_BY_SURNAMES: Final = 4


def contact_usage(records: pl.DataFrame) -> pl.DataFrame:
    """How many different surnames use each contact point.

    ``records`` has the columns of ``RECORDS``. Returns ``channel, contact, surnames, shared``, where ``contact`` is the
    e-mail's equivalence key or the number, and ``shared`` says that at least ``SHARED_BY_SURNAMES`` people use it.
    """
    used = pl.concat(
        [
            records.select(pl.lit("email").alias("channel"), pl.col("email_equiv").alias("contact"), "surname_key"),
            records.select(pl.lit("phone").alias("channel"), pl.col("phone").alias("contact"), "surname_key"),
        ]
    ).drop_nulls("contact")
    named = pl.col("surname_key").filter(pl.col("surname_key").str.len_chars() > 0)
    return (
        used.group_by("channel", "contact")
        .agg(named.n_unique().alias("surnames"))
        .with_columns((pl.col("surnames") >= SHARED_BY_SURNAMES).alias("shared"))
        .sort("channel", "contact")
    )


def mark_shared(records: pl.DataFrame, usage: pl.DataFrame) -> pl.DataFrame:
    """Add ``email_shared`` and ``phone_shared``: several different people use the record's contact point.

    ``usage`` comes from :func:`contact_usage`.
    """
    shared = usage.filter("shared")
    emails = shared.filter(pl.col("channel") == "email").get_column("contact").implode()
    phones = shared.filter(pl.col("channel") == "phone").get_column("contact").implode()
    return records.with_columns(
        pl.col("email_equiv").is_in(emails).fill_null(value=False).alias("email_shared"),
        pl.col("phone").is_in(phones).fill_null(value=False).alias("phone_shared"),
    )


def exact_links(records: pl.DataFrame) -> pl.DataFrame:
    """Membership of records in keys that make one person of them.

    ``records`` needs ``record_id, email_equiv, phone, surname_key, role_mailbox`` and the columns of
    :func:`mark_shared`. Returns ``record_id, key, link`` with ``link`` being ``same_email`` or
    ``same_phone_and_surname``.
    """
    by_email = records.filter(pl.col("email_equiv").is_not_null() & ~pl.col("role_mailbox") & ~pl.col("email_shared"))
    has_surname = pl.col("surname_key").str.len_chars() > 0
    by_phone = records.filter(pl.col("phone").is_not_null() & has_surname & ~pl.col("phone_shared"))
    return (
        pl.concat(
            [
                by_email.select(
                    "record_id",
                    pl.concat_str(pl.lit("e:"), "email_equiv").alias("key"),
                    pl.lit("same_email").alias("link"),
                ),
                by_phone.select(
                    "record_id",
                    pl.concat_str(pl.lit("p:"), "phone", pl.lit(":"), "surname_key").alias("key"),
                    pl.lit("same_phone_and_surname").alias("link"),
                ),
            ]
        )
        .unique(["record_id", "key"], keep="any")
        .sort("key", "record_id")
    )


def doubtful_links(records: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Pairs that were merged by one mailbox although their surnames differ: a human should look at them.

    Returns ``record_a, record_b, why`` with ``record_a < record_b``, one pair per differing surname under a key.
    """
    named = (
        links.filter(pl.col("link") == "same_email")
        .join(records.select("record_id", "surname_key").unique("record_id"), on="record_id", validate="m:1")
        .filter(pl.col("surname_key").str.len_chars() > 0)
        .group_by("key", "surname_key")
        .agg(pl.col("record_id").min())
    )
    return (
        named.join(named, on="key", suffix="_b")
        .filter(pl.col("record_id") < pl.col("record_id_b"))
        .select(
            pl.col("record_id").alias("record_a"),
            pl.col("record_id_b").alias("record_b"),
            pl.lit("one mailbox, different surnames").alias("why"),
        )
        .unique()
        .sort("record_a", "record_b")
    )
