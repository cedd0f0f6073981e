"""Permission is a fold over events: who said stop, under which contact point, and whom that covers.

Invariants (laws 1 and 2):

* An opt-out of scope ``person`` covers every record of the person, also through a split; nothing but a newer, evidenced
  consent for the very same contact point and channel lifts it, and only for that contact point.
* A consent counts for its own exact contact point and channel, nowhere else.
* Behind a role or shared mailbox stands nobody in particular: an opt-out from there stops the address, and everybody
  known under it is in doubt until someone says who wrote.
* A further contact point of a row says who somebody is: what was said about the person under it covers them. What was
  said about the address alone, a bounce and a consent stay with that address, which is none of theirs to use.
* When an opt-out takes effect is the law's matter; we honour it from the moment it is recorded.
"""

from policies.permission.consents import consent_states
from policies.permission.folding import Permission, fold
from policies.permission.vocabulary import (
    FLAG_COLUMN,
    GIVEN,
    LIST_WAITING,
    NO_LONGER,
    PERMISSION_FACTS,
    SAID_STOP,
    SPREAD,
    split_word,
    word_of,
    written_word,
)

__all__ = [
    "FLAG_COLUMN",
    "GIVEN",
    "LIST_WAITING",
    "NO_LONGER",
    "PERMISSION_FACTS",
    "SAID_STOP",
    "SPREAD",
    "Permission",
    "consent_states",
    "fold",
    "split_word",
    "word_of",
    "written_word",
]
