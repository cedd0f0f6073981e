"""Small exports as the products of known layouts write them: exact headers, invented people.

They lie in ``tests/golden/layouts/<layout>`` or ``<layout>.<variant>``, each under the name its product gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["EXPECTED", "EXPORTS", "FOLDER", "Export"]

FOLDER = Path(__file__).parent.parent / "golden" / "layouts"
EXPECTED = "read.csv"  # beside each: what `tactful read -o` makes of it


@dataclass(frozen=True)
class Export:
    """An export on disk, and the id of the layout by which it is recognised."""

    path: Path
    layout: str

    @property
    def name(self) -> str:
        """The name its product gave it."""
        return self.path.name


def _exports() -> dict[str, Export]:
    found = {}
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        (path,) = (path for path in folder.iterdir() if path.name != EXPECTED)
        found[folder.name] = Export(path, folder.name.partition(".")[0])
    return found


EXPORTS = _exports()
