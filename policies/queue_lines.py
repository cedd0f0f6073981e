"""The lines of the queue: whom to contact, how, when, what to say and on what basis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from policies.disclosures import must_include
from policies.effects import Verdict
from policies.fact_table.people import of_people
from policies.schema import QUEUE, conform

if TYPE_CHECKING:
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs, Unsubscribing

__all__ = ["queue_lines"]

_LINK: Final = "{unsubscribe link}"  # stands in what to say until each line has a link of its own
_SOURCES: Final = "{lists they stand on}"  # stands there until each line names those of its person
_STOP: Final = "opt_out"  # said in every e-mail and call, whether or not a law of the country asks for it


def queue_lines(decision: Decision, inputs: DecisionInputs) -> pl.DataFrame:
    """The ``QUEUE`` frame: one line for every person whose verdict is ``queued``, in the order of their places.

    Names, title and company are the best that the person's records say, field by field (``Subjects.faces``); the
    contact point is the best one they may be reached under. Where links lead
    somewhere (``inputs.unsubscribing``), an e-mail line has an ``unsubscribe_token`` and names the link as the way to
    stop; else the token is blank and the way to stop is a reply.
    """
    table = decision.table
    chosen = decision.best.filter(pl.col("outcome") == Verdict.QUEUED.value).select("person_id", "record_id", "channel")
    places = decision.places.drop_nulls("rank").select("person_id", "owner", "rank")
    point = table.points.select(
        *("record_id", "channel", "contact", "not_before", "not_after", "timezone"),
        *("consent_valid", "consent_seq", "consent_captured_at"),
    )
    person = table.people.select("person_id", "relationship", "warmth", "brief_id", "opening_line")
    shown = table.subjects.faces.select("person_id", "full_name", "salutation_name", "job_title", "company")
    lines = (
        chosen.join(places, on="person_id", how="inner", validate="1:1")
        .join(point, on=["record_id", "channel"], how="left", validate="m:1")
        .join(person, on="person_id", how="left", validate="1:1")
        .join(shown, on="person_id", how="left", validate="1:1")
        .join(_provenance(table.subjects.rows, chosen), on="person_id", how="left", validate="1:1")
        .join(_basis(decision), on="record_id", how="left", validate="m:1")
        .join(_said_first(decision, chosen, inputs), on=["person_id", "channel"], how="left", validate="1:1")
        .with_columns(pl.col("contact").alias("contact_point"), *_permission())
        .with_columns(pl.col("must_include").str.replace(_SOURCES, pl.col("lists"), literal=True))
    )
    timed = lines.join(_local_times(lines), on=["not_before", "not_after", "timezone"], how="left", validate="m:1")
    renamed = timed.drop("not_before", "not_after").rename({"from": "not_before", "to": "not_after"})
    linked = _with_links(renamed.sort("rank"), inputs.unsubscribing)
    return conform(linked.with_columns(_renumbered()), QUEUE)


def _with_links(lines: pl.DataFrame, unsubscribing: Unsubscribing | None) -> pl.DataFrame:
    """Add ``unsubscribe_token``, and put each line's link into what to say."""
    if unsubscribing is None:
        return lines.with_columns(pl.lit(None, dtype=pl.String).alias("unsubscribe_token"))
    written = lines.filter(pl.col("channel") == "email").select("person_id", "channel", "contact_point").unique()
    ordered = written.sort("person_id", "contact_point")
    tokens = unsubscribing.seal(ordered.select("person_id", "contact_point").iter_rows())
    sealed = ordered.with_columns(pl.Series("unsubscribe_token", tokens, dtype=pl.String))
    link = pl.lit(unsubscribing.base_url) + pl.col("unsubscribe_token").fill_null("")
    return lines.join(
        sealed, on=["person_id", "channel", "contact_point"], how="left", validate="m:1", maintain_order="left"
    ).with_columns(pl.col("must_include").str.replace(_LINK, link, literal=True))


def _renumbered() -> pl.Expr:
    """Ranks without gaps, from 1."""
    return pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias("rank")


def _permission() -> list[pl.Expr]:
    """On what basis the line stands: the person's own consent where there is one, else the list's terms and the law."""
    consent = pl.format(
        "consent recorded as event {} on {}",
        pl.col("consent_seq"),
        pl.col("consent_captured_at").dt.date().cast(pl.String),
    )
    by_list = pl.format("source contract {}, under the law of {}", pl.col("source"), pl.col("under"))
    return [
        pl.when("consent_valid").then(pl.lit("consent")).otherwise("lawful_basis").alias("lawful_basis"),
        pl.when("consent_valid").then(consent).otherwise(by_list).alias("permission_evidence"),
    ]


def _basis(decision: Decision) -> pl.DataFrame:
    """``record_id, source, lawful_basis, under``: the list's terms and the countries whose law was asked."""
    listed = (
        decision.table.countries.drop_nulls("country")
        .group_by("person_id")
        .agg(pl.col("country").sort())
        .with_columns(pl.col("country").list.join(", ").alias("under"))
    )
    return (
        decision.table.records.select("record_id", "person_id", "source", "lawful_basis")
        .join(listed.select("person_id", "under"), on="person_id", how="left", validate="m:1")
        .drop("person_id")
    )


def _provenance(rows: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """``person_id, provenance, lists``: each list the person stands on, when it was obtained; first with the row."""
    obtained = pl.col("obtained_on").cast(pl.String).fill_null("on an unknown day")
    row = (pl.col("file_sha256").str.slice(0, 8), pl.col("row_number"))
    return (
        rows.join(chosen, on="person_id", how="semi")
        .sort("source", "file_sha256", "row_number")
        .group_by("person_id", maintain_order=True)
        .agg(
            pl.format("{} (obtained {}, file {}, row {})", "source", obtained, *row).alias("provenance"),
            pl.format("{} (obtained {})", "source", obtained).unique(maintain_order=True).alias("lists"),
        )
        .with_columns(pl.col("provenance").list.join("; "), pl.col("lists").list.join("; "))
    )


def _local_times(lines: pl.DataFrame) -> pl.DataFrame:
    """The window as ISO 8601 in the person's own zone: ``from, to``; of several zones the first is shown."""
    distinct = lines.select("not_before", "not_after", "timezone").unique().sort("not_before", "not_after", "timezone")
    rows = []
    for start, end, zones in distinct.drop_nulls().iter_rows():
        zone = ZoneInfo(zones.split("|")[0])
        rows.append((start, end, zones, start.astimezone(zone).isoformat(), end.astimezone(zone).isoformat()))
    schema: Any = {**distinct.schema, "from": pl.String, "to": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _said_first(decision: Decision, chosen: pl.DataFrame, inputs: DecisionInputs) -> pl.DataFrame:
    """``person_id, channel, must_include``: what the law of any of the person's countries wants said."""
    listed = (
        decision.table.countries.drop_nulls("country")
        .group_by("person_id")
        .agg(pl.col("country").unique().sort().alias("countries"))
    )
    spoken_to = _spoken_to(decision, inputs).implode()
    cases = (
        chosen.select("person_id", "channel")
        .join(listed, on="person_id", how="left", validate="m:1")
        .with_columns((~pl.col("person_id").is_in(spoken_to)).alias("first_contact"))
    )
    distinct = (
        cases.select("channel", "countries", "first_contact").unique().sort("channel", "countries", "first_contact")
    )
    said = [_words(inputs, channel, codes, first_contact=first) for channel, codes, first in distinct.iter_rows()]
    worded = distinct.with_columns(pl.Series("must_include", said, dtype=pl.String))
    on = ["channel", "countries", "first_contact"]
    return cases.join(worded, on=on, how="left", validate="m:1", nulls_equal=True).select(
        "person_id", "channel", "must_include"
    )


def _spoken_to(decision: Decision, inputs: DecisionInputs) -> pl.Series:
    """The people who answered a touch: they heard or read what is said at the first contact.

    A voicemail or a letter without an answer proves nothing, nor does a touch of a contact point that several people
    use: then it is said again.
    """
    settings: Any = inputs.settings
    answered = pl.col("outcome").is_in(settings["cadence"]["answers"])
    own = pl.col("person_id").n_unique().over("seq") == 1
    touches = of_people(inputs.touches, decision.table.subjects, inputs)
    return touches.filter(own, answered).get_column("person_id").unique().sort()


def _words(inputs: DecisionInputs, channel: str, countries: list[str] | None, *, first_contact: bool) -> str:
    """The words for one combination of channel, countries and first contact."""
    on = inputs.queue_date
    versions = [inputs.book.jurisdictions[code].at(on) for code in countries or () if code in inputs.book.jurisdictions]
    codes = {code for version in versions if version for code in version.disclosures.get(channel, ())}
    return must_include(
        codes | {_STOP},
        inputs.organisation,
        first_contact=first_contact,
        channel=channel,
        unsubscribe_url=None if inputs.unsubscribing is None else _LINK,
        sources=_SOURCES,
    )
