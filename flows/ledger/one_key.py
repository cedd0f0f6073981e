"""After a rotation: contact points under one name again, so that what was said under two keys is comparable.

Whether a consent lifts an opt-out, a reply settles a doubt or a touch answers another is asked token by token. An event
made after a rotation names the same contact point by another token than one made before it. So wherever records are at
hand, tokens made with newer keys are replaced by what the oldest would have made: decisions then rest on the very same
frames, whenever a key came in between. With one key nothing is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ledger.screening import contact_tokens, same_tokens

if TYPE_CHECKING:
    from collections.abc import Collection

    from flows.ledger.keys import Keyring

__all__ = ["OneKey"]


class OneKey:
    """The tokens of some records, and how to bring frames of events under the oldest key."""

    def __init__(self, keyring: Keyring, records: pl.DataFrame, kinds: Collection[str] | None = None) -> None:
        """``kinds`` as in ``contact_tokens``."""
        self.as_made = contact_tokens(keyring, records, kinds)  # under every key, as the ledger has them
        self._first = same_tokens(keyring, records, kinds)

    @property
    def tokens(self) -> pl.DataFrame:
        """``CONTACT_TOKENS`` of the records, each contact point under one name."""
        if self._first.is_empty():
            return self.as_made
        return self.named(self.as_made).sort("record_id", "channel", "match", "token")

    def named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame with ``token`` under the names of :attr:`tokens`; tokens of nobody among the records stay."""
        if self._first.is_empty():
            return frame
        number = next(name for name in ("word", "seq", "record_id") if name in frame.columns)
        renamed = (
            frame.join(self._first, on="token", how="left", validate="m:1", maintain_order="left")
            .with_columns(pl.coalesce("first", "token").alias("token"))
            .drop("first")
        )
        return renamed.unique(maintain_order=True).sort(number, "token", nulls_last=True, maintain_order=True)

    def name_of(self, token: str) -> str:
        """The name of one token."""
        found = self._first.filter(pl.col("token") == token).get_column("first")
        return str(found[0]) if len(found) else token
