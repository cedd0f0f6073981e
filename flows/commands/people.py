"""``why``: one person with every reason."""

from typing import Annotated, Any

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, instant, open_workspace, read_lines
from policies.errors import TactfulError, UnknownContact

__all__ = ["why"]

Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="An e-mail, a phone, a person id, or - for stdin.")]


def why(
    contact: Contact,
    *,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="T", help="As it was known at this instant.", show_default=False)
    ] = None,
    run: Annotated[str | None, typer.Option("--run", metavar="ID", help="As this run decided.")] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Give every reason about one person. May they be contacted, on which channel, and if not, why not?"""
    many = contact == "-"
    asked = read_lines() if many else [contact]
    from flows.asking import questions
    from policies.explain import explain

    ws = open_workspace(workspace)
    when = instant(as_of, "--as-of", ws.settings.organisation.timezone)
    answers = _answers(asked, questions.why(ws, [line for line in asked if line.strip()], as_of=when, run_id=run))
    if many and as_json:
        for found in answers:
            messages.say(messages.json_text(found, indent=None))
        return
    if not many:
        _raise_error(answers[0])
    texts = [
        _error_text(found["error"]) if "error" in found else messages.paragraph(explain(found)) for found in answers
    ]
    answer(answers[0] if answers else None, "\n\n".join(texts), as_json=as_json)


def _answers(asked: list[str], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One answer a line asked, blank lines included."""
    blank = UnknownContact().as_answer()
    answers = iter(found)
    return [next(answers) if line.strip() else blank for line in asked]


def _error_text(error: dict[str, str]) -> str:
    return messages.error_text(error["message"], error["fix"])


def _raise_error(found: dict[str, Any]) -> None:
    if "error" in found:
        error = found["error"]
        raise TactfulError(error["code"], error["message"], error["fix"])
