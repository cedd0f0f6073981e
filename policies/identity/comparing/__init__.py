"""Comparisons: one named function each, from the columns of two records to the conditions of its levels."""

from __future__ import annotations

from policies.identity.comparing.registry import KINDS, Kind

__all__ = ["KINDS", "Kind"]
