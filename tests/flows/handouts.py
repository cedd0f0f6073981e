"""A queue handed out, for the tests of its formats: two invented people, one of them hostile."""

from __future__ import annotations

from typing import Final

import polars as pl

from flows.exports.handout import BriefPart, Handout, Known, Note, QueueFacts
from policies.schema import QUEUE, conform
from tests.policies.brief_texts import FULL

__all__ = ["EVIL", "FACTS", "MARLENE", "handout", "line"]

FACTS: Final = QueueFacts(
    run_id="20261014T063000Z-000000000001",
    queue_date="2026-10-14",
    valid_until="2026-10-15T00:00:00+02:00",
    organisation="Harbour & Sons",
    owner="nadia",
    in_force=True,
    timezone="Europe/Berlin",
)
MARLENE, EVIL = "pmarlene", "pevil"
_PARTS: Final = {"Opening line": "opening_line", "Questions to ask": "questions"}
_BRIEF: Final = tuple(
    BriefPart(_PARTS.get(heading), heading, body.strip())
    for heading, _, body in (part.partition("\n") for part in FULL.partition("\n## ")[2].split("\n## "))
)
_TEMPLATE: Final = {
    "rank": 1,
    "person_id": MARLENE,
    "full_name": "Marlene Okonkwo",
    "salutation_name": "Marlene",
    "job_title": "Head of Terminals",
    "company": "Kestrel Works",
    "channel": "phone",
    "contact_point": "+12025550123",
    "not_before": "2026-10-14T10:00:00-05:00",
    "not_after": "2026-10-14T17:00:00-05:00",
    "timezone": "America/Chicago",
    "owner": "nadia",
    "relationship": "met",
    "warmth": 20,
    "brief_id": "0123456789abcdef",
    "opening_line": "Your talk on <b>tides</b> stayed with me.",
    "lawful_basis": "legitimate_interest",
    "permission_evidence": "source contract fair, under the law of US",
    "must_include": (
        "Say first: 'My name is (your full name).' Say: 'I am calling for Harbour & Sons.' Say before anything else: "
        "'This is a sales call about (what it is about).' If they want no more calls, say that none will follow, and "
        "enter asked_to_stop."
    ),
    "provenance": "fair (obtained 2026-09-20, file 01234567, row 3)",
}
_EVIL: Final = {
    "rank": 2,
    "person_id": EVIL,
    "full_name": "=cmd|'/c calc'!A1\r\nBEGIN:VALARM",
    "salutation_name": "\x1b[31m",
    "job_title": "<script>alert(1)</script>",
    "company": "@SUM(1+1)\nATTENDEE:mailto:b@kestrel.example",
    "channel": "email",
    "contact_point": "a?bcc=b@kestrel.example",
    "timezone": "Europe/Paris",
    "not_before": "2026-10-14T10:00:00+02:00",
    "not_after": "2026-10-14T17:00:00+02:00",
    "relationship": "cold",
    "opening_line": "-1+1 <img src=x onerror=alert(1)>",
    "must_include": "Name yourself and Harbour & Sons.",
    "provenance": "=HYPERLINK(1)",
}


def line(**changed: object) -> pl.DataFrame:
    """One line of a queue (``QUEUE``), the usual one but for what is given."""
    return conform(pl.DataFrame([_TEMPLATE | changed], infer_schema_length=None), QUEUE)


def handout(**facts: object) -> Handout:
    """Two people: one with a full brief and a note, and one whose every cell is an attack."""
    known = {
        MARLENE: Known(
            given_name="Marlene",
            family_name="Okonkwo",
            brief=_BRIEF,
            brief_by="nadia, 2026-10-01",
            note=Note("2026-09-22", "phone", "call_back", "nadia", "Berth 4 is the bottleneck.", "Send the map", None),
        ),
        EVIL: Known(
            brief=(
                BriefPart(
                    "evidence",
                    "Evidence",
                    "- 2026-09-16: <b>x</b> ![i](https://t.example/p.png) [y](javascript:alert(1))",
                ),
            ),
            note=Note("2026-09-22", "email", "replied", None, "<i>said</i>", None, "<u>them</u>"),
        ),
    }
    lines = pl.concat([line(), line(**dict.fromkeys(_TEMPLATE) | _EVIL)])
    return Handout(lines, FACTS._replace(**facts), known)  # type: ignore[arg-type]  # whatever a test changes
