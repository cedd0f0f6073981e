"""E-mail addresses that are hard to judge, and a grammar that makes more of them than anybody would write down."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from email_validator import SPECIAL_USE_DOMAIN_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AWKWARD", "generated"]

_AT_ACME: Final = (
    *("jane", "Jane.Doe", "INFO", "Postmaster", "POSTMASTER", "hostMaster", "www", "WWW", "informer", "o'hara", "J"),
    *("jane+news", "+jane", "jane+", "+", "jane++x", "jane-doe", "-", "--", "-jane", "jane-", "_", "_jane_", "__", "0"),
    *(".jane", "jane.", "jane..doe", ".", "..", "jane.doe.", "a.b.c.d.e.f", "jane#1", "jane%40x", "100%", "jane!x"),
    *("$", "&", "*", "/", "=", "?", "^", "`", "{", "|", "}", "~", "jane|joe", "jane/joe", "a=b", "what?", "jane{1}"),
    *('"jane doe"', '"jane"', '"jane\\"doe"', '"jane@doe"', '""', '"', "jane doe", "jane\tdoe", "jane,doe", "jane;joe"),
    *(
        "jane(work)",
        "(work)jane",
        "jane()",
        "jane:doe",
        "jane[1]",
        "jane\\doe",
        "jane<doe",
        "jane>doe",
        "<>",
        "jane\\@",
    ),
    *(
        "jänë",
        "ja\u0308ne",
        "\ufb01",
        "用户",
        "जेन",
        "жанна",
        "ιάννα",
        "ΣΑΣ",
        "İpek",
        "\u0131pek",
        "ß",
        "ẞ",
        "Å",
        "\u212b",
    ),
    *("jane\u00ad", "ja\u200cne", "ja\u200dne", "\u200ejane", "jane\u202e", "ja\u00a0ne", "ja\u2028ne", "\ue000"),
    *(
        "jane\x00",
        "jane\x01",
        "jane\n",
        "jane\r\nbcc",
        "jane\x7f",
        "jane\x85",
        "😀",
        "\uff4a\uff41\uff4e\uff45",
        "jane\uff0edoe",
    ),
    *("a" * 64, "a" * 65, "ä" * 32, "ä" * 33, "a." * 31 + "a", "jane@doe", "@", "@@", "", "jane@", "a@b@c"),
)
_FOR_JANE: Final = (
    *("ACME.Example", "acme.example.", ".acme.example", "acme..example", "-acme.example", "acme-.example", "acme"),
    *("ac--me.example", "a--me.example", "xn--mnchen-3ya.example", "xn--0.example", "xn--.example", "XN--P1AI"),
    *("münchen.example", "MÜNCHEN.example", "mu\u0308nchen.example", "straße.example", "例子.公司", "例子。公司"),
    *(
        "acme\uff0eexample",
        "acme\u3002example",
        "acme\uff61example",
        "\uff41\uff43\uff4d\uff45.example",
        "😀.example",
        "a😀.example",
    ),
    *("acme.xn--p1ai", "acme.рф", "acme.भारत", "بازار.مصر", "ελλάδα.ελ", "faß.example", "i❤.example", "ⓐcme.example"),
    *("localhost", "acme.test", "acme.local", "acme.invalid", "ACME.INVALID", "localacme.example", "example", "local"),
    *("arpa.example", "1.in-addr.arpa", "acme.onion", "acme.alt", "acme.internal", "acme.lan", "acme.home.arpa"),
    *("1.2.3.4", "[1.2.3.4]", "[IPv6:::1]", "[300.1.1.1]", "[jane]", "[]", "2130706433", "acme.x1", "acme.1x"),
    *("acme.123", "1acme.example", "123.example", "1.example", "acme .example", "acme. example", " acme.example"),
    *("acme,example", "acme;example", "a_b.example", "_dmarc.example", "acme.exam_ple", "acme.e", "acme.ex-ample"),
    *("acme.-example", "acme.example-", "acme.c", "acme.co.uk", "a.b", "a.bc", "gmail.con", "acme.example/path"),
    *("acme.example:25", "acme.example?subject=x", "acme.example#x", "acme(x).example", "acme.example(x)", "@acme.ex"),
    *("a" * 63 + ".example", "a" * 64 + ".example", "ü" * 58 + ".example", "ü" * 30 + ".example", "a." * 120 + "xy"),
    *("abcdefghi." * 24 + "example", "abcdefghi." * 25 + "example", "acme." + "x" * 63, "acme." + "x" * 64, ".", "-"),
    *("acme\u00ad.example", "ac\u200cme.example", "acme.example\x00", "acme.example\n.x", "\u200eacme.example", "*"),
)
_WHOLE: Final = (
    *("", "jane", "@", "jane\uff20acme.example", "jane﹫acme.example", "jane at acme.example", "jane(at)acme.example"),
    *("jane@acme.example; joe@acme.example", "jane@acme.example, joe@acme.example", "jane@acme.example joe"),
    *("jane@acme.example\r\nbcc: joe", "'jane@acme.example'", '"jane@acme.example"', "(jane@acme.example)"),
    *("jane@acme.example (Jane)", "[jane@acme.example]", "jane@acme.example>", "<jane@acme.example", "<<a@b.example>>"),
    *("Jane jane@acme.example", "http://jane@acme.example", "mailto:jane@acme.example?subject=Hi", "mailto:", "<>"),
    *("mailto://jane@acme.example", "ma\u0131lto:jane@acme.example", "mailto:mailto:a@b.example", "smtp:a@b.example"),
    *("joe@acme.example <jane@acme.example>", "Jane <jane@acme.example> x", "Jane <a@b.example> <c@d.example>"),
    *("Jane <jane@acme.example>;", '"Jane <jane@acme.example>', "Jane <jane acme.example>", "Jane <>", "< @ >"),
    *(
        "tel:+442079460101",
        "+44 20 7946 0101",
        "acme.example",
        "@acme.example",
        "jane@acme.example@",
        "\x1fa@b.example",
    ),
)
AWKWARD: Final = tuple(
    dict.fromkeys([*(f"{local}@acme.example" for local in _AT_ACME), *(f"jane@{host}" for host in _FOR_JANE), *_WHOLE])
)

_ASCII: Final = "abcdefghijklmnopqrstuvwxyz"
_ATOMS: Final = _ASCII + _ASCII.upper() + "0123456789_+-" * 3 + "!#$%&'*/=?^`{|}~"
_LETTERS: Final = "äöüßéñçøå\u0131ğśжщλ\u03c3ςあ漢字กद\u0627한\u0308\u00ad\u200c\uff41\u2168\ufb01😀"
_DAMAGE: Final = " \t\n\r\x00\x0b,;:\"'()[]<>\\@..--__\u00a0\u200e\u2011\uff20\ufe6b\uff0e\u3002"
_ENDS: Final = (
    "example",
    "com",
    "COM",
    "de",
    "co.uk",
    "x",
    "x1",
    "1",
    "рф",
    "xn--p1ai",
    "公司",
    "",
    "q" * 63,
    "q" * 64,
)
_CASELESS: Final = ("info", "postmaster", "sales", "abuse", "noc", "www", "uucp", "support", "informatics", "sale")
_BLANKS: Final = (" ", "\t", "\n", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2060", "  \r\n", "\u2007")


def generated(count: int, seed: int) -> list[tuple[str, str]]:
    """So many pairs of a cell and what is left of it when all that may be taken off is off."""
    dice = Random(seed)  # noqa: S311  # the same addresses every time, no secrets
    return [_wrapped(dice, _address(dice)) for _ in range(count)]


def _wrapped(dice: Random, bare: str) -> tuple[str, str]:
    """An address in one of the coats that come off."""
    before, after = dice.choice(_BLANKS), dice.choice(_BLANKS)
    split = dice.randint(0, len(bare))
    coats: tuple[Callable[[], str], ...] = (
        lambda: bare,
        lambda: f"{before}{bare}{after}",
        lambda: f"{dice.choice(('mailto:', 'MAILTO:', 'MailTo:' + before))}{bare}",
        lambda: f"<{before}{bare}>{after}",
        lambda: f"{before}Jane Doe <{bare}{after}>",
        lambda: f'"Doe, Jane (Acme <Group>)" <{bare}>',
        lambda: f"Jane @ Acme <mailto:{bare}>",
        lambda: f"'{bare}' <{bare}>",
        lambda: f"{bare[:split]}\u200b{bare[split:]}",
    )
    # Brackets of its own make another cell of it: what is taken off then is for the table of cleanings to say.
    coat = coats[0] if any(char in "<>\"'" for char in bare) else dice.choice(coats)
    return coat(), bare


def _address(dice: Random) -> str:
    bare = f"{_local(dice)}@{_host(dice)}".strip("".join(_BLANKS))
    for _ in range(dice.choice((0, 0, 0, 0, 1, 1, 2))):
        at = dice.randint(0, len(bare))
        bare = bare[:at] + dice.choice(_DAMAGE) + bare[at + dice.randint(0, 1) :]
    return bare.strip("".join(_BLANKS))


def _local(dice: Random) -> str:
    kinds: tuple[Callable[[], str], ...] = (
        lambda: ".".join(_some(dice, _ASCII, 1, 8) for _ in range(dice.randint(1, 3))),
        lambda: ".".join(_some(dice, _ATOMS, 0 if dice.random() < 0.1 else 1, 9) for _ in range(dice.randint(1, 4))),
        lambda: _some(dice, _ASCII + _LETTERS, 1, 9),
        lambda: dice.choice(_CASELESS).title() if dice.random() < 0.5 else dice.choice(_CASELESS).upper(),
        lambda: f'"{_some(dice, _ATOMS + " .@,;", 0, 9)}"',
        lambda: f"({_some(dice, _ASCII, 1, 4)}){_some(dice, _ASCII, 1, 8)}",
        lambda: _some(dice, _ATOMS, 60, 68),
        lambda: f"{_some(dice, _ASCII, 1, 6)}+{_some(dice, _ATOMS, 0, 6)}",
    )
    return dice.choices(kinds, (5, 5, 3, 2, 1, 1, 1, 2))[0]()


def _host(dice: Random) -> str:
    kinds: tuple[Callable[[], str], ...] = (
        lambda: f"{_some(dice, _ASCII, 1, 9)}.{dice.choice(_ENDS)}",
        lambda: ".".join([_some(dice, _ASCII + "-0123456789", 1, 9) for _ in range(dice.randint(0, 4))] + ["example"]),
        lambda: f"{_some(dice, _ASCII + _LETTERS, 1, 9)}.{dice.choice(_ENDS)}",
        lambda: f"{dice.choice(('acme.', 'x', ''))}{dice.choice(SPECIAL_USE_DOMAIN_NAMES)}",
        lambda: f"[{'.'.join(str(dice.randint(0, 300)) for _ in range(dice.randint(3, 5)))}]",
        lambda: f"[IPv6:{':'.join(_some(dice, '0123456789abcdef', 0, 4) for _ in range(dice.randint(2, 8)))}]",
        lambda: ".".join(_some(dice, _ASCII, 1, 64) for _ in range(dice.randint(3, 6))) + ".com",
        lambda: f"xn--{_some(dice, _ASCII + '0123456789-', 0, 9)}.example",
        lambda: f"{_some(dice, _ASCII, 2, 2)}--{_some(dice, _ASCII, 1, 5)}.example{dice.choice(('', '.'))}",
        lambda: _some(dice, _ASCII, 1, 9),
    )
    return dice.choices(kinds, (6, 6, 3, 2, 1, 1, 1, 1, 1, 1))[0]()


def _some(dice: Random, alphabet: str, least: int, most: int) -> str:
    return "".join(dice.choices(alphabet, k=dice.randint(least, most)))
