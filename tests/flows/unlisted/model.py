"""How an export and the expectation for it are written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["FIELDS", "Export"]

# The cells of an expected row, in this order, divided by "|"; a blank says that the field is null, a flag blank.
FIELDS: Final = (
    "full_name",
    "email",
    "phone",
    "company",
    "job_title",
    "country",
    "email_opt_out",
    "phone_opt_out",
    "excluded_by_file",
)


@dataclass(frozen=True)
class Export:
    """One export: ``text`` as the tool writes it, ``rows`` as they must be read, every row an accepted one.

    ``free``: fields nobody can expect anything of here. ``refusals``: codes with which the file may be refused as a
    whole, because its headers can be understood in two ways.
    """

    product: str
    text: str
    rows: tuple[str, ...]
    free: frozenset[str] = frozenset()
    refusals: frozenset[str] = frozenset()
    codec: str = "utf-8"
    name: str = "export.csv"

    def expected(self) -> list[dict[str, str | None]]:
        """The rows by field, without those that are free."""
        cells = (dict(zip(FIELDS, (cell or None for cell in row.split("|")), strict=True)) for row in self.rows)
        return [{field: cell for field, cell in row.items() if field not in self.free} for row in cells]
