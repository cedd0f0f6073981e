"""Long opt-out lists: what comes of a row does not hang on how long its file is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from flows.event_files.bulk import read_bulk
from flows.event_files.optouts import optout_table, read_optout_table
from flows.ledger.chain import instant
from flows.ledger.tokens import token
from policies.errors import RefusedFile
from policies.schema import UTC_INSTANT
from tests.flows.event_file_samples import CONTEXT, write
from tests.flows.ledger.ledgers import KEYRING, NOW
from tests.policies.worlds import base_rules

if TYPE_CHECKING:
    from pathlib import Path

    from flows.event_files import EventReading
    from flows.ledger import NewEvent

LISTS = base_rules().settings["lists"]
KNOWING = replace(CONTEXT, words=LISTS, synonyms=dict(LISTS.get("header_synonyms", {})))
MD5 = hashlib.new("md5", b"ann@acme.example", usedforsecurity=False).hexdigest()
PERSON = "p" + "a2" * 13

_CONTACTS = st.sampled_from(
    [
        *("ann@acme.example", "Ann.B@ACME.example", "ben+news@bolt.example", "j.o@gmail.com", "info@acme.example"),
        *(" ann@acme.example ", "Ann <ann@acme.example>", "ann@acme", "ann@acme.example; ben@bolt.example", "ann(at)x"),
        *("jürgen@acme.example", "ann@xn--bcher-kva.example", "a@b@c.example", "mailto:ann@acme.example"),
        *(MD5, MD5.upper(), "a" * 40, "b" * 64, "c" * 33, f"md5:{MD5}", "d" * 128),
        *("+442079460123", "+44 20 7946 0124", "020 7946 0123", "+4930231251", "2025550123", "4.42E+11", "0049"),
        *(
            "acme.example",
            "*.acme.example",
            "@bolt.example",
            "gmail.com",
            "co.uk",
            "https://www.bolt.example/",
            "WWW.x.example",
        ),
        *("", " ", "-", "n/a", "Ann Smith", PERSON, "# a remark", "2026-01-02"),
    ]
)
_CELLS = {
    "kind": st.sampled_from(["", "optout", "Objection", "complaint", "bounce", "spam", "whatever", " "]),
    "channel": st.sampled_from(["", "any", "email", "Phone", "pigeon"]),
    "scope": st.sampled_from(["", "person", "address", "domain", "planet"]),
    "received_at": st.sampled_from(
        ["", "2026-01-02", "2026-01-02T10:00:00Z", "2026-03-04 05:06+02:00", "01/02/2026", "0001-01-01"]
    ),
    "effective_at": st.sampled_from(["", "2026-02-03", "soon"]),
    "method": st.sampled_from(["", "reply", "Web form", "pigeon post"]),
    "words": st.sampled_from(["", "Stop writing to me!", "stop it, ann@acme.example"]),
    "full_name": st.sampled_from(["", "Ann Smith", "Smith, Ann", "Zoë Müller-Łódź", "--"]),
    "person_id": st.sampled_from(["", "", PERSON, "nobody"]),
    "normalisation": st.sampled_from(["", "lower_case", "made up"]),
    "country": st.sampled_from(["", "GB", "Germany", "Atlantis"]),
    "note": st.sampled_from(
        ["", "called twice", "write to ben@bolt.example", "ben@bolt.example", "00:00:00", "+44 20"]
    ),
    "email_2": st.sampled_from(["", "", "ben@bolt.example", "nobody"]),
    "mobile": st.sampled_from(["", "+442079460125", "n/a", "020 7946 0126"]),
    "created": st.sampled_from(["2026-01-01 00:00:00", "2026-01-01 00:10:00", ""]),
    "code": st.sampled_from(["0049 30 23125 123", "17", "", "+442079460127", MD5, PERSON]),
    "status": st.sampled_from(["unsubscribed", "subscribed", "cleaned", "bounced", "pending", ""]),
    "unsubscribed": st.sampled_from(["yes", "no", "", "1", "perhaps"]),
    "action": st.sampled_from(["add", "delete", ""]),
}
_COLUMNS = ("value", "email", "phone", "domain", "md5", "sha1", "sha256")


@st.composite
def _lists(draw: st.DrawFn) -> str:
    """A list as CSV: a few columns of contacts, a few others, rows that agree with each other or do not."""
    contacts = draw(st.lists(st.sampled_from(_COLUMNS), min_size=1, max_size=3, unique=True))
    others = draw(st.lists(st.sampled_from(sorted(_CELLS)), max_size=4, unique=True))
    columns = dict.fromkeys(contacts, _CONTACTS) | {name: _CELLS[name] for name in others}
    rows = draw(st.lists(st.tuples(*columns.values()), min_size=1, max_size=12))
    lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
    if draw(st.booleans()) and len(columns) > 1:
        lines.insert(draw(st.integers(0, len(lines))), draw(_CONTACTS) + ",,,,,,too many")
    return "\n".join([",".join(columns), *lines, ""])


def _of_events(events: list[NewEvent]) -> set[Any]:
    """What events say of each row, as a snapshot would keep it."""
    return {
        (
            event.body["source"]["row"],
            event.kind,
            event.body["channel"],
            event.body["scope"],
            event.body.get("method"),
            instant(stated) if (stated := event.body.get("received_at")) else None,
            event.effective_at,
            frozenset((made.kind, made.token, made.exact, made.rule_version) for made in event.tokens),
            tuple(sorted(event.erasable.items())),
        )
        for event in events
    }


def _of_bulk(reading: EventReading) -> set[Any]:
    """The same of the entries of a bulk list."""
    assert reading.bulk is not None
    said = reading.bulk.said.with_columns(
        pl.Series(
            "token",
            [token(KEYRING.current, *row) for row in reading.bulk.said.select("token_kind", "value").iter_rows()],
        )
    )
    plain = {row.pop("entry"): row for row in reading.bulk.plain.to_dicts()}
    found = set()
    since = pl.coalesce("effective_at", "received_at", pl.lit(NOW).cast(UTC_INSTANT)).alias("since")
    for (entry, *stated), rows in said.group_by("entry", "kind", "channel", "scope", "method", "received_at", since):
        made = frozenset(rows.select("token_kind", "token", "exact", "rule_version").iter_rows())
        texts = tuple(sorted((name, text) for name, text in plain[entry].items() if text is not None))
        found.add((entry, *stated, made, texts))
    return found


def _counts(reading: EventReading) -> tuple[Any, ...]:
    counted = (reading.rows, reading.counted, reading.blank, reading.kept, reading.understood, reading.not_understood)
    return (*counted, {**reading.passed}, reading.rejects.to_dicts())


def _compared(folder: Path, text: str, name: str = "stops.csv") -> EventReading:
    """Both ways of reading a list, which must agree; the one a column at a time."""
    table = optout_table(write(folder, text, name), KNOWING)
    by_row, by_column = read_optout_table(table, KNOWING), read_bulk(table, KNOWING)
    assert _of_events(by_row.events) == _of_events(by_column.events) | _of_bulk(by_column)
    assert len(by_row.events) == len(by_column.events) + by_column.bulk.said.get_column("entry").n_unique()  # type: ignore[union-attr] # asserted just before
    assert _counts(by_row) == _counts(by_column)
    return by_column


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_lists(), st.sampled_from(["stops.csv", "contacts.csv"]))
def test_a_list_means_the_same_read_by_row_and_by_column(tmp_path: Path, text: str, name: str) -> None:
    """Whatever stands in the cells: the same statements, the same counts, the same rejects."""
    try:
        _compared(tmp_path, text, name)
    except RefusedFile:  # neither way is asked: no row, no contacts
        reject()


def test_an_address_in_a_remark_is_told_of_in_a_long_list_too(tmp_path: Path) -> None:
    """Who is named in a note is not stopped, and not passed over in silence either."""
    read = _compared(tmp_path, "email,note\nann@acme.example,write to ben@bolt.example\ncy@acme.example,\n")
    assert read.rejects.get_column("_code").to_list() == ["address_in_remark"]
    assert read.counted == 2


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("email\nann@acme.example\nBen@Bolt.example\n", 2),
        ("ann@acme.example\nben@bolt.example\n", 2),
        (f"md5\n{MD5}\n{'a' * 32}\n", 2),
        (f"{'a' * 64}\n{'b' * 64}\n", 2),
        ("domain\nacme.example\n*.bolt.example\n", 2),
        ("phone\n+442079460123\n+442079460124\n", 2),
        ("2025550123\n2025550124\n", 2),
        ("value,kind,channel,scope,received_at\nann@acme.example,objection,email,address,2026-01-02\n", 1),
        ("Email Address,First Name,Last Name,UNSUB_TIME\nann@acme.example,Ann,Smith,2026-01-02 10:00:00\n", 1),
        ("email,phone,full_name\nann@acme.example,+442079460123,Ann Smith\n", 1),
        ("email,status\nann@acme.example,unsubscribed\nben@bolt.example,subscribed\n", 1),
    ],
)
def test_common_lists_are_read_by_column(tmp_path: Path, text: str, entries: int) -> None:
    """No row of them needs the reader of rows."""
    read = _compared(tmp_path, text)
    assert read.events == []
    assert read.bulk is not None
    assert read.bulk.said.get_column("entry").n_unique() == entries
