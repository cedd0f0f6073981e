"""Names of nineteen languages, in each encoding they are exported in: read letter by letter or refused, not misread."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import pytest

from flows.readers.delimited import open_records
from policies.errors import RefusedFile
from tests.effort import each

WEST: Final = ("cp1252", "iso-8859-15", "mac_roman")
CENTRE: Final = ("cp1250", "iso-8859-2")
USED: Final = {
    **dict.fromkeys(("de", "fr", "es", "pt", "it", "sv", "da"), WEST),
    "is": ("cp1252",),
    **dict.fromkeys(("pl", "cs", "hu"), CENTRE),
    "tr": ("cp1254", "iso-8859-9"),
    "ru": ("cp1251", "koi8-r"),
    "uk": ("cp1251",),
    "el": ("cp1253", "iso-8859-7"),
    "ja": ("cp932", "shift_jis", "euc-jp"),
    "zh": ("gb18030", "gb2312"),
    "tw": ("big5",),
    "ko": ("euc-kr", "cp949"),
}
CASES: Final = [(language, codec) for language, codecs in USED.items() for codec in codecs]
UNICODE: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
SEEDS: Final = range(4)


def names() -> dict[str, list[list[str]]]:
    """First names, family names and towns of each language."""
    text = Path(__file__).with_name("names.txt").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines())
    return {language: [part.split() for part in parts] for language, *parts in lines}


def people(language: str, count: int, seed: int) -> list[list[str]]:
    """A list of leads whose names are of one language; half of the time in capitals where there are any."""
    chance = random.Random(f"{language} {count} {seed}")  # noqa: S311  # test data
    first, last, towns = names()[language]
    rows = [
        [
            f"{chance.choice(first)} {chance.choice(last)}",
            f"p{number}@acme.example",
            chance.choice(towns),
            f"+44 20 7946 0{100 + number % 900}",
        ]
        for number in range(count)
    ]
    if seed % 2:
        rows = [[cell.upper() if place != 1 else cell for place, cell in enumerate(row)] for row in rows]
    return [["name", "email", "city", "phone"], *rows]


def outcome(folder: Path, rows: list[list[str]], codec: str) -> str:
    """``read``, ``misread`` or ``refused``; a letter the encoding lacks is left out."""
    content = "".join(";".join(row) + "\r\n" for row in rows).encode(codec, "ignore")
    (folder / "list.csv").write_bytes(content)
    try:
        with open_records(folder / "list.csv") as source:
            found = [record.cells for record in source.records]
    except RefusedFile as error:
        return "refused" if error.code == "encoding_unclear" else error.code
    return "read" if found == [line.split(";") for line in content.decode(codec).splitlines()] else "misread"


@pytest.mark.parametrize(("language", "codec"), each(CASES, 2))
def test_fifty_rows_are_enough(tmp_path: Path, language: str, codec: str) -> None:
    """A list of ordinary length is read, and right."""
    assert [outcome(tmp_path, people(language, 50, seed), codec) for seed in SEEDS] == ["read"] * len(SEEDS)


@pytest.mark.parametrize(("language", "codec"), each(CASES, 2))
def test_short_lists_are_read_or_refused(tmp_path: Path, language: str, codec: str) -> None:
    """Five rows may leave a doubt; then nothing is read."""
    assert "misread" not in [outcome(tmp_path, people(language, 5, seed), codec) for seed in range(10)]
    assert "misread" not in [outcome(tmp_path, people(language, 2, seed), codec) for seed in range(10)]


@pytest.mark.parametrize("language", USED)
@pytest.mark.parametrize("codec", UNICODE)
def test_unicode_is_read_with_or_without_a_mark(tmp_path: Path, language: str, codec: str) -> None:
    """However short the list."""
    assert outcome(tmp_path, people(language, 3, 0), codec) == "read"


@pytest.mark.parametrize("language", ["de", "cs", "ru", "ja"])
def test_the_accents_may_come_late(tmp_path: Path, language: str) -> None:
    """A long list whose first rows are plain is read by the rows that are not."""
    rows = people(language, 60, 0)
    plain = [["Jane Doe", "jane@acme.example", "Rome", "1"]] * 3_000
    assert outcome(tmp_path, [rows[0], *plain, *rows[1:]], USED[language][0]) == "read"
