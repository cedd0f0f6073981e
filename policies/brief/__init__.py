"""Research briefs: who has one that is good enough to be contacted with."""

from policies.brief.facts import (
    BRIEF_FACTS,
    Brief,
    Finding,
    Section,
    brief_facts,
    brief_id,
    brief_rows,
    briefs_from_csv,
    lint,
    parse_brief,
    recorded_names,
    template,
)

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
