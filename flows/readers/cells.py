"""What a cell looks like: something whole, words, or a piece that a wrong delimiter cut or left together."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_name_of_column", "is_something", "quality"]

_SOMETHING: Final = re.compile(
    r"""
      [^\s@,;|"<>]+@[^\s@,;|"<>]+\.[^\s@,;|"<>]+                     # an address
    | (?:https?://|www\.)[^\s,;|"]+                                  # a page
    | [-+]?[$\u20ac\u00a3]?\ ?\d{1,3}(?:[.,'\u00a0\ ]\d{3})+(?:[.,]\d+)?\ ?[%$\u20ac\u00a3]?
    | [-+]?[$\u20ac\u00a3]?\ ?\d+(?:[.,]\d{1,6})?\ ?[%$\u20ac\u00a3]? # a number
    | \d{1,4}[-./]\d{1,2}[-./]\d{1,4}                                # a day, perhaps with a time and a zone
      (?:[T\ ]\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\ ?[AaPp]\.?[Mm]\.?)?(?:\ ?Z|\ ?UTC|\ ?[-+]\d\d:?\d\d)?)?
    | \d{1,2}:\d\d(?::\d\d)?(?:\ ?[AaPp]\.?[Mm]\.?)?                 # a time of day
    | '?[+(]?\d[\d\s()./-]{5,}\d                                     # a telephone number
    | [0-9a-fA-F]{32} | [0-9a-fA-F]{40} | [0-9a-fA-F]{64}            # a digest
    """,
    re.VERBOSE,
)
_LONGEST: Final = 500
_WORDS: Final = re.compile(r"[^\W_][\w\s.'\u2019&()/+#*-]*")
_NAMED_ADDRESS: Final = re.compile(r"[^,;|\t<>]*<[^\s<>@]+@[^\s<>@]+>")
# Names of columns in the languages most lists are in: only to tell a header from a line of names.
_WORDS_OF_HEADERS: Final = (
    "abteilung account achternaam address adres adress adresse anrede ansprechpartner apelido apellido apellidos "
    "attendee attendees azienda bedrijf befattning bemerkung cap cargo cellulare celular cidade citta city ciudad "
    "client codepostal cognome comment comments company companyname contact correo correoelectronico country "
    "courriel customer data date datum direccion efternamn email emailaddress empresa endereco entreprise epost "
    "familienname familyname fecha firm firma firstname fonction foretag fornamn fullname funcao functie "
    "givenname guest handy id indirizzo jobtitle land lastname leads mail member members mobil mobile "
    "mobiltelefon morada movil naam nachname name names namn nom nombre nombrecompleto nomcomplet nome "
    "nomecompleto note notes notiz opmerking organisation organization ort paese pais participant pays people "
    "person phone phonenumber plaats plz position postalcode postcode poste prenom puesto region remarque role "
    "ruolo sobrenome societa societe source stad stadt state status strase strasse street surname tags teilnehmer tel "
    "telefon telefone telefonnummer telefono telefoon telefoonnummer telemovel telephone telephoneportable time "
    "titel title town type unternehmen url ville voornaam vorname website woonplaats zip "
)
_NAMES: Final = frozenset(_WORDS_OF_HEADERS.split())
_ACCENTS: Final = str.maketrans("áàâäãåçéèêëíìîïñóòôöõúùûüß", "aaaaaaceeeeiiiinooooouuuus")


def is_something(cell: str) -> bool:
    """Whether a cell is one address, page, number, day, time, telephone number or digest, and nothing else."""
    return len(cell) <= _LONGEST and _SOMETHING.fullmatch(cell.strip()) is not None


def is_name_of_column(cell: str) -> bool:
    """Whether a cell is a name many columns have, in one of eight languages."""
    return re.sub(r"[\W_\d]+", "", cell.lower().translate(_ACCENTS)) in _NAMES


def quality(cell: str) -> float:
    """From 0, a piece of something, to 1, something whole. Words are likely cells; signs that divide are not."""
    text = cell.strip()
    if not text:
        return 0.7
    if is_something(text):
        return 1.0
    if text.startswith(('"', "//")) or "\t" in text:
        return 0.1
    if "@" in text:
        return 0.8 if _NAMED_ADDRESS.fullmatch(text) else 0.3
    return _of_words(text)


def _of_words(text: str) -> float:
    if ";" in text or "|" in text or (len(text) > 1 and text[0] == text[-1] == "'"):
        return 0.4
    return 0.85 if _WORDS.fullmatch(text) else 0.6
