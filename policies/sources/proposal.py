"""The refusal of a list whose columns cannot be told apart, with the ``[columns]`` block that would settle it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.errors import RefusedFile
from policies.sources.fields import CONTACT_FIELDS, NAME_FIELDS, SEVERAL_COLUMNS
from policies.sources.values import toml_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["unclear"]


def unclear(message: str, choices: Mapping[str, Sequence[str]]) -> RefusedFile:
    """The refusal ``mapping_unclear``, for the caller to raise; ``choices`` are the columns each field could be."""
    return RefusedFile(
        "mapping_unclear",
        message,
        "Put the proposed [columns] block, corrected, into the source contract: our field = the list's header.",
        {"columns": {field: list(names) for field, names in sorted(choices.items())}, "proposal": _proposal(choices)},
    )


def _proposal(choices: Mapping[str, Sequence[str]]) -> str:
    """A ``[columns]`` block to paste: the best known header of each field, the other choices beside it."""
    lines = ["[columns]"]
    for field, names in sorted(choices.items()):
        several = field in SEVERAL_COLUMNS
        value = toml_text(list(names)) if several else toml_text(names[0])
        others = "" if several or len(names) == 1 else f"  # or {', '.join(map(toml_text, names[1:]))}"
        lines.append(f"{field} = {value}{others}")
    wanted = [group for group in (("full_name", *NAME_FIELDS), CONTACT_FIELDS) if not set(group) & set(choices)]
    lines += [f'{group[0]} = "<which column is it?>"' for group in wanted]
    return "\n".join(lines)
