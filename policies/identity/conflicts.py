"""Where the records of one person contradict each other: listed for a human, who knows or asks.

One value has to be shown, and :func:`policies.identity.survivors` chooses it; no list can say that it is the right one.
What is merely spelled in another way is no conflict, nor is what may well be true of one person at once: a private
address beside the one at work, the town of an earlier employer.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from policies.folding import words

__all__ = ["CONFLICTS", "conflicts"]

CONFLICTS: Final = pl.Schema(
    {
        "person_id": pl.String(),
        "field": pl.String(),  # full_name | company | job_title | city | email | phone
        "chosen": pl.String(),  # what is shown of the person
        "value": pl.String(),  # what a record of theirs says instead, as spelled there
        "source": pl.String(),  # the list that says it
        "obtained_on": pl.Date(),  # its day, the newest where it says so several times; null unknown
    }
)
_FIELDS: Final = ("full_name", "company", "job_title", "city", "email", "phone")  # in the order they are listed
_DIRECT: Final = ("mobile", "fixed_or_mobile", "fixed", "personal")
_ONE: Final = "one"  # kind of a field of which a person has but one


def conflicts(rows: pl.DataFrame, chosen: pl.DataFrame, free_mail: list[str]) -> pl.DataFrame:
    """What records say against the values shown of their person: ``CONFLICTS``, sorted by person, field and list.

    ``rows`` as for :func:`policies.identity.survivors`, ``chosen`` (``SURVIVORS``) is what that made of them. Names
    differ where neither is the other with initials, titles or further given names, or where the surnames differ;
    companies where neither name begins with the other. Title and town count at the present company only; addresses
    where both are the person's own in one domain of that company, numbers where both are direct and of one type.
    """
    told = _told(rows.filter(pl.col("record_id").n_unique().over("person_id") > 1), chosen, free_mail)
    shown = (
        chosen.select("person_id", "field", "record_id", "value")
        .join(told, on=["person_id", "field", "record_id", "value"], how="inner")
        .sort("person_id", "field", "key", "kind", "surname", nulls_last=True)
        .unique(["person_id", "field"], keep="first", maintain_order=True)
        .select("person_id", "field", "kind", *(pl.col(name).alias(f"{name}_shown") for name in _COMPARED))
        .rename({"value_shown": "chosen"})
    )
    against = told.join(shown, on=["person_id", "field", "kind"], how="inner", validate="m:1").filter(_differs())
    return (
        _without_like_names(against)
        .sort(["obtained_on", "value", "record_id"], descending=[True, False, False], nulls_last=True)
        .unique(["person_id", "field", "key", "source"], keep="first", maintain_order=True)
        .sort("person_id", pl.col("field").cast(pl.Enum(_FIELDS)), "source", "value")
        .select(CONFLICTS.names())
        .match_to_schema(CONFLICTS)
    )


_COMPARED: Final = ("value", "key", "surname")


def _told(rows: pl.DataFrame, chosen: pl.DataFrame, free_mail: list[str]) -> pl.DataFrame:
    """What each row says: ``field, value``, a ``key`` for what is the same, and the ``kind`` among which it counts."""
    current = chosen.filter(pl.col("field") == "company_key").select("person_id", pl.col("value").alias("current"))
    placed = rows.join(current, on="person_id", how="left", validate="m:1")
    key, now = pl.col("company_key"), pl.col("current")
    here = (key.str.starts_with(now) | now.str.starts_with(key)).fill_null(value=True)
    at_work = ~pl.col("role_mailbox") & ~pl.col("email_shared") & ~pl.col("email_domain").is_in(free_mail)
    direct = ~pl.col("phone_shared") & pl.col("phone_type").is_in(_DIRECT)
    always, at_present = pl.lit(_ONE), pl.when(here).then(pl.lit(_ONE))
    parts = {
        "full_name": (_name_key("full_name").str.split(" ").list.unique().list.sort().list.join(" "), always),
        "company": (key, always),
        "job_title": (words(pl.col("job_title")), at_present),
        "city": (_name_key("city"), at_present),
        "email": (pl.col("email_equiv"), pl.when(here & at_work).then("email_domain")),
        "phone": (pl.col("phone"), pl.when(here & direct).then("phone_type")),
    }
    return pl.concat(
        placed.filter(pl.col(field).is_not_null()).select(
            *("person_id", "record_id", "source", "obtained_on"),
            pl.lit(field).alias("field"),
            pl.col(field).alias("value"),
            same.alias("key"),
            kind.alias("kind"),
            _name_key("surname_key").alias("surname"),
        )
        for field, (same, kind) in parts.items()
    ).filter(pl.col("key") != "")


def _name_key(name: str) -> pl.Expr:
    """Folded words; a vowel spelled with an e behind it for want of the umlaut is the vowel."""
    return words(pl.col(name)).str.replace_many(["ae", "oe", "ue"], ["a", "o", "u"])


def _differs() -> pl.Expr:
    """The value is another one by its key; of companies neither name begins with the other."""
    key, shown = pl.col("key"), pl.col("key_shown")
    begins = key.str.starts_with(shown) | shown.str.starts_with(key)
    return (key != shown) & ~((pl.col("field") == "company") & begins)


def _without_like_names(against: pl.DataFrame) -> pl.DataFrame:
    """Leave out names of which one is the other with initials, titles or more given names, under one surname."""
    names = against.filter(pl.col("field") == "full_name").select("key", "key_shown").unique()
    pairs = names.with_columns(
        pl.col("key").str.split(" ").alias("word"), pl.col("key_shown").str.split(" ").alias("shown")
    )
    met = pairs.explode("word").explode("shown").with_columns(_one_word().alias("met"))
    covered = [
        met.group_by("key", "key_shown", word)
        .agg(pl.col("met").any())
        .group_by("key", "key_shown")
        .agg(pl.col("met").all())
        for word in ("word", "shown")
    ]
    alike = pl.concat(covered).filter("met").select("key", "key_shown").unique()
    one_surname = pl.col("surname") == pl.col("surname_shown")
    unknown = pl.min_horizontal(pl.col(name).str.len_chars() for name in ("surname", "surname_shown")) < 2  # noqa: PLR2004 - an initial
    judged = against.join(
        alike.with_columns(pl.lit("full_name").alias("field"), pl.lit(value=True).alias("alike")),
        on=["field", "key", "key_shown"],
        how="left",
        validate="m:1",
    )
    like = pl.col("alike").fill_null(value=False) & (one_surname | unknown).fill_null(value=True)
    return judged.filter(~like)


def _one_word() -> pl.Expr:
    """Two words of names are the same, or one is the initial of the other."""
    word, shown = pl.col("word"), pl.col("shown")
    initial = pl.min_horizontal(word.str.len_chars(), shown.str.len_chars()) == 1
    return (word == shown) | (initial & (word.str.head(1) == shown.str.head(1)))
