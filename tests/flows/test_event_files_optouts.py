"""Opt-out files: every entry that can be read counts at once, whatever else is wrong with the file."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.event_files import EventReading, read_optouts
from flows.ledger.contacts import unreadable
from policies.errors import RefusedFile
from tests.effort import few
from tests.flows.event_file_samples import CONTEXT, write
from tests.flows.ledger.ledgers import KEYRING, NOW, new_ledger, optout

if TYPE_CHECKING:
    import random
    from pathlib import Path

PERSON = "p" + "a2" * 13
MD5 = hashlib.new("md5", b"ann@acme.example", usedforsecurity=False).hexdigest()


def _read(folder: Path, text: str, encoding: str = "utf-8") -> EventReading:
    return read_optouts(write(folder, text, encoding=encoding), CONTEXT)


def _contacts(reading: EventReading) -> list[str]:
    return [event.erasable.get("contact", "") for event in reading.events]


@pytest.mark.parametrize(
    ("text", "contacts"),
    [
        ("value\nAnn@Acme.example\n+44 20 7946 0123\n", ["Ann@acme.example", "+442079460123"]),
        ("email\nann@acme.example\n", ["ann@acme.example"]),
        ("Email Address,First Name\nann@acme.example,Ann\n", ["ann@acme.example"]),
        ("phone\n030 23125123\n", ["+493023125123"]),
        ("domain\n@acme.example\n*@bolt.example\n", ["acme.example", "bolt.example"]),
        ("domain\n*.acme.example\nhttps://www.bolt.example/\n", ["acme.example", "bolt.example"]),
        (f"md5\n{MD5.upper()}\n", [MD5]),
        (f"sha1,reason\n{'a' * 40},x\n", ["a" * 40]),
        (f"sha256\n{'b' * 64}\n", ["b" * 64]),
        ("email,phone\nann@acme.example,+44 20 7946 0123\n", ["ann@acme.example +442079460123"]),
        # bare lists, with and without a header
        ("ann@acme.example\nben@acme.example\n", ["ann@acme.example", "ben@acme.example"]),
        ("\n  ann@acme.example  \n\nben@acme.example", ["ann@acme.example", "ben@acme.example"]),
        ('"ann@acme.example"\n"ben@acme.example"\n', ["ann@acme.example", "ben@acme.example"]),
        ("Unsubscribed people\nann@acme.example\n", ["ann@acme.example"]),
        ("030 23125123\n030 23125124\n", ["+493023125123", "+493023125124"]),
        ("acme.example\nbolt.example\n", ["acme.example", "bolt.example"]),
        (f"{MD5}\n", [MD5]),
        # a header nobody knows, the contacts being what they are
        (
            "Teilnehmer;Kontaktdaten\nAnn;ann@acme.example\nBen;ben@acme.example\n",
            ["ann@acme.example", "ben@acme.example"],
        ),
    ],
)
def test_forms(tmp_path: Path, text: str, contacts: list[str]) -> None:
    """Every form of the file is understood, one event for each row."""
    reading = _read(tmp_path, text)
    assert _contacts(reading) == contacts
    assert (reading.rejects.height, reading.counted, reading.rows) == (0, len(contacts), len(contacts))
    assert {event.undated for event in reading.events} == {True}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """The same list in another encoding is the same list."""
    for text in ("value,full_name\nann@bücher.example,Änn\n", "ann@bücher.example\n"):
        assert _contacts(_read(tmp_path, text, encoding)) == ["ann@bücher.example"]


def test_all_columns(tmp_path: Path) -> None:
    """Whatever the row says beside the contact is kept, plain text apart from the body."""
    [event] = _read(
        tmp_path,
        "value,kind,channel,scope,full_name,person_id,received_at,effective_at,method,words,normalisation\n"
        f"ann@acme.example,objection,email,address,Ann Adler,{PERSON},"
        "2026-10-01,2026-10-02T12:00Z,Reply,Stop it!,none\n",
    ).events
    assert event.kind == "objection"
    assert event.effective_at == datetime(2026, 10, 2, 12, tzinfo=UTC)
    assert event.undated is False
    assert event.erasable == {"contact": "ann@acme.example", "words": "Stop it!", "full_name": "Ann Adler"}
    assert {token.kind for token in event.tokens} == {"email", "email_equiv", "match_key"}
    assert {name: event.body[name] for name in ("channel", "scope", "person_id", "method", "received_at")} == {
        "channel": "email",
        "scope": "address",
        "person_id": PERSON,
        "method": "reply",
        "received_at": "2026-09-30T22:00:00.000000Z",
    }
    assert event.body["source"].keys() == {"file_sha256", "row"}


@pytest.mark.parametrize(
    ("row", "code", "kind", "channel", "scope"),
    [
        ("ann@acme.example,,fax,,", "word_unknown", "optout", "any", "person"),
        ("ann@acme.example,grumble,email,,", "word_unknown", "optout", "email", "person"),
        ("ann@acme.example,,,planet,", "word_unknown", "optout", "any", "person"),
        ("ann@acme.example,,,,14.10.2026", "time_unreadable", "optout", "any", "person"),
        ("+44 20 7946 0123,,,domain,", "scope_without_domain", "optout", "any", "person"),
        ("ann@gmail.com,,,domain,", "domain_too_wide", "optout", "any", "person"),
        ("ann@@acme.example,,,,", "contact_unreadable", "optout", "any", "person"),
    ],
)
def test_what_cannot_be_read_widens_the_stop(
    tmp_path: Path, row: str, code: str, kind: str, channel: str, scope: str
) -> None:
    """The entry counts at its widest, and the row is a reject that says what to mend."""
    reading = _read(tmp_path, f"value,kind,channel,scope,received_at\n{row}\n")
    [event] = reading.events
    assert (event.kind, event.body["channel"], event.body["scope"]) == (kind, channel, scope)
    assert event.tokens
    [reject] = reading.rejects.to_dicts()
    assert (reject["_row"], reject["_code"]) == (1, code)
    assert list(reject)[:5] == ["value", "kind", "channel", "scope", "received_at"]
    assert reject["value"] == row.split(",", maxsplit=1)[0]
    assert "acme" not in reject["_why"] + reject["_fix"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("gmail.com", "domain_too_wide"),
        ("Mr Nobody", "contact_unreadable"),
        ("", "cell_missing"),
        ("co.uk", "domain_too_wide"),
        ("4.42079E+11", "number_lost"),
        ("ab12" * 32, "digest_unknown"),
    ],
)
def test_rows_that_say_nothing_certain(tmp_path: Path, value: str, code: str) -> None:
    """An entry that is no contact, or everybody's domain, is a reject and no event; the others count."""
    reading = _read(tmp_path, f"value,words\n{value},x\nben@acme.example,y\n")
    assert _contacts(reading) == ["ben@acme.example"]
    assert reading.rejects.get_column("_code").to_list() == [code]


def test_a_person_and_a_domain_in_one_row_are_two_statements(tmp_path: Path) -> None:
    """The person opts out as a person, the organisation as a domain."""
    reading = _read(tmp_path, "email,domain\nann@other.example,acme.example\n")
    assert [(event.erasable["contact"], event.body["scope"]) for event in reading.events] == [
        ("ann@other.example", "person"),
        ("acme.example", "domain"),
    ]


def test_a_person_id_alone(tmp_path: Path) -> None:
    """Somebody may opt out by person id; what is no person id never reaches a body."""
    reading = _read(tmp_path, f"value,person_id\n,{PERSON}\n,Ann Adler\nben@acme.example,Ann Adler\n")
    assert [event.body.get("person_id") for event in reading.events] == [PERSON, None]
    assert reading.rejects.get_column("_row").to_list() == [2, 3]
    assert "Adler" not in str([event.body for event in reading.events])


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("email,email2", "x@y.example,{ann}"),
        ("email,email", "x@y.example,{ann}"),
        ("email,Email 2", "x@y.example,{ann} (reply by mail)"),
        ("email,E-Mail", "x@y.example,{ann}"),
        ("phone,Customer e-mail", "+15035550137,{ann}"),
        ("phone,Customer e-mail", "+15035550137,{ann}; and her son"),
        ("Email Address,Alternate Email,Unsubscribed", "x@y.example,{ann},2026-10-01"),
        ("email,Notes", "x@y.example,{ann}"),
        ("email,Others", "x@y.example,{ann}; z@y.example"),
        ("email,Others", "x@y.example,z@y.example {ann}"),
        ("value,contact", "x@y.example,{ann}"),
        ("email,phone,Old address", ",+44 20 7946 0123,{ann}"),
    ],
)
def test_a_contact_counts_in_whatever_column_it_stands(tmp_path: Path, header: str, row: str) -> None:
    """One row is one person: the second address opts out with the first, in the same event."""
    [event] = _read(tmp_path, f"{header}\n{row.format(ann='ann@acme.example')}\n").events
    meant = {token.token for token in optout("ann@acme.example").tokens}
    first = optout(row.split(",", maxsplit=1)[0] or row.split(",")[1]).tokens[0].token
    assert meant | {first} <= {token.token for token in event.tokens}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("phone,mobile", "+15035550137,+44 20 7946 0123"),
        ("phone,mobile", "+15035550137,0044 20 7946 0123"),
        ("phone,mobile", "+15035550137,+44 20 7946 0123 (home)"),
        ("phone,phone", "+15035550137,+44 20 7946 0123"),
        ("email,Reached under", "x@y.example,+44 20 7946 0123"),
    ],
)
def test_a_second_number_counts_as_well(tmp_path: Path, header: str, row: str) -> None:
    """In a column of numbers, and anywhere with its country code."""
    context = replace(CONTEXT, synonyms={"phone": ["mobile"]})
    [event] = read_optouts(write(tmp_path, f"{header}\n{row}\n"), context).events
    assert {token.token for token in optout("+442079460123").tokens} < {token.token for token in event.tokens}


def test_a_day_or_a_number_of_a_case_is_no_contact(tmp_path: Path) -> None:
    """In columns of no field only what certainly is a contact counts, and nothing there makes a row a reject."""
    reading = _read(
        tmp_path, "email,case,asked,host,mail sent\nann@acme.example,441632960457,2026-10-01,b.io,2026-10-02\n"
    )
    assert [set(event.tokens) for event in reading.events] == [set(optout("ann@acme.example").tokens)]
    assert reading.rejects.height == 0


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("{ann}?subject=x", 1),
        ('"{ann}, ben@acme.example"', 2),
        ("ann@ acme.example", 1),
        ("{ann}.", 1),
        ("{ann} (reply by mail)", 1),
        ("mailto:{ann}?subject=", 1),
        ("ann%40acme.example", 1),
        ("{ann}; other@example.net", 2),
    ],
)
def test_who_is_named_in_a_text_opts_out(tmp_path: Path, text: str, understood: int) -> None:
    """Every contact in a text counts, beside the text itself; the row is a reject all the same."""
    reading = _read(tmp_path, f"email,reason\n{text.format(ann='ann@acme.example')},x\n")
    [event] = reading.events
    assert {token.token for token in optout("ann@acme.example").tokens} < {token.token for token in event.tokens}
    assert event.body["inside"] == understood
    assert reading.rejects.get_column("_code").to_list() == ["contact_unreadable"]
    assert "acme" not in str(reading.rejects.select("_why", "_fix").row(0))
    assert (reading.counted, reading.kept, reading.understood, reading.not_understood) == (1, 1, 1, 0)


def test_rows_are_counted_by_whether_anybody_was_recognised(tmp_path: Path) -> None:
    """A text that is kept and names nobody, and one that is no contact at all, are told from the rest."""
    rows = ["ann@acme.example", "ben@@acme", "Mr Nobody", "cem@acme.example (mail)", "gmail.com"]
    reading = _read(tmp_path, "\n".join(["value,words", *(f"{row},x" for row in rows)]))
    assert (reading.rows, reading.counted, reading.kept) == (5, 3, 2)
    assert (reading.understood, reading.not_understood) == (2, 3)


def test_damaged_rows_opt_out_whoever_stands_in_a_text(tmp_path: Path) -> None:
    """Where no cell of a damaged row is a contact as a whole, those inside count."""
    reading = _read(tmp_path, "value,channel\nann@acme.example (by mail),email,over\n")
    assert _contacts(reading) == ["ann@acme.example"]
    assert (reading.kept, reading.understood) == (1, 1)


def test_damaged_rows_opt_out_as_well(tmp_path: Path) -> None:
    """A row with too many cells cannot be laid under its header; the contacts in it count all the same."""
    text = "value,channel\nann@acme.example,email\nben@acme.example,email,over\ncem@acme.example,phone\n"
    reading = _read(tmp_path, text)
    assert sorted(_contacts(reading)) == ["ann@acme.example", "ben@acme.example", "cem@acme.example"]
    [reject] = reading.rejects.to_dicts()
    assert (reject["_row"], reject["_code"], reject["value"]) == (2, "cell_count", "ben@acme.example")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", {"empty_file", "events_empty"}),
        ("value\n", {"no_rows", "events_empty"}),
        ("value,channel\n", {"no_rows", "events_empty"}),
        ("colour,size\nred,big\n", {"no_contact_column"}),
    ],
)
def test_files_without_any_entry_are_refused(tmp_path: Path, text: str, codes: set[str]) -> None:
    """An empty list never reads as "nobody opted out"."""
    with pytest.raises(RefusedFile) as caught:
        _read(tmp_path, text)
    assert caught.value.code in codes


def test_dropping_again_changes_nothing(tmp_path: Path) -> None:
    """The same file, the same rows in another file and order, and a corrected rejects file add only what is new."""
    ledger = new_ledger(tmp_path)
    rows = ["ann@acme.example,email", "ben@acme.example,", "cem@acme.example,fax"]
    first = _read(tmp_path, "\n".join(["value,channel", *rows]))
    assert ledger.append(first.events) == [2, 3, 4]
    assert ledger.append(_read(tmp_path, "\n".join(["value,channel", *rows])).events) == [2, 3, 4]
    assert ledger.append(_read(tmp_path, "\n".join(["value,channel", *reversed(rows)])).events) == [4, 3, 2]
    corrected = first.rejects.with_columns(channel=first.rejects.get_column("channel").replace("fax", "phone"))
    again = _read(tmp_path, corrected.write_csv())
    assert again.rejects.height == 0
    assert ledger.append(again.events) == [6]  # the fifth notes that another file said the same
    assert ledger.counts()["optout"] == 4
    assert ledger.verify() == []


def test_a_feed_is_named_in_its_events(tmp_path: Path) -> None:
    """Where an opt-out came from is told by feed, file digest and row, never by file name."""
    path = write(tmp_path, "email\nann@acme.example\n", name="export of Ann Adler.csv")
    [event] = read_optouts(path, replace(CONTEXT, feed="crm")).events
    assert event.body["source"] == {
        "feed": "crm",
        "file_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "row": 1,
    }


def test_the_time_of_reading_is_when_an_undated_entry_holds(tmp_path: Path) -> None:
    """Without a date an entry holds from now on, and is the same statement whenever it is read."""
    [event] = _read(tmp_path, "email\nann@acme.example\n").events
    assert event.effective_at == NOW
    later = read_optouts(tmp_path / "dropped.csv", replace(CONTEXT, now=datetime(2027, 1, 1, tzinfo=UTC))).events[0]
    assert later.dedup_key == event.dedup_key


def test_an_unreadable_entry_stops_the_same_text(tmp_path: Path) -> None:
    """Its token is that of the text, trimmed and in lower case."""
    [event] = _read(tmp_path, "email\n Ann@@Acme.example \n").events
    assert list(event.tokens) == unreadable("ann@@acme.example").tokens(KEYRING)
    assert list(event.tokens) == list(optout("ann@@acme.example").tokens)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(
            ["ann@acme.example", "Ann+x@acme.example", "ben@@acme", "030 23125123", "acme.example", "gmail.com", "?"]
        ),
        st.sampled_from(["", "email", "phone", "fax"]),
        st.sampled_from(["", "2026-10-01", "2026-10-02T10:00Z", "soon"]),
    ),
    min_size=1,
    max_size=8,
)


@few(6)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], chance: random.Random
) -> None:
    """Rows in any order, in one file or two, dropped once or again: the same stops, none lost, none twice."""
    folder = tmp_path_factory.mktemp("stops")
    (folder / "other").mkdir()
    once, often = new_ledger(folder), new_ledger(folder / "other")
    once.append(_rows(folder, rows).events)
    shuffled = chance.sample(rows, len(rows))
    cut = chance.randint(0, len(rows))
    for part in (rows[:cut], rows[cut:], shuffled, rows):
        if part:
            often.append(_rows(folder, part).events)
    stops = [ledger.permission_events().drop("seq", "word").sort(pl.all()) for ledger in (once, often)]
    assert stops[0].equals(stops[1])
    assert often.verify() == []


def _rows(folder: Path, rows: list[tuple[str, str, str]]) -> EventReading:
    return _read(folder, "\n".join(["value,channel,received_at", *(",".join(row) for row in rows)]))
