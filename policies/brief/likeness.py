"""Which of many texts are alike word by word, in time and room that grow with their number, however alike they are.

MinHash proposes which texts to compare (an estimate that depends on the two texts alone), and every proposal is then
compared word by word. A text has a bounded number of older ones proposed to it, whatever cluster it stands in: where a
thousand say the same, it is not compared with all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PAIRS", "alike", "proposed", "similarities"]

PAIRS: Final = pl.Schema({"younger": pl.UInt32(), "older": pl.UInt32()})  # places of texts, the oldest is 0

# Texts of which 870 words in 1000 agree share 0.58 of their word pairs or more: of each word that differs two pairs are
# lost. Such two meet in one band at least with a chance of 1 - (1 - 0.58 ** ROWS) ** BANDS, which is 0.99, and 1 where
# they share more; two that share a tenth do so once in a thousand.
_ROWS: Final = 5
_BANDS: Final = 64
# Whoever met is estimated before their words are compared: by one signature in five, then by all of them. The least
# shares are four standard deviations below 0.58.
_GLANCE: Final = 64
_GLANCE_SHARE: Final = 0.33
_SHARE: Final = 0.46
_FEW: Final = 48  # texts that are compared each with each, sooner done than libraries for arrays are loaded
_SEED: Final = 2_026
_PAIR_FACTOR: Final = 0x9E37_79B9_7F4A_7C15  # odd numbers, so that nothing is lost in multiplying
_BAND_FACTOR: Final = 0xC2B2_AE3D_27D4_EB4F
# Of those that meet in one band a text is compared with the oldest and with its neighbours in age, and no longer after
# so many are proposed to it.
_OLDEST: Final = 4
_NEIGHBOURS: Final = 4
_ENOUGH: Final = 8
_AT_ONCE: Final = 10_000  # pairs compared at a time, so that their words fit into memory
_THOUSAND: Final = 1_000


def proposed(texts: pl.Series) -> pl.DataFrame:
    """Pairs of texts that may be near-copies (``PAIRS``), of each text with some older ones.

    ``texts`` are lists of words as numbers (:mod:`policies.brief.wording`), the oldest first, no two the same. Few are
    all compared with all. Of many a text has at most ``_ENOUGH`` older ones proposed to it, and as many as one more
    band brings.
    """
    if len(texts) > _FEW:
        return _signed_alike(texts)
    places = pl.DataFrame({"younger": pl.int_range(len(texts), dtype=pl.UInt32, eager=True)})
    pairs = places.join(places.rename({"younger": "older"}), how="cross").filter(pl.col("older") < pl.col("younger"))
    return pairs.match_to_schema(PAIRS)


def alike(pairs: pl.DataFrame, texts: pl.Series, least: int) -> pl.DataFrame:
    """The pairs of which ``least`` words of 1000 at least stand in both in the same order, with ``similarity``."""
    measured = [_measured(part, texts) for part in pairs.iter_slices(_AT_ONCE)]
    empty = pairs.clear().with_columns(similarity=pl.lit(None, dtype=pl.Int64))
    return pl.concat([empty, *measured]).filter(pl.col("similarity") >= least)


def similarities(left: pl.Series, right: pl.Series) -> pl.Series:
    """Twice the longest common subsequence over the words of both, in thousandths, rounded down."""
    from rapidfuzz.distance import LCSseq

    compared = zip(left.to_list(), right.to_list(), strict=True)
    found = [2 * _THOUSAND * LCSseq.similarity(one, other) // (len(one) + len(other)) for one, other in compared]
    return pl.Series("similarity", found, dtype=pl.Int64)


def _measured(pairs: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    return pairs.with_columns(similarities(texts.gather(pairs["younger"]), texts.gather(pairs["older"])))


def _signed_alike(texts: pl.Series) -> pl.DataFrame:
    """Pairs whose signatures agree in one band, and largely."""
    import numpy as np

    signatures = _signatures(texts)
    count = np.zeros(len(texts), dtype=np.int64)  # older ones proposed to each
    found = np.zeros(0, dtype=np.uint64)
    for start in range(0, _ROWS * _BANDS, _ROWS):
        younger, older = _met(signatures[:, start : start + _ROWS], count < _ENOUGH)
        new = np.setdiff1d(younger.astype(np.uint64) << np.uint64(32) | older.astype(np.uint64), found)
        kept = _largely(_largely(new, signatures[:, :_GLANCE], _GLANCE_SHARE), signatures, _SHARE)
        count += np.bincount((kept >> np.uint64(32)).astype(np.int64), minlength=len(texts))
        found = np.concatenate((found, kept))
    found.sort()
    return pl.DataFrame({"younger": found >> np.uint64(32), "older": found & np.uint64(0xFFFF_FFFF)}).cast(pl.UInt32)


def _signatures(texts: pl.Series) -> NDArray[np.uint32]:
    """The MinHash of every text's pairs of neighbouring words: a row per text, ``_ROWS * _BANDS`` numbers each."""
    import numpy as np

    starts = range(0, len(texts), _AT_ONCE)  # signatures are handed over as lists, which take far more room
    return np.concatenate([_signed(texts.slice(start, _AT_ONCE)) for start in starts])


def _signed(texts: pl.Series) -> NDArray[np.uint32]:
    import numpy as np
    from rensa import RMinHash

    numbers = texts.explode().to_numpy()
    ends = np.cumsum(texts.list.len().to_numpy(), dtype=np.uint64)
    starts = np.concatenate((np.zeros(1, np.uint64), ends))
    # Each word with the one before it; the first of a text has the last of the text before, which is left out.
    following = np.empty_like(numbers)
    following[1:] = numbers[:-1] * np.uint64(_PAIR_FACTOR)
    tokens = numbers ^ following
    tokens[starts[:-1].astype(np.int64)] = numbers[starts[:-1].astype(np.int64)]
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(tokens, starts, _ROWS * _BANDS, _SEED)
    return np.array(matrix.to_rows(), dtype=np.uint32)


def _met(band: NDArray[np.uint32], open_: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Younger and older places of texts that agree in a band, for the texts that need more proposed to them."""
    import numpy as np

    key = np.zeros(len(band), dtype=np.uint64)
    for column in band.T:
        key = (key ^ column) * np.uint64(_BAND_FACTOR)
        key ^= key >> np.uint64(29)
    order = np.argsort(key, kind="stable")  # those of one key in order of age
    is_first = np.concatenate((np.ones(1, np.bool_), np.diff(key[order]) != 0))
    at = np.arange(len(order))
    first = np.maximum.accumulate(np.where(is_first, at, 0))
    at, first = at[open_[order] & (first < at)], first[open_[order] & (first < at)]
    partners = [first + nth for nth in range(_OLDEST)] + [at - nth for nth in range(1, _NEIGHBOURS + 1)]
    kept = [(partner >= first) & (partner < at) for partner in partners]
    younger = np.concatenate([at[keep] for keep in kept])
    older = np.concatenate([partner[keep] for partner, keep in zip(partners, kept, strict=True)])
    return order[younger], order[older]


def _largely(pairs: NDArray[np.uint64], signatures: NDArray[np.uint32], share: float) -> NDArray[np.uint64]:
    """The pairs that agree in this share of their signatures at least, which estimates what the texts share."""
    import numpy as np

    kept = [pairs[:0]]
    for start in range(0, len(pairs), _AT_ONCE):
        part = pairs[start : start + _AT_ONCE]
        younger, older = part >> np.uint64(32), part & np.uint64(0xFFFF_FFFF)
        kept.append(part[(signatures[younger] == signatures[older]).mean(axis=1) >= share])
    return np.concatenate(kept)
