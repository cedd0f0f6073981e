"""The rows of the three lists, each in the columns and habits of its own tool."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from generator.casting import CONFERENCE, INQUIRIES, MEMBERSHIP, extras_of
from generator.dice import Dice
from generator.material import load
from generator.phones import as_written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.casting import Cast
    from generator.people import Person
    from generator.sheets import Cell

__all__ = ["conference", "inquiries", "membership"]

_CONFERENCE = {
    "ticket": "Ticket ID", "type": "Ticket Type", "status": "Attendee Status", "given": "First Name",
    "family": "Last Name", "email": "Email", "phone": "Phone", "company": "Company", "title": "Job Title",
    "city": "City", "region": "State/Province", "country": "Country", "sector": "Industry",
    "employees": "Company Size", "opt_out": "Do not contact", "registered": "Registered",
}  # fmt: skip
_MEMBERSHIP = {
    "number": "Mitgliedsnr.", "salutation": "Anrede", "degree": "Akad. Titel", "given": "Vorname",
    "family": "Nachname", "company": "Firma", "title": "Funktion", "email": "E-Mail", "phone": "Telefon",
    "postal": "PLZ", "city": "Ort", "region": "Bundesland", "country": "Land", "sector": "Branche",
    "employees": "Mitarbeiter", "no_email": "Keine E-Mail-Werbung", "no_phone": "Keine Anrufe",
    "since": "Mitglied seit",
}  # fmt: skip
_INQUIRIES = {
    "asked_on": "Submitted on", "name": "Name", "email": "Email", "phone": "Phone", "company": "Company",
    "title": "Role", "country": "Country", "region": "State", "sector": "Industry", "employees": "Company size",
    "message": "Message", "no_phone": "Do not call",
}  # fmt: skip
_LAST_INQUIRY = date(2026, 10, 11)
_ODD_WORD = {CONFERENCE: "ask me first", MEMBERSHIP: "nach Absprache"}


class _Clerk:
    """Writes what every list knows of a person: place, sector, size, number, flags."""

    def __init__(self, source: str, cast: Cast) -> None:
        self.dice = Dice(f"rows {source}")
        self.makeup = load("makeup")
        self._places = load("places")
        self._researched = cast.researched
        self._source = source

    def about(self, person: Person, *, german: bool = False) -> dict[str, str]:
        """The cells every list has."""
        told = person.full_name in self._researched
        home = person.company.place
        sector, size = ("consulting", 1) if person.is_independent else (person.company.sector, person.company.employees)
        sector = sector if told or self.dice.chance(self.makeup["shown"]["sector"]) else ""
        size = size if told or self.dice.chance(self.makeup["shown"]["employees"]) else 0
        return {
            "given": person.given,
            "family": person.family,
            "name": person.full_name,
            "email": person.email,
            "phone": as_written(person.phone, person.country, self.dice),
            "company": person.company_name,
            "title": person.title,
            "city": home.city if person.country else "",
            "region": home.region if person.country else "",
            "postal": self.dice.filled(home.postal),
            "country": self._country(person, german=german),
            "sector": self.makeup["sectors_german"].get(sector, "") if german else sector.title(),
            "employees": str(size) if size else "",
        }

    def said_no(self, people: Sequence[Person], count: int, several: set[str]) -> set[str]:
        """Full names of those who said no: nobody researched, and a few of them are on several lists."""
        free = [person for person in people if person.full_name not in self._researched]
        known_twice = [person for person in free if person.full_name in several]
        twice = self.dice.some(known_twice, 3)
        once = self.dice.some([person for person in free if person.full_name not in several], count - len(twice))
        return {person.full_name for person in (*twice, *once)}

    def _country(self, person: Person, *, german: bool) -> str:
        if not person.country:
            return ""
        if german:
            return str(self._places["written_german"][person.country])
        usual, *others = self._places["written"][person.country]
        return str(self.dice.pick(others)) if others and self.dice.chance(0.12) else str(usual)


def conference(cast: Cast) -> list[list[str]]:
    """The ticket shop's export, in the order of registration."""
    clerk = _Clerk(CONFERENCE, cast)
    people = cast.lists[CONFERENCE]
    flags = clerk.makeup["flags"][CONFERENCE]
    no = clerk.said_no(people, flags, cast.several_lists)
    cells = [_attendee(clerk, person, cast, opted_out=person.full_name in no) for person in people]
    odd = next(cell for cell in cells if cell["opt_out"] == "" and cell["full"] not in cast.researched)
    odd["opt_out"] = _ODD_WORD[CONFERENCE]
    cells += [_by_hand(row, status="Checked In") for row in extras_of(CONFERENCE)]
    shuffled = clerk.dice.shuffled(cells)
    for number, cell in enumerate(shuffled, start=1):
        cell["ticket"] = f"DS26-{number:05d}"
        cell["registered"] = str(date(2026, 3, 2) + timedelta(days=number * 195 // len(shuffled)))
    again = [dict(cell) for cell in shuffled if cell["full"] not in cast.researched and not cell["spill"]]
    repeats = clerk.makeup["repeats"]
    same, second = again[40 : 40 + repeats["same_line"]], again[90 : 90 + repeats["second_ticket"]]
    for place, cell in enumerate(second, start=1):
        cell["ticket"] = f"DS26-{len(shuffled) + place:05d}"
    return _table(_CONFERENCE, [*shuffled, *same, *second])


def membership(cast: Cast) -> list[list[str]]:
    """The association's export, by name, in German."""
    clerk = _Clerk(MEMBERSHIP, cast)
    people = cast.lists[MEMBERSHIP]
    flags = clerk.makeup["flags"]
    no_email = clerk.said_no(people, flags[f"{MEMBERSHIP}_email"], cast.several_lists)
    no_phone = clerk.said_no(people, flags[f"{MEMBERSHIP}_phone"], cast.several_lists)
    cells = []
    for person in people:
        cell = {"full": person.full_name, "gender": person.gender, **clerk.about(person, german=True)}
        cell["no_email"] = "ja" if person.full_name in no_email else clerk.dice.pick(["nein", "nein", ""])
        cell["no_phone"] = "ja" if person.full_name in no_phone else clerk.dice.pick(["nein", ""])
        cell["degree"] = clerk.dice.weighted({"": 88, "Dr.": 10, "Prof. Dr.": 2})
        cells.append(cell)
    odd = next(cell for cell in cells if cell["no_email"] == "" and cell["full"] not in cast.researched)
    odd["no_email"] = _ODD_WORD[MEMBERSHIP]
    cells += [_by_hand(row) for row in extras_of(MEMBERSHIP)]
    ordered = sorted(cells, key=lambda cell: (cell.get("family", ""), cell.get("given", ""), cell.get("email", "")))
    for number, cell in enumerate(ordered, start=1):
        cell["salutation"] = {"f": "Frau", "m": "Herr"}.get(cell.get("gender", ""), "")
        cell["number"] = str(20000 + number * 7)
        cell["since"] = str(clerk.dice.number(2009, 2026))
    return _table(_MEMBERSHIP, ordered)


def inquiries(cast: Cast) -> list[list[Cell]]:
    """The web form's export, by date; some numbers were eaten by the spreadsheet."""
    clerk = _Clerk(INQUIRIES, cast)
    people = cast.lists[INQUIRIES]
    no = clerk.said_no(people, clerk.makeup["flags"][INQUIRIES], cast.several_lists)
    evidence = {person.full_name: entry["evidence"][0][:10] for entry, person in cast.stories}
    cells: list[dict[str, str]] = []
    for person in people:
        cell = {"full": person.full_name, **clerk.about(person)}
        cell["asked_on"] = evidence.get(person.full_name) or str(_LAST_INQUIRY - timedelta(days=_days_ago(clerk.dice)))
        cell["message"] = load("inquiries")["asked"].get(person.family, "") if person.full_name in evidence else ""
        cell["message"] = cell["message"] or clerk.dice.pick(load("inquiries")["messages"])
        cell["no_phone"] = "yes" if person.full_name in no else clerk.dice.pick(["no", ""])
        cells.append(cell)
    for row in extras_of(INQUIRIES):
        day = str(_LAST_INQUIRY - timedelta(days=_days_ago(clerk.dice)))
        cells.append(_by_hand(row, asked_on=day))
    ordered = sorted(cells, key=lambda cell: (cell["asked_on"], cell.get("email", ""), cell["message"]))
    header: list[Cell] = list(_INQUIRIES.values())
    return [header, *([_typed(name, cell.get(name, "")) for name in _INQUIRIES] for cell in ordered)]


def _attendee(clerk: _Clerk, person: Person, cast: Cast, *, opted_out: bool) -> dict[str, Any]:
    """One attendee; those researched were there and said nothing against being contacted."""
    told = person.full_name in cast.researched
    types = {"Standard": 60, "Early bird": 30, "Speaker": 6, "Start-up": 4}
    student = person.kind == "student"
    return {
        "full": person.full_name,
        **clerk.about(person),
        "type": "Student" if student else clerk.dice.weighted(types),
        "status": "Checked In" if told else clerk.dice.weighted(clerk.makeup["attendee_status"]),
        "opt_out": "Yes" if opted_out else clerk.dice.pick(["No", ""]),
        "spill": [],
    }


def _by_hand(row: dict[str, Any], **defaults: str) -> dict[str, Any]:
    """A row of ``extras.toml``."""
    blank = {"full": "", "message": "", "opt_out": "", "spill": row.get("spill", []), "cut": row.get("cut", 0)}
    return {**blank, **defaults, **row["cells"]}


def _table(columns: dict[str, str], cells: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Header and rows; hand-written rows may have cells too many or too few."""
    rows = [list(columns.values())]
    for cell in cells:
        row = [str(cell.get(name, "")) for name in columns]
        rows.append(row[: len(row) - cell.get("cut", 0)] + list(cell.get("spill", [])))
    return rows


def _days_ago(dice: Dice) -> int:
    """Most inquiries are recent, some are almost a year old."""
    return dice.number(1, 60) if dice.chance(0.6) else dice.number(61, 330)


def _typed(name: str, cell: str) -> Cell:
    """Spreadsheet types: dates are dates, sizes are numbers."""
    if name == "asked_on":
        return date.fromisoformat(cell)
    if name in {"employees", "phone"} and cell.isdecimal() and cell[0] != "0":
        return int(cell)
    return cell
