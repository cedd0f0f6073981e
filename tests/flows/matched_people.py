"""Invented people on three lists, for tests of matching files: who they are is known."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

__all__ = ["people_on_lists", "people_who"]

_GIVEN: Final = ("Ada", "Bo", "Carmen", "Dmitri", "Elif", "Farid", "Greta", "Henrik", "Ines", "Jonas")
_FAMILY: Final = (
    *("Okoro", "Lindqvist", "Ibarra", "Volkov", "Yildiz", "Haddad", "Baumann", "Soerensen", "Moreau", "Petrauskas"),
    *("Kowalczyk", "Tanaka", "Brennan", "Castellano", "Novotny", "Achterberg", "Mbeki", "Rautio", "Szabo", "Quispe"),
)
_FIRMS: Final = ("Kestrel Research", "Merlin Foods", "Osprey Logistics", "Harrier Textiles", "Falcon Printing")


def people_who(people: int = 40) -> pl.DataFrame:
    """``person, given, family, firm``: people with different names, a few to each firm."""
    return pl.DataFrame(
        [
            (
                n,
                _GIVEN[n % len(_GIVEN)],
                _FAMILY[n % len(_FAMILY)] + "sen" * (n // len(_FAMILY)),
                _FIRMS[n % len(_FIRMS)],
            )
            for n in range(people)
        ],
        schema={"person": pl.Int64, "given": pl.String, "family": pl.String, "firm": pl.String},
        orient="row",
    )


def people_on_lists(people: int = 40) -> pl.DataFrame:
    """A row per list and person: as written at a fair, on a membership list by surname first, on a call list."""
    who = people_who(people)
    mailbox = pl.format(
        "{}.{}@{}.example", pl.col("given"), pl.col("family"), pl.col("firm").str.split(" ").list.first()
    )
    number = pl.format("+44 20 7946 0{}", pl.col("person").cast(pl.String).str.zfill(3))
    lists = [
        ("fair", date(2025, 3, 1), pl.format("{} {}", "given", "family"), mailbox.str.to_lowercase(), None),
        (
            "members",
            date(2025, 9, 1),
            pl.format("{}, {}", pl.col("family").str.to_uppercase(), "given"),
            mailbox,
            number,
        ),
        ("calls", date(2026, 2, 1), pl.format("{} {}", "given", "family"), None, number),
    ]
    return pl.concat(
        who.select(
            pl.format("{}-{}", pl.lit(source), "person").alias("record_id"),
            pl.lit(source).alias("source"),
            pl.lit(day).alias("obtained_on"),
            name.alias("full_name"),
            pl.col("firm").alias("company"),
            pl.lit(None, pl.String).alias("email") if email is None else email.alias("email"),
            pl.lit(None, pl.String).alias("phone") if phone is None else phone.alias("phone"),
            "person",
        )
        for source, day, name, email, phone in lists
    )
