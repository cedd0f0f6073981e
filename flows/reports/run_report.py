"""Render the report of a run: ``report.html`` and ``report.json``, the same figures twice.

The page is one file: no network, no scripts, no fonts from elsewhere. The same figures give the same bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.reports.charts import Bar, bar_chart
from flows.reports.people_lines import headline, people_lines, share_text, talk_columns, tally_text
from flows.reports.people_model import Count
from flows.reports.wording import date_text, day_text, hours_text, words
from policies.effects import Verdict
from policies.sources.records import REJECT_CODES

if TYPE_CHECKING:
    from jinja2 import Environment

    from flows.reports.model import RunReport

__all__ = [
    "TEMPLATES",
    "environment",
    "render_html",
    "render_json",
    "write_report",
]

TEMPLATES: Final = Path(__file__).parent / "templates"
_TOP: Final = 8
_LATE_SHOWN: Final = 50
_MINUS: Final = "\N{MINUS SIGN}"

_MEANINGS: Final = {
    Verdict.REJECTED: "unreadable, or no usable contact point",
    Verdict.DUPLICATE: "same person as a record that was kept",
    Verdict.SUPPRESSED: "every channel is denied, at least one by a permission rule",
    Verdict.UNFIT: "not a target, or ruled out by the file itself",
    Verdict.HELD: "something is unknown, stale or in doubt",
    Verdict.BRIEF_WANTED: "may be contacted, but nobody has done the homework yet",
    Verdict.DEFERRED: "not today: hours, caps, a pause or the day's budget",
    Verdict.QUEUED: "in the queue",
}


def write_report(report: RunReport, folder: Path) -> tuple[Path, Path]:
    """Write ``report.html`` and ``report.json`` into ``folder`` and return their paths."""
    html, figures = folder / "report.html", folder / "report.json"
    html.write_bytes(render_html(report).encode())
    figures.write_bytes(render_json(report).encode())
    return html, figures


def render_json(report: RunReport) -> str:
    """The figures as JSON, indented, ending with a newline."""
    return json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n"


def render_html(report: RunReport) -> str:
    """The report as one self-contained page."""
    from markupsafe import Markup

    charts = {name: Markup(svg) for name, svg in _charts(report).items()}  # noqa: S704 (our own drawing, text escaped)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            charts=charts,
            headline=headline(report),
            **people_lines(report),
            verdicts=[
                {
                    "verdict": words(step.verdict),
                    "meaning": _MEANINGS[Verdict(step.verdict)],
                    "rows": step.rows,
                    "people": step.people,
                }
                for step in report.funnel
            ],
            rejects=[_reject_line(count) for count in report.reject_codes],
            suppressions=[
                {"name": words(line.kind), "stated": line.stated, "inferred": line.inferred}
                for line in report.suppressions
            ],
            **_speed(report),
            permission=[
                {
                    "country": line.country,
                    "channel": words(line.channel),
                    "lawful_basis": words(line.lawful_basis),
                    "evidence": words(line.evidence) or None,
                    "people": line.people,
                }
                for line in report.permission
            ],
        )
    )


def _speed(report: RunReport) -> dict[str, list[dict[str, object]]]:
    """How fast stops held, as lines of tables."""
    latency = report.latency
    by_country = latency.by_country if latency else ()
    late = latency.late_stops[:_LATE_SHOWN] if latency else ()
    return {
        "latency_lines": [{**asdict(line), "longest": hours_text(line.longest_hours)} for line in by_country],
        "late_lines": [{**asdict(line), "took": hours_text(line.hours)} for line in late],
        "recipient_lines": [{**asdict(line), "oldest": _age_text(line.oldest_hours)} for line in report.recipients],
    }


def _age_text(hours: float | None) -> str | None:
    return None if hours is None else hours_text(hours).replace("at once", "just now")


def _reject_line(count: Count) -> dict[str, object]:
    """Refused rows of one code, with what is wrong with them in words."""
    why, _ = REJECT_CODES.get(count.name.removeprefix("intake."), ("Not usable as it stands.", ""))
    return {"why": why, "rows": count.count}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Our templates, always escaping; a name a template does not get is an error. They are compiled once a process."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["words"] = lambda count: Count(words(count.name), count.count)
    env.globals.update(words=words, day=day_text, date=date_text, breakable=_breakable, prose=_prose, hours=hours_text)
    env.globals.update(share=share_text, tally=tally_text, talk_columns=talk_columns)
    env.globals["style"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))  # noqa: S704 (our own file)
    return env


def _breakable(name: str) -> str:
    """A rule id that may break after its dots and underscores, instead of anywhere or nowhere."""
    from markupsafe import Markup, escape

    return Markup("<code>{}</code>").format(Markup(re.sub(r"([._])", r"\1<wbr>", str(escape(name)))))  # noqa: S704 (escaped first)


def _prose(text: str) -> str:
    """A sentence of a rule file, its `commands` set as such."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped first)


def _charts(report: RunReport) -> dict[str, str]:
    funnel = [Bar("rows read", 0, report.rows_read, f"{report.rows_read:,}")]
    for step in report.funnel:
        last = step.verdict == Verdict.QUEUED
        figure = f"{step.rows:,}" if last else f"{_MINUS}{step.rows:,}"
        funnel.append(Bar(words(step.verdict), step.rows, 0 if last else step.rows_left, figure))
    reasons = [Bar(line.reason.replace("`", ""), line.people) for line in report.reasons[:_TOP]]
    permission: dict[str, int] = {}
    for line in report.permission:
        name = f"{line.country}, {words(line.channel)}: {words(line.lawful_basis)}"
        permission[name] = permission.get(name, 0) + line.people
    return {
        "funnel": _chart("funnel", "Rows per verdict", funnel),
        "reasons": _chart("reasons", "People per reason", reasons),
        "permission": _chart("permission", "People in the queue", [Bar(*item) for item in permission.items()]),
    }


def _chart(name: str, title: str, bars: list[Bar]) -> str:
    said = "; ".join(f"{bar.label} {bar.figure or bar.value}" for bar in bars)
    return bar_chart(bars, name=name, description=f"{title}: {said}.")
