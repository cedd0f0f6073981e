"""All facts of fit, a row per record: what the person's lists say together, held against accounts, aims and nevers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.fit.accounts import ACCOUNT_MARKS, ACCOUNT_WORDS, account_facts
from policies.fit.agreed import Told, company_told, newest_told
from policies.fit.aims import aim_facts, country_facts, sizes, with_word_marks
from policies.fit.columns import read_columns
from policies.fit.names import MET
from policies.fit.never import TRADE, Nevers, read_nevers
from policies.fit.properties import column_of, met, named
from policies.fit.score import fit_parts, fit_score, weights_of
from policies.fit.wording import marks_of
from policies.folding import fold_words
from policies.organisations import is_free_mail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["fit_facts"]

_TAKEN: Final = ("record_id", "person_id", "obtained_on", "company", "company_key", "email_domain", "job_title")
_TOLD_IN_WORDS: Final = ("job_title", "sector", "region")
_SAYS: Final = r"[\p{L}\p{N}]"  # a cell of signs alone tells nothing
_OWN: Final = ("seniority", "function", "sector", "region", "employees", "own_list")
_GIVEN: Final = (*ACCOUNT_MARKS[:-1], *ACCOUNT_WORDS, "legal_class", "seniority", "function", "sector", "employees")


def fit_facts(
    records: pl.DataFrame,
    former: pl.Series,
    countries: pl.DataFrame,
    settings: Mapping[str, Any],
    own_domains: Sequence[str],
) -> pl.DataFrame:
    """One row per record with everything that says whether its person is a target.

    ``records`` are the subjects' with ``seniority, function`` of their own titles and ``own_list``; ``former`` are ids
    of those that name a company the person has left; ``countries`` has ``person_id, country``; ``settings`` are the
    tables of the rulebook. Returns ``record_id``; what an account says (:func:`policies.fit.accounts.account_facts`);
    ``seniority, function, sector, employees`` as the newest lists of the person tell them; a column for each aim, yes
    where it is met or not set, null where nobody tells; ``role_relevant``; ``same_trade, press, student``;
    ``never_named, properties_missed, properties_untold`` (names with commas), a column ``met_<name>`` for each of them;
    ``fit_score`` and ``fit_parts``.
    """
    target = settings.get("fit", {})
    nevers = read_nevers(target, settings["lists"])
    asked = _asked(target)
    own = _own_words(records, nevers, asked, settings, own_domains)
    told = _agreed(own, former, nevers, asked)
    judged = _judged(told, country_facts(countries, target), nevers, target)
    weights = weights_of(settings)
    marks = [f"{MET}{name}" for name in _names(target)]
    aims = ["function_targeted", "seniority_targeted", "sector_targeted", "size_targeted", "region_targeted"]
    return judged.with_columns(fit_score(weights).alias("fit_score"), fit_parts(weights).alias("fit_parts")).select(
        *("record_id", *_GIVEN, *aims, "country_targeted", "role_relevant", "same_trade", "press", "student"),
        *("never_named", "properties_missed", "properties_untold", *marks, "fit_score", "fit_parts"),
    )


def _names(target: Mapping[str, Any]) -> list[str]:
    return [str(table["name"]) for table in target.get("property", ())]


def _asked(target: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What is asked of columns of the lists, by the column that holds it: properties, and nevers that look into one."""
    properties = {column_of(str(table["name"])): table for table in target.get("property", ())}
    tables = [*target.get("never", ()), *([target["own_trade"] | {"name": TRADE}] if "own_trade" in target else [])]
    nevers = {f"cell of {table['name']}": table for table in tables if table.get("columns")}
    return properties | nevers


def _own_words(
    records: pl.DataFrame,
    nevers: Nevers,
    asked: Mapping[str, Mapping[str, Any]],
    settings: Mapping[str, Any],
    own_domains: Sequence[str],
) -> pl.DataFrame:
    """What each record says by itself: its account, marks of its title and company, its size, the columns asked for."""
    forms, target = settings["legal_forms"], settings.get("fit", {})
    accounts = account_facts(records, settings.get("account", ()), forms, own_domains)
    wanted = {name: list(table["columns"]) for name, table in asked.items()}
    blanks = fold_words([word for words_ in settings["lists"].get("blank_cells", {}).values() for word in words_])
    headers = settings["lists"].get("header_synonyms", {}).get("employees", ())
    titles = marks_of(records.get_column("job_title"), nevers.title_patterns())
    companies = marks_of(records.get_column("company"), nevers.company_patterns())
    at_work = ~is_free_mail(pl.col("email_domain"), settings["lists"]).fill_null(value=True)
    return (
        records.select(*_TAKEN, *_OWN)
        .join(accounts, on="record_id", how="left", validate="1:1")
        .join(sizes(records, target, headers), on="record_id", how="left", validate="1:1")
        .join(read_columns(records, wanted, blanks), on="record_id", how="left", validate="1:1")
        .join(titles, on="job_title", how="left", validate="m:1")
        .join(companies, on="company", how="left", validate="m:1")
        .with_columns(nevers.companies(records, forms))
        .with_columns(
            (at_work | (pl.col("company_key").str.len_chars() > 0).fill_null(value=False)).alias("names a company"),
            *(pl.when(pl.col(name).str.contains(_SAYS)).then(pl.col(name)).alias(name) for name in _TOLD_IN_WORDS),
            _relevance(target).alias("role_relevant"),
        )
    )


def _relevance(target: Mapping[str, Any]) -> pl.Expr:
    """Whether what we offer bears on the role this very record states; unknown while nobody said for whom it is."""
    functions = target.get("functions")
    return pl.col("function").is_in([str(name) for name in functions]) if functions else pl.lit(None, dtype=pl.Boolean)


def _agreed(
    own: pl.DataFrame, former: pl.Series, nevers: Nevers, asked: Mapping[str, Mapping[str, Any]]
) -> pl.DataFrame:
    """What the records of each person say together."""
    marked = own.with_columns(pl.col("record_id").is_in(former.implode()).alias("former"))
    companies = [*ACCOUNT_MARKS, *nevers.company_patterns()]
    told = [
        Told("job_title", ("seniority", "function", *nevers.title_patterns())),
        Told("sector", ("sector",)),
        Told("size_most", ("size_least", "size_most", "employees")),
        Told("region", ("region",), at_company=False),
        *(Told(name, (name,)) for name in asked),
    ]
    return newest_told(company_told(marked, companies, ACCOUNT_WORDS, "names a company"), told)


def _judged(told: pl.DataFrame, served: pl.DataFrame, nevers: Nevers, target: Mapping[str, Any]) -> pl.DataFrame:
    """What is told, held against aims, properties and nevers."""
    frame = told
    for table in target.get("property", ()):
        frame = _with_met(frame, column_of(str(table["name"])), table, f"{MET}{table['name']}")
    for entry in nevers.entries:
        if entry.by_column:
            frame = _with_met(frame, entry.column("cell"), entry.table, f"is {entry.column('cell')}")
            frame = frame.drop(entry.column("cell")).rename({f"is {entry.column('cell')}": entry.column("cell")})
    sectors = {"sector aimed at": list(target.get("sectors", ())), **nevers.sector_patterns()}
    marked = _with_all(with_word_marks(frame, "sector", sectors), sectors)
    regions = {"region aimed at": list(target.get("regions", ()))}
    marked = _with_all(with_word_marks(marked, "region", regions), regions)
    names = {name: f"{MET}{name}" for name in _names(target)}
    return (
        marked.join(served, on="person_id", how="left", validate="m:1")
        .with_columns(aim_facts(target))
        .with_columns(nevers.facts())
        .with_columns(
            named({name: f"is {name}" for name in nevers.names}, holds=True).alias("never_named"),
            named(names, holds=False).alias("properties_missed"),
            named(names, holds=None).alias("properties_untold"),
        )
    )


def _with_met(frame: pl.DataFrame, column: str, asked: Mapping[str, Any], name: str) -> pl.DataFrame:
    answers = met(frame.get_column(column), asked).rename({"met": name})
    return frame.join(answers, on=column, how="left", validate="m:1")


def _with_all(frame: pl.DataFrame, columns: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Marks nobody has words for are there and say nothing."""
    absent = [name for name in columns if name not in frame.columns]
    return frame.with_columns(pl.lit(None, dtype=pl.Boolean).alias(name) for name in absent)
