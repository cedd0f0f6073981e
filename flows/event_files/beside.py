"""What stands beside the rows of an opt-out file: the first and last lines of its text, and a file of declarations.

Beside ``list.csv`` may lie ``list.csv.toml``, which says of the whole list: ``kind``, ``channel``, ``scope``,
``normalisation``, ``country``, ``rows`` (how many there are) and ``[test_vector]`` (``address``, ``digest``).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flows.ledger.vocabulary import NORMALISATIONS, folded
from policies.errors import RefusedFile
from policies.stop_lists.declarations import claimed_rows, comments_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["SIDECAR", "Declared", "declared", "is_sidecar", "sidecar_of", "stated_rows"]

SIDECAR: Final = ".toml"
_END: Final = 4_096  # bytes at either end of a text in which such lines are looked for
_LINES: Final = 8
_STATED: Final = ("kind", "channel", "scope", "normalisation", "method", "received_at", "country")


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of a list as a whole.

    ``stated`` are fields that hold for every row without its own, ``rows`` how many entries there are to be, ``rule``
    and ``vectors`` how digests are said to be made. ``open_end``: the text does not end with the end of a line.
    ``cut``: its packing broke off. ``problem``: what is wrong with the declarations themselves.
    """

    stated: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    rule: str | None = None
    vectors: tuple[tuple[str, str], ...] = ()
    open_end: bool = False
    cut: bool = False
    problem: RefusedFile | None = None


def sidecar_of(path: Path) -> Path:
    """Where the declarations of a list would lie."""
    return path.with_name(path.name + SIDECAR)


def is_sidecar(path: Path) -> bool:
    """Whether a file only declares something of the list beside it."""
    return path.suffix.lower() == SIDECAR and path.with_name(path.name.removesuffix(path.suffix)).is_file()


def declared(path: Path, text: Path, encoding: str | None, *, cut: bool = False) -> Declared:
    """What a list and the file beside it declare; ``text`` is where it lies unpacked, ``encoding`` None of no text."""
    head, tail, open_end = _ends(text, encoding) if encoding else ([], [], False)
    rule, vectors = comments_in(head)
    try:
        told = _sidecar(sidecar_of(path))
    except RefusedFile as problem:
        return Declared(rows=claimed_rows([*head, *tail]), open_end=open_end, cut=cut, problem=problem)
    stated = {name: str(told[name]) for name in _STATED if isinstance(told.get(name), str)}
    one = told.get("test_vector")
    listed = one if isinstance(one, list) else [one] if isinstance(one, dict) else []
    vectors += [
        (str(vector["address"]), str(vector["digest"])) for vector in listed if {"address", "digest"} <= vector.keys()
    ]
    rule = stated.get("normalisation", rule)
    if rule:
        stated["normalisation"] = rule
    rows = told.get("rows")
    claimed = rows if isinstance(rows, int) else claimed_rows([*head, *tail])
    return Declared(stated, claimed, NORMALISATIONS.get(folded(rule)) if rule else None, tuple(vectors), open_end, cut)


def stated_rows(path: Path) -> int | None:
    """How many rows the file of declarations beside a list says it has."""
    try:
        rows = _sidecar(sidecar_of(path)).get("rows")
    except RefusedFile:
        return None
    return rows if isinstance(rows, int) else None


def _sidecar(path: Path) -> dict[str, Any]:
    if not path.is_file() or path.is_symlink():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise RefusedFile(
            "sidecar_unreadable",
            "The file of declarations beside the list is no TOML. What the list says counts.",
            "Mend the file, or leave it away, and drop both again.",
        ) from None


def _ends(path: Path, encoding: str) -> tuple[list[str], list[str], bool]:
    """The first and the last lines of a text, and whether it breaks off without the end of a line."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_END)
        stream.seek(max(size - _END, 0) // 2 * 2)
        tail = stream.read()
    first, last = (part.decode(encoding.removesuffix("-bom"), "replace").lstrip("\ufeff") for part in (head, tail))
    filled = [line for line in last.splitlines() if line.strip()]
    return first.splitlines()[:_LINES], filled[-_LINES:], not last.endswith(("\n", "\r"))
