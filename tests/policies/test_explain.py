"""A decision as plain sentences."""

from __future__ import annotations

from typing import Any

import pytest

from policies.effects import Verdict
from policies.explain import VERDICT_SENTENCES, explain

ANSWER: dict[str, Any] = {
    "person_id": "pabc",
    "verdict": "held",
    "as_of": "2026-10-14T06:30:00+00:00",
    "policy_revision": "0123456789abcdef" * 4,
    "next_review_on": None,
    "records": [
        {"source": "summit", "obtained_on": "2026-09-24", "row_number": 3, "verdict": "held"},
        {"source": "guild", "obtained_on": None, "row_number": 7, "verdict": "duplicate"},
    ],
    "channels": {
        "email": {
            "effect": "hold",
            "reasons": [
                {
                    "rule_id": "core.permission.country_unknown",
                    "effect": "hold",
                    "reason": "It is not known in which country they are.",
                    "fix": "Add the country.",
                    "cites": ["Own practice", "GDPR Art. 5"],
                },
                {"rule_id": "local.x", "effect": "warn", "reason": "A remark.", "fix": "", "cites": []},
            ],
        },
        "phone": {"effect": "pass", "reasons": []},
    },
    "suppressions": [],
    "brief": None,
}


def test_a_whole_answer() -> None:
    """Verdict, channels with what would change them, lists; in the order in which one asks."""
    assert explain(ANSWER) == (
        "pabc: held. Is held: something is unknown, stale or in doubt.\n"
        "Judged as of 2026-10-14T06:30:00+00:00 under policy revision 0123456789ab.\n"
        "\n"
        "E-mail: held\n"
        "  [hold] It is not known in which country they are. (core.permission.country_unknown)\n"
        "         What would change that: Add the country.\n"
        "         Source: Own practice; GDPR Art. 5\n"
        "  [warn] A remark. (local.x)\n"
        "\n"
        "Phone: open\n"
        "\n"
        "On these lists:\n"
        "  summit, obtained 2026-09-24, row 3: held\n"
        "  guild, obtained an unknown day, row 7: duplicate"
    )


def test_research_is_asked_for_where_nothing_else_is_in_the_way() -> None:
    """Whoever is held for another reason reads that one first, and the missing brief last."""
    brief = {"rule_id": "core.brief.missing", "effect": "deny", "reason": "No brief.", "fix": "Write one.", "cites": []}
    held = ANSWER["channels"]["email"]["reasons"][0]
    text = explain({**ANSWER, "channels": {"email": {"effect": "deny", "reasons": [brief, held]}}})
    assert text.index("in which country") < text.index("No brief.")


def test_what_was_said_stands_with_its_path() -> None:
    """Every step from the event to the record, the first without an arrow."""
    said = {
        "kind": "optout",
        "stated_or_inferred": "inferred",
        "recorded_at": "2026-10-14T06:30:00+00:00",
        "path": ["event 5 (optout, scope person)", "names the contact point of record abc (summit, row 3)"],
    }
    text = explain({**ANSWER, "verdict": "suppressed", "suppressions": [said]})
    assert "suppressed. Must not be contacted." in text
    assert (
        "What the person or their organisation said:\n"
        "  optout (inferred), recorded 2026-10-14T06:30:00+00:00\n"
        "    event 5 (optout, scope person)\n"
        "    -> names the contact point of record abc (summit, row 3)\n"
    ) in text


def test_nobody_on_a_list_is_said_so() -> None:
    """Somebody known to the ledger alone has no id, no channels and no lists."""
    text = explain({**ANSWER, "person_id": None, "verdict": "suppressed", "records": [], "channels": {}})
    assert text.startswith("Nobody on a list: suppressed. Must not be contacted.")
    assert text.endswith("No list holds this person.")


@pytest.mark.parametrize(
    ("findings", "line"),
    [([], "Brief 12ab: failing"), (["brief.evidence", "brief.who"], "Brief 12ab: failing (brief.evidence, brief.who)")],
)
def test_a_brief_stands_with_what_is_to_mend(findings: list[str], line: str) -> None:
    """Its id, its state and the ids of what the lint found."""
    brief = {"brief_id": "12ab", "state": "failing", "findings": findings}
    assert f"\n\n{line}\n\n" in explain({**ANSWER, "brief": brief})


def test_a_deferred_person_is_told_when() -> None:
    """The day on which they are looked at again."""
    text = explain({**ANSWER, "verdict": "deferred", "next_review_on": "2026-10-15"})
    assert "deferred. May be contacted, but not today.\nLooked at again on 2026-10-15.\n" in text


def test_every_verdict_has_its_sentence() -> None:
    """None is left to guess."""
    assert set(VERDICT_SENTENCES) == set(Verdict)
