"""Fields that a model declares, made from the columns of a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from policies.folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from policies.identity.model import Field, Model

__all__ = ["TRANSFORMS", "joined", "with_all_fields", "with_fields"]

_SEPARATOR: Final = "\x1f"
_MADE: Final = "all fields made"
_KEPT_SOUNDS: Final = 5


def _digits(text: pl.Expr) -> pl.Expr:
    bare = text.cast(pl.String).str.replace_all(r"\D", "")
    return pl.when(bare != "").then(bare)


def _folded(text: pl.Expr) -> pl.Expr:
    bare = fold(text.cast(pl.String)).str.replace_all(r"[^\p{L}\p{N}]+", "")
    return pl.when(bare != "").then(bare)


def _stem(text: pl.Expr) -> pl.Expr:
    """What stands before the first dot, as :func:`_letters` with figures: the name in a domain, or a company key."""
    return _flat(_folded(text.str.extract(r"^([^.]+)")))


def _letters(text: pl.Expr) -> pl.Expr:
    """Folded letters alone, in the spelling names are compared by: ae, oe and ue as a, o and u."""
    bare = _flat(_folded(text).str.replace_all(r"\P{L}+", ""))
    return pl.when(bare != "").then(bare)


def _flat(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(["ae", "oe", "ue"], ["a", "o", "u"])


def _sound(text: pl.Expr) -> pl.Expr:
    """Consonants in the order spoken, spellings of one sound made one."""
    spelled = _folded(text).str.replace_many(
        ["ph", "ck", "sch", "th", "dt", "tz", "ie", "y", "z", "w", "v", "c", "q"],
        ["f", "k", "s", "t", "t", "s", "i", "i", "s", "v", "f", "k", "k"],
    )
    bare = spelled.str.replace_all(r"[^a-z]", "").str.replace_all(r"(.)[aeiouh]+", "$1").str.head(_KEPT_SOUNDS)
    return pl.when(bare != "").then(bare)


def _date(text: pl.Expr) -> pl.Expr:
    """A date as its eight digits; texts are read as year, month, day."""
    bare = text.cast(pl.String).str.replace_all(r"\D", "")
    return pl.when(bare.str.len_bytes() == len("20261123")).then(bare)


TRANSFORMS: Final[dict[str, Callable[[pl.Expr], pl.Expr]]] = {
    "none": lambda column: column,
    "text": lambda column: column.cast(pl.String).str.strip_chars().str.to_lowercase(),
    "fold": _folded,
    "letters": _letters,
    "stem": _stem,
    "sound": _sound,
    "digits": _digits,
    "date": _date,
    "number": lambda column: column.cast(pl.Float64, strict=False),
}


def with_fields(frame: pl.DataFrame, model: Model, wanted: Iterable[str] | None = None) -> pl.DataFrame:
    """Add the fields of ``model`` (only those ``wanted``, and what they are made of) to ``frame``."""
    if _MADE in frame.columns:
        return frame
    needed = None if wanted is None else _closure(model, set(wanted))
    fields = [field for field in model.fields if needed is None or field.name in needed]
    for wave in _waves(fields):
        frame = frame.with_columns(_made(field).alias(field.name) for field in wave)
    return frame


def with_all_fields(frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    """All fields of ``model`` at once, marked as made, so that nobody who wants some of them makes them again."""
    return with_fields(frame, model).with_columns(pl.lit(value=True).alias(_MADE))


def _waves(fields: Sequence[Field]) -> Iterator[list[Field]]:
    """Fields that can be made at once, on all threads: a field that reads one of a wave begins the next."""
    wave: list[Field] = []
    for field in fields:
        made = {each.name for each in wave}
        if field.name in made or any(name in made for name, _ in field.parts):
            yield wave
            wave = []
        wave.append(field)
    if wave:
        yield wave


def joined(parts: Sequence[tuple[str, int]]) -> pl.Expr:
    """One text of several columns, null where any of them is."""
    return pl.concat_str([_part(part) for part in parts], separator=_SEPARATOR)


def _part(part: tuple[str, int]) -> pl.Expr:
    name, letters = part
    return pl.col(name).str.head(letters) if letters else pl.col(name)


def _closure(model: Model, wanted: set[str]) -> set[str]:
    for field in reversed(model.fields):
        if field.name in wanted:
            wanted |= {name for name, _ in field.parts}
    return wanted


def _made(field: Field) -> pl.Expr:
    transform = TRANSFORMS[field.transform]
    parts = [transform(_part(part)) for part in field.parts]
    if len(parts) == 1:
        made = parts[0]
    elif field.how == "sorted":
        present = pl.all_horizontal([part.is_not_null() for part in parts])
        made = pl.when(present).then(pl.concat_list(parts).list.sort().list.join(_SEPARATOR))
        if len(parts) == len(("first", "second")):  # the usual case, many times faster than lists
            made = pl.when(present).then(pl.min_horizontal(parts) + _SEPARATOR + pl.max_horizontal(parts))
    else:
        made = pl.concat_str(parts, separator=_SEPARATOR)
    if field.only:
        made = pl.when(pl.col(field.only)).then(made)
    if field.unless:
        made = pl.when(~pl.col(field.unless).fill_null(value=False)).then(made)
    return made
