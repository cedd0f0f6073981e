"""What is expected of a frame, as data: one list, checked in Polars at once and by Great Expectations beside it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Expectation"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation.

    ``row_count``: rows between ``min`` and ``max``. ``fill_rate``: share of cells of ``field`` not null, from 0 to 1.
    ``values_in_set``: every cell of ``field`` that is not null is one of ``values``. ``unique``: no two cells of
    ``field`` that are not null are equal. ``not_null``: every cell is filled. ``range``: every number or day that is
    not null lies between ``min`` and ``max``, a day as the number 20260914. ``length``: so does the count of characters
    of every cell. ``pattern``: every cell that is not null fits the one in ``values``. A bound that is None binds not.
    """

    kind: str
    field: str | None = None
    min: float | None = None
    max: float | None = None
    values: tuple[str | bool, ...] = ()
