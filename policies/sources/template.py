"""The contract to fill in for a list that came without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.sources.contract import CHANNEL_NAMES, KINDS, LAWFUL_BASES, REVEALS, ROLES
from policies.sources.values import toml_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["template"]

_QUESTIONS: Final = (
    ("name", "<what is this list called?>", "As it is to be named in messages: the event, the register, the form."),
    ("kind", f"<{' | '.join(KINDS)}>", None),
    ("supplier", "<who gave us this list?>", 'Write "ourselves" where we collected it.'),
    (
        "role",
        f"<{' | '.join(ROLES)}>",
        "What the supplier is under data protection law: controller of its own, joint with us, or processor.",
    ),
    ("agreement", "<which agreement covers it, and where is it filed?>", None),
    (
        "obtained_on",
        "<the day we got it, as 2026-09-14>",
        "Lists that come in several files: name each under [files] instead.",
    ),
    ("obtained_how", "<how did it reach us?>", None),
    ("told", "<the words shown to the people when they gave their data>", "Word for word: they decide what we may do."),
    ("purposes", ["<what the people were told it is for, such as direct_marketing>"], None),
    ("channels", [f"<{' | '.join(CHANNEL_NAMES)}>"], "Only the channels the people were told about."),
    ("third_party_marketing", "<true | false>", "Were they told that others than the supplier may write to them?"),
    ("solicitation_forbidden", "<true | false>", "Do the terms of the list forbid soliciting its people?"),
    (
        "membership_reveals",
        f"<{' | '.join(REVEALS)}>",
        "What being on the list says about a person; anything but none is refused.",
    ),
    ("lawful_basis", f"<{' | '.join(LAWFUL_BASES)}>", None),
    ("lia_ref", "<where the balancing test is filed, under legitimate_interest>", None),
    ("default_country", "<two letters, if all people are in one country; else delete this line>", None),
    ("expires_on", "<until when may we use it?>", None),
    ("approved_by", "<who has checked all this?>", None),
    ("approved_on", "<when?>", None),
)


def template(source_id: str, columns: Mapping[str, Sequence[str]] | None = None, note: str = "") -> str:
    """A contract for ``source_id`` as TOML text, everything unknown being a placeholder that holds the list.

    ``columns`` are the headers found for our fields (from a mapping or a proposal); ``note`` is one line for the top.
    """
    lines = [
        f"# Source contract for the lists in data/inbox/lists/{source_id}/. Fill in every <...>, save this as",
        f"# rules/sources/{source_id}.toml and drop the list again. What stays open holds everybody on the list.",
    ]
    lines += [f"# {note}"] if note else []
    lines += ["", f"id = {toml_text(source_id)}"]
    for field, question, hint in _QUESTIONS:
        lines += [f"# {hint}"] if hint else []
        lines.append(f"{field} = {toml_text(question)}")
    lines += ["", "# our field = the header in the list", "[columns]"]
    for field, headers in sorted((columns or {}).items()):
        lines.append(f"{field} = {toml_text(headers[0] if len(headers) == 1 else list(headers))}")
    lines += ["", *_EXAMPLES]
    return "\n".join(lines) + "\n"


_EXAMPLES: Final = (
    "# what stands in a cell = what it means",
    "# [lookups.country]",
    '# "Bavaria" = "DE"',
    "",
    "# what every file of this list must look like; else it is refused",
    "# [expect]",
    "# rows = { min = 500, max = 700 }",
    "# fill.email = { min = 0.9 }",
    "# range.employees = { min = 1, max = 500_000 }",
    "# range.asked_on = { min = 2026-01-01 }",
    "# length.postal_code = { max = 10 }",
)
