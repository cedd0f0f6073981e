"""What ``backup`` and ``restore`` answer, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows import messages

if TYPE_CHECKING:
    from flows.backup.reconciling import Recovered
    from flows.backup.restoring import Restored
    from flows.backup.writing import BackupMade

__all__ = ["backup_text", "recovered_text", "restored_text"]


def backup_text(done: BackupMade) -> str:
    """What a backup holds, and what it does not."""
    return (
        f"Wrote {done.file}: {done.events:,} events, {done.runs:,} records of runs and {done.files:,} files, "
        f"{done.bytes:,} bytes. It was read back and holds.\n"
        f"The keys are not in it ({', '.join(done.keys)}): keep copies of the key files elsewhere. Without them it "
        "cannot be restored; with them it shows everybody, so keep it apart from them."
    )


def restored_text(done: Restored, found: Recovered | None) -> str:
    """What came back, and what can be there only elsewhere."""
    counts = f"{done.events:,} events, {done.runs:,} records of runs"
    lines = [f"Restored the ledger of the backup made {done.made_at}: {counts}. {done.files:,} files came back."]
    if done.kept:
        lines.append(f"{done.kept:,} events that were recorded after it and stood in the ledger here were kept.")
    if done.carried:
        lines.append(f"Carried over from the ledger here and the journal of stops: {_counts(done.carried)}.")
    if done.unplaced:
        lines.append(
            f"{done.unplaced:,} events about others that are lost were left out; what they lifted stays in force."
        )
    if done.aside:
        lines.append(f"The ledger that was here is now {messages.printable(done.aside)}. Delete it once you are done.")
    if found is None:
        lines.append("What was recorded after it was made is not in it, nor are the keys.")
    text = "\n".join(map(messages.paragraph, lines))
    return text if found is None else f"{text}\n\n{recovered_text(found)}"


def recovered_text(found: Recovered) -> str:
    """What was brought back from disk, what is lost, and whether runs go on."""
    if found.known_until is None:
        return "Nothing is missing from this ledger: there is nothing to reconcile."
    journal = f"the journal of stops ({_counts(found.carried)})" if found.journal else "no journal: there was none"
    files = f"{found.reread.lists:,} lists and {found.reread.files:,} event files of the archive read again"
    runs = f"{len(found.runs):,} published runs with {found.commitments:,} queue lines"
    lines = [f"Brought back from disk: {journal}; {files} ({_counts(found.reread.events)}); {runs}."]
    if found.journal_unreadable:
        lines.append(f"{found.journal_unreadable:,} lines of the journal are damaged and were left out.")
    if found.reread.unreadable:
        lines.append(f"Could not be read again: {', '.join(found.reread.unreadable)}.")
    if found.reread.unclear:
        lines.append(
            f"Files of the archive whose kind cannot be told: {', '.join(found.reread.unclear)}. Opt-outs among them "
            "are taken in with `tactful optout import`."
        )
    if found.left:
        lines.append(f"Runs that are not whole and were left as they are: {', '.join(found.left)}.")
    lines.append(_lost_text(found))
    lines.append(
        "Runs go on."
        if found.reconciled
        else "Nothing is published, and nobody in a queue may be contacted, until somebody answers for that: "
        '`tactful restore --reconcile --by NAME --reason "..."`.'
    )
    return "\n".join(map(messages.paragraph, lines))


def _lost_text(found: Recovered) -> str:
    kept = "Every stop that the journal held is there again. " if found.journal else ""
    typed = "" if found.journal else "opt-outs typed on the command line, "
    return (
        f"{kept}What cannot be brought back, from {found.known_until} on: {typed}consents, notices and outcomes of "
        "contacts that came in no file. Ask whoever worked that day, and enter again what they know."
    )


def _counts(kinds: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in kinds.items()) or "nothing new"
