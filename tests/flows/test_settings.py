"""Settings are read strictly: every problem at once, by line, with the nearest valid name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.settings import load_settings, parse_settings, settings_sha256, without_effect
from policies.errors import RuleFileError
from tests.flows.workspaces import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path


def problems_of(text: str) -> list[tuple[int, str, str]]:
    """Line, message and fix of every problem of a settings text."""
    with pytest.raises(RuleFileError) as caught:
        parse_settings(text, "tactful.toml")
    return [(problem.line, problem.message, problem.fix) for problem in caught.value.problems]


def test_good_settings_are_taken() -> None:
    """A complete file gives frozen settings, the clock in UTC."""
    settings = parse_settings(SETTINGS, "tactful.toml")
    assert settings.clock == datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
    assert [rep.name for rep in settings.reps] == ["maria", "tom"]
    assert settings.optout_feeds.none


def test_every_key_of_the_file_is_read() -> None:
    """Feeds, registrations, paths and retention arrive where they belong."""
    text = SETTINGS.replace("none = true", "") + (
        '[[optout_feeds.feed]]\nname = "crm"\nmax_age_hours = 24\nmin_rows = 10\n'
        '[sender.US]\ndnc_account = "12345"\n'
        '[paths]\ndata = "elsewhere"\n'
        "[retention]\nruns_days = 365\n"
    )
    settings = parse_settings(text, "tactful.toml")
    assert (settings.optout_feeds.feed[0].max_age_hours, settings.optout_feeds.feed[0].min_rows) == (24, 10)
    assert settings.sender == {"US": {"dnc_account": "12345"}}
    assert (settings.paths.data, settings.retention.runs_days) == ("elsewhere", 365)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("workspace_id =", "workspace_idd =", 2, "Did you mean `workspace_id`?"),
        ('name = "Acme Widgets"', 'nmae = "Acme Widgets"', 6, "Did you mean `name`?"),
        ("daily_budget = 10", 'daily_budget = "ten"', 18, "`reps.1.daily_budget`"),
        ("daily_budget = 10", "daily_budget = -1", 18, "greater than or equal to 0"),
        ("Europe/Berlin", "Europe/Bärlin", 9, "IANA time zone"),
        ("06:30:00Z", "06:30:00", 3, "needs an offset"),
        ("https://", "htp://", 8, "`organisation.privacy_notice_url`: must be a web address"),
        ('"test"', '"Test it"', 2, "must be lower-case letters"),
        ('"acme.example"', '"me@acme.example"', 10, "must be a mail domain"),
        ('name = "tom"', 'name = "Maria"', 1, "same name"),
        ("none = true", "", 20, "say none = true"),
        ("none = true", "none = false", 20, "say none = true"),
        ("[organisation]", "[organization]", 5, "Did you mean `organisation`?"),
        ("[optout_feeds]", "[sender.usa]\n[optout_feeds]", 20, "must be a country"),
    ],
)
def test_a_problem_is_named_by_line_with_the_mend(old: str, new: str, line: int, words: str) -> None:
    """Each kind of problem points at its own line and says what would be right."""
    found = problems_of(SETTINGS.replace(old, new))
    assert any(at == line and words in f"{message} {fix}" for at, message, fix in found), found


def test_all_problems_are_reported_at_once() -> None:
    """Three mistakes give three problems, in the order of the file."""
    text = SETTINGS.replace("workspace_id", "workspaceid").replace("daily_budget = 20", "budget = 20")
    lines = [line for line, _, _ in problems_of(text)]
    assert lines == sorted(lines)
    assert len(lines) == 4  # an unknown and a missing key each


def test_text_that_is_no_toml_points_at_the_line() -> None:
    """A syntax error is a problem with a line as well."""
    assert problems_of('workspace_id = "a"\nclock = = 1\n')[0][0] == 2


def test_a_file_in_another_encoding_points_at_the_line(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are reported by line; a byte order mark is no problem."""
    path = tmp_path / "tactful.toml"
    path.write_bytes(b"# first\n# \xfcmlaut\n")
    with pytest.raises(RuleFileError) as caught:
        load_settings(path)
    assert caught.value.problems[0].line == 2
    path.write_bytes(b"\xef\xbb\xbf" + SETTINGS.encode())
    assert load_settings(path).workspace_id == "test"


def test_only_what_decides_enters_the_hash() -> None:
    """Another clock or folder leaves the hash alone, another budget changes it."""
    base = settings_sha256(parse_settings(SETTINGS, "t"))
    moved = SETTINGS.replace("06:30", "07:30") + '[paths]\ndata = "elsewhere"\n'
    assert settings_sha256(parse_settings(moved, "t")) == base
    assert settings_sha256(parse_settings(SETTINGS.replace("= 20", "= 21"), "t")) != base


def test_what_has_no_effect_is_named_and_names_no_other_run() -> None:
    """Read and checked, told, and left out of the hash."""
    settings = parse_settings(SETTINGS + '[sender.US]\ndnc_account = "12345"\n', "t")
    assert without_effect(settings) == ("sender",)
    assert without_effect(parse_settings(SETTINGS, "t")) == ()
    assert settings_sha256(settings) == settings_sha256(parse_settings(SETTINGS, "t"))


@pytest.mark.parametrize(
    ("base", "used"),
    [
        ("https://acme.example/stop/", "https://acme.example/stop/"),
        ("https://acme.example/stop", "https://acme.example/stop/"),
        ("https://acme.example/?u=", "https://acme.example/?u="),
        ("http://acme.example/stop/", None),
    ],
)
def test_links_lead_where_one_click_can_go(base: str, used: str | None) -> None:
    """A token goes behind the base; an address without TLS is none, and is told as without effect."""
    settings = parse_settings(f'unsubscribe_base_url = "{base}"\n{SETTINGS}', "t")
    assert settings.unsubscribe_base == used
    assert without_effect(settings) == (() if used else ("unsubscribe_base_url",))
    assert settings_sha256(settings) != settings_sha256(parse_settings(SETTINGS, "t"))
