"""``demo``, ``init`` and ``status``: making a workspace and seeing how it stands."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, open_workspace, reporting
from flows.commands.run_texts import run_text
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.pipeline import RunSummary
    from flows.propagation.files import Waiting
    from flows.runs.feeds import FeedAge
    from flows.status import Status

__all__ = ["demo", "init", "status"]

NewFolder = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", file_okay=False, show_default=False, help="A folder that is new or empty."),
]

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        show_default=False,
        help="Keep the ledger in postgresql://ROLE@HOST/DATABASE, or in another file than data/ledger.db:"
        " sqlite:///PATH. Passwords are best kept in ~/.pgpass.",
    ),
]

_IN_THE_URL = (
    "tactful.toml holds the password of the database and is readable by you alone. Better put the password into "
    "~/.pgpass and take it out of database_url: this file may go into version control, and backups hold a copy."
)


def demo(
    directory: NewFolder = None,
    *,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Make the sample workspace and run it once. One that is there already (default: tactful-demo) is run again."""
    from flows.scaffold import is_demo, make_demo

    folder = directory or workspace or Path("tactful-demo")

    if not is_demo(folder.expanduser()):
        make_demo(folder)
        messages.note(f"Made the sample workspace in {folder}.")
    ws = open_workspace(folder)
    with reporting() as progress:
        from flows import pipeline

        summary = pipeline.run(ws, progress=progress)
    answer(_demo_object(summary, folder), _demo_text(summary, folder), as_json=as_json)


def init(
    directory: NewFolder = None,
    *,
    database_url: DatabaseUrl = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Make an empty workspace with commented rule files. It gets a key of its own."""
    from flows.ledger.database import holds_password
    from flows.scaffold import init_workspace

    folder = directory or workspace
    if folder is None:
        raise UsageError("no_folder", "No folder is named.", "Say where: `tactful init DIR`.")

    ws = init_workspace(folder, database_url=database_url)
    if database_url is not None and holds_password(database_url):
        messages.note(_IN_THE_URL)
    text = (
        f"Made a workspace in {folder}.\n\n"
        "Next: fill in the lines marked CHANGE in tactful.toml, then read README.md there.\n"
        f"  tactful status --workspace {folder}"
    )
    answer({"workspace": str(folder), "workspace_id": ws.settings.workspace_id}, text, as_json=as_json)


def status(*, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Show last run, feeds, waiting files, what runs out next."""
    from flows.status import read_status

    found = read_status(open_workspace(workspace))
    answer(found.as_dict(), _status_text(found), as_json=as_json)


def _demo_object(summary: "RunSummary", folder: Path) -> dict[str, object]:
    return {
        "workspace": str(folder),
        "as_of": summary.as_of,
        "run_id": summary.run_id,
        "status": summary.status,
        "rows": summary.rows,
        "funnel": summary.funnel,
        "queue_path": summary.queue_path,
        "report_path": summary.report_path,
    }


def _demo_text(summary: "RunSummary", folder: Path) -> str:
    closer = (f"  tactful {words} --workspace {folder}" for words in ("queue", "why CONTACT", "brief wanted"))
    return "\n".join([run_text(summary), "", "Look closer:", *closer])


def _status_text(found: "Status") -> str:
    facts = [
        ("workspace", found.workspace),
        ("policy revision", found.policy_revision[:12]),
        ("last run", _last_run_text(found)),
        ("queue in force", _queue_text(found)),
        ("stops since then", None if found.stops_since is None else f"{found.stops_since:,} recorded"),
        ("without outcome", f"{found.without_outcome:,} lines handed out"),
        ("opt-out feeds", f"{len(found.feeds)} declared" if found.feeds else "none, by your own word"),
        ("in quarantine", f"{found.quarantined:,} files"),
    ]
    parts = [messages.facts([(name, value) for name, value in facts if value is not None])]
    if found.waiting:
        parts.append(messages.table(("Waiting in the inbox", "Files"), list(found.waiting.items()), figures=(1,)))
    parts += _to_confirm_parts(found)
    if found.feeds:
        feeds = [(feed.name, _age_text(feed), f"{feed.max_age_hours} h", _state_text(feed)) for feed in found.feeds]
        parts.append(messages.table(("Feed", "Age", "May be", "State"), feeds))
    parts += _registry_parts(found)
    parts += _recipient_parts(found)
    if found.expiries:
        ends = [(expiry.on.isoformat(), expiry.what, expiry.count) for expiry in found.expiries]
        parts.append(messages.table(("Runs out", "What", "How many"), ends, figures=(2,)))
    if found.without_effect:
        names = ", ".join(found.without_effect)
        parts.append(messages.paragraph(f"Without effect in this version, though tactful.toml sets it: {names}."))
    return "\n\n".join(parts)


def _to_confirm_parts(found: "Status") -> list[str]:
    """The lists that would opt out many people and wait for somebody's word."""
    if not found.to_confirm:
        return []
    lost = "missing: drop it again, or `intake undo`"
    waits = [
        (
            *(file.sha256[:12], file.source, file.newly_opted_out, file.people_known),
            "in quarantine" if file.in_quarantine else lost,
        )
        for file in found.to_confirm
    ]
    headings = ("Waits for `intake confirm`", "Source", "Would opt out", "People known", "File")
    return [messages.table(headings, waits, figures=(2, 3))]


def _recipient_parts(found: "Status") -> list[str]:
    """The systems that must be told of opt-outs, and what of it is overdue."""
    if not found.recipients:
        return []
    columns = ("Opt-outs to be carried to", "To be told", "Overdue", "Oldest", "Within", "Last carried")
    to_tell = [
        (one.name, one.waiting, one.overdue, _hours_text(one.oldest_hours), f"{one.within_hours} h", _carried(one))
        for one in found.recipients
    ]
    return [messages.table(columns, to_tell, figures=(1, 2))]


def _registry_parts(found: "Status") -> list[str]:
    """The do-not-call registries: what is in force, what must be done, what was never there."""
    from flows.registries.standing import shown_coverage

    parts = []
    if found.registries:
        rows = [
            (
                *(age.registry, age.version_date.isoformat(), f"{age.age_days} d"),
                "-" if age.max_age_days is None else f"{age.max_age_days} d",
                *(shown_coverage(age.coverage), f"{age.numbers:,}", age.state),
            )
            for age in found.registries
        ]
        headings = ("Registry", "Version", "Age", "May be", "Covers", "Numbers", "State")
        parts.append(messages.table(headings, rows, figures=(5,)))
        parts += [messages.paragraph(f"{age.registry}: {age.fix}") for age in found.registries if age.fix]
    if found.registries_never_filed:
        names = ", ".join(found.registries_never_filed)
        parts.append(messages.paragraph(f"Registries never filed: {names}. Numbers that need one are held."))
    return parts


def _last_run_text(found: "Status") -> str:
    last = found.last_run
    if last is None:
        return "none yet"
    return f"{last.run_id}, revision {last.revision} of {last.queue_date}, {last.funnel.get('queued', 0):,} queued"


def _queue_text(found: "Status") -> str:
    if found.queue is None or not found.queue.in_force:
        return "none"
    recalled = f", {found.queue.recalled:,} recalled" if found.queue.recalled else ""
    return f"{found.queue.lines:,} lines{recalled}, until {found.queue.valid_until}"


def _hours_text(hours: float | None) -> str:
    return "" if hours is None else f"{hours:.1f} h"


def _carried(found: "Waiting") -> str:
    return "never" if found.carried_at is None else f"{found.carried_at:%Y-%m-%d %H:%M} UTC"


def _age_text(feed: "FeedAge") -> str:
    return "never seen" if feed.age_hours is None else f"{feed.age_hours:.1f} h"


def _state_text(feed: "FeedAge") -> str:
    if feed.too_few is None:
        return feed.state
    return f"{feed.state}; newest file does not count ({feed.why}): {feed.too_few:,} rows"
