"""Organisations: the key a company is compared by, and what its name and addresses say about its legal class."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold, fold_words, words
from policies.patterns import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["company_key", "is_free_mail", "is_role_mailbox", "recipient_class"]

_BRACKETS: Final = r"\s*\([^()]*\)\s*$"  # "Acme Ltd (UK)"


def company_key(company: pl.Expr, legal_forms: Mapping[str, Any]) -> pl.Expr:
    """Company name folded, legal form and blanks off: for comparison only. Null where nothing is left.

    ``legal_forms`` is the table of that name in the rule data. A name that is a legal form and nothing else stays.
    """
    name = _name(company)
    bare = pl.coalesce(name.str.extract(_with_ending(_forms(legal_forms)), 1), name)
    key = bare.str.replace_all(" ", "", literal=True)
    return pl.when(key != "").then(key)


def recipient_class(
    company: pl.Expr, role_mailbox: pl.Expr, legal_forms: Mapping[str, Any], free_mail: pl.Expr | None = None
) -> pl.Expr:
    """``sole_trader``, ``corporate_generic``, ``corporate_named`` or null, which means unknown.

    The ending of the company's name decides; an individual's business stays one behind its ``info@``. A role mailbox
    belongs to an organisation, unless it is at a provider of private mailboxes (``free_mail``): that says nothing about
    who subscribes to it, and even the company's name leaves the class unknown there.
    """
    name = _name(company)
    of_people = fold_words(legal_forms.get("sole_trader", ()))
    ending = name.str.extract(_with_ending(_forms(legal_forms)), 2)
    at_company = pl.lit(value=True) if free_mail is None else ~free_mail.fill_null(value=True)
    return (
        pl.when(ending.is_in(of_people).fill_null(value=False))
        .then(pl.lit("sole_trader"))
        .when(role_mailbox.fill_null(value=False) & at_company)
        .then(pl.lit("corporate_generic"))
        .when(ending.is_not_null() & at_company)
        .then(pl.lit("corporate_named"))
    )


def is_role_mailbox(email: pl.Expr, lists: Mapping[str, Any]) -> pl.Expr:
    """Whether an address belongs to a function (``info@``); what follows a ``+`` plays no part. Null is no address."""
    local = email.str.to_lowercase().str.extract(r"^([^+]+).*@", 1)
    named = email.str.to_lowercase().str.extract(r"^(.*)@[^@]*$", 1)
    roles = [str(role) for role in lists.get("role_mailboxes", ())]
    return (local.str.replace(r"@.*$", "").is_in(roles) | named.is_in(roles)).fill_null(value=False)


def is_free_mail(domain: pl.Expr, lists: Mapping[str, Any]) -> pl.Expr:
    """Whether a domain is a provider's of private mailboxes: it says nothing about an employer."""
    return domain.is_in([str(name) for name in lists.get("free_mail_domains", ())]).fill_null(value=False)


def _name(company: pl.Expr) -> pl.Expr:
    """Company name in folded words; "S.p.A." becomes "s p a", which a "Spa" is not."""
    return words(fold(company).str.replace(_BRACKETS, ""))


def _forms(legal_forms: Mapping[str, Any]) -> list[str]:
    """All endings, folded like names, the longest first: a GmbH & Co. KG is not a KG."""
    listed: Sequence[str] = [*legal_forms.get("corporate", ()), *legal_forms.get("sole_trader", ())]
    return sorted({form for form in fold_words(listed) if form}, key=lambda form: (-len(form), form))


def _with_ending(forms: Sequence[str]) -> str:
    """Pattern of a name (1) that ends with a legal form (2) in whole words; the shortest name has the longest form."""
    return rf"^(.+?) ({'|'.join(map(re.escape, forms)) or NOTHING})$"
