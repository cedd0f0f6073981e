"""Why a file cannot be read at all: stable codes with what to do. None of them quotes the file."""

from __future__ import annotations

from typing import Final

from policies.errors import RefusedFile

__all__ = ["refuse"]

_RESAVE: Final = "Open it in a spreadsheet program and save it as CSV (UTF-8) or XLSX."
_REASONS: Final = {
    "empty_file": ("The file is empty.", "Export the list again; an empty file never means an empty list."),
    "no_rows": (
        "The file has a header and no rows.",
        "Export the list again; a header alone never means an empty list.",
    ),
    "no_header": (
        "The first line holds data, not the names of columns.",
        "Add a header line, such as: full_name, email, company, country.",
    ),
    "zip_named_csv": (
        "This is an archive under the name of a text file.",
        "Unpack it and drop the file inside; a workbook must be named .xlsx.",
    ),
    "zip_archive": ("This is an archive, not a list.", "Unpack it and drop the file inside."),
    "format_unsupported": ("Files of this kind cannot be read as a list.", _RESAVE),
    "not_a_table": ("This is no text and no spreadsheet.", "Drop the list as CSV or XLSX."),
    "encoding_unclear": ("The text is in no encoding that can be told with certainty.", "Save it as CSV (UTF-8)."),
    "unreadable_file": ("The file is damaged or protected by a password.", _RESAVE),
    "no_sheet": ("The workbook has no sheet with anything in it.", "Drop the workbook that holds the list."),
    "file_too_large": ("The file is larger than one list may be.", "Split it into several files."),
    "password_protected": (
        "The file is protected by a password.",
        "Open it, remove the password and save it again, or save it as CSV (UTF-8).",
    ),
    "has_macros": (
        "The workbook holds macros; programs of others are not let in.",
        "Save it as XLSX without macros, or as CSV (UTF-8).",
    ),
    "web_page": ("This is a web page or XML, whatever its name says.", _RESAVE),
    "json_not_a_list": (
        "The JSON is no list of records: one object a line, or one array of objects.",
        "Export it as JSON lines or CSV.",
    ),
    "took_too_long": (
        "Reading the file took longer than any list takes.",
        "Split it into several files, or save it as CSV.",
    ),
    "took_too_much_memory": (
        "Reading the file took more memory than any list takes.",
        "Split it into several files, or save it as CSV (UTF-8).",
    ),
    "reader_stopped": ("The file made its reader stop; nothing of it was taken in.", _RESAVE),
    "too_many_columns": ("The file has more columns than a list can have.", "Export only the columns that are needed."),
    "contact_cards": (
        "These are contact cards (vCard), not a table.",
        "Import them into a contacts program and export the contacts as CSV.",
    ),
    "calendar": (
        "This is a calendar, not a list of people.",
        "Export the participants of the event as CSV.",
    ),
    "mail_message": (
        "This is an e-mail message, not a list.",
        "Save the list that is attached to it, or put the people into a table, and drop that.",
    ),
    "not_a_list": ("The text is not arranged in columns and rows.", _RESAVE),
}


def refuse(code: str, **details: object) -> RefusedFile:
    """The refusal of this code, for the caller to raise; ``details`` hold counts and kinds, never content."""
    message, fix = _REASONS[code]
    if likely := details.get("looks_like"):
        message = f"{message} It looks like {likely}."
        fix = f"Open it with that encoding (in a spreadsheet: import text, file origin), check the names, and: {fix}"
    return RefusedFile(code, message, fix, details)
