"""Who was forgotten is not written into files of refused rows again, and files that hold them still are named."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from flows.forgetting import forget, reach_of
from flows.key_care import rotate_key
from tests.flows.forgetting import ADA, BEA, PHONE, listed
from tests.small_workspace import Line, brief_about, drop, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace without anybody."""
    return make_workspace(tmp_path / "ws")


@pytest.mark.parametrize("rotated", [False, True])
def test_refused_rows_about_them_are_blank(ws: Workspace, *, rotated: bool) -> None:
    """Of such a row its number and what was wrong are kept; every other row is as it came."""
    listed(ws, Line(ADA, phone=PHONE), BEA)
    forget(ws, ADA, "DSR-1")
    if rotated:
        rotate_key(ws)
    rows = f"Ada Okafor <{ADA.upper()}>,fax\nAda,+1 312 555 0101 fax\nfay@fern.example,fax\n"
    drop(ws, "optouts/s.csv", f"email,channel\n{rows}")
    listed(ws, BEA, source="guild")
    (file,) = ws.rejects.glob("optouts-*.csv")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        kept = list(csv.DictReader(stream))
    assert [(row["email"], row["channel"]) for row in kept] == [("", ""), ("", ""), ("fay@fern.example", "fax")]
    assert [row["_row"] for row in kept] == ["1", "2", "3"]
    assert all(row[name] for row in kept for name in ("_code", "_why", "_fix"))


def test_files_that_hold_them_still_are_named(ws: Workspace) -> None:
    """Archived opt-outs, touches and briefs, and rows refused before; nobody else's."""
    drop(ws, "optouts/s.csv", f"email,channel\n{ADA},fax\n{ADA},email\n")
    drop(ws, "optouts/other.csv", "email\nfay@fern.example\n")
    drop(ws, "touches/t.csv", f"contact,channel,at,outcome,said\n{ADA},email,2026-10-13T09:00,replied,call my cousin\n")
    drop(ws, "briefs/ada.md", brief_about(ADA))
    drop(ws, "briefs/bea.md", brief_about(BEA.email, "Bea Ruiz"))
    listed(ws, Line(ADA, phone=PHONE), BEA)
    files = [*ws.archive.glob("*.*"), *ws.rejects.glob("*.csv")]
    holding = {path.name for path in files if ADA in path.read_text("utf-8").lower()}
    assert len(holding) == 5
    before = reach_of(ws, ADA).originals
    assert {name.rpartition("/")[2] for name in before} == holding
    forget(ws, ADA, "DSR-1")


def test_a_long_list_that_holds_them_is_named(ws: Workspace) -> None:
    """Also of somebody on no list of people."""
    drop(ws, "optouts/long.csv", "email\n" + "".join(f"p{number}@many.example\n" for number in range(10_001)))
    listed(ws, BEA)
    (original,) = reach_of(ws, "p7@many.example").originals
    assert (ws.archive / original).read_text("utf-8").startswith("email\np0@")
