"""Jurisdiction files -> :class:`policies.jurisdictions.Jurisdiction`, with every problem named by file and line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from policies.disclosures import DISCLOSURE_CODES
from policies.jurisdictions import (
    CLASSES,
    HOUR_KINDS,
    REGIMES,
    Consent,
    Deadline,
    Frequency,
    Hours,
    Jurisdiction,
    JurisdictionVersion,
    Notice,
    OptOut,
    Registry,
    Source,
)
from policies.rulebook.files import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.rulebook.files import ParsedFile, Place, Problems

__all__ = ["JURISDICTION_KEYS", "is_jurisdiction_file", "read_jurisdictions"]

JURISDICTION_KEYS: Final = (
    *("id", "name", "extends", "layer", "zones", "region_zones", "region_calendars", "holidays", "version", "rule"),
)
_PATH: Final = re.compile(r"(?:^|/)jurisdictions/([A-Z]{2}(?:-[A-Z0-9]{1,3})?)\.toml$")
_BLOCKS: Final = {
    "email": CLASSES,
    "phone": ("corporate", *CLASSES, "mobile", "mobile_autodial"),
    "registry": ("names", "max_file_age_days"),
    "hours": ("basis", *HOUR_KINDS),
    "frequency": ("basis", "max_attempts", "window_hours"),
    "opt_out": ("email", "phone", "mechanism_live_days", "scope"),
    "consent": ("routes", "expiry_months"),
    "notice": ("required", "article", "due", "or_first_contact", "must_name_source_list"),
    "disclosures": ("email", "phone"),
}
_VERSION_KEYS: Final = (*_BLOCKS, "retention", "sources", "valid_from", "reviewed_on")
# Of a country; a layer may leave them to its members.
_NEEDED: Final = ("email", "phone", "hours", "frequency", "opt_out")
_SOURCE_KEYS: Final = ("covers", "cite", "url", "confidence")
_BASES: Final = ("statute", "code", "house")
_UNITS: Final = ("business_days", "calendar_days", "months", "immediate")
_CONFIDENCES: Final = ("read", "secondary", "unverified")
_ROUTES: Final = (
    "express", "purchase", "inquiry", "own_membership", "published", "business_card", "relationship", "soft_opt_in",
    "existing_customer_similar_goods",
)  # fmt: skip
_CLOCK: Final = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")


def is_jurisdiction_file(path: str) -> bool:
    """Whether a rule file is a jurisdiction by its place: jurisdictions/<CC>.toml."""
    return _PATH.search(path) is not None


def read_jurisdictions(files: Sequence[ParsedFile], problems: Problems) -> dict[str, Jurisdiction]:
    """Read all jurisdiction files among ``files``; layers are tied to the members that extend them."""
    found: dict[str, Jurisdiction] = {}
    for parsed in files:
        if is_jurisdiction_file(parsed.file.path):
            jurisdiction = _Reader(parsed, problems).read()
            found[jurisdiction.id] = jurisdiction
    for parsed in files:
        extends = parsed.data.get("extends")
        if is_jurisdiction_file(parsed.file.path) and extends is not None and extends not in found:
            problems.add(
                parsed.places.top(), "extends", f"There is no file for {extends!r}.", nearest(str(extends), found)
            )
    return {key: replace(item, layer=found.get(item.extends or "")) for key, item in sorted(found.items())}


@dataclass(slots=True)
class _Reader:
    """Reads one file; the place of what is being read travels along for the problems."""

    parsed: ParsedFile
    problems: Problems

    def read(self) -> Jurisdiction:
        data, top = self.parsed.data, self.parsed.places.top()
        match = _PATH.search(self.parsed.file.path)
        code = match.group(1) if match else ""
        self.problems.unknown_keys(top, data, JURISDICTION_KEYS, "A jurisdiction file")
        if data.get("id") != code:
            self.problems.add(
                top, "id", f"id is {data.get('id')!r}, the file is named {code}.toml.", "Make them agree."
            )
        is_layer = data.get("layer", False) is True
        if not isinstance(data.get("name"), str):
            self.problems.add(top, "name", "The name of the country is missing.", 'Write name = "...".')
        if not is_layer and not data.get("zones"):
            self.problems.add(top, "zones", "A country needs its time zones.", 'Write zones = ["Europe/Berlin"].')
        versions = [self._version(raw, number, is_layer=is_layer) for number, raw in enumerate(data.get("version", []))]
        if not versions:
            self.problems.add(top, None, "The file has no [[version]].", "Write one with valid_from.")
        place, regions = self.parsed.places.table("region_zones"), data.get("region_zones", {})
        return Jurisdiction(
            id=code,
            name=str(data.get("name", code)),
            file=self.parsed.file.path,
            extends=data.get("extends"),
            is_layer=is_layer,
            zones=self.problems.texts(top, data, "zones"),
            region_zones={name: self.problems.texts(place, regions, name) for name in regions},
            region_calendars={name: str(region) for name, region in data.get("region_calendars", {}).items()},
            holidays=self.problems.texts(top, data, "holidays"),
            versions=tuple(sorted(versions, key=lambda version: version.valid_from)),
        )

    def _version(self, raw: Mapping[str, Any], number: int, *, is_layer: bool) -> JurisdictionVersion:
        place = self.parsed.places.table("version", number)
        self.problems.unknown_keys(place, raw, _VERSION_KEYS, "A version")
        blocks = {name: self._block(raw, name, number) for name in _BLOCKS}
        for name in _NEEDED:
            if not is_layer and not blocks[name][0]:
                self.problems.add(place, None, f"The version has no [version.{name}].", "Every country states it.")
        sources = self._sources(raw, number)
        for name in (*_BLOCKS, "retention"):
            if raw.get(name) and not any(source.covers_any((name,)) for source in sources):
                where = self.parsed.places.table(f"version.{name}", within=("version", number))
                self.problems.add(
                    where, None, f"No source covers {name}.", "Name it in covers of a [[version.sources]]."
                )
        return JurisdictionVersion(
            valid_from=self._day(raw, "valid_from", place),
            reviewed_on=self._day(raw, "reviewed_on", place),
            line=place.line,
            email=self._regimes(*blocks["email"], needs_all=not is_layer),
            phone=self._regimes(*blocks["phone"], needs_all=not is_layer),
            registry=self._registry(*blocks["registry"]),
            hours=self._hours(*blocks["hours"]),
            frequency=self._frequency(*blocks["frequency"]),
            opt_out=self._opt_out(*blocks["opt_out"]),
            consent=self._consent(*blocks["consent"]),
            notice=self._notice(*blocks["notice"]),
            disclosures=self._disclosures(*blocks["disclosures"]),
            retention=dict(raw.get("retention", {})),
            sources=sources,
        )

    def _block(self, raw: Mapping[str, Any], name: str, number: int) -> tuple[Mapping[str, Any], Place]:
        place = self.parsed.places.table(f"version.{name}", within=("version", number))
        block = raw.get(name, {})
        if not isinstance(block, dict):
            self.problems.add(place, None, f"{name} is not a table.", f"Write [version.{name}].")
            return {}, place
        self.problems.unknown_keys(place, block, _BLOCKS[name], f"[version.{name}]")
        return block, place

    def _regimes(self, block: Mapping[str, Any], place: Place, *, needs_all: bool) -> dict[str, str]:
        spread = {**{name: block["corporate"] for name in CLASSES[:2] if "corporate" in block}, **block}
        spread.pop("corporate", None)
        for name in CLASSES:
            if block and needs_all and name not in spread:
                self.problems.add(
                    place, None, f"No regime for {name}.", f"Write {name} = one of: {', '.join(REGIMES)}."
                )
        for name, regime in list(spread.items()):
            if regime not in REGIMES:
                key = name if name in block else "corporate"
                self.problems.add(place, key, f"{regime!r} is no regime.", nearest(str(regime), REGIMES))
                del spread[name]
        return {name: spread[name] for name in (*CLASSES, "mobile", "mobile_autodial") if name in spread}

    def _hours(self, block: Mapping[str, Any], place: Place) -> Hours | None:
        if not block:
            return None
        spans = {kind: self._spans(block.get(kind), kind, place) for kind in HOUR_KINDS}
        return Hours(self._basis(block, place, "hours"), **spans)

    def _basis(self, block: Mapping[str, Any], place: Place, of: str) -> str:
        basis = str(block.get("basis"))
        if basis not in _BASES:
            self.problems.add(place, "basis", f"The basis of the {of} is not known.", nearest(basis, _BASES))
        return basis

    def _spans(self, raw: object, kind: str, place: Place) -> tuple[tuple[time, time], ...]:
        spans: list[tuple[time, time]] = []
        for span in raw if isinstance(raw, list) else [None]:
            clocks = [_CLOCK.match(str(end)) for end in span] if isinstance(span, list) else []
            times = [time(int(clock.group(1)), int(clock.group(2))) for clock in clocks if clock]
            if len(times) == len(clocks) == 2 and times[0] < times[1] and (not spans or spans[-1][1] <= times[0]):  # noqa: PLR2004 (a span has two ends)
                spans.append((times[0], times[1]))
            else:
                fix = f'Write {kind} = [["09:00", "17:30"]], in order; [] for never.'
                self.problems.add(place, kind, f"The hours of {kind} are not ordered intervals.", fix)
        return tuple(spans)

    def _registry(self, block: Mapping[str, Any], place: Place) -> Registry:
        names = self.problems.texts(place, block, "names")
        return Registry(names, self._whole(block, "max_file_age_days", place) if names else None)

    def _frequency(self, block: Mapping[str, Any], place: Place) -> Frequency | None:
        if not block:
            return None
        attempts, hours = (self._whole(block, key, place) for key in ("max_attempts", "window_hours"))
        return Frequency(attempts, hours, self._basis(block, place, "cap"))

    def _opt_out(self, block: Mapping[str, Any], place: Place) -> OptOut | None:
        if not block:
            return None
        deadlines = [self._deadline(block.get(channel), channel, place) for channel in ("email", "phone")]
        live = self._whole(block, "mechanism_live_days", place)
        return OptOut(deadlines[0], deadlines[1], live, str(block.get("scope", "all_channels")))

    def _consent(self, block: Mapping[str, Any], place: Place) -> Consent:
        routes = self.problems.texts(place, block, "routes")
        stated = block.get("expiry_months", {})
        if not isinstance(stated, dict):
            self.problems.add(place, "expiry_months", "expiry_months is not a table.", "Write { purchase = 24 }.")
            stated = {}
        months = {route: self._whole(stated, route, place) for route in stated}
        for route in routes:
            if route not in _ROUTES:
                self.problems.add(place, "routes", f"{route!r} is no consent route.", nearest(str(route), _ROUTES))
        for route in months:
            if route not in routes:
                self.problems.add(
                    place, "expiry_months", f"{route!r} is not among routes.", nearest(str(route), routes)
                )
        return Consent(routes, months)

    def _notice(self, block: Mapping[str, Any], place: Place) -> Notice:
        required = block.get("required", False) is True
        due = dict(block["due"]) if isinstance(block.get("due"), dict) else {}
        first_contact = due.pop("or_first_contact", block.get("or_first_contact", False)) is True
        deadline = self._deadline(due, "due", place) if required else None
        names_list = block.get("must_name_source_list", False) is True
        return Notice(required, block.get("article"), deadline, first_contact, names_list)

    def _disclosures(self, block: Mapping[str, Any], place: Place) -> dict[str, tuple[str, ...]]:
        stated = {channel: self.problems.texts(place, block, channel) for channel in block}
        for channel, codes in stated.items():
            for code in codes:
                if code not in DISCLOSURE_CODES:
                    self.problems.add(
                        place, channel, f"{code!r} is no disclosure.", nearest(str(code), DISCLOSURE_CODES)
                    )
        return stated

    def _sources(self, raw: Mapping[str, Any], number: int) -> tuple[Source, ...]:
        sources: list[Source] = []
        for position, item in enumerate(raw.get("sources", [])):
            place = self.parsed.places.table("version.sources", position, within=("version", number))
            self.problems.unknown_keys(place, item, _SOURCE_KEYS, "A source")
            if item.get("confidence") not in _CONFIDENCES:
                words = nearest(str(item.get("confidence")), _CONFIDENCES)
                self.problems.add(place, "confidence", "The confidence of a source is not known.", words)
            if not item.get("covers") or not item.get("cite"):
                self.problems.add(place, None, "A source says what it covers and its cite.", "Write covers and cite.")
            covers = self.problems.texts(place, item, "covers")
            for cover in covers:
                if cover.split(".")[0] not in (*_BLOCKS, "retention"):
                    self.problems.add(
                        place, "covers", f"There is no block {cover!r}.", nearest(cover, (*_BLOCKS, "retention"))
                    )
            told = [str(item.get(key, "")) for key in _SOURCE_KEYS[1:]]
            sources.append(Source(covers, *told))
        return tuple(sources)

    def _deadline(self, raw: object, key: str, place: Place) -> Deadline:
        if (
            isinstance(raw, dict)
            and isinstance(raw.get("n"), int)
            and raw.get("unit") in _UNITS
            and len(raw) == len(("n", "unit"))
        ):
            return Deadline(raw["n"], raw["unit"])
        units = ", ".join(_UNITS)
        self.problems.add(
            place, key, f"{key} is no deadline.", f'Write {{ n = 10, unit = "business_days" }}; units: {units}.'
        )
        return Deadline(0, "immediate")

    def _whole(self, block: Mapping[str, Any], key: str, place: Place) -> int:
        value = block.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.problems.add(place, key, f"{key} is not a whole number above 0.", f"Write {key} = 1 or more.")
        return 1

    def _day(self, raw: Mapping[str, Any], key: str, place: Place) -> date:
        value = raw.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.problems.add(place, key, f"{key} is not a day.", f"Write {key} = 2026-01-31, without quotes.")
        return date.max
