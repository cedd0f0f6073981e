"""How well we know somebody: what lists, answers, consents and referrals make of it, and that it permits nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.effects import Effect
from policies.evaluate import decide
from policies.fact_table.table import gather
from policies.schema import REFERRALS, TOUCHES, conform
from tests.effort import few
from tests.policies.worlds import AS_OF, KEYRING, Consented, Row, Said, base_rules, world

if TYPE_CHECKING:
    from policies.fact_table.table import FactTable
    from policies.inputs import DecisionInputs

ADA, BEN, TEAM = "ada@acme.example", "ben@bolt.example", "+12025550101"
ROWS = (Row(ADA), Row(BEN, surname="Baker", company="Bolt Inc"))
SHARING = (Row(ADA, TEAM), Row("bea@acme.example", TEAM, surname="Baker"))
RULES = base_rules().settings["relationship"]


def token(contact: str) -> str:
    """The exact token of an address or number."""
    kind = "email" if "@" in contact else "phone"
    return KEYRING.first.sign(f"{kind}:{contact}")


def touches(*made: tuple[str, str, int]) -> pl.DataFrame:
    """Touches by contact, outcome and days ago; a contact may be a person's id."""
    rows = [
        {
            "seq": 100 + number,
            "token": None if contact.startswith("p") else token(contact),
            "person_id": contact if contact.startswith("p") else None,
            "channel": "phone" if contact.startswith("+") else "email",
            "at": AS_OF - timedelta(days=days),
            "recorded_at": AS_OF,
            "outcome": outcome,
            "has_note": True,
        }
        for number, (contact, outcome, days) in enumerate(made)
    ]
    return conform(pl.DataFrame(rows, schema=TOUCHES), TOUCHES)


def referring(inputs: DecisionInputs, by: str, to: str, outcome: str = "connected", days: int = 10) -> DecisionInputs:
    """The world with one touch that named somebody else instead."""
    made = touches((by, outcome, days))
    named = made.select("seq", pl.lit(token(to)).alias("token"), pl.lit(value=False).alias("of_name"), "at", "outcome")
    return replace(inputs, touches=made, referrals=conform(named, REFERRALS))


def of_kind(inputs: DecisionInputs, kind: str) -> DecisionInputs:
    """The world with lists of this kind."""
    return replace(inputs, contracts=inputs.contracts.with_columns(pl.lit(kind).alias("source_kind")))


def known(inputs: DecisionInputs) -> dict[str, str]:
    """The relationship of the person behind each address."""
    table = gather(inputs)
    return dict(_by_address(table).select("email", "relationship").iter_rows())


def _by_address(table: FactTable) -> pl.DataFrame:
    return table.records.select("email", "person_id").join(table.people, on="person_id").unique("email")


def test_a_list_says_how_well_we_know_its_people() -> None:
    """Having been in the same building is not having met."""
    kinds = RULES["by_source_kind"]
    inputs = world([Row(f"ada@{kind}.example", company=kind, source=kind) for kind in kinds])
    found = replace(inputs, contracts=inputs.contracts.with_columns(pl.col("source").alias("source_kind")))
    assert known(found) == {f"ada@{kind}.example": relationship for kind, relationship in kinds.items()}


def test_answers_make_a_relationship_that_fades() -> None:
    """In conversation for half a year, then somebody we have met; a no leaves it to the lists, no answer changes it."""
    table: dict[str, tuple[list[tuple[str, int]], str]] = {
        "talked": ([("connected", 10)], "in_conversation"),
        "long-ago": ([("meeting", 190)], "met"),
        "ages-ago": ([("replied", 1100)], "cold"),
        "said-no": ([("connected", 30), ("not_interested", 10)], "cold"),
        "silent": ([("connected", 30), ("no_answer", 10)], "in_conversation"),
        "missed": ([("voicemail", 10)], "cold"),
        "away": ([("out_of_office", 10)], "cold"),
        "never": ([], "cold"),
    }
    made = [(f"ada@{name}.example", outcome, days) for name, (said, _) in table.items() for outcome, days in said]
    rows = [Row(f"ada@{name}.example", company=name) for name in table]
    found = known(replace(world(rows), touches=touches(*made)))
    assert found == {f"ada@{name}.example": relationship for name, (_, relationship) in table.items()}


def test_a_talk_with_one_of_several_who_share_a_number_is_theirs_alone() -> None:
    """At a switchboard nobody else becomes an acquaintance by it; who the talk was with is, by their id."""
    inputs = world(SHARING)
    assert set(known(replace(inputs, touches=touches((TEAM, "connected", 5)))).values()) == {"cold"}
    ada = _by_address(gather(inputs)).row(by_predicate=pl.col("email") == ADA, named=True)["person_id"]
    by_id = touches((ada, "connected", 5)).with_columns(pl.lit(token(TEAM)).alias("token"))
    assert known(replace(inputs, touches=by_id)) == {ADA: "in_conversation", "bea@acme.example": "cold"}


def test_who_gave_consent_asked_to_hear_from_us() -> None:
    """While it is in force."""
    rows = [Row(ADA), Row(BEN, company="Bolt Inc"), Row("cho@dyn.example", company="Dyn Inc")]
    consents = [
        Consented(ADA),
        Consented(BEN, state="ConsentWithdrawn"),
        Consented("cho@dyn.example", days_ago=40, expires_in=-1),
    ]
    assert known(world(rows, given=consents)) == {ADA: "inquired", BEN: "cold", "cho@dyn.example": "cold"}


def test_whom_somebody_named_instead_is_referred() -> None:
    """For a year, and only where they are on a list; a deputy in an absence note is nobody's recommendation."""
    table = {"recent": ("connected", 10), "gate": ("wrong_person", 10), "old": ("connected", 400)}
    table |= {"absent": ("out_of_office", 10)}
    rows = [Row(f"{who}@{name}.example", company=f"{who}{name}") for name in table for who in ("by", "to")]
    made = touches(*((f"by@{name}.example", outcome, days) for name, (outcome, days) in table.items()))
    named = pl.Series("token", [token(f"to@{name}.example") for name in table])
    noted = made.select("seq", named, pl.lit(value=False).alias("of_name"), "at", "outcome")
    found = known(replace(world(rows), touches=made, referrals=conform(noted, REFERRALS)))
    assert {email for email, how in found.items() if how == "referred"} == {"to@recent.example", "to@gate.example"}


def test_nobody_refers_themselves_and_a_shared_mailbox_is_nobody() -> None:
    """A further address of one's own is no referral; under a number of several nobody can tell who was meant."""
    own = (Row(ADA, "+12025550102"),)
    assert known(referring(world(own), ADA, "+12025550102", "wrong_person"))[ADA] == "cold"
    assert set(known(referring(world((*SHARING, ROWS[1])), BEN, TEAM, "wrong_person")).values()) == {"cold"}


@pytest.mark.parametrize(
    ("rows", "referred"),
    [
        ((Row(ADA), Row("bea@acme.example", surname="Baker")), {"bea@acme.example"}),
        ((Row(ADA), Row(BEN, surname="Baker", company="Bolt Inc")), set()),
        ((Row(ADA), Row("bea@acme.example", surname="Baker"), Row("ada.b@acme.example", surname="Baker")), set()),
        ((Row(ADA), Row("bea@acme.example", surname="Baker"), Row(BEN, surname="Baker")), set()),
    ],
)
def test_a_name_is_enough_for_a_colleague_nobody_shares_it_with(rows: tuple[Row, ...], referred: set[str]) -> None:
    """At the company of whoever named them; a namesake elsewhere, or two of one name, are nobody."""
    inputs = world(rows)
    made = touches((ADA, "connected", 5))
    noted = made.select("seq", pl.lit("name").alias("token"), pl.lit(value=True).alias("of_name"), "at", "outcome")
    held = inputs.records.filter(pl.col("surname_key") == "baker").select(pl.lit("name").alias("token"), "record_id")
    found = known(replace(inputs, touches=made, referrals=conform(noted, REFERRALS), named=held))
    assert {email for email, relationship in found.items() if relationship == "referred"} == referred


def test_a_referral_permits_no_call() -> None:
    """Where the law asks for an interest of theirs, a name noted after a call is none; a list of referrals may be."""
    rows = (Row(ADA, "+493023125001", country="DE"), Row(BEN, "+493023125002", surname="Baker", country="DE"))
    inputs = world(rows)
    noted = decide(referring(inputs, ADA, BEN, "wrong_person"))
    plain = decide(inputs)
    listed = decide(of_kind(inputs, "referral"))
    deny = Effect.DENY.value
    calls = [found.outcomes.filter(channel="phone").get_column("permission") for found in (noted, plain, listed)]
    assert [(found == deny).any() for found in calls] == [True, True, False]


LANES = {"phone": set(RULES["call_first"]), "email": set(RULES["order"]) - set(RULES["call_first"])}


@few(8)
@given(
    kind=st.sampled_from(sorted(RULES["by_source_kind"])),
    country=st.sampled_from(["US", "GB", "DE", "FR", None]),
    said=st.sampled_from([None, "email", "phone", "any"]),
    consent=st.sampled_from([None, "email", "phone"]),
    outcome=st.sampled_from([None, "connected", "no_answer", "not_interested"]),
    days=st.integers(8, 60),
)
def test_a_channel_without_permission_is_never_chosen(
    kind: str, country: str | None, said: str | None, consent: str | None, outcome: str | None, days: int
) -> None:
    """Whoever is in the queue is reached as their relationship asks where both are open, never where one is closed."""
    row = Row(ADA, "+12025550103", country=country)
    stops = [Said(ADA, channel=said)] if said else []
    given_by = [Consented(ADA if consent == "email" else "+12025550103", channel=consent)] if consent else []
    inputs = of_kind(world((row,), stops, given_by, briefed=[ADA]), kind)
    decision = decide(replace(inputs, touches=touches((ADA, outcome, days))) if outcome else inputs)
    chosen = decision.best.join(decision.places.drop_nulls("rank"), on="person_id")
    if chosen.is_empty():
        return
    channel = chosen.get_column("channel")[0]
    open_to = decision.outcomes.filter(pl.col("permission") < Effect.HOLD.value).get_column("channel").to_list()
    assert channel in open_to
    best = decision.outcomes.filter(pl.col("outcome") == "queued").get_column("channel").to_list()
    if set(best) == {"email", "phone"}:
        assert decision.table.people.get_column("relationship")[0] in LANES[channel]
