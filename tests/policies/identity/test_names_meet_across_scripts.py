"""Spellings of one name share their keys: scripts, romanisations, umlauts, damage, nicknames."""

from __future__ import annotations

import pytest

from tests.policies.identity.prepared import keys_of, prepared

SAME_SOUND = [
    [("Юрий Щербаков", "RU"), ("Iurii Shcherbakov", None), ("Juri Schtscherbakow", "DE"), ("Yuriy Scherbakov", None)],
    [("Дмитрий Соловьёв", "RU"), ("Dmitriy Solovyov", None), ("Dmitri Solovev", None)],
    [("Aleksandr Kovalskiy", None), ("Aleksandr Kowalski", "PL"), ("Александр Ковальский", "RU")],
    [("Ivan Petrović", None), ("Ivan Petrovich", None), ("Ivan Petrowitsch", None)],
    [("Mohammed Al-Harbi", "SA"), ("Muhammad Al Harbi", None), ("Mohamad El-Harbi", None), ("محمد الحربي", "SA")],
    [("Abdul Rahman Khan", None), ("Abdulrahman Khan", None), ("Abd el-Rahman Khan", None)],
    [("王小明", "CN"), ("Wang Xiaoming", "CN"), ("Hsiao-ming Wang", "TW"), ("Xiao Ming Wang", None)],
    [("陈明", "CN"), ("Ming Chen", None), ("Chan Ming", "HK")],
    [
        ("田中太郎", "JP"),
        ("タナカ タロウ", "JP"),
        ("たなか たろう", None),
        ("Taro Tanaka", None),
        ("TANAKA Taroh", "JP"),
    ],
    [("石川 浩", "JP"), ("Isikawa Hirosi", "JP"), ("Hiroshi Ishikawa", None)],
    [("林 明婷", "HK"), ("Ming-ting Lam", "HK")],
    [("강동상", "KR"), ("Kang Dongsang", "KR")],
    [("高橋健一", None), ("Kenichi Takahashi", "JP")],
    [("김민수", "KR"), ("Kim Min-soo", "KR"), ("Minsu Kim", None), ("Min Su Kim", None)],
    [("Γιώργος Παπαδόπουλος", "GR"), ("Giorgos Papadopoulos", None)],
    [("Jürgen Müller", "DE"), ("Juergen Mueller", "DE"), ("Jurgen Muller", None)],
    [("JÃ¼rgen MÃ¼ller", "DE"), ("Jürgen Müller", "DE")],
    [("Ùóåíêî Åâãåíèé", "RU"), ("Щуенко Евгений", "RU")],
    [("M\ufffdller, J\ufffdrgen", "DE"), ("M?ller, J?rgen", "DE"), ("Müller, Jürgen", "DE")],
]
SAME_ROOT = [
    ("Bob Smith", "Robert Smith"),
    ("Peggy Smith", "Margaret Smith"),
    ("Hans Huber", "Johannes Huber"),
    ("Sascha Ivanov", "Alexandr Ivanov"),
    ("Pepe García", "José García"),
    ("Kasia Nowak", "Katarzyna Nowak"),
    ("Mehmed Demir", "Mehmet Demir"),
    ("Dima Petrov", "Dmitrii Petrov"),
]
OTHER_ROOT = [("John Smith", "Juan Smith"), ("Anna Smith", "Hanna Smith"), ("Karl Huber", "Charles Huber")]


@pytest.mark.parametrize("spellings", SAME_SOUND, ids=lambda spellings: str(spellings[0][1]))
def test_spellings_of_one_name_sound_alike(spellings: list[tuple[str, str | None]]) -> None:
    """Surname and given name have one skeleton in every script and romanisation."""
    keys = prepared(*({"full_name": name, "country": country} for name, country in spellings))
    assert len({row["surname_sound"] for row in keys}) == 1
    assert len({row["given_sound"] for row in keys}) == 1
    assert keys[0]["surname_sound"]


@pytest.mark.parametrize(("short", "full"), SAME_ROOT)
def test_a_short_form_stands_for_its_name(short: str, full: str) -> None:
    """Nicknames and romanisations have the root of the name they stand for."""
    assert keys_of(short)["given_root"] == keys_of(full)["given_root"]


@pytest.mark.parametrize(("one", "other"), OTHER_ROOT)
def test_a_translation_is_another_name(one: str, other: str) -> None:
    """Nobody is John on one list and Juan on the next."""
    assert keys_of(one)["given_root"] != keys_of(other)["given_root"]


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("Jane Doe", "latin"),
        ("José Díaz", "latin"),
        ("Юрий Щербаков", "cyrillic"),
        ("محمد الحربي", "arabic"),
        ("王小明", "han"),
        ("田中たろう", "kana"),
        ("김민수", "hangul"),
        ("Γιώργος Παπαδόπουλος", "greek"),
        ("ישראל כהן", "other"),
    ],
)
def test_the_script_is_that_of_the_cell(name: str, script: str) -> None:
    """What is romanised says so: a doubtful reading is no contradiction to a Latin spelling."""
    assert keys_of(name)["script"] == script
