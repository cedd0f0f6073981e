"""docs/layouts.md, generated from the rule data: the exports that are known, what is read of them, what is ruled out.

``python -m flows.reports.layout_reference`` rewrites the committed file; a test fails while it is behind the rules.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.rules_on_disk import load_rulebook
from policies.sources.fields import FIELDS, FLAG_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policies.sources.layouts import Layout, Section

__all__ = ["layout_reference", "main"]

_HEAD: Final = """\
# Exports that are known

Generated from the rule files under `policies/rules/layouts/` by `python -m flows.reports.layout_reference`; edits are
lost. A file is taken for such an export when the headers named as its signature stand in its header line, in any order
and casing and among any others. Then the columns below are read and no others for these fields. Every further column
is kept with the row, and one whose wording or cells refuse contact is heard all the same. A column that the file lacks
is simply not there. Columns stated in a source contract go first.

Any other list is understood by its headers and by the shape of its values, or refused with a proposal.
"""
_NOTES: Final = {
    "file_names": "Only under a file name like {}.",
    "footers": "Lines at the end that are no rows: {}.",
    "blanks": "Cells that say nothing: {}.",
    "separators": "Several values in one cell are divided by {}.",
}


def layout_reference(layouts: Sequence[Layout]) -> str:
    """The whole document as Markdown."""
    return "\n".join([_HEAD, *(_layout(layout) for layout in layouts)]).rstrip() + "\n"


def _layout(layout: Layout) -> str:
    parts = [f"## {layout.product}\n\n`{layout.id}`\n"]
    if layout.refuse:
        parts.append(f"**Refused.** {layout.refuse} {layout.refuse_fix}\n")
    notes = [said.format(_code(getattr(layout, name))) for name, said in _NOTES.items() if getattr(layout, name)]
    if notes:
        parts.append(" ".join(notes) + "\n")
    parts += [_section(section, single=len(layout.sections) == 1) for section in layout.sections]
    words = [
        (f"`{column}`", ", ".join(f"{word} = {meaning or 'nothing'}" for word, meaning in known.items()))
        for column, known in layout.lookups.items()
    ]
    if words:
        parts.append(_table(("in", "cells mean"), words))
    return "\n".join(parts)


def _section(section: Section, *, single: bool) -> str:
    lines = [] if single else [f"### Table `{section.id}`\n"]
    lines.append(" ".join(_signature(section)) + "\n")
    if not section.people:
        return "\n".join([*lines, "Passed over: no people, or the same people again.\n"])
    if section.excluded:
        lines.append(f"Every row is ruled out as {section.excluded}.\n")
    if section.opted_out:
        lines.append(f"Every row refuses {' and '.join(section.opted_out)}.\n")
    if section.bounced:
        lines.append("Nothing arrives under the addresses of any row.\n")
    if section.asked:
        fields = ", ".join(_field(name) for name in section.asked)
        lines.append(f"Also read from questions of the organiser, told by their headers: {fields}.\n")
    if section.no_flag:
        lines.append(f"No opt-outs for any channel of ours: {_code(section.no_flag)}.\n")
    rows = [(_field(name), _code(section.columns[name])) for name in FIELDS if name in section.columns]
    return "\n".join([*lines, _table(("our field", "its columns, best first"), rows)])


def _signature(section: Section) -> list[str]:
    said = [f"Signature: {_code((*section.header, *section.header_like))}."]
    if section.title:
        said.insert(0, f"Under a line like {_code([section.title])}.")
    if section.absent:
        said.append(f"Never with {_code(section.absent)}.")
    return said


def _field(name: str) -> str:
    words = name.replace("_", " ")
    return f"**{words}**" if name in (*FLAG_FIELDS, "excluded_by_file", "email_bounced") else words


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`` {word} ``" if "`" in word else f"`{word}`" for word in words)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [headings, ["---"] * len(headings), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> None:
    """Rewrite the committed page."""
    page = Path(__file__).parents[2] / "docs" / "layouts.md"
    page.write_text(layout_reference(load_rulebook(None).settings["layouts"]), encoding="utf-8")


if __name__ == "__main__":
    main()
