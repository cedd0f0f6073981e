"""Invented lead lists whose true people are known, and how well a grouping of their records finds them.

The generator knows nothing of the matcher, and the matcher nothing of it: no name list, no rule is shared. Its rates
are one table (`rates.Rates`), printed with every figure, because figures about leaks depend on them.
"""

from __future__ import annotations

from benchmarks.people.generating import generate
from benchmarks.people.rates import Rates

__all__ = ["Rates", "generate"]
