"""What facts of fit are called, in columns and for people to read."""

from __future__ import annotations

from typing import Final

__all__ = ["MET", "label"]

MET: Final = "met_"  # and the name of a property: the column that says whether it is met


def label(fact: str) -> str:
    """A fact in words: ``function`` of ``function_targeted``, ``technology`` of ``met_technology``."""
    return fact.removeprefix(MET).removesuffix("_targeted").replace("_", " ")
