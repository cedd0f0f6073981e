"""Given name and surname the other way round: pairs are read in the order in which their names agree.

"KRUEGER Thomas" and "Thomas Krueger" are one name, and nothing on either row need say which word is the surname. Where
the names agree crosswise and not straight, the second record is read turned, so that every comparison after it sees the
same order: nicknames, initials, spellings and sounds alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.comparing.pairs import of_a, of_b, same

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.identity.comparing.pairs import Conditions
    from policies.identity.model import Comparison

__all__ = ["COLUMNS", "name_order", "turn"]

# What a column of the second record is read as when it is turned.
_TURNED: Final = {
    "given": "surname",
    "given_root": "surname",
    "given_sound": "surname_sound",
    "surname": "given",
    "surname_first": "given",
    "surname_last": "given",
    "surname_sound": "given_sound",
}
_COUNTS: Final = ("surname_count", "surname_last_count", "given_count")
COLUMNS: Final = (*_TURNED, *_COUNTS, "mailbox")
_TELLING_NAME: Final = 6  # letters of a whole name from which going round into another is no accident
_TELLING: Final = 2  # sounds from which one word is like another


def name_order(_: Comparison) -> Conditions:
    """Given name and surname stand the other way round in one of the records."""
    return {"turned": pl.col("turned")}


def turn(pairs: pl.DataFrame) -> pl.DataFrame:
    """Read the second record turned, or parted as the first, where that is how the names agree; adds ``turned``.

    The counts of names are then those of the record whose given name is the more frequent as a given name.
    """
    marked = pairs.with_columns(_is_turned().alias("turned"), _is_parted().alias("parted"))
    as_read = pl.col("turned")
    first_is_right = as_read & (of_a("given_count") > of_b("given_count"))
    second_is_right = as_read & (of_a("given_count") < of_b("given_count"))
    counts_a = [pl.when(second_is_right).then(of_b(name)).otherwise(of_a(name)).alias(f"{name}_a") for name in _COUNTS]
    counts_b = [pl.when(first_is_right).then(of_a(name)).otherwise(of_b(name)).alias(f"{name}_b") for name in _COUNTS]
    names = [
        pl.when("parted").then(of_a(name)).when(as_read).then(of_b(source)).otherwise(of_b(name)).alias(f"{name}_b")
        for name, source in _TURNED.items()
    ]
    return marked.with_columns(*counts_a, *counts_b, *names).with_columns(pl.col("turned") | pl.col("parted"))


def _is_parted() -> pl.Expr:
    """Both names are the same words one after the other, parted in different places: Shek, Jia Yang and Jia Yang Shek.

    Whichever word stands first, the letters of the one go round into those of the other.
    """
    one, other = of_a("given") + of_a("surname"), of_b("given") + of_b("surname")
    apart = ~(same("given") & same("surname"))
    long = (one.str.len_bytes() == other.str.len_bytes()) & (one.str.len_bytes() >= _TELLING_NAME)
    return (apart & long & (one + one).str.contains(other, literal=True)).fill_null(value=False)


def _is_turned() -> pl.Expr:
    """One word agrees crosswise, the other at least begins alike, and nothing agrees straight."""
    straight = (
        same("surname")
        | same("given")
        | same("given_root")
        | _same_sound(of_a("surname_sound"), of_b("surname_sound"))
        | _same_sound(of_a("given_sound"), of_b("given_sound"))
    )
    forth, back = _agrees(of_a, of_b), _agrees(of_b, of_a)
    one_mailbox = same("mailbox")
    return ~straight & ((forth & (_begins(of_b, of_a) | one_mailbox)) | (back & (_begins(of_a, of_b) | one_mailbox)))


def _agrees(one: Callable[[str], pl.Expr], other: Callable[[str], pl.Expr]) -> pl.Expr:
    """The given name of the one is the surname of the other, as written, by its root or by its sound."""
    written = (one("given") == other("surname")).fill_null(value=False)
    root = (one("given_root") == other("surname")).fill_null(value=False)
    return written | root | _same_sound(one("given_sound"), other("surname_sound"))


def _begins(one: Callable[[str], pl.Expr], other: Callable[[str], pl.Expr]) -> pl.Expr:
    """The given name of the one and the surname of the other begin alike, in letters or in sound, or one is missing."""
    letters = one("given").str.head(1) == other("surname").str.head(1)
    sounds = one("given_sound").str.head(1) == other("surname_sound").str.head(1)
    return letters.fill_null(value=True) | sounds.fill_null(value=False)


def _same_sound(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    return ((one == other) & (one.str.len_bytes() >= _TELLING)).fill_null(value=False)
