"""Comparisons of the parts of a person's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.comparing.pairs import (
    both,
    crossed,
    differ,
    of_a,
    of_b,
    one_only,
    same,
    similarity,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.identity.comparing.pairs import Conditions
    from policies.identity.model import Comparison

__all__ = ["generation", "given", "local_name", "middle", "surname"]

_LIKE_SURNAME: Final = 0.90
_NEAR_SURNAME: Final = 0.82
_LIKE_GIVEN: Final = 0.88
_TELLING_SOUND: Final = 3  # consonants from which a sound says something
_TELLING_NAME: Final = 4  # letters from which a name inside an address is no accident


def surname(_: Comparison) -> Conditions:
    """Surnames: the same, swapped with the given name, spelled or sounding alike, one word of a compound, different.

    Names written in different scripts that do not even sound alike may still be one name read in two ways.
    """
    alike = similarity("surname", "jaro_winkler")
    return {
        "same": same("surname"),
        "swapped": _swapped(),
        "similar": alike >= _LIKE_SURNAME,
        "part": same("surname_last")
        | same("surname_first")
        | crossed("surname_first", "surname_last")
        | _one_is_the_other("surname_first", "surname_last"),
        "sound": same("surname_sound") & (of_a("surname_sound").str.len_bytes() >= _TELLING_SOUND),
        "near": alike >= _NEAR_SURNAME,
        "script": both("surname") & differ("script"),
        "different": both("surname"),
    }


def given(_: Comparison) -> Conditions:
    """Given names by their root, so that Bob is Robert: the same, an initial of the other, alike, different."""
    initial = _is_initial(of_a("given_root")) | _is_initial(of_b("given_root"))
    fits = _starts_as("given_root") | _starts_as("given")
    alike = pl.max_horizontal(similarity("given_root", "jaro_winkler"), similarity("given", "jaro_winkler"))
    return {
        "same": same("given_root") | same("given"),
        "swapped": _swapped(),
        "initial": differ("given_root") & initial & fits,
        "other_initial": differ("given_root") & initial,
        "similar": alike >= _LIKE_GIVEN,
        "sound": same("given_sound") & (of_a("given_sound").str.len_bytes() >= _TELLING_SOUND),
        "script": both("given_root") & differ("script"),
        "different": both("given_root"),
    }


def middle(_: Comparison) -> Conditions:
    """Initials of middle names."""
    return {"same": same("middle"), "different": differ("middle")}


def generation(_: Comparison) -> Conditions:
    """Father and son: Sr. and Jr."""
    return {"different": differ("generation"), "one_only": one_only("generation")}


def local_name(_: Comparison) -> Conditions:
    """The address of one record holds the name of the other, where the names as written do not agree."""
    full = _holds("given") & _holds("surname")
    agreed = pl.col("surname.same") & (pl.col("given.same") | pl.col("given.initial"))
    apart = ~same("mailbox") & ~agreed & ~pl.col("surname.swapped")
    return {"full": apart & full, "surname": apart & ~pl.col("surname.same") & _holds("surname")}


def _holds(column: str) -> pl.Expr:
    """The letters of one record's address hold a name of the other record."""
    forth = of_a("local_letters").str.contains(of_b(column), literal=True) & _long_enough(of_b(column))
    back = of_b("local_letters").str.contains(of_a(column), literal=True) & _long_enough(of_a(column))
    return forth.fill_null(value=False) | back.fill_null(value=False)


def _long_enough(name: pl.Expr) -> pl.Expr:
    return name.str.len_bytes() >= _TELLING_NAME


def _is_initial(name: pl.Expr) -> pl.Expr:
    return name.str.len_chars() == 1


def _starts_as(column: str) -> pl.Expr:
    return of_a(column).str.head(1) == of_b(column).str.head(1)


def _one_is_the_other(one: str, other: str) -> pl.Expr:
    return ((of_a(one) == of_b(other)) | (of_b(one) == of_a(other))).fill_null(value=False)


def _swapped() -> pl.Expr:
    """Each record's given name is the other's surname, as written, by its root or by its sound."""
    forth = _given_is_surname(of_a, of_b)
    back = _given_is_surname(of_b, of_a)
    return forth & back & ~same("surname")


def _given_is_surname(one: Callable[[str], pl.Expr], other: Callable[[str], pl.Expr]) -> pl.Expr:
    sounds = (one("given_sound") == other("surname_sound")) & (one("given_sound").str.len_bytes() > 1)
    return (
        (one("given") == other("surname")).fill_null(value=False)
        | (one("given_root") == other("surname")).fill_null(value=False)
        | sounds.fill_null(value=False)
    )
