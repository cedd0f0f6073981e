"""Regimes of jurisdictions made into rules: one per country, channel and regime, for the classes it holds for.

A country file says "sole_trader = consent" under e-mail; the template of ``regimes.toml`` says what consent means. The
rule made of both reads ``country``, ``channel`` and, unless all classes share the regime, ``recipient_class``: where
the class is unknown and it matters, the condition is unknown and holds. A country that is unknown is nobody's country
here; a rule of its own holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from policies.effects import Stage
from policies.jurisdictions import CLASSES, REGIMES
from policies.rulebook.files import Place, nearest
from policies.rulebook.reader import RuleTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policies.jurisdictions import Jurisdiction, JurisdictionVersion
    from policies.rulebook.files import ParsedFile, Problems

__all__ = ["IMPLIED_ROUTES", "country_scope", "read_regimes", "regime_rules", "scoped"]

REVIEW_DAYS: Final = 180
# Routes by which the law takes consent as given without a word of the person; facts show them (implied_consent).
IMPLIED_ROUTES: Final = frozenset({"purchase", "inquiry", "own_membership", "business_card", "relationship"})
_NAMES: Final = (*REGIMES[1:], "unverified", "review_due")
_FIELDS: Final = ("name", "suffix", "effect", "unknown", "when", "reason", "fix", "reach", "case")
_MAY_BE_MOBILE: Final = ("mobile", "fixed_or_mobile")
_ELSEWHERE: Final = "XX"  # user-assigned in ISO 3166: no country
_CHANNEL_WORDS: Final = {"email": "e-mail", "phone": "calls"}
_CLASS_WORDS: Final = {
    "corporate_generic": "mailboxes of companies",
    "corporate_named": "people at companies",
    "sole_trader": "sole traders and partnerships",
    "mobile": "mobile numbers",
}

Template: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Span:
    """A version of one country's law, layer merged in, with the days it holds."""

    country: Jurisdiction
    version: JurisdictionVersion
    since: date
    until: date | None


def read_regimes(files: Sequence[ParsedFile], problems: Problems) -> dict[str, Template]:
    """The ``[[regime]]`` templates of the base by name."""
    templates: dict[str, Template] = {}
    for parsed in files:
        for number, raw in enumerate(parsed.tables("regime", problems)):
            place = parsed.places.table("regime", number)
            problems.unknown_keys(place, raw, _FIELDS, "A regime")
            missing = [name for name in _FIELDS if name not in raw]
            if missing:
                problems.add(place, None, f"The regime lacks {', '.join(missing)}.", "Write all fields of a regime.")
            elif raw["name"] not in _NAMES:
                problems.add(place, "name", f"{raw['name']!r} is no regime.", nearest(str(raw["name"]), _NAMES))
            else:
                templates[raw["name"]] = dict(raw)
    return templates


def regime_rules(
    jurisdictions: Mapping[str, Jurisdiction], templates: Mapping[str, Template], problems: Problems
) -> list[RuleTable]:
    """Rules of every version of every country; a regime without template is a problem."""
    tables: list[RuleTable] = []
    for country in jurisdictions.values():
        if country.is_layer:
            continue
        for span in _spans(country):
            needed = {regime for channel in _CHANNEL_WORDS for regime in span.version.regimes(channel).values()}
            for name in sorted((needed | {"unverified", "review_due"}) - {"opt_out"} - set(templates)):
                place = Place(country.file, span.version.line)
                problems.add(place, None, f"The regime {name} has no template.", "Restore it in core/regimes.toml.")
            tables.extend(_rules_of(span, templates))
    return tables


def country_scope(jurisdiction: Jurisdiction, jurisdictions: Mapping[str, Jurisdiction]) -> str:
    """The condition "this is one of its countries", never unknown: the country itself, or the members of a layer."""
    members = sorted(other.id for other in jurisdictions.values() if other.extends == jurisdiction.id)
    codes = members if jurisdiction.is_layer else [jurisdiction.id]
    if not codes:
        return "country IS NULL AND country IS NOT NULL"  # a layer without members holds for nobody
    test = f"= {_quoted(codes[0])}" if len(codes) == 1 else f"IN ({', '.join(map(_quoted, codes))})"
    return f"country IS NOT NULL AND country {test}"


def scoped(scope: str, when: str) -> str:
    """``when``, but only within ``scope``."""
    return f"{scope} AND ({when})"


def _spans(country: Jurisdiction) -> Iterator[_Span]:
    """Stretches of days in which neither the country's nor its layer's version changes."""
    own = [version.valid_from for version in country.versions]
    layered = [version.valid_from for version in country.layer.versions] if country.layer else []
    starts = sorted(day for day in {*own, *layered} if country.at(day) is not None)
    for position, start in enumerate(starts):
        version = country.at(start)
        end = starts[position + 1] - timedelta(days=1) if position + 1 < len(starts) else None
        if version is not None:
            yield _Span(country, version, start, end)


def _rules_of(span: _Span, templates: Mapping[str, Template]) -> Iterator[RuleTable]:
    version = span.version
    for channel in _CHANNEL_WORDS:
        regimes = {name: regime for name, regime in version.regimes(channel).items() if name in _CLASS_WORDS}
        for regime in sorted(set(regimes.values()) & set(templates)):
            names = tuple(name for name, value in regimes.items() if value == regime)
            yield _rule(span, channel, templates[regime], names)
        doubtful = [source for source in version.sources if source.confidence == "unverified"]
        if "unverified" in templates and any(source.covers_any((channel,)) for source in doubtful):
            yield _rule(span, channel, templates["unverified"], CLASSES)
    if "review_due" in templates and version.reviewed_on < date.max - timedelta(days=REVIEW_DAYS):
        due = _Span(
            span.country, version, max(span.since, version.reviewed_on + timedelta(REVIEW_DAYS + 1)), span.until
        )
        if due.until is None or due.since <= due.until:
            yield _rule(due, None, templates["review_due"], CLASSES)


def _rule(span: _Span, channel: str | None, template: Template, names: tuple[str, ...]) -> RuleTable:
    """One rule: the template for the classes (and mobile) ``names`` on ``channel``; None is both channels."""
    country = span.country
    whom = _recipients(names)
    implied = not IMPLIED_ROUTES.isdisjoint(span.version.consent.routes)
    consent = "(consent_valid OR implied_consent)" if implied else "consent_valid"
    conditions = [country_scope(country, {})]
    conditions += [f"channel = {_quoted(channel)}"] if channel else []
    conditions += [_class_condition(names)] if _class_condition(names) else []
    when = str(template["when"]).replace("{consent}", consent)
    conditions.append(f"({when})" if " OR " in when and not when.startswith("NOT (") else when)
    words = {"country": country.name, "channel": _CHANNEL_WORDS.get(channel or "", "contact"), "recipients": whom}
    blocks = tuple(f"{channel}.{name}" for name in names) if channel else ("email", "phone")
    blocks += ("registry",) if template["name"] == "registry_opt_out" else ()
    data = {
        "id": ".".join(part for part in (country.id.lower(), channel, template["suffix"]) if part),
        "stage": Stage.PERMISSION.value,
        "effect": template["effect"],
        "unknown": template["unknown"],
        "when": " AND ".join(conditions),
        "reason": _worded(template["reason"], words),
        "fix": _worded(template["fix"], words),
        "cites": list(span.version.cites(*blocks)),
        "since": span.since,
        **({"until": span.until} if span.until else {}),
        "reach": template["reach"],
        "waivable": False,  # a file of ours cannot lift a law
        "case": list(_cases(span, channel, template, names, implied="{consent}" in template["when"] and implied)),
    }
    return RuleTable(data, Place(country.file, span.version.line), (), "base", country.id)


def _class_condition(names: tuple[str, ...]) -> str:
    """Who the regime holds for; nothing where it holds for all classes."""
    classes = [name for name in names if name in CLASSES]
    if len(classes) == len(CLASSES):
        return ""
    parts = [f"recipient_class IN ({', '.join(map(_quoted, classes))})"] if classes else []
    parts += [f"phone_type IN ({', '.join(map(_quoted, _MAY_BE_MOBILE))})"] if "mobile" in names else []
    return f"({' OR '.join(parts)})" if len(parts) > 1 else parts[0]


def _recipients(names: tuple[str, ...]) -> str:
    if set(CLASSES) <= set(names):
        return "anybody"
    words = [_CLASS_WORDS[name] for name in names]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _cases(
    span: _Span, channel: str | None, template: Template, names: tuple[str, ...], *, implied: bool
) -> Iterator[dict[str, Any]]:
    """The template's cases for every class it holds for, and those that show where it does not hold."""
    here = {"country": span.country.id, **({"channel": channel} if channel else {})}
    outside = next((name for name in CLASSES if name not in names), None)
    wheres = [{"recipient_class": name} for name in names if name in CLASSES]
    if "mobile" in names and outside:
        wheres += [{"recipient_class": outside, "phone_type": kind} for kind in _MAY_BE_MOBILE]
    firing: Template = next((case for case in template["case"] if case["expect"] == template["effect"]), {})
    fact = dict(firing.get("given", {}))
    for where in wheres:
        for case in template["case"]:
            yield {**case, "given": {**here, **where, **case.get("given", {})}}
    if "{consent}" in template["when"]:
        yield {"given": {**here, **wheres[0], **fact, "consent_valid": True}, "expect": "pass"}
        word = "pass" if implied else template["effect"]
        yield {"given": {**here, **wheres[0], **fact, "implied_consent": True}, "expect": word}
    yield {"given": {**here, **wheres[0], **fact, "country": _ELSEWHERE}, "expect": "pass"}
    yield {
        "given": {**wheres[0], **fact, **({"channel": channel} if channel else {})},
        "unknown": ["country"],
        "expect": "pass",
    }
    if channel:
        other = "phone" if channel == "email" else "email"
        yield {"given": {**here, **wheres[0], **fact, "channel": other}, "expect": "pass"}
    if outside:
        yield {"given": {**here, **fact, "recipient_class": outside, "phone_type": "fixed"}, "expect": "pass"}
        in_doubt = template["unknown"]
        yield {"given": {**here, **fact, "phone_type": "fixed"}, "unknown": ["recipient_class"], "expect": in_doubt}
    if "mobile" in names and outside:
        given = {**here, **fact, "recipient_class": outside}
        yield {"given": given, "unknown": ["phone_type"], "expect": template["unknown"]}


def _worded(text: str, words: Mapping[str, str]) -> str:
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
