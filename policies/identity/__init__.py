"""Who is the same person: exact links between records, people made of them, and the record that speaks for each."""

from __future__ import annotations

from policies.identity.components import components
from policies.identity.links import SHARED_BY_SURNAMES, contact_usage, doubtful_links, exact_links, mark_shared
from policies.identity.matched import Matching
from policies.identity.people import Generation, People, resolve_people
from policies.identity.survivorship import kept_records
from policies.identity.ties import Ties, kin_of, ties_between

__all__ = [
    "SHARED_BY_SURNAMES",
    "Generation",
    "Matching",
    "People",
    "Ties",
    "components",
    "contact_usage",
    "doubtful_links",
    "exact_links",
    "kept_records",
    "kin_of",
    "mark_shared",
    "resolve_people",
    "ties_between",
]
