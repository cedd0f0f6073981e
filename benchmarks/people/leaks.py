"""Who of those who opted out could still be written to, and who else is silenced, under each way of honouring it.

3 % of the people opt out through one of their rows (`Rates.opted_out`). *Tied*: the reply came to our own mail, so the
row is known. *File*: an imported list of bare addresses. In every design the address itself is stopped for everybody;
*others touched* are further people who lose a row, *others lost* those who have none left. A request from a role or
shared mailbox names nobody; the daily run *holds* everybody known under it until somebody says who wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.people.finding import Found

    Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

__all__ = ["HEADER", "Leak", "leaks"]

_PEOPLE_OF_A_SHARED_ADDRESS: Final = 3
HEADER: Final = f"{'':<46}{'by mail':>9}{'any way':>9}{'2+ addresses':>14}{'others touched':>16}{'others lost':>13}"


@dataclass(frozen=True, slots=True)
class Leak:
    """Shares: of those who opted out, still reached; of all others, touched and lost."""

    design: str
    by_mail: float
    any_way: float
    of_many: float  # of those with two addresses or more, reached by mail
    touched: float
    lost: float

    def line(self) -> str:
        """A line under `HEADER`."""
        return (
            f"{self.design:<46}{self.by_mail:>9.2%}{self.any_way:>9.2%}{self.of_many:>14.1%}"
            f"{self.touched:>16.3%}{self.lost:>13.3%}"
        )


def leaks(found: Found) -> list[Leak]:
    """Every design, the plainest first."""
    case = _Case(found)
    told = [
        case.judge("exact e-mail", case.exact, case.exact),
        case.judge("canonical e-mail", case.stopped, case.stopped),
    ]
    for tied in (True, False):
        way = "tied" if tied else "file"
        strict = case.clusters_of(case.named(tied=tied))
        hopped = case.hop(strict)
        told += [
            case.judge(f"strict clusters, {way}", strict, case.stopped),
            case.judge(f"and one hop, {way}", hopped, case.stopped),
            case.judge(f"and the clusters hit, {way}", case.clusters_of(hopped), case.stopped),
        ]
    named = case.clusters_of(case.named(tied=False))
    held = case.clusters_of(case.hop(named)) | case.clusters_of(case.behind)
    told.append(case.judge("and whoever is behind a shared one held, file", held, case.stopped))
    return told


class _Case:
    """The rows as arrays, and the masks that the designs are made of."""

    def __init__(self, found: Found) -> None:
        rows, prepared = found.rows, found.prepared
        self.person = rows.get_column("person_id").to_numpy()
        self.out = rows.get_column("optout_person").to_numpy()
        self.via = rows.get_column("optout_via").to_numpy()
        self.label = found.labels.rank("dense").to_numpy()
        raw = rows.get_column("email").str.strip_chars().str.to_lowercase()
        self.has_mail = raw.is_not_null().to_numpy()
        self._mailbox = prepared.get_column("mailbox")
        self._number = prepared.get_column("number")
        by_phone = self.via & ~self.has_mail
        numbers = _among(self._number, by_phone)
        self.exact = _among(raw, self.via) | numbers
        self.stopped = self.exact | _among(self._mailbox, self.via) | numbers
        self._owned = self._own(prepared, by_phone)
        self.behind = (
            _among(self._mailbox, self.via) & ~self._owned
        )  # rows with the role or shared mailbox of a request
        place = pl.Series("place", range(rows.height), dtype=pl.UInt32)
        ids = pl.DataFrame([rows.get_column("record_id"), place])
        links = found.matching.links.select("record_a", "record_b")
        self._a, self._b = (
            links.join(ids, left_on=side, right_on="record_id", how="left").get_column("place").to_numpy()
            for side in ("record_a", "record_b")
        )
        self._of_many = np.isin(self.person, _with_several(found))

    def _own(self, prepared: pl.DataFrame, by_phone: Mask) -> Mask:
        """Rows with the address of a request that is one person's own: no role, not of three people or more."""
        box = pl.when(~pl.col("role_mailbox").fill_null(value=False)).then(pl.col("mailbox"))
        own_box = prepared.select(pl.when(_people_of("mailbox") < _PEOPLE_OF_A_SHARED_ADDRESS).then(box)).to_series()
        own_number = prepared.select(
            pl.when(_people_of("number") < _PEOPLE_OF_A_SHARED_ADDRESS).then(pl.col("number"))
        ).to_series()
        return _among(own_box, self.via) | _among(own_number, by_phone)

    def named(self, *, tied: bool) -> Mask:
        """The rows a request names by itself."""
        return self._owned | self.via if tied else self._owned

    def clusters_of(self, rows: Mask) -> Mask:
        """All rows of the clusters of these."""
        return np.isin(self.label, np.unique(self.label[rows]))

    def hop(self, rows: Mask) -> Mask:
        """These rows and all that one link away."""
        reached = rows.copy()
        reached[self._b[rows[self._a]]] = True
        reached[self._a[rows[self._b]]] = True
        return reached

    def judge(self, design: str, silenced: Mask, floor: Mask) -> Leak:
        """What is left, and what it cost."""
        silenced = silenced | floor
        live = ~silenced & self.out
        people, others = self._count(self.out), self._count(~self.out)
        several = self._count(self._of_many & self.out)
        lost = self._lost(silenced, floor)
        return Leak(
            design,
            self._count(live & self.has_mail) / max(1, people),
            self._count(live) / max(1, people),
            self._count(live & self.has_mail & self._of_many) / max(1, several),
            self._count(silenced & ~floor & ~self.out) / others,
            lost / others,
        )

    def _count(self, rows: Mask) -> int:
        return len(np.unique(self.person[rows]))

    def _lost(self, silenced: Mask, floor: Mask) -> int:
        other = pl.DataFrame({"person": self.person, "silenced": silenced, "beyond": silenced & ~floor}).filter(
            ~self.out
        )
        each = other.group_by("person").agg(pl.col("silenced").all(), pl.col("beyond").any())
        return each.filter(pl.col("silenced") & pl.col("beyond")).height


def _among(values: pl.Series, rows: Mask) -> Mask:
    """Rows whose value is that of one of ``rows``."""
    wanted = values.filter(pl.Series(rows)).drop_nulls().unique()
    return values.is_in(wanted.implode()).fill_null(value=False).to_numpy()


def _people_of(column: str) -> pl.Expr:
    """How many people a contact point seems to have, by the beginnings of their names."""
    sign = pl.concat_str(pl.col("surname").str.head(3), pl.col("given").str.head(1), separator="|", ignore_nulls=True)
    return sign.n_unique().over(column)


def _with_several(found: Found) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """People whose rows have two mailboxes or more."""
    boxes = pl.DataFrame([found.rows.get_column("person_id"), found.prepared.get_column("mailbox")]).drop_nulls()
    several = boxes.group_by("person_id").agg(pl.col("mailbox").n_unique()).filter(pl.col("mailbox") > 1)
    return several.get_column("person_id").to_numpy()


def lines(told: list[Leak]) -> Iterator[str]:
    """The table."""
    yield HEADER
    for leak in told:
        yield leak.line()
