"""Which of several columns is meant: by how well its header is known, and by what stands in it.

What values leave open is refused with the choices, never guessed. Columns of contact points are all kept, best first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from policies.sources.fields import CONTACT_FIELDS, FLAG_FIELDS, NAME_FIELDS, SEVERAL_COLUMNS
from policies.sources.proposal import unclear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.sources.headers import HeaderMatch, Headers
    from policies.sources.value_shapes import Values

__all__ = ["Chooser"]

Matches = list["HeaderMatch"]

_LIKE: Final = {"email": "like_email", "phone": "like_phone"}


class Chooser:
    """Decides, field by field, among the columns whose headers could mean it."""

    def __init__(
        self, candidates: Mapping[str, Matches], values: Values, table: Headers, lists: Mapping[str, Any]
    ) -> None:
        self._all = {field: found for field, found in candidates.items() if field not in FLAG_FIELDS}
        self._values = values
        self._table = table
        self._settings: Mapping[str, Any] = lists.get("headers", {})
        self._keys = {match.name: match.key for found in candidates.values() for match in found}
        self._lesser = {match.name: match.lesser for found in candidates.values() for match in found}
        answers = lists.get("opt_out_words", {})
        self._answers = [str(word) for word in (*answers.get("assent", ()), *answers.get("no", ()))]
        self._titles = [str(title) for title in lists.get("names", {}).get("titles", ())]

    @property
    def choices(self) -> dict[str, list[str]]:
        """Every column that could be a field, for a proposal."""
        return {field: [match.name for match in found] for field, found in self._all.items()}

    def decided(self) -> dict[str, tuple[str, ...]]:
        """The columns of every field, best first. Raises ``RefusedFile`` (``mapping_unclear``)."""
        self._require_one_meaning()
        found = self._names()
        for field, matches in self._all.items():
            if field in NAME_FIELDS:
                continue
            columns = self._contacts(field) if field in CONTACT_FIELDS else self._others(field, matches)
            if columns:
                found[field] = columns
        return found

    def likely(self) -> dict[str, tuple[str, ...]]:
        """The best known header of each field, all of them where a field takes several; nothing is refused."""
        return {
            field: tuple(match.name for match in found)
            if field in SEVERAL_COLUMNS and field not in CONTACT_FIELDS
            else (found[0].name,)
            for field, found in self._all.items()
        }

    def _require_one_meaning(self) -> None:
        fields_of: dict[str, list[str]] = {}
        for field, matches in self._all.items():
            for match in matches:
                fields_of.setdefault(match.name, []).append(field)
        double = sorted({field for fields in fields_of.values() if len(fields) > 1 for field in fields})
        if double:
            raise unclear(f"One column could be several things: {', '.join(double)}.", self.choices)

    def _contacts(self, field: str) -> tuple[str, ...]:
        """All columns of the person's own addresses or numbers; those that hold something else are none."""
        ordered = sorted(self._all[field], key=lambda match: self._place(field, match))
        names = [match.name for match in ordered]
        wrong = [name for name in names if self._contradicts(field, name)]
        kept = [name for name in names if name not in wrong]
        if not kept and wrong:
            what = "e-mail address" if field == "email" else "telephone number"
            message = f"The column whose header says {field} mostly holds what is no {what}."
            raise unclear(message, self._with_shapes(field, wrong))
        return tuple(kept)

    def _place(self, field: str, match: HeaderMatch) -> tuple[bool, int, int, HeaderMatch]:
        words = self._table.words[match.name]
        order = self._settings.get(f"{field}_order", ())
        place = next((number for number, pattern in enumerate(order) if re.search(pattern, words)), len(order))
        preference = self._settings.get(f"{field}_preference", list(range(len(order) + 1)))
        return self._values.is_blank(match.name), preference[place], match.number, match

    def _contradicts(self, field: str, column: str) -> bool:
        bar = self._values.setting("contradiction")
        return self._values.speaks(column) and self._values.share(column, _LIKE[field]) < bar

    def _with_shapes(self, field: str, wrong: Sequence[str]) -> dict[str, list[str]]:
        """The choices, with the columns in front that look like the field by their values."""
        look = [
            name
            for name in self._table.names
            if name not in wrong and self._values.speaks(name) and self._looks(field, name)
        ]
        return {**self.choices, field: look or list(wrong)}

    def _looks(self, field: str, column: str) -> bool:
        bar = self._values.setting("by_values")
        if field == "email":
            return self._values.share(column, "email") >= bar
        return self._values.phones(column) >= bar

    def _others(self, field: str, matches: Matches) -> tuple[str, ...]:
        """The better known header that is not blank; several columns where a field takes them."""
        if field in SEVERAL_COLUMNS:
            return tuple(match.name for match in matches)
        usable = matches
        if field == "job_title":
            usable = [match for match in matches if not self._is_form_of_address(match.name)]
        names = self._best_tier(usable)
        if field == "country" and len(names) > 1:
            self._require_agreement(field, names)
        return (names[0],) if names else ()

    def _is_form_of_address(self, column: str) -> bool:
        """Whether a column of titles holds Mr and Dr and no jobs."""
        filled = not self._values.filled(column).is_empty()
        return filled and self._values.share_of(column, self._titles) >= self._values.setting("by_values")

    def _best_tier(self, matches: Matches) -> list[str]:
        """Columns of the best known headers; one in which nothing stands only where there is no other."""
        filled = [match for match in matches if not self._values.is_blank(match.name)] or matches
        tier = [match for match in filled if not match.lesser and not match.taken_off]
        tier = tier or [match for match in filled if not match.lesser] or filled
        return [match.name for match in tier]

    def _require_agreement(self, field: str, names: Sequence[str]) -> None:
        """Raise unless all columns say what the first says, wherever both say something."""
        for other in names[1:]:
            agreed = self._values.agree(names[0], other)
            if not self._values.speaks(names[0]) or (agreed is not None and agreed < self._values.setting("by_values")):
                raise unclear(f"More than one column could be: {field}.", self.choices)

    def _names(self) -> dict[str, tuple[str, ...]]:
        """The columns of the name: in parts, whole, or both."""
        tiers = {field: self._best_tier(self._all.get(field, [])) for field in NAME_FIELDS}
        full, given, family = (self._that_are_names(field, tiers[field]) for field in NAME_FIELDS)
        if full and self._lesser[full[0]]:
            full = [name for name in full if self._reads_like_names(name)]
        alone = self._settings.get("full_when_alone", ())
        if not full and len(given) + len(family) == 1 and self._keys[(given or family)[0]] in alone:
            full, given, family = given or family, [], []
        if full and given and not family and self._is_surname(full[0], given[0]):
            full, family = full[1:], full[:1]
        whole = self._whole(full, given)
        found = {"full_name": whole, "given_name": tuple(given[:1]), "family_name": tuple(family[:1])}
        return {field: columns for field, columns in found.items() if columns}

    def _that_are_names(self, field: str, names: Sequence[str]) -> list[str]:
        """Columns without those that are full of e-mail addresses; raises where none is left."""
        bar = self._values.setting("contradiction")
        full = [n for n in names if self._values.speaks(n) and self._values.share(n, "like_email") >= bar]
        kept = [name for name in names if name not in full]
        if full and not kept and not any(other != field and self._all.get(other) for other in NAME_FIELDS):
            raise unclear(f"The column whose header says {field} mostly holds e-mail addresses.", self.choices)
        return kept

    def _reads_like_names(self, column: str) -> bool:
        """Whether a column under a header that may mean a person ("guest") holds names and not yes or a number."""
        if self._values.filled(column).is_empty():
            return not self._values.is_blank(column)
        answers = self._values.share_of(column, self._answers) >= self._values.setting("contradiction")
        if answers or self._values.share(column, "like_name") < self._values.setting("by_values"):
            return False
        varied = self._values.different(column) >= self._values.setting("different_names")
        return varied or not self._values.speaks(column)

    def _is_surname(self, name: str, given: str) -> bool:
        """Whether a "name" beside a column of given names is the surname: it does not hold the given one."""
        held = self._values.contains(name, given)
        if held is None:
            return self._keys[name] in self._settings.get("family_beside_given", ())
        return held < self._values.setting("contradiction")

    def _whole(self, names: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
        """The column of whole names, if any."""
        if given:  # the parts say it already; a whole that says otherwise is the name of something else
            held = [name for name in names if self._holds(name, given[0])]
            return tuple(held[:1])
        if len(names) <= 1:
            return tuple(names)
        alike = [name for name in names if self._values.different(name) >= self._values.setting("different_names")]
        known = alike if self._values.speaks(names[0]) else list(names)
        if len(known) > 1 and self._disagree(known):
            raise unclear("More than one column could be: full_name.", self.choices)
        return tuple(known[:1] or names[:1])

    def _holds(self, name: str, given: str) -> bool:
        held = self._values.contains(name, given)
        return held is None or held >= self._values.setting("contradiction")

    def _disagree(self, names: Sequence[str]) -> bool:
        agreed = [self._values.agree(names[0], other) for other in names[1:]]
        return any(one is not None and one < self._values.setting("by_values") for one in agreed)
