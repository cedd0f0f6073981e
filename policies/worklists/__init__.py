"""What a run hands to people: briefs to write, matches to look at, classes to find out, outcomes to report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.review import REVIEW
from policies.worklists.briefs import BRIEFS_WANTED, briefs_wanted
from policies.worklists.inquiries import inquiries
from policies.worklists.others import CLASS_WANTED, TOUCHES_MISSING, classes_wanted, notices_due, touches_missing

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WORKLISTS", "briefs_wanted", "classes_wanted", "inquiries", "notices_due", "touches_missing"]

# The files of a run these frames are written to.
WORKLISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "briefs_wanted.csv": BRIEFS_WANTED,
    "review.csv": REVIEW,
    "class_wanted.csv": CLASS_WANTED,
    "touches_missing.csv": TOUCHES_MISSING,
}
