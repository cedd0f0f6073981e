"""Names of people as keys: given name, surname, their sounds, and what stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from policies.identity.preparing.cells import name_cells, words_of
from policies.identity.preparing.lexicon import Lexicon
from policies.identity.preparing.lines import Lines
from policies.identity.preparing.mailbox_order import mailbox_turns
from policies.identity.preparing.reading import read_roles
from policies.identity.preparing.spelling import sound, syllabic_sound
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
    "signs",
)
_CELL: Final = ("cell", "country")
_FLAGS: Final = (
    "comma", "opens", "closes", "separator", "title", "inside_title", "doubtful", "letters", "particle", "formerly",
    "organisation", "initial", "capital", "known_given", "chinese_surname", "common_surname", "japanese_surname", "don",
    "syllabic", "hyphened", "patronymic", "son_of", "empty",
)  # fmt: skip


def name_keys(people: pl.DataFrame, words: Mapping[str, Any]) -> pl.DataFrame:
    """Name columns of ``PREPARED``, a row per row of ``people``, in order. Each different name is read once."""
    lexicon = Lexicon.of(words)
    cells = name_cells(people)
    names = cells.select(_CELL).drop_nulls("cell").unique().with_row_index("name")
    of_row = cells.join(names, on=_CELL, how="left", nulls_equal=True, maintain_order="left")["name"]
    read = _read(names, lexicon)
    seen = read[of_row].select("given", "middle", "surname", "sure").with_columns(cells.get_column("local"))
    turned = seen.select(mailbox_turns(lexicon)).to_series()
    again = names.join(of_row.filter(turned).unique().to_frame(), on="name", how="semi")
    if again.is_empty():
        return read[of_row].select(NAME_KEYS)
    return pl.concat([read, _read(again, lexicon, turned=True)])[_placed(of_row, turned, again, len(names))].select(
        NAME_KEYS
    )


def _placed(of_row: pl.Series, turned: pl.Series, again: pl.DataFrame, names: int) -> pl.Series:
    """The place of each row's keys, those of names read again standing behind the others."""
    behind = again.select("name").with_row_index("place", offset=names)
    rows = of_row.to_frame().with_columns(turned.alias("turned"))
    found = rows.join(behind, on="name", how="left", maintain_order="left")
    return found.select(pl.when("turned").then("place").otherwise("name")).to_series()


def _read(names: pl.DataFrame, lexicon: Lexicon, *, turned: bool = False) -> pl.DataFrame:
    """The keys of unique ``cell, country``, in order; ``turned`` means that their surnames are known to stand first."""
    cells = words_of(names, lexicon)
    flat = cells.select(pl.col("words").explode(empty_as_null=False)).to_series()
    known = vocabulary(flat.unique(), lexicon).with_row_index("code")
    codes = flat.to_frame("word").join(known.select("word", "code"), on="word", how="left", maintain_order="left")
    at = codes.get_column("code").to_numpy()
    lines = Lines(cells.get_column("words").list.len().to_numpy().astype("int32"))
    roles = read_roles(lines, _told(cells, lines, known, at, lexicon, turned=turned))
    keys = _assembled(len(cells), lines, roles, known, at).with_columns(
        cells.get_column("script"), cells.get_column("signs")
    )
    nobody = _nobody(cells, lines, known, at, lexicon)
    return _with_sounds(keys, lexicon).select(pl.when(~nobody).then(pl.col(*NAME_KEYS, "sure")))


def _told(
    cells: pl.DataFrame,
    lines: Lines,
    known: pl.DataFrame,
    at: npt.NDArray[np.uint32],
    lexicon: Lexicon,
    *,
    turned: bool,
) -> dict[str, Flags]:
    """The flags of every word, and of the country of its name."""
    import numpy as np

    told = {flag: known.get_column(flag).to_numpy()[at] for flag in _FLAGS}
    told["generation"] = known.get_column("generation").is_not_null().to_numpy()[at]
    country = cells.get_column("country").fill_null("")
    for kind, countries in (("surname_first", lexicon.surname_first), ("two_surnames", lexicon.two_surnames)):
        told[kind] = country.is_in(sorted(countries)).to_numpy()[lines.owner]
    told["turned"] = np.full(len(at), turned, dtype=np.bool_)
    return told


def _nobody(
    cells: pl.DataFrame, lines: Lines, known: pl.DataFrame, at: npt.NDArray[np.uint32], lexicon: Lexicon
) -> pl.Series:
    """Whether a name is a placeholder such as ``n/a`` or ``Test User``; only names of such words are looked at."""
    import numpy as np

    parts = {part for phrase in lexicon.nobody for part in phrase.split()} | {"na", ""}
    other = ~known.get_column("bare").str.replace_all(r"[.\-]", "").is_in(sorted(parts)).to_numpy()[at]
    suspect = pl.Series("suspect", np.bincount(lines.owner[other], minlength=len(cells)) == 0)
    text = pl.col("words").list.join(" ").str.to_lowercase().str.replace_all(r"[^\p{L}]+", " ").str.strip_chars(" ")
    bare = cells.filter(suspect).select(text).to_series()
    result = suspect.to_frame().with_row_index("row")
    judged = result.filter("suspect").select("row", (bare.is_in(sorted(lexicon.nobody)) | (bare == "")).alias("nobody"))
    return result.join(judged, on="row", how="left", maintain_order="left").get_column("nobody").fill_null(False)


def _assembled(names: int, lines: Lines, roles: Roles, known: pl.DataFrame, at: npt.NDArray[np.uint32]) -> pl.DataFrame:
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
    syllabic = pl.col("given_root").str.contains(syllables(lexicon)) & ~pl.col("given_root").is_in(
        list(lexicon.given_names)
    )
    root = pl.col("given_root")
    heard = pl.when(syllabic).then(syllabic_sound(root)).otherwise(sound(root))
    givens = givens.with_columns(heard.alias("given_sound"))
    return keys.join(surnames, on="core", how="left", maintain_order="left").join(
        givens, on="given_root", how="left", maintain_order="left"
    )
