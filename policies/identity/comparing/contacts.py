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
    role = either("role_mailbox")
    apart = differ("mailbox") & ~role
    figures = of_a("local").str.contains(r"\d") | of_b("local").str.contains(r"\d")
    at_one = same("work_domain")
    private = of_a("work_domain").is_null() & of_b("work_domain").is_null()
    return {
        "own": same("mailbox") & ~role & (people < _SHARED_MAILBOX - 1),
        "few": same("mailbox") & ~role & (people < _SHARED_MAILBOX),
        "shared": same("mailbox"),
        "slip": apart & at_one & (similarity("local", "osa") <= 1) & ~figures,
        "rival": apart & at_one,
        "same_local": apart & same("local"),
        "private": apart & private,
        "different": apart & both("mailbox"),
    }


def number(_: Comparison) -> Conditions:
    """Telephone numbers: one of their own, one of two people, a switchboard, different ones."""
    people = pl.max_horizontal(of_a("number_people"), of_b("number_people"))
    return {
        "own": same("number") & (people < _SHARED_NUMBER - 1),
        "few": same("number") & (people < _SHARED_NUMBER),
        "shared": same("number"),
        "different": differ("number"),
    }
