"""Numbers as people write them: never twice the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.dice import Dice

__all__ = ["as_written"]

_PREFIX = {"GB": "+44", "DE": "+49", "FR": "+33", "AU": "+61"}


def as_written(number: str, country: str, dice: Dice) -> str:
    """One of the usual spellings of a number from the patterns of ``places.toml``; an empty one stays empty."""
    if not number:
        return ""
    if number.startswith("+1"):
        return _north_american(number, dice)
    international = f"{_PREFIX[country]} {number.removeprefix('0')}"
    spellings = [number, number, international, international.replace(" ", ""), number.replace(" ", "")]
    if country == "GB":
        spellings.append(f"+44 (0){number.removeprefix('0')}")
    if country == "DE":
        spellings += [number.replace(" ", "/", 1), international.replace("+", "00")]
    if country == "FR":
        spellings.append(number.replace(" ", "."))
    return dice.pick(spellings)


def _north_american(number: str, dice: Dice) -> str:
    _, area, exchange, line = number.split()
    plain = [
        number,
        f"({area}) {exchange}-{line}",
        f"{area}-{exchange}-{line}",
        f"{area}.{exchange}.{line}",
        f"1-{area}-{exchange}-{line}",
    ]
    written = dice.pick(plain)
    return f"{written} x{dice.number(11, 489)}" if dice.chance(0.08) else written
