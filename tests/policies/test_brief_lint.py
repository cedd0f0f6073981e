"""The lint of briefs: every kind of bad brief is found, at its place, and no good one is refused."""

from __future__ import annotations

from datetime import date

import pytest

from policies.brief import About, lint, parse_brief
from tests.policies.brief_texts import (
    ABOUT,
    CONVERSATION,
    FULL,
    NAMES,
    SETTINGS,
    SHORT,
    TODAY,
    findings,
    full,
    rule_ids,
)

OPENING = (
    "Guten Tag Jördis Brückner, drei Gewichte für einen Container: Irren sich Ihre Verlader zufällig oder auf ihre Art?"
)
TALK = (
    "- 2026-09-16: her talk at the summit, 'Drei Gewichte, ein Container': https://nordhafen.example/aktuelles/gewichte"
)
BULLETIN = (
    "- 26 August 2026: port bulletin on the replanned bay, [quoting the company](https://port.example/bulletin/7)"
)
VIEW = "The best weight is the crane's, and it comes too late."


@pytest.mark.parametrize("text", [FULL, SHORT, CONVERSATION])
def test_good_briefs_have_no_findings(text: str) -> None:
    """Of any tier."""
    assert findings(text) == []


@pytest.mark.parametrize(
    ("changes", "rule", "place"),
    [
        ([("## Evidence", "## Notes")], "brief.part_missing", "Evidence"),
        (
            [("Speaker page of the summit, with her picture and employer.", "")],
            "brief.part_missing",
            "How we know, line 14",
        ),
        ([(VIEW, "")], "brief.part_thin", "Our point of view, line 32"),
        ([(VIEW, "good " * 40)], "brief.part_thin", "Our point of view, line 32"),
        (
            [("- How early do the planners need a weight they can keep?", "")],
            "brief.part_thin",
            "Questions to ask, line 48",
        ),
        ([("2026-09-16: ", "")], "brief.evidence_undated", "Evidence, line 28"),
        ([("2026-09-16: ", "16/09/2026: ")], "brief.evidence_undated", "Evidence, line 28"),
        ([("2026-09-16: ", "2027-09-16: ")], "brief.evidence_undated", "Evidence, line 28"),
        ([("(https://port.example/bulletin/7)", "")], "brief.evidence_unlinked", "Evidence, line 30"),
        ([(TALK, ""), ("26 August 2026", "26 August 2025")], "brief.evidence_stale", "Evidence, line 26"),
        ([("Brückner, drei", "Brueckner, drei")], "brief.opening_name", "Opening line, line 44"),
        ([("Guten Tag Jördis Brückner, drei", "Guten Tag, drei")], "brief.opening_name", "Opening line, line 44"),
        ([("drei Gewichte für", "wir haben Gewichte für")], "brief.opening_about_us", "Opening line, line 44"),
        ([("Verlader zufällig", "Verlader " + "oft " * 60)], "brief.opening_long", "Opening line, line 44"),
        ([(VIEW, f"<How does it bear on them?> {VIEW}")], "brief.placeholder", "Our point of view, line 34"),
        ([("Lena Hartwig", "<your name>")], "brief.placeholder", "front matter, line 3"),
        ([("a weight they can keep", "{{figure}}")], "brief.placeholder", "Questions to ask, line 51"),
        ([("No replanned bay", "TODO: No replanned bay")], "brief.placeholder", "Their business objective, line 20"),
        ([(VIEW, f"Our synergies are plain. {VIEW}")], "brief.stop_phrase", "Our point of view, line 32"),
        ([("drei Gewichte", "I  am Just\nChecking In: drei Gewichte")], "brief.stop_phrase", "Opening line, line 44"),
        ([(VIEW, f"I hope this e-mail finds you well. {VIEW}")], "brief.stop_phrase", "Our point of view, line 32"),
        ([(VIEW, f"We help companies such as yours. {VIEW}")], "brief.stop_phrase", "Our point of view, line 32"),
        ([(VIEW, f"Espero que esté bien. {VIEW}")], "brief.stop_phrase", "Our point of view, line 32"),
        ([(VIEW, f"Spero che stia bene. {VIEW}")], "brief.stop_phrase", "Our point of view, line 32"),
        ([("drei Gewichte für", "[Firma] und Gewichte für")], "brief.placeholder", "Opening line, line 46"),
        ([("drei Gewichte für", "%COMPANY% und Gewichte für")], "brief.placeholder", "Opening line, line 46"),
        ([("drei Gewichte für", "«Vorname» und Gewichte für")], "brief.placeholder", "Opening line, line 46"),
        ([("drei Gewichte für", "FIRSTNAME und Gewichte für")], "brief.placeholder", "Opening line, line 46"),
        ([("drei Gewichte für", "XXXXX und Gewichte für")], "brief.placeholder", "Opening line, line 46"),
        ([("drei Gewichte für", "$FNAME und Gewichte für")], "brief.placeholder", "Opening line, line 46"),
        ([("drei Gewichte für", "#NAME? und Gewichte für")], "brief.placeholder", "Opening line, line 46"),
        ([("drei Gewichte für", "Nordhaven hat Gewichte für")], "brief.opening_company", "Opening line, line 44"),
        ([("drei Gewichte für", "Nord Hafen hat Gewichte für")], "brief.opening_company", "Opening line, line 44"),
        (
            [("drei Gewichte für", "als Marktkenner bieten wir unsere Gewichte für")],
            "brief.opening_about_us",
            "Opening line, line 44",
        ),
        (
            [("with her picture", "where her husband works, with her picture")],
            "brief.private_life",
            "How we know, line 16",
        ),
        (
            [("with her picture", "Mutter von zwei Kindern, with her picture")],
            "brief.private_life",
            "How we know, line 16",
        ),
        ([("with her picture", "she was diagnosed with cancer")], "brief.special_category", "How we know, line 16"),
        ([("with her picture", "she is a devout Catholic")], "brief.special_category", "How we know, line 16"),
        ([("with her picture", "seit Mai krankgeschrieben")], "brief.special_category", "How we know, line 16"),
        (
            [("# Jördis Brückner\n", "She was diagnosed with cancer.\n\n# Jördis Brückner\n")],
            "brief.special_category",
            "above the first heading, line 8",
        ),
        ([("author: Lena Hartwig\n", "")], "brief.author_missing", "front matter"),
        ([("author: Lena Hartwig", "author:")], "brief.author_missing", "front matter"),
        ([("date: 2026-10-09\n", "")], "brief.date_missing", "front matter"),
        ([("2026-10-09", "last week")], "brief.date_missing", "front matter, line 4"),
        ([("2026-10-09", "2026-10-15")], "brief.date_in_future", "front matter, line 4"),
        ([("2026-10-09", "2026-07-15")], "brief.expired", "front matter, line 4"),
        ([("tier: full", "tier: huge")], "brief.tier_unknown", "front matter, line 5"),
        ([("contact: j.brueckner@nordhafen.example\n", "")], "brief.contact_missing", "front matter"),
    ],
)
def test_every_fault_is_found_at_its_place(changes: list[tuple[str, str]], rule: str, place: str) -> None:
    """Rule id, heading and line."""
    assert (rule, place) in [(finding.rule_id, finding.place) for finding in findings(full(*changes))]


@pytest.mark.parametrize(
    "changes",
    [
        [("2026-10-09", "2026-07-16")],  # the last day of its shelf life
        [("2026-09-16: ", "16.09.2026 ")],
        [("2026-09-16: ", "September 16, 2026: ")],
        [("2026-09-16: ", "Sept. 2026: ")],
        [("26 August 2026", "26 August 2019")],  # one fact is fresh
        [("https://nordhafen.example/aktuelles/gewichte", "<https://nordhafen.example/aktuelles/gewichte?x=1>")],
        [("answerable for weights", "answerable for 2 < 3 weights and (see <b>there</b>)")],
        [("Speaker page of the summit", "She wrote of just checking in with shippers. Speaker page of the summit")],
        [("No replanned bay", "Ningún retraso para todo el equipo, no replanned bay")],
        [("## The problem we think they feel", "# THEIR PROBLEM:")],
        [("drei Gewichte für", "Weights are yours: drei Gewichte für")],
        [("Irren sich", "und was wir davon halten? Irren sich")],
        [(VIEW, f"<!-- TODO ask Tomasz\n<look it up> -->\n{VIEW}")],
        [("No replanned bay", "### This winter\n\nNo replanned bay")],
        [("tier: full", "tier: full\nreviewed_by: Tomasz")],
        [("## ", "### ")],
        [("\n## ", "\n# ")],
        [("2026-09-16: ", "16. September 2026: ")],
        [("26 August 2026", "26 août 2026")],
        [("26 August 2026", "26 de agosto de 2026")],
        [("No replanned bay", "The hospitals' patients and a school's children: no replanned bay")],
        [("No replanned bay", "The family business wants no replanned bay")],
        [("No replanned bay", "The team suffers from late weights, its cancer registry from none")],
        [("drei Gewichte für", "Nordhafens drei Gewichte für")],
        [("drei Gewichte für", "NORDHAFEN, drei Gewichte für")],
        [("No replanned bay", "What «Lastberg» and «Nome in codice» mean: no replanned bay")],
        [("Jördis Brückner, Leiterin Datenmanagement at Nordhafen Spedition", "Leads the data team at Nordhafen")],
    ],
)
def test_no_good_brief_is_refused(changes: list[tuple[str, str]]) -> None:
    """What is merely unusual passes."""
    assert findings(full(*changes)) == []


def test_research_on_somebody_else_or_on_anybody_is_not_about_them() -> None:
    """The name in the opening line alone makes nobody known; whoever shares the given name is another person."""
    who = "Jördis Brückner, Leiterin Datenmanagement at Nordhafen Spedition"
    for theirs in (
        "Kai Lund, Leiter Disposition at Nordhafen Spedition",
        "Jördis Lund, Leiterin Disposition at Nordhafen",
    ):
        assert rule_ids(full((who, theirs))) == ["brief.not_about_them"]
    links = [("nordhafen.example/aktuelles", "news.example"), ("j.brueckner@nordhafen.example", "j@example.com")]
    assert rule_ids(full((who, "A decision maker with budget"), *links)) == ["brief.not_about_them"]
    assert rule_ids(full((who, "A decision maker with budget"))) == []  # a link leads to their company


@pytest.mark.parametrize(
    ("written", "company", "found"),
    [
        ("2026-10-09", "Nordhafen Spedition", ["brief.former_employer"]),
        ("2026-10-09", "Südkai Lager", []),
        ("2026-10-09", "Nordhafen Spedition and, since autumn, Südkai Lager", []),
        ("2026-09-20", "the port", ["brief.former_employer"]),
        ("2026-10-09", "the port", []),
    ],
)
def test_what_was_written_for_a_former_employer_fails(written: str, company: str, found: list[str]) -> None:
    """Who has changed employer is researched anew; whoever knew of the change is not told of it."""
    text = full(
        ("Nordhafen Spedition", company), ("nordhafen.example/aktuelles", "news.example"), ("2026-10-09", written)
    )
    about = About(NAMES, ("Südkai Lager GmbH",), ("Nordhafen Spedition GmbH",), date(2026, 10, 1))
    ids = {finding.rule_id for finding in lint(parse_brief(text), SETTINGS, TODAY, about)}
    assert sorted(ids - {"brief.not_about_them"}) == found


def test_evidence_without_list_is_one_fact() -> None:
    """A plain paragraph with date and link is enough; without either both are asked for."""
    start, end = FULL.index("- 2026-09-16"), FULL.index("## Our point")
    told = (
        "Her talk of September 2026 on three weights for one container, see https://nordhafen.example/talk for it.\n\n"
    )
    assert findings(FULL[:start] + told + FULL[end:]) == []
    vague = "Somebody told us that she spoke about weights at some meeting.\n\n"
    assert rule_ids(FULL[:start] + vague + FULL[end:]) == ["brief.evidence_undated", "brief.evidence_unlinked"]


def test_short_briefs_need_no_evidence_but_their_own_parts() -> None:
    """Evidence in a short brief is a note; what they asked is not."""
    assert rule_ids(SHORT + "\n## Evidence\n\nA talk.\n") == []
    assert rule_ids(CONVERSATION.replace("## Last conversation", "## Something else")) == ["brief.part_missing"]
    assert rule_ids(SHORT + "\n## Evidence\n\nTBD\n") == ["brief.placeholder"]


def test_names_unknown_or_without_spelling_cannot_be_checked() -> None:
    """Nobody known under the contact, or nobody's name on any list."""
    nameless = full(("Guten Tag Jördis Brückner, drei", "Drei"))
    assert rule_ids(nameless, None) == []
    assert rule_ids(nameless, ()) == []
    assert rule_ids(nameless) == ["brief.opening_name"]


def test_findings_say_how_to_mend_and_never_quote_the_brief() -> None:
    """Law 7: messages carry places and rules, not what is written about a person."""
    spoiled = full((OPENING, "Dear <name>, we synergise"), ("2026-09-16: ", ""), ("Lena Hartwig", ""))
    for finding in findings(spoiled):
        assert finding.fix
        words = {*NAMES, "Nordhafen", "nordhafen", "synergise", "Gewichte", "gewichte"}
        assert not any(word in f"{finding.message} {finding.place}" for word in words)


def test_crlf_and_byte_order_mark_move_no_line() -> None:
    """Written on any system, the same findings."""
    spoiled = full((VIEW, "<fill in>"))
    windows = "\ufeff" + spoiled.replace("\n", "\r\n")
    assert lint(parse_brief(windows), SETTINGS, TODAY, ABOUT) == findings(spoiled)


@pytest.mark.parametrize("mark", ["<!--", "[", "Jördis ", "${"], ids=["comment", "bracket", "name", "brace"])
def test_a_brief_written_to_be_slow_is_not(mark: str) -> None:
    """Each of these kept the check busy for minutes while a pattern looked for its end from every beginning."""
    junk = mark * (60_000 // len(mark))
    assert {finding.rule_id for finding in findings(full((OPENING, f"{OPENING} {junk}")))} <= {"brief.opening_long"}
