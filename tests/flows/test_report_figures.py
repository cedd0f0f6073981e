"""The report counts what happened, adds up, and names nobody."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.reports.figures import build_report
from flows.reports.run_report import day_text, hours_text, render_html, render_json, write_report
from policies.schema import DECISIONS, QUEUE, REASONS, empty
from tests.flows.report_sample import RULES, RUN, decisions, queue, reasons, sample_report, suppressions, touches

if TYPE_CHECKING:
    from pathlib import Path

_NAMELESS = ("Okonkwo", "Faure", "kestrel.example", "+49", "Kestrel Works", "tides")


def test_the_funnel_adds_up_to_the_rows_read() -> None:
    """Every row stands under one verdict, and what is left at the end is the queue."""
    report = sample_report()
    assert report.rows_read == sum(step.rows for step in report.funnel) == decisions().height
    assert {step.verdict: step.rows for step in report.funnel} == {
        "rejected": 1,
        "duplicate": 1,
        "suppressed": 2,
        "unfit": 1,
        "held": 1,
        "brief_wanted": 1,
        "deferred": 1,
        "queued": 2,
    }
    assert report.funnel[-1].rows_left == report.funnel[-1].rows == report.queued == 2


def test_a_source_adds_up_as_well() -> None:
    """Rows of a source are its verdicts; the contract says how it stands."""
    fair = next(source for source in sample_report().sources if source.source == "fair")
    assert fair.rows == sum(count.count for count in fair.verdicts) == 7
    assert (fair.accepted, fair.rejected, fair.queued, fair.contract) == (6, 1, 1, "in force")


def test_a_source_without_contract_says_so() -> None:
    """A contract that is not there is not made up."""
    report = build_report(run=RUN, decisions=decisions(), reasons=reasons(), queue=queue(), rules=RULES)
    assert {source.contract for source in report.sources} == {"missing"}


@pytest.mark.parametrize(
    ("rule_id", "verdict", "people"),
    [
        ("core.optout.person", "suppressed", 1),
        ("de.email.opt_in", "suppressed", 1),  # and not the person queued by phone
        ("fit.seniority.too_junior", "unfit", 1),
        ("core.country.unknown", "held", 1),
        ("brief.missing", "brief_wanted", 1),  # and not the person held for something else
        ("cadence.budget", "deferred", 1),
    ],
)
def test_reasons_explain_the_verdict_they_led_to(rule_id: str, verdict: str, people: int) -> None:
    """A rule counts as a reason only for people whose verdict it explains."""
    found = [line for line in sample_report().reasons if line.rule_id == rule_id]
    assert [(line.verdict, line.people, line.reason) for line in found] == [(verdict, people, RULES[rule_id].reason)]


def test_rules_count_people_per_channel() -> None:
    """Whatever became of a person, each rule that fired for them is counted, with what it rests on."""
    line = next(line for line in sample_report().rules if line.rule_id == "core.optout.person")
    assert (line.people, line.people_email, line.people_phone, line.cites) == (1, 1, 1, ("GDPR Art. 21(3)",))


def test_conversations_are_not_activity() -> None:
    """An answer is a conversation; voicemail is a contact, and a no is counted as a no."""
    talk = sample_report().conversations
    assert talk is not None
    assert (talk.contacts, talk.conversations, talk.refusals) == (4, 1, 1)


def test_owners_stand_in_the_order_of_names() -> None:
    """No ranking of people by volume."""
    lines = pl.concat([queue(), queue().with_columns(owner=pl.lit("zoe"))])
    report = build_report(run=RUN, decisions=decisions(), reasons=reasons(), queue=lines, rules=RULES)
    assert [count.name for count in report.queue_by_owner] == ["amir", "nadia", "zoe"]


def test_stated_and_inferred_suppressions_are_told_apart() -> None:
    """Both hold; the report says how many were said and how many reached over a link."""
    assert [(line.kind, line.stated, line.inferred) for line in sample_report().suppressions] == [("optout", 1, 1)]


def test_late_stops_are_counted_by_country_and_named_by_event() -> None:
    """How fast a no held: the longest first, by the country whose term ended first, and nobody by name."""
    speed = sample_report().latency
    assert speed is not None
    assert (speed.days, speed.stops, speed.late, speed.longest_hours) == (30, 4, 2, 410.25)
    assert [(line.country, line.stops, line.late) for line in speed.by_country] == [
        ("AU", 1, 0),
        ("DE", 1, 0),
        ("US", 1, 1),
        ("unknown", 1, 1),
    ]
    assert [(stop.event, stop.country, stop.term) for stop in speed.late_stops] == [
        (7, "US", "10 business days"),
        (9, "unknown", "at once"),
    ]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "at once"),
        (0.005, "at once"),
        (0.2, "12 min"),
        (1, "1 h"),
        (71.4, "71 h"),
        (72, "3 days"),
        (24e3, "1,000 days"),
    ],
)
def test_times_are_told_in_words(hours: float, words: str) -> None:
    """Nobody has to divide by twenty-four."""
    assert hours_text(hours) == words


@pytest.mark.parametrize(
    "words",
    [
        "took longer than allowed",
        "17 days",
        "1 stop was taken back as provably never",
        "sales-cloud",
        "This workspace declares one opt-out feed.",
    ],
)
def test_the_page_says_how_fast_a_no_holds(words: str) -> None:
    """Latency, voids, other systems and feeds stand on the page."""
    assert words in render_html(sample_report())


def test_html_and_json_say_the_same(tmp_path: Path) -> None:
    """Both files are renderings of one report."""
    html, figures = write_report(sample_report(), tmp_path)
    assert json.loads(figures.read_bytes())["queued"] == 2
    assert "2 people to contact on Wednesday, 14 October 2026" in html.read_text("utf-8")


@pytest.mark.parametrize("render", [render_html, render_json])
def test_the_report_names_nobody(render: object) -> None:
    """Law 7: counts, rule ids and dates; no name, address, number, company or sentence about a person."""
    assert callable(render)
    text = render(sample_report())
    assert [word for word in _NAMELESS if word in text] == []
    assert re.findall(r"\bp[0-9]\b|\br[0-9]+\b", text) == []


def test_the_order_of_rows_makes_no_difference() -> None:
    """Law 6: the same content gives the same bytes."""
    shuffled = build_report(
        run=RUN,
        decisions=decisions().reverse(),
        reasons=reasons().sample(fraction=1.0, shuffle=True, seed=3),
        queue=queue().reverse(),
        rules=dict(reversed(RULES.items())),
        suppressions=suppressions().reverse(),
        touches=touches().reverse(),
    )
    plain = build_report(
        run=RUN,
        decisions=decisions(),
        reasons=reasons(),
        queue=queue(),
        rules=RULES,
        suppressions=suppressions(),
        touches=touches(),
    )
    assert (render_html(shuffled), render_json(shuffled)) == (render_html(plain), render_json(plain))


def test_a_run_about_nobody_reads_well() -> None:
    """The first run of a new workspace has nothing to count and says so."""
    report = build_report(run=RUN, decisions=empty(DECISIONS), reasons=empty(REASONS), queue=empty(QUEUE), rules={})
    text = render_html(report)
    assert "0 people to contact" in text
    assert "No list is active yet." in text
    assert "declares no opt-out feeds" in text
    assert report.conversations is None


def test_what_was_not_counted_is_not_claimed() -> None:
    """A report that was told nothing about quarantine does not say that it is empty."""
    told = build_report(run=RUN, decisions=decisions(), reasons=reasons(), queue=queue(), rules=RULES, quarantined={})
    untold = build_report(run=RUN, decisions=decisions(), reasons=reasons(), queue=queue(), rules=RULES)
    assert "No file is in quarantine." in render_html(told)
    assert "quarantine" not in render_html(untold)


def test_words_from_settings_and_rule_files_are_escaped() -> None:
    """Nothing that somebody typed becomes markup, in the page or in a chart."""
    hostile = '<script>alert("1")</script>&'
    rule = dataclasses.replace(RULES["core.country.unknown"], reason=hostile, fix=hostile)
    run = dataclasses.replace(RUN, organisation=hostile)
    report = build_report(
        run=run, decisions=decisions(), reasons=reasons(), queue=queue(), rules={**RULES, "core.country.unknown": rule}
    )
    text = render_html(report)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_page_is_one_file() -> None:
    """Nothing is fetched: no address but the one of the SVG vocabulary, which nobody asks."""
    text = render_html(sample_report())
    links = [link for link in re.findall(r"(?:https?:)?//[^\s\"'<>)]+", text) if "www.w3.org" not in link]
    assert links == []
    assert re.findall(r"<(?:script|link(?! rel=\"icon\" href=\"data:)|img|iframe|object)\b", text) == []


def test_ids_on_the_page_are_unique() -> None:
    """Charts on one page do not share their inner names."""
    ids = re.findall(r'\bid="([^"]+)"', render_html(sample_report()))
    assert sorted(set(ids)) == sorted(ids)


def test_days_are_written_out() -> None:
    """A day reads the same for everybody."""
    assert day_text("2026-03-01") == "Sunday, 1 March 2026"
