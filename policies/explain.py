"""A decision as plain sentences: what may be done, why not, and what would change that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.effects import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["VERDICT_SENTENCES", "conflict_sentence", "explain"]

VERDICT_SENTENCES: Final[Mapping[str, str]] = {
    Verdict.REJECTED: "The row could not be used.",
    Verdict.DUPLICATE: "Another record speaks for this person.",
    Verdict.SUPPRESSED: "Must not be contacted.",
    Verdict.UNFIT: "Is not somebody to contact.",
    Verdict.HELD: "Is held: something is unknown, stale or in doubt.",
    Verdict.BRIEF_WANTED: "May be contacted once somebody has written a brief that passes.",
    Verdict.DEFERRED: "May be contacted, but not today.",
    Verdict.QUEUED: "Stands in the queue and may be contacted.",
}
_EFFECTS: Final = {"pass": "open", "warn": "open, with a remark", "hold": "held", "deny": "closed"}
_FIELDS: Final = {
    "full_name": "Name",
    "company": "Company",
    "job_title": "Job title",
    "city": "Town",
    "email": "E-mail",
    "phone": "Phone",
}
_OF_RESEARCH: Final = "core.brief."
_FIT: Final = {
    "not_met": "Not what rules/fit.toml asks for",
    "not_told": "No list tells",
    "never": "Never contacted, by rules/fit.toml",
}
_CHANNELS: Final = {"email": "E-mail", "phone": "Phone"}


def explain(answer: Mapping[str, Any]) -> str:
    """Turn the object of ``why --json`` into text: verdict, the person's words, channels, brief, records."""
    blocks = [_head(answer), _suppressions(answer), *_channels(answer), _brief(answer), _fit(answer)]
    blocks.append(_conflicts(answer))
    blocks.append(_records(answer))
    return "\n\n".join(block for block in blocks if block)


def _head(answer: Mapping[str, Any]) -> str:
    verdict = str(answer["verdict"])
    who = answer["person_id"] or "Nobody on a list"
    lines = [f"{who}: {verdict}. {VERDICT_SENTENCES[verdict]}"]
    if answer.get("next_review_on"):
        lines.append(f"Looked at again on {answer['next_review_on']}.")
    lines.append(f"Judged as of {answer['as_of']} under policy revision {str(answer['policy_revision'])[:12]}.")
    return "\n".join(lines)


def _suppressions(answer: Mapping[str, Any]) -> str:
    found = answer["suppressions"]
    if not found:
        return ""
    lines = ["What the person or their organisation said:"]
    for entry in found:
        lines.append(f"  {entry['kind']} ({entry['stated_or_inferred']}), recorded {entry['recorded_at']}")
        lines += [f"    {'-> ' if step else ''}{text}" for step, text in enumerate(entry["path"])]
        if entry.get("released_by"):
            lines.append(f"    Where they are not the same person: {entry['released_by']}")
    return "\n".join(lines)


def _channels(answer: Mapping[str, Any]) -> Iterator[str]:
    for channel, state in answer["channels"].items():
        lines = [f"{_CHANNELS[channel]}: {_EFFECTS[state['effect']]}"]
        for reason in _research_last(state["reasons"]):
            lines.append(f"  [{reason['effect']}] {reason['reason']} ({reason['rule_id']})")
            if reason["fix"]:
                lines.append(f"         What would change that: {reason['fix']}")
            if reason["cites"]:
                lines.append(f"         Source: {'; '.join(reason['cites'])}")
        yield "\n".join(lines)


def _research_last(reasons: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The reasons as they stand, those about research behind: it is worth doing where nothing else is in the way."""
    return sorted(reasons, key=lambda reason: reason["rule_id"].startswith(_OF_RESEARCH))


def _brief(answer: Mapping[str, Any]) -> str:
    brief = answer["brief"]
    if brief is None:
        return ""
    findings = f" ({', '.join(brief['findings'])})" if brief["findings"] else ""
    return f"Brief {brief['brief_id']}: {brief['state']}{findings}"


def _fit(answer: Mapping[str, Any]) -> str:
    """The score with its parts, what is not told or not met, and the account."""
    fit = answer.get("fit")
    if fit is None:
        return ""
    parts = ", ".join(f"{part['name']} {part['points']:+d}" for part in fit["parts"])
    lines = [f"Fit {fit['score']}: {parts or 'nothing speaks for them yet'}"]
    lines += [f"  {words}: {', '.join(fit[key])}" for key, words in _FIT.items() if fit[key]]
    account = fit["account"]
    if account is not None:
        known = (account["name"], account["relationship"], account["tier"] and f"tier {account['tier']}")
        lines.append(f"  Account: {', '.join(word.replace('_', ' ') for word in known if word)}")
        lines += [f"  Looked after by {account['owner']}"] if account["owner"] else []
    return "\n".join(lines)


def conflict_sentence(conflict: Mapping[str, Any]) -> str:
    """An entry of ``conflicts`` of the object in words: what is shown, and which list says what instead."""
    others = "; ".join(
        f'"{other["value"]}" in {other["source"]}, obtained {other["obtained_on"] or "an unknown day"}'
        for other in conflict["others"]
    )
    return f'{_FIELDS[conflict["field"]]}: "{conflict["chosen"]}" is shown; {others}'


def _conflicts(answer: Mapping[str, Any]) -> str:
    found = answer.get("conflicts", [])
    return "\n".join(["Lists disagree:", *(f"  {conflict_sentence(conflict)}" for conflict in found)]) if found else ""


def _records(answer: Mapping[str, Any]) -> str:
    if not answer["records"]:
        return "No list holds this person."
    lines = ["On these lists:"]
    for record in answer["records"]:
        obtained = record["obtained_on"] or "an unknown day"
        lines.append(f"  {record['source']}, obtained {obtained}, row {record['row_number']}: {record['verdict']}")
        if record.get("joined_by"):
            lines.append(f"    {record['joined_by']['text']}")
    return "\n".join(lines)
