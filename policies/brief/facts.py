"""Research briefs: who has one that is good enough to be contacted with.

A brief belongs to the person it names by contact or person id, counts for its tier and the lesser ones, and only while
it passes the lint. Of several, the newest passing one counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.brief.lint import STALE, Finding, findings_of, lint, name_findings, opening_of, written_on
from policies.brief.settings import BriefSettings, read_brief_settings
from policies.brief.template import briefs_from_csv, template
from policies.brief.text import Brief, Section, brief_id, parse_brief
from policies.contact_points import classify_contact
from policies.errors import RefusedFile, UsageError
from policies.schema import BRIEFS, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

__all__ = [
    "BRIEF_FACTS",
    "Brief",
    "Finding",
    "Section",
    "brief_facts",
    "brief_id",
    "brief_rows",
    "briefs_from_csv",
    "lint",
    "parse_brief",
    "recorded_names",
    "template",
]

_COLUMNS: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "person_id": pl.String,
    "brief_state": pl.String,  # none | failing | lower_tier | stale | passing
    "brief_id": pl.String,  # of the brief the state is about; null: none
    "opening_line": pl.String,
    "findings": pl.List(pl.String),  # rule ids, sorted; empty: nothing to mend
}
BRIEF_FACTS: Final = pl.Schema(_COLUMNS)

_NAMES: Final = ("full_name", "family_name", "salutation_name")
# From the best to the worst a brief can do for a person.
_STATES: Final = ("passing", "stale", "lower_tier", "failing", "none")
_LINKED: Final = pl.Schema({"brief_id": pl.String, "person_id": pl.String})
_JUDGED: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "brief_id": pl.String,
    "person_id": pl.String,
    "state": pl.UInt8,  # place in _STATES
    "written_on": pl.Date,
    "opening_line": pl.String,
    "findings": pl.List(pl.String),
}


def brief_rows(
    briefs: Sequence[Brief], settings: Mapping[str, Any], fictional_prefixes: Sequence[str] = ()
) -> pl.DataFrame:
    """Read briefs as rows of ``BRIEFS``, in order.

    Raises ``RefusedFile`` (``brief_contact``) where a brief names nobody by e-mail, phone or person id.
    """
    rules = read_brief_settings(settings)
    rows = [_row(brief, rules, fictional_prefixes) for brief in briefs]
    return conform(pl.DataFrame(rows, schema=BRIEFS), BRIEFS)


def recorded_names(people: pl.DataFrame) -> pl.DataFrame:
    """``person_id, names``: every recorded spelling of the full name, family name and name to greet with, sorted."""
    return (
        people.select("person_id", pl.concat_list(*_NAMES).alias("names"))
        .explode("names")
        .filter(pl.col("names").str.strip_chars().str.len_chars() > 0)
        .group_by("person_id")
        .agg(pl.col("names").unique().sort())
        .sort("person_id")
    )


def brief_facts(briefs: pl.DataFrame, people: pl.DataFrame, settings: Mapping[str, Any], as_of: date) -> pl.DataFrame:
    """The state of the research on every person, under the contract ``BRIEF_FACTS``.

    Args:
        briefs: ``BRIEFS``; person ids are current ones.
        people: one row per record: ``person_id, full_name, family_name, salutation_name, email, phone, tier_wanted``.
        settings: the ``[brief]`` table.
        as_of: the day to judge ages at.

    Every brief is read and linted once, however many people it is compared with.
    """
    rules = read_brief_settings(settings)
    links = _links(briefs, people)
    judged = _judged(briefs, links, people, rules, as_of)
    best = judged.sort(
        ["person_id", "state", "written_on", "brief_id"], descending=[False, False, True, False], nulls_last=True
    ).unique("person_id", keep="first", maintain_order=True)
    names = list(_STATES)
    state = pl.col("state").fill_null(names.index("none"))
    facts = (
        people.select("person_id")
        .unique()
        .join(best, on="person_id", how="left", validate="1:1")
        .with_columns(
            state.replace_strict(list(range(len(names))), names, return_dtype=pl.String).alias("brief_state"),
            pl.col("findings").fill_null([]),
        )
    )
    return conform(facts.sort("person_id"), BRIEF_FACTS)


def _row(brief: Brief, rules: BriefSettings, fictional_prefixes: Sequence[str]) -> dict[str, object]:
    channel, contact, person = _about(brief, fictional_prefixes)
    return {
        "brief_id": brief_id(brief.text),
        "contact_channel": channel,
        "contact": contact,
        "person_id": person,
        "tier": brief.tier,
        "author": brief.author,
        "written_on": written_on(brief),
        "opening_line": opening_of(brief, rules),
        "text": brief.text,
    }


def _about(brief: Brief, fictional_prefixes: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """Channel, contact and person id of a brief; a person id says more than a contact."""
    try:
        kind, value = classify_contact(brief.person_id or brief.contact or "", None, fictional_prefixes)
    except UsageError:
        kind, value = "digest", ""
    if kind == "person_id":
        return None, None, value
    if kind in ("email", "phone") and brief.person_id is None:
        return kind, value.lower(), None
    raise RefusedFile(
        "brief_contact",
        "The brief does not say whom it is about.",
        "Write `contact:` with an e-mail address or a telephone number with its country code, or `person_id:`.",
    )


def _links(briefs: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """``brief_id, person_id`` for every person a brief names."""
    about = briefs.select("brief_id", "contact_channel", "contact", "person_id")
    by_id = about.drop_nulls("person_id").join(people.select("person_id"), on="person_id", how="semi")
    parts = [by_id.select(_LINKED.names())]
    for channel, key in (("email", pl.col("email").str.to_lowercase()), ("phone", pl.col("phone"))):
        points = people.select("person_id", key.alias("contact")).drop_nulls().unique()
        named = about.filter(pl.col("contact_channel") == channel, pl.col("person_id").is_null()).drop("person_id")
        parts.append(named.join(points, on="contact", how="inner").select(_LINKED.names()))
    return pl.concat(parts).unique().sort("brief_id", "person_id")


def _judged(
    briefs: pl.DataFrame, links: pl.DataFrame, people: pl.DataFrame, rules: BriefSettings, as_of: date
) -> pl.DataFrame:
    """What every brief does for every person it names."""
    wanted = people.select("person_id", "tier_wanted").unique("person_id")
    pairs = (
        links.join(recorded_names(people), on="person_id", how="left", validate="m:1")
        .join(wanted, on="person_id", how="left", validate="m:1")
        .with_columns((pl.len().over("brief_id") > 1).alias("is_shared"))
        .join(briefs.select("brief_id", "text").unique("brief_id"), on="brief_id", how="left", validate="m:1")
        .sort("brief_id", "person_id")
    )
    rows, read = [], _Reader(rules, as_of)
    for identifier, person, names, tier_wanted, is_shared, text in pairs.select(
        "brief_id", "person_id", "names", "tier_wanted", "is_shared", "text"
    ).iter_rows():
        brief, found = read(identifier, text)
        state, findings = _state(brief, found, names or (), rules, tier_wanted, is_shared=is_shared)
        opening = opening_of(brief, rules) if brief else None
        rows.append((identifier, person, state, written_on(brief) if brief else None, opening, findings))
    return pl.DataFrame(rows, schema=pl.Schema(_JUDGED), orient="row")


class _Reader:
    """Reads and lints every brief once."""

    def __init__(self, rules: BriefSettings, as_of: date) -> None:
        self._rules, self._as_of = rules, as_of
        self._last: tuple[str, tuple[Brief | None, frozenset[str]]] | None = None

    def __call__(self, identifier: str, text: str) -> tuple[Brief | None, frozenset[str]]:
        """The brief and the ids of its findings; pairs come in the order of briefs, so that the last one is enough."""
        if self._last is None or self._last[0] != identifier:
            self._last = (identifier, self._read(text))
        return self._last[1]

    def _read(self, text: str) -> tuple[Brief | None, frozenset[str]]:
        try:
            brief = parse_brief(text)
        except RefusedFile:
            return None, frozenset({"brief.unreadable"})
        return brief, frozenset(finding.rule_id for finding in findings_of(brief, self._rules, self._as_of))


def _state(
    brief: Brief | None,
    found: frozenset[str],
    names: Sequence[str],
    rules: BriefSettings,
    tier_wanted: str,
    *,
    is_shared: bool,
) -> tuple[int, list[str]]:
    """Place in ``_STATES``, and the rule ids of what is to mend, for one person.

    A brief whose contact several people use serves the one whose name it spells, so there it must spell one.
    """
    if brief is None:
        return _STATES.index("failing"), sorted(found)
    spelled = {finding.rule_id for finding in name_findings(brief, rules, names)}
    if is_shared and not names:
        spelled.add("brief.opening_name")
    findings = found | spelled
    if findings - STALE:
        return _STATES.index("failing"), sorted(findings)
    if not rules.serves(brief.tier or "", tier_wanted):
        return _STATES.index("lower_tier"), sorted(findings)
    return _STATES.index("stale" if findings else "passing"), sorted(findings)
