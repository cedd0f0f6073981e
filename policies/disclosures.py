"""What the law wants said, as words for whoever writes or calls.

Jurisdiction files name disclosures by code; here each code has its sentence for an e-mail and for a call, as words to
say where there are such words. What people must be told at the first contact is left out once they were spoken to.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["DISCLOSURE_CODES", "Sender", "must_include", "sentences"]


class Sender(Protocol):
    """What is read of the organisation here."""

    @property
    def name(self) -> str:
        """The name it trades under."""

    @property
    def postal_address(self) -> str:
        """Where post reaches it."""

    @property
    def privacy_notice_url(self) -> str:
        """The notice on how it handles personal data."""

    @property
    def reply_address(self) -> str:
        """The address that takes replies and opt-outs."""


# Codes that say the same thing in the words of different laws.
_SAME_AS: Final[Mapping[str, str]] = {
    "stop_address": "opt_out",
    "contact_details_valid_30d": "contact_details",
    "telemarketer": "seller",
    "organisation": "seller",
    "client": "on_behalf_of",
    "commercial_nature": "purpose",
}
_AT_FIRST_CONTACT: Final = frozenset({"right_to_object", "data_source", "privacy_notice"})

# In the order in which they are said.
_IN_EMAIL: Final[Mapping[str, str]] = {
    "ad_label": "Make it recognisable as commercial at once; the subject must not mislead.",
    "sender_identity": "Name yourself and {name}.",
    "on_behalf_of": "Name whom you write for, if not {name}.",
    "seller": "Name {name}.",
    "purpose": "Say that it is a commercial message.",
    "postal_address": "Postal address: {postal_address}.",
    "contact_details": "Contact details that stay valid for 30 days: {postal_address}, {reply_address}.",
    "second_contact": "A second way to reach you: {reply_address}.",
    "imprint": "Imprint with name, legal form and address: {name}, {postal_address}.",
    "opt_out": "How to stop: {stop}.",
    "right_to_object": "Apart from the rest: 'You may object to direct marketing at any time.'",
    "data_source": "Where the data came from: {sources}.",
    "privacy_notice": "Privacy notice: {privacy_notice_url}",
}
_ON_THE_PHONE: Final[Mapping[str, str]] = {
    "visible_caller_id": "Call from a number that is shown and takes calls back.",
    "caller_name": "Say first: 'My name is (your full name).'",
    "sender_identity": "Say: 'I am calling from {name}.'",
    "seller": "Say: 'I am calling for {name}.'",
    "on_behalf_of": "If you call for anybody but {name}, say for whom.",
    "ad_label": "Say: 'This is a sales call.'",
    "purpose": "Say before anything else: 'This is a sales call about (what it is about).'",
    "postal_address": "If asked, the postal address: {postal_address}.",
    "contact_details": "If asked, how to reach us: {postal_address}, {reply_address}.",
    "second_contact": "If asked, a second way to reach you: {reply_address}.",
    "imprint": "If asked, who we are: {name}, {postal_address}.",
    "opt_out": "If they want no more calls, say that none will follow, and enter asked_to_stop.",
    "right_to_object": "Say: 'You may object to direct marketing at any time; tell me, and I note it.'",
    "data_source": "Say where the data came from: {sources}.",
    "privacy_notice": "Say where our privacy notice is: {privacy_notice_url}",
}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {"email": _IN_EMAIL, "phone": _ON_THE_PHONE}

_OTHERWISE: Final = "As the law asks: {code}."
_THE_COLUMN: Final = "the list of the column provenance"
_NO_REPLY_ADDRESS: Final = "a reply address of yours that is read (none is set as reply_address)"

# Every code a jurisdiction file may name.
DISCLOSURE_CODES: Final = frozenset({*_IN_EMAIL, *_ON_THE_PHONE, *_SAME_AS})


def must_include(
    codes: Collection[str],
    organisation: Sender,
    *,
    first_contact: bool,
    channel: str,
    unsubscribe_url: str | None = None,
    sources: str | None = None,
) -> str:
    """The sentences for a set of disclosure codes, each once, in the order in which they are said.

    ``first_contact``: nobody has told them yet. Without ``unsubscribe_url`` an e-mail names the reply address as the
    way to stop, or asks for one where none is known; ``sources`` are the lists they came from. A code without words is
    named as it is, so that nothing the law asks for is dropped.
    """
    words = _WORDS[channel]
    wanted = {_SAME_AS.get(code, code) for code in codes}
    said = wanted if first_contact else wanted - _AT_FIRST_CONTACT
    values = _values(organisation, unsubscribe_url, sources)
    worded = [words[code].format_map(values) for code in words if code in said]
    return " ".join([*worded, *(_OTHERWISE.format(code=code) for code in sorted(said - words.keys()))])


def sentences(said: str | None) -> list[str]:
    """The sentences of :func:`must_include` one by one, for a list to go through."""
    return [part for part in _beginnings().split(said or "") if part]


@lru_cache(maxsize=1)
def _beginnings() -> re.Pattern[str]:
    """The blank before each sentence: every one begins with words of its own, up to the first value in it.

    What goes before it ends with a stop or a quotation mark, so that no address is taken apart; a notice's does not.
    """
    known = {words.partition("{")[0] for table in _WORDS.values() for words in table.values()}
    longest_first = sorted(known, key=lambda words: (-len(words), words))
    otherwise = re.escape(_OTHERWISE.partition("{")[0])
    return re.compile(rf"(?<=[.']) (?={'|'.join(map(re.escape, longest_first))})| (?={otherwise})")


def _values(organisation: Sender, unsubscribe_url: str | None, sources: str | None) -> dict[str, str]:
    reply = organisation.reply_address or _NO_REPLY_ADDRESS
    return {
        "name": organisation.name,
        "postal_address": organisation.postal_address,
        "privacy_notice_url": organisation.privacy_notice_url,
        "reply_address": reply,
        "stop": unsubscribe_url or f"a reply with 'stop' to {reply}",
        "sources": sources or _THE_COLUMN,
    }
