"""Companies compare without their legal form, and the form tells the class; what is not told stays unknown."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from policies.organisations import company_key, is_free_mail, is_role_mailbox, recipient_class
from policies.titles import title_facts

CORE = Path(__file__).parents[2] / "policies" / "rules" / "core"
FORMS = {"corporate": ["gmbh", "gmbh co kg", "ltd", "inc", "s p a", "ag"], "sole_trader": ["kg", "e k", "gbr"]}
LISTS = {"role_mailboxes": ["info", "no-reply", "customer.service"], "free_mail_domains": ["gmail.com"]}


def one(expression: pl.Expr, **cells: Any) -> Any:  # noqa: ANN401  # cells of any type go in, any comes out
    """The value of an expression over one row."""
    return pl.DataFrame({name: [cell] for name, cell in cells.items()}).select(expression).item()


@pytest.mark.parametrize(
    ("company", "key"),
    [
        ("Acme GmbH", "acme"),
        ("ACME Ltd.", "acme"),
        ("Acme, Inc.", "acme"),
        ("Acme Ltd (UK)", "acme"),
        ("Acme GmbH & Co. KG", "acme"),
        ("Acme S.p.A.", "acme"),
        ("Acme Spa", "acmespa"),
        ("Data Works", "dataworks"),
        ("DataWorks GmbH", "dataworks"),
        ("Müller & Söhne KG", "mullersohne"),
        ("GmbH", "gmbh"),
        ("A.B.C. Ltd", "abc"),
        ("株式会社サンプル", "株式会社サンプル"),
        ("—", None),
        ("", None),
    ],
)
def test_company_keys(company: str, key: str | None) -> None:
    """Spellings of one company meet under one key."""
    assert one(company_key(pl.col("c"), FORMS), c=company) == key


@pytest.mark.parametrize(
    ("company", "role", "free", "wanted"),
    [
        ("Acme GmbH", False, False, "corporate_named"),
        ("Acme GmbH", True, False, "corporate_generic"),
        ("Acme", True, False, "corporate_generic"),
        ("Acme", False, False, None),
        (None, False, False, None),
        ("Jane Doe e.K.", False, False, "sole_trader"),
        ("Jane Doe e.K.", True, False, "sole_trader"),
        ("Acme KG", False, False, "sole_trader"),
        ("Acme GmbH & Co. KG", False, False, "corporate_named"),
        ("Acme GmbH", False, True, None),
        ("Acme", True, True, None),
        ("Jane Doe e.K.", False, True, "sole_trader"),
    ],
)
def test_recipient_classes(company: str | None, role: bool, free: bool, wanted: str | None) -> None:  # noqa: FBT001  # table
    """The class comes from evidence only; a private mailbox says nothing about a company."""
    expression = recipient_class(pl.col("c").cast(pl.String), pl.col("role"), FORMS, pl.col("free"))
    assert one(expression, c=company, role=role, free=free) == wanted


def test_legal_forms_of_the_rule_data_name_each_ending_once() -> None:
    """No ending belongs to two classes."""
    forms = tomllib.loads((CORE / "legal_forms.toml").read_text(encoding="utf-8"))["legal_forms"]
    assert set(forms["corporate"]).isdisjoint(forms["sole_trader"])


@pytest.mark.parametrize(
    ("email", "is_role"),
    [
        ("info@acme.example", True),
        ("Info+x@acme.example", True),
        ("no-reply@acme.example", True),
        ("customer.service@acme.example", True),
        ("+info@acme.example", False),
        ("informer@acme.example", False),
        ("jane@info.example", False),
        (None, False),
    ],
)
def test_role_mailboxes(email: str | None, is_role: bool) -> None:  # noqa: FBT001  # a column of the table
    """A function is told by the whole local part, tag aside."""
    assert one(is_role_mailbox(pl.col("e").cast(pl.String), LISTS), e=email) is is_role


def test_private_mailboxes_are_told_by_their_domain() -> None:
    """An unknown domain is no provider's."""
    domains = pl.DataFrame({"d": ["gmail.com", "acme.example", None]})
    assert domains.select(is_free_mail(pl.col("d"), LISTS)).to_series().to_list() == [True, False, False]


def test_titles_say_seniority_and_function() -> None:
    """The first pattern that matches the folded title counts; other titles say nothing."""
    patterns = {
        "seniority": [[r"\bassistant\b", "assistant"], [r"\bceo\b|\bgeschaftsfuhrer", "c_level"]],
        "function": [[r"\bsales\b", "sales"]],
    }
    found = title_facts(pl.Series(["Geschäftsführerin", "Assistant to the CEO", "Sales", None, "CEO"]), patterns)
    assert found.rows() == [
        ("Assistant to the CEO", "assistant", None),
        ("CEO", "c_level", None),
        ("Geschäftsführerin", "c_level", None),
        ("Sales", None, "sales"),
    ]


def test_titles_without_patterns_say_nothing() -> None:
    """No rule data, no guess."""
    assert title_facts(pl.Series(["CEO"]), {}).rows() == [("CEO", None, None)]
