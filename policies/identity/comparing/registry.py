"""Which kinds of comparison a model file may name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from policies.identity.comparing import circumstances, contacts, generic, names, order, places
from policies.identity.comparing.pairs import Conditions
from policies.identity.model import Comparison

if TYPE_CHECKING:
    import polars as pl

__all__ = ["KINDS", "Kind"]

Function: TypeAlias = Callable[[Comparison], Conditions]


@dataclass(frozen=True, slots=True)
class Kind:
    """A comparison function; its levels (``graded``: further ones with a limit, by the file) and its options."""

    function: Function
    levels: tuple[str, ...]
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    limit: str | None = None
    before: Callable[[pl.DataFrame], pl.DataFrame] | None = None  # done to pairs before any comparison
    reads: tuple[str, ...] = ()  # columns that ``before`` reads
    adds: tuple[str, ...] = ()  # and columns that it adds


_FIELD: Final = ("field",)
_GRADED: Final = ("field", "crosses")

KINDS: Final[dict[str, Kind]] = {
    "exact": Kind(generic.exact, ("same", "different"), _FIELD, _FIELD),
    "similar": Kind(generic.similar, ("same", "crossed", "different"), _GRADED, _FIELD, "at_least"),
    "digits": Kind(generic.digits, ("same", "crossed", "different"), _GRADED, _FIELD, "at_most"),
    "date": Kind(generic.dates, ("same", "crossed", "different"), _GRADED, _FIELD, "at_most"),
    "number": Kind(generic.numbers, ("same", "different"), _FIELD, _FIELD, "at_most"),
    "name_order": Kind(order.name_order, ("turned",), before=order.turn, reads=order.COLUMNS, adds=("turned",)),
    "person_surname": Kind(
        names.surname, ("same", "initial", "other_initial", "similar", "part", "sound", "near", "script", "different")
    ),
    "person_given": Kind(
        names.given,
        (
            "gender",
            "homophone",
            "same",
            "initial",
            "other_initial",
            "similar",
            "slip",
            "sound",
            "begins",
            "script",
            "different",
        ),
    ),
    "person_middle": Kind(names.middle, ("same", "different")),
    "person_generation": Kind(names.generation, ("different", "one_only")),
    "local_name": Kind(names.local_name, ("full", "surname")),
    "mailbox": Kind(
        contacts.mailbox,
        (
            "family",
            "few",
            "shared",
            "private",
            "work",
            "slip",
            "rival",
            "alias",
            "rival_alias",
            "handle",
            "both_private",
            "different",
        ),
    ),
    "telephone": Kind(contacts.number, ("shared", "few", "own", "different")),
    "organisation": Kind(
        places.organisation,
        ("same", "company", "switchboard", "shared_mailbox", "similar", "stem", "dial_block", "different"),
    ),
    "city": Kind(places.city, ("elsewhere", "same", "different")),
    "country": Kind(places.country, ("same", "different")),
    "one_list": Kind(circumstances.one_list, ("same",)),
    "namesakes": Kind(circumstances.namesakes, ("known",)),
}
