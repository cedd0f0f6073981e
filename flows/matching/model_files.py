"""Model files: read, checked, and every fault named by file, line and key."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flows.toml_lines import decode_error_line, line_of
from policies.errors import UsageError
from policies.identity.columns import PEOPLE, PREPARED
from policies.identity.model_file import lead_model, parse_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from policies.identity.model import Model

__all__ = ["PACKAGED", "ModelSource", "further_columns", "load_model"]

PACKAGED: Final = "leads"
_TABLE: Final = "identity"  # in rule files a model stands below [identity.<name>]
_LEVEL: Final = "level"
_ITEM: Final = r"\{\s*name\s*="  # where a level begins, as an inline table
_PREPARED: Final = frozenset({*PREPARED, "org"})


@dataclass(frozen=True)
class ModelSource:
    """A checked model, the table it was read from, and the path to that table in a rule file."""

    model: Model
    table: Mapping[str, Any]
    prefix: tuple[str, ...]


def load_model(path: Path | None, settings: Mapping[str, Any]) -> ModelSource:
    """The model of a file, or the one in force by ``settings`` (those of the rulebook).

    Raises ``UsageError`` (``model_invalid``) with file, line and key of every fault.
    """
    if path is None:
        return ModelSource(lead_model(settings), settings[_TABLE][PACKAGED], (_TABLE, PACKAGED))
    text, data = _parsed(path)
    prefix, table = _model_table(data)
    try:
        # what it compares and counts by must be columns it reads, or keys that every record has
        columns = {*_PREPARED, *_read_columns(parse_model(table))}
        return ModelSource(parse_model(table, columns), table, prefix)
    except UsageError as error:
        faults = error.details.get("problems")
        raise _invalid(path, text, prefix, table, faults if isinstance(faults, list) else []) from None


def _model_table(data: Mapping[str, Any]) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    """The model in a parsed file, and the path to it: the file itself, or the one table below ``identity``."""
    inner = data.get(_TABLE)
    models = {name: table for name, table in inner.items() if _is_model(table)} if isinstance(inner, dict) else {}
    if len(models) != 1:
        return (), data
    name, table = next(iter(models.items()))
    return (_TABLE, name), table


def further_columns(model: Model) -> list[str]:
    """The columns that a model reads from a file beside those that people usually have.

    None for a model whose columns are all known: its fields are made of keys then, whatever else the file calls so.
    """
    read = _read_columns(model)
    return [] if read <= {*_PREPARED, *PEOPLE} else sorted(read - set(PEOPLE))


def _read_columns(model: Model) -> set[str]:
    """What the fields of a model are made of, other fields left out."""
    before: set[str] = set()
    read: set[str] = set()
    for field in model.fields:
        read |= {name for name, _ in field.parts if name not in before}
        before.add(field.name)
    return read


def _is_model(table: object) -> bool:
    return isinstance(table, dict) and "comparison" in table


def _parsed(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, what = decode_error_line(str(error)), str(error).partition(" (at ")[0]
    except UnicodeDecodeError:
        line, what = 1, "This is not UTF-8 text"
    raise UsageError(
        "model_invalid",
        f"The model file cannot be read:\n  {path.name}:{line}: {what}.",
        "Mend the line, or start from a file that `tactful people calibrate` wrote.",
        {"problems": [f"{path.name}:{line}: {what}."]},
    )


def _invalid(
    path: Path, text: str, prefix: tuple[str, ...], table: Mapping[str, Any], faults: Sequence[Mapping[str, str]]
) -> UsageError:
    lines = [
        f"{path.name}:{_line(text, (*prefix, *_location(table, fault['key'])))}: {fault['key']} {fault['message']}"
        f" {fault['fix']}"
        for fault in faults
    ]
    told = "\n".join(f"  {line}" for line in lines)
    return UsageError(
        "model_invalid",
        f"{len(lines)} problem(s) in the model file:\n{told}",
        "Mend the lines named above; docs/matching.md shows a whole model file.",
        {"problems": lines},
    )


def _line(text: str, location: Sequence[str | int]) -> int:
    """The line of a key; of one in a level, which may have a line of its own below the word ``level``, that line."""
    line = line_of(text, location)
    if _LEVEL not in location:
        return line
    number = location[list(location).index(_LEVEL) + 1 :][:1]
    below = [at for at, words in enumerate(text.splitlines(), start=1) if at >= line and re.search(_ITEM, words)]
    return below[number[0]] if number and isinstance(number[0], int) and number[0] < len(below) else line


def _location(table: Mapping[str, Any], key: str) -> list[str | int]:
    """The path of keys and list positions that a key such as ``comparison.email.own.bits`` stands for."""
    found: list[str | int] = []
    here: object = table
    for word in key.removeprefix("model.").split("."):
        if isinstance(here, dict) and word not in here and isinstance(_place(here.get(_LEVEL), word), int):
            found.append(_LEVEL)
            here = here[_LEVEL]
        place = _place(here, word)
        found.append(place)
        here = _below(here, place)
    return found


def _place(here: object, word: str) -> str | int:
    """The key, or in a list of tables the position of the one of that name or number."""
    if not isinstance(here, list):
        return word
    names = [str(each.get("name", number)) if isinstance(each, dict) else "" for number, each in enumerate(here)]
    return names.index(word) if word in names else word


def _below(here: object, place: str | int) -> object:
    if isinstance(here, dict):
        return here.get(place)
    return here[place] if isinstance(here, list) and isinstance(place, int) else None
