"""Comparisons of the parts of a person's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
    from policies.identity.comparing.pairs import Conditions
    from policies.identity.model import Comparison

__all__ = ["generation", "given", "middle", "surname"]

_LIKE_SURNAME: Final = 0.90
_NEAR_SURNAME: Final = 0.82
_LIKE_GIVEN: Final = 0.88


def surname(_: Comparison) -> Conditions:
    """Surnames: the same, swapped with the given name, spelled alike, one word of a compound shared, or different."""
    alike = similarity("surname", "jaro_winkler")
    return {
        "same": same("surname"),
        "swapped": crossed("given_root", "surname"),
        "similar": alike >= _LIKE_SURNAME,
        "part": same("surname_last") | same("surname_first"),
        "near": alike >= _NEAR_SURNAME,
        "different": both("surname"),
    }


def given(_: Comparison) -> Conditions:
    """Given names by their root, so that Bob is Robert: the same, an initial of the other, spelled alike, different."""
    initial = (of_a("given_root").str.len_chars() == 1) | (of_b("given_root").str.len_chars() == 1)
    fits = (of_a("given_root").str.head(1) == of_b("given_root").str.head(1)) | (
        of_a("given").str.head(1) == of_b("given").str.head(1)
    )
    return {
        "same": same("given_root"),
        "swapped": crossed("given_root", "surname"),
        "initial": differ("given_root") & initial & fits,
        "other_initial": differ("given_root") & initial,
        "similar": similarity("given_root", "jaro_winkler") >= _LIKE_GIVEN,
        "different": both("given_root"),
    }


def middle(_: Comparison) -> Conditions:
    """Initials of middle names."""
    return {"same": same("middle"), "different": differ("middle")}


def generation(_: Comparison) -> Conditions:
    """Father and son: Sr. and Jr."""
    return {"different": differ("generation"), "one_only": one_only("generation")}
