"""A file as read, handed from the process that read it to the one that asked: Arrow for rows, JSON for the rest.

All of it goes into one open file: every table's rows and damaged rows as Arrow streams, one behind the other, then the
JSON, then its length. Layouts are not handed over; they are named by their ids.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import IO, TYPE_CHECKING, Any, Final

import polars as pl

from flows.readers.model import RawFile, RawTable
from policies.sources.layouts import Layout, Section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["layouts_from", "layouts_in_words", "receive", "send"]

_LENGTH: Final = 8
_FRAMES: Final = ("rows", "damaged")


def send(file: RawFile, out: IO[bytes]) -> None:
    """Write a file as read."""
    places = [{name: _put(getattr(table, name), out) for name in _FRAMES} for table in file.tables]
    said = _plain(file, leave=("tables", "layout"))
    said["layout"] = file.layout.id if file.layout else None
    said["tables"] = [_said(table) | place for table, place in zip(file.tables, places, strict=True)]
    words = json.dumps(said).encode()
    out.write(words + len(words).to_bytes(_LENGTH, "big"))
    out.flush()


def receive(stream: IO[bytes], layouts: Sequence[Layout]) -> RawFile:
    """Read what :func:`send` wrote; raises ``ValueError`` or ``OSError`` where it did not come to an end."""
    end = stream.seek(-_LENGTH, 2)
    length = int.from_bytes(stream.read(_LENGTH), "big")
    stream.seek(end - length)
    said = json.loads(stream.read(length))
    layout = next((known for known in layouts if known.id == said["layout"]), None)
    tables = tuple(_table(table, stream) for table in said.pop("tables"))
    return RawFile(**_fitting(RawFile, said) | {"tables": tables, "layout": layout})


def layouts_in_words(layouts: Sequence[Layout]) -> list[dict[str, Any]]:
    """Layouts as JSON values."""
    return [asdict(layout) for layout in layouts]


def layouts_from(words: Sequence[Mapping[str, Any]]) -> tuple[Layout, ...]:
    """The layouts that :func:`layouts_in_words` put into words."""
    return tuple(
        Layout(**_frozen(layout) | {"sections": tuple(Section(**_frozen(section)) for section in layout["sections"])})
        for layout in words
    )


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON lists are tuples here, also one level below."""
    return {name: _tuple(value) for name, value in values.items()}


def _tuple(value: Any) -> Any:  # noqa: ANN401  # a JSON value
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: _tuple(item) for key, item in value.items()}
    return value


def _said(table: RawTable) -> dict[str, Any]:
    """Everything of a table but its frames; its section in full, for sheets may be exports of several products."""
    return _plain(table, leave=(*_FRAMES, "section")) | {"section": asdict(table.section) if table.section else None}


def _plain(value: RawFile | RawTable, leave: Sequence[str]) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value) if field.name not in leave}


def _fitting(kind: type[RawFile | RawTable], said: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: _tuple(value) for name, value in said.items() if name in names}


def _put(frame: pl.DataFrame, out: IO[bytes]) -> int:
    place = out.tell()
    frame.write_ipc_stream(out)
    return place


def _table(said: dict[str, Any], stream: IO[bytes]) -> RawTable:
    frames = {name: _frame(stream, said[name]) for name in _FRAMES}
    section = Section(**_frozen(said["section"])) if said["section"] else None
    return RawTable(**_fitting(RawTable, said) | frames | {"section": section})


def _frame(stream: IO[bytes], place: int) -> pl.DataFrame:
    stream.seek(place)
    return pl.read_ipc_stream(stream)
