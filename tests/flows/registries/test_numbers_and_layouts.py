"""Registry files in every shape they come in are read as the same numbers; what is no number is counted."""

from __future__ import annotations

import contextlib
import gzip
import io
import zipfile
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.registries.numbers import international
from flows.registries.reading import Batch, Manner, read_registry
from policies.errors import RefusedFile
from policies.registries import registry_plan
from tests.effort import few
from tests.policies.worlds import base_rules

if TYPE_CHECKING:
    from pathlib import Path

LISTS: Any = base_rules().settings["lists"]
KNOWN = LISTS["registries"]
US = [13125550100, 13125550101]

CELLS: list[tuple[str, str, int | None]] = [
    ("US", "3125550100", 13125550100),
    ("US", "13125550100", 13125550100),
    ("US", "+13125550100", 13125550100),
    ("US", "(312) 555-0100", 13125550100),
    ("US", "312.555.0100", 13125550100),
    ("US", "0013125550100", 13125550100),
    ("US", "3125550100.0", 13125550100),
    ("US", "+447700900123", 447700900123),
    ("US", "312555010", None),
    ("US", "1125550100", None),
    ("US", "+131255501", None),
    ("US", "++13125550100", None),
    ("US", "3.12555E+09", None),
    ("US", "phone", None),
    ("US", "", None),
    ("CA", "4165550100", 14165550100),
    ("GB", "02079460123", 442079460123),
    ("GB", "020 7946 0123", 442079460123),
    ("GB", "2079460123", 442079460123),
    ("GB", "442079460123", 442079460123),
    ("GB", "+44 (0)20 7946 0123", 442079460123),
    ("GB", "+4402079460123", 442079460123),
    ("GB", "00442079460123", 442079460123),
    ("GB", "01632 960123", 441632960123),
    ("GB", "0000000000", None),
    ("GB", "02079", None),
    ("AU", "0255501234", 61255501234),
    ("AU", "+61 2 5550 1234", 61255501234),
    ("AU", "255501234", 61255501234),
    ("IT", "0612345678", 390612345678),
    ("FR", "0199000011", None),
    ("FR", "+33199000011", 33199000011),
]


@pytest.mark.parametrize(("country", "cell", "number"), CELLS)
def test_a_number_is_read_by_its_country(country: str, cell: str, number: int | None) -> None:
    """As dialled at home, with the calling code, with or without signs; without a plan only with a plus."""
    assert international(pl.Series([cell]), registry_plan(f"{country}-X", KNOWN)).to_list() == [number]


def zipped(*members: tuple[str, str]) -> bytes:
    """A zip archive."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return whole.getvalue()


def parquet(**columns: list[object]) -> bytes:
    """A Parquet file."""
    whole = io.BytesIO()
    pl.DataFrame(columns).write_parquet(whole)
    return whole.getvalue()


def read(path: Path, content: str | bytes, country: str = "US", change: str | None = None) -> list[Batch]:
    """A file with this content, read in its country; with ``change`` as a delta (``rows``: its rows say which)."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    told = change if change in ("add", "delete") else None
    manner = Manner(registry_plan(f"{country}-X", KNOWN), KNOWN, changes=change is not None, change=told)
    return list(read_registry(path, manner))


def numbers(batches: list[Batch]) -> list[int]:
    """Every number to be listed."""
    return sorted(number for batch in batches for number in batch.added.tolist())


FORMATS: dict[str, tuple[str, str | bytes]] = {
    "FTC flat file": ("US", "312,5550100\n312,5550101\n"),
    "FTC with line ends of Windows": ("US", "312,5550100\r\n312,5550101\r\n"),
    "ten digits a line": ("US", "3125550100\n3125550101\n"),
    "line ends of old": ("US", "3125550100\r3125550101\r"),
    "no last line end": ("US", "3125550100\n3125550101"),
    "three parts": ("US", "312,555,0100\n312,555,0101\n"),
    "quoted": ("US", '"312","5550100"\n"312","5550101"\n'),
    "headed in two": ("US", "Area Code,Phone Number\n312,5550100\n312,5550101\n"),
    "DNCL": ("CA", "312,5550100\n312,5550101\n"),
    "E.164 a line": ("US", "+13125550100\n+13125550101\n"),
    "blank lines": ("US", "3125550100\n\n\n3125550101\n\n"),
    "a column phone": ("US", "id,phone\n1,312-555-0100\n2,312-555-0101\n"),
    "a column telephone": ("US", "Telephone;note\n(312) 555 0100;x\n(312) 555 0101;y\n"),
    "a column number": ("US", "date\tNumber\n2026-10-01\t3125550100\n2026-10-01\t3125550101\n"),
    "separators in quotes": ("US", 'name,phone\n"Doe, J",3125550100\n"Roe, R",3125550101\n'),
    "gz": ("US", gzip.compress(b"312,5550100\n312,5550101\n")),
    "zip": ("US", zipped(("numbers.csv", "312,5550100\n312,5550101\n"))),
    "UTF-16": ("US", "phone\n3125550100\n3125550101\n".encode("utf-16")),
    "UTF-8 with its mark": ("US", "\ufeff3125550100\n3125550101\n"),
    "Parquet of integers": ("US", parquet(n=[3125550100, 3125550101])),
    "Parquet of texts": ("US", parquet(x=["a", "b"], phone=["+13125550100", "312-555-0101"])),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_the_same_numbers(name: str, tmp_path: Path) -> None:
    """All lines are read, and nothing is counted as unreadable."""
    country, content = FORMATS[name]
    batches = read(tmp_path / "f", content, country)
    assert numbers(batches) == US
    assert [sum(getattr(batch, count) for batch in batches) for count in ("lines", "unreadable", "cut")] == [2, 0, 0]


HOMES = {
    "TPS": ("GB", "02079460123\n01632960123\n", [441632960123, 442079460123]),
    "TPS with spaces": ("GB", "020 7946 0123\n01632 960 123\n", [441632960123, 442079460123]),
    "TPS in E.164": ("GB", "+442079460123\n+441632960123\n", [441632960123, 442079460123]),
    "DNCR": ("AU", "0255501234\n0255501235\n", [61255501234, 61255501235]),
}


@pytest.mark.parametrize("name", HOMES)
def test_numbers_as_dialled_at_home(name: str, tmp_path: Path) -> None:
    """With the trunk prefix of their country."""
    country, content, found = HOMES[name]
    assert numbers(read(tmp_path / "f", content, country)) == found


CHANGES: dict[str, tuple[str | bytes, str, list[int], list[int]]] = {
    "FTC change list": ("312,5550100,2026-10-08,A\n312,5550101,2026-10-08,D\n", "rows", US[:1], US[1:]),
    "headed": ("action,phone\nadd,3125550100\nremove,3125550101\n", "rows", US[:1], US[1:]),
    "in words": ("phone;status\n3125550100;Added\n3125550101;Deleted\n", "rows", US[:1], US[1:]),
    "all added": ("3125550100\n3125550101\n", "add", US, []),
    "all deleted": ("3125550100\n3125550101\n", "delete", [], US),
    "Parquet": (parquet(phone=[3125550100, 3125550101], change=["A", "D"]), "rows", US[:1], US[1:]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_say_what_happened(name: str, tmp_path: Path) -> None:
    """By a column, or by the sidecar for the whole file."""
    content, change, added, removed = CHANGES[name]
    (batch,) = read(tmp_path / "f", content, change=change)
    assert (batch.added.tolist(), batch.removed.tolist()) == (added, removed)


def test_lines_that_say_nothing_are_counted(tmp_path: Path) -> None:
    """A line without number, or with an action nobody knows, is one of the lines and unreadable."""
    (batch,) = read(tmp_path / "f", "phone\n3125550100\nn/a\n12345\n")
    assert (batch.lines, batch.unreadable, batch.added.tolist()) == (3, 2, US[:1])
    changed = "action,phone\nadd,3125550100\nadd,3125550101\nmaybe,3125550102\n"
    (batch,) = read(tmp_path / "f", changed, change="rows")
    assert (batch.lines, batch.unreadable, batch.added.tolist()) == (3, 1, US)


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        ("3125550100\n31255501", True),
        ("312,5550100\n312,55", True),
        ("312,5550100\n312", True),
        ("3125550100\n3125550101", False),
        ("3125550100", False),
    ],
)
def test_a_file_that_breaks_off_is_noticed(content: str, cut: bool, tmp_path: Path) -> None:  # noqa: FBT001  # a case
    """Its last line lacks its end and is no number, or shorter than any other."""
    assert read(tmp_path / "f", content)[-1].cut is cut


def test_a_shorter_number_at_the_end_may_be_half_of_one(tmp_path: Path) -> None:
    """Where numbers differ in length, half of one may pass for another."""
    assert read(tmp_path / "f", "02079460123\n01632960123\n0163296012", "GB")[-1].cut


REFUSED: dict[str, tuple[str | bytes, str | None, str]] = {
    "header alone": ("phone\n", None, "registry_empty"),
    "words": ("hello\nworld\n", None, "registry_layout_unknown"),
    "binary": (b"312555\x000100\n" * 9, None, "registry_not_text"),
    "two members": (zipped(("a", "3125550100\n"), ("b", "3125550100\n")), None, "registry_archive_members"),
    "no member": (zipped(), None, "registry_archive_members"),
    "zip cut off": (zipped(("a", "3125550100\n" * 900))[:-30], None, "registry_archive_damaged"),
    "gz cut off": (gzip.compress(b"3125550100\n" * 900)[:-12], None, "registry_archive_damaged"),
    "Parquet cut off": (parquet(phone=[3125550100])[:-9], None, "registry_archive_damaged"),
    "bomb": (gzip.compress(b"0" * (64 << 20)), None, "registry_not_text"),
    "changes as full": ("312,5550100,A\n312,5550101,D\n", None, "registry_is_change_list"),
    "full as changes": ("312,5550100\n", "rows", "registry_change_unknown"),
    "UTF-16 cut": ("3125550100\n".encode("utf-16")[:-1], None, "registry_not_text"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_registry_is_refused(name: str, tmp_path: Path) -> None:
    """With a reason of its own; never read as a registry without entries."""
    content, change, code = REFUSED[name]
    with pytest.raises(RefusedFile) as refused:
        read(tmp_path / "f", content, change=change)
    assert refused.value.code == code


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    """By the limit of rule data, before it fills anything."""
    path = tmp_path / "f"
    path.write_bytes(gzip.compress(b"3125550100\n" * 100_000))
    small = {**KNOWN, "max_expanded_bytes": 100_000}
    with pytest.raises(RefusedFile) as refused:
        list(read_registry(path, Manner(registry_plan("US-X", KNOWN), small, changes=False)))
    assert refused.value.code == "registry_too_large"


HOSTILE = (
    b"",
    b"\x01",
    b"action\x1cnumber\nA;3125550100\n",
    b'"\n"\n"',
    b'phone,name\n3125550100,"Doe, J\n3125550101,"Roe"" R"x,"\n',
    b"99999999999999999999999999\n",
    b"+\n-\n",
    b"\xff\xfe",
    bytes(range(256)),
    zipped(("a", "3125550100\n" * 50)),
    gzip.compress(b"3125550100\n" * 50),
    parquet(phone=[3125550100] * 50, other=["x"] * 50),
)


@few(40)
@given(seed=st.sampled_from(HOSTILE), place=st.floats(0, 1), junk=st.binary(max_size=6), cut=st.integers(0, 30))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, place: float, junk: bytes, cut: int
) -> None:
    """Whatever a file holds, it ends in numbers or in a reason, never in an error nobody foresaw."""
    at = int(place * len(seed))
    with contextlib.suppress(RefusedFile):
        batches = read(tmp_path_factory.mktemp("bytes") / "f", seed[:at] + junk + seed[at + cut :])
        assert all(0 <= batch.unreadable <= batch.lines for batch in batches)
