"""All rule data of a workspace, checked before anything else happens: rulebook, source contracts, revision."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flows.rules_on_disk import rule_files
from policies.errors import Problem, RuleFileError, UsageError
from policies.rulebook import load
from policies.sources import contract_facts, expectations, parse_source_contract

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from flows.store import ListMeta
    from flows.workspace import Workspace
    from policies.expectations import Expectation
    from policies.rulebook import Rulebook, RuleFile
    from policies.sources import SourceContract

__all__ = ["Policy", "load_policy", "settings_in_force", "stop_terms", "word_lists"]

_OWN_MODELS: Final = "rules/identity/"
_CONTRACT_FACTS: Final[dict[str, pl.DataType]] = {
    "source_kind": pl.String(),
    "channels_in_contract": pl.List(pl.String()),
    "purpose_in_contract": pl.Boolean(),
    "third_party_marketing": pl.Boolean(),
    "own_list": pl.Boolean(),
    "solicitation_forbidden": pl.Boolean(),
    "membership_reveals": pl.String(),
    "membership_doubt": pl.String(),
    "lawful_basis": pl.String(),
    "assessment_on_file": pl.Boolean(),
    "contract_expired": pl.Boolean(),
    "contract_ends_on": pl.Date(),
    "contract_approved": pl.Boolean(),
    "contract_incomplete": pl.Boolean(),
    "contract_missing": pl.String(),
}


@dataclass(frozen=True)
class Policy:
    """The rulebook, the source contracts by id, and every file they were read from."""

    book: Rulebook
    contracts: Mapping[str, SourceContract]
    files: Sequence[RuleFile]

    @property
    def revision(self) -> str:
        """SHA-256 over all rule data in force."""
        return self.book.revision

    def contract_frame(self, lists: Sequence[ListMeta], on: date) -> pl.DataFrame:
        """Source facts of every list on a day: ``source, file_sha256`` and those facts; no contract, nothing known."""
        rows = [
            {"source": meta.source, "file_sha256": meta.sha256, **self._facts(meta, on)}
            for meta in sorted(lists, key=lambda meta: meta.sha256)
        ]
        schema = pl.Schema({"source": pl.String(), "file_sha256": pl.String(), **_CONTRACT_FACTS})
        return pl.DataFrame(rows, schema=schema)

    def expectations(self, contract: SourceContract) -> Sequence[Expectation]:
        """What a source contract demands of its lists."""
        return expectations(contract)

    def _facts(self, meta: ListMeta, on: date) -> dict[str, object]:
        name = meta.dropped_as.rsplit("/", 1)[-1]
        facts = contract_facts(
            self.contracts.get(meta.source),
            on,
            file_name=name,
            file_sha256=meta.sha256,
            headers=_headers(meta.reading),
            lists=self.book.settings["lists"],
        )
        return {name: facts[name] for name in _CONTRACT_FACTS}


def _headers(reading: Mapping[str, Any]) -> list[str]:
    """The headers of a list, as the summary of its reading has them; those of all its tables of people."""
    mappings = [reading.get("mapping", {}), *(table["mapping"] for table in reading.get("tables", ()))]
    mapped = {header for mapping in mappings for headers in mapping.values() for header in headers}
    return sorted({*mapped, *reading.get("unmapped", ())})


def word_lists(ws: Workspace) -> Mapping[str, Any]:
    """The word lists contacts are read with; those of the base where the workspace's own rules do not hold.

    Somebody's opt-out must not wait until a rule file is mended.
    """
    lists: Mapping[str, Any] = settings_in_force(ws)["lists"]
    return lists


def stop_terms(ws: Workspace) -> Mapping[str, Any]:
    """The terms of ``[stop]``, likewise."""
    terms: Mapping[str, Any] = settings_in_force(ws)["stop"]
    return terms


def settings_in_force(ws: Workspace) -> Mapping[str, Any]:
    """All settings tables, likewise."""
    try:
        return _loaded(tuple(rule_files(ws.rules))).settings
    except RuleFileError:
        return _loaded(tuple(rule_files(None))).settings


@lru_cache(maxsize=2)
def _loaded(files: tuple[RuleFile, ...]) -> Rulebook:
    """The rulebook of these very texts; one command asks for it several times."""
    book = load(files)
    own = next((file.path for file in files if file.path.startswith(_OWN_MODELS)), None)
    if own is not None:
        _check_model(book, own)
    return book


def _check_model(book: Rulebook, path: str) -> None:
    """A model that a workspace states must be one; raises ``RuleFileError``."""
    from policies.identity.model_file import lead_model

    try:
        lead_model(book.settings)
    except UsageError as error:
        faults: Any = error.details["problems"]
        raise RuleFileError(
            [Problem(path, 1, f"{fault['key']} {fault['message']}", fault["fix"]) for fault in faults]
        ) from None


def load_policy(ws: Workspace) -> Policy:
    """Read and check every rule file and source contract.

    Raises ``RuleFileError`` with all problems of all files; nothing else of a command happens before.
    """
    files = rule_files(ws.rules)
    problems: list[Problem] = []
    contracts: dict[str, SourceContract] = {}
    for file in files:
        if file.origin == "source":
            try:
                contract = parse_source_contract(file.text, file.path)
                contracts[contract.id] = contract
            except RuleFileError as error:
                problems += error.problems
    try:
        book = _loaded(tuple(files))
    except RuleFileError as error:
        raise RuleFileError([*problems, *error.problems]) from None
    if problems:
        raise RuleFileError(problems)
    return Policy(book, contracts, files)
