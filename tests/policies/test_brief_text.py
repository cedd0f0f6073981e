"""Reading briefs: plain front matter, every value a string, anything richer refused."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policies.brief import parse_brief
from policies.errors import RefusedFile
from tests.effort import few
from tests.policies.brief_texts import FULL


def _with(front_matter: str) -> str:
    return f"---\n{front_matter}\n---\n\n## Who they are\n\nText.\n"


FIELDS = ("contact", "author", "tier")
WORDS = ["a", "Zoë", "yes", "~", "1", "2026-10-14", '"x y"', '"a: b"', '"#"', "it's", "a@b.example", "+49", "(x)", "-"]
ODD_WORDS = ["*a", "&a", "!t", "x &y", "#", "", '"', "\\", "[]", "a: b", "\t", "<<"]


@few(100)
@given(st.lists(st.lists(st.sampled_from(WORDS + ODD_WORDS), max_size=3), max_size=3))
def test_plain_lines_mean_what_yaml_says_they_mean(lines: list[list[str]]) -> None:
    """What is read without YAML is read as the whole parser would: an empty comment sends the same lines there."""
    source = "\n".join(f"{name}: {' '.join(words)}" for name, words in zip(FIELDS, lines, strict=False))
    assert _read_or_refused(source) == _read_or_refused(f"{source}\n#")


def _read_or_refused(front_matter: str) -> tuple[str | None, ...] | str:
    try:
        brief = parse_brief(_with(front_matter))
    except RefusedFile as error:
        return error.code
    return brief.contact, brief.author, brief.tier, str(brief.field_lines)


def test_a_brief_is_read_as_written() -> None:
    """Fields, headings with their lines, and the text below them."""
    brief = parse_brief(FULL)
    assert (brief.contact, brief.person_id) == ("j.brueckner@nordhafen.example", None)
    assert (brief.author, brief.date, brief.tier) == ("Lena Hartwig", "2026-10-09", "full")
    assert [(part.heading, part.line) for part in brief.parts][:3] == [
        ("Jördis Brückner", 8),
        ("Who they are", 10),
        ("How we know", 14),
    ]
    assert brief.sections["How we know"].strip() == "Speaker page of the summit, with her picture and employer."


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-10-09", "2026-10-09"),  # a date stays a text
        ("no", "no"),  # and so does what YAML would make a truth value
        ("007", "007"),
        ("+493023125111", "+493023125111"),
        ('"quoted: yes"', "quoted: yes"),
        ("'it''s'", "it's"),
        ("Lena # who else", "Lena"),
        ("", None),
        ("~", "~"),
    ],
)
def test_every_value_is_a_string(value: str, read: str | None) -> None:
    """Nothing is turned into a date, number or truth value."""
    assert parse_brief(_with(f"author: {value}")).author == read


@pytest.mark.parametrize(
    "front_matter",
    [
        "author: &a Lena\ncontact: x",
        "author: &a Lena\ncontact: *a",
        "author: !!str Lena",
        "!!map\nauthor: Lena",
        "author: [Lena, Kim]",
        "author: {first: Lena}",
        "author:\n  first: Lena",
        "{{author}}: x",
        "- author: Lena",
        "Lena",
        "author: Lena\nAuthor: Kim",
        "author: 'Lena",
        "author: Lena\x00",
        "author: " + "x" * 9000,
    ],
)
def test_richer_front_matter_is_refused(front_matter: str) -> None:
    """Anchors, aliases, tags, nesting, two of a field, and more than a page of it."""
    with pytest.raises(RefusedFile) as raised:
        parse_brief(_with(front_matter))
    assert raised.value.code == "brief_unreadable"
    assert "Lena" not in raised.value.message


@pytest.mark.parametrize(
    "text", ["", "no front matter", "---\nauthor: Lena\n", "\n---\n---\n", "---\n---\n" + "x" * 200_001]
)
def test_texts_that_are_no_briefs_are_refused(text: str) -> None:
    """No front matter, one without end, or a text without bounds."""
    with pytest.raises(RefusedFile):
        parse_brief(text)


@pytest.mark.parametrize(
    ("body", "headings"),
    [
        ("## One\na\n### Deeper\nb\n# Two #\n", ["One", "Two"]),
        ("##No heading\n## One\n", ["One"]),
        ("## One\n```\n## code\n```\n## Two\n", ["One", "Two"]),
        ("text before\n\n## One\n", ["One"]),
        ("", []),
    ],
)
def test_parts_begin_at_headings_of_two_levels(body: str, headings: list[str]) -> None:
    """Deeper headings and code belong to the text of their part."""
    assert [part.heading for part in parse_brief(f"---\n---\n{body}").parts] == headings


def test_a_heading_that_stands_twice_keeps_both_texts() -> None:
    """Nothing that was written is dropped."""
    assert parse_brief("---\n---\n## One\na\n## One\nb").sections == {"One": "a\nb"}


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever comes in the inbox, it is a brief or a refusal, never anything else."""
    for whole in (text, f"---\n{text}\n---\n", f"---\n---\n{text}"):
        try:
            brief = parse_brief(whole)
        except RefusedFile:
            continue
        assert brief.text == whole


@given(st.dictionaries(st.sampled_from(["contact", "person_id", "author", "date", "tier"]), st.text(max_size=40)))
def test_what_yaml_writes_is_read_back(fields: dict[str, str]) -> None:
    """The plain part of YAML is read as YAML reads it."""
    whole = f"---\n{yaml.safe_dump(fields, allow_unicode=True) if fields else ''}---\n"
    brief = parse_brief(whole)
    assert {name: getattr(brief, name) or "" for name in fields} == {
        name: value.strip() for name, value in fields.items()
    }
