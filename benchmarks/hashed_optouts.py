"""A million addresses screened against a million hashed opt-outs, beside the ways one would do it by hand.

Half of the opt-outs are of people on the list. The yardsticks know nothing of keys, of other spellings than the one
given, of channels and consents: a set of plain digests in Python, and Polars' anti join on the plain addresses, which
need not hash at all. Every step runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from benchmarks._measuring import cpu, load
from flows.event_files import EventContext
from flows.event_files.bulk import read_optouts_of_any_length
from flows.filing.bulk_lists import record_bulk_list
from flows.ledger import Key, Keyring, Ledger
from flows.ledger.contacts import ContactLists
from flows.ledger.screening import contact_tokens
from policies.schema import RECORDS, conform

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]

PEOPLE: Final = 1_000_000
_NOW: Final = datetime(2026, 10, 14, 6, 30, tzinfo=UTC)
_AIM: Final = 3.0  # CPU seconds of the screening of a million


def main() -> None:
    """Make the list and the opt-outs, then take every step in turn."""
    parser = argparse.ArgumentParser(description="Screening against hashed opt-outs.")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--step", nargs=3, metavar=("STEP", "KIND", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        step, kind, folder = asked.step
        print(json.dumps(_measured(_STEPS[step], kind, Path(folder))))
        return
    print(f"{asked.people:,} addresses against as many hashed opt-outs; {load()}")
    for kind in ("md5", "sha256"):
        with tempfile.TemporaryDirectory() as folder:
            _make(Path(folder), kind, asked.people)
            found = {step: _in_a_process(step, kind, folder) for step in _STEPS}
        _show(kind, asked.people, found)


def _show(kind: str, people: int, found: dict[str, dict[str, float]]) -> None:
    """One line for each step, the yardsticks beside the screening."""
    if len({found[step]["hits"] for step in ("screen", "set", "join")}) > 1:
        print("the ways disagree about whom the opt-outs concern")
    for step, figures in found.items():
        per = figures["cpu"] / people * 1e6
        print(f"{kind:<8}{_WHAT[step]:<44}{figures['cpu']:>7.2f} s{per:>7.2f} us each{figures['mb']:>8,.0f} MB")
    for step in ("set", "join"):
        print(f"{kind:<8}screening / {_WHAT[step]:<32}{found['screen']['cpu'] / found[step]['cpu']:>7.1f} times")
    wanted = _AIM * people / PEOPLE
    print(f"{kind:<8}aim for the screening: {wanted:.1f} s; {'met' if found['screen']['cpu'] <= wanted else 'missed'}")


def _in_a_process(step: str, kind: str, folder: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.hashed_optouts", "--step", step, kind, folder]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(said)
    return found


def _measured(step: Callable[[str, Path], int], kind: str, folder: Path) -> dict[str, float]:
    hits: list[int] = []
    seconds = cpu(lambda: hits.append(step(kind, folder)))
    return {"cpu": seconds, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "hits": hits[0]}


def _make(folder: Path, kind: str, people: int) -> None:
    """A list of people as it is stored, and opt-outs of which half are theirs."""
    numbers = pl.Series("n", range(people + people // 2))
    emails = ("user" + numbers.cast(pl.String) + "@company" + (numbers % 5000).cast(pl.String) + ".example").alias(
        "email"
    )
    listed = emails.head(people)
    records = pl.DataFrame(
        {
            "record_id": pl.Series([f"r{number:025d}" for number in range(people)]),
            "email_received": listed,
            "email": listed,
            "email_equiv": listed,
            "email_domain": listed.str.extract("@(.*)$"),
        }
    )
    conform(records, RECORDS).write_parquet(folder / "records.parquet")
    digest = {"md5": hashlib.md5, "sha256": hashlib.sha256}[kind]
    stopped = [digest(email.encode(), usedforsecurity=False).hexdigest() for email in emails.tail(people)]
    pl.DataFrame({kind: stopped}).write_csv(folder / "optouts.csv")
    emails.tail(people).to_frame().write_parquet(folder / "plain.parquet")


def _import(kind: str, folder: Path) -> int:  # noqa: ARG001 - one shape for all steps
    """Take the file in as `optout import` does: read, keyed, written, one event."""
    with _ledger(folder) as ledger:
        context = EventContext(keyring=ledger.keyring, now=_NOW, zone="UTC", lists=ContactLists())
        reading = read_optouts_of_any_length(folder / "optouts.csv", context)
        if reading.bulk is None:
            raise SystemExit("the list is too short for a snapshot")
        record_bulk_list(ledger, reading.bulk, {"file_sha256": reading.file_sha256}, _NOW)
        return reading.counted


def _again(kind: str, folder: Path) -> int:
    """Take the same file in once more, of which nothing is new."""
    return _import(kind, folder)


def _screen(kind: str, folder: Path) -> int:  # noqa: ARG001 - as above
    """Find everybody whom the opt-outs concern, as a run does."""
    records = pl.read_parquet(folder / "records.parquet")
    with _ledger(folder) as ledger:
        tokens = contact_tokens(ledger.keyring, records, ledger.token_kinds())
        return ledger.permission_events(people=tokens).join(tokens, on="token").get_column("record_id").n_unique()


def _set(kind: str, folder: Path) -> int:
    """By hand in Python: digests in a set, every address hashed and looked up."""
    digest = {"md5": hashlib.md5, "sha256": hashlib.sha256}[kind]
    stopped = set((folder / "optouts.csv").read_text().split())
    emails = pl.read_parquet(folder / "records.parquet", columns=["email"]).get_column("email")
    return sum(digest(email.lower().encode(), usedforsecurity=False).hexdigest() in stopped for email in emails)


def _join(kind: str, folder: Path) -> int:  # noqa: ARG001 - as above
    """By hand in Polars: plain addresses against plain addresses, nothing hashed."""
    emails = pl.read_parquet(folder / "records.parquet", columns=["email"])
    return emails.height - emails.join(pl.read_parquet(folder / "plain.parquet"), on="email", how="anti").height


def _ledger(folder: Path) -> closing[Ledger]:
    place, keyring = folder / "ledger.db", Keyring((Key(b"k" * 32),))
    if not place.exists():
        Ledger.create(place, keyring, lambda: _NOW).close()
    return closing(Ledger.open(place, keyring, lambda: _NOW, snapshot_folder=folder / "optouts"))


_STEPS: Final = {"import": _import, "again": _again, "screen": _screen, "set": _set, "join": _join}
_WHAT: Final = {
    "import": "import of the opt-outs",
    "again": "the same file once more",
    "screen": "screening",
    "set": "a set of plain digests",
    "join": "an anti join of plain addresses",
}


if __name__ == "__main__":
    main()
