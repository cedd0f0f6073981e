"""A list in, one record for every row out: nothing shifted, nothing invented, nothing lost, no opt-out overlooked."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.exports.csv import write_csv
from flows.list_intake import (
    PREVIEW_COLUMNS,
    ListReading,
    propose_contract,
    read_list,
    read_preview,
    rejects_frame,
)
from flows.refused_lists import RefusedMembership
from flows.rules_on_disk import load_rulebook
from policies.errors import RefusedFile
from policies.schema import RECORDS
from policies.sources import SourceContract, parse_source_contract
from policies.sources.records import REJECT_CODES

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS: dict[str, Any] = dict(load_rulebook(None).settings)
SHA256 = "ab" * 32
CONTRACT = parse_source_contract(
    'obtained_on = 2026-09-14\nmembership_reveals = "none"\ndefault_country = "DE"', "rules/sources/expo.toml"
)
HEADER = "First Name,Last Name,E-mail,Phone,Company,Country,Unsubscribed,Do Not Call,Shoe size\n"
MIXED = HEADER + (
    "Zoë,van der Berg,zoe@acme.example,030 23125001,Acme GmbH,Germany,no,,37\n"
    "Zoë,van der Berg,zoe@acme.example,030 23125001,Acme GmbH,Germany,no,,37\n"
    "Joe,Roe,joe@,+44 20 7946 0101 ext 5,Bacme Ltd,UK,yes,perhaps,\n"
    "Ann,Other,not an address,,Acme,France,yes,,\n"
    "Bo,Short,bo@acme.example\n"
    "=Cy,Long,cy@acme.example,,Acme,US,,,red,extra,more\n"
    ",,,,,,,,\n"
    "Di,Nobody,n/a,--,Dacme,Atlantis,,,\n"
    "Ed,Far,,12,Eacme,Atlantis,,yes,\n"
    "Flo,Lost,,4.42079E+11,Facme,UK,,,\n"
    "Gus,Home,gus@gacme.example,,Gacme,,,,\n"
)
DATA_ROWS, LINES = 10, 12


def ids(messages: list[bytes]) -> list[str]:
    """Record ids that say what they are made over."""
    return [hashlib.sha256(message).hexdigest()[:26] for message in messages]


def reading(
    folder: Path, content: str, contract: SourceContract | None = CONTRACT, name: str = "list.csv"
) -> ListReading:
    """A list read under a contract."""
    path = folder / name
    path.write_text(content, encoding="utf-8", newline="")
    return read_list(path, contract, SETTINGS, ids, SHA256)


def row(read: ListReading, number: int) -> dict[str, Any]:
    """One record, filled fields only."""
    found = read.records.row(by_predicate=pl.col("row_number") == number, named=True)
    return {name: value for name, value in found.items() if value is not None}


def values(read: ListReading, column: str) -> list[Any]:
    """One column of the records, by row number."""
    return read.records.sort("row_number").get_column(column).to_list()


def test_rows_and_lines_add_up(tmp_path: Path) -> None:
    """Rows = accepted + rejected, lines = rows + header + ignored; the summary says so in counts only."""
    read = reading(tmp_path, MIXED)
    summary: Any = read.summary()
    assert (read.rows, read.accepted, read.rejected) == (DATA_ROWS, 4, 6)
    assert (summary["physical_lines"], summary["header_lines"], summary["ignored_lines"]) == (LINES, 1, 1)
    assert summary["rows"] + summary["header_lines"] + summary["ignored_lines"] == summary["physical_lines"]
    assert summary["duplicate_rows"] == 1
    assert summary["unmapped"] == ["Shoe size"]
    assert sum(found["rows"] for found in summary["rejects"].values()) == read.rejected
    assert "acme" not in json.dumps(summary)


def test_records_have_the_columns_of_the_contract_of_frames(tmp_path: Path) -> None:
    """One row for each data row, under the columns every other module expects."""
    read = reading(tmp_path, MIXED)
    assert read.records.schema == RECORDS
    assert sorted(values(read, "row_number")) == list(range(1, DATA_ROWS + 1))


def test_a_whole_record(tmp_path: Path) -> None:
    """Everything a good row says, and where it comes from."""
    found = row(reading(tmp_path, MIXED), 1)
    raw = json.loads(found.pop("raw"))
    assert list(raw) == HEADER.strip().split(",")
    assert (raw["First Name"], raw["Do Not Call"]) == ("Zoë", "")
    found.pop("record_id")
    assert found == {
        "source": "expo",
        "file_sha256": SHA256,
        "row_number": 1,
        "obtained_on": date(2026, 9, 14),
        "full_name": "Zoë van der Berg",
        "given_name": "Zoë",
        "family_name": "van der Berg",
        "salutation_name": "Zoë",
        "surname_key": "vanderberg",
        "company": "Acme GmbH",
        "company_key": "acme",
        "country": "DE",
        "country_source": "row",
        "email_received": "zoe@acme.example",
        "email": "zoe@acme.example",
        "email_equiv": "zoe@acme.example",
        "email_domain": "acme.example",
        "phone_received": "030 23125001",
        "phone": "+493023125001",
        "phone_country": "DE",
        "phone_type": "fixed",
        "email_opt_out": "no",
        "phone_opt_out": "blank",
    }


def test_rejects_say_why(tmp_path: Path) -> None:
    """Each rejected row has one code with its reason and fix; a row with one good contact point is no reject."""
    read = reading(tmp_path, MIXED)
    codes = dict(read.records.drop_nulls("reject_code").select("row_number", "reject_code").iter_rows())
    assert codes == {
        4: "email_invalid",
        5: "cell_count",
        6: "cell_count",
        7: "no_contact_point",
        8: "phone_country_unknown",
        9: "phone_scientific",
    }
    for number, code in codes.items():
        assert (row(read, number)["reject_why"], row(read, number)["reject_fix"]) == REJECT_CODES[code]
    assert (row(read, 3)["phone"], row(read, 3)["phone_extension"]) == ("+442079460101", "5")
    assert "email" not in row(read, 3)


def test_opt_outs_of_rejected_rows_are_kept(tmp_path: Path) -> None:
    """A row that cannot be used still says no; a damaged row may say it, so it is unknown for whom it names."""
    read = reading(tmp_path, MIXED)
    flags = read.records.sort("row_number").select("email_opt_out", "phone_opt_out").rows()
    assert flags == [
        ("no", "blank"),
        ("no", "blank"),
        ("yes", "unknown"),
        ("yes", "blank"),
        ("unknown", "unknown"),
        ("unknown", "unknown"),
        ("blank", "blank"),
        ("blank", "yes"),
        ("blank", "blank"),
        ("blank", "blank"),
    ]
    assert (row(read, 4)["email_received"], row(read, 5)["email"]) == ("not an address", "bo@acme.example")
    without = reading(tmp_path, "Name,E-mail\nJane,jane@acme.example\nBo\n")
    assert values(without, "email_opt_out") == ["blank", "blank"]


@pytest.mark.parametrize(
    ("header", "damaged", "flags"),
    [
        ("Name,E-mail,Unsubscribed", "Bo,Short,bo@acme.example,yes", ("yes", "unknown")),
        ("Name,E-mail,Opt-out", "Bo,Short,bo@acme.example,ja", ("yes", "yes")),
        ("Name,E-mail,Opt-out", "Bo,Short,bo@acme.example,do not contact", ("yes", "yes")),
        ("Name,E-mail,Opt-out", "Bo,Short,bo@acme.example,no", ("unknown", "unknown")),
        ("Name,E-mail,Opt-out", "Bo,Short,bo@acme.example,x", ("unknown", "unknown")),
        ("Name,E-mail,Opt-in", "Bo,Short,bo@acme.example,yes", ("unknown", "unknown")),
        ("Name,E-mail,Opt-in", "Bo,Short,bo@acme.example,unsubscribed", ("yes", "yes")),
        ("Name,E-mail,Vegetarian", "Bo,Short,bo@acme.example,yes", ("blank", "blank")),
        ("Name,E-mail,Note", "Bo,Short,bo@acme.example,unsubscribed", ("yes", "yes")),
    ],
)
def test_a_plain_no_in_a_damaged_row_counts(tmp_path: Path, header: str, damaged: str, flags: tuple[str, str]) -> None:
    """Wherever it stands; what it might mean is unknown where people say no in the list; its neighbours are as ever."""
    read = reading(tmp_path, f"{header}\nJane,jane@acme.example,\n{damaged}\nJoe,joe@acme.example,\n")
    found = read.records.sort("row_number").select("email_opt_out", "phone_opt_out").rows()
    assert found == [("blank", "blank"), flags, ("blank", "blank")]


def test_a_status_that_refuses_is_an_opt_out(tmp_path: Path) -> None:
    """In a column nobody named as a flag, for its own row; what else stands in the column says nothing."""
    lines = "Jane,jane@acme.example,Customer,\nJoe,joe@acme.example,Unsubscribed,\nAnn,ann@acme.example,,cleaned\n"
    read = reading(tmp_path, "Name,E-mail,Status,Email Marketing Status\n" + lines)
    assert values(read, "email_opt_out") == ["blank", "yes", "yes"]
    assert values(read, "phone_opt_out") == ["blank", "yes", "blank"]
    assert read.summary()["flags_by_wording"] == ["Email Marketing Status", "Status"]
    assert read.summary()["mapping"] == {"full_name": ["Name"], "email": ["E-mail"]}
    plain = reading(tmp_path, "Name,E-mail,Status\nJane,jane@acme.example,Customer\n")
    assert plain.summary()["unmapped"] == ["Status"]


def test_a_list_of_damaged_rows_only(tmp_path: Path) -> None:
    """Nothing can be laid under the header; every row is there all the same."""
    read = reading(tmp_path, HEADER + "x\ny\n")
    assert values(read, "reject_code") == ["cell_count", "cell_count"]
    assert rejects_frame(read).height == 2


def test_countries_come_from_the_row_then_from_the_contract(tmp_path: Path) -> None:
    """A blank cell takes the contract's country, a word nobody knows takes none."""
    read = reading(tmp_path, MIXED)
    assert (row(read, 10)["country"], row(read, 10)["country_source"]) == ("DE", "contract")
    assert "country" not in row(read, 7)
    alone = reading(tmp_path, MIXED, dataclasses.replace(CONTRACT, default_country=None))
    assert "country" not in row(alone, 10)


def test_record_ids_do_not_depend_on_other_rows_or_on_the_order_of_columns(tmp_path: Path) -> None:
    """The same row has the same id wherever it stands; identical rows are numbered among themselves."""
    lines = MIXED.removeprefix(HEADER).splitlines()
    shuffled = lines.copy()
    random.Random(7).shuffle(shuffled)  # noqa: S311  # any order will do
    first = reading(tmp_path, MIXED)
    second = reading(tmp_path, HEADER + "\n".join(shuffled[2:] + shuffled[:2]))
    assert sorted(values(first, "record_id")) == sorted(values(second, "record_id"))
    assert len(set(values(first, "record_id"))) == DATA_ROWS
    one = reading(tmp_path, "Name,E-mail,Note\nJane,jane@acme.example,x\n")
    other = reading(tmp_path, "Note,Name,E-mail\nx,Jane,jane@acme.example\n")
    assert values(one, "record_id") == values(other, "record_id")
    assert values(one, "raw") != values(other, "raw")


def test_another_source_makes_another_record(tmp_path: Path) -> None:
    """The id says which source a row came from."""
    other = parse_source_contract("", "rules/sources/other.toml")
    assert set(values(reading(tmp_path, MIXED), "record_id")).isdisjoint(
        values(reading(tmp_path, MIXED, other), "record_id")
    )


def test_rejects_are_written_as_they_came(tmp_path: Path) -> None:
    """Original columns first, then why; too many cells end in the last column, nothing is lost."""
    frame = rejects_frame(reading(tmp_path, MIXED))
    assert frame.columns == [*HEADER.strip().split(","), "_row", "_code", "_why", "_fix"]
    assert frame.get_column("_row").to_list() == ["4", "5", "6", "7", "8", "9"]
    assert frame.row(0)[:5] == ("Ann", "Other", "not an address", "", "Acme")
    assert frame.row(1)[:4] == ("Bo", "Short", "bo@acme.example", "")
    assert frame.row(2)[8] == "red,extra,more"


def test_corrected_rejects_complete_the_import(tmp_path: Path) -> None:
    """Corrected rows come in, rows nobody touched are refused again, whatever they would look like."""
    path = tmp_path / "rejects.csv"
    write_csv(rejects_frame(reading(tmp_path, MIXED)), path)
    again = read_list(path, CONTRACT, SETTINGS, ids, SHA256)
    assert again.tables[0].table.columns == tuple(HEADER.strip().split(","))
    assert values(again, "reject_code") == [
        "email_invalid",
        "cell_count",
        "cell_count",
        "no_contact_point",
        "phone_country_unknown",
        "phone_scientific",
    ]
    text = path.read_text(encoding="utf-8")
    text = text.replace("not an address", "ann@acme.example").replace("Bo,Short,bo@acme", "Bo,Shortt,bo@acme")
    text = text.replace("'=Cy,Long,cy@acme.example", "'=Cy,Longer,cy@acme.example").replace("red,extra,more", "42")
    corrected = reading(tmp_path, text)
    assert values(corrected, "reject_code")[:3] == [None, None, None]
    assert row(corrected, 3)["full_name"] == "=Cy Longer"
    assert json.loads(row(corrected, 1)["raw"])["E-mail"] == "ann@acme.example"


def test_a_second_round_of_rejects_is_like_the_first(tmp_path: Path) -> None:
    """Rejects of rejects have the same columns and rows, and are recognised again."""
    path = tmp_path / "rejects.csv"
    write_csv(rejects_frame(reading(tmp_path, MIXED)), path)
    again = rejects_frame(read_list(path, CONTRACT, SETTINGS, ids, SHA256))
    write_csv(again, path)
    assert rejects_frame(read_list(path, CONTRACT, SETTINGS, ids, SHA256)).equals(again)


@pytest.mark.parametrize("reveals", ["health", "union", "religion", "politics", "sexuality", "ethnicity"])
def test_a_list_that_reveals_too_much_leaves_its_opt_outs_and_nothing_else(tmp_path: Path, reveals: str) -> None:
    """Nobody on it is kept; who said no in it has said no."""
    contract = dataclasses.replace(CONTRACT, membership_reveals=reveals)
    with pytest.raises(RefusedMembership) as caught:
        reading(tmp_path, MIXED, contract)
    found = caught.value.flagged
    flagged = found.records.filter((pl.col("email_opt_out") == "yes") | (pl.col("phone_opt_out") == "yes"))
    assert flagged.get_column("row_number").to_list() == [3, 4, 8]
    assert found.records.get_column("row_number").to_list() == [3, 4, 5, 6, 8]
    for column in ("raw", "full_name", "given_name", "surname_key", "company"):
        assert flagged.get_column(column).null_count() == flagged.height
    assert flagged.get_column("email_received").to_list() == ["joe@", "not an address", None]
    assert caught.value.details == {"reveals": reveals, "opt_outs": 3}


def test_the_preview_has_the_columns_of_the_contract(tmp_path: Path) -> None:
    """`tactful read -o` shows one line for each row, without a workspace and without a contract."""
    path = tmp_path / "list.csv"
    path.write_text(MIXED, encoding="utf-8")
    lines, report = read_preview(path, None, SETTINGS)
    assert tuple(lines.columns) == PREVIEW_COLUMNS
    assert lines.height == DATA_ROWS
    assert lines.row(0) == (
        1, "Zoë van der Berg", "Zoë", "van der Berg", "zoe@acme.example", "+493023125001", None, "Acme GmbH", None,
        "DE", None, None, None, "no", None, None, None,
    )  # fmt: skip
    assert report["encoding"] == "utf-8"
    json.dumps(report)


def test_lookups_of_the_contract_say_what_cells_mean(tmp_path: Path) -> None:
    """A word the rule data does not know is settled in the source contract, for any field."""
    contract = parse_source_contract(
        '[columns]\nexcluded_by_file = "State"\n[lookups.country]\n"Bavaria" = "Germany"\n'
        '[lookups.excluded_by_file]\n"sent home" = "sent home"\n"no" = ""\n'
        '[lookups.job_title]\n"GF" = "Managing Director"\n'
        '[lookups.email_opt_out]\n"raus!" = "yes"\n',
        "rules/sources/expo.toml",
    )
    read = reading(
        tmp_path,
        "Name,E-mail,Country,State,Title,Unsubscribed\n"
        "Jane,jane@acme.example,bavaria,Sent home,gf,Raus!\nJoe,joe@acme.example,UK,No,CEO,no\n"
        "Ann,ann@acme.example,UK,Refunded,,\n",
        contract,
    )
    columns = ("country", "excluded_by_file", "job_title", "email_opt_out")
    assert read.records.sort("row_number").select(columns).rows() == [
        ("DE", "sent home", "Managing Director", "yes"),
        ("GB", None, "CEO", "no"),
        ("GB", "refunded", None, "blank"),
    ]


@pytest.mark.parametrize(
    ("cells", "employees", "asked_on"),
    [
        ("1200,2026-09-14", 1200, date(2026, 9, 14)),
        ('"1,200",2026-09-14T08:30:00Z', 1200, date(2026, 9, 14)),
        ("1.200,14.09.2026", 1200, date(2026, 9, 14)),
        ("1 200,14.9.2026 08:30", 1200, date(2026, 9, 14)),
        ("12.0,09/14/2026", 12, None),
        ("51-200,03/04/2026", None, None),
        ("many,2026-13-01", None, None),
        (",", None, None),
    ],
)
def test_numbers_and_days(tmp_path: Path, cells: str, employees: int | None, asked_on: date | None) -> None:
    """One reading or none: a range is no number, 03/04 no day."""
    read = reading(tmp_path, f"Name,E-mail,Employees,Inquiry date\nJane,jane@acme.example,{cells}\n")
    assert read.records.select("employees", "asked_on").row(0) == (employees, asked_on)


def test_a_contract_is_proposed_for_a_list_that_has_none(tmp_path: Path) -> None:
    """The template names the columns that are clear, the likely ones where they are not, and holds everybody."""
    path = tmp_path / "list.csv"
    path.write_text(MIXED, encoding="utf-8")
    proposed = parse_source_contract(propose_contract(path, "expo", SETTINGS), "rules/sources/expo.toml")
    assert proposed.columns["email"] == ("E-mail",)
    assert proposed.columns["phone_opt_out"] == ("Do Not Call",)
    assert "supplier" in proposed.incomplete
    path.write_text("Name,Phone,Mobile\nJane,1,2\n", encoding="utf-8")
    unclear = parse_source_contract(propose_contract(path, "expo", SETTINGS), "rules/sources/expo.toml")
    assert unclear.columns == {"full_name": ("Name",), "phone": ("Mobile", "Phone")}


def test_a_refusal_repeats_nothing_of_the_file_but_headers(tmp_path: Path) -> None:
    """Whatever is refused, nobody's data is in the error (law 7)."""
    path = tmp_path / "list.csv"
    for content in ("Name,Notes\nJane Canary,ask jane@canary.example\n", "Jane Canary,jane@canary.example\n"):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(RefusedFile) as caught:
            read_preview(path, None, SETTINGS)
        assert "canary" not in json.dumps(caught.value.as_dict()).lower()


# A column without letters, or with address signs, is not believed to hold names, whatever its header says.
NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20).filter(
    lambda text: any(letter.isalpha() for letter in text) and not {"\ufeff", "@"} & set(text)
)


@given(st.lists(st.tuples(NAME, NAME), min_size=1, max_size=6))
def test_names_are_kept_letter_by_letter(
    tmp_path_factory: pytest.TempPathFactory, people: list[tuple[str, str]]
) -> None:
    """Through reading, mapping and records, a name is what the list says it is."""
    frame = pl.DataFrame(
        {
            "Given name": [given for given, _ in people],
            "Family name": [family for _, family in people],
            "E-mail": [f"p{number}@acme.example" for number in range(len(people))],
        }
    )
    path = tmp_path_factory.mktemp("names") / "list.csv"
    frame.write_csv(path)
    read = read_list(path, CONTRACT, SETTINGS, ids, SHA256)
    assert values(read, "given_name") == [given for given, _ in people]
    assert values(read, "family_name") == [family for _, family in people]
    for shown, (first, last) in zip(values(read, "full_name"), people, strict=True):
        assert shown in (f"{first} {last}", first, last, None)  # without a part that names nobody, such as "0"
    raw = [json.loads(text) for text in values(read, "raw")]
    assert [found["Given name"] for found in raw] == [given for given, _ in people]


def test_raw_rows_are_compact_json_in_the_order_of_the_list(tmp_path: Path) -> None:
    """Any text in header and cell survives, nothing is escaped that need not be."""
    table = 'Name,E-mail,"He said ""no""",päd\n"Jane ""J""",jane@acme.example,"a\\b\n\tc",ü\x7f\n'
    raw = values(reading(tmp_path, table), "raw")[0]
    pairs = {"Name": 'Jane "J"', "E-mail": "jane@acme.example", 'He said "no"': "a\\b\n\tc", "päd": "ü\x7f"}
    assert raw == json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))
