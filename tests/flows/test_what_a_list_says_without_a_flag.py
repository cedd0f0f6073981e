"""A file name that says no holds its people, shells of formulas hide nothing, and a status of an event rules out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.list_intake import read_preview
from flows.rules_on_disk import load_rulebook
from policies.sources.refusals import held_by_file_name

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

SETTINGS = load_rulebook(None).settings
PEOPLE = "Name,Email,Phone\nAda Moss,ada@acme.example,+12025550101\nBob Hill,bob@acme.example,+12025550102\n"


def read(folder: Path, name: str, text: str) -> pl.DataFrame:
    """The lines of a preview of one file."""
    (folder / name).write_text(text, encoding="utf-8")
    return read_preview(folder / name, None, SETTINGS)[0]


@pytest.mark.parametrize(
    ("name", "held"),
    [
        *(("do_not_contact.csv", True), ("optouts.csv", True), ("unsubs.csv", True), ("suppression_list.csv", True)),
        *(("unsubscribed_members_export_x.csv", True), ("DoNotCall.xlsx", True), ("DNC 2026.csv", True)),
        *(("Abgemeldete.csv", True), ("Widersprüche.csv", True), ("désabonnés.csv", True), ("bajas.csv", True)),
        *(("disiscritti.csv", True), ("uitgeschreven.csv", True), ("blocklist.csv", True), ("opted-out.csv", True)),
        *(("members.csv", False), ("optin.csv", False), ("subscribers.csv", False), ("without_optouts.csv", False)),
        *(("blockchain.csv", False), ("summit_2026.csv", False), ("nonsubscribed.csv", False)),
    ],
)
def test_names_of_files_that_say_no(name: str, held: bool) -> None:  # noqa: FBT001 - a case table
    """In several languages; a list from which they were taken out says nothing."""
    assert held_by_file_name(name, SETTINGS["lists"]) is held


def test_who_says_nothing_in_such_a_file_holds(tmp_path: Path) -> None:
    """Their flags are unknown on both channels, and the summary counts them."""
    (tmp_path / "optouts.csv").write_text(PEOPLE, encoding="utf-8")
    rows, summary = read_preview(tmp_path / "optouts.csv", None, SETTINGS)
    assert rows.select("email_opt_out", "phone_opt_out").rows() == [("unknown", "unknown")] * 2
    assert summary["unknown_words"] == {"(name of the file)": 2}
    assert read(tmp_path, "people.csv", PEOPLE).get_column("email_opt_out").to_list() == [None, None]


def test_a_row_with_a_flag_of_its_own_keeps_it(tmp_path: Path) -> None:
    """What a row says itself goes before the name of its file."""
    text = "Name,Email,Opt out\nAda Moss,ada@acme.example,yes\nBob Hill,bob@acme.example,\n"
    assert read(tmp_path, "optouts.csv", text).get_column("email_opt_out").to_list() == ["yes", "unknown"]


def test_shells_of_formulas(tmp_path: Path) -> None:
    """Every cell is understood as the text inside its shell."""
    text = (
        '="Name",="Email",="Phone",="Unsubscribed"\n="Ada Moss",="ada@acme.example",="+12025550101",="yes"\n'
        '="Bob Hill",="bob@acme.example",="+12025550102",="no"\n'
    )
    rows = read(tmp_path, "list.csv", text)
    assert rows.select("full_name", "email", "phone", "email_opt_out").rows() == [
        ("Ada Moss", "ada@acme.example", "+12025550101", "yes"),
        ("Bob Hill", "bob@acme.example", "+12025550102", "no"),
    ]


@pytest.mark.parametrize(
    ("event", "reasons"),
    [("Event", ["cancelled", "refunded", "pending", None, None]), ("Company", [None] * 5)],
)
def test_a_plain_status(event: str, reasons: list[str | None], tmp_path: Path) -> None:
    """Beside a column of an event it says who does not come; who only was not seen is no question of it."""
    words = ["Cancelled", "Refunded", "Waitlisted", "Completed", "No-show"]
    lines = [f"Ada Moss,ada{n}@acme.example,Forum,{word}" for n, word in enumerate(words)]
    rows = read(tmp_path, "list.csv", "\n".join([f"Name,Email,{event},Status", *lines, ""]))
    assert rows.get_column("excluded_by_file").to_list() == reasons


@pytest.mark.parametrize(
    ("header", "cell"), [("Bounced Hard", "1"), ("Has hard bounced", "true"), ("Email bounced at", "2026-01-02")]
)
def test_columns_about_bounces(header: str, cell: str, tmp_path: Path) -> None:
    """Nothing arrives there: of a row without a number that rules out."""
    rows = read(tmp_path, "list.csv", f"Name,Email,{header}\nAda Moss,ada@acme.example,{cell}\n")
    assert rows.get_column("excluded_by_file").to_list() == ["bounced"]
