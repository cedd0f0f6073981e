"""``people match`` and ``people calibrate``: one human being in any table, and weights fitted to what is known.

What is asked of humans about the people of a workspace stands in :mod:`flows.commands.judging`.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flows import messages
from flows.commands.calibrating import calibrate
from flows.commands.common import AsJson, WorkspaceDir, answer, reporting, workspace_if_any
from flows.commands.judging import different, review, same
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.matching.match_file import Matched

__all__ = ["app", "match"]

app = typer.Typer(
    help="Who is one person: match any table, look at doubtful matches, say same or different.", rich_markup_mode=None
)

for command in (calibrate, review, same, different):
    app.command()(command)

_MOST_BITS: Final = 100

ModelFile = Annotated[
    Path | None,
    typer.Option(
        "--model", metavar="FILE", exists=True, dir_okay=False, show_default=False, help="Compare by this model file."
    ),
]


@app.command()
def match(  # noqa: PLR0913 (one option for each file there is to read or write, and how)
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A table of people.")],
    *,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="OUT", show_default=False, help="Its rows with person_id go here.")
    ],
    pairs: Annotated[
        Path | None,
        typer.Option(metavar="PAIRS", show_default=False, help="The linked pairs go here, with reasons."),
    ] = None,
    model: ModelFile = None,
    threshold: Annotated[
        float | None,
        typer.Option(metavar="BITS", show_default=False, help="Merge from here on: 6 is strict, 2 is balanced."),
    ] = None,
    partitions: Annotated[int, typer.Option(min=1, help="Compare in so many parts, to need less memory.")] = 1,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Find the rows of any table that are one person. CSV, Parquet, workbooks; needs no workspace.

    Read are the columns record_id, source, obtained_on, full_name, company, email, phone, city and country, as many as
    there are. The same rows come out with a person_id. Pairs say why: bits, reasons, and link: merge, review (a human
    should look) or suppress (too unsure to merge, but an opt-out should cross). OUT and PAIRS end in .parquet or .csv.
    """
    from flows.matching.match_file import Terms, match_file
    from flows.matching.model_files import load_model
    from flows.rules_on_disk import load_rulebook

    merge = _millibits(threshold)
    ws = workspace_if_any(workspace)
    settings = load_rulebook(ws.rules if ws else None).settings
    with reporting() as progress:
        found = match_file(
            file, out, pairs, Terms(load_model(model, settings).model, settings, merge, partitions), progress=progress
        )
    written = {"out": str(out), "pairs_file": str(pairs) if pairs else None}
    answer({**found.as_dict(), **written}, _matched_text(found, out, pairs), as_json=as_json)


def _matched_text(found: "Matched", out: Path, pairs: Path | None) -> str:
    """What matching a file came to, for somebody who does not know the words of the trade."""
    said = [
        _people_sentence(found),
        *_doubt_sentences(found, pairs),
        *_column_sentences(found),
        *_note_sentences(found),
    ]
    return "\n\n".join(messages.paragraph(text) for text in [*said, f"The rows with their person_id are in {out}."])


def _people_sentence(found: "Matched") -> str:
    if not found.joined_records:
        return f"{_counted(found.records, 'record')}: no two of them are certainly one person."
    people = _counted(found.people, "person", "people")
    return (
        f"{found.records:,} records are {people}: {found.joined_records:,} of the records belong to somebody who has"
        f" several, at most {found.largest:,}."
    )


def _doubt_sentences(found: "Matched", pairs: Path | None) -> list[str]:
    review, suppress = found.pairs["review"], found.pairs["suppress"]
    if not review + suppress:
        return []
    where = f"in {pairs}" if pairs else "in the file that --pairs names"
    doubtful = (
        f"{_counted(review, 'pair')} may be one person and were not merged: look for link = review {where}."
        if review
        else "No pair needs a second look."
    )
    crossing = (
        "An opt-out of one record should stop every record it is linked to, by merge, review or suppress; linked for"
        f" that alone: {_counted(suppress, 'pair')}."
    )
    return [f"{doubtful} {crossing}"]


def _counted(number: int, one: str, several: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def _column_sentences(found: "Matched") -> list[str]:
    """Columns that were told by their headers: whoever asked should see what was taken for what."""
    taken = [
        f"{messages.printable(header)} as {name}" for name, header in sorted(found.columns.items()) if header != name
    ]
    return [f"Read by their headers: {', '.join(taken)}."] if taken else []


def _note_sentences(found: "Matched") -> list[str]:
    """What was taken as unknown or passed over, if anything."""
    counts = (
        (found.unread.get("obtained_on", 0), "days in obtained_on could not be read for certain and count as unknown"),
        (found.unread.get("country", 0), "countries are no known names or codes and count as unknown"),
        (found.mended_rows, "rows lacked cells at their end, which count as blank"),
        (found.ignored_lines, "lines hold no row: blank ones, titles, repeated headers"),
    )
    notes = [f"{count:,} {text}" for count, text in counts if count]
    return [f"Note: {'; '.join(notes)}."] if notes else []


def _millibits(bits: float | None) -> int | None:
    """The merge threshold as whole thousandths; raises ``UsageError`` for what cannot be one."""
    if bits is None:
        return None
    if not math.isfinite(bits) or abs(bits) > _MOST_BITS:
        raise UsageError(
            "bad_threshold", "--threshold is no number of bits.", "Take 6 for strict merging, 2 for balanced."
        )
    return round(bits * 1000)
