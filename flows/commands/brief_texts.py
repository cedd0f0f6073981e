"""How ``brief check`` tells what it found: findings by place, and near-copies beside what they were taken from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.asking.brief_check import Copied
    from flows.asking.questions import CheckedBrief
    from policies.brief import Finding

__all__ = ["checked_entry", "checked_text"]

_NOBODY = (
    "Nobody on your lists has this contact: name and company cannot be compared, and the brief opens the queue for "
    "nobody. Is the contact spelled as on the list?"
)


def checked_entry(brief: CheckedBrief) -> dict[str, Any]:
    """One checked brief for ``--json``; ``copy_of`` is null where the brief is its own.

    ``known`` says whether somebody on a list has the contact.
    """
    return {
        "file": brief.file,
        "row": brief.row,
        "brief_id": brief.brief_id or None,
        "known": brief.is_known,
        "findings": [_finding(finding) for finding in brief.findings],
        "copy_of": _copy(brief.copied) if brief.copied else None,
    }


def checked_text(checked: Sequence[CheckedBrief]) -> str:
    """The failing briefs one after the other, and how many pass."""
    if not checked:
        return "No brief is there."
    failing = [brief for brief in checked if brief.findings]
    told = [brief for brief in checked if brief.findings or not brief.is_known]
    passing = f"{len(checked) - len(failing):,} of {len(checked):,} briefs pass."
    return "\n\n".join([*map(_brief_text, told), passing])


def _finding(finding: Finding) -> dict[str, object]:
    return {"rule_id": finding.rule_id, "place": finding.place, "message": finding.message, "fix": finding.fix}


def _copy(copied: Copied) -> dict[str, object]:
    side_by_side = [{"heading": heading, "this": mine, "older": theirs} for heading, mine, theirs in copied.parts]
    known = {"brief_id": copied.brief_id, "file": copied.name, "similarity": copied.similarity}
    return {**known, "parts": [heading for heading, _, _ in copied.parts], "side_by_side": side_by_side}


def _brief_text(brief: CheckedBrief) -> str:
    lines = [messages.bold(messages.printable(brief.name))]
    if not brief.is_known:
        lines.append(messages.paragraph(_NOBODY, indent="  "))
    for finding in brief.findings:
        lines.append(messages.paragraph(messages.printable(f"{finding.place}: {finding.message}"), indent="  "))
        lines.append(messages.paragraph(messages.printable(finding.fix), indent="    "))
    if brief.copied:
        lines += ["", _side_by_side(brief.name, brief.copied)]
    return "\n".join(lines)


def _side_by_side(name: str, copied: Copied) -> str:
    """The parts that say the same, the younger brief's on the left."""
    blank, rows = ["", ""], list[list[str]]()
    for heading, mine, theirs in copied.parts:
        rows += [[f"# {heading}", ""], [mine, theirs], blank]
    headings = (messages.printable(f"This one: {name}"), messages.printable(f"The older one: {copied.name}"))
    return messages.table(headings, rows[:-1])
