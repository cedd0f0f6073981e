"""What is shown of a person who stands on several lists: field by field the best value, each with the record it is of.

Nothing is made up or mixed: a value stands in one record of the person as it was spelled, and fields that belong
together (the parts of a name; a title and its company) are never taken from records that contradict each other. Records
that may be the same person but were not merged are none of theirs and give nothing.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from policies.folding import fold, words

__all__ = ["SURVIVORS", "faces", "kept_records", "outlived_addresses", "survivors"]

SURVIVORS: Final = pl.Schema(
    {
        "person_id": pl.String(),
        "field": pl.String(),
        "value": pl.String(),
        "record_id": pl.String(),  # where the value stands
    }
)
_NAMES: Final = ("full_name", "salutation_name", "given_name", "family_name")
_POINTS: Final = ("email", "phone")
_FIELDS: Final = (*_NAMES, "company", "company_key", "job_title", "city", *_POINTS)
_FILLED: Final = ("full_name", "company", "job_title", "email", "phone")
_NEWEST: Final = ("obtained_on", "filled")  # then the smaller record id
_UPPER_OR_LOWER: Final = r"^[^\p{Ll}]*$|^[^\p{Lu}]*$"
_DIRECT: Final = ("mobile", "fixed_or_mobile", "personal")


def kept_records(records: pl.DataFrame) -> pl.DataFrame:
    """Choose one row per person that counts for all of theirs: the newest list, the fuller row, the smallest id.

    ``records`` has ``person_id`` beside the columns of ``RECORDS``, one line per row of a file (the same record may
    stand in two files). Returns ``person_id, record_id, file_sha256, row_number``, one line per person. A list without
    a date counts as the oldest.
    """
    return (
        records.with_columns(_filled())
        .sort(
            ["person_id", *_NEWEST, "record_id", "file_sha256", "row_number"],
            descending=[False, True, True, False, False, False],
            nulls_last=True,
        )
        .unique("person_id", keep="first", maintain_order=True)
        .select("person_id", "record_id", "file_sha256", "row_number")
        .sort("person_id")
    )


def survivors(rows: pl.DataFrame, free_mail: list[str], closed: pl.DataFrame | None = None) -> pl.DataFrame:
    """The best value of every field of every person: ``SURVIVORS``, sorted by person and field.

    ``rows`` has ``person_id, role_mailbox, email_shared, phone_shared`` beside the columns of ``RECORDS``;
    ``free_mail`` are the domains of private mailboxes. Names: the form that most lists use, in its richest spelling.
    Company: the newest list; title and city the newest that do not belong to another company. Addresses: the person's
    own at that company before others of theirs, a private one before one that several people use, one of a company they
    left last; none that a list marks as dead or opted out. Numbers: a direct one before a switchboard. Points of
    ``closed`` (``record_id, channel``) are passed over as well.
    """
    known = rows.with_columns(_filled())
    company = _newest(known.filter(pl.col("company").is_not_null()), ["company", "company_key"])
    current = company.select("person_id", pl.col("company_key").alias("current"))
    placed = known.join(current, on="person_id", how="left", validate="m:1").with_columns(
        _elsewhere().alias("elsewhere")
    )
    found = [
        _long(_best_names(known), _NAMES),
        _long(company, ("company", "company_key")),
        *(
            _long(_newest(_said(placed.filter(~pl.col("elsewhere")), name), [name]), (name,))
            for name in ("job_title", "city")
        ),
        _long(_best_emails(_open(placed, closed, "email"), free_mail), ("email",)),
        _long(_best_phones(_open(placed, closed, "phone")), ("phone",)),
    ]
    return pl.concat(found).select(SURVIVORS.names()).match_to_schema(SURVIVORS).sort("person_id", "field")


def faces(chosen: pl.DataFrame, people: pl.Series) -> pl.DataFrame:
    """One line per person of ``people`` with a column per field, null where nobody says anything: :func:`survivors`."""
    wide = chosen.pivot("field", on_columns=_FIELDS, index="person_id", values="value", aggregate_function="first")
    return people.unique().sort().to_frame("person_id").join(wide, on="person_id", how="left", validate="1:1")


def outlived_addresses(rows: pl.DataFrame, free_mail: list[str]) -> pl.DataFrame:
    """``record_id`` of records whose work address belongs to a company the person has left.

    A newer list names another company, and nobody at that company writes from the address's domain as far as the
    person's own records say. Such an address is evidence of who somebody is, and nothing to write to.
    """
    known = rows.with_columns(_filled())
    company = _newest(known.filter(pl.col("company").is_not_null()), ["company_key", "obtained_on"])
    current = company.select("person_id", pl.col("company_key").alias("current"), pl.col("obtained_on").alias("since"))
    placed = known.join(current, on="person_id", how="left", validate="m:1").with_columns(
        _elsewhere().alias("elsewhere")
    )
    at_work = placed.filter(pl.col("email_domain").is_not_null() & ~pl.col("email_domain").is_in(free_mail))
    still = at_work.filter(~pl.col("elsewhere")).select("person_id", "email_domain").unique()
    left = at_work.filter(pl.col("elsewhere") & (pl.col("obtained_on") < pl.col("since")))
    return left.join(still, on=["person_id", "email_domain"], how="anti").select("record_id").unique().sort("record_id")


def _filled() -> pl.Expr:
    """How many of the fields that matter a row has."""
    return pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.UInt8) for name in _FILLED).alias("filled")


def _elsewhere() -> pl.Expr:
    """The record names another company than the person's current one; a longer name of the same is none other."""
    key, current = pl.col("company_key"), pl.col("current")
    return ~(key.str.starts_with(current) | current.str.starts_with(key)).fill_null(value=True)


def _said(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.filter(pl.col(name).is_not_null())


def _newest(rows: pl.DataFrame, fields: list[str]) -> pl.DataFrame:
    """``person_id, record_id`` and the fields of each person's newest row."""
    return _first(rows, list(_NEWEST), [True, True], fields)


def _first(rows: pl.DataFrame, by: list[str], descending: list[bool], fields: list[str]) -> pl.DataFrame:
    """``person_id, record_id`` and the fields of each person's first row in this order; ties by where it stands."""
    order = rows.sort(
        ["person_id", *by, "record_id", "file_sha256", "row_number"],
        descending=[False, *descending, False, False, False],
        nulls_last=True,
    )
    return order.unique("person_id", keep="first", maintain_order=True).select("person_id", "record_id", *fields)


def _long(chosen: pl.DataFrame, fields: tuple[str, ...]) -> pl.DataFrame:
    """``person_id, record_id, field, value`` of the fields that are not null."""
    return chosen.unpivot(
        on=list(fields), index=["person_id", "record_id"], variable_name="field", value_name="value"
    ).drop_nulls("value")


def _best_names(rows: pl.DataFrame) -> pl.DataFrame:
    """The names of one record: of the form most lists use, in full, in the spelling most use, the richest of it.

    A form is a surname and the first letter of a given name, so that ``A. Quist`` counts for ``Ada Quist``.
    """
    named = rows.filter(pl.col("full_name").is_not_null())
    given = fold(pl.coalesce("given_name", "full_name")).str.strip_chars(" .")
    read = named.with_columns(
        pl.concat_str(
            pl.col("surname_key").fill_null("").str.replace_many(["ae", "oe", "ue"], ["a", "o", "u"]),
            given.str.head(1),
            separator="|",
        ).alias("form"),
        words(pl.col("full_name")).str.split(" ").list.sort().list.join(" ").alias("spelled"),
        (given.str.split(" ").list.first().str.strip_chars(".").str.len_chars() > 1).alias("in_full"),
        (pl.col("full_name").str.len_bytes() - pl.col("full_name").str.len_chars()).alias("marks"),
        (~pl.col("full_name").str.contains(_UPPER_OR_LOWER)).alias("cased"),
        (~pl.col("full_name").str.contains(",", literal=True)).alias("in_order"),
    ).with_columns(
        pl.col("source").n_unique().over("person_id", "form").alias("lists"),
        pl.len().over("person_id", "form").alias("records"),
        pl.col("source").n_unique().over("person_id", "form", "spelled").alias("spelled_by"),
    )
    by = ["lists", "records", "form", "in_full", "spelled_by", "marks", "cased", "in_order", *_NEWEST]
    return _first(read, by, [name != "form" for name in by], list(_NAMES))


def _open(rows: pl.DataFrame, closed: pl.DataFrame | None, channel: str) -> pl.DataFrame:
    """Rows whose point of this channel nothing closes."""
    return (
        rows if closed is None else rows.join(closed.filter(pl.col("channel") == channel), on="record_id", how="anti")
    )


def _best_emails(placed: pl.DataFrame, free_mail: list[str]) -> pl.DataFrame:
    usable = placed.filter(
        pl.col("email").is_not_null()
        & pl.col("email_bounced").is_null()
        & (pl.col("email_opt_out") != "yes").fill_null(value=True)
    )
    shared = pl.col("role_mailbox") | pl.col("email_shared")
    private = pl.col("email_domain").is_in(free_mail)
    rank = (
        pl.when(~shared & ~private & ~pl.col("elsewhere"))
        .then(0)
        .when(~shared & private)
        .then(1)
        .when(~pl.col("elsewhere"))
        .then(2)
        .otherwise(3)
    )
    return _first(usable.with_columns(rank.alias("rank")), ["rank", *_NEWEST], [False, True, True], ["email"])


def _best_phones(placed: pl.DataFrame) -> pl.DataFrame:
    usable = placed.filter(pl.col("phone").is_not_null() & (pl.col("phone_opt_out") != "yes").fill_null(value=True))
    rank = (
        pl.when("phone_shared")
        .then(2)
        .when(pl.col("elsewhere") & ~pl.col("phone_type").is_in(_DIRECT))
        .then(1)
        .otherwise(0)
    )
    return _first(usable.with_columns(rank.alias("rank")), ["rank", *_NEWEST], [False, True, True], ["phone"])
