"""Pollution of how a list is written: dividers, quotes, line ends, encodings."""

from __future__ import annotations

import codecs
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.pollution.drafts import text_entry

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from tests.pollution.drafts import Draft, Entry

__all__ = ["CODECS", "WRITINGS"]

_UNDIVIDED: Final = ("not_a_list", "no_header", "mapping_unclear")
# Encodings in which the people of a list must be writable before it is written in them.
CODECS: Final = {
    "cp1252": "cp1252",
    "latin-1": "latin-1",
    "cp1250": "cp1250",
    "cp1251": "cp1251",
    "shift_jis": "shift_jis",
    "gb18030": "utf-8",
    "mac_roman": "mac_roman",
    "cp437": "cp437",
}


def _divided_by(delimiter: str) -> Callable[[Draft, random.Random], Draft]:
    def pollute(draft: Draft, _: random.Random) -> Draft:
        changed = draft.write(delimiter=delimiter)
        return changed.expect() if delimiter in ",;\t|" else changed.expect(refusals=_UNDIVIDED)

    return pollute


def _quote_all(draft: Draft, _: random.Random) -> Draft:
    return draft.write(quote_all=True)


def _single_quotes(draft: Draft, draw: random.Random) -> Draft:
    """Cells in single quotes. Where they cannot be told from apostrophes a row with such a cell is refused."""
    everywhere = draw.random() < 0.5
    special = {"'", draft.writing.delimiter, "\n"}
    hurt = {entry.lead for entry in draft.entries if entry.lead is not None and special & set("".join(entry.cells))}
    return draft.write(quote="'", escape="'", quote_all=everywhere).expect(
        hurt=hurt, refusals=_UNDIVIDED if everywhere else (), strange=2 * len(hurt)
    )


def _blank_after_delimiter(draft: Draft, _: random.Random) -> Draft:
    return draft.write(delimiter=", ", quote_all=True)


def _blank_after_delimiter_few_quotes(draft: Draft, _: random.Random) -> Draft:
    """Without quotes the blank belongs to the cells, names included."""
    people = (entry.lead for entry in draft.entries if entry.lead is not None)
    return draft.write(delimiter=", ").expect(hurt=people)


def _ends(*ends: str) -> Callable[[Draft, random.Random], Draft]:
    def pollute(draft: Draft, _: random.Random) -> Draft:
        return draft.write(ends=ends)

    return pollute


def _no_last_end(draft: Draft, _: random.Random) -> Draft:
    return draft.write(last_end=0)


def _last_end_doubled(draft: Draft, _: random.Random) -> Draft:
    return draft.write(last_end=2)


def _in(codec: str, mark: bytes = b"", *refusals: str) -> Callable[[Draft, random.Random], Draft]:
    def pollute(draft: Draft, _: random.Random) -> Draft:
        changed = draft.write(codec=codec, mark=mark)
        return changed.expect(refusals=refusals)

    return pollute


def _whole_rows_in_quotes(draft: Draft, _: random.Random) -> Draft:
    """Every line as one cell in quotes: what a spreadsheet program makes of a list it took for one column."""

    def wrap(entry: Entry) -> Entry:
        return replace(entry, edit=lambda text: '"' + text.replace('"', '""') + '"')

    return draft.each(wrap).expect(refusals={*_UNDIVIDED, "no_rows"})


def _named(suffix: str, delimiter: str) -> Callable[[Draft, random.Random], Draft]:
    def pollute(draft: Draft, _: random.Random) -> Draft:
        return replace(draft, suffix=suffix).write(delimiter=delimiter)

    return pollute


def _end_of_file_sign(draft: Draft, _: random.Random) -> Draft:
    return draft.insert(len(draft.entries), text_entry("\x1a")).write(last_end=0).expect(strange=1)


WRITINGS: Final[Mapping[str, Callable[[Draft, random.Random], Draft]]] = {
    "semicolons": _divided_by(";"),
    "tabs": _divided_by("\t"),
    "pipes": _divided_by("|"),
    "blanks": _divided_by(" "),
    "colons": _divided_by(":"),
    "carets": _divided_by("^"),
    "all in quotes": _quote_all,
    "single quotes": _single_quotes,
    "blank after delimiter, all in quotes": _blank_after_delimiter,
    "blank after delimiter": _blank_after_delimiter_few_quotes,
    "line feeds": _ends("\n"),
    "carriage returns": _ends("\r"),
    "mixed line ends": _ends("\r\n", "\n", "\n", "\r"),
    "doubled carriage returns": _ends("\r\r\n"),
    "no last line end": _no_last_end,
    "last line end doubled": _last_end_doubled,
    "whole rows in quotes": _whole_rows_in_quotes,
    "end of file sign": _end_of_file_sign,
    "tabs named csv": _named(".csv", "\t"),
    "commas named tsv": _named(".tsv", ","),
    "semicolons named txt": _named(".txt", ";"),
    "no suffix": _named("", ","),
    "suffix in capitals": _named(".CSV", ","),
    "byte order mark": _in("utf-8", codecs.BOM_UTF8),
    "UTF-16 LE with mark": _in("utf-16-le", codecs.BOM_UTF16_LE),
    "UTF-16 BE with mark": _in("utf-16-be", codecs.BOM_UTF16_BE),
    "UTF-16 LE": _in("utf-16-le"),
    "UTF-16 BE": _in("utf-16-be"),
    "UTF-32": _in("utf-32-le", codecs.BOM_UTF32_LE, "encoding_unclear"),
    "cp1252": _in("cp1252"),
    "latin-1": _in("latin-1"),
    "cp1250": _in("cp1250", b"", "encoding_unclear"),
    "cp1251": _in("cp1251", b"", "encoding_unclear"),
    "shift_jis": _in("shift_jis", b"", "encoding_unclear", "not_a_table"),
    "gb18030": _in("gb18030", b"", "encoding_unclear", "not_a_table"),
    "mac_roman": _in("mac_roman", b"", "encoding_unclear"),
    "cp437": _in("cp437", b"", "encoding_unclear"),
}
