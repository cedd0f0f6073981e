"""Whoever is on a list is stopped by it, in whatever form, dialect and encoding it is written, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from flows.event_files import EventContext, read_optouts
from flows.ledger.contacts import ContactLists
from flows.ledger.screening import lookup_tokens
from flows.rules_on_disk import load_rulebook
from tests.flows.event_file_samples import CONTEXT
from tests.flows.ledger.ledgers import KEYRING
from tests.flows.optout_lists.model import digest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

# As they stand on the lists of people.
EMAILS = (
    *("Ann.Adler@acme.example", "ben@bolt.example", "cem+fair@corax.example", "d.dow@dune.example"),
    *("EVA@elm.example", "fay_foy@fern.example", "g-gans@mail.gull.example", "hal.hart@gmail.com"),
)
PHONES = ("+13125550101", "+442079460103", "+447700900104", "+493023125105")
SPELLED = {
    "+13125550101": "+1 (312) 555-0101",
    "+442079460103": "0044 20 7946 0103",
    "+447700900104": "+44 (0)7700 900104",
    "+493023125105": "+49 30 23125-105",
}
KINDS = ("md5", "sha1", "sha256")


@cache
def context() -> EventContext:
    """How files are read under the packaged rules, in a workspace that knows no country."""
    lists: dict[str, Any] = load_rulebook(None).settings["lists"]
    synonyms = dict(lists["header_synonyms"])
    return replace(CONTEXT, words=lists, lists=ContactLists.of(lists), country=None, synonyms=synonyms)


@cache
def known(contact: str) -> frozenset[str]:
    """All tokens under which somebody on a list is looked up."""
    if contact.startswith("+"):
        return lookup_tokens(KEYRING, "phone", contact, SPELLED[contact])
    local, _, host = contact.rpartition("@")
    return lookup_tokens(KEYRING, "email", f"{local}@{host.lower()}", contact)


def _email(contact: str) -> st.SearchStrategy[str]:
    digests = [digest(kind, text) for kind in KINDS for text in (contact, contact.lower())]
    return st.sampled_from(
        [
            contact,
            contact.upper(),
            f"  {contact.lower()} ",
            f"mailto:{contact}",
            f"<{contact}>",
            *digests,
            *(text.upper() for text in digests),
            f"md5:{digests[0]}",
            f"sha256={digests[-1]}",
        ]
    )


def _phone(contact: str) -> st.SearchStrategy[str]:
    return st.sampled_from([contact, SPELLED[contact], contact.replace("+", "00"), digest("sha256", contact)])


ENTRIES = st.lists(st.sampled_from(EMAILS + PHONES), min_size=1, max_size=6, unique=True).flatmap(
    lambda chosen: st.tuples(
        st.just(chosen),
        st.tuples(*(_phone(contact) if contact.startswith("+") else _email(contact) for contact in chosen)),
    )
)
HEADERS = st.sampled_from(["value", "Email", "contact", "E-Mail-Adresse", "Entry"])
NOTES = st.sampled_from(["no thanks", "2026-10-01", "", "Weekly digest of news"])


DIALECTS = st.fixed_dictionaries(
    {
        "codec": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
        "line": st.sampled_from(["\n", "\r\n"]),
        "delimiter": st.sampled_from(["", ",", ";", "\t", "|"]),
        "header": HEADERS,
        "note": NOTES,
        "end": st.sampled_from(["", "end"]),
    }
)


def _written(entries: Sequence[str], dialect: dict[str, str]) -> bytes:
    """A bare list, or a table with a header and a remark; with or without the end of the last line."""
    lines = list(entries)
    if delimiter := dialect["delimiter"]:
        rows = (f'"{entry}"{delimiter}"{dialect["note"]}"' for entry in entries)
        lines = [f"{dialect['header']}{delimiter}Remark", *rows]
    line = dialect["line"]
    return (line.join(lines) + (line if dialect["end"] else "")).encode(dialect["codec"])


def test_a_single_digest_with_its_kind_is_no_header(tmp_path: Path) -> None:
    """A file of one line stops the person whose digest it names."""
    path = tmp_path / "list.csv"
    path.write_text(f"sha256={digest('sha256', EMAILS[0].lower())}", encoding="utf-8")
    assert known(EMAILS[0]) & {token.token for event in read_optouts(path, context()).events for token in event.tokens}


@given(ENTRIES, DIALECTS)
def test_any_spelling(
    tmp_path_factory: pytest.TempPathFactory, entries: tuple[list[str], Sequence[str]], dialect: dict[str, str]
) -> None:
    """The people chosen are stopped, and nobody else."""
    chosen, written = entries
    path = tmp_path_factory.mktemp("any") / "list.csv"
    path.write_bytes(_written(written, dialect))
    reading = read_optouts(path, context())
    tokens = {token.token for event in reading.events for token in event.tokens}
    assert {contact for contact in EMAILS + PHONES if known(contact) & tokens} == set(chosen)
