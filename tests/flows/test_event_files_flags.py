"""An opt-out flag on a list is an event, of rejected rows too, and dropping the list again changes nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.event_files import flag_events, waiting_doubts
from flows.ledger.contacts import Contact, ContactLists
from flows.ledger.screening import contact_tokens
from policies.schema import RECORDS, conform
from tests.flows.ledger.ledgers import KEYRING, NOW, new_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger.model import NewEvent

ROW = {
    "record_id": "r1",
    "source": "fair",
    "file_sha256": "f" * 64,
    "row_number": 1,
    "full_name": "Ann Adler",
    "email": "ann@acme.example",
    "email_received": "Ann@Acme.example",
    "email_equiv": "ann@acme.example",
    "email_domain": "acme.example",
    "phone": "+493023125123",
    "phone_received": "030 23125123",
    "email_opt_out": "no",
    "phone_opt_out": "blank",
}


LISTS = ContactLists(fictional_phone_prefixes=("+493023125",))
ANN, NUMBER = "ann@acme.example", "+493023125123"


def _records(*rows: dict[str, object]) -> pl.DataFrame:
    return conform(pl.DataFrame([{**ROW, **row} for row in rows], infer_schema_length=None), RECORDS)


@pytest.mark.parametrize(
    ("row", "stops"),
    [
        ({}, []),
        # whatever channel is refused, the person may next be known by any contact point of the row
        ({"email_opt_out": "yes"}, [("email", f"{ANN} {NUMBER}")]),
        ({"phone_opt_out": "yes"}, [("phone", f"{NUMBER} {ANN}")]),
        (
            {"email_opt_out": "yes", "phone_opt_out": "yes"},
            [("email", f"{ANN} {NUMBER}"), ("phone", f"{NUMBER} {ANN}")],
        ),
        ({"email_opt_out": "yes", "reject_code": "cell_count"}, [("email", f"{ANN} {NUMBER}")]),
        # no readable contact point on the channel: the other one speaks for the row
        ({"email_opt_out": "yes", "email": None, "email_received": ""}, [("email", "+493023125123")]),
        (
            {"email_opt_out": "yes", "email": None, "email_received": "Ann@@acme.example"},
            [("email", "ann@@acme.example +493023125123")],
        ),
        ({"phone_opt_out": "yes", "phone": None, "phone_received": "4.4E+11"}, [("phone", "ann@acme.example")]),
        (
            {"phone_opt_out": "yes", "phone": None, "phone_received": None, "email": None, "email_received": None},
            [],
        ),
    ],
)
def test_flags(row: dict[str, object], stops: list[tuple[str, str]]) -> None:
    """A yes stops the channel of the flag for the person; no, blank and unknown words are no event."""
    events = flag_events(KEYRING, _records(row), NOW, LISTS)
    assert [(event.body["channel"], event.erasable["contact"]) for event in events] == stops
    assert {event.body["scope"] for event in events} <= {"person"}
    assert {event.body["method"] for event in events} <= {"flag_column"}


def test_flags_stop_the_rows_they_stand_on() -> None:
    """The tokens of a flag are among those its own row is screened by, readable or not."""
    for email in ("ann@acme.example", None):
        records = _records({"email_opt_out": "yes", "email": email, "email_received": " Ann@Acme.example"})
        [event] = flag_events(KEYRING, records, NOW, LISTS)
        screened = set(contact_tokens(KEYRING, records).get_column("token"))
        assert screened & {token.token for token in event.tokens}


def _names(events: list[NewEvent], email: str | None = None, phone: str | None = None) -> bool:
    """Whether an event stops whoever is known by a contact point."""
    cells = {"record_id": "r2", "email": email, "email_received": email, "email_equiv": email}
    screened = set(contact_tokens(KEYRING, _records({**cells, "phone": phone, "phone_received": phone}))["token"])
    return any(screened & {token.token for token in event.tokens} for event in events)


@pytest.mark.parametrize(
    ("row", "emails", "phones"),
    [
        ({"email": None, "email_received": f"{ANN}; other@acme.example"}, [ANN, "other@acme.example"], [NUMBER]),
        ({"email_received": f"boss@acme.example <{ANN}>"}, [ANN, "boss@acme.example"], [NUMBER]),
        ({"phone": None, "phone_received": f"{NUMBER} / 030 23125124", "country": "DE"}, [ANN], ["+493023125124"]),
        ({"email": None, "email_received": NUMBER, "phone": None, "phone_received": ANN}, [ANN], [NUMBER]),
    ],
)
def test_every_contact_in_a_cell_counts(row: dict[str, object], emails: list[str], phones: list[str]) -> None:
    """A cell that cannot be read whole stops everybody who is named in it."""
    for flag in ("email_opt_out", "phone_opt_out"):
        events = flag_events(KEYRING, _records({**row, flag: "yes"}), NOW, LISTS)
        assert [_names(events, email=email) for email in emails] == [True] * len(emails)
        assert [_names(events, phone=phone) for phone in phones] == [True] * len(phones)


def test_contacts_may_stand_in_any_cell() -> None:
    """Of a row whose columns are lost, every address and number counts; an order number is none."""
    row: dict[str, object] = {"email_opt_out": "yes", "email": None, "email_received": None, "country": "DE"}
    lost = pl.DataFrame(
        {"row_number": [1], "cells": [["Ann", "ann@acme.example", None, "030 23125124", "2312512", "x"]]},
        schema={"row_number": pl.UInt32, "cells": pl.List(pl.String)},
    )
    (event,) = flag_events(KEYRING, _records(row), NOW, LISTS, cells=lost)
    assert event.erasable["contact"] == f"{NUMBER} {ANN} +493023125124"


@pytest.mark.parametrize(
    ("row", "doubted"),
    [
        ({"email_opt_out": "unknown"}, [ANN, NUMBER]),
        ({"phone_opt_out": "unknown", "reject_code": "cell_count"}, [ANN, NUMBER]),
        ({"email_opt_out": "unknown", "email": None, "email_received": f"{ANN}; b@acme.example"}, [ANN, NUMBER]),
        ({"email_opt_out": "unknown", "other_emails": ["b@acme.example"]}, [ANN, NUMBER, "b@acme.example"]),
        ({"email_opt_out": "blank"}, []),
        ({"email_opt_out": "no"}, []),
    ],
)
def test_a_word_nobody_understands_is_a_doubt(row: dict[str, object], doubted: list[str]) -> None:
    """The ledger holds whom it is about, so that no later file lifts it; nobody is opted out by it."""
    events = flag_events(KEYRING, _records(row), NOW, LISTS)
    assert {event.kind for event in events} == ({"doubt"} if doubted else set())
    for contact in doubted:
        assert _names(events, **{"email" if "@" in contact else "phone": contact})


def test_a_yes_and_an_unknown_word_of_one_row_are_both_heard() -> None:
    """The opt-out first, then the doubt, which nothing said in the same row settles."""
    events = flag_events(KEYRING, _records({"email_opt_out": "yes", "phone_opt_out": "unknown"}), NOW, LISTS)
    assert [event.kind for event in events] == ["optout", "doubt"]


def test_further_contact_points_of_a_row_are_named_as_well() -> None:
    """Whoever says no is known by every address and number of the row."""
    further: dict[str, object] = {"other_emails": ["home@example.net"], "other_phones": ["+493023125199"]}
    for flag in ("email_opt_out", "phone_opt_out"):
        events = flag_events(KEYRING, _records({**further, flag: "yes"}), NOW, LISTS)
        assert _names(events, email="home@example.net")
        assert _names(events, phone="+493023125199")


@pytest.mark.parametrize(
    ("row", "dead"),
    [
        ({}, ANN),
        ({"other_emails": ["home@example.net"]}, ANN),
        ({"email": None, "email_received": "Ann@@acme.example"}, "ann@@acme.example"),
        # nobody knows which of them is meant
        ({"email": None, "email_received": f"{ANN}; b@acme.example"}, None),
        ({"email": None, "email_received": ""}, None),
    ],
)
def test_a_dead_address_is_a_bounce_of_that_address(row: dict[str, object], dead: str | None) -> None:
    """It closes the address and says nothing about the person, nor about their telephone."""
    events = flag_events(KEYRING, _records({**row, "email_bounced": "yes"}), NOW, LISTS)
    assert [(event.kind, event.erasable["contact"]) for event in events] == ([("bounce", dead)] if dead else [])
    assert {(event.body["channel"], event.body["scope"]) for event in events} <= {("email", "address")}


def test_a_waiting_list_raises_a_doubt_about_everybody_it_names() -> None:
    """Whatever their flags say, and whether their row can be used or not; a row without contact names nobody."""
    rows: list[dict[str, object]] = [
        {},
        {"row_number": 2, "email": "b@acme.example", "email_received": "b@acme.example", "reject_code": "cell_count"},
        {"row_number": 3, **dict.fromkeys(("email", "email_received", "phone", "phone_received"))},
    ]
    events = list(waiting_doubts(KEYRING, _records(*rows), NOW, LISTS))
    assert [(event.kind, event.body["code"], event.body["source"]["row"]) for event in events] == [
        ("doubt", "list_waiting", 1),
        ("doubt", "list_waiting", 2),
    ]
    assert _names(events, email=ANN)
    assert _names(events, email="b@acme.example")


def test_dropping_a_list_again_changes_nothing(tmp_path: Path) -> None:
    """The same list, and the same rows in a newer edition of it, are the same statements."""
    ledger = new_ledger(tmp_path)
    flagged: list[dict[str, object]] = [
        {"email_opt_out": "yes"},
        {"email_opt_out": "yes", "row_number": 2, "email": "ben@acme.example", "full_name": "Ben Baker"},
    ]
    newer: list[dict[str, object]] = [{**row, "file_sha256": "e" * 64, "row_number": 7} for row in reversed(flagged)]
    first = ledger.append(flag_events(KEYRING, _records(*flagged), NOW, LISTS))
    assert first == ledger.append(flag_events(KEYRING, _records(*flagged), NOW, LISTS)) == [2, 3]
    assert sorted(ledger.append(flag_events(KEYRING, _records(*newer), NOW, LISTS))) == [2, 3]
    assert ledger.verify() == []


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_a_digest_in_place_of_an_address_is_a_contact(algorithm: str) -> None:
    """Some programs export the digest alone: whoever has that address is meant, as in an opt-out file."""
    digest = hashlib.new(algorithm, ANN.encode(), usedforsecurity=False).hexdigest()
    blank: dict[str, object] = {"email": None, "phone": None, "phone_received": None}
    row = blank | {"email_opt_out": "yes", "email_received": digest}
    (event,) = flag_events(KEYRING, _records(row), NOW, LISTS)
    known = Contact("digest", digest).tokens(KEYRING)
    assert known
    assert [token for token in known if token not in event.tokens] == []
