"""The call sheet: one page a person with everything a rep needs, and nothing of it runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from flows.exports.brief_text import as_html_text
from flows.exports.call_sheet import OUTCOMES_SHOWN, as_html
from flows.exports.handout import Handout
from flows.exports.words import lane_of, own_window, their_window
from flows.ledger.vocabulary import OUTCOMES
from tests.flows.handouts import FACTS, handout, line

WARM = ("in_conversation", "customer", "referred", "met")


class _Seen(HTMLParser):
    """The tags of a page and where they lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag, its links and whatever would run."""
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def page_of(made: Handout | None = None) -> str:
    """The page as text."""
    return as_html(made or handout()).decode()


def words_of(page: str) -> str:
    """What can be read on the page, blanks made single."""
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<style>.*?</style>", "", page)).split())


@pytest.mark.parametrize(
    "words",
    [
        "1 Marlene Okonkwo Head of Terminals, Kestrel Works",
        "Call first You have met: say where.",
        "Call +12025550123",
        "Only between 2026-10-14, 10:00 to 17:00 their time (America/Chicago)",
        "; by our clock 2026-10-14, 17:00 to midnight",
        "Your talk on &lt;b&gt;tides&lt;/b&gt; stayed with me.",
        "The problem we think they feel Container weights arrive",
        "https://nordhafen.example/aktuelles/gewichte",
        "Brief by nadia, 2026-10-01",
        "Questions to ask Which shippers are off most often",
        "Last time 2026-09-22, by phone: call back (nadia) Berth 4 is the bottleneck. Agreed: Send the map",
        "Must be said Say first: &#39;My name is (your full name).&#39;",
        "Say: &#39;I am calling for Harbour &amp; Sons.&#39;",
        "Where the data came from fair (obtained 2026-09-20, file 01234567, row 3)",
        "Lawful basis legitimate interest",
        "What they said",
        "connected meeting call back voicemail no answer not interested asked to stop",
        "Next step Call back on Referred to At",
        "2 =cmd",
        "Short e-mail: ask for ten minutes",
        "Must be in it Name yourself and Harbour &amp; Sons.",
        "For nadia, Harbour &amp; Sons. Valid until 2026-10-15 00:00 (Europe/Berlin)",
    ],
)
def test_the_sheet_says_what_a_rep_needs(words: str) -> None:
    """Who, why, when by both clocks, what to say and must be said, what was said, and room for what they say."""
    assert words in words_of(page_of())


def test_nothing_on_the_sheet_runs_or_leads_astray() -> None:
    """No script, image or frame of a list's or brief's making; links dial, write, or lead to the web."""
    seen = _Seen(page_of())
    assert seen.tags & {"script", "img", "iframe", "object", "form", "svg", "b", "i", "u"} <= {"b"}
    assert seen.handlers == []
    assert [
        link for link in seen.links if not link.startswith(("tel:+", "mailto:", "https://", "http://", "#", "data:,"))
    ] == []
    assert "default-src 'none'" in page_of()


def test_an_address_cannot_add_to_a_mail() -> None:
    """Signs that would give a mail a second address or a body are escaped in the link."""
    assert 'href="mailto:a%3Fbcc%3Db@kestrel.example"' in page_of()


def test_a_queue_no_longer_in_force_says_so_on_every_page() -> None:
    """An old sheet is for reading."""
    assert words_of(page_of(handout(in_force=False))).count("Not in force:") == 3
    assert "Not in force" not in page_of()


def test_a_brief_that_is_gone_is_said_to_be() -> None:
    """After an erasure, or of an old run."""
    assert "The brief (0123456789abcdef) is not kept any more." in words_of(page_of(Handout(line(), FACTS)))
    assert "No brief." in words_of(page_of(Handout(line(brief_id=None), FACTS)))


def test_nobody_to_contact_is_a_sheet_that_says_so() -> None:
    """And no page."""
    assert "Nobody is in the queue." in words_of(page_of(Handout(line().clear(), FACTS)))


def test_of_several_zones_all_are_told() -> None:
    """The hours are those of the first, and lawful in every one."""
    page = words_of(page_of(Handout(line(timezone="America/Chicago|America/New_York"), FACTS)))
    assert "10:00 to 17:00 their time (America/Chicago, lawful in America/New_York too)" in page


def test_the_boxes_are_outcomes_of_the_contract() -> None:
    """Every outcome has its box on one of the sheets, under the very word of the outcome column."""
    assert {name for names in OUTCOMES_SHOWN.values() for name in names} == set(OUTCOMES.values())


@pytest.mark.parametrize("relationship", WARM)
def test_those_who_know_us_are_called_first(relationship: str) -> None:
    """Practice P11, and strangers are asked for ten minutes."""
    assert lane_of("phone", relationship).do == "Call first"
    assert "ten minutes" in lane_of("phone", "cold").do
    assert lane_of("email", None).do == "Short e-mail: ask for ten minutes"
    assert lane_of("email", relationship).do == "Personal e-mail: offer a call"


@pytest.mark.parametrize(
    ("start", "end", "theirs", "ours"),
    [
        (
            "2026-10-14T10:00:00+02:00",
            "2026-10-14T17:00:00+02:00",
            "2026-10-14, 10:00 to 17:00",
            "2026-10-14, 10:00 to 17:00",
        ),
        (
            "2026-10-14T10:00:00-05:00",
            "2026-10-14T17:00:00-05:00",
            "2026-10-14, 10:00 to 17:00",
            "2026-10-14, 17:00 to midnight",
        ),
        (
            "2026-10-15T10:00:00+11:00",
            "2026-10-15T17:00:00+11:00",
            "2026-10-15, 10:00 to 17:00",
            "2026-10-15, 01:00 to 08:00",
        ),
        (
            "2026-10-14T10:00:00-08:00",
            "2026-10-14T17:00:00-08:00",
            "2026-10-14, 10:00 to 17:00",
            "2026-10-14 20:00 to 2026-10-15 03:00",
        ),
        (None, None, "", ""),
    ],
)
def test_a_window_is_told_by_both_clocks(start: str | None, end: str | None, theirs: str, ours: str) -> None:
    """Theirs decides; ours is for the rep's own day."""
    window = {"not_before": start, "not_after": end}
    assert (their_window(window), own_window(window, "Europe/Berlin")) == (theirs, ours)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "- 2026-09-16: it says so (https://a.example/x_(y)?q=1).",
            '<a href="https://a.example/x_(y)?q=1">https://a.example/x_(y)?q=1</a>)',
        ),
        ("see <https://a.example/x>", '<a href="https://a.example/x">https://a.example/x</a>'),
        ("[their page](https://a.example/x)", '<a href="https://a.example/x" class="named">their page</a>'),
        ("**so** it is", "<strong>so</strong> it is"),
        ("<b>x</b> & 'y'", "&lt;b&gt;x&lt;/b&gt; &amp; 'y'"),
        ("[x](javascript:alert(1)) [y](data:text/html,x)", "[x](javascript:alert(1)) [y](data:text/html,x)"),
        ("## A heading", "<p>## A heading</p>"),
        ("    four blanks", "<p>four blanks</p>"),
        ("1. one\n2. two", "<li>two</li>"),
    ],
)
def test_the_text_of_a_brief_is_markdown_without_html(text: str, html: str) -> None:
    """Lists, emphasis and links of the web; whatever else stands there is shown as it is written."""
    assert html in as_html_text(text)
