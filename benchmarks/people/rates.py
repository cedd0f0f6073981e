"""How often everything happens in the generated lists: one table, because figures about leaks depend on it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

__all__ = ["CULTURES", "Rates"]

# Whose names they are, as parts of the people.
CULTURES: Final = {
    "en": 0.25, "de": 0.10, "fr": 0.08, "es": 0.08, "it": 0.05, "pt": 0.045, "nl": 0.045, "nordic": 0.04, "pl": 0.03,
    "cz": 0.02, "hu": 0.015, "tr": 0.025, "vi": 0.015, "in": 0.045, "ru": 0.055, "gr": 0.015, "ar": 0.045,
    "zh": 0.045, "ja": 0.035, "ko": 0.02,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares between 0 and 1: of the people, of the companies, or of the rows a thing can happen to."""

    # how often a person is on the lists: once, twice, ...
    appearances: tuple[float, ...] = (0.50, 0.24, 0.125, 0.07, 0.035, 0.02, 0.01)
    twice_on_a_list: float = 0.015
    opted_out: float = 0.03
    optout_by_mail: float = 0.9

    # people
    rare_surname: float = 0.35  # from the synthetic tail
    job_change: float = 0.2
    second_job_change: float = 0.06
    marriage: float = 0.06  # of women: another surname from a day on
    marriage_double: float = 0.35  # of these: both surnames
    keeps_mailbox_name: float = 0.5  # of these: the mailbox keeps the maiden name
    private_mailbox: float = 0.6
    middle_name: float = 0.2
    joined_given: float = 0.05
    western_given: float = 0.25  # Chinese people who also go by an English given name
    abroad: float = 0.12  # lives in another country than the name is from

    # people who are easily taken for one another
    namesake_at_firm: float = 0.012
    sibling_at_firm: float = 0.006
    twins_at_firm: float = 0.005  # same surname, given names with one beginning
    father_and_son: float = 0.01
    spouses: float = 0.01  # one private mailbox for two
    namesake_in_town: float = 0.02
    assistant: float = 0.01  # registered with the assistant's mailbox
    recycled_mailbox: float = 0.006  # a later employee has the mailbox of one who left
    recycled_direct: float = 0.01  # a later employee has the direct number of one who left
    recycled_mobile: float = 0.015  # somebody anywhere has it, years later

    # companies
    people_per_company: float = 12.0
    franchise: float = 0.06  # of the companies are one of some twenty with one name
    acquired: float = 0.06
    alias_domain: float = 0.07
    subsidiary: float = 0.05
    same_name_other_firm: float = 0.05
    traded_as: float = 0.04

    # rows
    nickname: float = 0.12
    given_as_initial: float = 0.02
    typo_surname: float = 0.025
    typo_given: float = 0.015
    typo_mailbox: float = 0.006
    typo_company: float = 0.02
    other_romanisation: float = 0.2  # of names from another script
    role_mailbox: float = 0.05
    switchboard: float = 0.3
    extension: float = 0.08  # of the direct numbers are written as extension of the switchboard
    by_assistant: float = 0.6  # of the rows of those who have one
    suffix_given: float = 0.5  # Jr. and Sr. are written
    both_surnames: float = 0.45  # of Spanish and Portuguese people
    particle_moved: float = 0.15  # "Berg, van den", or left out
    plus_tag: float = 0.02
    letters: float = 0.03  # PhD, MBA
    mail_in_capitals: float = 0.08

    def table(self) -> str:
        """The rates as printed beside every figure."""
        lines = []
        for field in fields(self):
            value = getattr(self, field.name)
            shown = " ".join(f"{share:g}" for share in value) if isinstance(value, tuple) else f"{value:g}"
            lines.append(f"  {field.name.replace('_', ' '):<24}{shown}")
        return "rates of the generator\n" + "\n".join(lines)
