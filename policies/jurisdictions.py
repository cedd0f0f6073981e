"""What the law of a country asks, as dated versions; a member of a layer (the EU) is merged with it, to the strictest.

A country without a file, or with no version in force on the day, is not on file: :meth:`Jurisdiction.at` gives None and
the rules hold. Reading and checking the files is done in :mod:`policies.rulebook.jurisdiction_files`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from policies.jurisdiction_blocks import Consent, Deadline, Frequency, Hours, Notice, OptOut, Registry, Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, time

__all__ = [
    "CLASSES",
    "HOUR_KINDS",
    "REGIMES",
    "Consent",
    "Deadline",
    "Frequency",
    "Hours",
    "Jurisdiction",
    "JurisdictionVersion",
    "Notice",
    "OptOut",
    "Registry",
    "Source",
    "merge",
    "strictest_regime",
]

CLASSES: Final = ("corporate_generic", "corporate_named", "sole_trader")
HOUR_KINDS: Final = ("weekday", "saturday", "sunday", "holiday")
# From the mildest to the strictest: the order in which regimes beat each other where several apply.
REGIMES: Final = (
    "opt_out",
    "opt_out_if_relevant",
    "registry_opt_out",
    "published_and_relevant",
    "presumed_interest",
    "consent",
    "prohibited",
)


@dataclass(frozen=True, slots=True)
class JurisdictionVersion:
    """The law of one country from ``valid_from`` until the next version; regimes per recipient class and channel.

    ``phone`` may also say ``mobile`` (numbers that are or may be mobile) and ``mobile_autodial`` (we never autodial).
    """

    valid_from: date
    reviewed_on: date
    line: int
    email: Mapping[str, str] = field(default_factory=dict)
    phone: Mapping[str, str] = field(default_factory=dict)
    registry: Registry = field(default_factory=Registry)
    hours: Hours | None = None
    frequency: Frequency | None = None
    opt_out: OptOut | None = None
    consent: Consent = field(default_factory=Consent)
    notice: Notice = field(default_factory=Notice)
    disclosures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    retention: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    def regimes(self, channel: str) -> Mapping[str, str]:
        """Regime per recipient class (and ``mobile``, where stated) for ``email`` or ``phone``."""
        return self.email if channel == "email" else self.phone

    def cites(self, *blocks: str) -> tuple[str, ...]:
        """Cites of the sources that cover any of ``blocks`` ("email", "phone.mobile"), in the order of the file."""
        found = (source for source in self.sources if source.covers_any(blocks))
        return tuple(dict.fromkeys(source.cite for source in found))


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One country (or layer of countries) with its dated versions, oldest first.

    ``zones`` are those somebody may be in of whom only the country is known; ``region_zones`` may name further ones, of
    outlying regions. ``region_calendars``: further names of regions, each with the region of the calendar of holidays
    that it keeps ("": none of its own). ``holidays``: kinds of days off beside public holidays.
    """

    id: str
    name: str
    file: str
    extends: str | None = None
    is_layer: bool = False
    zones: tuple[str, ...] = ()
    region_zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    region_calendars: Mapping[str, str] = field(default_factory=dict)
    holidays: tuple[str, ...] = ()
    versions: tuple[JurisdictionVersion, ...] = ()
    layer: Jurisdiction | None = field(default=None, repr=False)

    def own(self, day: date) -> JurisdictionVersion | None:
        """The version of this file alone in force on ``day``."""
        return max((v for v in self.versions if v.valid_from <= day), key=lambda v: v.valid_from, default=None)

    def at(self, day: date) -> JurisdictionVersion | None:
        """The law on ``day``, the layer merged in to the strictest; None: not on file, which holds."""
        own = self.own(day)
        if own is None or self.layer is None:
            return own
        layer = self.layer.at(day)
        return None if layer is None else merge(own, layer)


def strictest_regime(*regimes: str) -> str:
    """The regime that beats all others of ``regimes``; raises ``ValueError`` for one that is not in ``REGIMES``."""
    return max(regimes, key=REGIMES.index)


def merge(one: JurisdictionVersion, other: JurisdictionVersion) -> JurisdictionVersion:
    """Both laws at once, to the strictest of each: shorter deadlines, common hours, more to disclose.

    ``one`` keeps its dates and its line, and where nothing can be called stricter (retention of proofs) its word.
    """
    return replace(
        one,
        email=_merge_regimes(one.email, other.email),
        phone=_merge_regimes(one.phone, other.phone),
        registry=_merge_registry(one.registry, other.registry),
        hours=_merge_hours(one.hours, other.hours),
        frequency=_merge_frequency(one.frequency, other.frequency),
        opt_out=_merge_opt_out(one.opt_out, other.opt_out),
        consent=_merge_consent(one.consent, other.consent),
        notice=_merge_notice(one.notice, other.notice),
        disclosures=_merge_disclosures(one.disclosures, other.disclosures),
        retention={**other.retention, **one.retention},
        sources=(*one.sources, *other.sources),
    )


def _merge_disclosures(
    one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {name: tuple(dict.fromkeys((*one.get(name, ()), *other.get(name, ())))) for name in sorted({*one, *other})}


def _merge_regimes(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    names = dict.fromkeys((*one, *other))
    return {name: strictest_regime(*(side[name] for side in (one, other) if name in side)) for name in names}


def _merge_registry(one: Registry, other: Registry) -> Registry:
    ages = [side.max_file_age_days for side in (one, other) if side.max_file_age_days is not None]
    return Registry(tuple(dict.fromkeys((*one.names, *other.names))), min(ages, default=None))


def _merge_hours(one: Hours | None, other: Hours | None) -> Hours | None:
    if one is None or other is None:
        return one or other
    common = {kind: _intersect(getattr(one, kind), getattr(other, kind)) for kind in HOUR_KINDS}
    return Hours(one.basis, **common)


def _intersect(
    one: tuple[tuple[time, time], ...], other: tuple[tuple[time, time], ...]
) -> tuple[tuple[time, time], ...]:
    spans = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple(sorted((start, end) for start, end in spans if start < end))


def _merge_frequency(one: Frequency | None, other: Frequency | None) -> Frequency | None:
    if one is None or other is None:
        return one or other
    return replace(min(one, other, key=_rate), basis=one.basis if one.basis == other.basis else "statute")


def _rate(frequency: Frequency) -> tuple[float, int]:
    return (frequency.max_attempts / frequency.window_hours, frequency.max_attempts)


def _merge_opt_out(one: OptOut | None, other: OptOut | None) -> OptOut | None:
    if one is None or other is None:
        return one or other
    return OptOut(
        email=min(one.email, other.email, key=Deadline.order),
        phone=min(one.phone, other.phone, key=Deadline.order),
        mechanism_live_days=max(one.mechanism_live_days, other.mechanism_live_days),
        scope="all_channels" if "all_channels" in (one.scope, other.scope) else one.scope,
    )


def _merge_consent(one: Consent, other: Consent) -> Consent:
    routes = (
        tuple(r for r in one.routes if r in other.routes) if one.routes and other.routes else one.routes or other.routes
    )
    months = {
        route: min(side.expiry_months[route] for side in (one, other) if route in side.expiry_months)
        for route in sorted({*one.expiry_months, *other.expiry_months})
    }
    return Consent(routes, months)


def _merge_notice(one: Notice, other: Notice) -> Notice:
    if not (one.required and other.required):
        return one if one.required else other
    return Notice(
        required=True,
        article=one.article or other.article,
        due=min((side.due for side in (one, other) if side.due), key=Deadline.order, default=None),
        or_first_contact=one.or_first_contact or other.or_first_contact,
        must_name_source_list=one.must_name_source_list or other.must_name_source_list,
    )
