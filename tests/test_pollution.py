"""One pollution at a time, and two at once: each file is read as its clean list is, or as far as can be said for sure.

Of everything the Pollock benchmark pollutes files with, and more, the least that must come of it stands beside the
pollution in ``tests.pollution``. A case that fails names its recipe.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.pollution.catalogue import PAIRS, POLLUTIONS, polluted, polluted_twice
from tests.pollution.drafts import draft_of, written
from tests.pollution.lists import clean_list
from tests.pollution.promises import breaches

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pollution.drafts import Draft

_EVERY_DAY = 12  # pairs; the long tests try all of them
_LONG = 12  # lists for each pollution
_FLAG = "email_opt_out"
_WANTED = {"given_name", "company", "city", "job_title", _FLAG}


def test_clean_lists(tmp_path: Path) -> None:
    """Without any pollution every cell is read as it is known to be."""
    files = (written(draft_of(clean_list(f"clean {number}")), f"clean {number}") for number in range(4))
    assert [str(breach) for file in files for breach in breaches(file, tmp_path)] == []


@pytest.mark.parametrize("name", POLLUTIONS)
def test_one_pollution(tmp_path: Path, name: str) -> None:
    """Each on its own."""
    assert [str(breach) for breach in breaches(polluted(name, 0), tmp_path)] == []


def test_two_pollutions(tmp_path: Path) -> None:
    """Some pairs: nothing is lost, shifted or overlooked, and the counts hold."""
    some = PAIRS[:: len(PAIRS) // _EVERY_DAY]
    assert [str(breach) for pair in some for breach in breaches(polluted_twice(*pair, 0), tmp_path)] == []


@pytest.mark.long
@pytest.mark.parametrize("name", POLLUTIONS)
def test_one_pollution_of_many_lists(tmp_path: Path, name: str) -> None:
    """Each on lists of other shapes, languages and people."""
    found = (breaches(polluted(name, number), tmp_path) for number in range(1, _LONG + 1))
    assert [str(breach) for broken in found for breach in broken] == []


@pytest.mark.long
@pytest.mark.parametrize("part", range(8))
def test_every_pair_of_pollutions(tmp_path: Path, part: int) -> None:
    """All of them."""
    found = (breaches(polluted_twice(*pair, 1), tmp_path) for pair in PAIRS[part::8])
    assert [str(breach) for broken in found for breach in broken] == []


def _planted(fault: str) -> Draft:
    """A list whose rows are not those it is said to have."""
    lists = (clean_list(f"planted {number}", fewest=40) for number in range(99))
    clean = next(found for found in lists if set(found.columns) >= _WANTED)
    draft = draft_of(clean)
    place = next(here for here in draft.people()[1:] if clean.leads[here - 1].truth[_FLAG] == "yes")
    mine, before = (dict(zip(clean.columns, draft.entries[here].cells, strict=True)) for here in (place, place - 1))
    changes = {
        "somebody else's name": {"given_name": before["given_name"]},
        "two cells swapped": {"company": mine["city"], "city": mine["company"]},
        "another title": {"job_title": "Nothing"},
        "a flag turned": {_FLAG: ""},
    }
    if fault == "a row left out":
        return draft.swap(place)
    cells = mine | changes[fault]
    return draft.swap(place, replace(draft.entries[place], cells=tuple(cells.values())))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("somebody else's name", "shifted"),
        ("two cells swapped", "shifted"),
        ("another title", "misread"),
        ("a flag turned", "overlooked"),
        ("a row left out", "lost"),
    ],
)
def test_broken_promises_are_found(tmp_path: Path, fault: str, kind: str) -> None:
    """The search is tried on faults that were planted."""
    assert kind in {breach.kind for breach in breaches(written(_planted(fault), fault), tmp_path)}
