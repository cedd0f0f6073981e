"""Say what is wrong in a settings file in words a user can act on: the line, the key, the nearest valid name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from flows.toml_lines import line_of
from policies.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

__all__ = ["problems_of"]


def problems_of(error: ValidationError, model: type[BaseModel], text: str, file: str) -> list[Problem]:
    """Every problem pydantic found in ``text`` as a :class:`Problem` with its line, in the order of the file."""
    problems = [_problem(detail, model, text, file) for detail in error.errors(include_url=False, include_input=False)]
    return sorted(problems, key=lambda problem: (problem.line, problem.message))


def _problem(detail: ErrorDetails, model: type[BaseModel], text: str, file: str) -> Problem:
    location = tuple(part for part in detail["loc"] if part != "[key]")
    key = ".".join(str(part) for part in location) or "the file"
    message, fix = _words(detail, key, _fields_at(model, location[:-1]))
    return Problem(file, line_of(text, location), message, fix)


def _words(detail: ErrorDetails, key: str, valid: Sequence[str]) -> tuple[str, str]:
    if detail["type"] == "missing":
        return f"`{key}` is missing.", "Add it."
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(key.rpartition(".")[2], valid, n=1)
        hint = f"Did you mean `{near[0]}`? " if near else ""
        return f"`{key}` is not a setting.", f"{hint}Valid here: {', '.join(valid)}."
    said = detail["msg"].removeprefix("Value error, ")
    return f"`{key}`: {said[:1].lower()}{said[1:]}.", "Correct the value."


def _fields_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """The names of the settings valid at a place; empty where the place takes names of the user's own."""
    here: type[BaseModel] | None = model
    for part in location:
        if isinstance(part, int) or here is None:
            continue
        fields: Mapping[str, Any] = here.model_fields
        here = _model_in(fields[part].annotation) if part in fields else None
    return sorted(here.model_fields) if here is not None else []


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg)) is not None), None)
