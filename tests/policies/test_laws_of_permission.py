"""The laws (docs/principles.md) as properties of one decision, over invented worlds of a few people on several lists.

A decision costs a tenth of a second however few people it is about, so that each is asked about several small worlds
at once: they share no contact point, and so nothing that a law is about.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from flows.rules_on_disk import rule_files
from policies.decision.outputs import decisions_frame
from policies.evaluate import decide
from policies.rulebook import Rulebook, load
from policies.rulebook.files import RuleFile
from tests.effort import few
from tests.policies.permissions import permission_of, subjects_of
from tests.policies.worlds import Consented, Row, Said, base_rules, reordered, world

if TYPE_CHECKING:
    from collections.abc import Sequence

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
SURNAMES = ("Okafor", "Ruiz")
MANY_SURNAMES = (*SURNAMES, "Meyer", "Tanaka", "Novak")
OWN_WORD = ("opted_out", "objected", "complained")
DOUBT = "opted_out_by_shared_mailbox"


@dataclass(frozen=True)
class Small:
    """A world of a few rows, what was said about them and what was consented to."""

    rows: Sequence[Row]
    said: Sequence[Said] = field(default=())
    given: Sequence[Consented] = field(default=())


def rows_of(surnames: Sequence[str]) -> st.SearchStrategy[Row]:
    """Rows with a contact point, out of small pools, so that they meet."""
    points = st.one_of(
        st.tuples(st.sampled_from(EMAILS), st.sampled_from((None, *PHONES))),
        st.tuples(st.none(), st.sampled_from(PHONES)),
    )
    return st.builds(
        lambda point, surname, country, source: Row(point[0], point[1], surname, country, source=source),
        points,
        st.sampled_from(surnames),
        st.sampled_from(("US", "DE", "GB", None, "BR")),
        st.sampled_from(("summit", "guild")),
    )


rows = rows_of(SURNAMES)
words = st.builds(
    Said,
    contact=st.sampled_from((*EMAILS, *PHONES)),
    kind=st.sampled_from(("optout", "objection", "complaint")),
    channel=st.sampled_from(("any", "email", "phone")),
    scope=st.sampled_from(("person", "address")),
    days_ago=st.integers(1, 30),
)
consents = st.builds(
    Consented,
    contact=st.sampled_from(EMAILS),
    state=st.sampled_from(("ConsentGiven", "RenewedConsentGiven")),
    days_ago=st.integers(1, 30),
)
small = st.builds(
    Small,
    st.lists(rows, min_size=1, max_size=6),
    st.lists(words, max_size=4),
    st.lists(consents, max_size=3),
)
worlds = st.lists(small, min_size=1, max_size=6)


def apart(number: int, contact: str | None) -> str | None:
    """A contact in a world of its own: equal in one world, different in two."""
    if contact is None:
        return None
    if "@" in contact:
        return contact.replace(".example", f"{number}.example")
    return f"{contact[:8]}{number}{contact[9:]}"


def beside(parts: Sequence[Small]) -> Small:
    """Several worlds as one, without anything in common."""
    numbered = list(enumerate(parts))
    return Small(
        [
            replace(row, email=apart(n, row.email), phone=apart(n, row.phone))
            for n, part in numbered
            for row in part.rows
        ],
        [replace(word, contact=str(apart(n, word.contact))) for n, part in numbered for word in part.said],
        [replace(word, contact=str(apart(n, word.contact))) for n, part in numbered for word in part.given],
    )


def inputs_of(parts: Sequence[Small], book: Rulebook | None = None) -> DecisionInputs:
    """What a decision about several worlds depends on."""
    whole = beside(parts)
    return world(whole.rows, whole.said, whole.given, book=book)


def stopped(inputs: DecisionInputs, *also: str) -> set[tuple[str, str]]:
    """Contact points (record, channel) that somebody's own word stops."""
    facts = permission_of(inputs)[0].facts.filter(pl.any_horizontal(*OWN_WORD, "address_opted_out", *also))
    return set(facts.select("record_id", "channel").iter_rows())


def eligible(decision: Decision) -> set[tuple[str, str]]:
    """Person and channel that neither permission nor fit nor a missing brief forbids."""
    open_points = decision.outcomes.filter(pl.max_horizontal("permission", "fit", "brief") < 2)
    return set(open_points.select("person_id", "channel").iter_rows())


def permitted(decision: Decision) -> set[tuple[str, str]]:
    """Person and channel that permission leaves open."""
    return set(decision.outcomes.filter(pl.col("permission") < 2).select("person_id", "channel").iter_rows())


def decisions(inputs: DecisionInputs, decision: Decision) -> pl.DataFrame:
    """The decisions of a run over ``inputs``."""
    return decisions_frame(
        inputs.records,
        decision.table.subjects.rows,
        decision.people,
        run_id="run",
        policy_revision="revision",
        as_of=inputs.as_of,
    )


@few(4)
@given(worlds)
def test_an_opt_out_covers_every_record_of_the_person(parts: list[Small]) -> None:
    """Law 2: whoever said no for all channels under a mailbox of their own is open under none of their records."""
    personal = [
        replace(part, said=[replace(word, channel="any", scope="person") for word in part.said], given=())
        for part in parts
    ]
    whole = beside(personal)
    decision = decide(inputs_of(personal))
    records = decision.table.subjects.records
    named = {word.contact.replace("+news", "") for word in whole.said if not word.contact.startswith("info@")}
    own = ~(pl.col("role_mailbox") & pl.col("phone").is_null()) & ~pl.col("email_shared") & ~pl.col("phone_shared")
    hit = records.filter(own & (pl.col("email_equiv").is_in(named) | pl.col("phone").is_in(named)))
    reached = set(hit.get_column("person_id"))
    verdicts = dict(decision.people.select("person_id", "person_verdict").iter_rows())
    assert not reached & {person for person, _ in permitted(decision)}
    assert {verdicts[person] for person in reached} <= {"suppressed"}


@given(small, rows)
def test_more_records_never_lift_an_opt_out(part: Small, another: Row) -> None:
    """Law 1: what was stopped stays stopped when another list brings another row."""
    more = world([*part.rows, another], part.said)
    assert stopped(world(part.rows, part.said)) <= stopped(more)


@given(
    st.lists(rows_of(MANY_SURNAMES), min_size=1, max_size=5),
    st.lists(rows_of(MANY_SURNAMES), min_size=1, max_size=5),
    st.lists(words, min_size=1, max_size=3),
)
def test_whatever_a_list_tells_about_others_opens_nobody(known: list[Row], new: list[Row], said: list[Said]) -> None:
    """Law 1: even where a mailbox turns out to be shared, so that people fall apart, nobody is opened by it.

    The contact point itself stays stopped; whoever is tied to it is at least in doubt.
    """
    before = world(known, said)
    after = world([*known, *new], said, prior=subjects_of(before).generation)
    assert stopped(before) <= stopped(after, DOUBT)
    named = {word.contact for word in said}
    points = permission_of(before)[1].filter(pl.col("contact").is_in(named))
    own = set(points.select("record_id", "channel").iter_rows())
    assert stopped(before) & own <= stopped(after)


@few(4)
@given(worlds, st.lists(words, min_size=1, max_size=4))
def test_more_words_open_nobody(parts: list[Small], more: list[Said]) -> None:
    """Law 1: further opt-outs, objections and complaints only ever add."""
    before = [replace(part, given=()) for part in parts]
    after = [replace(part, said=[*part.said, *more]) for part in before]
    assert stopped(inputs_of(before)) <= stopped(inputs_of(after))
    assert permitted(decide(inputs_of(after))) <= permitted(decide(inputs_of(before)))


@given(small)
def test_only_a_newer_consent_for_the_same_contact_lifts(part: Small) -> None:
    """Law 1: a contact point is freed only where a consent for exactly it is newer than what stopped it."""
    inputs = inputs_of([part])
    freed = stopped(replace(inputs, consents=inputs.consents.clear())) - stopped(inputs)
    emails = dict(inputs.records.select("record_id", "email").iter_rows())
    whole = beside([part])
    for record, channel in freed:
        assert channel == "email"
        own = [consent for consent in whole.given if consent.contact == emails[record]]
        against = [word for word in whole.said if word.contact == emails[record] and word.kind != "complaint"]
        assert any(consent.days_ago < word.days_ago for consent in own for word in against)


@few(4)
@given(worlds)
def test_a_consent_helps_its_own_contact_point_alone(parts: list[Small]) -> None:
    """Law 2: no other address of the person gains from a consent."""
    whole = beside(parts)
    decision = decide(inputs_of(parts))
    valid = decision.table.points.filter("consent_valid").select("contact", "channel")
    assert set(valid.iter_rows()) <= {(consent.contact, consent.channel) for consent in whole.given}


@few(4)
@given(worlds, st.integers(0, 2**16))
def test_the_order_of_rows_changes_nothing(parts: list[Small], seed: int) -> None:
    """Laws 2 and 6: the same world in another order gives the same decisions and the same reasons."""
    inputs = inputs_of(parts)
    mixed = reordered(inputs, seed)
    one, other = decide(inputs), decide(mixed)
    assert_frame_equal(decisions(inputs, one), decisions(mixed, other))
    assert_frame_equal(one.reasons, other.reasons)


@few(4)
@given(worlds)
def test_every_row_gets_one_verdict(parts: list[Small]) -> None:
    """Conservation: rows read are rows decided, one kept row per person."""
    inputs = inputs_of(parts)
    decided = decisions(inputs, decide(inputs))
    assert decided.height == inputs.records.height
    assert decided.get_column("verdict").null_count() == 0
    kept = decided.filter(pl.col("verdict") != "duplicate")
    assert kept.height == decided.get_column("person_id").n_unique()


@few(4)
@given(worlds)
def test_unknown_is_never_permission(parts: list[Small]) -> None:
    """Law 3: a contact point without a country with a law on file, or without consent where the law asks for it."""
    decision = decide(inputs_of(parts))
    countries = decision.table.countries
    unknown = countries.filter(pl.col("country").is_null() | ~pl.col("country").is_in(["US", "DE", "GB"]))
    assert not set(unknown.get_column("person_id")) & {person for person, _ in permitted(decision)}
    german = set(countries.filter(pl.col("country") == "DE").get_column("person_id"))
    consented = set(decision.table.points.filter("consent_valid").select("record_id", "channel").iter_rows())
    by_mail = decision.outcomes.filter((pl.col("permission") < 2) & (pl.col("channel") == "email"))
    for record, person in by_mail.select("record_id", "person_id").iter_rows():
        assert person not in german or (record, "email") in consented


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


@cache
def stricter(when: str, stage: str) -> Rulebook:
    """The base with one deny rule more."""
    return load([*rule_files(None), RuleFile("rules/local/added.toml", deny_rule(when, stage), "workspace")])


@few(4)
@given(worlds, st.sampled_from(sorted(CASES)), st.sampled_from(("permission", "fit")))
def test_a_deny_rule_never_adds_anybody(parts: list[Small], when: str, stage: str) -> None:
    """Law 4: with one more deny rule, whoever is eligible was so before."""
    before = decide(inputs_of(parts, base_rules()))
    after = decide(inputs_of(parts, stricter(when, stage)))
    assert eligible(after) <= eligible(before)
    assert permitted(after) <= permitted(before)
