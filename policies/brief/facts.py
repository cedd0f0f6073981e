"""Research briefs: who has one that is good enough to be contacted with.

A brief belongs to the person it names by contact or person id, counts for its tier and the lesser ones, and only while
it passes the lint. Of several, the newest passing one counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from policies.brief.about import About, abouts, employers, known_people, recorded_names
from policies.brief.copies import near_copies
from policies.brief.delicate import may_be_delicate
from policies.brief.findings import MISSING, STALE, Finding
from policies.brief.front_matter import written_on
from policies.brief.lint import findings_of, lint
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
    links, known = _links(briefs, people), known_people(people, where)
    copied = frozenset(_copies_among(briefs, links, known, settings).get_column("brief_id"))
    judged = _one_person_each(_judged(briefs, links, known, copied, read_brief_settings(settings), as_of))
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


def _copies_among(
    briefs: pl.DataFrame, links: pl.DataFrame, known: pl.DataFrame, settings: Mapping[str, Any]
) -> pl.DataFrame:
    """The near-copies among briefs: :func:`policies.brief.copies.near_copies`.

    ``briefs`` is ``BRIEFS``, ``links`` has ``brief_id, person_id``, ``known`` is as of
    :func:`policies.brief.about.known_people`. Two briefs with one contact are about one person, known or not.
    """
    masks = pl.concat_list(pl.col("names", "companies", "former").fill_null([]))
    named = known.select("person_id", masks.alias("masks"))
    about = (
        links.join(named, on="person_id", how="left", validate="m:1")
        .group_by("brief_id")
        .agg(
            pl.when(pl.len() == 1).then(pl.col("person_id").first()).alias("person"),
            pl.col("masks").list.explode(keep_nulls=False, empty_as_null=False).unique().sort(),
        )
    )
    texts = briefs.unique("brief_id", keep="any").join(about, on="brief_id", how="left", validate="1:1")
    person = pl.coalesce("person", "person_id", "contact").alias("person_id")
    return near_copies(texts.select("brief_id", person, "written_on", "text", "masks"), settings)


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
    briefs: pl.DataFrame,
    links: pl.DataFrame,
    known: pl.DataFrame,
    copied: frozenset[str],
    rules: BriefSettings,
    as_of: date,
) -> pl.DataFrame:
    """What every brief does for every person it names."""
    shared = (pl.len().over("brief_id") > 1).alias("is_shared")
    texts = briefs.select("brief_id", "text").unique("brief_id")
    pairs = (
        links.with_columns(shared)
        .join(known, on="person_id", how="left", validate="m:1")
        .join(texts, on="brief_id", how="left", validate="m:1")
        .sort("brief_id", "person_id")
    )
    delicate = may_be_delicate(pairs.get_column("text"), rules).alias("is_delicate")
    columns = pairs.with_columns(delicate).select("brief_id", "is_shared", "text", "is_delicate").iter_rows()
    judge = _Judge(rules, as_of, copied)
    rows = [
        _row_of(identifier, person, text, about, judge, is_shared=is_shared, is_delicate=is_delicate)
        for (identifier, is_shared, text, is_delicate), (person, about) in zip(columns, abouts(pairs), strict=True)
    ]
    return pl.DataFrame(rows, schema=pl.Schema(_JUDGED), orient="row")


class _Judge(NamedTuple):
    """What every brief is judged by."""

    rules: BriefSettings
    as_of: date
    copied: frozenset[str]  # ids of the near-copies of older briefs about others


def _row_of(
    identifier: str, person: str, text: str, about: About, judge: _Judge, *, is_shared: bool, is_delicate: bool
) -> tuple[object, ...]:
    """What one brief does for one person, as a row of ``_JUDGED``."""
    try:
        brief = parse_brief(text)
    except RefusedFile:
        return identifier, person, _STATES.index("failing"), None, None, ["brief.unreadable"]
    found = {
        finding.rule_id for finding in findings_of(brief, judge.rules, judge.as_of, about, is_delicate=is_delicate)
    }
    if identifier in judge.copied:
        found.add("brief.boilerplate")
    if is_shared and not about.names:
        found.add("brief.opening_name")  # a contact of several people serves the one whose name is spelled
    return identifier, person, _state(found), written_on(brief), opening_of(brief, judge.rules), sorted(found)


def _one_person_each(judged: pl.DataFrame) -> pl.DataFrame:
    """A brief serves one person: where several use its contact and it would do for more than one, it does for none."""
    fits = pl.col("state") < _STATES.index("failing")
    is_unclear = fits & (fits.sum().over("brief_id") > 1)
    found = pl.concat_list("findings", pl.lit("brief.person_unclear")).list.sort()
    return judged.with_columns(
        pl.when(is_unclear).then(pl.lit(_STATES.index("failing"), pl.UInt8)).otherwise("state").alias("state"),
        pl.when(is_unclear).then(found).otherwise("findings").alias("findings"),
    )


def _state(found: set[str]) -> int:
    """Place in ``_STATES`` by the rule ids of what is to mend."""
    if "brief.lower_tier" in found and found <= MISSING | STALE:
        return _STATES.index("lower_tier")
    if found - STALE:
        return _STATES.index("failing")
    return _STATES.index("stale" if found else "passing")
