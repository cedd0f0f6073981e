"""Values of a source contract: what counts as filled in, and of which kind each field is.

A placeholder is no error: the contract is read, the field counts as missing and the list waits. A wrong value is one.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import phonenumbers

from policies.rulebook.files import nearest
from policies.sources.contract import CHANNEL_NAMES, KINDS, LAWFUL_BASES, REVEALS, ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["READERS", "WrongValue", "is_placeholder", "read_day", "read_text", "toml_text"]

Reader: TypeAlias = "Callable[[Any], Any]"

_PLACEHOLDER: Final = re.compile(
    r"\s*|<.*>|[?.x_\-\s]+|(?:to ?do|tbd|tba|fix ?me|fill (?:me )?in|please fill|replace me|change ?me)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_COUNTRIES: Final = frozenset(phonenumbers.SUPPORTED_REGIONS)


class WrongValue(ValueError):
    """A value that is filled in and cannot be meant; ``fix`` says what would be right."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def toml_text(value: str | Sequence[str]) -> str:
    """A text, or a list of texts, as it is written into a contract."""
    # A JSON string or list of strings is a TOML one, except for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def is_placeholder(value: object) -> bool:
    """Whether a value still waits to be filled in: blank, ``<...>``, TODO, tbd, "fill in", an empty list."""
    if isinstance(value, str):
        return _PLACEHOLDER.fullmatch(value) is not None
    if isinstance(value, list):
        return not value or any(is_placeholder(item) for item in value)
    return value is None


def read_text(value: object) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise WrongValue("is no text", "Write it in quotes.")
    return value.strip()


def read_day(value: object) -> date:
    """A calendar day, as a TOML date or as text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    raise WrongValue("is no date", "Write it as 2026-09-14.")


def _read_yes_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongValue("is neither true nor false", "Write true or false, without quotes.")
    return value


def _read_country(value: object) -> str:
    if not isinstance(value, str) or value.strip() not in _COUNTRIES:
        raise WrongValue("is no country code", "Write two capital letters (ISO 3166), such as DE, GB or US.")
    return value.strip()


def _one_of(known: Sequence[str]) -> Reader:
    def read(value: object) -> str:
        word = read_text(value)
        if word not in known:
            raise WrongValue(f"cannot be {word!r}", nearest(word, known))
        return word

    return read


def _list_of(read: Reader) -> Reader:
    def read_all(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise WrongValue("is no list", 'Write it in brackets, such as ["email", "phone"].')
        return tuple(dict.fromkeys(read(item) for item in value))

    return read_all


# How each field of a contract is read, by its name.
READERS: Final[dict[str, Reader]] = {
    "id": read_text,
    "name": read_text,
    "kind": _one_of(KINDS),
    "supplier": read_text,
    "role": _one_of(ROLES),
    "agreement": read_text,
    "obtained_on": read_day,
    "obtained_how": read_text,
    "told": read_text,
    "purposes": _list_of(read_text),
    "channels": _list_of(_one_of(CHANNEL_NAMES)),
    "third_party_marketing": _read_yes_no,
    "solicitation_forbidden": _read_yes_no,
    "membership_reveals": _one_of(REVEALS),
    "lawful_basis": _one_of(LAWFUL_BASES),
    "lia_ref": read_text,
    "default_country": _read_country,
    "expires_on": read_day,
    "approved_by": read_text,
    "approved_on": read_day,
}
