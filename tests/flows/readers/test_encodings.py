"""The encoding is decided from the bytes; what cannot be told is refused, never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policies.errors import RefusedFile
from tests.flows.readers.texts import cells, damage, read

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "name;city\r\nJörg Müßig;Köln\r\nZoë O\u2019Brien;Łódź\r\n"
WESTERN = "name;city\r\nJörg Müßig;Köln\r\nZoë O\u2019Brien;Orléans \u2013 5 € “hier”\r\n¿Ñandú?;São Paulo, 3 m²\r\n"
CYRILLIC = (
    "\u0438\u043c\u044f,\u043f\u043e\u0447\u0442\u0430\n"
    "\u0418\u0432\u0430\u043d\u043e\u0432,x\n"
    "\u041f\u0435\u0442\u0440\u043e\u0432\u0430,y\n"
)
SCRIPTS = (
    "Ægir Ελένη Иван Արամ דוד محمد आरव অনিক ਗੁਰਪ੍ਰੀਤ પ્રિયા கவிதா తేజ ಅನು മീര සමන් สมชาย ສົມ ཏའི မောင် "
    "ანა ሳባ សុខ ᠪᠠᠲᠤ さくら サクラ 王小明 김민수 ⴰⵎⵉⵏ 𞤀𞤣𞤢𞤥 Nguyễn"
)
ODD_ROW = 2


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8-sig"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le-bom"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be-bom"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (WESTERN.encode("cp1252"), "cp1252"),
        (b"name;city\r\nJane;Rome\r\n", "utf-8"),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, name: str) -> None:
    """Each encoding gives the same cells, byte order mark or not."""
    table = read(tmp_path, content)
    plain = content.decode(name.removesuffix("-bom")).lstrip("\ufeff").splitlines()[1:]
    assert table.encoding == name
    assert list(cells(table).values()) == [tuple(line.split(";")) for line in plain]
    assert table.headers == ("name", "city")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (CYRILLIC, "cp1251"),
        ("name,city\nWałęsa,Gdańsk\nŻółć,Łódź\n", "cp1250"),
        ("名前,会社\n山田太郎,東京商事\n佐藤花子,大阪物産\n", "shift_jis"),
        ("name,city\nJörg,Köln\n", "utf-32"),
    ],
)
def test_other_encodings_are_refused(tmp_path: Path, text: str, codec: str) -> None:
    """A file that would read as wrong names is refused, with what it looks like where that can be said."""
    with pytest.raises(RefusedFile) as caught:
        read(tmp_path, text.encode(codec))
    assert caught.value.code == "encoding_unclear"
    assert "UTF-8" in caught.value.fix


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_damaged_byte_costs_its_row_only(tmp_path: Path, mark: bytes) -> None:
    """In a UTF-8 file one byte that is no character does not change how the other names are read."""
    lines = ["name,city", "Jörg,Köln", "J?hn,Rom", "Zoë,Nîmes", "Ærø,Åbo", "Ñu,Ávila"]
    content = mark + "\n".join(lines).encode().replace(b"?", b"\xff")
    table = read(tmp_path, content)
    assert damage(table) == {ODD_ROW: "bad_encoding"}
    assert table.damaged.get_column("cells").to_list() == [["J\ufffdhn", "Rom"]]
    assert cells(table)[1] == ("Jörg", "Köln")
    assert cells(table)[5] == ("Ñu", "Ávila")


def test_a_byte_of_no_encoding_costs_its_row_only(tmp_path: Path) -> None:
    """In a plain file a byte that neither UTF-8 nor cp1252 has is damage, and no reason to refuse the others."""
    table = read(tmp_path, b"name,city\nJane,Rome\nJ\x81hn,Bonn\n")
    assert (damage(table), cells(table)) == ({ODD_ROW: "bad_encoding"}, {1: ("Jane", "Rome")})


def test_a_few_accents_in_a_plain_file_are_western(tmp_path: Path) -> None:
    """One cp1252 letter in an ASCII file is that letter."""
    assert cells(read(tmp_path, b"name,city\nJ\xf6rg,Rome\n"))[1] == ("Jörg", "Rome")


def test_no_name_of_thirty_scripts_loses_a_letter(tmp_path: Path) -> None:
    """Whatever the script, the cells are the text that was written."""
    names = SCRIPTS.split()
    text = "name,city\n" + "".join(f"{name},x\n" for name in names)
    for content in (text.encode(), b"\xff\xfe" + text.encode("utf-16-le")):
        assert [row[0] for row in cells(read(tmp_path, content)).values()] == names
