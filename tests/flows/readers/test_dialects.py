"""A file polluted in one way is divided as the clean one is; what is only a sign within cells decides nothing."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import pytest

from flows.readers.delimited import open_records
from flows.readers.dialect import detect_dialect
from flows.readers.records import Dialect
from policies.errors import RefusedFile
from tests.flows.readers.texts import read_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEADER: Final = ["Date", "Time", "Full Name", "Email", "Phone", "Company", "Size", "Page", "Notes"]
DELIMITERS: Final = [",", ";", "\t", "|", ":", "^", "~", "\x1f", "\x01", " "]


def people(count: int = 30) -> list[list[str]]:
    """A list with everything in it that looks like a delimiter or a quote."""
    names = ["Doe, Jane", "O'Brien, Mary", "Müller-Lüdenscheidt, Jörg", "Roe, Richard Jr.", "d'Angelo; Ugo"]
    notes = [
        "",
        'met at "Expo", stand 5',
        "calls back at 10:30; not before",
        'size 48"',
        "two\nlines, one cell",
        "a | b",
    ]
    return [
        [
            f"{1 + number % 28:02d}/03/2026",
            f"{number % 24:02d}:{number * 7 % 60:02d}",
            names[number % len(names)],
            f"person{number}@acme.example",
            f"+44 20 7946 0{100 + number}",
            "Acme, Inc." if number % 2 else "Bäckerei & Söhne GmbH",
            f"{number},5",
            f"https://www.example.com/p/{number}?a=1;b=2",
            notes[number % len(notes)],
        ]
        for number in range(count)
    ]


def written(rows: Sequence[Sequence[str]], *, end: str = "\r\n", **options: object) -> str:
    """Rows as the csv module writes them."""
    text = io.StringIO(newline="")
    settings: dict[str, object] = {"delimiter": ",", "quoting": csv.QUOTE_MINIMAL, "lineterminator": end, **options}
    csv.writer(text, **settings).writerows(rows)  # type: ignore[arg-type]  # options of any dialect
    return text.getvalue()


def cells(folder: Path, content: str | bytes, name: str = "list.csv") -> list[list[str]]:
    """The cells of all records but blank ones; the lines of the records add up to those of the file."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with open_records(path) as source:
        records = list(source.records)
    assert source.physical_lines == source.skipped_lines + sum(record.lines for record in records)
    return [record.cells for record in records if any(record.cells)]


ROWS: Final = [HEADER, *people()]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_delimiters_quotes_and_line_ends(tmp_path: Path, delimiter: str, end: str, quoting: int, quote: str) -> None:
    """Every delimiter, line end and quote, with everything in the cells that could be taken for another."""
    # The csv module writes a line feed without quotes where it ends no record.
    rows = [[cell.replace("\n", " ") if end == "\r" else cell for cell in row] for row in ROWS]
    content = written(rows, end=end, delimiter=delimiter, quoting=quoting, quotechar=quote)
    assert cells(tmp_path, content) == rows


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
def test_backslash_escapes(tmp_path: Path, delimiter: str) -> None:
    """Quotes escaped by a backslash; every other backslash stays."""
    rows = [*ROWS, *([*ROWS[5][:-1], note] for note in (r"C:\temp\new", r"\N", 'say "hi", ok'))]
    lines = [delimiter.join('"' + cell.replace('"', '\\"') + '"' for cell in row) + "\n" for row in rows]
    assert cells(tmp_path, "".join(lines)) == rows


def test_a_blank_after_every_delimiter(tmp_path: Path) -> None:
    """It belongs to the delimiter, with quotes and without."""
    quoted = "".join(", ".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in ROWS)
    assert cells(tmp_path, quoted) == ROWS
    plain = [["name", "city", "size"], *([f"Jane {number}", "Rome", str(number)] for number in range(12))]
    assert cells(tmp_path, "".join(", ".join(row) + "\n" for row in plain)) == plain


POLLUTED_ROWS: Final = [1, 2, 15, 30]


@pytest.mark.parametrize("place", POLLUTED_ROWS)
@pytest.mark.parametrize("column", [0, 2, 8])
@pytest.mark.parametrize("kind", ["extra_quote", "more", "less", "delimiter", "quote", "escape"])
def test_one_polluted_row_changes_no_other(tmp_path: Path, place: int, column: int, kind: str) -> None:
    """Another delimiter, quote or escape, one quote or delimiter more or less: in one row, at any place in it."""
    rows = [HEADER, *([cell.replace("\n", " ") for cell in row] for row in people())]
    lines = [written([row], quoting=csv.QUOTE_ALL) for row in rows]
    quoted = [written([[cell]], quoting=csv.QUOTE_ALL).strip() for cell in rows[place]]
    polluted = {
        "extra_quote": ",".join([*quoted[:column], '"' + quoted[column], *quoted[column + 1 :]]),
        "more": ",".join([*quoted[:column], "", *quoted[column:]]),
        "less": ",".join(quoted).replace('","', '""', 1) if column == 0 else ",".join(quoted[:column]),
        "delimiter": ";".join(quoted),
        "quote": ",".join("'" + cell + "'" for cell in rows[place]),
        "escape": ",".join('"' + cell.replace('"', '\\"') + '"' for cell in rows[place]),
    }
    lines[place] = polluted[kind] + "\r\n"
    found = cells(tmp_path, "".join(lines))
    assert found[:place] == rows[:place]
    assert found[place + 1 :] == rows[place + 1 :]
    assert len(found) == len(rows)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "\r\n"),
        ("", "\r\n\r\n\r\n"),
        ("List of people\r\n", ""),
        ("List of people\r\nExported, with care, on 1 March\r\n\r\n", ""),
        ("List of people,,,,,,,,\r\n,,,,,,,,\r\n", ""),
        ("", "Total: 30\r\nConfidential; do not distribute\r\n"),
        ("sep=,\r\n", ""),
        ('"sep=,"\r\n', ""),
        ("\ufeff", ""),
        ("", "\x1a"),
        ("\x0c\r\n", ""),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_what_stands_before_and_after(tmp_path: Path, before: str, after: str, delimiter: str) -> None:
    """A preamble, a footer, blank lines and the signs of old systems do not change how a list is divided."""
    content = before.replace(",", delimiter) + written(ROWS, delimiter=delimiter) + after.replace(",", delimiter)
    found = [row for row in cells(tmp_path, content) if len(row) == len(HEADER) and row[1]]
    assert found == ROWS


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("headed", [True, False])
def test_short_files(tmp_path: Path, count: int, delimiter: str, headed: bool) -> None:  # noqa: FBT001  # parametrised
    """Few rows, with and without a header."""
    rows = [*([HEADER] if headed else []), *people(count)]
    assert cells(tmp_path, written(rows, delimiter=delimiter)) == rows


@pytest.mark.parametrize(
    "lines",
    [
        ["name", "Doe, Jane", "Roe, Richard", "Poe, Edgar"],
        ["Full name", "Jane Doe", "Richard Roe", "Edgar Poe"],
        ["Name", "Doe,Jane", "Roe,Richard", "Poe,Edgar"],
        ["email", "jane@acme.example", "richard@acme.example"],
        ["email", "jane@acme.example, info@acme.example", "richard@acme.example"],
        ["company", "Acme, Inc.", "Beta GmbH", "Gamma; Delta & Co. KG", "Epsilon"],
        ["url", "https://www.example.com/a", "https://www.example.com/b"],
        ["time", "10:30", "11:45", "12:00"],
        ["address", "12 Main St, Springfield, IL", "7 High St, Boston, MA", "1 Low St, Salem, MA"],
        ["Jane Doe", "Richard Roe", "Edgar Poe", "Mary Major"],
        ["jane@acme.example", "richard@acme.example"],
        ["https://www.example.com/a", "https://www.example.com/b", "https://www.example.com/c"],
        ["telephone", "+44 20 7946 0101", "+44 20 7946 0102", "+44 20 7946 0103"],
        ["Name: Jane Doe", "Email: jane@acme.example", "Company: Acme"],
        ["note", "we met: at the fair", "call back, please", "nothing; really"],
    ],
)
def test_one_column_stays_one(tmp_path: Path, lines: list[str]) -> None:
    """Commas, blanks and colons within the cells of a single column divide nothing."""
    assert cells(tmp_path, "\n".join(lines) + "\n") == [[line] for line in lines]


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["name;size;cost", "Jane;1,5;2,5", "Joe;2,5;3,5", "Ann;3,5;1,5"], ";"),
        (["name;email", "Doe, Jane;jane@acme.example", "Roe, Richard;richard@acme.example"], ";"),
        (["name\temail\tcity", "Doe, Jane\tjane@acme.example\tBonn, DE", "Roe, Al\tal@acme.example\tRome, IT"], "\t"),
        (["time,page", "10:30,https://www.example.com/a", "11:30,https://www.example.com/b"], ","),
        (["name|title", "Jane|VP, Sales", "Joe|Head, IT", "Ann|CEO, Founder"], "|"),
        (["a;b", "1;2"], ";"),
        (["first last email", "Jane Doe jane@acme.example", "Al Roe al@acme.example", "Ed Poe ed@acme.example"], " "),
        (["201,5550123", "201,5550124", "305,5550125"], ","),
        (["name;emails", "Jane;jane@acme.example,j@acme.example", "Al;al@acme.example,a@acme.example"], ";"),
    ],
)
def test_the_divider_is_told_from_signs_within_cells(tmp_path: Path, lines: list[str], delimiter: str) -> None:
    """Decimal commas, family names first, titles, times and addresses of pages do not decide."""
    assert cells(tmp_path, "\n".join(lines)) == [line.split(delimiter) for line in lines]


@pytest.mark.parametrize("stated", [";", "#", "\t"])
def test_a_stated_delimiter_counts(tmp_path: Path, stated: str) -> None:
    """A ``sep=`` line decides, whatever character it names."""
    assert cells(tmp_path, f"sep={stated}\na,b{stated}c\n1,2{stated}3\n") == [["a,b", "c"], ["1,2", "3"]]


def test_a_stated_delimiter_that_is_nowhere_is_no_delimiter(tmp_path: Path) -> None:
    """A file that was saved again keeps a ``sep=`` line that is no longer true; it is then a line like another."""
    assert cells(tmp_path, "sep=;\nname,city\nJane,Rome\n")[1:] == [["name", "city"], ["Jane", "Rome"]]


def test_quotes_are_letters_where_nothing_is_quoted() -> None:
    """Exports divided by tabs know no quotes; a cell may begin with one."""
    lines = ["name\tnote\n", *(f'Jane {number}\t"so-called expert\n' for number in range(5))]
    assert detect_dialect(lines) == Dialect("\t", quote="")


def test_a_line_of_countless_cells_is_refused_at_once(tmp_path: Path) -> None:
    """Only the beginning of a line is read in every way there is."""
    with pytest.raises(RefusedFile) as caught:
        read_all(tmp_path, ";,\t|" * 200_000)
    assert caught.value.code == "too_many_columns"


def test_a_table_named_json_is_a_table(tmp_path: Path) -> None:
    """The bytes decide, not the name."""
    assert read_all(tmp_path, "name,email\nAnn,ann@acme.example\n{x},bo@acme.example\n", "a.json").kind == "delimited"
