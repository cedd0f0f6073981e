"""Facts of a contact point: what kind it is, what was said about it, and the window it may be used in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.cadence import outdated_contacts
from policies.fact_table.people import of_people
from policies.permission import PERMISSION_FACTS

if TYPE_CHECKING:
    from policies.inputs import DecisionInputs
    from policies.subjects import Subjects

__all__ = ["point_facts", "with_outdated"]

POINT: Final = ("record_id", "channel")


def point_facts(
    points: pl.DataFrame,
    records: pl.DataFrame,
    permission: pl.DataFrame,
    consents: pl.DataFrame,
    windows: pl.DataFrame,
    inputs: DecisionInputs,
) -> pl.DataFrame:
    """One row per contact point with its facts, ``not_before, not_after, next_window_on`` and the consent behind it.

    ``points`` comes from :func:`policies.subjects.contact_points_of`, ``records`` from
    :func:`policies.fact_table.records.record_facts`, ``permission`` and ``consents`` from :mod:`policies.permission`,
    ``windows`` from :func:`policies.fact_table.timing.window_facts`.
    """
    lists: Any = inputs.settings["lists"]
    rejected = inputs.records.filter(pl.col("reject_code").is_not_null())
    of_record = records.select("record_id", "email_domain", "phone_type", "role_mailbox", "channels_in_contract")
    return (
        points.join(of_record, on="record_id", how="left", validate="m:1")
        .with_columns(_kinds(lists))
        .join(permission, on=POINT, how="left", validate="1:1")
        .join(consents, on=POINT, how="left", validate="1:1")
        .join(windows, on="person_id", how="left", validate="m:1")
        .join(_unknown_flags(points, records, rejected), on=["person_id", "channel"], how="left", validate="m:1")
        .with_columns(
            pl.col(name).fill_null(value=False)
            for name in (*PERMISSION_FACTS, "consent_valid", "consent_refused", "flag_unknown")
        )
        .with_columns(pl.col("flag_unknown") | pl.col("word_in_doubt"))
    )


def with_outdated(points: pl.DataFrame, subjects: Subjects, inputs: DecisionInputs) -> pl.DataFrame:
    """Add ``point_outdated``: a rep reported that the contact point is not the person's, or no longer."""
    touches = of_people(inputs.touches, subjects, inputs)
    found = (
        inputs.tokens.filter(pl.col("match") == "exact")
        .join(subjects.records.select("record_id", "person_id"), on="record_id")
        .join(outdated_contacts(touches, inputs.settings["cadence"]), on=["token", "channel", "person_id"], how="semi")
        .select(*POINT, pl.lit(value=True).alias("point_outdated"))
        .unique()
    )
    return points.join(found, on=POINT, how="left", validate="1:1").with_columns(
        pl.col("point_outdated").fill_null(value=False)
    )


def _kinds(lists: dict[str, Any]) -> list[pl.Expr]:
    """What kind of contact point it is; e-mail facts say nothing about a number and the other way round."""
    is_email = pl.col("channel") == "email"
    return [
        (is_email & pl.col("role_mailbox")).alias("role_mailbox"),
        (is_email & pl.col("email_domain").is_in(lists["free_mail_domains"])).fill_null(value=False).alias("free_mail"),
        (is_email & pl.col("email_domain").is_in(lists["disposable_domains"]))
        .fill_null(value=False)
        .alias("disposable_mail"),
        (pl.col("shared") & ~(is_email & pl.col("role_mailbox"))).alias("shared_contact"),
        pl.when(~is_email).then("phone_type").alias("phone_type"),
        pl.col("channels_in_contract").list.contains(pl.col("channel")).alias("channel_in_contract"),
    ]


def _unknown_flags(points: pl.DataFrame, records: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """``person_id, channel, flag_unknown``: an opt-out cell of the person is not understood, in whatever row it stands.

    Refused rows belong to nobody; whoever has the contact point that is found in one is meant.
    """
    own = records.select("person_id", pl.col("email_opt_out").alias("email"), pl.col("phone_opt_out").alias("phone"))
    said = own.unpivot(index="person_id", variable_name="channel", value_name="flag")
    doubted = rejected.filter((pl.col("email_opt_out") == "unknown") | (pl.col("phone_opt_out") == "unknown"))
    found = [
        doubted.drop_nulls(key).join(records.select("person_id", key).drop_nulls().unique(), on=key)
        for key in ("email_equiv", "phone")
    ]
    named = pl.concat(
        [
            match.select("person_id", pl.lit(channel).alias("channel"), pl.col(f"{channel}_opt_out").alias("flag"))
            for match in found
            for channel in ("email", "phone")
        ]
    )
    return (
        pl.concat([said, named])
        .join(points.select("person_id").unique(), on="person_id", how="semi")
        .group_by("person_id", "channel")
        .agg((pl.col("flag") == "unknown").any().alias("flag_unknown"))
    )
