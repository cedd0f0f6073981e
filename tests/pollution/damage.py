"""Damage done to the bytes of good files, and whom it touches: everybody else must be read as if nothing happened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from tests.pollution.drafts import Expected, Polluted, Span, count_lines, draft_of, written
from tests.pollution.lists import chance, clean_list

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

__all__ = ["damaged"]

# Bytes that mean something to a reader are put in more often than others.
_MEANING: Final = (b'"', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xe9", b"\\", b"'", b"x", b" ")
_LONGEST_BLOCK: Final = 200
_ANY_REFUSAL: Final = frozenset(
    {"no_header", "mapping_unclear", "not_a_list", "encoding_unclear", "not_a_table", "no_rows", "column_missing"}
)


@dataclass
class _Piece:
    """The bytes of one entry; ``leads`` are the people whose bytes they are."""

    data: bytes
    leads: frozenset[int] = frozenset()
    is_header: bool = False
    torn: bool = False  # over several lines now


@dataclass
class _Patient:
    """A file that is being damaged."""

    pieces: list[_Piece]
    draw: random.Random
    hurt: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    again: set[int] = field(default_factory=set)
    strange: int = 0
    header_hurt: bool = False

    def people(self) -> list[int]:
        """Places of pieces that are people."""
        return [place for place, piece in enumerate(self.pieces) if not piece.is_header]

    def locate(self, position: int) -> tuple[int, int]:
        """The piece a byte of the file stands in, and where in it."""
        for place, piece in enumerate(self.pieces):
            if position < len(piece.data):
                return place, position
            position -= len(piece.data)
        return len(self.pieces) - 1, len(self.pieces[-1].data)

    def replace(self, start: int, stop: int, put: bytes) -> None:
        """Put other bytes in the place of some; pieces that lose their border become one."""
        first, at = self.locate(start)
        last, end = self.locate(stop)
        # The line end of a piece is what keeps the next one apart.
        body = self.pieces[last].data.rstrip(b"\r\n")
        if last + 1 < len(self.pieces) and stop > start and end > len(body):
            last, end = last + 1, 0
        elif last + 1 < len(self.pieces) and start == stop and end > len(body):
            last, end, put = last + 1, 0, put + self.pieces[last].data[end:]
        touched = self.pieces[first : last + 1]
        leads = frozenset[int]().union(*(piece.leads for piece in touched))
        merged = _Piece(
            self.pieces[first].data[:at] + put + self.pieces[last].data[end:],
            leads,
            any(piece.is_header for piece in touched),
            any(piece.torn for piece in touched) or b"\n" in put or b"\r" in put,
        )
        self.pieces[first : last + 1] = [merged]
        self.hurt |= leads
        self.header_hurt |= merged.is_header
        self.strange += put.count(b"\n") + put.count(b"\r") + 1

    def size(self) -> int:
        """Bytes in all."""
        return sum(len(piece.data) for piece in self.pieces)

    def somewhere(self) -> int:
        """Any byte, seldom one of the header."""
        head = len(self.pieces[0].data)
        return self.draw.randrange(0 if self.draw.random() < 0.05 else min(head, self.size() - 1), self.size())


def _flip(patient: _Patient) -> None:
    at = patient.somewhere()
    place, inside = patient.locate(at)
    byte = patient.pieces[place].data[inside] ^ (1 << patient.draw.randrange(8))
    patient.replace(at, at + 1, bytes([byte]))


def _insert(patient: _Patient) -> None:
    at = patient.somewhere()
    put = patient.draw.choice(_MEANING) if patient.draw.random() < 0.8 else bytes([patient.draw.randrange(256)])
    patient.replace(at, at, put)


def _delete(patient: _Patient) -> None:
    at = patient.somewhere()
    patient.replace(at, at + 1, b"")


def _double(patient: _Patient) -> None:
    at = patient.somewhere()
    place, inside = patient.locate(at)
    patient.replace(at, at, patient.pieces[place].data[inside : inside + patient.draw.randint(1, 4)])


def _delete_block(patient: _Patient) -> None:
    at = patient.somewhere()
    patient.replace(at, min(at + patient.draw.randint(2, _LONGEST_BLOCK), patient.size()), b"")


def _repeat_block(patient: _Patient) -> None:
    whole = b"".join(piece.data for piece in patient.pieces)
    start = patient.somewhere()
    block = whole[start : start + patient.draw.randint(2, _LONGEST_BLOCK)]
    first, _ = patient.locate(start)
    last, _ = patient.locate(start + len(block))
    copied = frozenset[int]().union(*(piece.leads for piece in patient.pieces[first : last + 1]))
    at = patient.somewhere()
    patient.replace(at, at, block)
    patient.hurt |= copied  # pieces of them stand in somebody else's line


def _delete_line(patient: _Patient) -> None:
    place = patient.draw.choice(patient.people())
    if len(patient.people()) > 1:
        patient.gone |= patient.pieces.pop(place).leads


def _repeat_line(patient: _Patient) -> None:
    place, to = patient.draw.choice(patient.people()), patient.draw.choice(patient.people())
    patient.again |= patient.pieces[place].leads
    piece = patient.pieces[place]
    if piece.data.endswith((b"\n", b"\r")):
        patient.pieces.insert(to, replace(piece))


def _swap_lines(patient: _Patient) -> None:
    one, other = patient.draw.choice(patient.people()), patient.draw.choice(patient.people())
    ends = [patient.pieces[place].data.endswith((b"\n", b"\r")) for place in (one, other)]
    if all(ends):
        patient.pieces[one], patient.pieces[other] = patient.pieces[other], patient.pieces[one]


def _insert_line(patient: _Patient) -> None:
    words = patient.draw.choice((b"* * *", b"--- page 2 ---", b"Total,17", b",,,", b"\x0c", b'"', b"\xff\xfe"))
    patient.pieces.insert(patient.draw.choice(patient.people()), _Piece(words + b"\r\n"))
    patient.strange += 1


def _recode_line(patient: _Patient) -> None:
    """One line in another encoding, as files put together from two have it."""
    place = patient.draw.choice(patient.people())
    piece = patient.pieces[place]
    other = piece.data.decode("utf-8", "surrogateescape").encode("cp1252", "replace")
    if other != piece.data:
        patient.pieces[place] = replace(piece, data=other)
        patient.hurt |= piece.leads


def _cut(patient: _Patient) -> None:
    """The rest of the file is missing, from any byte on."""
    at = patient.somewhere()
    place, inside = patient.locate(at)
    for piece in patient.pieces[place + 1 :]:
        patient.gone |= piece.leads
    piece = patient.pieces[place]
    patient.hurt |= piece.leads
    patient.header_hurt |= piece.is_header
    patient.pieces[place:] = [replace(piece, data=piece.data[:inside])]


_DAMAGES: Final[tuple[Callable[[_Patient], None], ...]] = (
    _flip,
    _flip,
    _insert,
    _insert,
    _delete,
    _double,
    _delete_block,
    _repeat_block,
    _delete_line,
    _repeat_line,
    _swap_lines,
    _insert_line,
    _recode_line,
    _cut,
)


def damaged(number: int) -> Polluted:
    """A good file after one to three strokes of damage."""
    recipe = f"damage {number}"
    draw = chance(recipe)
    draft = draft_of(clean_list(recipe, fewest=6))
    draft = draft.write(
        delimiter=draw.choice((",", ",", ";", "\t")),
        quote_all=draw.random() < 0.3,
        ends=(draw.choice(("\r\n", "\n")),),
        mark=draw.choice((b"", b"\xef\xbb\xbf")),
    )
    good = written(draft, recipe)
    patient = _patient(good, draw)
    strokes = [draw.choice(_DAMAGES) for _ in range(draw.choice((1, 1, 1, 2, 3)))]
    for stroke in strokes:
        stroke(patient)
    return _result(good, patient, ", ".join(stroke.__name__.strip("_") for stroke in strokes))


def _patient(good: Polluted, draw: random.Random) -> _Patient:
    leads = ((span, frozenset() if span.lead is None else frozenset({span.lead})) for span in good.spans)
    pieces = [_Piece(good.data[span.start : span.stop], found, span.is_header) for span, found in leads]
    pieces[0].data = good.data[: good.spans[0].start] + pieces[0].data
    return _Patient(pieces, draw)


def _result(good: Polluted, patient: _Patient, strokes: str) -> Polluted:
    data = b"".join(piece.data for piece in patient.pieces)
    spans, at = [], 0
    for piece in patient.pieces:
        stop = at + len(piece.data)
        # Of a piece that several people share, or that is torn, nobody can say whose flags still stand where.
        is_own = len(piece.leads) == 1 and not piece.torn
        spans.append(Span(at, stop, min(piece.leads) if is_own else None, piece.is_header))
        at = stop
    everybody = frozenset(range(len(good.clean.leads)))
    hurt = everybody if patient.header_hurt else frozenset(patient.hurt)
    lost = patient.gone.difference(*(piece.leads for piece in patient.pieces))
    expected = Expected(
        hurt=hurt,
        gone=frozenset(lost),
        again=frozenset(patient.again),
        strange=patient.strange,
        merged=len(patient.hurt),
        refusals=_ANY_REFUSAL if patient.header_hurt or len(hurt | lost) == len(everybody) else frozenset(),
        spliced=True,
        header_hurt=patient.header_hurt,
        flags_lost=patient.header_hurt,
        header_line=False,
    )
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return replace(
        good,
        recipe=f"{good.recipe}: {strokes}",
        data=data,
        spans=tuple(spans),
        expected=expected,
        lines=count_lines(text),
        header_line=None,
    )
