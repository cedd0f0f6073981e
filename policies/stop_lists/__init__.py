"""What a list of people who opted out says about each of them: everybody is stopped unless the list says otherwise."""

from __future__ import annotations

from policies.stop_lists.columns import ColumnWords
from policies.stop_lists.meaning import ListMeaning, RowWord, meaning_of

__all__ = ["ColumnWords", "ListMeaning", "RowWord", "meaning_of"]
