"""A good brief of each tier, and how to spoil it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from policies.brief import About, Finding, lint, parse_brief
from tests.policies.outreach import core

__all__ = ["ABOUT", "CONVERSATION", "FULL", "NAMES", "SETTINGS", "SHORT", "TODAY", "findings", "full", "rule_ids"]

SETTINGS: Final = core("brief")
TODAY: Final = date(2026, 10, 14)
NAMES: Final = ("Jördis Brückner", "Brückner", "Jördis")
ABOUT: Final = About(NAMES, companies=("Nordhafen Spedition GmbH",))

FULL: Final = """---
contact: j.brueckner@nordhafen.example
author: Lena Hartwig
date: 2026-10-09
tier: full
---

# Jördis Brückner

## Who they are

Jördis Brückner, Leiterin Datenmanagement at Nordhafen Spedition, answerable for weights and bay plans.

## How we know

Speaker page of the summit, with her picture and employer.

## Their business objective

No replanned bay in the winter schedule, when a ship that misses its slot waits for two days.

## The problem we think they feel

Container weights arrive from shippers, from the port and from the crane, and the three differ by up to two tonnes.

## Evidence

- 2026-09-16: her talk at the summit, 'Drei Gewichte, ein Container': https://nordhafen.example/aktuelles/gewichte
  Shows that she knows the size of the error.
- 26 August 2026: port bulletin on the replanned bay, [quoting the company](https://port.example/bulletin/7)

## Our point of view

The best weight is the crane's, and it comes too late. But shippers are wrong in the same way again and again.

## A solution they may not have considered

Give the planners the shipper's figure with that shipper's usual error beside it, and ask the weighbridge last.

## An example at the ready

A feeder line at the next quay sends a tenth of its containers over the weighbridge, and has replanned none since.

## Opening line

Guten Tag Jördis Brückner, drei Gewichte für einen Container: Irren sich Ihre Verlader zufällig oder auf ihre Art?

## Questions to ask

- Which shippers are off most often, and in which direction?
- How early do the planners need a weight they can keep?
"""

CONVERSATION: Final = """---
contact: "+49 30 23125 111"
author: Tomasz Zielonka
date: 2026-10-13
tier: conversation
---

## What they asked or said

She asked on our website how others got rid of rules that fire every night.

## Last conversation

None yet: the inquiry came in on 7 October, and we confirmed it the same day.

## Opening line

Guten Tag Jördis Brückner, 300 Regeln schlagen jede Nacht an: Welche hat zuletzt etwas geändert?

## Questions to ask

Which rule last led somebody to change something? Who would notice if the list stayed away tomorrow?
"""

SHORT: Final = """---
contact: j.brueckner@nordhafen.example
author: Priya Raman
date: 2026-10-12
tier: short
---

## Who they are

Jördis Brückner runs the data of weights and bay plans at Nordhafen Spedition.

## How we know

We sat at the same table at the summit; the list of that table has her name.

## The problem we think they feel

Each ship brings forty containers whose weight nobody believes, and each of them is weighed a second time.

## Opening line

Jördis, at the table you said that forty containers a ship are weighed twice: who reads the second figure?

## Questions to ask

- Who decides that a container goes back to the scale?
- What would the planners do with an hour more?
"""


def full(*changes: tuple[str, str]) -> str:
    """The full brief with texts replaced; each must stand in it."""
    text = FULL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def findings(text: str, names: tuple[str, ...] | None = NAMES) -> list[Finding]:
    """What the lint says about a text."""
    return lint(parse_brief(text), SETTINGS, TODAY, None if names is None else replace(ABOUT, names=names))


def rule_ids(text: str, names: tuple[str, ...] | None = NAMES) -> list[str]:
    """The distinct rules of its findings."""
    return sorted({finding.rule_id for finding in findings(text, names)})
