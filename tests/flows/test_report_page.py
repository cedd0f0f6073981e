"""The report and the call sheet in a real browser: nothing overflows, nothing is fetched, nothing complains."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.exports.call_sheet import as_html
from flows.exports.handout import BriefPart, Handout, Known
from flows.reports.run_report import render_html
from flows.scaffold import sample_folder
from policies.brief import parse_brief
from policies.disclosures import DISCLOSURE_CODES, must_include
from tests.flows.handouts import FACTS, MARLENE, handout, line
from tests.flows.report_sample import sample_report
from tests.policies.test_disclosures import US

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium, or a skip where there is none and none is required."""
    if CHROMIUM is None:
        if os.environ.get("TACTFUL_REQUIRE_BROWSER") == "1":
            pytest.fail("TACTFUL_REQUIRE_BROWSER=1, but there is no Chromium")
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=list(_QUIET))
        yield running
        running.close()


@pytest.fixture(scope="module", params=["report", "call sheet"])
def page_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page on disk, as a user opens it."""
    html = render_html(sample_report()).encode() if request.param == "report" else as_html(handout())
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_bytes(html)
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_reads_well(browser: Browser, page_file: Path, width: int, scheme: str) -> None:
    """No sideways scrolling of the page, no request, no complaint; no word smaller than can be read."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(page_file.as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth")
    sizes = page.evaluate(
        "[...document.querySelectorAll('p, td, th, li, dd, svg text')].filter(e => e.textContent.trim()).map(e => {"
        " const svg = e.closest('svg');"
        " const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;"
        " return parseFloat(getComputedStyle(e).fontSize) * scale; })"
    )
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(e => Number(e.tagName[1]))")
    page.close()
    assert wide <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert min(sizes) >= 11
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_charts_have_a_spoken_description(browser: Browser, page_file: Path) -> None:
    """Whoever does not see a chart hears its figures."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    spoken = page.evaluate("[...document.querySelectorAll('svg')].map(e => e.getAttribute('aria-label'))")
    page.close()
    assert all(text and text[-1] == "." for text in spoken)


def _longest_brief(times: float) -> tuple[BriefPart, ...]:
    """The parts of the longest brief of the sample, so many times as long."""
    texts = [file.read_text(encoding="utf-8") for file in (sample_folder() / "data" / "inbox" / "briefs").glob("*.md")]
    sections = parse_brief(max(texts, key=len)).sections
    return tuple(
        BriefPart(
            {"Opening line": "opening_line", "Questions to ask": "questions"}.get(name),
            name,
            body + body[: int(len(body) * (times - 1))].replace("\n-", " "),
        )
        for name, body in sections.items()
    )


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("times", [1.0, 1.35])
def test_a_person_is_one_page_of_paper(browser: Browser, tmp_path: Path, paper: str, times: float) -> None:
    """Behind the page that lists the day, also with a long brief, a note and everything a law asks to be said."""
    known = Known(brief=_longest_brief(times), brief_by="nadia, 2026-10-01", note=handout().about(MARLENE).note)
    everything = must_include(DISCLOSURE_CODES, US, first_contact=True, channel="phone")
    lines = pl.concat([line(person_id=f"p{place}", rank=place, must_include=everything) for place in (1, 2)])
    file = tmp_path / "sheet.html"
    file.write_bytes(as_html(Handout(lines, FACTS, {"p1": known, "p2": known})))
    page = browser.new_page()
    page.goto(file.as_uri())
    pdf = page.pdf(format=paper)
    page.close()
    assert max(map(int, re.findall(rb"/Count (\d+)", pdf))) == 3
