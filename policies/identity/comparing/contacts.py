"""Comparisons of mailboxes and telephone numbers, by how many people use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.identity.comparing.pairs import both, differ, either, of_a, of_b, same, similarity

if TYPE_CHECKING:
    from policies.identity.comparing.pairs import Conditions
    from policies.identity.model import Comparison

__all__ = ["mailbox", "number"]

_SHARED_MAILBOX: Final = 4  # different names behind one address, from which it says where and not who
_SHARED_NUMBER: Final = 3


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
        "few": own & (people == _SHARED_MAILBOX - 1),
        "shared": same("mailbox") & (either("role_mailbox") | (people >= _SHARED_MAILBOX)),
        "private": own & private,
        "work": own,
        "slip": apart & at_one & (similarity("local", "osa") <= 1) & same_figures & _one_name(),
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


def number(_: Comparison) -> Conditions:
    """Telephone numbers: one of their own, one of two people, a switchboard, different ones."""
    people = pl.max_horizontal(of_a("number_people"), of_b("number_people"))
    return {
        "shared": same("number") & (people >= _SHARED_NUMBER),
        "few": same("number") & (people == _SHARED_NUMBER - 1),
        "own": same("number"),
        "different": differ("number"),
    }
