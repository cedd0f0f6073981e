"""The queue as CSV, JSON and call list: the same lines, nothing run, nothing rendered as markup."""

from __future__ import annotations

import csv
import io
import json

import pytest

from flows.exports.queue_formats import FORMATS, CallListFacts, render
from policies.schema import OUTCOME_COLUMNS, QUEUE
from tests.flows.report_sample import queue

FACTS = CallListFacts("run", "2026-10-14", "2026-10-15T00:00:00+02:00", "Harbour & Sons", "nadia", in_force=True)


def test_formats_are_those_of_this_version() -> None:
    """What is not there is not listed."""
    assert list(FORMATS) == ["csv", "json", "html"]


def test_csv_has_the_columns_reps_fill_in() -> None:
    """The contract's columns, until when it holds, then the blank ones for what came of it."""
    rows = list(csv.DictReader(io.StringIO(render(queue(), "csv", FACTS).decode())))
    assert list(rows[0]) == [*QUEUE.names(), "valid_until", *OUTCOME_COLUMNS]
    assert {row[name] for row in rows for name in OUTCOME_COLUMNS} == {""}


def test_csv_runs_nothing() -> None:
    """A name that looks like a formula stays a name."""
    rows = list(csv.DictReader(io.StringIO(render(queue(), "csv", FACTS).decode())))
    assert rows[1]["full_name"].startswith("'=")


def test_json_is_what_it_was() -> None:
    """No neutralised cells, null for what is not known, and no sign a terminal would obey."""
    data = render(queue(), "json", FACTS)
    rows = json.loads(data)
    assert list(rows[0]) == QUEUE.names()
    assert rows[1]["full_name"] == "=Théo \x1b[31mFaure"
    assert rows[1]["brief_id"] is None
    assert b"\x1b" not in data


@pytest.mark.parametrize(
    "words",
    [
        "Marlene Okonkwo",
        "Your talk on &lt;b&gt;tides&lt;/b&gt; stayed with me.",
        'href="tel:+4930231250123"',
        'href="mailto:theo.faure@kestrel.example"',
        "2026-10-14, 10:00 to 17:00",
        "Harbour &amp; Sons",
    ],
)
def test_the_call_list_says_what_to_do(words: str) -> None:
    """Who, when, how and what to say, with everything from outside escaped."""
    assert words in render(queue(), "html", FACTS).decode()


def test_an_address_cannot_add_to_a_mail() -> None:
    """Signs that would give a mail a second address or a body are escaped in the link."""
    lines = queue().with_columns(
        contact_point=queue()["contact_point"].replace("theo.faure@kestrel.example", "a?bcc=b@kestrel.example")
    )
    assert 'href="mailto:a%3Fbcc%3Db@kestrel.example"' in render(lines, "html", FACTS).decode()


def test_a_queue_no_longer_in_force_says_so() -> None:
    """An old list is for reading."""
    assert "Not in force" in render(queue(), "html", FACTS._replace(in_force=False)).decode()
