"""Dropped files of opt-outs, consents, notices and touches, and the opt-out columns of lists, read into events."""

from flows.event_files.consents import read_consents, read_notices
from flows.event_files.flags import flag_events, named_contacts, waiting_doubts
from flows.event_files.optouts import read_optouts
from flows.event_files.reading import EventContext, EventReading
from flows.event_files.times import day_of, instant_of
from flows.event_files.touches import read_touches

__all__ = [
    "EventContext",
    "EventReading",
    "day_of",
    "flag_events",
    "instant_of",
    "named_contacts",
    "read_consents",
    "read_notices",
    "read_optouts",
    "read_touches",
    "waiting_doubts",
]
