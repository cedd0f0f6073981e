"""Consent: which contact points have a valid one, and which a refusal as the latest word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.permission.vocabulary import GIVEN, POINT, PURPOSES, RECONFIRM_MONTHS

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = ["consent_states"]

_OF_LATEST: Final = ("seq", "captured_at", "ends_on", "token")


def consent_states(consents: pl.DataFrame, tokens: pl.DataFrame, as_of: datetime, on: date) -> pl.DataFrame:
    """Which contact points have a valid consent, and which a refusal as the latest word.

    A consent is valid when it was given or renewed for direct marketing on this exact contact point and channel, has
    not run out ``on`` the day of ``as_of``, and no withdrawal or refusal was captured since or recorded after it.
    ``consents`` is ``CONSENTS``, ``tokens`` is ``CONTACT_TOKENS``. Returns ``record_id, channel, consent_valid,
    consent_refused, consent_seq, consent_captured_at, consent_ends_on, consent_token``; ``consent_ends_on`` is its last
    day.
    """
    own = tokens.filter(pl.col("match") == "exact")
    for_us = pl.col("purpose").str.to_lowercase().str.replace_all("[ -]", "_").is_in(PURPOSES)
    said = consents.filter(for_us).join(own, on=["token", "channel"], how="inner")
    given = said.filter(pl.col("state").is_in(GIVEN))
    refused = (
        said.filter(~pl.col("state").is_in(GIVEN))
        .group_by(POINT)
        .agg(pl.col("captured_at").max().alias("refused_at"), pl.col("seq").max().alias("refused_seq"))
    )
    in_force = given.join(refused, on=POINT, how="left").filter(_unexpired(as_of, on) & _not_refused_since())
    latest = in_force.sort("seq").unique(POINT, keep="last", maintain_order=True)
    valid = latest.select(
        *POINT,
        pl.lit(value=True).alias("consent_valid"),
        pl.col("seq").alias("consent_seq"),
        pl.col("captured_at").alias("consent_captured_at"),
        _last_day().alias("consent_ends_on"),
        pl.col("token").alias("consent_token"),
    )
    return (
        refused.join(valid, on=POINT, how="full", coalesce=True)
        .with_columns(
            pl.col("consent_valid").fill_null(value=False),
            (pl.col("refused_seq").is_not_null() & pl.col("consent_seq").is_null()).alias("consent_refused"),
        )
        .select(*POINT, "consent_valid", "consent_refused", *(f"consent_{name}" for name in _OF_LATEST))
        .sort(POINT)
    )


def _unexpired(as_of: datetime, on: date) -> pl.Expr:
    """Neither past its last day nor given only from a later instant on."""
    captured = pl.col("captured_at") <= pl.lit(as_of)
    return captured & (_last_day() >= pl.lit(on))


def _last_day() -> pl.Expr:
    """Its own expiry or, where it has none, the end of the house's term."""
    house = pl.col("captured_at").dt.date().dt.offset_by(f"{RECONFIRM_MONTHS}mo")
    return pl.coalesce("expires_on", house)


def _not_refused_since() -> pl.Expr:
    """No withdrawal or refusal that is newer, by the day it was said or by the order it was recorded in."""
    later_said = pl.col("refused_at") >= pl.col("captured_at")
    later_recorded = pl.col("refused_seq") > pl.col("seq")
    return ~(later_said | later_recorded).fill_null(value=False)
