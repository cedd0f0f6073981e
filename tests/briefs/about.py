"""A good brief about anybody: always the same for the same person, and never a copy of another's."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from tests.briefs.drafts import Draft
from tests.briefs.invented import coined_parts

__all__ = ["text_about"]

_AUTHOR: Final = "Lena Hartwig"
_WRITTEN: Final = date(2026, 10, 9)
_EVIDENCE: Final = """\
- 2026-09-16: {name} in 'The {0} question' at the {1} meeting: https://{2}.example/talks/{3}
  Shows that the size of the problem is known.
- 2026-08-26: bulletin from {1}, [with a figure for {0}](https://{2}.example/bulletin/{4})"""


def text_about(contact: str, name: str) -> str:
    """A full brief in English that passes for whoever has this contact and this name; it names no company."""
    dice = Random(f"{contact} {name}")  # noqa: S311  # the same brief every time, no secrets
    given, _, family = name.rpartition(" ")
    draft = Draft("en", contact, _AUTHOR, _WRITTEN, "full", given, family, "the company", {})
    parts, places = coined_parts(dice, draft, hello=f"{name},")
    numbers = (dice.randint(1, 9_999), dice.randint(1, 9_999))
    return draft.with_parts(
        **parts,
        evidence=_EVIDENCE.format(places[0], places[1], places[0].lower(), *numbers, name=name),
    ).text
