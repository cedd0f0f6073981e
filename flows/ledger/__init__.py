"""The append-only ledger: events in a hash chain, tokens, keys, publications (design D1 to D5)."""

from flows.ledger.chain import instant, instant_text
from flows.ledger.keys import Key, Keyring, create_key, load_keyring
from flows.ledger.ledger import Ledger
from flows.ledger.model import EVERYTHING, Cut, Fault, NewEvent, RecordedEvent, Token
from flows.ledger.publishing import AsOfPassed, Claim, ClaimTaken

__all__ = [
    "EVERYTHING",
    "AsOfPassed",
    "Claim",
    "ClaimTaken",
    "Cut",
    "Fault",
    "Key",
    "Keyring",
    "Ledger",
    "NewEvent",
    "RecordedEvent",
    "Token",
    "create_key",
    "instant",
    "instant_text",
    "load_keyring",
]
