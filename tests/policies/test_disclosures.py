"""The words for what the law wants said."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from policies.disclosures import DISCLOSURE_CODES, must_include, sentences
from policies.inputs import Organisation
from tests.policies.worlds import base_rules

US = Organisation(
    name="Fernweh Analytics",
    postal_address="1 Example Street, 10115 Berlin",
    privacy_notice_url="https://fernweh.example/privacy",
    reply_address="hello@fernweh.example",
    timezone="Europe/Berlin",
    domains=("fernweh.example",),
)
JURISDICTIONS = Path(__file__).parents[2] / "policies" / "rules" / "jurisdictions"


def _words(*codes: str, first: bool = True, channel: str = "email", url: str | None = None) -> str:
    return must_include(codes, US, first_contact=first, channel=channel, unsubscribe_url=url)


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (["postal_address"], "Postal address: 1 Example Street, 10115 Berlin."),
        (["opt_out"], "How to stop: a reply with 'stop' to hello@fernweh.example."),
        (["privacy_notice"], "Privacy notice: https://fernweh.example/privacy"),
        ([], ""),
    ],
)
def test_codes_become_sentences(codes: list[str], words: str) -> None:
    """With our own name and addresses in them."""
    assert _words(*codes) == words


def test_an_unsubscribe_link_takes_the_place_of_the_reply_address() -> None:
    """Where there is one."""
    assert "https://fernweh.example/u/1" in _words("opt_out", url="https://fernweh.example/u/1")


def test_the_same_duty_of_two_laws_is_said_once_and_in_one_order() -> None:
    """Codes of several countries come together, in any order."""
    assert _words("opt_out", "stop_address", "ad_label") == _words("ad_label", "opt_out")
    assert _words("ad_label", "opt_out").index("commercial") < _words("ad_label", "opt_out").index("How to stop")


@pytest.mark.parametrize("code", ["right_to_object", "data_source", "privacy_notice"])
@pytest.mark.parametrize("channel", ["email", "phone"])
def test_what_is_told_once_is_told_first(code: str, channel: str) -> None:
    """At the first contact and not again."""
    assert _words(code, channel=channel)
    assert not _words(code, first=False, channel=channel)


@pytest.mark.parametrize("channel", ["email", "phone"])
def test_a_code_without_words_is_not_dropped(channel: str) -> None:
    """Law 3: what the program does not know is said as it stands in the file."""
    assert "brand_new_duty" in _words("brand_new_duty", channel=channel)


@pytest.mark.parametrize("file", sorted(JURISDICTIONS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_code_of_the_jurisdictions_has_words(file: Path) -> None:
    """No file asks for a disclosure that nobody would understand."""
    versions = tomllib.loads(file.read_text(encoding="utf-8")).get("version", [])
    said = [version.get("disclosures", {}) for version in versions]
    assert {code for block in said for codes in block.values() for code in codes} <= DISCLOSURE_CODES


@pytest.mark.parametrize("channel", ["email", "phone"])
@pytest.mark.parametrize("address", ["1 Name Lane. Say Hill", "Say: 7 'How to stop' Street", "1 Example Street"])
def test_what_is_said_can_be_gone_through_one_by_one(channel: str, address: str) -> None:
    """Every sentence that there is, in order, whatever stands in our own address."""
    ours = replace(US, postal_address=address)
    alone = [
        must_include([code], ours, first_contact=True, channel=channel)
        for code in [*sorted(DISCLOSURE_CODES), "brand_new_duty"]
    ]
    together = must_include({*DISCLOSURE_CODES, "brand_new_duty"}, ours, first_contact=True, channel=channel)
    assert sorted(sentences(together)) == sorted(set(alone))
    assert " ".join(sentences(together)) == together
    assert sentences(None) == sentences("") == []


def test_the_lists_they_stand_on_are_named() -> None:
    """Where the data came from is asked for by name (GDPR Art. 14(2)(f))."""
    named = must_include(["data_source"], US, first_contact=True, channel="phone", sources="fair (obtained 2026-09-20)")
    assert named == "Say where the data came from: fair (obtained 2026-09-20)."


@pytest.mark.parametrize("file", ["DE", "FR", "GB"])
@pytest.mark.parametrize("channel", ["email", "phone"])
def test_europeans_hear_of_their_right_and_of_the_list(file: str, channel: str) -> None:
    """At the first contact, by whatever channel: Art. 14(3)(b) and 21(4), in the Union and in the United Kingdom."""
    on = date(2026, 10, 14)
    version = base_rules().jurisdictions[file].at(on)
    assert version is not None
    assert {"right_to_object", "data_source"} <= set(version.disclosures[channel])
