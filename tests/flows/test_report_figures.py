"""The report counts what happened, adds up, and names nobody."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.reports.figures import Material, build_report
from flows.reports.run_report import render_html, render_json, write_report
from flows.reports.wording import day_text, hours_text
from policies.schema import DECISIONS, QUEUE, REASONS, empty
from tests.flows.report_sample import RULES, RUN, contacts, decisions, material, queue, reasons, sample_report, wanted

if TYPE_CHECKING:
    from pathlib import Path

_NAMELESS = ("Okonkwo", "Faure", "kestrel.example", "+49", "Kestrel Works", "tides")


def plain() -> Material:
    """The frames of a run without anything beside them."""
    return Material(run=RUN, decisions=decisions(), reasons=reasons(), queue=queue(), rules=RULES)


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
    report = build_report(plain())
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
    """An answer is a conversation; voicemail is a contact, and a no is counted as a no. Two periods, and ever."""
    talk = sample_report().conversations
    assert talk is not None
    assert (talk.contacts, talk.conversations, talk.refusals, talk.since) == (7, 2, 2, "2026-03-02")
    recent, before = talk.recent, talk.before
    assert (recent.since, recent.until) == ("2026-09-15", "2026-10-14")
    assert (recent.contacts, recent.conversations, recent.refusals) == (4, 1, 1)
    assert (before.since, before.until, before.contacts, before.conversations) == ("2026-08-16", "2026-09-14", 2, 1)


def test_conversations_are_told_by_channel_and_relationship() -> None:
    """The warmest first; whoever stands on no list any more is counted all the same."""
    talk = sample_report().conversations
    assert talk is not None
    lines = [(line.name, line.contacts, line.conversations, line.refusals) for line in talk.recent.by_relationship]
    assert lines == [("customer", 1, 1, 0), ("cold", 2, 0, 0), ("on no list any more", 1, 0, 1)]
    assert [(line.name, line.contacts) for line in talk.recent.by_channel] == [("email", 2), ("phone", 2)]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("Conversations of the last 30 days: 1 of 4 contacts made. 2 people to contact today, 4 waiting for", 1),
        ("<b>25%</b> conversations per contact made", 1),
        ("In the 30 days before: 1 of 2 contacts made. Ever, since 2 March 2026: 2 of 7 contacts made.", 1),
        ("2 queue lines have no outcome yet although it is overdue", 1),
        ("<b>2</b> of them asked us something", 1),
        ("<b>1</b> should have had an answer", 1),
        ("<b>1</b> may be contacted for 30 days more at most", 1),
    ],
)
def test_the_page_leads_with_conversations_and_waits(words: str, count: int) -> None:
    """Before a single row that was read is counted, and in numbers that say of when they are."""
    page = render_html(sample_report())
    assert page.count(words) == count
    assert page.index(words) < page.index("From rows read to the queue")


def test_waits_are_counted_by_relationship() -> None:
    """How many, for how long, who asked us, whose permission runs out, who rests, whose brief does not pass."""
    waits = sample_report().waits
    assert waits is not None
    assert (waits.people, waits.inquiries, waits.inquiries_late, waits.ending) == (4, 2, 1, 1)
    assert (waits.resting, waits.unfinished, waits.median_days, waits.longest_days) == (1, 2, 3, 9)
    lines = [(line.relationship, line.tier, line.people, line.longest_days) for line in waits.by_relationship]
    assert lines == [("customer", "conversation", 1, 5), ("inquired", "conversation", 1, 1), ("cold", "full", 2, 9)]


def test_nobody_waiting_is_said() -> None:
    """An empty worklist is an answer; what was not counted is not claimed."""
    nobody = build_report(dataclasses.replace(plain(), wanted=wanted().clear()))
    assert "Nobody waits for a brief." in render_html(nobody)
    assert nobody.waits is not None
    assert (nobody.waits.people, nobody.waits.longest_days) == (0, 0)
    assert "Waiting for research" not in render_html(build_report(plain()))


def test_without_a_contact_the_page_says_how_to_report_one() -> None:
    """No share of nothing."""
    report = build_report(plain())
    assert report.conversations is None
    assert "No contact has been reported yet." in render_html(report)


def test_a_period_without_contacts_claims_no_share() -> None:
    """Contacts of long ago are told as such."""
    old = contacts().filter(pl.col("on") < pl.date(2026, 4, 1))
    page = render_html(build_report(dataclasses.replace(plain(), contacts=old)))
    assert "<b>\N{EN DASH}</b> conversations per contact made" in page
    assert "Conversations of the last 30 days: no contact was made." in page


def test_no_figure_is_about_a_rep() -> None:
    """Volumes of people who work are no figure of ours: neither page nor file names an owner (practice P12)."""
    lines = pl.concat([queue(), queue().with_columns(owner=pl.lit("zoe"))])
    report = build_report(dataclasses.replace(material(), queue=lines))
    assert [name for name in ("amir", "nadia", "zoe") if name in render_html(report) + render_json(report)] == []


def test_a_reason_says_for_how_many_it_is_the_only_one() -> None:
    """For them its mend is enough to come further."""
    twice = pl.concat(
        [reasons(), reasons().filter(rule_id="core.country.unknown").with_columns(rule_id=pl.lit("more"))]
    )
    rules = {**RULES, "more": RULES["core.country.unknown"]}
    report = build_report(dataclasses.replace(plain(), reasons=twice, rules=rules))
    alone = {line.rule_id: (line.people, line.people_alone) for line in report.reasons}
    assert (alone["core.country.unknown"], alone["core.optout.person"]) == ((1, 0), (1, 1))


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
    assert "Outreach on Wednesday, 14 October 2026" in html.read_text("utf-8")


@pytest.mark.parametrize("render", [render_html, render_json])
def test_the_report_names_nobody(render: object) -> None:
    """Law 7: counts, rule ids and dates; no name, address, number, company or sentence about a person."""
    assert callable(render)
    text = render(sample_report())
    assert [word for word in _NAMELESS if word in text] == []
    assert re.findall(r"\bp[0-9]\b|\br[0-9]+\b", text) == []


def test_the_order_of_rows_makes_no_difference() -> None:
    """Law 6: the same content gives the same bytes."""
    given = material()
    shuffled = dataclasses.replace(
        given,
        decisions=given.decisions.reverse(),
        reasons=given.reasons.sample(fraction=1.0, shuffle=True, seed=3),
        queue=given.queue.reverse(),
        rules=dict(reversed(RULES.items())),
        suppressions=given.suppressions.reverse(),
        contacts=given.contacts.reverse(),
        wanted=wanted().reverse(),
    )
    one, other = build_report(given), build_report(shuffled)
    assert (render_html(one), render_json(one)) == (render_html(other), render_json(other))


def test_a_run_about_nobody_reads_well() -> None:
    """The first run of a new workspace has nothing to count and says so."""
    report = build_report(
        Material(run=RUN, decisions=empty(DECISIONS), reasons=empty(REASONS), queue=empty(QUEUE), rules={})
    )
    text = render_html(report)
    assert "0 people to contact today." in text
    assert "No list is active yet." in text
    assert "declares no opt-out feeds" in text
    assert report.conversations is None


def test_what_was_not_counted_is_not_claimed() -> None:
    """A report that was told nothing about quarantine does not say that it is empty."""
    told = build_report(dataclasses.replace(plain(), quarantined={}))
    untold = build_report(plain())
    assert "No file is in quarantine." in render_html(told)
    assert "quarantine" not in render_html(untold)


def test_words_from_settings_and_rule_files_are_escaped() -> None:
    """Nothing that somebody typed becomes markup, in the page or in a chart."""
    hostile = '<script>alert("1")</script>&'
    rule = dataclasses.replace(RULES["core.country.unknown"], reason=hostile, fix=hostile)
    run = dataclasses.replace(RUN, organisation=hostile)
    report = build_report(dataclasses.replace(plain(), run=run, rules={**RULES, "core.country.unknown": rule}))
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
