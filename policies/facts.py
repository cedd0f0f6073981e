"""The vocabulary of rules: every fact a rule's ``when`` may read, with its type and meaning.

Facts stand in one frame with a row for each (record, channel, country): a record has one row per channel it has a
contact point for, and per country that its person's signals point to (country column, phone number, country domain),
so that signals that disagree are judged by the strictest (design D10). What SQL cannot say is computed before and
stands here as a column. A fact that may be unknown is ``nullable``: a rule reading it must say what unknown means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

__all__ = ["FACTS", "FACT_KEYS", "FACT_SCHEMA", "LATE_FACTS", "Fact"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One column a rule may read. ``late`` facts exist only after all other rules were judged (budgets)."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    nullable: bool
    meaning: str
    identifying: bool = False  # evidence of such a fact is withheld in the run's files
    late: bool = False


def _known(name: str, dtype: type[pl.DataType], meaning: str, *, late: bool = False) -> Fact:
    return Fact(name, dtype, nullable=False, meaning=meaning, late=late)


def _maybe(name: str, dtype: type[pl.DataType], meaning: str, *, identifying: bool = False) -> Fact:
    return Fact(name, dtype, nullable=True, meaning=meaning, identifying=identifying)


FACT_KEYS: Final = ("record_id", "person_id")

FACTS: Final[tuple[Fact, ...]] = (
    # who and where
    _known("channel", pl.String, "email or phone: the channel this row is about"),
    _maybe("country", pl.String, "ISO 3166 alpha-2 code of a country the person's signals point to"),
    _known("jurisdiction_on_file", pl.Boolean, "a jurisdiction file covers the country on the day of the run"),
    _maybe("region", pl.String, "state or province as the list gave it"),
    _maybe("recipient_class", pl.String, "corporate_generic, corporate_named or sole_trader"),
    _known("role_mailbox", pl.Boolean, "the e-mail address belongs to a function (info@, sales@), not to a person"),
    _known("free_mail", pl.Boolean, "the e-mail address is at a provider of private mailboxes"),
    _known("disposable_mail", pl.Boolean, "the e-mail address is at a throw-away provider"),
    _known("shared_contact", pl.Boolean, "several different people use this contact point"),
    _maybe(
        "phone_type",
        pl.String,
        "fixed, mobile, fixed_or_mobile, voip or other, or a service: premium, shared_cost, personal, toll_free, uan, "
        "pager or voicemail",
    ),
    # stated by the person or a list
    _known("opted_out", pl.Boolean, "the person opted out of this channel, under any of their contact points"),
    _known("objected", pl.Boolean, "the person objected to direct marketing (GDPR Art. 21)"),
    _known("complained", pl.Boolean, "the person complained about being contacted"),
    _known("erased", pl.Boolean, "the person had their data erased"),
    _known("maybe_erased", pl.Boolean, "somebody of this very name and organisation had their data erased"),
    _known("domain_opted_out", pl.Boolean, "an organisation's domain above one of the person's addresses opted out"),
    _known("address_opted_out", pl.Boolean, "this very contact point opted out, the person did not"),
    _known("bounced", pl.Boolean, "this contact point is dead"),
    _known("opted_out_by_shared_mailbox", pl.Boolean, "someone behind a shared mailbox of this person opted out"),
    _known("flag_unknown", pl.Boolean, "an opt-out cell of the person holds a word outside the vocabulary"),
    _known("list_waiting", pl.Boolean, "a list that names the person waits to be confirmed"),
    _known("consent_valid", pl.Boolean, "consent given or renewed, unexpired, for this contact point and channel"),
    _known("consent_refused", pl.Boolean, "the latest word on consent for this contact point is a refusal"),
    _known("implied_consent", pl.Boolean, "an implied route of the country (inquiry, purchase) is open and unexpired"),
    _known("presumed_interest", pl.Boolean, "concrete facts from which interest in this very call can be presumed"),
    _maybe("published_address", pl.Boolean, "the address is conspicuously published without a refusal"),
    _maybe("role_relevant", pl.Boolean, "what we offer bears on the person's professional role"),
    _maybe("registry_listed", pl.Boolean, "the number is on the do-not-call registry; null: not screened in time"),
    _known("notice_overdue", pl.Boolean, "the notice of the country's data protection law is due and was not sent"),
    # the source contract
    _known("source", pl.String, "id of the source contract"),
    _known("source_kind", pl.String, "conference, membership, inquiry, customers, referral, directory or purchased"),
    _maybe("channel_in_contract", pl.Boolean, "the source contract allows this channel"),
    _maybe("purpose_in_contract", pl.Boolean, "the source contract allows direct marketing"),
    _maybe("third_party_marketing", pl.Boolean, "the people were told that others than the supplier may write"),
    _known("own_list", pl.Boolean, "we collected the list ourselves"),
    _maybe("solicitation_forbidden", pl.Boolean, "the list's terms forbid soliciting its people"),
    _maybe("membership_reveals", pl.String, "none, or the special category that being on the list reveals"),
    _maybe("membership_doubt", pl.String, "the category that words of the list reveal although its contract says none"),
    _maybe("lawful_basis", pl.String, "consent, legitimate_interest, contract or opt_out_regime"),
    _known("assessment_on_file", pl.Boolean, "the balancing test for legitimate interest is referenced"),
    _maybe("contract_expired", pl.Boolean, "the source contract has run out"),
    _known("contract_approved", pl.Boolean, "a named person approved the source contract, with a date"),
    _known("contract_incomplete", pl.Boolean, "a field of the source contract is missing or still a placeholder"),
    _maybe("contract_missing", pl.String, "the fields of the source contract that are missing or still a placeholder"),
    _maybe("obtained_on", pl.Date, "the day the list was obtained"),
    # fit
    _known("own_staff", pl.Boolean, "the person works for us"),
    _known("competitor", pl.Boolean, "the company is a competitor"),
    _known("same_trade", pl.Boolean, "the person or the company is in our own trade, by accounts.toml or fit.toml"),
    _known("press", pl.Boolean, "a journalist by title, or an editor at a newspaper, broadcaster or the like"),
    _known("student", pl.Boolean, "a student or trainee by title, or with a student's mailbox and no title of work"),
    _known("never_named", pl.String, "the entries of fit.toml's [[fit.never]] that the person falls under, by name"),
    _known("customer", pl.Boolean, "the company is a customer"),
    _known("target_account", pl.Boolean, "the company is a target account"),
    _maybe("account_tier", pl.String, "tier of the target account"),
    _maybe("excluded_by_file", pl.String, "why the file itself rules the row out (refunded, declined, host)"),
    _known("minor", pl.Boolean, "the list says that the person is under 18"),
    _known(
        "school_address", pl.Boolean, "the address is at a school and no job title shows what the person does there"
    ),
    _known("name_missing", pl.Boolean, "the record that speaks for the person gives no name"),
    _maybe("company", pl.String, "company as the list gave it", identifying=True),
    _maybe("job_title", pl.String, "job title as the list gave it", identifying=True),
    _maybe("seniority", pl.String, "c_level, vp, director, head, manager, specialist, assistant or student"),
    _maybe("function", pl.String, "professional function read from the job title"),
    _maybe("sector", pl.String, "sector as the list gave it, lower case"),
    _maybe("employees", pl.Int64, "number of employees of the company, where a list tells it as one number"),
    _maybe("function_targeted", pl.Boolean, "the function is one that fit.toml targets"),
    _maybe("seniority_targeted", pl.Boolean, "the seniority is one that fit.toml targets"),
    _maybe("sector_targeted", pl.Boolean, "the sector is one that fit.toml targets"),
    _maybe("size_targeted", pl.Boolean, "the company's size lies in the range of fit.toml"),
    _maybe("country_targeted", pl.Boolean, "every country the person's signals point to is one that fit.toml targets"),
    _maybe("region_targeted", pl.Boolean, "the region is one that fit.toml targets"),
    _known("properties_missed", pl.String, "the properties of fit.toml that the person's lists contradict, by name"),
    _known("properties_untold", pl.String, "the properties of fit.toml that no list of the person tells, by name"),
    _known("fit_score", pl.Int64, "sum of the weights of what speaks for the person; see [fit_score]"),
    _known("relationship", pl.String, "customer, in_conversation, met, referred, inquired or cold"),
    # brief
    _known("brief_tier_wanted", pl.String, "full, short or conversation: the tier the relationship asks for"),
    _known("brief_state", pl.String, "none, failing, lower_tier, stale or passing"),
    # cadence
    _maybe("timezone", pl.String, "the person's time zone, or the zones it may be"),
    _maybe("window_open", pl.Boolean, "a lawful window for this channel opens before the queue expires"),
    _known("open_commitment", pl.Boolean, "an earlier queue line for this person has no outcome yet"),
    _known("attempts_in_window", pl.Int64, "contacts of this person in the rolling window of the cadence"),
    _known("attempts_ever", pl.Int64, "contacts of this person under this approach so far"),
    _known("attempt_cap", pl.Int64, "contacts allowed in the rolling window: our own cap or the country's, the lower"),
    _known("total_cap", pl.Int64, "contacts allowed in all without an answer"),
    _known("cooling_off", pl.Boolean, "the person's last word or contact asks for a pause that is not over"),
    _known("callback_pending", pl.Boolean, "the person asked to be called back on a later day"),
    _known("callback_promised", pl.Boolean, "the person named a day, and nobody has tried on it or later yet"),
    _known("note_missing", pl.Boolean, "nobody wrote down what was said in the last conversation with the person"),
    _known("contact_outdated", pl.Boolean, "a touch said wrong person, left the company or out of order"),
    _known("former_employer", pl.Boolean, "the address is at a company that a newer list says they left"),
    _known("company_attempts_in_window", pl.Int64, "contacts of anyone at the company in the rolling window"),
    _known("company_cap", pl.Int64, "contacts allowed at one company in the rolling window"),
    # late: known only when everybody else's verdict is
    _known(
        "company_has_other_today",
        pl.Boolean,
        "someone else at the company or under their contact point comes before them today",
        late=True,
    ),
    _known("over_budget", pl.Boolean, "no place left in the day's budget of the owner or of anybody", late=True),
    _known("owner_blocked", pl.Boolean, "the owner has too many commitments without outcome", late=True),
)

FACT_SCHEMA: Final = pl.Schema({fact.name: fact.dtype for fact in FACTS})
LATE_FACTS: Final = frozenset(fact.name for fact in FACTS if fact.late)
