"""docs/policy-reference.md, generated from the rule data: facts, rules and countries as they are judged by.

``python -m flows.reports.policy_reference`` rewrites the committed file; a test fails while it is behind the rules.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.rules_on_disk import load_rulebook
from policies.effects import STAGES
from policies.facts import FACTS
from policies.jurisdictions import HOUR_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policies.jurisdictions import Deadline, Hours, Jurisdiction, JurisdictionVersion
    from policies.rulebook import Rule, Rulebook

__all__ = ["main", "policy_reference"]

_HEAD: Final = """\
# Policy reference

Generated from the rule files under `policies/rules/` by `python -m flows.reports.policy_reference`; edits are lost. The
facts of law are a working summary with their sources, not legal advice: have counsel review them before they gate real
sends.

A rule that fires has its effect on the channel it fires for: **deny** closes it, **hold** keeps it closed until
somebody settles what is open, **warn** is said and lets pass. Per channel the strictest effect counts; a person gets
the best of their channels. *Unknown* is what the rule does where its condition can be answered neither yes nor no. A
rule *for the person* covers all their contact points on the channel, one *for the contact point* only the one it fired
for.

## What a condition may say

SQL over the facts below, about one row: `= <> < <= > >=`, `AND OR NOT`, `IN (...)`, `BETWEEN`, `IS [NOT] NULL`,
`IS [NOT] DISTINCT FROM` (in parentheses), `LIKE`, `ILIKE`, `~` and `~*` (regular expressions without look-around),
`STARTS_WITH`, `ENDS_WITH`, `LOWER`, `UPPER`, `LENGTH`, `COALESCE`, `NULLIF`, `CASE`, `IF`, `TRY_CAST`, `ABS`, `+ - *`,
`DATE '2026-01-31'`, `INTERVAL '1 month'`, `EXTRACT(YEAR FROM ...)`. Words stand in single quotes.

Refused: aggregates, windows, sub-selects, the clock (`CURRENT_DATE`, `NOW()`), comments, double quotes, `CAST` and `::`
(they fail on text they cannot read), `= NULL`, `IS TRUE` and its like (they leave unknown unknown here), functions that
turn unknown into a value (`CONCAT`, `GREATEST`, `STRPOS`), and comparisons of different kinds.
"""
_KINDS: Final = ((pl.Boolean, "yes/no"), (pl.String, "text"), (pl.Int64, "number"), (pl.Date, "date"))


def policy_reference(book: Rulebook) -> str:
    """The whole document as Markdown, for every rule and country of ``book``."""
    parts = [_HEAD, _facts(), "## Rules\n"]
    for stage in STAGES:
        rules = sorted((rule for rule in book.rules if rule.stage == stage), key=lambda rule: rule.jurisdiction or "")
        parts.append(f"### Stage {stage.value}\n")
        parts.extend(_rule(rule) for rule in rules)
    parts.append("## Jurisdictions\n")
    parts.extend(_jurisdiction(country) for country in book.jurisdictions.values())
    return "\n".join(parts).rstrip() + "\n"


def _facts() -> str:
    rows = [
        (f"`{fact.name}`", _kind(fact.dtype), "may be unknown" if fact.nullable else "", fact.meaning) for fact in FACTS
    ]
    return f"## Facts\n\n{_table(('fact', 'kind', '', 'meaning'), rows)}"


def _kind(dtype: pl.DataType | type[pl.DataType]) -> str:
    return next(word for known, word in _KINDS if dtype == known)


def _rule(rule: Rule) -> str:
    reach = "for the contact point" if rule.reach == "contact" else "for the person"
    days = [f"{word} {day}" for word, day in (("since", rule.since), ("until", rule.until)) if day]
    about = [f"**{rule.effect.label}**", f"unknown: {rule.unknown.label}", reach, *days]
    about += [] if rule.waivable else ["cannot be waived"]
    return (
        f"#### {rule.id}\n\n{' · '.join(about)}\n\n{rule.reason}\n\n- When: `{rule.when}`\n"
        f"- Mend: {rule.fix}\n- Rests on: {'; '.join(rule.cites)}\n"
    )


def _jurisdiction(country: Jurisdiction) -> str:
    extends = f" It extends {country.extends}; the stricter of both counts." if country.extends else ""
    layer = " A layer: its members extend it." if country.is_layer else ""
    zones = f" Time zones: {', '.join(country.zones)}." if country.zones else ""
    head = f"### {country.name} ({country.id})\n\nFile: `{country.file}`.{extends}{layer}{zones}\n"
    return "\n".join([head, *(_version(version) for version in country.versions)])


def _version(version: JurisdictionVersion) -> str:
    rows = [(name, value) for name, value in _blocks(version) if value]
    sources = [(", ".join(s.covers), s.cite, s.confidence, f"<{s.url}>" if s.url else "") for s in version.sources]
    dates = f"In force since {version.valid_from}, reviewed on {version.reviewed_on}.\n"
    stated, read = _table(("what", "as stated"), rows), _table(("covers", "source", "confidence", "read at"), sources)
    return f"{dates}\n{stated}\n{read}"


def _blocks(version: JurisdictionVersion) -> Iterable[tuple[str, str]]:
    for channel in ("email", "phone"):
        yield f"{channel} regime", _grouped(version.regimes(channel).items())
    registry = version.registry
    age = f", file at most {registry.max_file_age_days} days old" if registry.max_file_age_days else ""
    yield "registries", f"{', '.join(registry.names)}{age}" if registry.names else ""
    yield "hours", _hours(version.hours)
    cap = version.frequency
    yield "frequency", f"{cap.max_attempts} in {cap.window_hours} hours ({cap.basis})" if cap else ""
    opt_out = version.opt_out
    if opt_out:
        words = f"e-mail {_deadline(opt_out.email)}, calls {_deadline(opt_out.phone)}"
        yield "opt-out takes effect", f"{words}; the way to opt out lives {opt_out.mechanism_live_days} days"
    terms = version.consent.expiry_months
    routes = (f"{route} ({terms[route]} months)" if route in terms else route for route in version.consent.routes)
    yield "consent routes", ", ".join(routes)
    notice = version.notice
    yield "notice", f"{notice.article}, within {notice.due_months} month(s)" if notice.required else "none required"
    for channel, codes in version.disclosures.items():
        yield f"{channel} discloses", ", ".join(codes)
    yield "retention", ", ".join(f"{key} = {value}" for key, value in version.retention.items())


def _grouped(regimes: Iterable[tuple[str, str]]) -> str:
    """``opt_out (corporate_generic, corporate_named); consent (sole_trader)``."""
    groups = groupby(regimes, key=lambda pair: pair[1])
    return "; ".join(f"{regime} ({', '.join(name for name, _ in members)})" for regime, members in groups)


def _hours(hours: Hours | None) -> str:
    if hours is None:
        return ""
    kinds = []
    for kind in HOUR_KINDS:
        spans = [f"{start:%H:%M}-{end:%H:%M}" for start, end in getattr(hours, kind)]
        kinds.append(f"{kind} {' and '.join(spans) or 'never'}")
    return f"{', '.join(kinds)} (basis: {hours.basis})"


def _deadline(deadline: Deadline) -> str:
    return "at once" if deadline.unit == "immediate" else f"within {deadline.n} {deadline.unit.replace('_', ' ')}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> None:
    """Rewrite docs/policy-reference.md of this checkout."""
    target = Path(__file__).resolve().parents[2] / "docs" / "policy-reference.md"
    target.write_text(policy_reference(load_rulebook(None)), encoding="utf-8")


if __name__ == "__main__":
    main()
