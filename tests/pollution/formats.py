"""The same lists as workbooks, JSON lines and Parquet."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import xlsxwriter

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence

    from tests.pollution.drafts import Draft

__all__ = ["FORMATS"]

_CODES: Final = {"US": "1", "GB": "44", "DE": "49", "FR": "33", "AU": "61"}
_DAY: Final = datetime(2026, 9, 14, tzinfo=UTC).replace(tzinfo=None)  # workbooks know no zones


def _table(draft: Draft) -> list[tuple[str, ...]]:
    """Header and people, as far as their cells are still those of the draft."""
    return [entry.cells for entry in draft.entries]


def _workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    _write(sheet, (number, column), cell, day)
    return buffer.getvalue()


def _write(sheet: Any, at: tuple[int, int], cell: object, day: Any) -> None:  # noqa: ANN401  # untyped library
    if isinstance(cell, datetime):
        sheet.write_datetime(*at, cell, day)
    elif isinstance(cell, int):
        sheet.write_number(*at, cell)
    elif cell:
        sheet.write_string(*at, cell)


def _as_workbook(make: Callable[[Draft], Mapping[str, Sequence[Sequence[object]]]]) -> Callable[[Draft], bytes]:
    return lambda draft: _workbook(make(draft))


def _plain_workbook(draft: Draft, _: random.Random) -> Draft:
    return replace(draft, suffix=".xlsx", make=_as_workbook(lambda draft: {"List": _table(draft)}))


def _workbook_with_title(draft: Draft, _: random.Random) -> Draft:
    title: list[tuple[str, ...]] = [("Attendees of the spring fair",), ("Exported", "2026-09-14"), ()]
    return replace(draft, suffix=".xlsx", make=_as_workbook(lambda draft: {"List": [*title, *_table(draft)]}))


def _workbook_of_two_sheets(draft: Draft, draw: random.Random) -> Draft:
    """People on both sheets: everyone is a row."""
    half = len(draft.entries) // 2 + 1
    other = "Day 2" if draw.random() < 0.5 else "Sunday"

    def sheets(draft: Draft) -> dict[str, Sequence[Sequence[object]]]:
        table = _table(draft)
        return {"Day 1": table[:half], other: [table[0], *table[half:]]}

    return replace(draft, suffix=".xlsx", make=_as_workbook(sheets))


def _workbook_with_a_sheet_of_words(draft: Draft, draw: random.Random) -> Draft:
    words = [("Read me",), ("This list may be used until the end of the year.",)]
    first = draw.random() < 0.5

    def sheets(draft: Draft) -> dict[str, Sequence[Sequence[object]]]:
        table = _table(draft)
        return {"About": words, "List": table} if first else {"List": table, "About": words}

    return replace(draft, suffix=".xlsx", make=_as_workbook(sheets)).expect(strange=2)


def _workbook_of_numbers(draft: Draft, _: random.Random) -> Draft:
    """Telephone numbers and postal codes as numbers, days as days: a number that lost its plus may be left out.

    Numbers from abroad stay texts: without its plus such a number may be a valid one of the country of its row.
    """

    def number(column: str, cell: str, country: str) -> object:
        digits = "".join(filter(str.isdigit, cell))
        at_home = column != "phone" or digits.startswith(_CODES.get(country, "?"))
        return int(digits) if column in ("phone", "postal_code", "number") and digits and at_home else cell

    def sheets(draft: Draft) -> dict[str, Sequence[Sequence[object]]]:
        columns = draft.clean.columns
        people = [dict(zip(columns, entry.cells, strict=True)) for entry in draft.entries[1:]]
        rows = [[*(number(*pair, row.get("country", "")) for pair in row.items()), _DAY] for row in people]
        return {"List": [(*draft.clean.header, "Registered"), *rows]}

    return replace(draft, suffix=".xlsx", make=_as_workbook(sheets)).expect(loose={"phone"})


def _json_lines(draft: Draft, _: random.Random) -> Draft:
    def make(draft: Draft) -> bytes:
        rows = (dict(zip(draft.clean.header, entry.cells, strict=True)) for entry in draft.entries[1:])
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()

    return replace(draft, suffix=".jsonl", make=make)


def _json_array(draft: Draft, _: random.Random) -> Draft:
    def make(draft: Draft) -> bytes:
        rows = [dict(zip(draft.clean.header, entry.cells, strict=True)) for entry in draft.entries[1:]]
        return json.dumps(rows, ensure_ascii=False, indent=2).encode()

    return replace(draft, suffix=".json", make=make)


def _json_lines_without_blanks(draft: Draft, _: random.Random) -> Draft:
    """Keys whose cell is blank are left out, the others come in any order."""

    def make(draft: Draft) -> bytes:
        lines = []
        for number, entry in enumerate(draft.entries[1:]):
            row = [pair for pair in zip(draft.clean.header, entry.cells, strict=True) if pair[1]]
            lines.append(json.dumps(dict(row[number % 3 :] + row[: number % 3])))
        return "\n".join(lines).encode()

    return replace(draft, suffix=".jsonl", make=make)


def _damaged_json_lines(draft: Draft, draw: random.Random) -> Draft:
    """One line is cut in the middle."""
    cut = draw.randrange(1, len(draft.entries))

    def make(draft: Draft) -> bytes:
        rows = [json.dumps(dict(zip(draft.clean.header, entry.cells, strict=True))) for entry in draft.entries]
        rows[cut] = rows[cut][: len(rows[cut]) // 2]
        return "\n".join(rows[1:]).encode()

    return replace(draft, suffix=".jsonl", make=make).expect(hurt={draft.entries[cut].lead})


def _parquet(draft: Draft, _: random.Random) -> Draft:
    def make(draft: Draft) -> bytes:
        cells = zip(*(entry.cells for entry in draft.entries[1:]), strict=True)
        buffer = io.BytesIO()
        pl.DataFrame(dict(zip(draft.clean.header, cells, strict=True))).write_parquet(buffer)
        return buffer.getvalue()

    return replace(draft, suffix=".parquet", make=make)


FORMATS: Final[Mapping[str, Callable[[Draft, random.Random], Draft]]] = {
    "workbook": _plain_workbook,
    "workbook with a title": _workbook_with_title,
    "workbook of two sheets": _workbook_of_two_sheets,
    "workbook with a sheet of words": _workbook_with_a_sheet_of_words,
    "workbook of numbers": _workbook_of_numbers,
    "JSON lines": _json_lines,
    "JSON array": _json_array,
    "JSON lines without blanks": _json_lines_without_blanks,
    "damaged JSON lines": _damaged_json_lines,
    "Parquet": _parquet,
}
