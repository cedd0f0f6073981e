"""Accounts: which company of ``accounts.toml`` a record belongs to, by domain or by name, and what holds for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.contact_points import domain_candidates
from policies.organisations import company_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["ACCOUNT_MARKS", "ACCOUNT_WORDS", "account_facts", "domains_under", "owners_unknown", "with_parents"]

# What an account makes of whoever works there, and what is told of it.
ACCOUNT_MARKS: Final = ("own_staff", "competitor", "customer", "target_account", "same_trade_account")
ACCOUNT_WORDS: Final = ("account_name", "account_tier", "account_owner")
_RELATIONSHIPS: Final = {
    "competitor": "competitor",
    "customer": "customer",
    "target_account": "target",
    "same_trade_account": "same_trade",
}
_INHERITED: Final = ("relationship", "tier", "owner")
_ACCOUNT_SCHEMA: Final = pl.Schema(
    {
        "account": pl.UInt32(),
        "account_name": pl.String(),
        "account_relationship": pl.String(),
        "account_tier": pl.String(),
        "account_owner": pl.String(),
        "legal_class": pl.String(),
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
    ``accounts.toml`` (``name, aliases, domains, parent, tier, owner, relationship, legal_class``); the first that
    matches counts, by domain before by name. Returns ``record_id``, the columns ``ACCOUNT_MARKS`` (yes or no),
    ``ACCOUNT_WORDS`` and ``legal_class``.
    """
    matched = (
        records.select("record_id", "email_domain")
        .join(_match_by_domain(records, accounts), on="email_domain", how="left", validate="m:1")
        .join(_match_by_name(records, accounts, legal_forms), on="record_id", how="left", validate="1:1")
        .with_columns(pl.coalesce("account", "account_by_name").alias("account"))
        .join(_account_table(accounts), on="account", how="left", validate="m:1")
    )
    own = domains_under(records.get_column("email_domain"), own_domains)
    marks = [
        pl.col("account_relationship").eq(word).fill_null(value=False).alias(name)
        for name, word in _RELATIONSHIPS.items()
    ]
    return matched.select(
        "record_id",
        pl.col("email_domain").is_in(own.implode()).fill_null(value=False).alias("own_staff"),
        *marks,
        *ACCOUNT_WORDS,
        "legal_class",
    )


def with_parents(accounts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Accounts with what they do not state themselves taken from their parents: relationship, tier, owner.

    The legal class is each company's own. A parent that there is not gives nothing.
    """
    by_name: dict[str, Mapping[str, Any]] = {}
    for account in accounts:
        for name in _names(account):
            by_name.setdefault(name, account)
    return [_inheriting(account, by_name) for account in accounts]


def owners_unknown(accounts: Sequence[Mapping[str, Any]], reps: Sequence[str]) -> dict[str, list[str]]:
    """Owners of accounts who are none of ``reps``, each with the names of the accounts that state them, in order.

    Whoever left the team owns nobody: people of such an account go to any rep who has room.
    """
    known = set(reps)
    found: dict[str, list[str]] = {}
    for account in accounts:
        owner = account.get("owner")
        if owner is not None and owner not in known:
            found.setdefault(str(owner), []).append(str(account["name"]))
    return dict(sorted(found.items()))


def domains_under(domains: pl.Series, parents: Sequence[str]) -> pl.Series:
    """Those of ``domains`` that are one of ``parents`` or below one."""
    wanted = {parent.lower() for parent in parents}
    known = domains.drop_nulls().unique().sort()
    found = [domain for domain in known if wanted.intersection(domain_candidates(domain))] if wanted else []
    return pl.Series(found, dtype=pl.String)


def _names(account: Mapping[str, Any]) -> Iterator[str]:
    yield str(account["name"])
    yield from map(str, account.get("aliases", ()))


def _inheriting(account: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    found, seen = dict(account), {str(account["name"])}
    above = by_name.get(str(account.get("parent")))
    while above is not None and str(above["name"]) not in seen:
        seen.add(str(above["name"]))
        for key in _INHERITED:
            if key in above:
                found.setdefault(key, above[key])
        above = by_name.get(str(above.get("parent")))
    return found


def _account_table(accounts: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The accounts as a frame, numbered in the order of the file."""
    keys = ("relationship", "tier", "owner", "legal_class")
    rows = [
        (number, str(account["name"]), *(account.get(key) for key in keys))
        for number, account in enumerate(with_parents(accounts))
    ]
    return pl.DataFrame(rows, schema=_ACCOUNT_SCHEMA, orient="row")


def _match_by_domain(records: pl.DataFrame, accounts: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """``email_domain, account`` for every domain on the lists at or below a domain of an account."""
    account_of: dict[str, int] = {}
    for number, account in enumerate(accounts):
        for domain in account.get("domains", ()):
            account_of.setdefault(str(domain).lower(), number)
    domains = records.get_column("email_domain").drop_nulls().unique().sort()
    if not account_of:
        domains = domains.clear()
    found = [next((account_of[name] for name in domain_candidates(d) if name in account_of), None) for d in domains]
    matched = pl.DataFrame({"email_domain": domains, "account": pl.Series(found, dtype=pl.UInt32)})
    return matched.drop_nulls("account")


def _match_by_name(
    records: pl.DataFrame, accounts: Sequence[Mapping[str, Any]], legal_forms: Mapping[str, Any]
) -> pl.DataFrame:
    """``record_id, account_by_name`` where the company's name, legal form aside, is one of an account."""
    named = [(number, name) for number, account in enumerate(accounts) for name in _names(account)]
    schema = pl.Schema({"account_by_name": pl.UInt32(), "name": pl.String()})
    keys = (
        pl.DataFrame(named, schema=schema, orient="row")
        .with_columns(company_key(pl.col("name"), legal_forms).alias("company_key"))
        .filter(pl.col("company_key").str.len_chars() > 0)
        .unique("company_key", keep="first", maintain_order=True)
    )
    return (
        records.select("record_id", "company_key")
        .join(keys, on="company_key", how="inner", validate="m:1")
        .select("record_id", "account_by_name")
    )
