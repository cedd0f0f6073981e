"""What is known of the exports of one product: how its file is laid out, and what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Layout", "Section"]


@dataclass(frozen=True, slots=True)
class Section:
    """One table of an export: by what it is recognised, and what it says.

    ``header`` are headers that must all stand in its header line, ``absent`` headers that must not, as
    :func:`~policies.sources.layouts.header_key` gives them; for each pattern in ``header_like`` one header must be such
    a key. ``title`` is a pattern for the only cell of the line that announces it (folded words). A section without
    ``people`` is passed over: it repeats people or describes the event.

    ``columns`` has the export's headers for our fields, those of flags (``email_opt_out``, ``email_opt_in``), of
    ``other_email``, ``other_phone`` and ``email_bounced`` among them. Headers in ``no_flag`` are about none of our
    channels, whatever their wording.

    Two things mend single cells before they are read: ``extract`` keeps the part of a field's cells that its pattern
    names, ``unless`` leaves a column's cell out of account in rows where another column's cell fits a pattern.
    ``marked`` rules out the rows in which a column's cell, as it came, fits a pattern. ``asked`` are fields for which
    organisers put questions of their own: where the columns named for them are missing, headers are gone by.
    """

    id: str
    header: tuple[str, ...]
    header_like: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    title: str | None = None
    people: bool = True
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # our field = the export's headers, best first
    excluded: str | None = None  # why every row of it is ruled out: host, panelist
    opted_out: tuple[str, ...] = ()  # channels that every row of it refuses: the export is a list of those who did
    bounced: bool = False  # nothing arrives under the addresses of any of its rows
    no_flag: tuple[str, ...] = ()  # headers
    asked: tuple[str, ...] = ()  # our fields
    extract: Mapping[str, str] = field(default_factory=dict)  # our field: pattern with one group
    unless: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # header: other header = pattern (folded words)
    marked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # header: reason = pattern


@dataclass(frozen=True, slots=True)
class Layout:
    """One product's export. ``refuse`` says why nothing of it may be used; then fix says what to do instead.

    ``lookups`` say what cells mean: per field, and per header where the columns of one field need words of their own
    (:func:`~policies.sources.layouts.meanings` gives what holds for one column).
    """

    id: str
    product: str
    sections: tuple[Section, ...]
    file_names: tuple[str, ...] = ()  # patterns; given, the name must fit one of them
    footers: tuple[str, ...] = ()  # patterns for the first cell of lines that end it (folded words)
    blanks: tuple[str, ...] = ()  # cells that say nothing in this export: "--"
    separators: tuple[str, ...] = ()  # between several values in one cell: " ::: "
    lookups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # field or header key: folded cell = meaning
    refuse: str | None = None  # message
    refuse_fix: str = ""
    path: str = ""  # of its rule file
