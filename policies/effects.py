"""Effects of rules, the stages they belong to, and the eight verdicts they add up to.

Every rule that fires yields one :class:`Effect`. Per channel the strictest effect counts; a person gets the best of
their channels (design D7). In frames an effect is its integer value, so that ``max`` is "the strictest".
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final

__all__ = ["CHANNELS", "STAGES", "VERDICT_ORDER", "Channel", "Effect", "Stage", "Verdict"]


class Effect(IntEnum):
    """What a rule does to a channel, ordered from harmless to final."""

    PASS = 0
    WARN = 1
    HOLD = 2
    DENY = 3

    @property
    def label(self) -> str:
        """The word used in rule files, reports and JSON."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Effect:
        """Read the word of a rule file; raises ``KeyError`` for any other word."""
        return cls[word.upper()]


class Stage(StrEnum):
    """The four stages of a decision, in the order in which they are judged."""

    PERMISSION = "permission"
    FIT = "fit"
    BRIEF = "brief"
    CADENCE = "cadence"


class Channel(StrEnum):
    """The channels Tactful can put a person into the queue for."""

    EMAIL = "email"
    PHONE = "phone"


class Verdict(StrEnum):
    """The one outcome of a record in a run; the order of members is their precedence."""

    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    SUPPRESSED = "suppressed"
    UNFIT = "unfit"
    HELD = "held"
    BRIEF_WANTED = "brief_wanted"
    DEFERRED = "deferred"
    QUEUED = "queued"


STAGES: Final = tuple(Stage)
CHANNELS: Final = tuple(Channel)
VERDICT_ORDER: Final = tuple(Verdict)
