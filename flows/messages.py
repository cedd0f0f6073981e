"""What a person at a terminal reads: tables, progress and errors.

Tables fit 80 columns and break between words only; colour is used on terminals alone and never with NO_COLOR. What
comes from outside is printed without control characters, so that no name in a list can steer a terminal.
"""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Progress",
    "bold",
    "error_text",
    "facts",
    "json_text",
    "note",
    "paragraph",
    "printable",
    "progress",
    "say",
    "table",
]

WIDTH: Final = 80
_GAP: Final = "  "
_SOFT: Final = "\0"  # where a word may break: no printable cell holds it
_BREAKS: Final = re.compile(r"(?<=[.-])(?=[^@\s]{1,64}@)|(?<=\S)(?=@)")  # of an address

# Signs a terminal obeys instead of showing: controls, and those that turn the direction of text.
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(value: object) -> str:
    """A value as one line of text without anything a terminal would obey; None is empty."""
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return "".join(_shown(sign) for sign in text)


def _shown(sign: str) -> str:
    if sign in "\t\r\n\u2028\u2029":
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) in ("Cc", "Cs") or sign in _TURNING else sign


def json_text(value: object, *, indent: int | None = 2) -> str:
    """A value as JSON; dates and instants as ISO 8601, control signs of the upper range escaped as well."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=_iso)
    return "".join(
        sign if sign not in _TURNING and not "\x7f" <= sign <= "\x9f" else f"\\u{ord(sign):04x}" for sign in text
    )


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def say(text: str = "") -> None:
    """Print a line to standard output."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Print a line to standard error: what accompanies an answer without being part of it."""
    sys.stderr.write(f"{text}\n")


def bold(text: str, stream: TextIO | None = None) -> str:
    """Emphasise on terminals that show it."""
    return f"\x1b[1m{text}\x1b[0m" if _coloured(stream or sys.stdout) else text


def _coloured(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paragraph(text: str, *, indent: str = "") -> str:
    """Text wrapped to the width of a page, between words only; line breaks in it stay."""
    return "\n".join(
        textwrap.fill(
            line,
            WIDTH,
            initial_indent=indent,
            subsequent_indent=indent + " " * (len(line) - len(line.lstrip())),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    )


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, figures: Sequence[int] = ()) -> str:
    """A table of at most 80 columns; ``figures`` are the columns set to the right.

    Cells break between words, and addresses before their @ or within their name where there is no other way. A table
    whose words do not fit even so stands as one block a row, with a heading before each value.
    """
    whole = [[printable(value) for value in row] for row in rows]
    broken = [[_BREAKS.sub(_SOFT, cell) for cell in row] for row in whole]
    for cells in (whole, broken):
        widths = _widths(headings, cells)
        if sum(widths) + len(_GAP) * (len(widths) - 1) <= WIDTH:
            break
    else:
        return _blocks(headings, whole)
    lines = [bold(line) for line in _row(headings, widths, figures)]
    for row in cells:
        lines += _row(row, widths, figures)
    return "\n".join(lines)


def facts(pairs: Sequence[tuple[str, object]]) -> str:
    """Names with their values, one below the other; names never break, values break between words."""
    wide = max((len(name) for name, _ in pairs), default=0)
    return "\n".join(_entry(name, printable(value), wide).rstrip() for name, value in pairs)


def _widths(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """The width of each column: as wide as its content, then the widest give way down to their longest word.

    Those whose words may break give way last.
    """
    columns = list(zip(headings, *cells, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    least = [max((_width(word) for cell in column for word in _words(cell)), default=0) for column in columns]
    room = WIDTH - len(_GAP) * (len(widths) - 1)
    broken = {index for index, column in enumerate(columns) if any(_SOFT in cell for cell in column)}
    while sum(widths) > room:
        yielding = [index for index, width in enumerate(widths) if width > least[index]]
        if not yielding:
            return least
        widths[max([index for index in yielding if index not in broken] or yielding, key=widths.__getitem__)] -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int], figures: Sequence[int]) -> list[str]:
    wrapped = [_wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for index in range(max(map(len, wrapped))):
        parts = [
            _padded(cell[index] if index < len(cell) else "", widths[column], right=column in figures)
            for column, cell in enumerate(wrapped)
        ]
        lines.append(_GAP.join(parts).rstrip())
    return lines


def _words(text: str) -> list[str]:
    """What of a cell stands in one line; a part that belongs to the word before it begins with the soft break."""
    return text.replace(_SOFT, f" {_SOFT}").split()


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for part in _words(text):
        word = part.removeprefix(_SOFT)
        longer = f"{lines[-1]}{'' if part.startswith(_SOFT) else ' '}{word}".lstrip()
        if _width(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _padded(text: str, width: int, *, right: bool) -> str:
    filling = " " * (width - _width(text))
    return filling + text if right else text + filling


def _width(text: str) -> int:
    """Columns a terminal needs: wide signs take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text.replace(_SOFT, "")
    )


def _blocks(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    wide = max(map(len, headings))
    return "\n\n".join(
        "\n".join(_entry(heading, cell, wide) for heading, cell in zip(headings, row, strict=True) if cell)
        for row in rows
    )


def _entry(heading: str, cell: str, wide: int) -> str:
    lines = _wrapped(cell, WIDTH - wide - len(_GAP))
    return f"\n{' ' * (wide + len(_GAP))}".join([f"{heading:<{wide}}{_GAP}{lines[0]}", *lines[1:]])


def error_text(message: str, fix: str) -> str:
    """An error for a person: what is wrong, and what to do."""
    return f"{paragraph(message)}\n{paragraph(f'What to do: {fix}')}"


class Progress:
    """One line on the terminal that says what is going on; each step replaces the one before."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = 0

    def __call__(self, step: str) -> None:
        """Show a step."""
        text = printable(step)[: WIDTH - 2]
        self._stream.write(f"\r{text}{' ' * (self._shown - len(text))}")
        self._stream.flush()
        self._shown = len(text)

    def done(self) -> None:
        """Take the line away again."""
        self._stream.write(f"\r{' ' * self._shown}\r")
        self._stream.flush()
        self._shown = 0


def progress() -> Progress | None:
    """Where to report steps: standard error if it is a terminal, else nowhere."""
    return Progress(sys.stderr) if sys.stderr.isatty() else None
