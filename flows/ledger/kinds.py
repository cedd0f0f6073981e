"""Every kind of event there is: what it says, what it is about, and whether a decision rests on it.

The one table of them. A kind that stands in a ledger and not here (a newer version wrote it) counts as decisive: a run
then decides again once too often, never once too seldom. Terms are those of the W3C Data Privacy Vocabulary
(https://w3id.org/dpv#...) and of ISO/IEC TS 27560:2023, where they have one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["IRRELEVANT_KINDS", "KINDS", "Family", "Kind", "of_family"]


class Family(StrEnum):
    """What an event is about."""

    STOP = "stop"  # the person said no, or nothing arrives
    DOUBT = "doubt"  # a word nobody could understand; it holds
    CONSENT = "consent"  # given, renewed, withdrawn or refused: the body's `state` says which
    CONTACT = "contact"  # what we sent, handed out and heard
    JUDGEMENT = "judgement"  # what a human decided about the facts
    ERASURE = "erasure"  # what was taken away from the facts
    FILE = "file"  # what was taken in
    KEEPING = "keeping"  # about the ledger itself


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event.

    ``decisive``: a decision may rest on it, so that one arriving while a run decides makes the run decide again. What
    a run itself hands out is not (earlier days' commitments enter a run by themselves). ``voidable``: may be taken back
    as provably never the person's word. ``term``: its name in the standards.
    """

    name: str
    family: Family
    says: str
    decisive: bool = True
    voidable: bool = False
    term: str | None = None


def _stop(name: str, says: str, term: str | None = None) -> Kind:
    return Kind(name, Family.STOP, says, voidable=True, term=term)


KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        _stop("optout", "The person does not want to be contacted.", "dpv:OptingOutFromProcess"),
        _stop("objection", "The person objects to direct marketing (GDPR Art. 21(2)).", "eu-gdpr:A21"),
        _stop("complaint", "The person complained, or reported a message as spam."),
        _stop("bounce", "Nothing arrives at this address or number."),
        Kind("doubt", Family.DOUBT, "A word about somebody that nobody could understand.", voidable=True),
        # a refused or withdrawn one is voidable, a given one is not: the void checks the state
        Kind("consent", Family.CONSENT, "What the person said about consent.", voidable=True, term="dpv:Consent"),
        Kind("notice", Family.CONTACT, "A privacy notice was sent.", term="dpv:PrivacyNotice"),
        Kind("touch", Family.CONTACT, "A contact was made, and what came of it."),
        Kind("commitment", Family.CONTACT, "A queue line was handed to a rep.", decisive=False),
        Kind("release", Family.CONTACT, "A queue line was taken back.", decisive=False),
        Kind("export", Family.CONTACT, "People were handed out in a file.", decisive=False, term="dpv:Disclose"),
        Kind("judgement", Family.JUDGEMENT, "A human said who is the same person and who is not."),
        Kind("void", Family.JUDGEMENT, "A stop that was provably never the person's word was taken back."),
        Kind("erasure", Family.ERASURE, "Somebody was erased, and is never contacted again.", term="dpv:Erase"),
        Kind("redaction", Family.ERASURE, "A file was rewritten without the erased.", decisive=False),
        Kind("undo", Family.FILE, "A file was taken out again."),
        Kind("confirmation", Family.FILE, "A file that waited was accepted."),
        Kind("optout_file", Family.FILE, "An opt-out file was taken in.", decisive=False),
        Kind("optout_snapshot", Family.FILE, "A long opt-out list was taken in as a snapshot."),
        Kind("said_again", Family.FILE, "A file says what is known already.", decisive=False),
        Kind("registry", Family.FILE, "A snapshot of a do-not-call registry was taken in."),
        Kind("key", Family.KEEPING, "A key of the workspace came into use.", decisive=False),
        Kind("restored", Family.KEEPING, "A backup took the place of a ledger that knew more.", decisive=False),
        Kind("reconciled", Family.KEEPING, "A restored ledger was compared with what was published.", decisive=False),
    )
}

IRRELEVANT_KINDS: Final = tuple(sorted(kind.name for kind in KINDS.values() if not kind.decisive))


def of_family(*families: Family) -> tuple[str, ...]:
    """The names of the kinds of some families, in order."""
    return tuple(sorted(kind.name for kind in KINDS.values() if kind.family in families))
