"""Names of people as keys: given name, surname, their sounds, and what stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.identity.preparing.cells import name_cells, words_of
from policies.identity.preparing.lexicon import Lexicon
from policies.identity.preparing.lines import Lines
from policies.identity.preparing.reading import read_roles
from policies.identity.preparing.spelling import sound, syllabic_sound
from policies.identity.preparing.mailbox_order import mailbox_turns
from policies.identity.preparing.vocabulary import syllables, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from policies.identity.preparing.lines import Flags
    from policies.identity.preparing.reading import Roles

__all__ = ["NAME_KEYS", "name_keys"]

NAME_KEYS: Final = (
    "given",
    "given_root",
    "surname",
    "surname_first",
    "surname_last",
    "surname_sound",
    "given_sound",
    "middle",
    "generation",
    "script",
)
_CELL: Final = ("cell", "country", "turned")
_FLAGS: Final = (
    "comma", "opens", "closes", "separator", "title", "inside_title", "doubtful", "letters", "particle", "formerly",
    "organisation", "initial", "capital", "known_given", "chinese_surname", "common_surname", "japanese_surname", "don", "syllabic", "hyphened", "patronymic", "son_of", "empty",
)  # fmt: skip


def name_keys(people: pl.DataFrame, words: Mapping[str, Any]) -> pl.DataFrame:
    """Name columns of ``PREPARED``, a row per row of ``people``, in order. Each different name is read once."""
    cells = name_cells(people).with_columns(pl.lit(value=False).alias("turned"))
    lexicon = Lexicon.of(words)
    read = _read(cells.drop("local").drop_nulls("cell").unique(), lexicon)
    named = cells.join(read, on=_CELL, how="left", nulls_equal=True, maintain_order="left")
    turned = named.with_columns(mailbox_turns(lexicon).alias("turned")).select(cells.columns)
    again = _read(turned.filter("turned").drop("local").unique(), lexicon)
    if again.is_empty():
        return named.select(NAME_KEYS)
    both = pl.concat([read, again])
    return turned.join(both, on=_CELL, how="left", nulls_equal=True, maintain_order="left").select(NAME_KEYS)


def _read(cells: pl.DataFrame, lexicon: Lexicon) -> pl.DataFrame:
    """The keys of unique ``cell, country, turned``, with them."""
    names = words_of(cells, lexicon).filter(~_is_nobody(pl.col("words"), lexicon))
    flat = names.select(pl.col("words").explode(empty_as_null=False)).to_series()
    known = vocabulary(flat.unique(), lexicon).with_row_index("code")
    codes = flat.to_frame("word").join(known.select("word", "code"), on="word", how="left", maintain_order="left")
    at = codes.get_column("code").to_numpy()
    lines = Lines(names.get_column("words").list.len().to_numpy().astype("int64"))
    told = {flag: known.get_column(flag).to_numpy()[at] for flag in _FLAGS}
    told["generation"] = known.get_column("generation").is_not_null().to_numpy()[at]
    country = names.get_column("country").fill_null("")
    for kind, countries in (("surname_first", lexicon.surname_first), ("two_surnames", lexicon.two_surnames)):
        told[kind] = country.is_in(sorted(countries)).to_numpy()[lines.owner]
    told["turned"] = names.get_column("turned").to_numpy()[lines.owner]
    roles = read_roles(lines, told)
    keys = _assembled(len(names), lines, roles, known, at)
    return _with_sounds(pl.concat([names.select(*_CELL, "script"), keys], how="horizontal"), lexicon)


def _is_nobody(words: pl.Expr, lexicon: Lexicon) -> pl.Expr:
    """Whether a name is a placeholder such as ``n/a`` or ``Test User``."""
    bare = words.list.join(" ").str.to_lowercase().str.replace_all(r"[^\p{L}]+", " ").str.strip_chars(" ")
    return bare.is_in(sorted(lexicon.nobody)) | (bare == "")


def _assembled(
    names: int, lines: Lines, roles: Roles, known: pl.DataFrame, at: npt.NDArray[np.uint32]
) -> pl.DataFrame:
    """The keys of each name from the roles of its words."""
    import numpy as np

    core = roles.surname & ~known.get_column("particle").to_numpy()[at]
    core |= roles.surname & (lines.count(core) == 0)
    first_core, last_core = core & (lines.before(core) == 0), core & (lines.after(core) == 0)
    first_given = roles.given & (lines.before(roles.given) == 0)
    middle = roles.middle & ~known.get_column("son_of").to_numpy()[at]
    first_middle = middle & (lines.before(middle) == 0)
    pick = _Picker(names, lines, known, at)
    joined = pick.joined(roles.joined, "key")
    return pl.DataFrame(
        {
            "joined": joined,
            "given": joined.zip_with(joined.is_not_null(), pick.one(first_given, "first_key")),
            "given_root": joined.zip_with(joined.is_not_null(), pick.one(first_given, "root")),
            "surname": pick.joined(roles.surname, "key"),
            "core": pick.joined(core, "stem"),
            "surname_first": pick.one(first_core, "first_key"),
            "surname_last": pick.one(last_core, "last_key"),
            "middle": pick.one(first_given & ~roles.joined, "second_lead").fill_null(pick.one(first_middle, "lead")),
            "sure": pl.Series(np.bincount(lines.owner[roles.sure], minlength=names) > 0),
            "generation": pick.one(roles.generation & (lines.before(roles.generation) == 0), "generation"),
        }
    )


class _Picker:
    """Takes values of the vocabulary for the words of names that are flagged; a name without one has null."""

    def __init__(self, names: int, lines: Lines, known: pl.DataFrame, at: npt.NDArray[np.uint32]) -> None:
        self._names = names
        self._lines = lines
        self._known = known
        self._at = at

    def one(self, flags: Flags, column: str) -> pl.Series:
        """The value of the one flagged word of each name."""
        owners = pl.Series(self._lines.owner[flags])
        values = self._known.get_column(column).gather(pl.Series(self._at[flags]))
        return self._filled(owners, values)

    def joined(self, flags: Flags, column: str) -> pl.Series:
        """The values of all flagged words of each name, joined; most names have one."""
        alone = flags & (self._lines.count(flags) == 1)
        several = flags & ~alone
        runs = pl.DataFrame(
            {
                "owner": self._lines.owner[several],
                "value": self._known.get_column(column).gather(pl.Series(self._at[several])),
            }
        ).group_by("owner", maintain_order=True)
        together = runs.agg(pl.col("value").str.join(""))
        owners = pl.concat([pl.Series(self._lines.owner[alone]), together.get_column("owner")])
        values = pl.concat(
            [self._known.get_column(column).gather(pl.Series(self._at[alone])), together.get_column("value")]
        )
        return self._filled(owners, values)

    def _filled(self, owners: pl.Series, values: pl.Series) -> pl.Series:
        import numpy as np

        places = np.full(self._names, -1, dtype=np.int64)
        places[owners.to_numpy()] = np.arange(len(owners))
        found = pl.Series(places)
        return values.gather(found.set(found < 0, None))


def _with_sounds(keys: pl.DataFrame, lexicon: Lexicon) -> pl.DataFrame:
    """Add ``surname_sound, given_sound``; each different name is sounded once."""
    surnames = keys.select("core").unique().drop_nulls()
    reading = pl.col("core").replace(lexicon.chinese)
    surnames = surnames.with_columns(sound(reading).alias("surname_sound"))
    givens = keys.select("given_root").unique().drop_nulls()
    syllabic = pl.col("given_root").str.contains(syllables(lexicon)) & ~pl.col("given_root").is_in(list(lexicon.given_names))
    root = pl.col("given_root")
    heard = pl.when(syllabic).then(syllabic_sound(root)).otherwise(sound(root))
    givens = givens.with_columns(heard.alias("given_sound"))
    return keys.join(surnames, on="core", how="left", maintain_order="left").join(
        givens, on="given_root", how="left", maintain_order="left"
    )
