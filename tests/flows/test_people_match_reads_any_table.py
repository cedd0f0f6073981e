"""`people match` takes tables as they are: any columns, any types, every row back; what it cannot take it names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from flows.matching.columns import READ, columns_to_compare
from flows.matching.record_ids import record_ids
from flows.matching.tables import read_people_table
from flows.rules_on_disk import load_rulebook
from policies.errors import RefusedFile, TactfulError
from policies.identity.columns import PEOPLE

if TYPE_CHECKING:
    from pathlib import Path

    from flows.matching.columns import Compared

LISTS = load_rulebook(None).settings["lists"]
HEADER = "record_id,full_name,email,company\n"


def read(tmp_path: Path, text: str, name: str = "list.csv") -> pl.DataFrame:
    """The rows of a text file."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_people_table(path, READ).rows


def compared(**columns: object) -> Compared:
    """What is compared of a frame of these columns."""
    return columns_to_compare(pl.DataFrame(columns), LISTS)


def test_a_cell_may_hold_line_breaks_and_delimiters(tmp_path: Path) -> None:
    """A quoted cell over two lines is one cell of one row."""
    text = HEADER + '1,"Okoro, Ada","ada@kestrel.example","Kestrel\nResearch"\n2,Bo Lindqvist,,"Kestrel ""K"" Ltd"\n'
    rows = read(tmp_path, text)
    assert rows.height == 2
    assert rows.row(0) == ("1", "Okoro, Ada", "ada@kestrel.example", "Kestrel\nResearch")
    assert rows.row(1) == ("2", "Bo Lindqvist", None, 'Kestrel "K" Ltd')


def test_rows_that_lack_cells_are_kept(tmp_path: Path) -> None:
    """Cells missing at the end of a row are blank; the row keeps its place."""
    path = tmp_path / "list.csv"
    path.write_text(HEADER + "1,Ada Okoro,ada@kestrel.example,Kestrel\n2,Bo Lindqvist\n3,Cy Novak,,Merlin\n", "utf-8")
    table = read_people_table(path, READ)
    assert table.rows.get_column("full_name").to_list() == ["Ada Okoro", "Bo Lindqvist", "Cy Novak"]
    assert table.mended == 1


def test_rows_with_cells_too_many_are_named(tmp_path: Path) -> None:
    """Nobody knows which cell is which: the rows are named by number, never quoted."""
    text = HEADER + "1,Ada Okoro,ada@kestrel.example,Kestrel\n2,Lindqvist,Bo,bo@kestrel.example,Kestrel\n"
    with pytest.raises(TactfulError) as error:
        read(tmp_path, text)
    assert error.value.code == "rows_damaged"
    assert "row 2" in error.value.message
    assert "Lindqvist" not in str(error.value.as_dict())


@pytest.mark.parametrize(("text", "code"), [("", "empty_file"), (HEADER, "no_rows"), ("1,2\n3,4\n", "no_header")])
def test_a_file_without_people_is_refused(tmp_path: Path, text: str, code: str) -> None:
    """With the codes of every other reader."""
    with pytest.raises(RefusedFile) as error:
        read(tmp_path, text)
    assert error.value.code == code


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    """Rows come back as they are, also those that are blank."""
    frame = pl.DataFrame(
        {"record_id": [3, 1], "full_name": ["Ada Okoro", None], "obtained_on": [date(2026, 1, 2), None]}
    )
    frame.write_parquet(tmp_path / "list.parquet")
    assert read_people_table(tmp_path / "list.parquet").rows.equals(frame)


@pytest.mark.parametrize("data", [b"PAR1" + b"\0" * 8 + b"PAR1", b"PAR1" + b"\xff" * 64 + b"PAR1"])
def test_a_damaged_parquet_file_is_refused(tmp_path: Path, data: bytes) -> None:
    """No crash and no traceback."""
    (tmp_path / "list.parquet").write_bytes(data)
    with pytest.raises(RefusedFile) as error:
        read_people_table(tmp_path / "list.parquet")
    assert error.value.code in ("unreadable_file", "no_rows")


def test_an_empty_parquet_file_is_refused(tmp_path: Path) -> None:
    """Columns and no rows."""
    pl.DataFrame(schema={"record_id": pl.String, "full_name": pl.String}).write_parquet(tmp_path / "list.parquet")
    with pytest.raises(RefusedFile) as error:
        read_people_table(tmp_path / "list.parquet")
    assert error.value.code == "no_rows"


def test_columns_may_have_any_type() -> None:
    """Numbers, floats, instants and categories are read as the texts a person would write."""
    found = compared(
        record_id=[7, 8],
        full_name=pl.Series(["Ada Okoro", None], dtype=pl.Categorical),
        phone=[442079460123.0, None],
        obtained_on=[datetime(2026, 1, 2, 3, 4, tzinfo=UTC), None],
        country=["Germany", "GB"],
        source=[1, 2],
    )
    assert found.people.schema == PEOPLE
    first = found.people.row(0, named=True)
    assert first["record_id"] == "7"
    assert first["phone"] == "442079460123"
    assert first["obtained_on"] == date(2026, 1, 2)
    assert found.people.get_column("country").to_list() == ["DE", "GB"]
    assert found.unread == {}


@pytest.mark.parametrize(
    ("written", "days", "unread"),
    [
        (["2026-01-02", "2026-01-02T10:00:00Z", "", None], [date(2026, 1, 2), date(2026, 1, 2), None, None], 0),
        (["02.01.2026", "2 Jan 2026", "20260102"], [date(2026, 1, 2)] * 3, 0),
        (["13/01/2026", "02/01/2026"], [date(2026, 1, 13), date(2026, 1, 2)], 0),
        (["01/13/2026", "01/02/2026"], [date(2026, 1, 13), date(2026, 1, 2)], 0),
        (["01/02/2026", "03/04/2026"], [None, None], 2),  # either way round
        (["soon", "2026-02-30"], [None, None], 2),
    ],
)
def test_days_are_read_or_unknown(written: list[str | None], days: list[date | None], unread: int) -> None:
    """What is no day for certain is counted and unknown, and stops nothing."""
    found = compared(full_name=["Ada Okoro"] * len(written), obtained_on=written)
    assert found.people.get_column("obtained_on").to_list() == days
    assert found.unread.get("obtained_on", 0) == unread


@pytest.mark.parametrize(
    "header", ["email", "Email", "E-Mail", "EMAIL", "e_mail", "Email Address", "E-Mail-Adresse", "Correo electrónico"]
)
def test_headers_are_known_by_their_words(header: str) -> None:
    """A list as it was exported, without renaming."""
    found = compared(**{"Full Name": ["Ada Okoro"], header: ["mailto:ada@kestrel.example"]})
    assert found.columns == {"full_name": "Full Name", "email": header}
    assert found.people.get_column("email").to_list() == ["ada@kestrel.example"]


def test_its_own_name_goes_before_a_likely_one() -> None:
    """Of two columns that could be the name, the one called so."""
    found = compared(Name=["x"], full_name=["Ada Okoro"])
    assert found.people.get_column("full_name").to_list() == ["Ada Okoro"]


@pytest.mark.parametrize("columns", [{"city": ["Riga"], "company": ["Kestrel"]}, {"amount": [1]}])
def test_columns_that_identify_nobody_are_refused(columns: dict[str, list[object]]) -> None:
    """With the names that are looked for, and none of the file."""
    with pytest.raises(TactfulError) as error:
        compared(**columns)
    assert error.value.code == "no_usable_column"
    assert "full_name" in error.value.message
    assert "amount" not in error.value.message


@pytest.mark.parametrize(
    ("ids", "code", "rows"),
    [(["a", "b", "a", "a"], "record_id_doubled", [3, 4]), (["a", "", "b", None], "record_id_empty", [2, 4])],
)
def test_every_row_has_an_id_of_its_own(ids: list[str | None], code: str, rows: list[int]) -> None:
    """Doubled and empty ids are named by their rows."""
    with pytest.raises(TactfulError) as error:
        record_ids(pl.DataFrame({"record_id": ids}), "record_id")
    assert error.value.code == code
    assert error.value.details == {"rows": rows, "count": 2}


def test_ids_are_made_of_what_stands_in_a_row() -> None:
    """Neither the order of rows nor that of columns matters; identical rows get different ids."""
    rows = pl.DataFrame({"full_name": ["Ada Okoro", "Bo Lindqvist", "Ada Okoro"], "city": ["Riga", None, "Riga"]})
    made = record_ids(rows, None)
    assert made.n_unique() == 3
    again = record_ids(rows.select("city", "full_name").reverse(), None)
    assert set(made) == set(again)
    assert again[1] == made[1]
