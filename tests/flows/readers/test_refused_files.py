"""A file that is no list is refused whole, with a stable code, a fix, and nothing of its content."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from flows.readers import extent, limits, read_table
from flows.readers.refusals import _REASONS
from policies.errors import RefusedFile
from tests.flows.readers.texts import read

if TYPE_CHECKING:
    from pathlib import Path


def zipped(**entries: bytes) -> bytes:
    """A zip archive of some entries."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            # An entry of a fixed date: the bytes name a test, and every worker must call it alike.
            entry = zipfile.ZipInfo(name.replace("__", "/").replace("_xml", ".xml"), (2026, 1, 1, 0, 0, 0))
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return memory.getvalue()


SHEET = zipped(xl__workbook_xml=b"<workbook/>")
HUGE = zipped(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=b'<c r="A1"/><c s="1" r="XFD1048576"/>')


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty_file"),
        ("a.csv", b"\n\n \n", "empty_file"),
        ("a.csv", b"\xef\xbb\xbf", "empty_file"),
        ("a.csv", b"name,email\n", "no_rows"),
        ("a.csv", b"name,email\n,\n\n", "no_rows"),
        ("a.csv", b"Jane,jane@acme.example\nJoe,joe@acme.example\n", "no_header"),
        ("a.csv", b"Jane,+44 20 7946 0101\nJoe,+44 20 7946 0102\n", "no_header"),
        ("a.csv", b"0cc175b9c0f1b6a831c399e269772661\n", "no_header"),
        ("a.csv", b"28/01/2018,00:00,2,MG-1,$74.69,Boots\n29/01/2018,00:15,0,RI-3,$29.81,Jacket\n", "no_header"),
        ("a.csv", SHEET, "zip_named_csv"),
        ("a.tsv", zipped(list__csv=b"x"), "zip_named_csv"),
        ("a.zip", zipped(list__csv=b"x"), "zip_archive"),
        ("a.docx", zipped(**{"[Content_Types]_xml": b"x", "word__document_xml": b"x"}), "format_unsupported"),
        ("a.xlsx", b"PK\x03\x04 broken", "unreadable_file"),
        ("a.xlsx", SHEET, "unreadable_file"),
        ("a.xlsx", HUGE, "file_too_large"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(50), "format_unsupported"),
        ("a.csv", b"%PDF-1.7\n", "format_unsupported"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "format_unsupported"),
        ("a.parquet", b"PAR1\x00\x00", "unreadable_file"),
        ("a.csv", b"\x1f\x8b\x08\x00" + bytes(20), "format_unsupported"),
        ("a.csv", bytes(range(256)) * 8, "not_a_table"),
        ("a.csv", bytes(4096), "not_a_table"),
    ],
)
def test_files_that_are_no_list(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """Decided from the bytes, whatever the name says."""
    with pytest.raises(RefusedFile) as caught:
        read(tmp_path, content, name)
    assert caught.value.code == code
    assert caught.value.fix
    assert "jane" not in str(caught.value.as_dict()).lower()


@pytest.mark.parametrize("text", ["PAR1,name\n1,Jane\n", "MZ;name\n1;Jane\n", "BZh\tname\n1\tJane\n"])
def test_words_that_look_like_magic_numbers_are_words(tmp_path: Path, text: str) -> None:
    """A header may start with the letters some program files start with."""
    assert read(tmp_path, text).height == 1


def test_limits_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too large, too wide, too many cells: refused before memory fills."""
    with pytest.raises(RefusedFile) as caught:
        read(tmp_path, ",".join(f"c{number}" for number in range(limits.MAX_COLUMNS + 1)) + "\nx\n")
    assert caught.value.code == "too_many_columns"
    monkeypatch.setattr("flows.readers.table.MAX_ROWS", 2)
    with pytest.raises(RefusedFile) as caught:
        read(tmp_path, "a,b\n" + "1,2\n" * 3)
    assert caught.value.code == "file_too_large"
    monkeypatch.setattr("flows.readers.detect.MAX_FILE_BYTES", 5)
    with pytest.raises(RefusedFile) as caught:
        read(tmp_path, "a,b\n1,2\n")
    assert caught.value.code == "file_too_large"
    monkeypatch.setattr("flows.readers.delimited._LONGEST_LINE", 5)
    monkeypatch.setattr("flows.readers.detect.MAX_FILE_BYTES", 500)
    with pytest.raises(RefusedFile) as caught:
        read(tmp_path, "a,b\n" + "x" * 20)
    assert caught.value.code == "not_a_list"


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the archive says it unpacks to is enough to refuse it."""
    monkeypatch.setattr("flows.readers.detect.MAX_SHEET_BYTES", 1000)
    with pytest.raises(RefusedFile) as caught:
        read(tmp_path, zipped(xl__workbook_xml=b" " * 2000), "a.xlsx")
    assert caught.value.code == "file_too_large"


def test_a_workbook_without_anything_in_it_is_refused(tmp_path: Path) -> None:
    """Sheets that are empty or hidden hold no list."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("empty")
        hidden = book.add_worksheet("hidden")
        hidden.write(0, 0, "name")
        hidden.hide()
    with pytest.raises(RefusedFile) as caught:
        read_table(path)
    assert caught.value.code == "no_sheet"


def test_far_corners_are_found_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference that straddles two chunks of the sheet counts like any other."""
    monkeypatch.setattr(extent, "_CHUNK", 7)
    path = tmp_path / "a.xlsx"
    path.write_bytes(HUGE)
    with pytest.raises(RefusedFile) as caught:
        extent.xlsx_errors(path)
    assert caught.value.code == "file_too_large"


def test_every_reason_says_what_is_wrong_and_what_to_do() -> None:
    """Two sentences each, so that a marketer can act on them."""
    assert [code for code, texts in _REASONS.items() if not all(text.endswith(".") for text in texts)] == []
