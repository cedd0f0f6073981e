"""Settings tables of all rule files, merged; what a workspace says may only be stricter than the base.

The base states every table. A workspace may add to lists, lower caps, narrow hours and lengthen pauses. Anything that
would let more people through is refused, with the reason; the way to loosen is a waiver.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from policies.rulebook.files import nearest
from policies.rulebook.identity_tables import replace_models

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from policies.rulebook.files import ParsedFile, Place, Problems

__all__ = ["SETTINGS_TABLES", "WORKSPACE_TABLES", "merge_settings"]

Value: TypeAlias = Any  # whatever TOML can hold

BASE_TABLES: Final = (
    *("lists", "titles", "legal_forms", "cadence", "brief", "relationship", "stop", "identity"),
    *("worklist", "fit_score"),
)
WORKSPACE_TABLES: Final = ("fit", "account")  # nothing in the base: what a workspace is about
SETTINGS_TABLES: Final = (*BASE_TABLES, *WORKSPACE_TABLES)
_ADDING_UP: Final = ("property", "never")  # of [fit]: lists of tables, of all files together

# How a workspace may change what the base says, per dotted key; "*" stands for any one key. Not listed: not at all.
_CHANGES: Final[dict[str, str]] = {
    "cadence.weekdays": "subset",
    "cadence.hours": "within",
    "cadence.attempts": "lower",
    "cadence.window_days": "higher",
    "cadence.total": "lower",
    "cadence.company_attempts": "lower",
    "cadence.min_window_minutes": "higher",
    "cadence.cooling_off_days.*": "higher",
    "cadence.commitment_expiry_days": "higher",
    "cadence.promise_holds_company_days": "higher",
    "cadence.new_approach_days": "higher",
    "cadence.touch_due_working_days": "lower",
    "cadence.owner_block_after": "lower",
    "brief.evidence_max_age_days": "lower",
    "brief.shelf_life_days": "lower",
    "brief.max_opening_words": "lower",
    "brief.stop_phrases": "more",
    "brief.stop_phrase_parts": "more",
    "brief.placeholders": "more",
    "brief.placeholder_patterns": "more",
    "brief.delicate.private_life.patterns": "more",
    "brief.delicate.health.patterns": "more",
    "brief.delicate.faith.patterns": "more",
    "brief.delicate.politics.patterns": "more",
    "brief.delicate.union.patterns": "more",
    "brief.delicate.sexual_life.patterns": "more",
    "brief.delicate.descent.patterns": "more",
    "brief.delicate.offences.patterns": "more",
    "brief.copies.parts": "more",
    "brief.copies.similarity": "lower",
    "brief.copies.min_words": "lower",
    "brief.copies.same_words": "lower",
    "brief.copies.same_parts": "lower",
    "brief.about_us": "more",
    "brief.about_us_leads": "more",
    "brief.tier_by_relationship.*": "fuller",
    "lists.role_mailboxes": "more",
    "lists.free_mail_domains": "more",
    "lists.disposable_domains": "more",
    "lists.header_synonyms.*": "more",
    "lists.header_synonyms_lesser.*": "more",
    "lists.header_synonyms_positive.*": "more",
    "lists.excluded_words.*": "more",
    "lists.schools.domain_patterns": "more",
    "lists.special_categories.*": "more",
    "lists.press.*": "more",
    "lists.students.*": "more",
    "lists.opt_out_words.yes": "more",
    "lists.too_many_opt_outs.*": "lower",
    "worklist.answer_working_days": "lower",
    "stop.house_hours": "lower",
    "stop.immediate_hours": "lower",
    "stop.carry_hours": "lower",
    "legal_forms.sole_trader": "more",
    "titles.seniority": "more",
    "titles.function": "more",
}
_TIERS: Final = ("conversation", "short", "full")
_SHOWN: Final = 60  # characters of a value that a message still shows


def _is_whole(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _lower(base: Value, value: Value) -> bool:
    return _is_whole(value) and 0 <= value <= base


def _higher(base: Value, value: Value) -> bool:
    return _is_whole(value) and value >= base


def _subset(base: Value, value: Value) -> bool:
    return isinstance(value, list) and set(value) <= set(base)


def _within(base: Value, value: Value) -> bool:
    """Spans of "HH:MM" pairs, each inside one span of the base; such texts sort as the times they are."""
    if not isinstance(value, list) or not all(_is_span(span) for span in value):
        return False
    return all(any(low <= start and end <= high for low, high in base) for start, end in value)


def _is_span(span: Value) -> bool:
    is_pair = isinstance(span, list) and len(span) == len(("from", "to"))
    return is_pair and all(isinstance(end, str) and len(end) == len("00:00") for end in span) and span[0] < span[1]


def _more(base: Value, value: Value) -> bool:
    """Entries of the same make as those of the base: words, or pairs of words."""
    return isinstance(value, list) and {_make(item) for item in value} <= {_make(item) for item in base}


def _make(item: Value) -> str:
    return f"[{', '.join(map(_make, item))}]" if isinstance(item, list) else type(item).__name__


def _fuller(base: Value, value: Value) -> bool:
    return value in _TIERS and _TIERS.index(value) >= _TIERS.index(base)


# name of a change: how it is checked, and what is wrong with a value that fails
_CHECKS: Final[dict[str, tuple[Callable[[Value, Value], bool], str]]] = {
    "lower": (_lower, "it may only be lowered"),
    "higher": (_higher, "it may only be raised"),
    "subset": (_subset, "it may only lose entries"),
    "within": (_within, 'its ["HH:MM", "HH:MM"] spans must lie within those of the base'),
    "more": (_more, "it is a list that may only be added to"),
    "fuller": (_fuller, "it may only ask for the fuller tier"),
}


def merge_settings(files: Sequence[ParsedFile], problems: Problems) -> dict[str, Any]:
    """All settings tables by name. ``account`` is a list of tables, everything else a table.

    Base files may each state other tables or other keys of one; a key stated twice is a problem. Workspace files are
    then laid over the base under the rules above.
    """
    merged: dict[str, Any] = {}
    replaced: set[str] = set()  # models that the workspace states
    weights: dict[str, list[ParsedFile]] = {}  # of [fit_score]: files by origin
    for parsed in sorted(files, key=lambda parsed: (parsed.file.origin != "base", parsed.file.path)):
        for name in SETTINGS_TABLES:
            if name not in parsed.data:
                continue
            value = parsed.data[name]
            if name == "account":
                merged.setdefault(name, []).extend(parsed.tables(name, problems))
            elif not isinstance(value, dict):
                problems.add(parsed.places.top(), name, f"{name} is not a table.", f"Write [{name}].")
            elif name == "fit":
                _add_up(merged.setdefault(name, {}), value, parsed.places.table(name), problems)
            elif name == "fit_score":
                weights.setdefault(parsed.file.origin, []).append(parsed)
            elif parsed.file.origin == "base":
                _state(merged.setdefault(name, {}), value, parsed.places.table(name), problems, name)
            elif name == "identity":
                replace_models(merged.setdefault(name, {}), value, parsed, replaced, problems)
            else:
                _Overlay(parsed, problems).lay(merged.setdefault(name, {}), value, name)
    merged["fit_score"] = _weights(weights, problems)
    return merged


def _add_up(fit: dict[str, Any], stated: Mapping[str, Any], place: Place, problems: Problems) -> None:
    """Properties and nevers of several files are all of them; an aim is stated once."""
    for key in _ADDING_UP:
        tables = stated.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            problems.add(place, key, f"fit.{key} is not a list of tables.", f"Write [[fit.{key}]].")
        elif tables:
            fit.setdefault(key, []).extend(deepcopy(tables))
    _state(fit, {key: value for key, value in stated.items() if key not in _ADDING_UP}, place, problems, "fit")


def _weights(files: Mapping[str, Sequence[ParsedFile]], problems: Problems) -> dict[str, Any]:
    """Weights of the base, with those that the workspace states in their place: they rank, and let nobody through."""
    found: dict[str, Any] = {}
    for origin in sorted(files):  # the base comes first
        stated: dict[str, Any] = {}
        for parsed in files[origin]:
            _state(stated, parsed.data["fit_score"], parsed.places.table("fit_score"), problems, "fit_score")
        found |= stated
    return found


def _state(table: dict[str, Any], stated: Mapping[str, Any], place: Place, problems: Problems, name: str) -> None:
    for key, value in stated.items():
        if key in table:
            problems.add(place, key, f"{name}.{key} is stated in another file already.", "State it once.")
        else:
            table[key] = deepcopy(value)


class _Overlay:
    """Lays one workspace file over the base, key by key."""

    def __init__(self, parsed: ParsedFile, problems: Problems) -> None:
        self.parsed = parsed
        self.problems = problems

    def lay(self, base: dict[str, Any], stated: Mapping[str, Any], path: str) -> None:
        """Take over what is stricter; note what is not."""
        place = self.parsed.places.table(path)
        for key, value in stated.items():
            dotted = f"{path}.{key}"
            if key not in base:
                self.problems.add(place, key, f"There is no setting {dotted}.", nearest(key, base))
            elif isinstance(base[key], dict) and isinstance(value, dict):
                self.lay(base[key], value, dotted)
            else:
                base[key] = self._change(base[key], value, dotted, place)

    def _change(self, base: Value, value: Value, dotted: str, place: Place) -> Value:
        table, _, key = dotted.rpartition(".")
        change = _CHANGES.get(dotted) or _CHANGES.get(f"{table}.*")
        if change is None:
            message = f"{dotted} belongs to the base: another value could let through whom the base holds."
            self.problems.add(place, key, message, "Leave it out; a rule is lifted by a waiver in rules/waivers/.")
            return base
        holds, complaint = _CHECKS[change]
        if not holds(base, value):
            message = f"{dotted} would loosen the base: {complaint}."
            self.problems.add(place, key, message, f"The base says {_short(base)}.")
            return base
        return [*base, *(item for item in value if item not in base)] if change == "more" else value


def _short(value: Value) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else f"a list of {len(value)}"
