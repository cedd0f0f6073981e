"""Writing briefs: the template with what is known filled in, and the bulk form turned into the same text.

What is still missing stands in angle brackets, which the lint finds.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.brief.settings import Part, folded, read_brief_settings
from policies.brief.text import FRONT_MATTER
from policies.errors import RefusedFile, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

__all__ = ["briefs_from_csv", "template"]

_AUTHOR: Final = "<your name>"
_FACT: Final = "<day, as 2026-09-16>: "
_LINE_START: Final = re.compile(r"^(?=[#>-])")


def template(
    known: Mapping[str, object],
    tier: str,
    settings: Mapping[str, Any],
    as_of: date,
    *,
    remarks: Sequence[str] = (),
    enough: Collection[str] = (),
) -> str:
    """A new brief, with what is known filled in.

    ``known`` may hold ``contact`` or ``person_id``, ``author`` and whatever the parts of ``[brief]`` name under
    ``known`` (``full_name, job_title, company, provenance, asked, last_conversation, salutation_name``); absent and
    null values are left out. ``remarks`` stand in the front matter as comments, one line each, for its writer alone.
    ``enough`` names parts that need no more than what is known, if that is long enough. Raises ``UsageError``
    (``brief_tier_unknown``).
    """
    rules = read_brief_settings(settings)
    if tier not in rules.tier_parts:
        tiers = " or ".join(reversed(rules.tiers))
        raise UsageError("brief_tier_unknown", "There is no such tier of brief.", f"Ask for {tiers}.")
    fields = {"author": _AUTHOR, **known, "date": as_of.isoformat(), "tier": tier}
    front = [f"{name}: {_quoted(fields[name])}" for name in FRONT_MATTER if fields.get(name) is not None]
    front += [f"# {_printable(remark)}" for remark in remarks]
    body = [f"## {part.headings[0]}\n\n{_prefilled(part, known, enough)}" for part in rules.tier_parts[tier]]
    return "\n".join(["---", *front, "---", "", *"\n\n".join(body).split("\n"), ""])


def briefs_from_csv(table: pl.DataFrame, settings: Mapping[str, Any]) -> list[str]:
    """Each row of the bulk form as the text of a brief, in order.

    ``table`` has columns of strings: those of the front matter, and one for each heading of a part, in any case, with
    blanks or underscores. Other columns are left out. Raises ``RefusedFile`` (``brief_columns``) where nothing says who
    the briefs are about.
    """
    columns = _columns(table.columns, settings)
    if not columns.keys() & {"contact", "person_id"}:
        raise RefusedFile(
            "brief_columns",
            "The file has neither a column contact nor a column person_id.",
            f"Name the columns {', '.join(FRONT_MATTER)} and as the headings of `tactful brief new`.",
        )
    fields = [_field(name, columns[name]) for name in FRONT_MATTER if name in columns]
    parts = [_section(heading, column) for heading, column in columns.items() if heading not in FRONT_MATTER]
    text = pl.concat_str([pl.lit("---\n"), *fields, pl.lit("---\n"), *parts], ignore_nulls=True)
    return table.select(text.alias("text")).get_column("text").to_list()


def _quoted(value: object) -> str:
    """A value on one line, as YAML reads it back."""
    return json.dumps(_printable(str(value)), ensure_ascii=False)


def _printable(text: str) -> str:
    """A text on one line; characters that cannot be printed become blanks."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _prefilled(part: Part, known: Mapping[str, object], enough: Collection[str]) -> str:
    """What is known of a part, and what is asked for."""
    told = [_printable(str(known[name])) for name in part.known if known.get(name) is not None]
    ask = f"<{part.ask}>"
    if part.min_items:
        prefix = _FACT if part.name == "evidence" else ""
        return "\n".join([f"- {prefix}{ask}"] * part.min_items)
    between = ", " if part.name == "opening_line" else "\n\n"
    said = _LINE_START.sub(r"\\", ", ".join(told))
    if part.name in enough and len(said.split()) >= part.min_words:
        return said
    return between.join([said, ask]) if told else ask


def _columns(headers: Sequence[str], settings: Mapping[str, Any]) -> dict[str, str]:
    """Field or printed heading to column, parts in the order of the template."""
    rules = read_brief_settings(settings)
    by_name = {folded(header.replace("_", " ")): header for header in reversed(headers)}
    found = {
        name: by_name[folded(name.replace("_", " "))]
        for name in FRONT_MATTER
        if folded(name.replace("_", " ")) in by_name
    }
    for part in rules.parts.values():
        names = [folded(name) for name in (*part.headings, part.name.replace("_", " "))]
        column = next((by_name[name] for name in names if name in by_name), None)
        if column is not None:
            found[part.headings[0]] = column
    return found


def _field(name: str, column: str) -> pl.Expr:
    """One line of front matter; nothing where the cell is empty."""
    value = (
        pl.col(column)
        .str.replace_all(r"[\s\p{C}]+", " ")
        .str.strip_chars()
        .str.replace_all("\\", "\\\\", literal=True)
        .str.replace_all('"', '\\"', literal=True)
    )
    return pl.when(value.str.len_chars() > 0).then(pl.concat_str(pl.lit(f'{name}: "'), value, pl.lit('"\n')))


def _section(heading: str, column: str) -> pl.Expr:
    """One part; nothing where the cell is empty. A cell cannot begin a part of its own."""
    body = pl.col(column).str.strip_chars().str.replace_all(r"(?m)^(#|```|~~~)", r"\${1}")
    return pl.when(body.str.len_chars() > 0).then(pl.concat_str(pl.lit(f"\n## {heading}\n\n"), body, pl.lit("\n")))
