"""What a check of a brief finds: a rule, a place, what is wrong and how to mend it.

Messages name places and rules, never what the brief says about a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["MISSING", "STALE", "Finding"]

# Findings that only time brings: the brief was good once.
STALE: Final = frozenset({"brief.expired", "brief.evidence_stale", "brief.before_they_spoke"})
# Findings of a brief that was written for a lesser tier.
MISSING: Final = frozenset({"brief.lower_tier", "brief.part_missing", "brief.part_thin"})


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to mend in a brief."""

    rule_id: str
    place: str  # heading and line, or the front matter
    message: str
    fix: str
