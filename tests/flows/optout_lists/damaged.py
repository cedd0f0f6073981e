"""Empty, cut-off and short files: what can be read counts, and the file goes to quarantine."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Final

import xlsxwriter

from tests.flows.optout_lists.model import OptOutList, digest

__all__ = ["DAMAGED"]

_MANY = "email\nann.adler@acme.example\n" + "".join(f"person{number}@example.org\n" for number in range(200))
_MD5 = digest("md5", "ben@bolt.example")


def _workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """A workbook with these rows on each sheet."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return stream.getvalue()


def _archive(members: dict[str, str]) -> bytes:
    """A zip archive of these texts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return stream.getvalue()


_AUDIENCE: Final = {
    "subscribed_members_export.csv": "Email Address,First Name\nben@bolt.example,Ben\n",
    "unsubscribed_members_export.csv": "Email Address,First Name\nann.adler@acme.example,Ann\n",
    "cleaned_members_export.csv": "Email Address,First Name\nfay@fern.example,Fay\n",
}
_HEADED: Final[list[list[object]]] = [["Email", "Name"]]
_BOOK: Final = _workbook({"List": [*_HEADED, ["ann.adler@acme.example", "Ann"], ["ben@bolt.example", "Ben"]]})
_SHEETS: Final = _workbook(
    {
        "Subscribed": [*_HEADED, ["ben@bolt.example", "Ben"]],
        "Unsubscribed": [*_HEADED, ["ann.adler@acme.example", "Ann"]],
        "Cleaned": [*_HEADED, ["fay@fern.example", "Fay"]],
    }
)
_NUMBERS: Final = _workbook({"DNC": [["Phone", "Country"], [7700900104, "United Kingdom"], [3125550101, "US"]]})

DAMAGED: Final = (
    OptOutList("a workbook cut off", _BOOK[:-200], "ann ben", name="list.xlsx", quarantined="unreadable_file"),
    OptOutList("a sheet for each state", _SHEETS, "ann", bounces="fay", name="list.xlsx"),
    OptOutList("a workbook that ate zeros, with countries", _NUMBERS, "ann dee", name="list.xlsx"),
    OptOutList("all on one line", "Ann Adler <ann.adler@acme.example>, <ben@bolt.example>", "ann ben"),
    OptOutList("nothing at all", "", quarantined="empty_file"),
    OptOutList("a header alone", "email,reason\n", quarantined="no_rows"),
    OptOutList("a bare header alone", "email\n", quarantined="no_rows"),
    OptOutList(
        "cut within an address", "email\nann.adler@acme.example\nben@bolt.exam", "ann", quarantined="file_truncated"
    ),
    OptOutList("cut before the host", "ann.adler@acme.example\nben@", "ann", quarantined="file_truncated", rejects=1),
    OptOutList(
        "cut within a row",
        "email,reason,day\nann.adler@acme.example,x,1\nben@bolt.example,y",
        "ann ben",
        quarantined="file_truncated",
        rejects=1,
    ),
    OptOutList(
        "cut within a digest",
        f"{digest('md5', 'ann.adler@acme.example')}\n{_MD5[:20]}",
        "ann",
        quarantined="file_truncated",
        rejects=1,
    ),
    OptOutList(
        "fewer rows than its total",
        "email\nann.adler@acme.example\n\nTotal records: 5\n",
        "ann",
        quarantined="file_truncated",
    ),
    OptOutList(
        "fewer rows than its heading",
        "# 3 contacts\nann.adler@acme.example\nben@bolt.example\n",
        "ann ben",
        quarantined="file_truncated",
    ),
    OptOutList(
        "a whole archive", gzip.compress(b"email\nann.adler@acme.example\n", mtime=0), "ann", name="list.csv.gz"
    ),
    OptOutList(
        "an archive cut off",
        gzip.compress(_MANY.encode(), mtime=0)[:-60],
        "ann",
        name="list.csv.gz",
        rejects=1,
        quarantined="file_truncated",
    ),
    OptOutList("an archive of an audience", _archive(_AUDIENCE), "ann", bounces="fay", name="audience.zip"),
    OptOutList(
        "an archive with an empty list",
        _archive(_AUDIENCE | {"complaints.csv": "Email\n"}),
        "ann",
        bounces="fay",
        name="audience.zip",
        quarantined="no_rows",
    ),
    OptOutList(
        "JSON cut off",
        '[{"email":"ann.adler@acme.example"},{"email":"ben@bo',
        "ann",
        name="unsubscribes.json",
        quarantined="json_not_a_list",
    ),
    OptOutList(
        "a web page named as a workbook",
        "<html><table><tr><td>ann.adler@acme.example</td></tr></table></html>",
        "ann",
        name="list.xls",
        quarantined="web_page",
    ),
    OptOutList(
        "fewer rows than declared beside it",
        "email\nann.adler@acme.example\n",
        "ann",
        sidecar="rows = 10\n",
        quarantined="file_truncated",
    ),
)
