"""Opt-out cells are tri-state: yes, no and blank by a closed vocabulary; any other word is unknown, and unknown holds.

A positive column ("may we write to you?") is read in its own sense: its yes is no opt-out (and no consent either, which
needs its own evidence), its no is a refusal, its blank says nothing, and a word that refuses by itself ("unsubscribed")
is an opt-out in any column. Where one column refuses what another permits, nobody knows: unknown.

Two places hold such words where no flag was looked for: columns whose header says nothing of flags ("Status:
unsubscribed"), and the cells of damaged rows. Only what can hardly mean anything else counts there, for an opt-out is
for good: "Blockchain" among interests, "declined" for a payment and a bare "yes" or "x" refuse nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.folding import fold, fold_words, words
from policies.patterns import any_pattern
from policies.sources.fields import CONTACT_FIELDS, NAME_FIELDS
from policies.sources.headers import fits_any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from policies.sources.flag_columns import FlagColumn

__all__ = [
    "FLAG_STATES",
    "answered",
    "blank_cells",
    "blank_words",
    "flag_state",
    "flag_states",
    "refusing",
    "said_yes",
    "unknown_cells",
]

# From harmless to strict: of several columns about one channel the strictest counts.
FLAG_STATES: Final = ("blank", "no", "unknown", "yes")
_LONGEST: Final = 1_000  # characters of a cell that may be one of a status or a remark
_REMEMBERED: Final = 1_024  # word lists of the rule data in folded form, headers
_NO_WIDTH: Final = r"[\u{00AD}\u{200B}-\u{200F}\u{2060}\u{FEFF}]"
_SENTENCE_END: Final = r"([\p{L}\p{N}])[.!]+$"


def blank_words(lists: Mapping[str, Any]) -> list[str]:
    """What stands in a cell that says nothing: "n/a", "--" and their like, in lower case."""
    return [str(word).lower() for word in lists.get("opt_out_words", {}).get("blank", ())]


def blank_cells(lists: Mapping[str, Any], field: str) -> list[str]:
    """What stands in the cell of a field that says nothing, in lower case: "n/a", "keine Angabe".

    Names stay whatever they are (Na and Null are surnames), and NA is a country.
    """
    if field in NAME_FIELDS:
        return []
    table = lists.get("blank_cells", {})
    own = "points" if field.removeprefix("other_") in CONTACT_FIELDS else field
    listed = [*table.get("any", ()), *table.get(own, ())]
    if field != "country":
        listed += table.get("words", ())
    return [str(word).lower() for word in listed]


def flag_states(
    cells: pl.Series,
    lists: Mapping[str, Any],
    lookups: Mapping[str, str],
    *,
    positive: bool,
    timed: bool = False,
) -> pl.DataFrame:
    """``cell, state`` for every different cell of one column; ``state`` is one of ``FLAG_STATES``.

    ``lists`` is the table of that name of the rule data, ``lookups`` what the source contract says cells mean (``yes``,
    ``no`` or ``blank``, in the sense of the column). In a ``timed`` column a day is a yes.
    """
    unique = cells.to_frame("cell").select(pl.col("cell").cast(pl.String).fill_null("").unique().sort())
    return unique.select("cell", _state(lists, lookups, positive=positive, timed=timed).alias("state"))


def answered(cells: pl.Series, lists: Mapping[str, Any]) -> tuple[int, int]:
    """How many filled cells of a column are a yes or a no, of how many; what is the same in either sense is neither."""
    counted = cells.to_frame("cell").group_by(pl.col("cell").cast(pl.String).fill_null("")).len("rows")
    refusing, permitting = (_state(lists, {}, positive=positive) for positive in (False, True))
    filled = counted.select("rows", refusing.alias("out"), permitting.alias("in")).filter(pl.col("out") != "blank")
    rows = pl.col("rows")
    found = filled.select(rows.filter(pl.col("out") != pl.col("in")).sum().alias("said"), rows.sum())
    return found.item(0, "said"), found.item(0, "rows")


def _state(lists: Mapping[str, Any], lookups: Mapping[str, str], *, positive: bool, timed: bool = False) -> pl.Expr:
    word = _plain(pl.col("cell"))
    stated = words(pl.col("cell")).replace_strict(dict(lookups), default=None, return_dtype=pl.String)
    listed = word.replace_strict(_vocabulary(lists), default=None, return_dtype=pl.String)
    day = pl.when(pl.lit(timed) & word.str.contains(_either(lists, "day_patterns"))).then(pl.lit("yes"))
    said = [*([stated] if lookups else []), listed, *([day] if timed else [])]
    meaning = pl.coalesce(*said, pl.lit("unknown"))
    return meaning.replace({"permits": "no"}) if not positive else _of_positive(meaning, word, lists)


def flag_state(
    frame: pl.DataFrame,
    flags: Sequence[FlagColumn],
    lists: Mapping[str, Any],
    lookups: Callable[[FlagColumn], Mapping[str, str]] | None = None,
) -> pl.Expr:
    """The state of each row of ``frame`` over some columns about one channel; ``blank`` where there is no column.

    ``lookups`` gives what the source contract and the layout say the cells of a flag mean. The strictest state counts;
    what one column refuses (not in so many words) and another of the same breadth permits is unknown.
    """
    ranks = [_ranks(frame, flag, lists, lookups(flag) if lookups else {}) for flag in flags]
    if not ranks or frame.is_empty():
        return pl.lit("blank")
    worst = pl.max_horizontal(ranks).replace_strict(
        dict(enumerate(FLAG_STATES)), default="unknown", return_dtype=pl.String
    )
    both = [
        (no == FLAG_STATES.index("yes")) & (may == FLAG_STATES.index("no"))
        for refusal, no in zip(flags, ranks, strict=True)
        for permission, may in zip(flags, ranks, strict=True)
        if permission.positive and not refusal.positive and not refusal.by_cells
        if not (permission.broad and not refusal.broad)
        if not permission.timed  # whoever unsubscribed had subscribed on some day before
    ]
    return pl.when(pl.any_horizontal(both)).then(pl.lit("unknown")).otherwise(worst) if both else worst


def unknown_cells(
    frame: pl.DataFrame,
    flags: Sequence[FlagColumn],
    lists: Mapping[str, Any],
    lookups: Callable[[FlagColumn], Mapping[str, str]] | None = None,
) -> dict[str, int]:
    """How many cells of each flag column hold a word outside the vocabulary; never the words."""
    unknown = FLAG_STATES.index("unknown")
    counts = {
        flag.column: int(
            frame.select((_ranks(frame, flag, lists, lookups(flag) if lookups else {}) == unknown).sum()).item()
        )
        for flag in flags
    }
    return {column: count for column, count in sorted(counts.items()) if count}


def _ranks(frame: pl.DataFrame, flag: FlagColumn, lists: Mapping[str, Any], lookups: Mapping[str, str]) -> pl.Expr:
    """What each cell of one flag column says, as its place in ``FLAG_STATES``."""
    cells = frame.get_column(flag.column)
    if flag.by_cells:
        said = [cell for cell in refusing(cells, flag.column, lists) if _reaches(cell, flag.channel, lists)]
        meaning = dict.fromkeys(said, FLAG_STATES.index("yes"))
        return pl.col(flag.column).fill_null("").replace_strict(meaning, default=0, return_dtype=pl.UInt8)
    stated = {**_channels_named(flag, lists), **lookups}
    known = flag_states(cells, lists, stated, positive=flag.positive, timed=flag.timed)
    if flag.unclear:
        known = _unclear(known, flag_states(cells, lists, stated, positive=True))
    if flag.positive:
        withheld = _withholds_consent(flag.column, lists) & ~words(pl.col("cell")).is_in(sorted(stated))
        known = known.with_columns(pl.when(withheld).then(pl.lit("yes")).otherwise("state").alias("state"))
    meaning = {cell: FLAG_STATES.index(state) for cell, state in known.iter_rows()}
    unknown = FLAG_STATES.index("unknown")
    return pl.col(flag.column).fill_null("").replace_strict(meaning, default=unknown, return_dtype=pl.UInt8)


def _unclear(refusing_sense: pl.DataFrame, permitting_sense: pl.DataFrame) -> pl.DataFrame:
    """The states of a column that may ask either way: what is the same in both senses, else unknown."""
    both = refusing_sense.join(permitting_sense, on="cell", suffix="_positive")
    same = pl.when(pl.col("state") == pl.col("state_positive")).then("state").otherwise(pl.lit("unknown"))
    return both.select("cell", same.alias("state"))


def _reaches(cell: str, channel: str, lists: Mapping[str, Any]) -> bool:
    """Whether a cell that refuses is about a channel: the only one it names; any, where it names none or several."""
    said, patterns = fold_words([cell])[0], lists.get("flags", {})
    named = [one for one in CONTACT_FIELDS if fits_any(patterns.get(f"said_{one}_patterns", ()), said)]
    return len(named) != 1 or channel in named


def _channels_named(flag: FlagColumn, lists: Mapping[str, Any]) -> dict[str, str]:
    """What a word for a channel says under a header that refuses and names none: "Opt out: Phone" is one to calls."""
    if flag.positive or not flag.broad:
        return {}
    found: dict[str, str] = {}
    for channel in (*CONTACT_FIELDS, "both"):
        said = "yes" if channel in (flag.channel, "both") else "blank"
        found |= dict.fromkeys(fold_words(lists.get("flags", {}).get(f"channel_words_{channel}", ())), said)
    return found


def refusing(cells: pl.Series, header: str, lists: Mapping[str, Any]) -> list[str]:
    """The different cells of a column without a field that refuse all contact in so many words.

    Under a ``header`` about mail, marketing or a subscription, every word counts that refuses in a flag column.
    """
    text = pl.col("cell")
    could = text.str.contains(r"\p{L}{3}") & (text.str.len_chars() <= _LONGEST)
    unique = cells.to_frame("cell").select(pl.col("cell").cast(pl.String).drop_nulls().unique()).filter(could)
    if unique.is_empty():
        return []  # numbers, codes, blanks: most columns without a field
    said = _refuses_plainly(text, lists)
    if _is_about(header, "status_headers", lists):
        said |= _refuses_by_itself(_plain(text), lists)
    said |= _withholds_consent(header, lists)
    return unique.filter(said).get_column("cell").sort().to_list()


def said_yes(cells: pl.Series, lists: Mapping[str, Any], *, assent: bool) -> list[str]:
    """The different cells of damaged rows that say no to contact, wherever in the row they stand.

    With ``assent`` (flags are columns in which people say no) a plain word of assent does so as well. What a status
    column says of people whom the file itself rules out ("declined") is left out: it may be just that.
    """
    known = pl.DataFrame({"cell": cells.cast(pl.String).fill_null("").unique().sort()})
    stated = {word for entries in lists.get("excluded_words", {}).values() for word in fold_words(entries)}
    word = words(pl.col("cell"))
    said = _refuses_by_itself(_plain(pl.col("cell")), lists) & ~word.is_in(sorted(stated))
    if assent:
        said |= word.is_in(fold_words(lists.get("flags", {}).get("plain_assent", ())))
    return known.filter(said | _refuses_plainly(pl.col("cell"), lists)).get_column("cell").to_list()


def _of_positive(meaning: pl.Expr, word: pl.Expr, lists: Mapping[str, Any]) -> pl.Expr:
    """The state of a cell of a positive column: a plain yes permits, a no refuses, as does any other word for a yes."""
    refuses = _refuses_by_itself(word, lists) | words(pl.col("cell")).str.contains(_either(lists, "refusal_patterns"))
    return (
        pl.when(meaning == "permits")
        .then(pl.lit("no"))
        .when((meaning == "yes") & ~refuses)
        .then(pl.lit("no"))
        .when(meaning.is_in(["yes", "no"]))
        .then(pl.lit("yes"))
        .otherwise(meaning)
    )


def _is_about(header: str, key: str, lists: Mapping[str, Any]) -> bool:
    return _fits(fold_words([header])[0], _either(lists, key))


@lru_cache(maxsize=_REMEMBERED)
def _fits(header: str, pattern: str) -> bool:
    return bool(pl.select(pl.lit(header).str.contains(pattern)).item())


def _withholds_consent(header: str, lists: Mapping[str, Any]) -> pl.Expr:
    """Whether a cell says under a header about consent that there is none: "not given", elsewhere no word of it."""
    if not _is_about(header, "consent_headers", lists):
        return pl.lit(value=False)
    return words(pl.col("cell")).str.contains(_either(lists, "consent_refusals"))


def _refuses_plainly(text: pl.Expr, lists: Mapping[str, Any]) -> pl.Expr:
    """Whether a cell of any column refuses contact in so many words."""
    left = words(text).str.replace_all(_either(lists, "no_refusals"), " ").str.strip_chars(" ")
    return left.str.contains(_either(lists, "plain_refusals")) | _plain(text).str.contains(
        _either(lists, "tag_patterns")
    )


def _refuses_by_itself(word: pl.Expr, lists: Mapping[str, Any]) -> pl.Expr:
    """Whether a folded cell is a word of the vocabulary that is a refusal in any column: a yes that is no plain one."""
    listed = lists.get("opt_out_words", {})
    plain = set(_folded(tuple(listed.get("assent", ()))))
    return word.is_in([entry for entry in _folded(tuple(listed.get("yes", ()))) if entry not in plain])


def _vocabulary(lists: Mapping[str, Any]) -> dict[str, str]:
    """Folded word to state. A word of two lists would be two meanings: the stricter one counts."""
    found: dict[str, str] = {}
    for state in ("blank", "permits", "no", "yes"):
        found |= dict.fromkeys(_folded(tuple(lists.get("opt_out_words", {}).get(state, ()))), state)
    return found | {"": "blank"}


@lru_cache(maxsize=_REMEMBERED)
def _folded(entries: tuple[str, ...]) -> tuple[str, ...]:
    """Words of the vocabulary as cells are compared with them; the same for every column, hence remembered."""
    listed = pl.Series("word", entries, dtype=pl.String)
    return tuple(listed.to_frame().select(_plain(pl.col("word"))).to_series().to_list())


def _plain(text: pl.Expr) -> pl.Expr:
    """Folded, with single blanks inside and none outside, nor signs without width, nor the end of a sentence.

    Other punctuation stays, for "--" and "#N/A" are words here.
    """
    bare = fold(text).str.replace_all(_NO_WIDTH, "").str.replace_all(r"[\s\u{FE0F}]+", " ").str.strip_chars(" ")
    return bare.str.replace(_SENTENCE_END, "$1")


def _either(lists: Mapping[str, Any], key: str) -> str:
    """One pattern out of a list of patterns of ``lists.flags``."""
    return any_pattern(lists.get("flags", {}).get(key, ()))
