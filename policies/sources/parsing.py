"""Source contracts read from their rule files, every problem of every file named at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from policies.rulebook.files import Problems, RuleFile, parse_file
from policies.sources.contract import STATED_FIELDS, SourceContract
from policies.sources.expect import read_expect
from policies.sources.tables import read_columns, read_files, read_lookups
from policies.sources.values import READERS, WrongValue, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.expectations import Expectation
    from policies.rulebook.files import ParsedFile

__all__ = ["expectations", "parse_source_contract", "parse_source_contracts"]

_TABLES: Final = ("columns", "lookups", "expect", "files")
_SOURCE_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def parse_source_contract(text: str, path: str) -> SourceContract:
    """Read one contract. Raises ``RuleFileError`` with everything that is wrong in it, by line.

    What is missing or a placeholder is no error: the contract is read and ``incomplete`` names it.
    """
    return next(iter(parse_source_contracts([RuleFile(path, text, "source")]).values()))


def parse_source_contracts(files: Sequence[RuleFile]) -> dict[str, SourceContract]:
    """Read all contracts, by id. Raises ``RuleFileError`` with all problems of all files."""
    problems = Problems()
    found: dict[str, SourceContract] = {}
    for file in sorted(files, key=lambda file: file.path):
        parsed = parse_file(file, problems)
        if parsed is not None:
            contract = _read(parsed, problems)
            found[contract.id] = contract
    problems.raise_if_any()
    return found


def expectations(contract: SourceContract | None) -> list[Expectation]:
    """What the contract expects of each of its lists; without one, nothing is known to expect."""
    return [] if contract is None else list(contract.expect)


def _read(parsed: ParsedFile, problems: Problems) -> SourceContract:
    data = dict(parsed.data)
    tables = {name: _table(data.pop(name, {}), name, parsed, problems) for name in _TABLES}
    problems.unknown_keys(parsed.places.top(), data, (*READERS, *_TABLES), "A source contract")
    values: dict[str, Any] = {name: _value(name, data[name], parsed, problems) for name in READERS if name in data}
    values["id"] = _source_id(values.get("id"), parsed, problems)
    stated: dict[str, Any] = {name: values.get(name) for name in STATED_FIELDS}
    return SourceContract(
        **stated,
        path=parsed.file.path,
        columns=read_columns(tables["columns"], parsed.places, problems),
        lookups=read_lookups(tables["lookups"], parsed.places, problems),
        expect=read_expect(tables["expect"], parsed.places, problems),
        files=read_files(tables["files"], parsed.places, problems),
    )


def _value(name: str, value: Any, parsed: ParsedFile, problems: Problems) -> Any:  # noqa: ANN401  # any TOML value
    """The value of one field; None for a placeholder, and for a wrong value, which is noted."""
    if is_placeholder(value):
        return None
    try:
        return READERS[name](value)
    except WrongValue as wrong:
        problems.add(parsed.places.top(), name, f"{name} {wrong}.", wrong.fix)
        return None


def _table(value: Any, name: str, parsed: ParsedFile, problems: Problems) -> dict[str, Any]:  # noqa: ANN401  # as above
    if isinstance(value, dict):
        return value
    problems.add(parsed.places.top(), name, f"{name} is no table.", f"Write [{name}].")
    return {}


def _source_id(stated: str | None, parsed: ParsedFile, problems: Problems) -> str:
    """The id, which is the name of the file: the drop folder finds its contract by it."""
    stem = parsed.file.path.replace("\\", "/").rpartition("/")[2].removesuffix(".toml")
    place = parsed.places.top()
    if not _SOURCE_ID.fullmatch(stem):
        fix = "Name the file with small letters, digits, dots and hyphens, such as expo-2026.toml."
        problems.add(place, "id", "The name of the file cannot be the id of a source.", fix)
    elif stated is not None and stated != stem:
        problems.add(place, "id", f"id is not {stem!r}, the name of the file.", "The two must be the same.")
    return stem
