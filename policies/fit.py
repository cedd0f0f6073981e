"""Who is a target: accounts, our own people, competitors, and whether role, sector and size are ones we can help.

Everything that can be listed stands in ``accounts.toml`` and ``fit.toml`` of the workspace; this module only compares.
A property that a list does not tell is unknown (null), and the rules say what unknown means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.contact_points import domain_candidates
from policies.organisations import company_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FIT_SCORE", "account_facts", "fit_score", "target_facts"]

# What each fact that holds is worth where ``[fit_score]`` of the workspace does not say.
FIT_SCORE: Final[Mapping[str, int]] = {
    "target_account": 5,
    "function_targeted": 3,
    "seniority_targeted": 2,
    "sector_targeted": 2,
    "size_targeted": 1,
}
_ACCOUNT_SCHEMA = pl.Schema(
    {
        "account": pl.UInt32,
        "account_name": pl.String,
        "account_relationship": pl.String,
        "account_tier": pl.String,
        "account_owner": pl.String,
        "legal_class": pl.String,
    }
)


def account_facts(
    records: pl.DataFrame,
    accounts: Sequence[Mapping[str, Any]],
    legal_forms: Mapping[str, Any],
    own_domains: Sequence[str],
) -> pl.DataFrame:
    """Match records to accounts by domain (and everything below it) or by company name.

    ``records`` needs ``record_id, email_domain, company_key``. ``accounts`` are the ``[[account]]`` tables of
    ``accounts.toml`` (``name, domains, tier, owner, relationship, legal_class``); the first that matches counts, by
    domain before by name. Returns ``record_id, own_staff, competitor, customer, target_account, account_tier,
    account_owner, legal_class``.
    """
    table = _account_table(accounts)
    by_domain = _match_by_domain(records, accounts)
    by_name = _match_by_name(records, accounts, legal_forms)
    matched = (
        records.select("record_id", "email_domain")
        .join(by_domain, on="email_domain", how="left", validate="m:1")
        .join(by_name, on="record_id", how="left", validate="1:1")
        .with_columns(pl.coalesce("account", "account_by_name").alias("account"))
        .join(table, on="account", how="left", validate="m:1")
    )
    relationship = pl.col("account_relationship")
    own = _domains_under(records.get_column("email_domain"), own_domains)
    return matched.select(
        "record_id",
        pl.col("email_domain").is_in(own.implode()).fill_null(value=False).alias("own_staff"),
        relationship.eq("competitor").fill_null(value=False).alias("competitor"),
        relationship.eq("customer").fill_null(value=False).alias("customer"),
        relationship.eq("target").fill_null(value=False).alias("target_account"),
        "account_tier",
        "account_owner",
        "legal_class",
    )


def target_facts(target: Mapping[str, Any]) -> list[pl.Expr]:
    """Expressions over ``function, seniority, sector, employees``: is it one that ``[fit]`` of ``fit.toml`` targets.

    An aim the file does not set restricts nobody; a property the list does not tell is null.
    """
    return [
        _one_of("function", target.get("functions")).alias("function_targeted"),
        _one_of("seniority", target.get("seniorities")).alias("seniority_targeted"),
        _one_of("sector", target.get("sectors")).alias("sector_targeted"),
        _within("employees", target.get("min_employees"), target.get("max_employees")).alias("size_targeted"),
    ]


def fit_score(weights: Mapping[str, int]) -> pl.Expr:
    """Sum of the weights of the facts that hold; unknown counts nothing. Keys are names of boolean facts."""
    parts = [pl.col(name).fill_null(value=False).cast(pl.Int64) * weight for name, weight in sorted(weights.items())]
    return pl.sum_horizontal(parts) if parts else pl.lit(0, dtype=pl.Int64)


def _account_table(accounts: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The accounts as a frame, numbered in the order of the file."""
    rows = [
        (
            number,
            str(account["name"]),
            account.get("relationship"),
            account.get("tier"),
            account.get("owner"),
            account.get("legal_class"),
        )
        for number, account in enumerate(accounts)
    ]
    return pl.DataFrame(rows, schema=_ACCOUNT_SCHEMA, orient="row")


def _match_by_domain(records: pl.DataFrame, accounts: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """``email_domain, account`` for every domain on the lists at or below a domain of an account."""
    account_of: dict[str, int] = {}
    for number, account in enumerate(accounts):
        for domain in account.get("domains", ()):
            account_of.setdefault(str(domain).lower(), number)
    domains = records.get_column("email_domain").drop_nulls().unique().sort()
    found = [next((account_of[name] for name in domain_candidates(d) if name in account_of), None) for d in domains]
    matched = pl.DataFrame({"email_domain": domains, "account": pl.Series(found, dtype=pl.UInt32)})
    return matched.drop_nulls("account")


def _match_by_name(
    records: pl.DataFrame, accounts: Sequence[Mapping[str, Any]], legal_forms: Mapping[str, Any]
) -> pl.DataFrame:
    """``record_id, account_by_name`` where the company's name, legal form aside, is that of an account."""
    names = pl.DataFrame({"name": [str(account["name"]) for account in accounts]}, schema={"name": pl.String})
    keys = (
        names.with_row_index("account_by_name")
        .with_columns(company_key(pl.col("name"), legal_forms).alias("company_key"))
        .filter(pl.col("company_key").str.len_chars() > 0)
        .unique("company_key", keep="first", maintain_order=True)
    )
    return (
        records.select("record_id", "company_key")
        .join(keys, on="company_key", how="inner", validate="m:1")
        .select("record_id", "account_by_name")
    )


def _domains_under(domains: pl.Series, parents: Sequence[str]) -> pl.Series:
    """Those of ``domains`` that are one of ``parents`` or below one."""
    wanted = {parent.lower() for parent in parents}
    known = domains.drop_nulls().unique().sort()
    return pl.Series([d for d in known if wanted.intersection(domain_candidates(d))], dtype=pl.String)


def _one_of(column: str, allowed: Sequence[str] | None) -> pl.Expr:
    """True where nothing is asked or the value is allowed; null where the value is unknown."""
    if not allowed:
        return pl.lit(value=True)
    return pl.col(column).is_in([str(value) for value in allowed])


def _within(column: str, least: int | None, most: int | None) -> pl.Expr:
    """True where nothing is asked or the number lies between; null where it is unknown."""
    if least is None and most is None:
        return pl.lit(value=True)
    return pl.col(column).is_between(least if least is not None else 0, most if most is not None else 2**62)
