"""Research briefs: who has one that is good enough to be contacted with.

A brief belongs to the person it names by contact or person id, counts for its tier and the lesser ones, and only while
it passes the lint. Of several, the newest passing one counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.brief.about import About, abouts, employers, known_people, recorded_names
from policies.brief.findings import Finding
from policies.brief.front_matter import written_on
from policies.brief.judging import STATES, copies_among, judged_briefs
from policies.brief.lint import lint
from policies.brief.parts import opening_of
from policies.brief.settings import BriefSettings, read_brief_settings
from policies.brief.template import briefs_from_csv, template
from policies.brief.text import Brief, Section, brief_id, parse_brief
from policies.contact_points import classify_contact
from policies.errors import RefusedFile, UsageError
from policies.schema import BRIEFS, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from policies.brief.judging import Judged

__all__ = [
    "BRIEF_FACTS",
    "About",
    "Brief",
    "Finding",
    "Section",
    "abouts",
    "brief_facts",
    "brief_id",
    "brief_rows",
    "briefs_from_csv",
    "employers",
    "known_people",
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

_JUDGED: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "brief_id": pl.String,
    "person_id": pl.String,
    "state": pl.UInt8,  # place in STATES
    "written_on": pl.Date,
    "opening_line": pl.String,
    "findings": pl.List(pl.String),
}


def brief_rows(
    briefs: Sequence[Brief],
    settings: Mapping[str, Any],
    fictional_prefixes: Sequence[str] = (),
    *,
    may_name_nobody: bool = False,
) -> pl.DataFrame:
    """Read briefs as rows of ``BRIEFS``, in order.

    Raises ``RefusedFile`` (``brief_contact``) where a brief names nobody by e-mail, phone or person id, unless it
    ``may_name_nobody``: then it stands under what it names, without a channel.
    """
    rules = read_brief_settings(settings)
    named = _named if may_name_nobody else _about
    rows = [_row(brief, rules, named(brief, fictional_prefixes)) for brief in briefs]
    return conform(pl.DataFrame(rows, schema=BRIEFS), BRIEFS)


def brief_facts(
    briefs: pl.DataFrame,
    people: pl.DataFrame,
    settings: Mapping[str, Any],
    as_of: date,
    where: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The state of the research on every person, under the contract ``BRIEF_FACTS``.

    Args:
        briefs: ``BRIEFS``; person ids are current ones.
        people: one row per record: ``person_id, full_name, family_name, salutation_name, email, phone, tier_wanted``.
        settings: the ``[brief]`` table.
        as_of: the day to judge ages at.
        where: ``EMPLOYERS``; left out: nobody's employer is known.
    """
    rules, copies = read_brief_settings(settings), copies_among(briefs, people, settings, where)
    rows = [_told(one, rules) for one in judged_briefs(briefs, people, settings, as_of, where, copies)]
    best = (
        pl.DataFrame(rows, schema=pl.Schema(_JUDGED), orient="row")
        .sort(["person_id", "state", "written_on", "brief_id"], descending=[False, False, True, False], nulls_last=True)
        .unique("person_id", keep="first", maintain_order=True)
    )
    names = list(STATES)
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


def _told(judged: Judged, rules: BriefSettings) -> tuple[object, ...]:
    """A judgement as a row of ``_JUDGED``."""
    brief, found = judged.brief, sorted({finding.rule_id for finding in judged.findings})
    written, opening = (written_on(brief), opening_of(brief, rules)) if brief else (None, None)
    return judged.brief_id, judged.person_id, judged.state, written, opening, found


def _row(brief: Brief, rules: BriefSettings, about: tuple[str | None, str | None, str | None]) -> dict[str, object]:
    channel, contact, person = about
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


def _named(brief: Brief, fictional_prefixes: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """The same of a brief that may name nobody: what it says instead, or nothing."""
    try:
        return _about(brief, fictional_prefixes)
    except RefusedFile:
        return None, (brief.person_id or brief.contact or "").strip().lower() or None, None
