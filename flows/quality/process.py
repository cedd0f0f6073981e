"""The process that imports Great Expectations; nothing else does.

It is started as ``python -m flows.quality.process``, imports at once, then reads one JSON job a line and answers each
with one JSON line: the answers in the order of the questions, or the kind of the error, never its words. For each frame
it writes ``<name>.json`` (counts and booleans, the same bytes for the same frame) and Data Docs.
"""

from __future__ import annotations

import gc
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flows.quality.checks import rows_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from great_expectations import ExpectationSuite
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.data_context.store.store import DataDocsSiteConfigTypedDict

__all__ = ["main"]

_PRIVATE: Final = 0o077
_DOCS: Final = "data_docs"
# Pages name scripts, styles and pictures on servers of others: looking at a record must not tell anybody.
_NO_NETWORK: Final = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self' file: data: 'unsafe-inline'\">"
)
_POSITIONS: Final = "positions"


def main() -> None:
    """Answer jobs from standard input until it ends."""
    os.umask(_PRIVATE)
    answers = os.fdopen(os.dup(1), "w")  # what libraries print goes nowhere
    os.dup2(2, 1)
    gc.disable()  # a tenth of the import is a search for garbage that is not there; the process lives for one run
    import great_expectations  # noqa: F401 - the seconds this takes are spent while the pipeline works

    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _answer(job: Mapping[str, Any]) -> dict[str, object]:
    try:
        return {"answers": _Gate(Path(job["out"])).run(job["checks"])}
    except Exception as error:  # noqa: BLE001 - whatever it is, the run is held; its words may quote cells
        return {"error": type(error).__name__}


class _Gate:
    """One context of Great Expectations for the frames of one run."""

    def __init__(self, out: Path) -> None:
        import great_expectations as gx

        self._out = out
        self._gx = gx
        self._context = gx.get_context(mode="ephemeral")
        self._frames = self._context.data_sources.add_pandas("frames")
        self._context.add_data_docs_site(site_name=_DOCS, site_config=_site(out / _DOCS))

    def run(self, checks: list[dict[str, Any]]) -> list[list[bool]]:
        """Check every frame, write what was found, and give the answers."""
        found = [self._check(check) for check in checks]
        self._context.build_data_docs(site_names=[_DOCS])
        _tidy(self._out / _DOCS)
        return found

    def _check(self, check: dict[str, Any]) -> list[bool]:
        name, expected = check["name"], check["expectations"]
        terms = _terms(expected, check["rows"])
        suite = self._context.suites.add(self._gx.ExpectationSuite(name=name))
        for (kind, arguments), positions in terms.items():
            meta = {_POSITIONS: positions}
            suite.add_expectation(getattr(self._gx.expectations, kind)(**json.loads(arguments), meta=meta))
        answers = self._validate(name, suite, _pandas(check["parquet"]), len(expected))
        _write(self._out / f"{name}.json", check, answers)
        return answers

    def _validate(self, name: str, suite: ExpectationSuite, frame: pd.DataFrame, count: int) -> list[bool]:
        """Run one suite; one of ours holds when all that stand for it hold."""
        batch = self._frames.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
        definition = self._gx.ValidationDefinition(name=name, data=batch, suite=suite)
        definition = self._context.validation_definitions.add(definition)
        result = definition.run(batch_parameters={"dataframe": frame}, result_format="BOOLEAN_ONLY")
        if len(result.results) != len(suite.expectations):
            message = "an expectation without a result"
            raise LookupError(message)
        broken = {at for one in result.results if not one.success for at in _positions(one)}
        return [at not in broken for at in range(count)]


def _positions(result: ExpectationValidationResult) -> list[int]:
    """Which of our expectations a result speaks for."""
    config = result.expectation_config
    if config is None or config.meta is None:
        message = "a result without its expectation"
        raise LookupError(message)
    return list(config.meta[_POSITIONS])


def _terms(expected: list[dict[str, Any]], rows: int) -> dict[tuple[str, str], list[int]]:
    """What to ask the library, as kind and arguments, each with the positions of ours it stands for.

    A suite keeps equal expectations once, so each is asked once and may answer several of ours.
    """
    terms: dict[tuple[str, str], list[int]] = {}
    for position, wanted in enumerate(expected):
        for kind, arguments in _terms_of(wanted, rows):
            terms.setdefault((kind, json.dumps(arguments, sort_keys=True)), []).append(position)
    return terms


def _terms_of(wanted: Mapping[str, Any], rows: int) -> list[tuple[str, dict[str, Any]]]:
    """The expectations of the library that together say what one of ours says."""
    field, low, high = wanted.get("field"), wanted.get("min"), wanted.get("max")
    if wanted["kind"] == "row_count":
        upper = None if high is None else math.floor(high)
        return [("ExpectTableRowCountToBeBetween", {"min_value": math.ceil(low or 0), "max_value": upper})]
    if wanted["kind"] == "fill_rate":
        # not the library's proportion of nulls: that calls a frame without rows unfilled
        filled = [] if low is None else [("ExpectColumnValuesToNotBeNull", low)]
        blank = [] if high is None else [("ExpectColumnValuesToBeNull", 1 - high)]
        return [(kind, {"column": field, "mostly": _mostly(share, rows)}) for kind, share in filled + blank]
    if wanted["kind"] == "values_in_set":
        return [("ExpectColumnValuesToBeInSet", {"column": field, "value_set": wanted["values"]})]
    if wanted["kind"] == "range":
        return [("ExpectColumnValuesToBeBetween", {"column": field, "min_value": low, "max_value": high})]
    kind = {"unique": "ExpectColumnValuesToBeUnique", "not_null": "ExpectColumnValuesToNotBeNull"}[wanted["kind"]]
    return [(kind, {"column": field})]


def _mostly(share: float, rows: int) -> float:
    """A share that whole rows can meet exactly, so that no rounding decides."""
    return rows_for(share, rows) / rows if rows else 0.0


def _pandas(parquet: str) -> pd.DataFrame:
    import pandas as pd
    import polars as pl

    return pd.DataFrame({column.name: column.to_numpy() for column in pl.read_parquet(parquet, glob=False)})


def _write(file: Path, check: Mapping[str, Any], answers: list[bool]) -> None:
    """Both answers beside each other, with the counts of ours; nothing that differs from run to run."""
    listed = [
        {key: value for key, value in wanted.items() if key not in ("passed", "values")}
        | {"polars": wanted["passed"], "great_expectations": answer}
        for wanted, answer in zip(check["expectations"], answers, strict=True)
    ]
    report = {"name": check["name"], "rows": check["rows"], "passed": all(answers), "expectations": listed}
    file.write_text(json.dumps(report, sort_keys=True, indent=1) + "\n", encoding="utf-8")


def _site(folder: Path) -> DataDocsSiteConfigTypedDict:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
    }


def _tidy(docs: Path) -> None:
    """Take out 3 MB of animations nobody refers to, and let the pages load nothing from elsewhere."""
    for picture in docs.rglob("*.gif"):
        picture.unlink()
    for page in docs.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("<head>", f"<head>{_NO_NETWORK}", 1), encoding="utf-8")


if __name__ == "__main__":
    main()
