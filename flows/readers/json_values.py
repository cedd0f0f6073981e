"""Values of JSON as the texts a person would read; numbers keep the digits they are written with."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from flows.readers.typed import JOINED

__all__ = ["DECODER", "text_of", "told"]

_TOKEN: Final = re.compile(r'(?:"(?P<string>(?:[^"\\]|\\.)*)"?|(?P<bare>[^\s",:{}\[\]]+))(?P<colon>\s*:)?', re.DOTALL)
_ZERO_DECIMALS: Final = re.compile(r"\.0+$")


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _TwiceError(ValueError):
    """An object states a key twice: one of its values would be lost."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_Number, parse_float=_Number, parse_constant=_Number
)


def text_of(value: Any) -> str:  # noqa: ANN401  # whatever JSON holds
    """The text of one value: blank for null, a flat list with signs between, JSON for anything deeper."""
    match value:
        case _Number():
            return _ZERO_DECIMALS.sub("", value)
        case str():
            return value
        case True | False:
            return "TRUE" if value else "FALSE"
        case None:
            return ""
        case list() if not any(isinstance(item, (list, dict)) or JOINED in str(item) for item in value):
            return JOINED.join(text for item in value if (text := text_of(item)))
        case _:
            return _json(value)


def _json(value: Any) -> str:  # noqa: ANN401  # whatever JSON holds
    """A nested value as compact JSON, its numbers as they are written."""
    match value:
        case _Number():
            return str(value)
        case list():
            return f"[{','.join(_json(item) for item in value)}]"
        case dict():
            return (
                f"{{{','.join(f'{json.dumps(key, ensure_ascii=False)}:{_json(item)}' for key, item in value.items())}}}"
            )
        case _:
            return json.dumps(value, ensure_ascii=False)


def told(text: str) -> list[str]:
    """The values of a broken record as far as they can be told apart; a word before a colon is a key."""
    return [
        string if string is not None else bare
        for string, colon, bare in (found.group("string", "colon", "bare") for found in _TOKEN.finditer(text))
        if not colon
    ]
