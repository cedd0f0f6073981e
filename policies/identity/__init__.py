"""Who is the same person: exact links between records, people made of them, and the record that speaks for each."""

from __future__ import annotations

from policies.identity.components import components
from policies.identity.links import SHARED_BY_SURNAMES, contact_usage, doubtful_links, exact_links, mark_shared
from policies.identity.people import Generation, People, resolve_people
from policies.identity.survivorship import kept_records

__all__ = [
    "SHARED_BY_SURNAMES",
    "Generation",
    "People",
    "components",
    "contact_usage",
    "doubtful_links",
    "exact_links",
    "kept_records",
    "mark_shared",
    "resolve_people",
]
