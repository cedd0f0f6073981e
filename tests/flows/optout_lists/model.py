"""How an opt-out file and the expectation for it are written down, and the people it is tried on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from tests.small_workspace import Line

__all__ = ["PEOPLE", "OptOutList", "digest"]

# name: e-mail, phone, country
PEOPLE: Final = {
    "ann": Line("Ann.Adler@acme.example", "Adler", "+1 312 555 0101", "Ann", "Acme Inc"),
    "ben": Line("ben@bolt.example", "Boll", "+1 212 555 0102", "Ben", "Bolt Inc", state="New York"),
    "cem": Line("cem@corax.example", "Can", "+44 20 7946 0103", "Cem", "Corax Ltd", country="United Kingdom", state=""),
    "dee": Line("dee@dune.example", "Dow", "+44 7700 900104", "Dee", "Dune Ltd", country="United Kingdom", state=""),
    "eva": Line("eva@elm.example", "Engel", "+49 30 23125105", "Eva", "Elm GmbH", country="Germany", state=""),
    "fay": Line("fay@fern.example", "Foy", "", "Fay", "Fern Inc"),
    "gus": Line("gus@mail.gull.example", "Gans", "+1 415 555 0107", "Gus", "Gull Inc", state="California"),
    "hal": Line("hal.hart@gmail.com", "Hart", "+1 415 555 0108", "Hal", "Hart Inc", state="California"),
    "ivy": Line("ivy+fair@iris.example", "Ito", "+1 415 555 0109", "Ivy", "Iris Inc", state="California"),
    "kim": Line("", "Kern", "+1 415 555 0111", "Kim", "Kern Inc", state="California"),
}


@dataclass(frozen=True)
class OptOutList:
    """One file in the folder of opt-outs, and the people it must stop, call dead or hold; it touches nobody else.

    ``quarantined`` is the code with which the file goes there, ``rejects`` how many of its rows are to be mended.
    ``sidecar`` is what stands in ``<file>.toml``.
    """

    what: str
    text: str | bytes
    stops: str = ""
    bounces: str = ""
    holds: str = ""
    name: str = "list.csv"
    codec: str = "utf-8"
    quarantined: str | None = None
    rejects: int = 0
    sidecar: str = ""

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.text if isinstance(self.text, bytes) else self.text.encode(self.codec)


def digest(kind: str, text: str) -> str:
    """The hexadecimal digest of a text."""
    return hashlib.new(kind, text.encode(), usedforsecurity=False).hexdigest()
