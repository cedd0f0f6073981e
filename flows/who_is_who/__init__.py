"""Who is who in a workspace: its records matched under the rules in force and the words of people, and kept."""

from __future__ import annotations

from flows.who_is_who.judged import judged_pairs, said_pairs
from flows.who_is_who.matching import Cohort, matching_for, renew_matching

__all__ = ["Cohort", "judged_pairs", "matching_for", "renew_matching", "said_pairs"]
