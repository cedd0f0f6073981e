"""Every pollution by its name, alone and in pairs; a recipe is a name and a number and always makes the same file."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Final

from tests.pollution.drafts import draft_of, written
from tests.pollution.formats import FORMATS
from tests.pollution.junk import JUNK
from tests.pollution.layouts import LAYOUTS
from tests.pollution.lists import chance, clean_list
from tests.pollution.rows import ROWS
from tests.pollution.structures import STRUCTURES
from tests.pollution.writings import CODECS, WRITINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.pollution.drafts import Draft, Polluted

__all__ = ["PAIRS", "POLLUTIONS", "polluted", "polluted_twice"]

POLLUTIONS: Final[Mapping[str, Callable[..., Draft]]] = {**ROWS, **STRUCTURES, **LAYOUTS, **WRITINGS, **FORMATS, **JUNK}

# In pairs: not what leaves no list, not what two readings are equally good of.
_ALONE: Final = frozenset(
    {"no payload", "only line ends", "header only", "thousands of columns", "hundreds of columns", "long cell"}
    | {"separator line"}  # it would name the delimiter of before
    | {"blanks", "colons", "carets", "single quotes", "escaped with backslashes", "whole rows in quotes", *CODECS}
)
_STAGES: Final = tuple([name for name in stage if name not in _ALONE] for stage in (ROWS, STRUCTURES, WRITINGS))
# Rows first, while their places are those of the clean list; then what stands around them; then how it is written.
PAIRS: Final = tuple(pair for one, other in combinations(_STAGES, 2) for pair in product(one, other))


def polluted(name: str, number: int) -> Polluted:
    """A clean list with one pollution."""
    recipe = f"{name} {number}"
    draft = draft_of(clean_list(recipe, codec=CODECS.get(name, "utf-8")))
    return written(POLLUTIONS[name](draft, chance(recipe)), recipe)


def polluted_twice(first: str, second: str, number: int) -> Polluted:
    """A clean list with two pollutions; sound rows may then be refused, as long as every row is counted."""
    recipe = f"{first} + {second} {number}"
    draw = chance(recipe)
    draft = POLLUTIONS[second](POLLUTIONS[first](draft_of(clean_list(recipe)), draw), draw)
    return written(draft.expect(lenient=True, strange=4, header_line=False), recipe)
