"""An opt-out flag on a list is an event, of rejected rows too, and dropping the list again changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.event_files import flag_events
from flows.ledger.screening import contact_tokens
from policies.schema import RECORDS, conform
from tests.flows.ledger.ledgers import KEYRING, NOW, new_ledger

if TYPE_CHECKING:
    from pathlib import Path

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


def _records(*rows: dict[str, object]) -> pl.DataFrame:
    return conform(pl.DataFrame([{**ROW, **row} for row in rows], infer_schema_length=None), RECORDS)


@pytest.mark.parametrize(
    ("row", "stops"),
    [
        ({}, []),
        ({"email_opt_out": "unknown"}, []),
        ({"email_opt_out": "yes"}, [("email", "ann@acme.example")]),
        ({"phone_opt_out": "yes"}, [("phone", "+493023125123")]),
        (
            {"email_opt_out": "yes", "phone_opt_out": "yes"},
            [("email", "ann@acme.example"), ("phone", "+493023125123")],
        ),
        ({"email_opt_out": "yes", "reject_code": "cell_count"}, [("email", "ann@acme.example")]),
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
    events = flag_events(KEYRING, _records(row), NOW)
    assert [(event.body["channel"], event.erasable["contact"]) for event in events] == stops
    assert {event.body["scope"] for event in events} <= {"person"}
    assert {event.body["method"] for event in events} <= {"flag_column"}


def test_flags_stop_the_rows_they_stand_on() -> None:
    """The tokens of a flag are among those its own row is screened by, readable or not."""
    for email in ("ann@acme.example", None):
        records = _records({"email_opt_out": "yes", "email": email, "email_received": " Ann@Acme.example"})
        [event] = flag_events(KEYRING, records, NOW)
        screened = set(contact_tokens(KEYRING, records).get_column("token"))
        assert screened & {token.token for token in event.tokens}


def test_dropping_a_list_again_changes_nothing(tmp_path: Path) -> None:
    """The same list, and the same rows in a newer edition of it, are the same statements."""
    ledger = new_ledger(tmp_path)
    flagged: list[dict[str, object]] = [
        {"email_opt_out": "yes"},
        {"email_opt_out": "yes", "row_number": 2, "email": "ben@acme.example", "full_name": "Ben Baker"},
    ]
    newer: list[dict[str, object]] = [{**row, "file_sha256": "e" * 64, "row_number": 7} for row in reversed(flagged)]
    first = ledger.append(flag_events(KEYRING, _records(*flagged), NOW))
    assert first == ledger.append(flag_events(KEYRING, _records(*flagged), NOW)) == [2, 3]
    assert sorted(ledger.append(flag_events(KEYRING, _records(*newer), NOW))) == [2, 3]
    assert ledger.verify() == []
