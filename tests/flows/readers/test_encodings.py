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
    "\u0438\u043c\u044f,\u0433\u043e\u0440\u043e\u0434\n"
    "\u0418\u0432\u0430\u043d\u043e\u0432 \u0421.,\u041c\u043e\u0441\u043a\u0432\u0430\n"
    "\u041f\u0435\u0442\u0440\u043e\u0432\u0430 \u041d.,\u041a\u0430\u0437\u0430\u043d\u044c\n"
    "\u041a\u0443\u0437\u043d\u0435\u0446\u043e\u0432,\u0422\u0443\u043b\u0430\n"
)
POLISH = "imię,miasto\nMałgorzata Wałęsa,Gdańsk\nŁukasz Dąbrowski,Łódź\nJoanna Kamińska,Kraków\n"
CZECH = "jméno,město\nJiří Dvořák,Plzeň\nVěra Němcová,Hradec Králové\nOndřej Růžička,Třebíč\n"
HUNGARIAN = "név,város\nErdős Gergő,Győr\nSzűcs Tünde,Székesfehérvár\nKőszegi Jenő,Hódmezővásárhely\n"
TURKISH = "ad,şehir\nAyşe Y\u0131lmaz,İstanbul\nDoğan Şahin,Eskişehir\nÇağlar Öztürk,Diyarbak\u0131r\n"
GREEK = (
    "\u03cc\u03bd\u03bf\u03bc\u03b1,\u03c0\u03cc\u03bb\u03b7\n"
    "\u03a0\u03b1\u03c0\u03b1\u03b4\u03cc\u03c0\u03bf\u03c5\u03bb\u03bf\u03c2,"
    "\u0391\u03b8\u03ae\u03bd\u03b1\n"
    "\u039d\u03b9\u03ba\u03bf\u03bb\u03ac\u03bf\u03c5,\u03a0\u03ac\u03c4\u03c1\u03b1\n"
    "\u0391\u03bd\u03c4\u03c9\u03bd\u03af\u03bf\u03c5,\u0392\u03cc\u03bb\u03bf\u03c2\n"
)
JAPANESE = "名前,会社\n山田太郎,東京商事\n佐藤花子,大阪物産\n鈴木一郎,株式会社サクラ\n"
CHINESE = "姓名,城市\n王小明,北京\n李建国,上海\n张丽华,广州\n"
TAIWANESE = "姓名,城市\n陳怡君,臺北市\n林志明,高雄市\n黃淑芬,臺中市\n"
KOREAN = "이름,도시\n김민수,서울\n이영희,부산\n박지훈,대구\n"
FRENCH = "prénom,ville\nZoé Lefèvre,Besançon\nFrançois Œuvrard,Nîmes\nHélène Cœur,Évry\nBenoît Sœurs,Saint-Étienne\n"
GERMAN = "name,city\nJörg,Köln\nKäthe Weiß,Würzburg\nSören Müßig,München\n"
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
    ("text", "codec", "name"),
    [
        (CYRILLIC, "cp1251", "cp1251"),
        (CYRILLIC, "koi8-r", "koi8-r"),
        (POLISH, "cp1250", "cp1250"),
        (POLISH, "iso-8859-2", "iso-8859-2"),
        (CZECH, "cp1250", "cp1250"),
        (HUNGARIAN, "cp1250", "cp1250"),
        (TURKISH, "cp1254", "cp1254"),
        (TURKISH, "iso-8859-9", "cp1254"),  # the same letters, the same bytes
        (GREEK, "cp1253", "cp1253"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "euc-jp", "euc-jp"),
        (CHINESE, "gb18030", "gb18030"),
        (TAIWANESE, "big5", "big5"),
        (KOREAN, "euc-kr", "euc-kr"),
        (FRENCH, "mac_roman", "mac_roman"),
        (FRENCH, "iso-8859-15", "iso-8859-15"),
        (GERMAN, "utf-32", "utf-32-le-bom"),
        (GERMAN, "utf-32-be", "utf-32-be"),
        (CYRILLIC, "utf-16-le", "utf-16-le"),
        (JAPANESE, "utf-16-be", "utf-16-be"),
    ],
)
def test_exports_of_other_places(tmp_path: Path, text: str, codec: str, name: str) -> None:
    """What spreadsheets of other countries write is read letter by letter."""
    table = read(tmp_path, text.encode(codec))
    assert table.encoding == name
    assert [table.headers, *cells(table).values()] == [tuple(line.split(",")) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("text", "codec", "looks_like"),
    [
        ("name,city\nKami\u0144,Rome\n", "cp1250", "cp12"),
        ("name,city\nXqx\u0144q,Rome\n", "cp1250", None),
    ],
)
def test_what_could_be_two_names_is_refused(tmp_path: Path, text: str, codec: str, looks_like: str | None) -> None:
    """One word alone may be a word of two encodings: refused, with the likelier one where that can be said."""
    with pytest.raises(RefusedFile) as caught:
        read(tmp_path, text.encode(codec))
    assert caught.value.code == "encoding_unclear"
    assert "UTF-8" in caught.value.fix
    assert (looks_like or "") in caught.value.message


@pytest.mark.parametrize(("codec", "bad"), [("utf-16-le", b"\x00\xd8"), ("utf-16-be", b"\xd8\x00")])
def test_a_damaged_character_of_utf_16_costs_its_row_only(tmp_path: Path, codec: str, bad: bytes) -> None:
    """Half a character, or a byte too many at the end, is damage of its row."""
    lines = [line.encode(codec) for line in ("name,city\n", "Jane,Rome\n", "J?,Bonn\n", "Zo\u00eb,Paris\n", "End,x")]
    lines[2] = lines[2].replace("?".encode(codec), bad)
    table = read(tmp_path, b"".join(lines) + b"\n")
    assert damage(table) == {2: "bad_encoding", 4: "bad_encoding"}
    assert [row[0] for row in cells(table).values()] == ["Jane", "Zo\u00eb"]


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


def test_a_byte_that_an_old_encoding_lacks_costs_its_row_only(tmp_path: Path) -> None:
    """Among many letters of cp1252 a byte it does not have is damage, and no sign of another encoding."""
    first = ("Jörg", "Käthe", "Sören", "Günter", "Bärbel", "Jürgen", "Götz", "Änne")
    last = ("Müller", "Schäfer", "Köhler", "Weiß", "Böhm", "Krüger", "Häußler", "Größl")
    rows = [f"{name} {family},x" for name, family in zip(first, last, strict=True)]
    table = read(tmp_path, "\n".join(["name,city", *rows, "J?hn,Bonn"]).encode("cp1252").replace(b"?", b"\x81"))
    assert (table.encoding, damage(table), len(cells(table))) == ("cp1252", {9: "bad_encoding"}, 8)


def test_a_few_accents_in_a_plain_file_are_western(tmp_path: Path) -> None:
    """One cp1252 letter in an ASCII file is that letter."""
    assert cells(read(tmp_path, b"name,city\nJ\xf6rg,Rome\n"))[1] == ("Jörg", "Rome")


def test_no_name_of_thirty_scripts_loses_a_letter(tmp_path: Path) -> None:
    """Whatever the script, the cells are the text that was written."""
    names = SCRIPTS.split()
    text = "name,city\n" + "".join(f"{name},x\n" for name in names)
    for content in (text.encode(), b"\xff\xfe" + text.encode("utf-16-le")):
        assert [row[0] for row in cells(read(tmp_path, content)).values()] == names
