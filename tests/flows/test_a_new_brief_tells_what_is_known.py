"""``brief new``: nobody looks up what is known already, and what is missing is marked for whoever writes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from flows.asking.research import Draft
from flows.cli import call
from policies.brief import parse_brief
from tests.small_workspace import SOURCES, Line, drop, drop_list, make_workspace, publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.workspace import Workspace

ADA, BEA, CHO, DEV = "ada@acme.example", "bea@bolt.example", "cho@crest.example", "dev@delta.example"
SAID = "The fifth depot is late."
ASKED = "How do you treat a file that is right but late?"
_ACCOUNTS = (
    '[[account]]\nname = "Acme Inc"\ndomains = ["acme.example"]\ntier = "A"\nowner = "maria"\nrelationship = "target"\n'
)
_COLUMNS = "First Name,Last Name,Email,Phone,Company,Job Title,Country,State,No e-mail,No calls"
_INQUIRIES = f"""{_COLUMNS},Asked on,Asked about
Cho,Park,{CHO},,Crest Inc,Head of Operations,United States,Illinois,,,2026-10-12,{ASKED}
Eve,\x1b[31mMoss,eve@ember.example,,Ember Inc,Head of Operations,United States,Illinois,,,2026-10-12,"<b>
# Prices?"
"""


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Ada on two lists and spoken to, Bea on one, Cho and Eve who asked us something, Dev who said no."""
    made = make_workspace(tmp_path_factory.mktemp("known") / "ws")
    contract = (made.root / "rules/sources/summit.toml").read_text(encoding="utf-8")
    desk = contract.replace('"conference"', '"inquiry"').replace("summit", "desk")
    columns = '\nasked_on = "Asked on"\nasked_about = "Asked about"\n'
    (made.root / "rules/sources/desk.toml").write_text(desk + columns, encoding="utf-8")
    (made.root / "rules/accounts.toml").write_text(_ACCOUNTS, encoding="utf-8")
    drop_list(made, "summit", [Line(ADA), Line(BEA, "Ruiz", given="Bea", company="Bolt Inc"), Line(DEV, "Hale")])
    drop_list(made, "guild", [Line(ADA)])
    drop(made, "lists/desk/asked.csv", _INQUIRIES)
    drop(made, "optouts/no.csv", f"email\n{DEV}\n")
    touch = f"contact,channel,at,outcome,rep,said,next_step\n{ADA},phone,2026-10-01T09:00:00Z,connected,maria,"
    drop(
        made,
        "touches/talks.csv",
        f'{touch}"{SAID}",Send the page.\n{DEV},phone,2026-10-01T09:00:00Z,connected,maria,"{SAID}",\n',
    )
    publish(made)
    return made


@pytest.fixture
def brief(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """What ``brief new`` prints about somebody."""

    def new(contact: str) -> str:
        capsys.readouterr()
        assert call(["brief", "new", contact, "--workspace", str(ws.root)]) == 0
        return capsys.readouterr().out

    return new


def test_whoever_was_spoken_to_is_met_with_what_they_said(brief: Callable[[str], str]) -> None:
    """The note and the next step; only the opening line is left to write. Lists, account and name as remarks."""
    text = brief(ADA)
    parts = parse_brief(text).sections
    assert parts["Last conversation"].strip() == (
        f'On 2026-10-01 by phone, connected. They said: "{SAID}" Next step: Send the page.'
    )
    assert "<" in parts["Opening line"]
    for remark in (
        "# Account: Acme Inc, target, tier A, owner maria.",
        "# Ada Okafor, Head of Operations, Acme Inc.",
        *(f"{source}), obtained {day}, row 1" for source, day in SOURCES.items()),
        "# Permission to contact them ends on 2027-09-18.",
    ):
        assert remark in text


def test_a_stranger_is_researched_from_what_the_list_says(brief: Callable[[str], str]) -> None:
    """Who they are and how we know begin with it; everything else is marked."""
    text = brief(BEA)
    parts = parse_brief(text).sections
    assert parts["Who they are"].strip().startswith("Bea Ruiz, Head of Operations, Bolt Inc")
    assert "People of summit (summit), obtained 2026-09-18, row 2." in parts["How we know"]
    assert [heading for heading, body in parts.items() if "<" not in body] == []
    assert "# Bea Ruiz" not in text


def test_whoever_asked_is_met_with_their_question(brief: Callable[[str], str]) -> None:
    """With the day by which they should have an answer."""
    text = brief(CHO)
    parts = parse_brief(text).sections
    assert parts["What they asked or said"].strip() == f'On 2026-10-12 they asked us: "{ASKED}"'
    assert "We have not spoken yet" in parts["Last conversation"]
    assert "# They asked us something: they should have an answer by 2026-10-13. That is over." in text


def test_nothing_a_list_holds_steers_the_terminal_or_the_brief(brief: Callable[[str], str]) -> None:
    """Neither a heading nor a field nor a sign that a terminal obeys."""
    text = brief("eve@ember.example")
    assert "\x1b" not in text
    assert list(parse_brief(text).sections) == ["What they asked or said", "Last conversation", "Opening line"]


def test_of_whoever_said_no_nothing_more_is_told(brief: Callable[[str], str]) -> None:
    """Not what they said, not what they are worth; and that no brief changes it."""
    text = brief(DEV)
    assert "# They said no. Nobody may contact them, and no brief changes that." in text
    assert [word for word in (DEV, SAID, "# Fit", "# To be contacted") if word in text] == []


def test_nobody_known_is_no_template(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Unknown is not permission."""
    assert call(["brief", "new", "nobody@acme.example", "--workspace", str(ws.root)]) == 1
    assert "Unknown is not permission" in capsys.readouterr().err


def test_drafts_of_several_people_become_files_for_their_owner_alone(
    ws: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One each, named after them; one that was there already is kept, for somebody may have filled it in."""
    words = ["brief", "new", "-", "-o", str(tmp_path / "drafts"), "--workspace", str(ws.root)]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{ADA}\n{BEA}\n".encode())))
    assert call(words) == 0
    files = sorted((tmp_path / "drafts").iterdir())
    assert [file.name.rpartition("-")[0] for file in files] == ["ada-okafor", "bea-ruiz"]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    files[0].write_text("filled in", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{ADA}\n".encode())))
    assert call(words) == 0
    assert files[0].read_text(encoding="utf-8") == "filled in"
    assert "is kept as it is" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Jördis Brückner", "jordis-bruckner-tv24fx.md"),
        ("../../etc/passwd", "etc-passwd-tv24fx.md"),
        ("\u5c71\u7530", "tv24fx.md"),
        (None, "tv24fx.md"),
        ("a b c d e f g h", "a-b-c-d-e-f-tv24fx.md"),
    ],
)
def test_no_name_leads_out_of_the_folder(name: str | None, file: str) -> None:
    """Plain letters only, of bounded length."""
    assert Draft("p7paetqpgnu3lfug7jyj7tv24fx", name, "").file_name == file
