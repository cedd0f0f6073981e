"""The fields a column of a list can be, under the names that source contracts and header synonyms use."""

from __future__ import annotations

from typing import Final

__all__ = [
    "CONTACT_FIELDS",
    "FIELDS",
    "FLAG_FIELDS",
    "FLAG_MEANINGS",
    "LIST_FIELDS",
    "NAME_FIELDS",
    "OPT_OUT_FIELDS",
    "SEVERAL_COLUMNS",
    "flag_channel",
]

NAME_FIELDS: Final = ("full_name", "given_name", "family_name")
CONTACT_FIELDS: Final = ("email", "phone")
# Cells of an "out" column say that the person is not to be contacted, cells of an "in" column that they may be.
OPT_OUT_FIELDS: Final = ("email_opt_out", "phone_opt_out")
FLAG_FIELDS: Final = (*OPT_OUT_FIELDS, "email_opt_in", "phone_opt_in")
FLAG_MEANINGS: Final = ("yes", "no", "blank")  # what a lookup may say that a cell of theirs means
LIST_FIELDS: Final = (
    *NAME_FIELDS,
    "salutation_name",
    *CONTACT_FIELDS,
    "other_email",
    "other_phone",
    "phone_extension",
    "company",
    "job_title",
    "country",
    "region",
    "city",
    "postal_code",
    "excluded_by_file",
    "sector",
    "employees",
    "born_on",
    "age",
    "email_bounced",
    "asked_on",
    "asked_about",
)
FIELDS: Final = (*LIST_FIELDS, *FLAG_FIELDS)
# Read from every column that is one, a contact point from the first that is filled; everything else comes from one.
SEVERAL_COLUMNS: Final = frozenset(
    {*FLAG_FIELDS, *CONTACT_FIELDS, "excluded_by_file", "email_bounced", "other_email", "other_phone"}
)


def flag_channel(field: str) -> str:
    """The channel a flag field speaks about: email or phone."""
    return field.partition("_")[0]
