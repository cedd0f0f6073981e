"""Who never is a target, whatever the aims: our own trade, the press, students, and what the user adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.fit.accounts import domains_under
from policies.fit.wording import word_pattern
from policies.organisations import company_key
from policies.patterns import any_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["TRADE", "Entry", "Nevers", "read_nevers"]

TRADE: Final = "own trade"
_PRESS: Final = "press"
_EDITOR: Final = "editor"
_MEDIA: Final = "media"


@dataclass(frozen=True, slots=True)
class Entry:
    """One table that says by which words nobody is contacted; ``key`` names its columns."""

    key: str
    table: Mapping[str, Any]

    def column(self, kind: str) -> str:
        """The column that says whether a title, company or sector is named by the entry."""
        return f"{kind} of {self.key}"

    @property
    def by_column(self) -> bool:
        """Whether it looks into a column of the lists."""
        return bool(self.table.get("columns"))


@dataclass(frozen=True, slots=True)
class Nevers:
    """All such tables: those of the user by name, our own trade, and the words of the base about press and students."""

    entries: tuple[Entry, ...]
    press: Mapping[str, Any]
    students: Mapping[str, Any]
    names: tuple[str, ...]

    def title_patterns(self) -> dict[str, str]:
        """Patterns for folded job titles, by column."""
        base = {
            _PRESS: any_pattern(self.press.get("title_patterns", ())),
            _EDITOR: any_pattern(self.press.get("title_at_media_patterns", ())),
        }
        return base | self._words("title", "titles")

    def sector_patterns(self) -> dict[str, list[str]]:
        """Words of sectors, by column."""
        of_entries = {entry.column("sector"): list(entry.table.get("sectors", ())) for entry in self.entries}
        return {f"{_MEDIA} by sector": list(self.press.get("media_sectors", ())), **of_entries}

    def company_patterns(self) -> dict[str, str]:
        """Patterns for folded names of companies, by column."""
        media = word_pattern(self.press.get("media_words", ()))
        return {f"{_MEDIA} by name": media} | self._words("company", "company_words")

    def companies(self, records: pl.DataFrame, legal_forms: Mapping[str, Any]) -> list[pl.Expr]:
        """Expressions over ``company_key, email_domain`` and the marks of names: is it a company of an entry."""
        domains = records.get_column("email_domain")
        return [self._company(entry, domains, legal_forms) for entry in self.entries]

    def facts(self) -> list[pl.Expr]:
        """``same_trade, press, student`` and a mark for every entry of the user, over all marks there are."""
        own = [entry for entry in self.entries if entry.key == TRADE]
        trade = [pl.col("same_trade_account"), *(self._any(entry) for entry in own)]
        at_media = _yes(f"{_MEDIA} by name") | _yes(f"{_MEDIA} by sector")
        return [
            pl.any_horizontal(trade).alias("same_trade"),
            (_yes(_PRESS) | (_yes(_EDITOR) & at_media)).alias("press"),
            self._student().alias("student"),
            *(self._any(entry).alias(f"is {entry.key}") for entry in self.entries if entry.key != TRADE),
        ]

    def _words(self, kind: str, field: str) -> dict[str, str]:
        return {entry.column(kind): word_pattern(entry.table.get(field, ())) for entry in self.entries}

    def _company(self, entry: Entry, domains: pl.Series, legal_forms: Mapping[str, Any]) -> pl.Expr:
        names = pl.Series("name", [str(name) for name in entry.table.get("companies", ())], dtype=pl.String)
        keys = names.to_frame().select(company_key(pl.col("name"), legal_forms)).to_series().drop_nulls()
        below = domains_under(domains, [str(domain) for domain in entry.table.get("domains", ())])
        is_named = pl.col("company_key").is_in(keys.implode()) | pl.col("email_domain").is_in(below.implode())
        column = entry.column("company")
        return (is_named.fill_null(value=False) | _yes(column)).alias(column)

    def _any(self, entry: Entry) -> pl.Expr:
        kinds = ["title", "company", "sector", *(["cell"] if entry.by_column else [])]
        return pl.any_horizontal(_yes(entry.column(kind)) for kind in kinds)

    def _student(self) -> pl.Expr:
        """By title, or by a mailbox for students where no title shows work."""
        at_work = pl.col("seniority").is_not_null() | pl.col("function").is_not_null()
        mailbox = pl.col("email_domain").str.contains(any_pattern(self.students.get("domain_patterns", ())))
        by_title = (pl.col("seniority") == "student").fill_null(value=False)
        return by_title | (mailbox.fill_null(value=False) & ~at_work)


def read_nevers(target: Mapping[str, Any], lists: Mapping[str, Any]) -> Nevers:
    """What ``[fit]`` of the workspace and the word lists of the base say about who never is a target."""
    stated: Sequence[Mapping[str, Any]] = target.get("never", ())
    entries = [Entry(TRADE, target.get("own_trade", {}))]
    entries += [Entry(str(table["name"]), table) for table in stated]
    names = tuple(str(table["name"]) for table in stated)
    return Nevers(tuple(entries), lists.get("press", {}), lists.get("students", {}), names)


def _yes(column: str) -> pl.Expr:
    return pl.col(column).fill_null(value=False)
