"""The words that events are made of. A body holds these words and nothing a person could have typed freely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BASES",
    "CHANNELS",
    "CONSENT_STATES",
    "METHODS",
    "NORMALISATIONS",
    "OUTCOMES",
    "PURPOSES",
    "SCOPES",
    "STOP_KINDS",
    "checked",
    "folded",
    "listed",
]


def folded(word: str) -> str:
    """A word as vocabularies compare it: lower case, blanks and hyphens as underscores."""
    return "_".join(word.strip().lower().replace("-", " ").replace("_", " ").split())


def _words(*same: str, **also: str) -> dict[str, str]:
    """A vocabulary: folded spelling -> the word itself; ``also`` are other spellings of a word."""
    return {folded(word): word for word in same} | also


CHANNELS: Final = _words(
    "any", "email", "phone", all="any", both="any", e_mail="email", mail="email", telephone="phone"
)
SCOPES: Final = _words("person", "address", "domain")
STOP_KINDS: Final = _words(
    *("optout", "objection", "complaint", "bounce"),
    opt_out="optout",
    unsubscribe="optout",
    unsubscribed="optout",
    spam="complaint",
    spam_report="complaint",
    bounced="bounce",
    cleaned="bounce",
)
CONSENT_STATES: Final = _words("ConsentGiven", "RenewedConsentGiven", "ConsentWithdrawn", "ConsentRefused")
OUTCOMES: Final = _words(
    *("connected", "replied", "meeting", "voicemail", "no_answer", "not_interested", "call_back", "asked_to_stop"),
    *("complaint", "wrong_person", "left_company", "out_of_office", "bounced", "deceased"),
    # whoever writes one of these means that the person said stop
    stop="asked_to_stop",
    opt_out="asked_to_stop",
    optout="asked_to_stop",
    opted_out="asked_to_stop",
    unsubscribe="asked_to_stop",
    unsubscribed="asked_to_stop",
    do_not_call="asked_to_stop",
    do_not_contact="asked_to_stop",
    callback="call_back",
)
METHODS: Final = _words(
    *(
        "reply",
        "email",
        "phone",
        "letter",
        "in_person",
        "web_form",
        "unsubscribe_link",
        "one_click",
        "list_unsubscribe",
    ),
    *("double_opt_in", "single_opt_in", "paper_form", "business_card", "event", "contract", "import", "flag_column"),
    *("feed", "bounce", "spam_report", "touch", "command", "social_media", "chat", "registry", "first_message"),
    call="phone",
    telephone="phone",
    mail="email",
    e_mail="email",
    form="web_form",
    website="web_form",
    link="unsubscribe_link",
)
PURPOSES: Final = _words(
    "direct_marketing", directmarketing="direct_marketing", **{"dpv#directmarketing": "direct_marketing"}
)
BASES: Final = _words(
    "consent", "legitimate_interest", "contract", "opt_out_regime", "implied_consent", "legal_obligation"
)
NORMALISATIONS: Final = _words("as_received", "lower_case", "trim_lower_case", lower="lower_case", none="as_received")


def checked(field: str, word: str, vocabulary: Mapping[str, str]) -> str:
    """The word of a closed vocabulary; raises ``UsageError`` ``word_unknown`` naming the words there are."""
    known = vocabulary.get(folded(word))
    if known is None:
        choice = ", ".join(dict.fromkeys(vocabulary.values()))
        raise UsageError("word_unknown", f"{field} holds a word that is not known.", f"Write one of: {choice}.")
    return known


def listed(word: str | None, vocabulary: Mapping[str, str]) -> str | None:
    """The word of an open vocabulary: any other word becomes ``other``, a blank nothing."""
    return vocabulary.get(folded(word), "other") if word and word.strip() else None
