"""Columns that no header tells, understood by what stands in them: addresses, numbers, countries, "Last, First".

Given names, titles and companies look like any other words and are never told by their looks. Neither is a column whose
header says that it is somebody else's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.sources.fields import CONTACT_FIELDS, NAME_FIELDS
from policies.sources.headers import fits_any
from policies.sources.proposal import unclear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.sources.headers import Headers
    from policies.sources.value_shapes import Values

__all__ = ["by_values"]

_TOLD: Final = ("email", "phone", "country", "postal_code")

Shaped = tuple[tuple[str, ...], float]


def by_values(
    fields: Mapping[str, Sequence[str]],
    unmapped: Sequence[str],
    table: Headers,
    values: Values,
    lists: Mapping[str, Any],
) -> dict[str, Shaped]:
    """Columns, and how sure they are, of fields that are still missing.

    Raises ``RefusedFile`` where two columns look alike and nobody could be reached otherwise.
    """
    settings = lists.get("headers", {})
    others = settings.get("others_patterns", ())
    weight = settings.get("confidence", {}).get("values", 1.0)
    free = [name for name in unmapped if values.speaks(name) and not fits_any(others, table.words[name])]
    found: dict[str, Shaped] = {}
    for field in _TOLD:
        if field in fields:
            continue
        taken = {column for columns, _ in found.values() for column in columns}
        shares = {name: _share(field, name, values) for name in free if name not in taken}
        alike = [name for name, share in shares.items() if share >= values.setting("by_values")]
        reached = any(name in fields or name in found for name in CONTACT_FIELDS)
        if len(alike) > 1 and field in CONTACT_FIELDS and not reached:
            raise unclear(f"Several columns look like {field}.", {**fields, field: alike})
        if len(alike) == 1:
            found[field] = (tuple(alike), shares[alike[0]] * weight)
    if not any(field in fields for field in NAME_FIELDS):
        found |= _turned_names(free, fields, found, values, weight)
    return found


def _share(field: str, column: str, values: Values) -> float:
    """Share of the cells of a column that look like a field."""
    if field == "phone":
        return values.phones(column)
    return values.countries(column) if field == "country" else values.share(column, field)


def _turned_names(
    free: Sequence[str],
    fields: Mapping[str, Sequence[str]],
    found: Mapping[str, Shaped],
    values: Values,
    weight: float,
) -> dict[str, Shaped]:
    """A column of "Last, First"; a place reads like one, so the e-mail addresses must hold the names."""
    taken = {column for columns, _ in found.values() for column in columns}
    alike = [
        name for name in free if name not in taken and values.share(name, "last_first") >= values.setting("by_values")
    ]
    if len(alike) != 1:
        return {}
    emails = fields.get("email") or (found["email"][0] if "email" in found else ())
    sure = values.in_address(alike[0], emails[0]) if emails else 0.0
    return {"full_name": ((alike[0],), weight * (1.0 if sure >= values.setting("contradiction") else sure))}
