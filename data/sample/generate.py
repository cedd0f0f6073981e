# ruff: noqa: INP001 - a script beside the data it writes, not part of a package
"""Make the sample workspace's data: ``python data/sample/generate.py [FOLDER]`` (default: beside this file).

Everybody in it is invented. The same bytes come out every time; ``tests/test_sample.py`` sees to that.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from generator import events, rows  # noqa: E402 - found beside this script
from generator.briefs import brief_name, brief_text  # noqa: E402
from generator.casting import CONFERENCE, INQUIRIES, MEMBERSHIP, cast  # noqa: E402
from generator.sheets import write_delimited, write_text, write_xlsx  # noqa: E402


def generate(folder: Path) -> Path:
    """Write every dropped file of the sample below ``folder``/data/inbox and return that inbox."""
    inbox = folder / "data" / "inbox"
    shutil.rmtree(inbox, ignore_errors=True)
    people = cast()
    lists = inbox / "lists"
    write_delimited(lists / CONFERENCE / "attendees.csv", rows.conference(people), encoding="utf-8-sig")
    write_delimited(
        lists / MEMBERSHIP / "mitglieder-2026-08.csv",
        rows.membership(people),
        delimiter=";",
        encoding="cp1252",
        line_end="\r\n",
    )
    write_xlsx(lists / INQUIRIES / "inquiries-2026-10-12.xlsx", rows.inquiries(people), "Inquiries")
    bystanders = events.Bystanders(people, "bystanders")
    for name, table in events.optouts(people, bystanders).items():
        write_delimited(inbox / "optouts" / f"{name}.csv", table)
    write_delimited(inbox / "consents" / "consents.csv", events.consents(people, bystanders))
    write_delimited(inbox / "notices" / "association-2026-09.csv", events.notices(people))
    write_delimited(inbox / "touches" / "touches-until-2026-10-13.csv", events.touches(people, bystanders))
    for entry, person in people.stories:
        write_text(inbox / "briefs" / brief_name(person), brief_text(entry, person))
    return inbox


def main() -> None:
    """Write the sample and say how much of it there is."""
    inbox = generate(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE)
    files = sorted(path for path in inbox.rglob("*") if path.is_file())
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files) // 1024} KiB in {inbox}")


if __name__ == "__main__":
    main()
