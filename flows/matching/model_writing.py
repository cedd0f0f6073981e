"""A model as a TOML file that people can read: one table after the other, one level of a comparison a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["model_toml"]


def model_toml(table: Mapping[str, object], prefix: Sequence[str], heading: str) -> str:
    """The text of a model file: ``heading`` as a comment, then ``table`` below the path ``prefix``."""
    lines = [f"# {line}".rstrip() for line in heading.splitlines()]
    return "\n".join([*lines, "", *_table(table, tuple(prefix))]) + "\n"


def _table(table: Mapping[str, object], path: tuple[str, ...]) -> Iterator[str]:
    if path:
        yield f"[{'.'.join(map(_key, path))}]"
    nested = {key: value for key, value in table.items() if isinstance(value, dict) or _is_tables(value)}
    for key, value in table.items():
        if key not in nested:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in nested.items():
        yield ""
        if isinstance(value, dict):
            yield f"[{'.'.join(map(_key, (*path, key)))}]"
            yield from (f"{_key(name)} = {_value(each)}" for name, each in value.items())
        elif isinstance(value, list):
            for each in value:
                yield f"[[{'.'.join(map(_key, (*path, key)))}]]"
                yield from (f"{_key(name)} = {_rows(item)}" for name, item in each.items())


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _rows(value: object) -> str:
    """Tables one a line, anything else in one line."""
    if isinstance(value, list) and len(value) > 1 and _is_tables(value):
        return "\n".join(["[", *(f"    {_value(each)}," for each in value), "]"])
    return _value(value)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_key(key)} = {_value(each)}' for key, each in value.items())} }}"
        case _:
            return repr(value)


def _key(key: str) -> str:
    plain = key.replace("_", "").replace("-", "")
    return key if plain.isascii() and plain.isalnum() else json.dumps(key, ensure_ascii=False)
