"""``policy check``, ``policy test`` and ``policy show``: the rules themselves."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, workspace_if_any
from policies.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from policies.rulebook import Rule, Rulebook
    from policies.rulebook.cases import CaseResult

__all__ = ["app", "check", "run_cases", "show"]

_FEW = 3  # accounts named in a remark

app = typer.Typer(help="Check, test and show the rules in force.", rich_markup_mode=None)


@app.command()
def check(*, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Check every rule file, source contract and waiver; outside a workspace, the rules that come with Tactful."""
    book, contracts = _book(workspace)
    found = {
        "rules": len(book.rules),
        "jurisdictions": sorted(book.jurisdictions),
        "waivers": len(book.waivers),
        "source_contracts": contracts,
        "policy_revision": book.revision,
    }
    remarks = _remarks(workspace, book)
    answer({**found, "remarks": remarks}, _check_text(found, remarks), as_json=as_json)


@app.command("test")
def run_cases(*, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Run every rule's own cases; a rule that does not do what its cases say ends with 1."""
    from policies.rulebook import cases as rule_cases

    book, _ = _book(workspace)
    results = rule_cases.run_cases(book)
    failing = [result for result in results if not result.ok]
    found = {
        "rules": len(book.rules),
        "cases": len(results),
        "failing": [_case(result) for result in failing],
        "policy_revision": book.revision,
    }
    answer(found, _test_text(len(book.rules), len(results), failing), as_json=as_json)
    if failing:
        raise typer.Exit(1)


@app.command()
def show(
    rule: Annotated[str | None, typer.Argument(metavar="RULE", help="The id of a rule; left out: all.")] = None,
    *,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the rules, what they rest on, and the policy revision; or one rule in full."""
    book, _ = _book(workspace)
    if rule is None:
        rows = [_rule(entry) for entry in book.rules]
        answer({"policy_revision": book.revision, "rules": rows}, _book_text(book), as_json=as_json)
        return
    found = next((entry for entry in book.rules if entry.id == rule), None)
    if found is None:
        from policies.rulebook.files import nearest

        known = [entry.id for entry in book.rules]
        raise UsageError("unknown_rule", "There is no rule of this id.", _near(nearest(rule, known), len(known)))
    answer(_rule(found), _rule_text(found), as_json=as_json)


def _book(workspace: "Path | None") -> "tuple[Rulebook, int]":
    """The rules in force and the number of source contracts, all of them checked; outside a workspace, the base."""
    ws = workspace_if_any(workspace)
    if ws is not None:
        from flows.policy_files import load_policy

        policy = load_policy(ws)
        return policy.book, len(policy.contracts)
    from flows.rules_on_disk import load_rulebook

    messages.note("No workspace here: these are the rules that come with Tactful.")
    return load_rulebook(None), 0


def _remarks(workspace: "Path | None", book: "Rulebook") -> list[str]:
    """What holds, and is hardly meant: accounts that are somebody's who is no rep."""
    from policies.fit import owners_unknown

    ws = workspace_if_any(workspace)
    reps = [rep.name for rep in ws.settings.reps] if ws is not None else []
    found = owners_unknown(book.settings.get("account", ()), reps)
    return [
        f"{owner} is no rep of tactful.toml: people of {_some(accounts)} go to any rep who has room."
        for owner, accounts in found.items()
    ]


def _some(names: list[str]) -> str:
    """A few names, and how many more there are."""
    shown, rest = ", ".join(names[:_FEW]), len(names) - _FEW
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def _check_text(found: "dict[str, object]", remarks: list[str]) -> str:
    rows = [(name.replace("_", " "), value) for name, value in found.items()]
    said = [messages.paragraph(remark) for remark in remarks]
    return "\n\n".join(["All rule files hold.", messages.facts(rows), *said])


def _case(result: "CaseResult") -> dict[str, object]:
    return {
        "rule_id": result.rule_id,
        "file": result.file,
        "line": result.line,
        "expected": str(result.expected),
        "got": str(result.got),
    }


def _test_text(rules: int, cases: int, failing: "list[CaseResult]") -> str:
    if not failing:
        return f"{cases:,} cases of {rules:,} rules hold, each alone and all together."
    lines = [f"{case.file}:{case.line}: {case.rule_id}: expected {case.expected}, got {case.got}" for case in failing]
    return "\n".join([*lines, "", f"{len(failing):,} of {cases:,} cases fail."])


def _near(hint: str, known: int) -> str:
    return hint if hint.startswith("Did you mean") else f"`tactful policy show` lists all {known:,}."


def _rule(rule: "Rule") -> dict[str, object]:
    return {
        "id": rule.id,
        "stage": str(rule.stage),
        "effect": rule.effect.label,
        "unknown": rule.unknown.label,
        "reach": rule.reach,
        "jurisdiction": rule.jurisdiction,
        "when": rule.when,
        "reads": list(rule.columns),
        "reason": rule.reason,
        "fix": rule.fix,
        "cites": list(rule.cites),
        "since": rule.since,
        "until": rule.until,
        "cases": len(rule.cases),
        "file": rule.file,
        "line": rule.line,
    }


def _rule_text(rule: "Rule") -> str:
    rows = [(name, value) for name, value in _rule(rule).items() if value not in (None, [], "")]
    return messages.facts(rows)


def _book_text(book: "Rulebook") -> str:
    """Every rule on a line, what it rests on below it."""
    wide = max((len(rule.id) for rule in book.rules), default=0)
    lines = []
    for rule in book.rules:
        lines.append(f"{rule.id:<{wide}}  {rule.stage:<10}  {rule.effect.label}")
        lines.append(messages.paragraph("; ".join(rule.cites), indent="    "))
    return "\n".join([*lines, "", f"{len(book.rules):,} rules. Policy revision {book.revision}"])
