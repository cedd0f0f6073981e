"""Waivers: files in which a named person lifts one rule for one source or country, with a reason and an end."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from policies.rulebook.files import nearest
from policies.rulebook.model import Waiver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.rulebook.files import ParsedFile, Place, Problems
    from policies.rulebook.model import Rule

__all__ = ["read_waivers"]

_FIELDS: Final = ("rule_id", "source", "country", "who", "why", "expires_on")
_COUNTRY: Final = re.compile(r"^[A-Z]{2}$")


def read_waivers(files: Sequence[ParsedFile], rules: Sequence[Rule], problems: Problems) -> tuple[Waiver, ...]:
    """Read the ``[[waiver]]`` tables of waiver files; opt-outs, objections, erasure, registries and laws stay."""
    by_id = {rule.id: rule for rule in rules}
    found = [
        _read(raw, parsed.places.table("waiver", number), by_id, problems)
        for parsed in files
        if parsed.file.origin == "waiver"
        for number, raw in enumerate(parsed.tables("waiver", problems))
    ]
    return tuple(waiver for waiver in found if waiver is not None)


def _read(raw: Mapping[str, Any], place: Place, rules: Mapping[str, Rule], problems: Problems) -> Waiver | None:
    before = problems.count
    problems.unknown_keys(place, raw, _FIELDS, "A waiver")
    for name in ("rule_id", "who", "why"):
        if not isinstance(raw.get(name), str) or not raw[name].strip():
            problems.add(
                place, name, f"The waiver does not say {name}.", "Write it: a waiver names rule, person and reason."
            )
    rule = rules.get(str(raw.get("rule_id")))
    if rule is None and raw.get("rule_id"):
        problems.add(place, "rule_id", f"There is no rule {raw['rule_id']!r}.", nearest(str(raw["rule_id"]), rules))
    if rule is not None and not rule.waivable:
        message = f"{rule.id} cannot be waived: it is the person's own word, a registry or the law of a country."
        problems.add(place, "rule_id", message, "Take the waiver out; only the person can change this.")
    if ("source" in raw) == ("country" in raw):
        problems.add(
            place, None, "A waiver is for one source or one country.", 'Write source = "..." or country = "DE".'
        )
    if "country" in raw and not _COUNTRY.match(str(raw["country"])):
        problems.add(place, "country", "The country is no two-letter code.", 'Write country = "DE".')
    expires_on = raw.get("expires_on")
    if not isinstance(expires_on, date) or isinstance(expires_on, datetime):
        problems.add(place, "expires_on", "The waiver has no end.", "Write expires_on = 2026-12-31, without quotes.")
        return None
    if problems.count > before:
        return None
    country, source = raw.get("country"), raw.get("source")
    return Waiver(raw["rule_id"], source, country, raw["who"], raw["why"], expires_on, place.file, place.line)
