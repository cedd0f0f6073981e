"""The table of all kinds of event: complete, and fail-closed where something is missing from it."""

from __future__ import annotations

import ast
from pathlib import Path

import flows
from flows.ledger import Ledger, NewEvent
from flows.ledger.frames import SUPPRESSING_KINDS
from flows.ledger.kinds import IRRELEVANT_KINDS, KINDS, Family, of_family
from policies.permission import SAID_STOP
from tests.flows.ledger.ledgers import KEYRING, NOW, Clock

FLOWS = Path(next(iter(flows.__path__)))


def _built() -> set[str]:
    """The kinds that the program's text makes events of: ``NewEvent(kind="...")``."""
    texts = [text for path in FLOWS.rglob("*.py") if "NewEvent(" in (text := path.read_text("utf-8"))]
    calls = [node for text in texts for node in ast.walk(ast.parse(text))]
    return {
        word.value.value
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "NewEvent"
        for word in call.keywords
        if word.arg == "kind" and isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)
    }


def test_every_kind_the_program_writes_stands_in_the_table() -> None:
    """No event is of a kind that nobody said anything about."""
    built = _built()
    assert built >= {"commitment", "consent", "doubt", "key", "notice", "touch"}
    assert built - set(KINDS) == set()


def test_what_stops_is_of_the_family_of_stops() -> None:
    """The kinds that suppress are the stops and erasure, and each of them is decisive."""
    assert {*SUPPRESSING_KINDS} == {*SAID_STOP, "bounce", "erasure"}
    assert {*of_family(Family.STOP)} == {*SAID_STOP, "bounce"}
    assert not {*SUPPRESSING_KINDS, "doubt", "consent", "void"} & {*IRRELEVANT_KINDS}


def test_only_stops_can_be_voided() -> None:
    """An erasure, a void, a touch is never taken back."""
    assert {kind.name for kind in KINDS.values() if kind.voidable} == {*of_family(Family.STOP), "doubt", "consent"}


def test_an_unknown_kind_counts_as_decisive(ledger_place: str) -> None:
    """What a newer version wrote makes a run decide again."""
    ledger = Ledger.create(ledger_place, KEYRING, Clock())
    ledger.append([NewEvent(kind="release", effective_at=NOW, body={})])
    assert ledger.relevant_head() == 0
    ledger.append([NewEvent(kind="from_tomorrow", effective_at=NOW, body={})])
    assert ledger.relevant_head() == 3
