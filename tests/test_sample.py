"""The sample workspace: the same bytes every time, the numbers it promises, and nobody real in it."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import tomllib
import unicodedata
import zipfile
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
INBOX = SAMPLE / "data" / "inbox"
LISTS = {
    "summit-2026": ("attendees.csv", 600),
    "data-leaders-association": ("mitglieder-2026-08.csv", 400),
    "website-inquiries": ("inquiries-2026-10-12.xlsx", 150),
}
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OURS = re.compile(r"([a-z0-9-]+\.)*[a-z0-9-]+\.example|example\.(com|org|net)")
_LAST_OF_A_NAME = re.compile(r"@([A-Za-z0-9.-]*[A-Za-z0-9])")
_LINK = re.compile(r"https?://([^/\s)\"]+)")
# E.164 beginnings and lengths of what countries reserve for fiction.
_FICTION = re.compile(
    r"1[2-9]\d\d55501\d\d|44207946\d{4}|441632960\d{3}|447700900\d{3}|493023125\d{3}|494066969\d{3}|496990009\d{3}"
    r"|498999998\d{3}|492214710\d{3}|491713920\d{3}|4917604069\d{3}|3319900\d{4}|3363998\d{4}"
    r"|61[2378](5550|7010)\d{4}|61491570\d{3}"
)
_NATIONAL = {
    "49": ("Germany", "Deutschland", "DE"),
    "44": ("United Kingdom", "UK", "Great Britain", "Großbritannien"),
    "33": ("France", "FR", "Frankreich"),
    "61": ("Australia", "AU"),
}
# What spreadsheets and haste made of a cell; `extras.toml` says so for each of them.
_NO_NUMBERS = {"", "n/a", "k.A.", "4.42079E+11", "4.41633E+11", "0231 555 77"}


def read_sheet(path: Path) -> list[list[str]]:
    """Cells of the one sheet, by column letter; dates and numbers as they stand in the file."""
    with zipfile.ZipFile(path) as archive:
        root = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - a file of this repository
    rows = []
    for row in root.iter(f"{_SHEET}row"):
        cells = {re.sub(r"\d", "", cell.attrib["r"]): "".join(cell.itertext()) for cell in row}
        rows.append([cells.get(chr(ord("A") + place), "") for place in range(12)])
    return rows


@cache
def table(source: str) -> tuple[dict[str, str], ...]:
    """The rows of a list by header, without the files' own readers."""
    path = INBOX / "lists" / source / LISTS[source][0]
    if path.suffix == ".xlsx":
        rows = read_sheet(path)
    else:
        encoding, delimiter = ("utf-8-sig", ",") if source == "summit-2026" else ("cp1252", ";")
        text = path.read_text(encoding=encoding)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return tuple(dict(zip(rows[0], row, strict=False)) for row in rows[1:])


def events(kind: str, name: str) -> list[dict[str, str]]:
    """The rows of an event file."""
    with (INBOX / kind / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def texts() -> dict[str, str]:
    """Every text of the sample by its path: dropped files, rules, settings, and the sheet inside the workbook."""
    found = {}
    for path in sorted(path for path in SAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        name = path.relative_to(SAMPLE).as_posix()
        if path.suffix == ".xlsx":
            found[name] = "\n".join("\t".join(row) for row in read_sheet(path))
        elif name.startswith("data/inbox/lists/data-leaders"):
            found[name] = path.read_text(encoding="cp1252")
        else:
            found[name] = path.read_text(encoding="utf-8-sig")
    return found


def number(cell: str, country: str) -> str:
    """A phone cell as digits with the country's code in front."""
    extension = re.sub(r"\s*x\s*\d+$", "", cell).replace("(0)", "")
    digits = re.sub(r"\D", "", extension)
    if extension.startswith(("+", "44")):  # the spreadsheet took one for a number, and the plus off
        return digits
    if digits.startswith("00"):
        return digits[2:]
    for code, names in _NATIONAL.items():
        if country in names:
            return code + digits.removeprefix("0")
    return digits if digits.startswith("1") else f"1{digits}"


def test_generating_again_gives_the_same_bytes(tmp_path: Path) -> None:
    """The committed files are exactly what the generator writes."""
    command = [sys.executable, str(SAMPLE / "generate.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    committed = {path.relative_to(SAMPLE): path.read_bytes() for path in INBOX.rglob("*") if path.is_file()}
    assert sorted(committed) == sorted(made)
    assert [path for path in sorted(made) if made[path] != committed[path]] == []


@pytest.mark.parametrize("source", LISTS)
def test_the_lists_have_the_promised_rows(source: str) -> None:
    """600 attendees, 400 members, 150 inquiries, broken rows and repeats included."""
    assert LISTS[source][1] == len(table(source))


def test_about_eighty_people_are_on_several_lists() -> None:
    """The same full name on two or three lists, mostly under different addresses."""
    lists = [
        {(row["First Name"] + " " + row["Last Name"]): row["Email"] for row in table("summit-2026")},
        {(row["Vorname"] + " " + row["Nachname"]): row["E-Mail"] for row in table("data-leaders-association")},
        {row["Name"]: row["Email"] for row in table("website-inquiries")},
    ]
    names = [set(names) - {" ", ""} for names in lists]
    known_twice = (names[0] & names[1]) | (names[0] & names[2]) | (names[1] & names[2])
    differing = [name for name in known_twice if len({people[name] for people in lists if name in people}) > 1]
    assert 75 <= len(known_twice) <= 90
    assert len(differing) >= 45


def test_thirty_of_forty_briefs_pass() -> None:
    """Ten fail, each for a reason of its own; every passing one has its own words."""
    from datetime import date

    from policies.brief import About, lint, parse_brief
    from tests.policies.outreach import core

    rules = core("brief")
    accounts = tomllib.loads((SAMPLE / "rules" / "accounts.toml").read_text(encoding="utf-8"))["account"]
    clients = [entry for entry in accounts if entry.get("relationship") == "customer"]
    customers = {domain for entry in clients for domain in entry["domains"]}
    people = {row["Email"]: [row["First Name"], row["Last Name"]] for row in table("summit-2026")}
    people |= {row["E-Mail"]: [row["Vorname"], row["Nachname"]] for row in table("data-leaders-association")}
    people |= {row["Email"]: [row["Name"]] for row in table("website-inquiries")}
    findings = []
    for path in sorted((INBOX / "briefs").glob("*.md")):
        brief = parse_brief(path.read_text(encoding="utf-8"))
        assert brief.contact is not None
        names = people[brief.contact]
        is_known = len(names) == 1 or brief.contact.split("@")[1] in customers
        about = About((" ".join(names), *names), tier_wanted="conversation" if is_known else "full")
        findings.append({found.rule_id for found in lint(brief, rules, date(2026, 10, 14), about)})
    failing = [found for found in findings if found]
    assert len(findings) == 40
    assert len(failing) == 10
    assert len({rule for found in failing for rule in found}) >= 8


def test_no_two_briefs_share_a_sentence() -> None:
    """Homework is individual: no sentence of one brief stands in another."""
    seen: dict[str, str] = {}
    for path in sorted((INBOX / "briefs").glob("*.md")):
        body = path.read_text(encoding="utf-8").split("---", 2)[2]
        lines = [line for line in body.splitlines() if not line.startswith("#")]
        for sentence in {part.strip() for line in lines for part in line.split(". ")}:
            if len(sentence.split()) > 4:
                assert sentence not in seen, f"{path.name} and {seen[sentence]}"
                seen[sentence] = path.name


@pytest.mark.parametrize(
    ("kind", "name", "least"),
    [
        ("optouts", "replies.csv", 12), ("optouts", "on-the-phone.csv", 3), ("optouts", "domains.csv", 2),
        ("optouts", "partner-sha256.csv", 8), ("consents", "consents.csv", 70),
        ("notices", "association-2026-09.csv", 150), ("touches", "touches-until-2026-10-13.csv", 40),
    ],
)  # fmt: skip
def test_events_are_there_and_none_lies_in_the_future(kind: str, name: str, least: int) -> None:
    """Every event file has rows, all of them before the clock of the sample."""
    rows = events(kind, name)
    assert len(rows) >= least
    columns = {"received_at", "captured_at", "sent_at", "at"}
    assert max(row[name] for row in rows for name in columns & set(row)) < "2026-10-14T06:30:00Z"


def test_consents_have_all_required_columns() -> None:
    """What the contract requires is filled in on every consent."""
    optional = {"expires_on", "lawful_basis", "controller"}
    rows = events("consents", "consents.csv")
    assert len(rows[0]) == 12
    assert [row for row in rows if not all(row[name] for name in row if name not in optional)] == []


def test_every_address_is_at_a_domain_for_examples() -> None:
    """No text of the sample names a mail domain or a web address that somebody could own."""
    for name, text in texts().items():
        if name.endswith(".py"):
            continue
        hosts = [host.lower() for host in _LAST_OF_A_NAME.findall(text) if "." in host]
        hosts += [host.lower() for host in _LINK.findall(text)]
        assert {host for host in hosts if not _OURS.fullmatch(host)} == set(), name


@pytest.mark.parametrize(
    ("source", "phone", "country"),
    [
        ("summit-2026", "Phone", "Country"),
        ("data-leaders-association", "Telefon", "Land"),
        ("website-inquiries", "Phone", "Country"),
    ],
)
def test_every_phone_is_from_a_range_for_fiction(source: str, phone: str, country: str) -> None:
    """Nobody's real line rings: every number of a list is one its country keeps for films."""
    numbers = [(row.get(phone, ""), row.get(country, "")) for row in table(source)]
    used = [number(cell, land) for cell, land in numbers if cell not in _NO_NUMBERS]
    assert len(used) > 80
    assert [digits for digits in used if not _FICTION.fullmatch(digits)] == []


def test_names_keep_their_marks() -> None:
    """The files carry composed characters, and names of several alphabets' worth of marks."""
    text = texts()["data/inbox/lists/summit-2026/attendees.csv"]
    assert text == unicodedata.normalize("NFC", text)
    assert set("äöüßéèçñøłışŁÉ'") & set(text) >= set("äöüßéèçñłış'")


def test_the_key_says_that_it_is_public() -> None:
    """The sample's key can be loaded, and whoever opens it reads what it is."""
    from flows.ledger.keys import load_keyring

    assert len(load_keyring(SAMPLE / "keys").keys) == 1
    assert "PUBLIC" in (SAMPLE / "keys" / "workspace.key").read_text(encoding="ascii")


def test_the_settings_hold_and_the_clock_stands() -> None:
    """The settings can be read; now is half past eight in Berlin, on a Wednesday."""
    from flows.settings import load_settings

    settings = load_settings(SAMPLE / "tactful.toml")
    assert settings.clock is not None
    assert settings.clock.isoformat() == "2026-10-14T06:30:00+00:00"
    assert settings.clock.isoweekday() == 3


@pytest.mark.parametrize(("source", "rejected"), list(zip(LISTS, (11, 6, 4), strict=True)))
def test_contracts_are_complete_and_their_lists_are_read_under_them(source: str, rejected: int) -> None:
    """Every field of a contract is filled in, every flag column is understood, and only the broken rows are refused."""
    from flows.list_intake import read_list
    from flows.rules_on_disk import load_rulebook
    from policies.sources import parse_source_contract

    path = SAMPLE / "rules" / "sources" / f"{source}.toml"
    contract = parse_source_contract(path.read_text(encoding="utf-8"), path.name)
    list_file = INBOX / "lists" / source / LISTS[source][0]
    book = load_rulebook(SAMPLE / "rules")
    reading = read_list(list_file, contract, book.settings, lambda messages: [str(i) for i in range(len(messages))], "")
    assert contract.incomplete == ()
    assert (reading.rows, reading.rejected) == (LISTS[source][1], rejected)
    assert reading.summary()["flags_by_wording"] == []


def test_the_rules_of_the_workspace_keep_their_cases() -> None:
    """Its own rule stands beside the base, and every case of every rule holds."""
    from flows.rules_on_disk import load_rulebook
    from policies.rulebook.cases import run_cases

    book = load_rulebook(SAMPLE / "rules")
    assert "local.banks_in_quarter_close" in {rule.id for rule in book.rules}
    assert [case for case in run_cases(book) if not case.ok] == []
