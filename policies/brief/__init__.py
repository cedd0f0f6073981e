"""Research briefs: who has one that is good enough to be contacted with."""

from policies.brief.facts import (
    BRIEF_FACTS,
    About,
    Brief,
    Finding,
    Section,
    abouts,
    brief_facts,
    brief_id,
    brief_rows,
    briefs_from_csv,
    employers,
    known_people,
    lint,
    parse_brief,
    recorded_names,
    template,
)

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
