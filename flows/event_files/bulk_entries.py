"""Entries of long opt-out lists: whom each names and what it says, as frames in place of events."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from flows.event_files.bulk_cells import contacts_in, instants_in, methods_in, numbers_in, words_in
from flows.event_files.optout_rows import CONTACT_FIELDS
from flows.ledger.bulk_lists import SAID
from flows.ledger.keyed import each_once
from flows.ledger.snapshots import PLAIN
from flows.ledger.tokens import DIGEST_KINDS, DOMAIN, EMAIL, EMAIL_EQUIV, MATCH_KEY, MATCH_KEY_VERSION, PHONE, match_key
from flows.ledger.vocabulary import CHANNELS, NORMALISATIONS, SCOPES, STOP_KINDS
from policies.contact_points import EQUIVALENCE_VERSION
from policies.schema import UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.event_files.optout_rows import StopList
    from flows.event_files.reading import EventContext

__all__ = ["FIELDS", "READ_BY_ROW", "contacts_of", "keyed_values", "plain_texts", "statements_of"]

READ_BY_ROW: Final = ("person_id", "token")  # fields whose cells only the reader of rows reads
_VOCABULARIES: Final = {"kind": STOP_KINDS, "channel": CHANNELS, "scope": SCOPES, "normalisation": NORMALISATIONS}
_INSTANTS: Final = ("received_at", "effective_at")
_TEXTS: Final = ("words", "full_name")
FIELDS: Final = frozenset({*CONTACT_FIELDS, *READ_BY_ROW, *_VOCABULARIES, *_INSTANTS, *_TEXTS, "method", "country"})
_CONTACT: Final = ("kind", "value", "also")
_TOLD: Final = pl.Schema({"entry": pl.Int64(), "place": pl.Int32(), "field": pl.String(), "cell": pl.String()})


def contacts_of(cells: pl.DataFrame, about: StopList, context: EventContext) -> pl.DataFrame:
    """``entry, kind, value, also`` of rows all of whose contacts are plain, in the order of their columns.

    ``cells`` has ``entry`` and ``_<field>``. A domain is a statement by itself: it stands here only where nothing
    stands beside it. ``also`` as in ``CONTACT``.
    """
    named = [
        cells.select("entry", pl.lit(place).alias("place"), pl.lit(field).alias("field"), cell=f"_{field}")
        for place, field in enumerate(CONTACT_FIELDS)
        if f"_{field}" in cells.columns
    ]
    told = pl.concat([pl.DataFrame(schema=_TOLD), *named], how="vertical_relaxed").drop_nulls("cell")
    asked = told.get_column("cell")
    known = numbers_in(asked, context.lists) if about.north_american else contacts_in(asked, context.lists)
    read = told.join(known, on="cell", how="left", validate="m:1", maintain_order="left")
    several = pl.len().over("entry") > 1 if len(named) > 1 else pl.lit(value=False)
    odd = read.filter(pl.col("kind").is_null() | _misplaced() | (several & (pl.col("kind") == "domain")))
    fine = read.join(odd.select("entry").unique(), on="entry", how="anti", maintain_order="left")
    found = fine.select("entry", "place", *_CONTACT)
    if len(named) > 1:
        found = found.sort("entry", "place").unique(["entry", *_CONTACT], keep="first", maintain_order=True)
    return found.drop("place")


def _digest() -> pl.Expr:
    """The kind of a digest by its length; null for any other contact."""
    kind = pl.col("value").str.len_bytes().replace_strict(DIGEST_KINDS, default=None, return_dtype=pl.String)
    return pl.when(pl.col("kind") == "digest").then(kind)


def _misplaced() -> pl.Expr:
    """Whether a digest stands in the column of another kind of digest."""
    return (pl.col("field").is_in(list(DIGEST_KINDS.values())) & (_digest() != pl.col("field"))).fill_null(value=False)


def statements_of(cells: pl.DataFrame, contacts: pl.DataFrame, context: EventContext) -> pl.DataFrame:
    """One row for every entry that can be read whole: what it says, as an event would say it, and in what words.

    ``cells`` has ``entry``, the cells and the words of :mod:`flows.event_files.bulk`. ``other_method`` is the text of a
    method that is not listed.
    """
    said = _by_entry(contacts).join(cells, on="entry", how="inner", validate="1:1", maintain_order="left")
    by_word = pl.col("said_kind") != "optout"  # a word of the list goes before the column of kinds
    if "_kind" in said.columns:
        said = said.with_columns(pl.when(~by_word).then("_kind").alias("_kind"))
    for field, vocabulary in _VOCABULARIES.items():
        said = _read_field(said, field, partial(words_in, vocabulary=vocabulary), pl.String())
    for field in _INSTANTS:
        said = _read_field(said, field, partial(instants_in, zone=context.zone), UTC_INSTANT)
    said = _read_field(said, "method", methods_in, pl.String())
    kind = pl.coalesce("kind", "said_kind")
    odd = (~pl.col("of_domain") & (pl.col("scope") == "domain")) | ((kind == "bounce") & (pl.col("contacts") > 1))
    return said.filter(~odd.fill_null(value=False)).select(
        "entry",
        kind.alias("kind"),
        pl.coalesce("channel", "said_channel", pl.when(kind == "bounce").then("own"), pl.lit("any")).alias("channel"),
        _scope(kind),
        *_INSTANTS,
        "method",
        *(_text(said, name).alias(name) for name in _TEXTS),
        pl.when(pl.col("method") == "other").then(_text(said, "method")).alias("other_method"),
    )


def _by_entry(contacts: pl.DataFrame) -> pl.DataFrame:
    """``entry, contacts, of_domain, own``: how many contacts, whether it is a domain, the channel of a single one."""
    domain = pl.col("kind") == "domain"
    own = pl.when(pl.col("kind").is_in(["email", "phone"])).then("kind")
    if contacts.get_column("entry").n_unique() == contacts.height:
        return contacts.select("entry", pl.lit(1).alias("contacts"), domain.alias("of_domain"), own.alias("own"))
    named = contacts.group_by("entry", maintain_order=True)
    return named.agg(pl.len().alias("contacts"), domain.any().alias("of_domain"), own.first().alias("own"))


def _scope(kind: pl.Expr) -> pl.Expr:
    stated = pl.coalesce("scope", pl.when(kind == "bounce").then(pl.lit("address")), pl.lit("person"))
    return pl.when("of_domain").then(pl.lit("domain")).otherwise(stated).alias("scope")


def _text(said: pl.DataFrame, field: str) -> pl.Expr:
    return pl.col(f"_{field}") if f"_{field}" in said.columns else pl.lit(None, pl.String)


def _read_field(
    said: pl.DataFrame, field: str, read: Callable[[pl.Series], pl.DataFrame], dtype: pl.DataType
) -> pl.DataFrame:
    """The column ``field`` read from its cells; rows whose cell cannot be read are left out."""
    if f"_{field}" not in said.columns:
        return said.with_columns(pl.lit(None, dtype).alias(field))
    table = read(said.get_column(f"_{field}")).rename({"cell": f"_{field}", "value": field})
    found = said.join(table, on=f"_{field}", how="left", validate="m:1", maintain_order="left")
    return found.filter(pl.col("fine").fill_null(value=True)).drop("fine")


def keyed_values(contacts: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """What is to be keyed, as ``SAID``: the values whose tokens an event about the same would carry."""
    emails = contacts.filter(pl.col("kind") == "email").with_columns(pl.col("value").str.to_lowercase())
    national = contacts.filter(pl.col("kind") == "national")
    names = statements.select("entry", pl.col("full_name").alias("value")).drop_nulls("value")
    keys = each_once(names.get_column("value"), lambda name: match_key(name.decode()))
    found = [
        _tokens(emails, EMAIL),
        _tokens(_also(emails), EMAIL_EQUIV, EQUIVALENCE_VERSION),
        *(_tokens(contacts.filter(pl.col("kind") == kind), kind) for kind in (PHONE, DOMAIN)),
        *(_tokens(contacts.filter(_digest() == kind), kind) for kind in DIGEST_KINDS.values()),
        _tokens(national, PHONE, exact=False),
        _tokens(_also(national), PHONE),
        _tokens(names.select("entry", keys).filter(pl.col("value") != ""), MATCH_KEY, MATCH_KEY_VERSION),
    ]
    told = pl.concat(found)
    said = told.join(statements, on="entry", how="left", validate="m:1", maintain_order="left")
    return conform(said, SAID)


def _also(contacts: pl.DataFrame) -> pl.DataFrame:
    return contacts.select("entry", pl.col("also").alias("value"))


def _tokens(values: pl.DataFrame, kind: str, version: int = 0, *, exact: bool = True) -> pl.DataFrame:
    """``values`` (``entry, value``) as tokens of a kind; one made by a rule (``version``) is merely equivalent."""
    return values.select(
        "entry",
        pl.lit(kind).alias("token_kind"),
        "value",
        pl.lit(value=exact and version == 0).alias("exact"),
        pl.lit(version, pl.Int64).alias("rule_version"),
    )


def plain_texts(contacts: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """What was said in plain text, as ``PLAIN``."""
    named = contacts.select("entry", pl.col("value").alias("contact"))
    if named.get_column("entry").n_unique() < named.height:
        named = named.group_by("entry", maintain_order=True).agg(pl.col("contact").str.join(" "))
    texts = statements.select("entry", *_TEXTS, pl.col("other_method").alias("method"))
    return conform(named.join(texts, on="entry", how="inner", validate="1:1", maintain_order="left"), PLAIN)
