"""Comparisons of mailboxes and telephone numbers, by how many people use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.comparing.pairs import both, differ, either, of_a, of_b, same, similarity

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.identity.comparing.pairs import Conditions
    from policies.identity.model import Comparison

__all__ = ["mailbox", "number"]

_SHARED_MAILBOX: Final = 4  # different names behind one address, from which it says where and not who
_SHARED_NUMBER: Final = 3
_YEARS: Final = 4 * 365  # days after which an address may have another owner


def mailbox(_: Comparison) -> Conditions:
    """Mailboxes: one of their own, one that several share, a slip of the pen, two at one organisation, others."""
    people = pl.max_horizontal(of_a("mailbox_people"), of_b("mailbox_people"))
    own = same("mailbox") & ~either("role_mailbox")
    apart = differ("mailbox") & ~either("role_mailbox")
    figures = of_a("local").str.contains(r"\d")
    same_figures = of_a("local").str.replace_all(r"\D", "") == of_b("local").str.replace_all(r"\D", "")
    at_one = same("work_domain")
    at_aliases = both("work_domain") & same("org")
    private = of_a("work_domain").is_null() & of_b("work_domain").is_null()
    return {
        "family": own & _of_a_family(),
        "few": own & (people == _SHARED_MAILBOX - 1),
        "shared": same("mailbox") & (either("role_mailbox") | (people >= _SHARED_MAILBOX)),
        "private": own & private,
        "work": own,
        "slip": apart & at_one & (similarity("local", "osa") <= 1) & same_figures & _one_name() & ~_each_their_own(),
        "rival": apart & at_one,
        "alias": apart & at_aliases & same("local"),
        "rival_alias": apart & at_aliases,
        "handle": apart & same("local") & figures,
        "both_private": apart & private,
        "different": apart & both("mailbox"),
    }


def _one_name() -> pl.Expr:
    """Nothing but spelling is between the names: o.laflamme and c.laflamme are two people."""
    given = ("same", "similar", "slip", "initial")
    surname = ("same", "similar", "near")
    agreed = pl.any_horizontal([pl.col(f"given.{level}") for level in given])
    return agreed & pl.any_horizontal([pl.col(f"surname.{level}") for level in surname])


def _of_a_family() -> pl.Expr:
    """Two given names under one address that tells the surname and neither of them, or an initial both have, for years.

    Spouses, father and son, or a successor: such an address fits both and is no sign of one person.
    """
    given = pl.col("given.different") | pl.col("given.other_initial")
    surname = pl.any_horizontal([pl.col(f"surname.{level}") for level in ("same", "similar", "part", "sound")])
    neither = _holds_surname(of_a) & ~_hints_at_given(of_a) & ~_hints_at_given(of_b)
    years = ((of_a("obtained_on") - of_b("obtained_on")).dt.total_days().abs() > _YEARS).fill_null(value=False)
    return given & surname & (neither | (years & _begins_given(of_a) & _begins_given(of_b)))


def _each_their_own() -> pl.Expr:
    """Each local part begins as the given name of its own row, and these differ: two people and no slip."""
    return differ("given") & _begins_given(of_a) & _begins_given(of_b)


def _beside_surname(of: Callable[[str], pl.Expr]) -> pl.Expr:
    return of("local_letters").str.strip_prefix(of("surname")).str.strip_suffix(of("surname"))


def _holds_surname(of: Callable[[str], pl.Expr]) -> pl.Expr:
    local, surname = of("local_letters"), of("surname")
    return (local.str.starts_with(surname) | local.str.ends_with(surname)).fill_null(value=False)


def _hints_at_given(of: Callable[[str], pl.Expr]) -> pl.Expr:
    """What stands beside the surname begins with the same letter as the given name."""
    return (_beside_surname(of).str.head(1) == of("given").str.head(1)).fill_null(value=False)


def _begins_given(of: Callable[[str], pl.Expr]) -> pl.Expr:
    """What stands beside the surname begins as the given name does, as far as the shorter of them goes."""
    rest = _beside_surname(of)
    begins = of("given").str.starts_with(rest) | rest.str.starts_with(of("given"))
    return (begins & (rest != "")).fill_null(value=False)


def number(_: Comparison) -> Conditions:
    """Telephone numbers: one of their own, one of two people, a switchboard, different ones."""
    people = pl.max_horizontal(of_a("number_people"), of_b("number_people"))
    return {
        "shared": same("number") & (people >= _SHARED_NUMBER),
        "few": same("number") & (people == _SHARED_NUMBER - 1),
        "own": same("number"),
        "different": differ("number"),
    }
