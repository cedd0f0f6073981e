"""Everything that stops in force, written out for other systems and workspaces."""

from __future__ import annotations

from flows.optout_export.files import FORMS, OptOutExport, export_optouts
from flows.optout_export.statements import STATEMENTS, stops_in_force

__all__ = ["FORMS", "STATEMENTS", "OptOutExport", "export_optouts", "stops_in_force"]
