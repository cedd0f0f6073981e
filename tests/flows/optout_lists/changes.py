"""Files of changes: what they add counts, what they delete lifts nobody's word."""

from __future__ import annotations

from typing import Final

from tests.flows.optout_lists.model import OptOutList

__all__ = ["CHANGES"]

CHANGES: Final = (
    OptOutList("an action column", "email,action\nann.adler@acme.example,add\nben@bolt.example,delete\n", "ann"),
    OptOutList(
        "operations in letters",
        "op,email\nA,ann.adler@acme.example\nD,ben@bolt.example\nI,cem@corax.example\n",
        "ann cem",
    ),
    OptOutList(
        "letters without a header", "A,ann.adler@acme.example\nD,ben@bolt.example\nA,cem@corax.example\n", "ann cem"
    ),
    OptOutList("signs before addresses", "+ann.adler@acme.example\n-ben@bolt.example\n+cem@corax.example\n", "ann cem"),
    OptOutList("dashes before some", "ann.adler@acme.example\n-ben@bolt.example\n", "ann"),
    OptOutList(
        "who subscribed again",
        "email;change;date\nann.adler@acme.example;unsubscribed;2026-09-01\nben@bolt.example;resubscribed;2026-09-02\n",
        "ann",
    ),
    OptOutList(
        "removed from the list", "change_type,value\nremoved,ann.adler@acme.example\nadded,ben@bolt.example\n", "ben"
    ),
    OptOutList(
        "to be removed from ours", "email,action\nann.adler@acme.example,remove\nben@bolt.example,remove\n", "ann ben"
    ),
    OptOutList(
        "a log of text messages",
        "From,To,Body,Date\n+13125550101,+14155550199,STOP,2026-10-01\n+12125550102,+14155550199,UNSTOP,2026-10-01\n",
        "ann",
    ),
)
