"""Comparisons of the parts of a person's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.comparing.pairs import (
    both,
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
_OPEN_ENDING: Final = "[aeiyh]$"  # of names that are spellings of one in -a or short for one
_TELLING_NAME: Final = 4  # letters from which a name inside an address is no accident


def surname(_: Comparison) -> Conditions:
    """Surnames: the same, swapped with the given name, spelled or sounding alike, one word of a compound, different.

    Names written in different scripts that do not even sound alike may still be one name read in two ways.
    """
    alike = similarity("surname", "jaro_winkler")
    initial = _is_initial(of_a("surname")) | _is_initial(of_b("surname"))
    return {
        "same": same("surname"),
        "initial": differ("surname") & initial & (of_a("surname").str.head(1) == of_b("surname").str.head(1)),
        "other_initial": differ("surname") & initial,
        "similar": alike >= _LIKE_SURNAME,
        "part": _shares_a_word(),
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
        "gender": _is_feminine(of_a, of_b) | _is_feminine(of_b, of_a),
        "homophone": _is_homophone(),
        "same": same("given_root") | same("given"),
        "initial": differ("given_root") & initial & fits,
        "other_initial": differ("given_root") & initial,
        "similar": alike >= _LIKE_GIVEN,
        "slip": similarity("given", "osa") == 1,
        "sound": same("given_sound") & (of_a("given_sound").str.len_bytes() >= _TELLING_SOUND),
        "begins": _one_begins() | (of_a("given").str.head(3) == of_b("given").str.head(3)),
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
    """The address of one record spells the name of the other, where the names as written do not agree."""
    agreed = pl.col("surname.same") & (pl.col("given.same") | pl.col("given.initial"))
    apart = ~same("mailbox") & ~agreed
    return {
        "full": apart & (_spells_full(of_a, of_b) | _spells_full(of_b, of_a)),
        "surname": apart & ~pl.col("surname.same") & (_spells_surname(of_a, of_b) | _spells_surname(of_b, of_a)),
    }


def _spells_full(one: Callable[[str], pl.Expr], other: Callable[[str], pl.Expr]) -> pl.Expr:
    local, surname = one("local_letters"), other("surname")
    spelled = [
        local == pl.concat_str(parts)
        for given in (other("given"), other("given_root"))
        for parts in ((given, surname), (surname, given))
    ]
    return _known(pl.any_horizontal(spelled), surname) & ~_is_initial(other("given")).fill_null(value=True)


def _spells_surname(one: Callable[[str], pl.Expr], other: Callable[[str], pl.Expr]) -> pl.Expr:
    local, surname, initial = one("local_letters"), other("surname"), other("given").str.head(1)
    spelled = [local == pl.concat_str(parts) for parts in ((initial, surname), (surname, initial), (surname,))]
    return _known(pl.any_horizontal(spelled), surname)


def _known(condition: pl.Expr, name: pl.Expr) -> pl.Expr:
    return (condition & (name.str.len_bytes() >= _TELLING_NAME)).fill_null(value=False)


def _one_begins() -> pl.Expr:
    """One given name, with the initial of what follows it, is how the other begins: Bo X. and Boxuan."""
    return _begins(of_a, of_b) | _begins(of_b, of_a)


def _begins(one: Callable[[str], pl.Expr], other: Callable[[str], pl.Expr]) -> pl.Expr:
    with_next = other("given").str.starts_with(one("given") + one("middle")) & ~_is_initial(one("given"))
    alone = other("given").str.starts_with(one("given")) & (one("given").str.len_bytes() >= _TELLING_SOUND)
    return with_next.fill_null(value=False) | alone.fill_null(value=False)


def _is_homophone() -> pl.Expr:
    """Both names are in Chinese characters: one surname, and given names that are read alike and written otherwise."""
    one_length = of_a("signs").str.len_bytes() == of_b("signs").str.len_bytes()
    one_surname = of_a("signs").str.head(1) == of_b("signs").str.head(1)
    return differ("signs") & same("given") & (one_length & one_surname).fill_null(value=False)


def _is_feminine(one: Callable[[str], pl.Expr], other: Callable[[str], pl.Expr]) -> pl.Expr:
    """One given name is the other with an ending for women: Jana and Jan, Antonina and Anton, Andrea and Andreas."""
    woman, man = one("given"), other("given")
    stem = woman.str.strip_suffix("a")
    formed = (man == stem) | (man == stem + "o") | (man == woman + "s") | (woman == man + "ina")
    feminine = (stem != woman) & (pl.min_horizontal(stem.str.len_bytes(), man.str.len_bytes()) >= _TELLING_SOUND)
    return (feminine & formed & ~man.str.contains(_OPEN_ENDING)).fill_null(value=False)


def _is_initial(name: pl.Expr) -> pl.Expr:
    return name.str.len_chars() == 1


def _starts_as(column: str) -> pl.Expr:
    return of_a(column).str.head(1) == of_b(column).str.head(1)


def _shares_a_word() -> pl.Expr:
    """A first or last word of several is the same, and long enough to be no particle."""
    ends = ("surname_first", "surname_last")
    shared = [
        (of_a(one) == of_b(other)) & (of_a(one).str.len_bytes() >= _TELLING_NAME) for one in ends for other in ends
    ]
    return pl.any_horizontal(shared).fill_null(value=False)
