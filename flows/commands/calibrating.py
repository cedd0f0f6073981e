"""``people calibrate``: weights and probabilities fitted to pairs whose truth is known, into a new model file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flows import messages
from flows.commands.common import AsJson, WorkspaceDir, answer, open_workspace, reporting, workspace_if_any
from policies.errors import UsageError

if TYPE_CHECKING:
    from flows.matching.calibrate_file import Calibrated
    from flows.matching.model_files import ModelSource
    from flows.workspace import Workspace
    from policies.identity.labelled import Labelled

__all__ = ["calibrate"]

_SHOWN: Final = 0.5  # bits: smaller changes are in the file and in --json


def calibrate(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, show_default=False, help="A table; left out: the workspace."
        ),
    ] = None,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="NEW.toml", show_default=False, help="The new model.")],
    labels: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", show_default=False, help="The column of FILE that says who each row is."),
    ] = None,
    judged: Annotated[
        Path | None,
        typer.Option(
            metavar="PAIRS", exists=True, dir_okay=False, show_default=False, help="Pairs a, b (record ids) and same."
        ),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", metavar="FILE", exists=True, dir_okay=False, show_default=False, help="Start from this model."
        ),
    ] = None,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Fit the weights of matching to what is known, into a new model file. Nothing uses it until you do.

    Known is who is who by a column of FILE (--labels), by judged pairs of it (--judged), or, without FILE, by what
    `people same` and `people different` said in the workspace. Shows what each level weighed and weighs, how good both
    are, and how often pairs of so many bits are one person.
    """
    from flows.matching.calibrate_file import calibrate as fit
    from flows.matching.calibrate_file import check_new
    from flows.matching.model_files import load_model
    from flows.rules_on_disk import load_rulebook

    check_new(out)
    _check_question(file, labels, judged)
    ws = open_workspace(workspace) if file is None else workspace_if_any(workspace)
    settings = load_rulebook(ws.rules if ws else None).settings
    source = load_model(model, settings)
    with reporting() as progress:
        if progress:
            progress("comparing")
        found = fit(_labelled(file, labels, judged, ws, source, settings), source, out, progress)
    answer({**found.as_dict(), "out": str(out)}, _calibrated_text(found, out), as_json=as_json)


def _check_question(file: Path | None, labels: str | None, judged: Path | None) -> None:
    if file is not None and (labels is None) == (judged is None):
        raise UsageError(
            "no_labels",
            "Say who is who in FILE, one way.",
            "Name a column with --labels, or a file of judged pairs with --judged.",
        )
    if file is None and (labels is not None or judged is not None):
        raise UsageError("no_file", "--labels and --judged are about a FILE.", "Name the file.")


def _labelled(
    file: Path | None,
    labels: str | None,
    judged: Path | None,
    ws: "Workspace | None",
    source: "ModelSource",
    settings: Any,  # noqa: ANN401 (the settings of the rulebook are of all kinds)
) -> "Labelled":
    if file is not None:
        from flows.matching.calibrate_file import labelled_file

        return labelled_file(file, labels, judged, source, settings)
    from flows.matching.labelled_workspace import labelled_workspace

    assert ws is not None  # noqa: S101  # without a file a workspace was opened
    return labelled_workspace(ws, source, settings)


def _calibrated_text(found: "Calibrated", out: Path) -> str:
    """What fitting came to: weights that changed, how good both models are, and what bits mean."""
    parts = [messages.paragraph(_begun(found))]
    changed = [row for row in found.weights if abs(row["new_bits"] - row["old_bits"]) >= _SHOWN]
    if changed:
        headings = ("Comparison", "Level", "Pairs", "One person", "Was", "Is now")
        parts.append(messages.table(headings, [_weight_row(row) for row in changed], figures=(2, 3, 4, 5)))
    parts += [_thresholds_table(found), _bands_table(found)]
    parts.append(
        messages.paragraph(
            f"Wrote {out}. Nothing uses it yet: try it with `tactful people match --model`; in rules/identity/ of a"
            " workspace it takes the place of the packaged model."
        )
    )
    return "\n\n".join(parts)


def _begun(found: "Calibrated") -> str:
    text = f"{found.pairs:,} labelled pairs, {found.matches:,} of them one person."
    if found.compared_share is not None:
        text += f" Of all pairs of one person {found.compared_share:.1%} are compared at all."
    return f"{text} Weights that changed by half a bit or more (the others are in the file):"


def _weight_row(row: dict[str, Any]) -> tuple[str, ...]:
    counts = (f"{row['pairs']:,}", f"{row['matches']:,}")
    return (row["comparison"], row["level"], *counts, f"{row['old_bits']:+.2f}", f"{row['new_bits']:+.2f}")


def _thresholds_table(found: "Calibrated") -> str:
    """Measured on the half of the pairs that the new weights were not fitted on."""
    names = ("precision_before", "precision_after", "recall_before", "recall_after")
    rows = [(f"{row['from_bits']:+.0f}", *(_percent(row[name]) for name in names)) for row in found.thresholds]
    headings = ("Joined from bits", "Right before", "Right now", "Found before", "Found now")
    return messages.table(headings, rows, figures=(0, 1, 2, 3, 4))


def _bands_table(found: "Calibrated") -> str:
    headings = ("Bits from", "Pairs", "One person", "Share", "Probability told from there")
    return messages.table(headings, [_band_row(row) for row in found.bands], figures=(0, 1, 2, 3, 4))


def _band_row(row: dict[str, Any]) -> tuple[str, ...]:
    begins = "less" if row["from_bits"] is None else f"{row['from_bits']:+.0f}"
    counts = (f"{row['pairs']:,}", f"{row['matches']:,}")
    return (begins, *counts, _percent(row["share"]), _percent(row["probability"]))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
