"""Rule files of layouts: read and checked like every rule file, all problems of all files named at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold_words
from policies.sources.fields import CONTACT_FIELDS, FIELDS, FLAG_FIELDS, FLAG_MEANINGS, LIST_FIELDS
from policies.sources.layouts.model import Layout, Section
from policies.sources.layouts.recognising import header_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.rulebook.files import ParsedFile, Place, Problems

__all__ = ["LAYOUT_TABLES", "is_layout_file", "parse_layouts"]

LAYOUT_TABLES: Final = ("layout", "section")
_LAYOUT_KEYS: Final = (
    "id",
    "product",
    "file_names",
    "footers",
    "blanks",
    "separators",
    "lookups",
    "refuse",
    "refuse_fix",
)
_SECTION_KEYS: Final = (
    "id",
    "header",
    "header_like",
    "absent",
    "title",
    "people",
    "columns",
    "excluded",
    "opted_out",
    "bounced",
    "no_flag",
    "asked",
    "extract",
    "unless",
    "marked",
)
_FOLDER: Final = "base/layouts/"
_WORD: Final = re.compile(r"[a-z][a-z0-9_]*")


def is_layout_file(path: str) -> bool:
    """Whether the rule file at ``path`` describes the export of a product."""
    return path.startswith(_FOLDER)


def parse_layouts(files: Sequence[ParsedFile], problems: Problems) -> tuple[Layout, ...]:
    """The layouts in those of ``files`` that hold one, by id; what is wrong with them goes to ``problems``."""
    layouts: dict[str, Layout] = {}
    for parsed in files:
        if is_layout_file(parsed.file.path):
            layout = _Reader(parsed, problems).layout()
            if layout.id in layouts:
                place = parsed.places.table("layout")
                problems.add(place, "id", f"There is another layout {layout.id!r}.", "Give each its own id.")
            layouts[layout.id] = layout
    return tuple(layouts[name] for name in sorted(layouts))


class _Reader:
    """Reads one file; a value that is wrong is noted and taken as missing."""

    def __init__(self, parsed: ParsedFile, problems: Problems) -> None:
        self.parsed = parsed
        self.problems = problems

    def layout(self) -> Layout:
        """The layout as far as it can be read."""
        raw = self.parsed.data.get("layout", {})
        data: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
        place = self.parsed.places.table("layout")
        if not data:
            self.problems.add(place, None, "The file says nothing of a layout.", "Write [layout] with id and product.")
        self.problems.unknown_keys(place, data, _LAYOUT_KEYS, "A layout")
        sections = tuple(self._section(number, raw) for number, raw in enumerate(self._tables()))
        if not any(section.people for section in sections):
            self.problems.add(place, None, "No section of the layout holds people.", "Write [[section]] with header.")
        self._once(place, [section.id for section in sections], "section")
        refuse = self._text(place, data, "refuse", needed=False)
        return Layout(
            id=self._word(place, data, "id"),
            product=self._text(place, data, "product"),
            sections=sections,
            file_names=self._patterns(place, data, "file_names"),
            footers=self._patterns(place, data, "footers"),
            blanks=self.problems.texts(place, data, "blanks"),
            separators=self.problems.texts(place, data, "separators"),
            lookups=self._lookups(data, sections),
            refuse=refuse or None,
            refuse_fix=self._text(place, data, "refuse_fix", needed=bool(refuse)),
            path=self.parsed.file.path,
        )

    def _tables(self) -> list[Mapping[str, Any]]:
        return self.parsed.tables("section", self.problems)

    def _section(self, number: int, data: Mapping[str, Any]) -> Section:
        place = self.parsed.places.table("section", number)
        self.problems.unknown_keys(place, data, _SECTION_KEYS, "A section")
        header = self._headers(place, data, "header")
        like = self._patterns(place, data, "header_like")
        if not header and not like:
            self.problems.add(place, "header", "The section has no header.", 'Write header = ["...", "..."].')
        title = self._patterns(place, {"title": [data["title"]]}, "title") if "title" in data else (None,)
        return Section(
            id=self._word(place, data, "id"),
            header=header,
            header_like=like,
            absent=self._headers(place, data, "absent"),
            title=title[0] if title else None,
            people=self._switch(place, data, "people", default=True),
            columns=self._columns(number, data),
            excluded=self._word(place, data, "excluded") if "excluded" in data else None,
            opted_out=self._among(place, data, "opted_out", CONTACT_FIELDS),
            bounced=self._switch(place, data, "bounced", default=False),
            no_flag=self.problems.texts(place, data, "no_flag"),
            asked=self._among(place, data, "asked", LIST_FIELDS),
            extract=self._extract(number, data),
            unless=self._nested(number, data, "unless"),
            marked=self._nested(number, data, "marked"),
        )

    def _extract(self, number: int, data: Mapping[str, Any]) -> dict[str, str]:
        place = self.parsed.places.table("section.extract", within=("section", number))
        found = self._table(place, data, "extract")
        self.problems.unknown_keys(place, found, data.get("columns", ()), "The section")
        return {name: pattern for name in found for pattern in self._patterns(place, {name: [found[name]]}, name)}

    def _nested(self, number: int, data: Mapping[str, Any], key: str) -> dict[str, dict[str, str]]:
        """Tables of patterns, one for each header."""
        place = self.parsed.places.table(f"section.{key}", within=("section", number))
        found: dict[str, dict[str, str]] = {}
        for name, patterns in self._table(place, data, key).items():
            place = self.parsed.places.table(f"section.{key}.{name}", within=("section", number))
            table = self._table(place, {name: patterns}, name)
            found[name] = {
                other: pattern for other in table for pattern in self._patterns(place, {other: [table[other]]}, other)
            }
        return found

    def _table(self, place: Place, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = data.get(key, {})
        if isinstance(value, dict):
            return value
        self.problems.add(place, key, f"{key} is not a table.", "Write it as a table.")
        return {}

    def _columns(self, number: int, data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        place = self.parsed.places.table("section.columns", within=("section", number))
        stated = self._table(place, data, "columns")
        self.problems.unknown_keys(place, stated, FIELDS, "A list")
        lists = {field: [value] if isinstance(value, str) else value for field, value in stated.items()}
        columns = {field: self.problems.texts(place, lists, field) for field in stated if field in FIELDS}
        plain = [header_key(name) for field, names in columns.items() if field not in FLAG_FIELDS for name in names]
        self._once(place, plain, "column")
        return columns

    def _lookups(self, data: Mapping[str, Any], sections: Iterable[Section]) -> dict[str, dict[str, str]]:
        fields = {
            header_key(name): field
            for section in sections
            for field, names in section.columns.items()
            for name in names
        }
        stated = data.get("lookups", {})
        found: dict[str, dict[str, str]] = {}
        for name, words in stated.items() if isinstance(stated, dict) else ():
            place = self.parsed.places.table(f"layout.lookups.{name}")
            key = name if name in FIELDS else header_key(name)
            field = key if key in FIELDS else fields.get(key)
            if field is None:
                self.problems.add(place, None, f"No section reads a column {name!r}.", "Name one of its columns.")
            elif not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
                self.problems.add(place, None, f"lookups.{name} is no table of texts.", 'Write word = "meaning".')
            else:
                self._meanings(place, field, words)
                found[key] = dict(zip(fold_words(list(words)), words.values(), strict=True))
        return found

    def _meanings(self, place: Place, field: str, words: Mapping[str, str]) -> None:
        for word, meaning in words.items():
            if (field in FLAG_FIELDS or field == "email_bounced") and meaning not in FLAG_MEANINGS:
                self.problems.add(place, word, f"{meaning!r} is no state of a flag.", "Write yes, no or blank.")
            elif field == "excluded_by_file" and meaning and not _WORD.fullmatch(meaning):
                self.problems.add(place, word, f"{meaning!r} is no reason.", "Write one word in lower case.")

    def _headers(self, place: Place, data: Mapping[str, Any], key: str) -> tuple[str, ...]:
        return tuple(header_key(text) for text in self.problems.texts(place, data, key))

    def _patterns(self, place: Place, data: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """Patterns for Python and for Polars alike."""
        found = self.problems.texts(place, data, key)
        for pattern in found:
            try:
                re.compile(pattern)
                pl.Series([""]).str.contains(pattern)
            except (re.error, pl.exceptions.ComputeError):
                self.problems.add(place, key, f"{key} holds no pattern: {pattern!r}.", "Mend the pattern.")
                return ()
        return found

    def _text(self, place: Place, data: Mapping[str, Any], key: str, *, needed: bool = True) -> str:
        value = data.get(key, "")
        if not isinstance(value, str) or (needed and not value):
            self.problems.add(place, key, f"{key} is missing, or no text.", f'Write {key} = "...".')
            return ""
        return value

    def _word(self, place: Place, data: Mapping[str, Any], key: str) -> str:
        value = self._text(place, data, key)
        if value and not _WORD.fullmatch(value):
            self.problems.add(place, key, f"{key} is no word.", "Lower-case letters, digits and _ make one.")
        return value

    def _switch(self, place: Place, data: Mapping[str, Any], key: str, *, default: bool) -> bool:
        value = data.get(key, default)
        if not isinstance(value, bool):
            self.problems.add(place, key, f"{key} is neither true nor false.", f"Write {key} = {str(default).lower()}.")
            return default
        return value

    def _among(self, place: Place, data: Mapping[str, Any], key: str, known: Sequence[str]) -> tuple[str, ...]:
        found = self.problems.texts(place, data, key)
        for word in found:
            if word not in known:
                self.problems.add(place, key, f"{key} does not know {word!r}.", f"Known are: {', '.join(known)}.")
        return tuple(word for word in found if word in known)

    def _once(self, place: Place, names: Sequence[str], what: str) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.problems.add(place, None, f"There is more than one {what} {name!r}.", "State each once.")
