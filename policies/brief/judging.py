"""What briefs do for the people they name: one judgement for the run and for ``brief check``.

A brief belongs to whoever it names by contact or person id. It serves one person: where several use its contact and it
would do for more than one, it does for none.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from policies.brief.about import abouts, known_people
from policies.brief.copies import near_copies
from policies.brief.delicate import may_be_delicate
from policies.brief.findings import MISSING, STALE, Finding
from policies.brief.front_matter import field_finding, field_place
from policies.brief.lint import findings_of
from policies.brief.settings import read_brief_settings
from policies.brief.text import Brief, parse_brief
from policies.errors import RefusedFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from policies.brief.about import About
    from policies.brief.settings import BriefSettings

__all__ = ["STATES", "Judged", "boilerplate", "copies_among", "judged_briefs", "served_by"]

# From the best to the worst a brief can do for a person.
STATES: Final = ("passing", "stale", "lower_tier", "failing", "none")
_FAILING: Final = STATES.index("failing")
_LINKED: Final = pl.Schema({"brief_id": pl.String, "person_id": pl.String})


class Judged(NamedTuple):
    """What one brief does for one person it names."""

    brief_id: str
    person_id: str
    brief: Brief | None  # none: its text cannot be read
    findings: tuple[Finding, ...]
    is_spelled: bool  # a recorded name of the person stands in it

    @property
    def state(self) -> int:
        """Place in ``STATES`` by what is to mend."""
        found = {finding.rule_id for finding in self.findings}
        if "brief.lower_tier" in found and found <= MISSING | STALE:
            return STATES.index("lower_tier")
        if found - STALE:
            return _FAILING
        return STATES.index("stale" if found else "passing")


def judged_briefs(
    briefs: pl.DataFrame,
    people: pl.DataFrame,
    settings: Mapping[str, Any],
    as_of: date,
    where: pl.DataFrame | None,
    copies: pl.DataFrame,
) -> list[Judged]:
    """What every brief does for every person it names, in order of brief and person; nobody on record: nothing.

    ``briefs``, ``people``, ``settings``, ``as_of`` and ``where`` are as for
    :func:`policies.brief.facts.brief_facts`; ``copies`` comes from :func:`copies_among` all briefs there are.
    """
    rules, links = read_brief_settings(settings), _links(briefs, people)
    similarity = dict(copies.select("brief_id", "similarity").iter_rows())
    pairs = (
        links.with_columns((pl.len().over("brief_id") > 1).alias("is_shared"))
        .join(known_people(people, where), on="person_id", how="left", validate="m:1")
        .join(briefs.select("brief_id", "text").unique("brief_id"), on="brief_id", how="left", validate="m:1")
        .sort("brief_id", "person_id")
    )
    delicate = may_be_delicate(pairs.get_column("text"), rules).alias("is_delicate")
    columns = pairs.with_columns(delicate).select("brief_id", "is_shared", "text", "is_delicate").iter_rows(named=True)
    judged = [
        _judged(pair, person, about, (rules, as_of, similarity.get(pair["brief_id"])))
        for pair, (person, about) in zip(columns, abouts(pairs), strict=True)
    ]
    return list(_one_person_each(judged))


def copies_among(
    briefs: pl.DataFrame, people: pl.DataFrame, settings: Mapping[str, Any], where: pl.DataFrame | None
) -> pl.DataFrame:
    """The near-copies among briefs: :func:`policies.brief.copies.near_copies`.

    Arguments as for :func:`judged_briefs`. Two briefs with one contact are about one person, known or not.
    """
    masks = pl.concat_list(pl.col("names", "companies", "former").fill_null([]))
    named = known_people(people, where).select("person_id", masks.alias("masks"))
    about = (
        _links(briefs, people)
        .join(named, on="person_id", how="left", validate="m:1")
        .group_by("brief_id")
        .agg(
            pl.when(pl.len() == 1).then(pl.col("person_id").first()).alias("person"),
            pl.col("masks").list.explode(keep_nulls=False, empty_as_null=False).unique().sort(),
        )
    )
    texts = briefs.unique("brief_id", keep="any").join(about, on="brief_id", how="left", validate="1:1")
    person = pl.coalesce("person", "person_id", "contact").alias("person_id")
    return near_copies(texts.select("brief_id", person, "written_on", "text", "masks"), settings)


def served_by(judged: Iterable[Judged]) -> dict[str, Judged]:
    """For every brief that names somebody the judgement that counts, by brief id.

    Where several people use its contact that is the one it does most for; of equals the one whose name it spells.
    """
    ranked = sorted(judged, key=lambda one: (one.brief_id, one.state, not one.is_spelled, one.person_id), reverse=True)
    return {one.brief_id: one for one in ranked}


def boilerplate(similarity: int) -> Finding:
    """The finding that a brief is a near-copy, by how many of 1000 words stand in both."""
    message = f"{similarity // 10} of 100 words stand in the same order in an older brief about somebody else."
    fix = "Write what is true of this person alone. The older brief stands; it is shown beside this one."
    return Finding("brief.boilerplate", "our own words", message, fix)


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
    pair: Mapping[str, Any], person: str, about: About, judged_by: tuple[BriefSettings, date, int | None]
) -> Judged:
    """What one brief does for one person; ``judged_by``: the rules, the day, and how much of it is copied."""
    rules, as_of, similarity = judged_by
    identifier, text = pair["brief_id"], pair["text"]
    is_spelled = any(name in text for name in about.names)
    try:
        brief = parse_brief(text)
    except RefusedFile as error:
        found = Finding("brief.unreadable", "the file", error.message, error.fix)
        return Judged(identifier, person, None, (found,), is_spelled)
    findings = findings_of(brief, rules, as_of, about, is_delicate=pair["is_delicate"])
    if similarity is not None:
        findings.append(boilerplate(similarity))
    if pair["is_shared"] and not about.names:
        findings.append(_nobody_s_name(brief))
    return Judged(identifier, person, brief, tuple(findings), is_spelled)


def _one_person_each(judged: list[Judged]) -> Iterator[Judged]:
    """The judgements, with a finding for every brief that would do for more than one person."""
    fits = Counter(one.brief_id for one in judged if one.state < _FAILING)
    for one in judged:
        if one.brief is not None and one.state < _FAILING and fits[one.brief_id] > 1:
            yield one._replace(findings=(*one.findings, _unclear(one.brief)))
        else:
            yield one


def _unclear(brief: Brief) -> Finding:
    message = "Several people use this contact, and the brief would do for more than one of them."
    fix = "Write `person_id:` instead of `contact:`; `tactful why CONTACT` shows the id of each."
    return field_finding(brief, "person_unclear", message, fix, "contact")


def _nobody_s_name(brief: Brief) -> Finding:
    """A contact of several people serves the one whose name is spelled; this one has no name on record."""
    message = "Several people use this contact, and no list has the name of one of them."
    fix = "Write `person_id:` instead of `contact:`; `tactful why CONTACT` shows the id of each."
    return Finding("brief.opening_name", field_place(brief, "contact"), message, fix)
