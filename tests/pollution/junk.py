"""Files that are no list at all: each is refused with a reason, none crashes or hangs the reader."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from tests.pollution.drafts import Draft

__all__ = ["JUNK"]

_ANY_REASON: Final = frozenset(
    {
        "empty_file",
        "no_rows",
        "no_header",
        "mapping_unclear",
        "encoding_unclear",
        "not_a_table",
        "not_a_list",
        "unreadable_file",
        "format_unsupported",
        "too_many_columns",
        "file_too_large",
        "zip_archive",
        "zip_named_csv",
        "no_sheet",
        "web_page",
        "json_not_a_list",
        "took_too_long",
        "took_too_much_memory",
    }
)


def _junk(suffix: str, make: Callable[[random.Random], bytes]) -> Callable[[Draft, random.Random], Draft]:
    def pollute(draft: Draft, draw: random.Random) -> Draft:
        data = make(draw)
        people = range(len(draft.clean.leads))
        changed = replace(draft, suffix=suffix, make=lambda _: data)
        return changed.expect(gone=people, refusals=_ANY_REASON, must_refuse=True, flags_lost=True)

    return pollute


def _noise(draw: random.Random) -> bytes:
    return draw.randbytes(20_000)


def _zeros(_: random.Random) -> bytes:
    return bytes(5_000)


def _endless_line(draw: random.Random) -> bytes:
    return ("word " * draw.randint(200_000, 300_000)).encode()


def _endless_quote(_: random.Random) -> bytes:
    return b'a,b\n"' + b"x,\n" * 5_000


def _quotes(_: random.Random) -> bytes:
    return b'"' * 300_001


def _delimiters(_: random.Random) -> bytes:
    return b",\n" * 20_000 + b"," * 20_000


def _prose(_: random.Random) -> bytes:
    return b"Dear all,\n\nplease find the list attached; it has, as you asked, everybody.\n\nKind regards,\nKim\n"


def _page(_: random.Random) -> bytes:
    cells = "".join(f"<tr><td>Lead {number}</td><td>lead{number}@acme.example</td></tr>\n" for number in range(9))
    return f"<html><body><table><tr><th>Name</th><th>E-mail</th></tr>\n{cells}</table></body></html>".encode()


def _deep_json(_: random.Random) -> bytes:
    return b"[" * 100_000 + b"]" * 100_000


def _other_json(_: random.Random) -> bytes:
    return json.dumps({"version": 3, "sources": ["a.js"], "names": [], "mappings": "AAAA"}).encode()


def _cut_parquet(_: random.Random) -> bytes:
    return b"PAR1" + bytes(range(256)) * 8


def _cut_workbook(_: random.Random) -> bytes:
    return b"PK\x03\x04" + bytes(range(256)) * 8


def _marks_only(_: random.Random) -> bytes:
    return b"\xff\xfe"


JUNK: Final[Mapping[str, Callable[[Draft, random.Random], Draft]]] = {
    "noise": _junk(".csv", _noise),
    "noise named workbook": _junk(".xlsx", _noise),
    "zeros": _junk(".csv", _zeros),
    "endless line": _junk(".csv", _endless_line),
    "endless quote": _junk(".csv", _endless_quote),
    "quotes only": _junk(".csv", _quotes),
    "delimiters only": _junk(".csv", _delimiters),
    "prose": _junk(".txt", _prose),
    "page named workbook": _junk(".xls", _page),
    "deep JSON": _junk(".json", _deep_json),
    "other JSON": _junk(".json", _other_json),
    "cut Parquet": _junk(".parquet", _cut_parquet),
    "cut workbook": _junk(".xlsx", _cut_workbook),
    "mark only": _junk(".csv", _marks_only),
}
