"""How often and when a person may be contacted again, from the contacts made and promised so far."""

from policies.cadence.companies import COMPANY_FACTS, company_facts
from policies.cadence.facts import (
    TOUCH_FACTS,
    blocked_owners,
    open_commitments,
    outdated_contacts,
    touch_facts,
)

__all__ = [
    "COMPANY_FACTS",
    "TOUCH_FACTS",
    "blocked_owners",
    "company_facts",
    "open_commitments",
    "outdated_contacts",
    "touch_facts",
]
