"""Headers that refuse or permit contact: each in its own sense, for its own channel, and nothing else for good."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules_on_disk import load_rulebook
from policies.sources.column_mapping import ColumnMapping, map_columns
from policies.sources.flags import flag_state
from policies.sources.refusals import with_refusing_columns

LISTS: dict[str, Any] = dict(load_rulebook(None).settings["lists"])
POSITIVE = [*LISTS["header_synonyms_positive"]["email_opt_out"], *LISTS["header_synonyms_positive"]["phone_opt_out"]]
NEGATIONS = ["not", "no", "never", "don't", "kein", "keine", "nicht", "pas", "non", "niet", "geen", "não", "inte", "ej"]
NEGATIONS += ["ingen", "nie", "ikke", "sin", "sem", "zonder", "without"]


def read(columns: dict[str, list[str]]) -> tuple[ColumnMapping, pl.DataFrame]:
    """The mapping of a list with some columns beside names, addresses and numbers."""
    size = len(next(iter(columns.values())))
    frame = pl.DataFrame(
        {
            "Name": [f"Ann Roe {chr(65 + one)}" for one in range(size)],
            "Email": [f"ann{one}@acme.example" for one in range(size)],
            "Phone": ["+44 20 7946 0101"] * size,
            **columns,
        }
    )
    return with_refusing_columns(map_columns(frame.columns, None, LISTS, None, frame), frame, LISTS), frame


def states(columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the rows of a list say about each channel."""
    mapping, frame = read(columns)
    return {
        channel: frame.select(
            flag_state(frame, [flag for flag in mapping.flags if flag.channel == channel], LISTS).alias("state")
        )["state"].to_list()
        for channel in ("email", "phone")
    }


def heard(header: str) -> set[tuple[str, ...]]:
    """What yes, no and a blank cell say under one header, for the channels it says something about."""
    found = states({header: ["yes", "no", ""]})
    silent = ("blank",) * 3
    return {tuple(said) if len(said) == 3 else silent for said in found.values()} - {silent}


@pytest.mark.parametrize(
    "header",
    [
        "Ich möchte keine Newsletter erhalten",
        "Möchte keinen Newsletter",
        "Don't keep me informed",
        "N'accepte pas les emails",
        "No acepta correos",
        "No acepta publicidad",
        "Not opted in",
        "Not subscribed",
        "DSGVO Opt-out",
        "Kontakt gesperrt",
        "Do not send anything",
        "No longer subscribed",
        "Never email",
        "Stop emails",
        "Exclude from mailing",
        "Exclude from marketing",
        "Exclude from newsletter",
        "Prefers not to be contacted",
        "I would prefer not to receive emails",
        "I object to receiving marketing emails",
        "Remove me from the mailing list",
        "Newsletter declined",
        "Without consent",
        "Email disabled",
        "Emails stopped",
        "Marked email as spam",
        "Black Listed",
        "Blacklisted",
        "Marketing Suspended",
        "No mail",
        "Newsletter unerwünscht",
        "Newsletter nicht gewünscht",
        "Anrufe unerwünscht",
        "Einwilligung widerrufen",
        "Einwilligung verweigert",
        "Zustimmung entzogen",
        "Sperrvermerk",
        "Keinen Newsletter erhalten",
        "Refuse la newsletter",
        "Refuse les emails",
        "Refuse la prospection",
        "Consentement retiré",
        "Sans consentement",
        "STOP SMS",
        "Rechaza newsletter",
        "Consentimiento retirado",
        "Non acconsente al marketing",
        "Consenso negato",
        "Consenso revocato",
        "Nessuna newsletter",
        "Toestemming ingetrokken",
        "Geen toestemming",
        "Não aceita marketing",
        "Consentimento revogado",
        "Samtycke återkallat",
        "Godkänner inte utskick",
        "Afmeldt",
        "Markkinointikielto",
    ],
)
def test_headers_that_refuse(header: str) -> None:
    """A yes is an opt-out, a no is none."""
    assert heard(header) == {("yes", "no", "blank")}


@pytest.mark.parametrize(
    "header",
    [
        "Can contact?",
        "Contactable",
        "May contact",
        "Contact me",
        "Call me",
        "Allow emails",
        "Allow marketing",
        "Marketing",
        "Marketing contact",
        "Mailable",
        "Mailing list",
        "Subscriber",
        "Email subscription",
        "Reclame ontvangen",
        "Zgoda marketingowa",
        "Newsletter (yes/no)",
        "Consent to data processing for marketing",
    ],
)
def test_headers_that_permit(header: str) -> None:
    """A yes refuses nothing, a no is an opt-out."""
    assert heard(header) == {("no", "yes", "blank")}


@pytest.mark.parametrize(
    "header",
    [
        *("Do not delete", "Do not merge", "Do not sync", "Do not route", "Photo opt out", "Opt out of lunch"),
        *("Opt out of directory listing", "Do not share data", "Unsubstantiated", "Do Not Trade", "Not attending"),
        *("Do you want to receive lunch?", "Would like to receive a quote", "Subscribed to plan"),
        *("Can we call you Bob?", "Do not postal mail", "Do not allow postal mail", "Keine Post", "OPTIN_IP"),
        *("No. of emails", "Number of calls", "Photo consent", "Consent to filming", "Terms accepted"),
        *("Email verified", "Primary contact", "Contact owner", "Call duration", "Newsletter sent", "Fax opt out"),
    ],
)
def test_headers_about_something_else(header: str) -> None:
    """What nobody said about being contacted ends no contact."""
    assert heard(header) == set()


@pytest.mark.parametrize("header", ["Not unsubscribed", "Not opted out", "Email flag", "Subscription active"])
def test_headers_that_may_ask_either_way(header: str) -> None:
    """A column about contact is never merely not read: where its sense is unclear, an answer is unknown."""
    assert heard(header) == {("unknown", "unknown", "blank")}


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Marketing", ["Team A", "Team B", "Events"]),
        ("Newsletter name", ["Spring", "Autumn", "Winter"]),
        ("Mailing list", ["VIPs", "Partners", "Press"]),
        ("Email domain", ["acme.example"] * 3),
        ("Calls", ["3", "12", "7"]),
        ("OPTIN_TIME", ["2026-01-02 10:11:12"] * 3),
        ("CONFIRM_TIME", ["2026-01-02 10:11:12"] * 3),
        ("Opt-in date", ["2026-01-02"] * 3),
    ],
)
def test_columns_of_data_about_contact(header: str, cells: list[str]) -> None:
    """Only answers make an unknown column a flag; the day of a consent is provenance."""
    assert not read({header: cells})[0].flags


@given(st.sampled_from(POSITIVE), st.sampled_from(NEGATIONS), st.integers(0, 5))
def test_a_negation_never_leaves_a_question_positive(header: str, negation: str, place: int) -> None:
    """In front of any header that permits, or within it, a word of negation makes it refuse, or nobody knows."""
    words = header.split()
    place = min(place, len(words) - 1)
    negated = " ".join([*words[:place], negation, *words[place:]])
    flags = map_columns(["Name", "Email", negated], None, LISTS).flags
    assert [flag for flag in flags if flag.positive] == []
    assert [one for one in heard(negated) if one[1] == "yes"] == []


@pytest.mark.parametrize(
    ("headers", "flags"),
    [
        ("Do Not Mail", {"Do Not Mail"}),
        ("Do Not Mail; Do Not Email", {"Do Not Email"}),
        ("Do not allow Mails; Do not allow Emails", {"Do not allow Emails"}),
        ("Do not allow Bulk Mails; Do not allow Bulk Emails", {"Do not allow Bulk Emails"}),
        ("Do Not Mail; Newsletter", {"Newsletter"}),
        ("Do Not Mail; Do Not Call", {"Do Not Mail", "Do Not Call"}),
    ],
)
def test_mail_beside_email_is_the_post(headers: str, flags: set[str]) -> None:
    """Alone it stops e-mail; beside a column about e-mails it means letters."""
    mapping, _ = read({header: ["yes", "no"] for header in headers.split("; ")})
    assert {flag.column for flag in mapping.flags} == flags


@pytest.mark.parametrize(
    ("cell", "email", "phone"),
    [
        ("We help companies with do-not-call compliance", False, False),
        ("not on the do not call list", False, False),
        ("unsubscribed webinar", False, False),
        ("vip, unsubscribed, webinar", True, True),
        ("Please do not call me", False, True),
        ("Please do not email me", True, False),
        ("Do not email or call", True, True),
        ("Do not contact", True, True),
    ],
)
def test_cells_that_refuse_a_channel(cell: str, *, email: bool, phone: bool) -> None:
    """The channel that a cell names is the one it refuses; what only sounds so refuses nothing."""
    found = states({"Notes": [cell, ""]})
    assert (found["email"][0] == "yes", found["phone"][0] == "yes") == (email, phone)
