"""The laws of the contract as properties of one decision, over invented worlds of a few people on several lists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from policies.evaluate import decide
from policies.outputs import decisions_frame
from policies.rule_files import RuleFile
from policies.rulebook import load
from tests.policies.worlds import Consented, Row, Said, base_rules, reordered, world

if TYPE_CHECKING:
    from policies.evaluate import Decision
    from policies.inputs import DecisionInputs

EMAILS = (
    "ada@acme.example",
    "ada+news@acme.example",
    "ada.okafor@example.org",
    "bea@acme.example",
    "info@acme.example",
    "c.d@example.net",
)
PHONES = ("+12025550101", "+12025550102", "+442079460123")

rows = st.builds(
    Row,
    email=st.sampled_from((None, *EMAILS)),
    phone=st.sampled_from((None, *PHONES)),
    surname=st.sampled_from(("Okafor", "Ruiz")),
    country=st.sampled_from(("US", "DE", "GB", None, "BR")),
    source=st.sampled_from(("summit", "guild")),
).filter(lambda row: row.email is not None or row.phone is not None)
lists = st.lists(rows, min_size=1, max_size=7)
said = st.lists(
    st.builds(
        Said,
        contact=st.sampled_from((*EMAILS, *PHONES)),
        kind=st.sampled_from(("optout", "objection", "complaint")),
        channel=st.sampled_from(("any", "email", "phone")),
        scope=st.sampled_from(("person", "address")),
        days_ago=st.integers(1, 30),
    ),
    max_size=4,
)
consents = st.lists(
    st.builds(
        Consented,
        contact=st.sampled_from(EMAILS),
        state=st.sampled_from(("ConsentGiven", "RenewedConsentGiven")),
        days_ago=st.integers(1, 30),
    ),
    max_size=3,
)

OWN_WORD = ("opted_out", "objected", "complained")


def stopped(decision: Decision) -> set[tuple[str, str]]:
    """Contact points (record, channel) that somebody's own word stops."""
    facts = decision.table.permission.facts.filter(pl.any_horizontal(*OWN_WORD, "address_opted_out"))
    return set(facts.select("record_id", "channel").iter_rows())


def eligible(decision: Decision) -> set[tuple[str, str]]:
    """Person and channel that neither permission nor fit nor a missing brief forbids."""
    open_points = decision.outcomes.filter(pl.max_horizontal("permission", "fit", "brief") < 2)
    return set(open_points.select("person_id", "channel").iter_rows())


def decisions(inputs: DecisionInputs) -> pl.DataFrame:
    """The decisions of a run over ``inputs``."""
    decision = decide(inputs)
    return decisions_frame(
        inputs.records,
        decision.table.subjects.rows,
        decision.people,
        run_id="run",
        policy_revision="revision",
        as_of=inputs.as_of,
    )


@given(lists, said, consents)
def test_an_opt_out_covers_every_record_of_the_person(
    people: list[Row], words: list[Said], given_: list[Consented]
) -> None:
    """Law 2: whoever said no for all channels under a mailbox of their own is open under none of their records."""
    personal = [
        word for word in words if word.channel == "any" and word.scope == "person" and "info@" not in word.contact
    ]
    decision = decide(world(people, personal))
    records = decision.table.subjects.records
    named = {word.contact.replace("+news", "") for word in personal}
    hit = records.filter(pl.col("email_equiv").is_in(named) | pl.col("phone").is_in(named))
    shared = records.filter(pl.col("email_shared") | pl.col("phone_shared")).get_column("record_id")
    reached = set(hit.filter(~pl.col("record_id").is_in(shared.implode())).get_column("person_id"))
    open_people = {person for person, _ in eligible(decision)}
    verdicts = dict(decision.people.select("person_id", "person_verdict").iter_rows())
    assert not reached & open_people
    assert {verdicts[person] for person in reached} <= {"suppressed"}


@given(lists, said, rows)
def test_more_records_never_lift_an_opt_out(people: list[Row], words: list[Said], another: Row) -> None:
    """Law 1: what was stopped stays stopped when another list brings another row."""
    before = stopped(decide(world(people, words)))
    after = stopped(decide(world([*people, another], words)))
    assert before <= after


@given(lists, said, said)
def test_more_words_never_lift_an_opt_out(people: list[Row], words: list[Said], more: list[Said]) -> None:
    """Law 1: further opt-outs, objections and complaints only ever add."""
    assert stopped(decide(world(people, words))) <= stopped(decide(world(people, [*words, *more])))


@given(lists, said, consents)
def test_only_a_newer_consent_for_the_same_contact_lifts(
    people: list[Row], words: list[Said], given_: list[Consented]
) -> None:
    """Law 1: a contact point is freed only where a consent for exactly it is newer than what stopped it."""
    inputs = world(people, words, given_)
    freed = stopped(decide(replace(inputs, consents=inputs.consents.clear()))) - stopped(decide(inputs))
    emails = dict(inputs.records.select("record_id", "email").iter_rows())
    for record, channel in freed:
        assert channel == "email"
        own = [consent for consent in given_ if consent.contact == emails[record]]
        against = [word for word in words if word.contact == emails[record] and word.kind != "complaint"]
        assert any(consent.days_ago < word.days_ago for consent in own for word in against)


@given(lists, consents)
def test_a_consent_helps_its_own_contact_point_alone(people: list[Row], given_: list[Consented]) -> None:
    """Law 2: no other address of the person gains from a consent."""
    decision = decide(world(people, (), given_))
    valid = decision.table.points.filter("consent_valid").select("contact", "channel")
    assert set(valid.iter_rows()) <= {(consent.contact, consent.channel) for consent in given_}


@given(lists, said, consents, st.integers(0, 2**16))
def test_the_order_of_rows_changes_nothing(
    people: list[Row], words: list[Said], given_: list[Consented], seed: int
) -> None:
    """Laws 2 and 6: the same world in another order gives the same decisions and the same reasons."""
    inputs = world(people, words, given_)
    mixed = reordered(inputs, seed)
    assert_frame_equal(decisions(inputs), decisions(mixed))
    assert_frame_equal(decide(inputs).reasons, decide(mixed).reasons)


@given(lists, said, consents)
def test_every_row_gets_one_verdict(people: list[Row], words: list[Said], given_: list[Consented]) -> None:
    """Conservation: rows read are rows decided, one kept row per person."""
    inputs = world(people, words, given_)
    decided = decisions(inputs)
    assert decided.height == inputs.records.height
    assert decided.get_column("verdict").null_count() == 0
    kept = decided.filter(pl.col("verdict") != "duplicate")
    assert kept.height == decided.get_column("person_id").n_unique()


@given(lists, said)
def test_unknown_is_never_permission(people: list[Row], words: list[Said]) -> None:
    """Law 3: without a known country with a law on file, nothing is open."""
    decision = decide(world([replace(row, country=None, phone=None) for row in people if row.email] or people, words))
    countries = decision.table.countries
    unknown = set(countries.filter(pl.col("country").is_null()).get_column("person_id"))
    assert not unknown & {person for person, _ in eligible(decision)}


DENY = """
[[rule]]
id = "local.test.{name}"
stage = "{stage}"
effect = "deny"
unknown = "hold"
when = "{when}"
reason = "For the test."
fix = "None."
cites = ["test"]
since = 2020-01-01
{cases}
"""
CASES = {
    "country = 'US'": ('country = "US"', 'country = "GB"', '[[rule.case]]\nunknown = ["country"]\nexpect = "hold"'),
    "channel = 'phone'": ('channel = "phone"', 'channel = "email"', ""),
    "free_mail": ("free_mail = true", "free_mail = false", ""),
    "role_mailbox": ("role_mailbox = true", "role_mailbox = false", ""),
}


def deny_rule(when: str, stage: str) -> str:
    """A deny rule with its cases."""
    fires, passes, unknown = CASES[when]
    cases = (
        f'[[rule.case]]\ngiven = {{ {fires} }}\nexpect = "deny"\n'
        f'[[rule.case]]\ngiven = {{ {passes} }}\nexpect = "pass"\n{unknown}'
    )
    return DENY.format(name="added", stage=stage, when=when, cases=cases)


@given(lists, said, st.sampled_from(sorted(CASES)), st.sampled_from(("permission", "fit")))
def test_a_deny_rule_never_adds_anybody(people: list[Row], words: list[Said], when: str, stage: str) -> None:
    """Law 4: with one more deny rule, whoever is eligible was so before."""
    from flows.rules_on_disk import rule_files

    stricter = load([*rule_files(None), RuleFile("rules/local/added.toml", deny_rule(when, stage), "workspace")])
    before = eligible(decide(world(people, words, book=base_rules())))
    assert eligible(decide(world(people, words, book=stricter))) <= before
