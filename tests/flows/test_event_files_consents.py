"""Consent and notice files: permission needs everything, a withdrawal counts as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.event_files import EventReading, read_consents, read_notices
from policies.errors import RefusedFile
from tests.flows.event_file_samples import CONTEXT, write
from tests.flows.ledger.ledgers import NOW, new_ledger, optout

if TYPE_CHECKING:
    from pathlib import Path

HEADER = (
    "contact,channel,purpose,event_state,captured_at,method,statement,statement_version,evidence,"
    "expires_on,lawful_basis"
)
GIVEN = (
    "ann@acme.example,email,DirectMarketing,ConsentGiven,2026-05-01T10:00+02:00,web form,Yes please,v1,proof 7,,consent"
)


def _read(folder: Path, *rows: str, header: str = HEADER) -> EventReading:
    return read_consents(write(folder, "\n".join([header, *rows])), CONTEXT)


def test_a_complete_consent(tmp_path: Path) -> None:
    """A complete row is one event, on record and off it the same every time."""
    ledger = new_ledger(tmp_path)
    reading = _read(tmp_path, GIVEN)
    assert (reading.rejects.height, reading.counted) == (0, 1)
    assert ledger.append(reading.events) == ledger.append(_read(tmp_path, GIVEN).events) == [2]
    [consent] = ledger.consents().to_dicts()
    assert (consent["state"], consent["channel"], consent["purpose"]) == ("ConsentGiven", "email", "direct_marketing")
    assert consent["captured_at"].isoformat() == "2026-05-01T08:00:00+00:00"
    assert ledger.plain_text(2) == {"contact": "ann@acme.example", "evidence": "proof 7", "statement": "Yes please"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("proof 7", "", "cell_missing"),
        ("Yes please", "", "cell_missing"),
        ("web form", " ", "cell_missing"),
        ("2026-05-01T10:00+02:00", "1 May", "time_unreadable"),
        ("ConsentGiven", "yes", "word_unknown"),
        ("ConsentGiven", "", "cell_missing"),
        ("email,", "any,", "channel_any"),
        ("email,", "fax,", "word_unknown"),
        ("ann@acme.example", "acme.example", "contact_kind"),
        ("ann@acme.example", "a" * 32, "contact_kind"),
        ("ann@acme.example", "ann@@acme.example", "contact_unreadable"),
        ("ann@acme.example", "", "cell_missing"),
        (",,consent", ",someday,consent", "time_unreadable"),
    ],
)
def test_an_incomplete_consent_permits_nothing(tmp_path: Path, old: str, new: str, code: str) -> None:
    """Anything missing or unreadable makes the row a reject without an event."""
    reading = _read(tmp_path, GIVEN.replace(old, new), GIVEN.replace("ann@", "ben@"))
    given = [event.erasable["contact"] for event in reading.events if event.kind == "consent"]
    assert given == ["ben@acme.example"]
    assert reading.rejects.select("_row", "_code").rows() == [(1, code)]


@pytest.mark.parametrize("state", ["ConsentWithdrawn", "ConsentRefused"])
@pytest.mark.parametrize(
    ("row", "channel", "rejects"),
    [
        ("{contact},phone,DirectMarketing,{state},2026-05-01,reply,s,v,e,,", "phone", 0),
        ("{contact},,,{state},,,,,,,", "any", 1),
        ("{contact},fax,,{state},May,,,,,,", "any", 1),
    ],
)
def test_a_withdrawal_counts_as_it_is(tmp_path: Path, state: str, row: str, channel: str, rejects: int) -> None:
    """Whatever is missing is left out; it stops at its widest, from now on where it has no date."""
    ledger = new_ledger(tmp_path)
    reading = _read(tmp_path, row.format(contact="ann@acme.example", state=state))
    assert reading.rejects.height == rejects
    ledger.append(reading.events)
    stops = ledger.permission_events().select("kind", "channel").unique().rows()
    assert stops == [("optout", channel)]
    if rejects:
        assert ledger.consents().get_column("captured_at").to_list() == [NOW]


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        ("withdrawn", ["consent"]),
        ("Consent withdrawn", ["consent"]),
        ("revoked!", ["consent"]),
        ("refused", ["consent"]),
        ("stop all mail", ["optout"]),
        ("suppressed", ["optout"]),
        ("on pause", ["doubt"]),
    ],
)
def test_a_withdrawal_counts_in_whatever_words(tmp_path: Path, state: str, kinds: list[str]) -> None:
    """As the standard has it, as people write it, or as a refusal; a state nobody knows holds."""
    ledger = new_ledger(tmp_path)
    reading = _read(tmp_path, GIVEN.replace("ConsentGiven", state))
    assert [event.kind for event in reading.events] == kinds
    ledger.append(reading.events)
    assert ledger.permission_events().height == 2
    assert set(ledger.permission_events().get_column("kind")) <= {"optout", "doubt"}
    assert ledger.consents().filter(pl.col("state").str.contains("Given")).is_empty()


@pytest.mark.parametrize("state", ["yes", "given", "granted", "opt-in", "Consent given!"])
def test_a_yes_is_written_as_the_standard_has_it(tmp_path: Path, state: str) -> None:
    """Another spelling of a "yes" permits nothing."""
    reading = _read(tmp_path, GIVEN.replace("ConsentGiven", state))
    assert [event.kind for event in reading.events] == ["doubt"]


def test_a_withdrawal_names_everybody_in_a_text(tmp_path: Path) -> None:
    """The text cannot be read whole; whoever stands in it is stopped."""
    reading = _read(
        tmp_path, GIVEN.replace("Given", "Withdrawn").replace("ann@acme.example", "ann@acme.example (mail)")
    )
    [event] = reading.events
    assert {token.token for token in optout("ann@acme.example").tokens} < {token.token for token in event.tokens}


def test_a_withdrawal_under_an_unreadable_address_is_kept(tmp_path: Path) -> None:
    """The same text on a list is stopped."""
    reading = _read(tmp_path, "ann@@acme.example,email,p,ConsentWithdrawn,2026-05-01,reply,s,v,e,,")
    assert len(reading.events) == 1
    assert reading.rejects.get_column("_code").to_list() == ["contact_unreadable"]


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    """What was said later is recorded later, wherever it stands in the file."""
    withdrawn = GIVEN.replace("Given", "Withdrawn").replace("2026-05-01", "2026-04-01")
    for rows in ((GIVEN, withdrawn), (withdrawn, GIVEN)):
        states = [event.body["state"] for event in _read(tmp_path, *rows).events]
        assert states == ["ConsentWithdrawn", "ConsentGiven"]


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    """A file that cannot be a consent or notice file says which columns it lacks."""
    with pytest.raises(RefusedFile, match="event_state") as caught:
        _read(tmp_path, "ann@acme.example,email", header="contact,channel")
    assert caught.value.code == "columns_missing"
    with pytest.raises(RefusedFile, match="sent_at, text_version"):
        read_notices(write(tmp_path, "contact,method\nann@acme.example,email\n"), CONTEXT)


def test_damaged_rows_only_stop(tmp_path: Path) -> None:
    """A row that does not fit its header never permits; a withdrawal in it stops."""
    reading = _read(tmp_path, GIVEN, GIVEN + ",over", GIVEN.replace("Given", "Withdrawn") + ",over")
    assert [event.kind for event in reading.events] == ["consent", "optout"]
    assert reading.rejects.get_column("_row").to_list() == [2, 3]


def test_notices(tmp_path: Path) -> None:
    """A notice needs contact, time and text version; without one of them it was not sent."""
    text = (
        "contact,sent_at,text_version,method\n"
        "ann@acme.example,2026-10-01,v3,email\n"
        "030 23125123,2026-10-01T10:00,v3,letter\n"
        "ben@acme.example,,v3,email\n"
        "cem@acme.example,2026-10-01,,email\n"
        "acme.example,2026-10-01,v3,email\n"
        f"dan@acme.example,2026-10-01,{'v' * 200},email\n"
    )
    ledger = new_ledger(tmp_path)
    reading = read_notices(write(tmp_path, text), CONTEXT)
    assert ledger.append(reading.events) == [2, 3]
    assert reading.rejects.select("_row", "_code").rows() == [
        (3, "cell_missing"),
        (4, "cell_missing"),
        (5, "contact_kind"),
        (6, "cell_too_long"),
    ]
    assert ledger.notices().get_column("sent_at").dt.to_string("iso").to_list() == [
        "2026-09-30 22:00:00.000000+00:00",
        "2026-10-01 08:00:00.000000+00:00",
    ]
