"""Who is the same person: exact links between records, people made of them, and the record that speaks for each."""

from __future__ import annotations

from policies.identity.components import components
from policies.identity.conflicts import CONFLICTS, conflicts
from policies.identity.links import SHARED_BY_SURNAMES, contact_usage, doubtful_links, exact_links, mark_shared
from policies.identity.matched import Matching
from policies.identity.people import Generation, People, resolve_people
from policies.identity.survivorship import SURVIVORS, faces, kept_records, outlived_addresses, survivors
from policies.identity.ties import Ties, kin_of, ties_between

__all__ = [
    "CONFLICTS",
    "SHARED_BY_SURNAMES",
    "SURVIVORS",
    "Generation",
    "Matching",
    "People",
    "Ties",
    "components",
    "conflicts",
    "contact_usage",
    "doubtful_links",
    "exact_links",
    "faces",
    "kept_records",
    "kin_of",
    "mark_shared",
    "outlived_addresses",
    "resolve_people",
    "survivors",
    "ties_between",
]
