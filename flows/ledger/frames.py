"""The ledger as frames, under the contracts of policies/schema.py and up to a cut.

Every frame is ordered by sequence number, then by content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
import sqlalchemy as sa

from flows.ledger.decoding import decoded_events, fetched, instant, text_columns, tokens_of_events
from flows.ledger.filed import DOUBT, SOURCE, file_of, recorded_before
from flows.ledger.kinds import Family, of_family
from flows.ledger.line_reports import touches_in_force
from flows.ledger.model import EVERYTHING
from flows.ledger.queries import publication_bodies
from flows.ledger.snapshots import Snapshots, named_snapshots
from flows.ledger.tables import erasable
from flows.ledger.taken_back import CONFIRMATION, UNDO, WAITING_CODE
from flows.ledger.void import voided_words, without_voided
from policies.permission import GIVEN, SPREAD, word_of
from policies.schema import COMMITMENTS, CONSENTS, NOTICES, PERMISSION_EVENTS, TOUCHES, UTC_INSTANT, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.ledger.model import Cut

__all__ = [
    "OPTOUT_LIST",
    "PUBLICATIONS",
    "SUPPRESSING_KINDS",
    "commitments",
    "consents",
    "notices",
    "open_commitments",
    "optout_list",
    "permission_events",
    "publications",
    "touches",
]

# Of an event's body: the file it came in, or the statement and entry whose spread it writes down.
_SOURCE: Final = pl.Struct(
    {"file_sha256": pl.String(), "of": pl.Int64(), "entry": pl.Int64(), "from": pl.List(pl.String())}
)
SUPPRESSING_KINDS: Final = (*of_family(Family.STOP), "erasure")

# What `optout list` shows. `contact` is the plain text, null once it was erased or when only a token was ever known.
OPTOUT_LIST: Final = pl.Schema(
    {
        "seq": pl.Int64(),
        "entry": pl.Int64(),  # row of the bulk list that the event names; null: the event itself
        "entries": pl.Int64(),  # of a bulk list shown as a whole; null for everything else
        "kind": pl.String(),
        "channel": pl.String(),
        "scope": pl.String(),
        "contact": pl.String(),
        "contact_kind": pl.String(),  # email | phone | domain | digest | person_id | unreadable
        "person_id": pl.String(),
        "method": pl.String(),
        "effective_at": UTC_INSTANT,
        "recorded_at": UTC_INSTANT,
        "feed": pl.String(),
        "words": pl.String(),
        "voided_by": pl.Int64(),  # number of the void by which it counts no longer; null: it counts
    }
)

PUBLICATIONS: Final = pl.Schema(
    {
        "run_id": pl.String(),
        "as_of": UTC_INSTANT,
        "workspace_id": pl.String(),
        "queue_date": pl.Date(),
        "revision": pl.Int64(),
        "manifest_sha256": pl.String(),
        "quality_sha256": pl.String(),
        "identity_generation": pl.String(),
        "inputs_sha256": pl.String(),  # of what it rested on, the day's earlier revisions aside
        "events_seq": pl.Int64(),  # head of the events when it was published
        "recorded_at": UTC_INSTANT,
        "ledger_seq": pl.Int64(),  # its place in the chain of runs
    }
)

NO_SNAPSHOTS: Final = Snapshots(None)
_STOPPED: Final = {"ConsentWithdrawn": "person", "ConsentRefused": "address"}


def permission_events(
    connection: sa.Connection,
    cut: Cut = EVERYTHING,
    snapshots: Snapshots = NO_SNAPSHOTS,
    people: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Everything that says stop, as ``PERMISSION_EVENTS``: one row per statement and token, or one with a null token.

    A withdrawn consent stands here as an opt-out of the person on the consent's channel, a refused one as an opt-out
    of the address. ``effective_at`` is the instant a consent must be newer than: the later of when a stop was received
    and when it was to take effect, and without a date of its own not before it was recorded. Words nobody could
    understand stand here too, as kind ``doubt``; their ``method`` is the code of the doubt. What was voided before the
    cut is not there.

    With ``people`` (``CONTACT_TOKENS``) what concerns none of them is left out, so that long lists stay on disk: what
    names a contact point of nobody among them, and settles no doubt either.
    """
    stated = _single_events(connection, cut)
    wanted = None
    if people is not None:
        doubted = stated.filter(pl.col("kind") == DOUBT).select("token")
        wanted = pl.concat([people.select("token"), doubted]).drop_nulls().unique()
        of_anybody = pl.col("token").is_null() | pl.col("person_id").is_not_null()
        theirs = stated.filter(~of_anybody).join(wanted, on="token", how="semi")
        stated = pl.concat([stated.filter(of_anybody), theirs])
    listed = snapshots.statements(named_snapshots(connection, cut), wanted)
    in_order = stated.sort("word", "token", nulls_last=True)  # as the rows of every snapshot are
    counts = without_voided(connection, pl.concat([in_order, listed]), cut)
    return counts.sort("word", maintain_order=True)


def _single_events(connection: sa.Connection, cut: Cut) -> pl.DataFrame:
    """What single events say, as ``PERMISSION_EVENTS``."""
    body = text_columns("channel", "scope", "person_id", "method")
    kinds = (*SUPPRESSING_KINDS, DOUBT)
    read = {**body, **text_columns("received_at", "code"), "source": _SOURCE}
    told = decoded_events(connection, kinds, cut, read).with_columns(_origin(), _spread_from())
    said = _without_settled_files(connection, told.with_columns(_last_said(), file_of()), cut)
    doubted = pl.when(pl.col("kind") == DOUBT).then("code").otherwise("method")
    said = said.with_columns(doubted.alias("method")).drop("received_at", "code", "source", "file_sha256")
    no_longer = decoded_events(connection, ("consent",), cut, {**body, **text_columns("state")}).filter(
        pl.col("state").is_in(list(_STOPPED))
    )
    withdrawn = no_longer.with_columns(
        pl.lit("optout").alias("kind"),
        pl.col("state").replace_strict(_STOPPED, return_dtype=pl.String).alias("scope"),
        pl.lit(None, dtype=pl.Int64).alias("origin"),
        pl.lit(None, dtype=pl.String).alias("spread_from"),
    ).drop("state")
    tokens = tokens_of_events(connection, (*kinds, "consent"), cut)
    found = (
        pl.concat([said, withdrawn.select(said.columns)])
        .with_columns(word_of(pl.col("seq")))
        .join(tokens, on="seq", how="left")
    )
    return conform(found, PERMISSION_EVENTS)


def _origin() -> pl.Expr:
    """The statement whose spread an event writes down, as ``origin``; null where it writes down none."""
    source = pl.col("source").struct
    spread = pl.when(pl.col("method") == SPREAD).then(source.field("of"))
    return word_of(spread, source.field("entry").fill_null(0)).alias("origin")


def _spread_from() -> pl.Expr:
    """The records that a statement named when its spread was written down, as ``spread_from``."""
    return pl.col("source").struct.field("from").list.join(" ").alias("spread_from")


def consents(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """What was said about consent, as ``CONSENTS``: exact tokens only, one row per event and token.

    A consent given in a file that was taken back is not there, nor a voided withdrawal.
    """
    body = text_columns(*(name for name in CONSENTS if CONSENTS[name] == pl.String and name != "token"), "expires_on")
    told = decoded_events(connection, ("consent",), cut, {**body, "source": SOURCE}).with_columns(file_of())
    gone = recorded_before(connection, told, UNDO, cut).filter(pl.col("state").is_in(GIVEN))
    left = told.join(gone, on="seq", how="anti", maintain_order="left").with_columns(word_of(pl.col("seq")))
    said = without_voided(connection, left, cut).rename({"effective_at": "captured_at"})
    found = said.with_columns(pl.col("expires_on").str.to_date()).join(_exact(connection, "consent", cut), on="seq")
    return conform(found, CONSENTS).sort("seq", "token")


def notices(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """Which notices were sent, as ``NOTICES``; those of a file that was taken back are not there."""
    body = {**text_columns("text_version"), "source": SOURCE}
    told = decoded_events(connection, ("notice",), cut, body).with_columns(file_of())
    gone = recorded_before(connection, told, UNDO, cut)
    sent = told.join(gone, on="seq", how="anti", maintain_order="left").rename({"effective_at": "sent_at"})
    return conform(sent.join(_exact(connection, "notice", cut), on="seq"), NOTICES).sort("seq", "token")


def touches(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """What came of contacts, as ``TOUCHES``; the token is null where only the person is known.

    Of a queue line reported more than once only the newest report is there.
    """
    made = touches_in_force(connection, cut).rename({"effective_at": "at"})
    found = made.with_columns(pl.col("callback_on").str.to_date()).join(
        _exact(connection, "touch", cut), on="seq", how="left"
    )
    return conform(found, TOUCHES).sort("seq", "token", nulls_last=True)


def commitments(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """Queue lines handed out, as ``COMMITMENTS``; ``released`` where one was taken back before the cut."""
    texts = ("person_id", "company_token", "channel", "owner", "queue_date", "run_id", "run_as_of")
    handed = decoded_events(connection, ("commitment",), cut, {**text_columns(*texts), "revision": pl.Int64()})
    back = decoded_events(connection, ("release",), cut, {"commitment_seq": pl.Int64()}).get_column("commitment_seq")
    found = handed.with_columns(
        pl.col("queue_date").str.to_date(),
        instant("run_as_of"),
        pl.col("seq").is_in(back.implode()).alias("released"),
    ).join(_exact(connection, "commitment", cut), on="seq", how="left")
    return conform(found, COMMITMENTS).sort("seq", "token", nulls_last=True)


def open_commitments(connection: sa.Connection, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """Commitments (``COMMITMENTS``) neither released nor followed by a touch of that person or contact point."""
    handed = commitments(connection, cut).filter(~pl.col("released"))
    came = touches(connection, cut).rename({"seq": "touch_seq"})
    answered = pl.concat(
        handed.join(came.select("touch_seq", key), on=key, how="inner")
        .filter(pl.col("touch_seq") > pl.col("seq"))
        .select("seq")
        for key in ("person_id", "token")
    )
    return handed.join(answered.unique(), on="seq", how="anti", maintain_order="left")


def optout_list(connection: sa.Connection, numbers: Sequence[int] | None = None, cut: Cut = EVERYTHING) -> pl.DataFrame:
    """Everything that says stop, for people to read, as ``OPTOUT_LIST``; ``numbers`` limits it to these events."""
    body = text_columns("channel", "scope", "person_id", "method", "contact_kind")
    source = pl.Struct(text_columns("feed"))
    said = decoded_events(connection, SUPPRESSING_KINDS, cut, {**body, "source": source}).with_columns(
        pl.col("source").struct.field("feed")
    )
    if numbers is not None:
        said = said.filter(pl.col("seq").is_in(list(numbers)))
    for kind in ("contact", "words"):
        query = sa.select(erasable.c.ref, erasable.c.value).where(erasable.c.kind == kind)
        plain = fetched(connection, query, {"seq": pl.Int64(), **text_columns(kind)})
        said = said.join(plain, on="seq", how="left", validate="1:1")
    gone = voided_words(connection, cut).rename({"void_seq": "voided_by"})
    said = said.with_columns(word_of(pl.col("seq"))).join(gone, on="word", how="left", validate="1:1")
    return conform(said, OPTOUT_LIST).sort("seq")


def publications(connection: sa.Connection) -> pl.DataFrame:
    """All publications in their order, as ``PUBLICATIONS``."""
    rows = publication_bodies(connection)
    columns = {name: [row.get(name) for row in rows] for name in PUBLICATIONS}
    frame = pl.DataFrame(columns, schema=PUBLICATIONS | text_columns("as_of", "queue_date"))
    return conform(frame.with_columns(instant("as_of"), pl.col("queue_date").str.to_date()), PUBLICATIONS)


def _without_settled_files(connection: sa.Connection, said: pl.DataFrame, cut: Cut) -> pl.DataFrame:
    """Leave out the doubts of files that were taken back, and those by which a list waited that was confirmed."""
    doubts = said.filter(pl.col("kind") == DOUBT)
    waited = doubts.filter(pl.col("code") == WAITING_CODE)
    settled = pl.concat(
        [recorded_before(connection, doubts, UNDO, cut), recorded_before(connection, waited, CONFIRMATION, cut)]
    )
    return said.join(settled, on="seq", how="anti", maintain_order="left")


def _exact(connection: sa.Connection, kind: str, cut: Cut) -> pl.DataFrame:
    return tokens_of_events(connection, (kind,), cut).filter("exact").drop("exact")


def _last_said() -> pl.Expr:
    received = pl.coalesce(instant("received_at", strict=False), "recorded_at")
    return pl.max_horizontal("effective_at", received).alias("effective_at")
