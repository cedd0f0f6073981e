"""The command line ``tactful``: what is asked, who answers, and how it ends.

Exit codes: 0 done; 1 failed; 2 wrong usage; 3 held by a gate, a stale feed or a key; 4 done, but files went into
quarantine. Nothing heavy is imported here: a command imports what it needs when it runs.
"""

from __future__ import annotations

import os
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import typer
from typer.exceptions import TyperException

from flows import messages
from flows.commands import (
    audit,
    backups,
    briefs,
    consents,
    forget,
    keys,
    matching,
    notices,
    optouts,
    people,
    policy,
    queue,
    runs,
    touches,
    workspaces,
)
from flows.files import disk_error
from policies.errors import TactfulError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer.core import TyperGroup

__all__ = ["app", "call", "main"]

# Options that may stand anywhere, also before the command, with the number of values each takes.
_ANYWHERE: Final = {"--json": 0, "--quarantine-ok": 0, "--workspace": 1}
_INTERRUPTED: Final = 130

app = typer.Typer(
    name="tactful",
    help="Lead lists in, a respectful outreach queue out: every record accounted for, with every reason.",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)

app.command()(workspaces.demo)
app.command()(workspaces.init)
app.command()(workspaces.status)
app.command()(runs.read)
app.add_typer(runs.intake_app, name="intake")
app.command()(runs.run)
app.command()(people.why)
app.command()(queue.queue)
app.command()(forget.forget)
app.add_typer(optouts.app, name="optout")
app.add_typer(consents.app, name="consent")
app.add_typer(notices.app, name="notice")
app.add_typer(briefs.app, name="brief")
app.add_typer(touches.app, name="touch")
app.add_typer(matching.app, name="people")
app.add_typer(policy.app, name="policy")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="key")
app.command()(backups.backup)
app.command()(backups.restore)


class _Interrupted(TactfulError):
    """Somebody stopped the command."""

    exit_code = _INTERRUPTED


@app.callback()
def _root() -> None:
    """Lead lists in, a respectful outreach queue out: every record accounted for, with every reason."""


def main() -> None:
    """Answer the call of this process and end it."""
    for stream in (sys.stdout, sys.stderr):
        _use_utf8(stream)
    sys.exit(call(sys.argv[1:]))


def call(argv: Sequence[str]) -> int:
    """Answer one call; returns its exit code. Prints an error as a sentence, or as JSON under ``--json``."""
    words = list(argv)
    as_json = "--json" in (words[: words.index("--")] if "--" in words else words)
    try:
        code = _invoke(_in_order(words))
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon_output()
        return 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (the last resort: a sentence and no traceback)
        return _fail(_ending(error, argv), as_json=as_json)
    return code


@cache
def _command() -> TyperGroup:
    """The tree of commands, put together once: reading the signatures of all of them takes longer than most answers."""
    return typer.main.get_group(app)


def _invoke(arguments: list[str]) -> int:
    command = _command()
    try:
        with command.make_context("tactful", arguments) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    return 0


def _in_order(argv: Sequence[str]) -> list[str]:
    """Bring options that stand before the command behind it; a call without a command asks for help."""
    here: object = _command()
    path: list[str] = []
    early: list[str] = []
    rest = list(argv)
    while rest and (commands := getattr(here, "commands", None)):
        name, given, _ = rest[0].partition("=")
        if name in _ANYWHERE:
            taken = 1 if given else 1 + _ANYWHERE[name]
            early, rest = early + rest[:taken], rest[taken:]
        elif rest[0] in commands:
            here = commands[rest[0]]
            path.append(rest.pop(0))
        else:
            break
    if getattr(here, "commands", None) and not getattr(here, "invoke_without_command", False):
        return [*path, *(rest or ["--help"])]
    return [*path, *early, *rest]


def _fail(ending: TactfulError, *, as_json: bool) -> int:
    if os.environ.get("TACTFUL_DEBUG") == "1":
        traceback.print_exc()
    try:
        if as_json:
            messages.say(messages.json_text(ending.as_answer()))
        else:
            messages.note(messages.error_text(ending.message, ending.fix))
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon_output()
    return ending.exit_code


def _ending(error: BaseException, argv: Sequence[str]) -> TactfulError:
    """What to say about an error, and how to end."""
    if isinstance(error, OSError):
        error = disk_error(error.errno, Path(str(error.filename or "a file")))
    if isinstance(error, TactfulError):
        return error
    if isinstance(error, TyperException):
        return UsageError("usage", _without_values(error.format_message(), argv), _usage_fix(error))
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        message = "Stopped. What was published stays whole, and what was only begun was not published."
        return _Interrupted("interrupted", message, "Run the command again; it tidies up first.")
    # its message may hold values of the data, so only its kind is named
    message = f"Something went wrong inside Tactful ({type(error).__name__}). Nothing more was done."
    fix = "Run it again with TACTFUL_DEBUG=1 to see where; what that prints may hold personal data."
    return TactfulError("internal_error", message, fix)


def _usage_fix(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"See `{context.command_path if context else 'tactful'} --help`."


def _without_values(message: str, argv: Sequence[str]) -> str:
    """A message of the option parser without what was typed where it may be a person's address, number or name."""
    for value in sorted((word for word in argv if not word.startswith("-")), key=len, reverse=True):
        named = " " in value or any(sign.isdigit() for sign in value)
        if "@" in value or (named and not _is_path(value)):
            message = message.replace(value, "...")
    message = message.replace("Value error, ", "")
    return message if message.endswith((".", "?", ")")) else f"{message}."


def _is_path(value: str) -> bool:
    return os.sep in value or bool(Path(value).suffix)


def _use_utf8(stream: TextIO) -> None:
    """Print UTF-8 into files and pipes whatever the locale says; a terminal gets what it can show."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    if stream.isatty():
        reconfigure(errors="replace")
    else:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def _abandon_output() -> None:
    """Whoever read our output has gone: let what is left go nowhere, quietly."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
