"""``people review``, ``people same`` and ``people different``: doubtful matches, and the human's word on them."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, open_workspace
from policies.errors import TactfulError, UsageError

if TYPE_CHECKING:
    from flows.judging import Answer, Doubt

__all__ = ["different", "review", "same"]

_WIDTH: Final = 80
_LONGEST: Final = 500  # characters of a reason
_SIDES: Final = ("full_name", "company", "job_title", "email", "phone", "city", "country", "source", "obtained_on")
_HEADINGS: Final = {"full_name": "name", "job_title": "title", "source": "list", "obtained_on": "obtained on"}

One = Annotated[
    str, typer.Argument(metavar="A", help="One of the two: an e-mail, a phone, a person id or a record id.")
]
Other = Annotated[str, typer.Argument(metavar="B", help="The other one.")]
By = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Who says it: left out, the user of this machine.", show_default=False),
]
Because = Annotated[str | None, typer.Option(metavar="WHY", help="Why, in a few words.", show_default=False)]


def review(
    *,
    limit: Annotated[int, typer.Option(min=1, help="So many of them, the most valuable first.")] = 20,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Show doubtful matches, those first whose answer changes who may be contacted. Each with the command to type."""
    from flows.judging import doubts

    found, there_are = doubts(open_workspace(workspace), limit)
    value = {"matches": [_value(doubt) for doubt in found], "total": there_are}
    answer(value, _review_text(found, there_are), as_json=as_json)


def same(
    one: One,
    other: Other,
    *,
    by: By = None,
    because: Because = None,
    again: Annotated[
        bool, typer.Option("--again", help="Looked at twice: it holds also against Jr and Sr, and the like.")
    ] = False,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Say that two are one person. Kept for good, obeyed by every later run; a stop of either holds for both at once.

    Where the rows themselves speak against it, it holds when it is said a second time, or with --again.
    """
    done = _say("same", one, other, by=by, because=because, workspace=workspace, again=again)
    answer(_said(done), _said_text(done), as_json=as_json and done.holds)
    if not done.holds:
        raise TactfulError(
            "second_look",
            f"The word is recorded (event {done.event}) and does not hold yet: the rows say that the two differ, such "
            "as Jr and Sr.",
            "Look again; if they are one person all the same, say it a second time.",
        )


def different(
    one: One,
    other: Other,
    *,
    by: By = None,
    because: Because = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Say that two are different people. Kept for good, obeyed by every later run.

    A stop that reached one of them only because they may be the other is released. The queue in force gains nobody by
    it: only a run does that.
    """
    done = _say("different", one, other, by=by, because=because, workspace=workspace)
    answer(_said(done), _said_text(done), as_json=as_json)


def _say(
    word: str,
    one: str,
    other: str,
    *,
    by: str | None,
    because: str | None,
    workspace: Path | None,
    again: bool = False,
) -> "Answer":
    if because is not None and len(because) > _LONGEST:
        raise UsageError("reason_too_long", f"--because holds more than {_LONGEST} characters.", "Say it in short.")
    from flows.judging import say

    return say(
        open_workspace(workspace), word, (one, other), by=(by or "").strip() or _user(), because=because, again=again
    )


def _user() -> str:
    """Who is at this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user without a name, as in a container
        return "unknown"


def _said(done: "Answer") -> dict[str, Any]:
    left = None if done.queue is None or done.queue.expired else done.queue.lines
    return {
        "event": done.event,
        "word": done.word,
        "already": done.already,
        "replaces": done.replaces,
        "holds": done.holds,
        "person_ids": list(done.people),
        "queue_lines": left,
    }


def _said_text(done: "Answer") -> str:
    if not done.holds:
        return ""
    says = "are one person" if done.word == "same" else "are different people"
    lines = [
        f"Said before, as event {done.event}: the two {says}. Nothing changed."
        if done.already
        else f"Recorded as event {done.event}: the two {says}."
    ]
    if done.replaces:
        lines.append(f"It takes the place of event {done.replaces}, which said the opposite.")
    if done.word == "different" and not done.already:
        lines.append("The next run decides anew about whom a stop of the other reached.")
    if done.queue is not None and not done.queue.expired:
        lines.append(f"The queue in force was read again; {done.queue.lines:,} lines stand in it.")
    return "\n".join(lines)


def _value(doubt: "Doubt") -> dict[str, Any]:
    return {
        "a": dict(doubt.sides[0]),
        "b": dict(doubt.sides[1]),
        "why": doubt.why,
        "changes_answer": doubt.changes_answer,
        "bits": doubt.bits,
        "probability": None if doubt.probability is None else round(doubt.probability, 3),
        "veto": doubt.veto,
        "reasons": list(doubt.reasons),
        "pairs": doubt.pairs,
        "commands": dict(doubt.commands),
    }


def _review_text(found: "list[Doubt]", there_are: int) -> str:
    if not found:
        return "No match is in doubt."
    shown = "all shown" if len(found) == there_are else f"the first {len(found):,}"
    many = f"{there_are:,} matches are" if there_are > 1 else "1 match is"
    heading = f"{many} in doubt; {shown}, those first whose answer changes who may be contacted."
    return "\n\n".join([messages.paragraph(heading), *map(_doubt_text, found)])


def _doubt_text(doubt: "Doubt") -> str:
    """Two people side by side, what speaks for and against, and what to type."""
    one, other = doubt.sides
    rows = [(_HEADINGS.get(name, name), one[name], other[name]) for name in _SIDES if one[name] or other[name]]
    rows.append(("verdict", one["verdict"], other["verdict"]))
    matters = " The answer changes who may be contacted." if doubt.changes_answer else ""
    told = [f"{doubt.why[:1].upper()}{doubt.why[1:]}{_weight(doubt)}.{matters}"]
    if doubt.reasons:
        told.append(f"  {'; '.join(doubt.reasons)}")
    if doubt.veto:
        told.append(f"  against it: {doubt.veto}")
    told.append("")
    return "\n".join([*(messages.paragraph(line) for line in told), _side_by_side(rows), "", *doubt.commands.values()])


def _side_by_side(rows: "list[tuple[str, object, object]]") -> str:
    """What two records say, a line a fact; two lines where a word is too long for half a line."""
    longest = [max(map(len, messages.printable(value).split()), default=0) for _, *values in rows for value in values]
    heading = max(len(name) for name, _, _ in rows)
    if heading + 2 * max(longest) + 4 <= _WIDTH:
        return messages.table(("", "A", "B"), rows)
    return messages.facts(
        [
            (name if side == "A" else "", f"{side}  {messages.printable(value)}")
            for name, *values in rows
            for side, value in zip("AB", values, strict=True)
        ]
    )


def _weight(doubt: "Doubt") -> str:
    if doubt.bits is None:
        return ""
    chance = "" if doubt.probability is None else f", {doubt.probability:.0%} of such pairs are one person"
    return f" ({doubt.bits:.3f} bits{chance})"
