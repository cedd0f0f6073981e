"""Refused rows of event files: kept as they came, with what to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.exports.csv import write_csv
from flows.files import make_folder

if TYPE_CHECKING:
    import polars as pl

    from flows.workspace import Workspace

__all__ = ["write_rejects"]


def write_rejects(ws: Workspace, kind: str, sha256: str, rejects: pl.DataFrame) -> None:
    """Write ``data/rejects/<kind>-<sha8>.csv`` where there is anything to mend."""
    if rejects.height:
        write_csv(rejects, make_folder(ws.rejects) / f"{kind}-{sha256[:8]}.csv")
