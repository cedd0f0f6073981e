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


_APOSTROPHES: Final = str.maketrans("", "", "'\u2019\u2018`")
_AROUND: Final = ' .!?,;:"()[]*\u2026'


def folded(word: str) -> str:
    """A word as vocabularies compare it: lower case, blanks and hyphens as underscores, no marks around it."""
    bare = word.lower().translate(_APOSTROPHES).strip(_AROUND)
    return "_".join(bare.replace("-", " ").replace("_", " ").split())


def _words(*same: str, **also: str) -> dict[str, str]:
    """A vocabulary: folded spelling -> the word itself; ``also`` are other spellings of a word."""
    return {folded(word): word for word in same} | also


def _meaning(word: str, *spellings: str) -> dict[str, str]:
    """Other spellings of one word, as people write them."""
    return dict.fromkeys(map(folded, spellings), word)


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
# Other spellings are listed for a "no" alone: a "yes" is written as the standard has it.
CONSENT_STATES: Final = (
    _words("ConsentGiven", "RenewedConsentGiven", "ConsentWithdrawn", "ConsentRefused")
    | _meaning(
        "ConsentWithdrawn",
        *("withdrawn", "withdraw", "withdrew", "withdrawal", "consent withdrawn", "consent withdrawal", "revoked"),
        *("revoke", "revocation", "consent revoked", "consent revocation", "opt out", "optout", "opted out"),
        *("unsubscribe", "unsubscribed", "objected", "objection", "cancelled", "canceled", "retracted", "removed"),
        *("widerrufen", "widerruf", "zurückgezogen", "widersprochen", "widerspruch", "retiré", "révoqué", "retirado"),
        *("revocado", "revocato", "ritirato", "ingetrokken", "revogado", "återkallat"),
    )
    | _meaning(
        "ConsentRefused",
        *("refused", "refuse", "refusal", "consent refused", "refused consent", "declined", "denied", "rejected"),
        *("consent denied", "consent declined", "not given", "consent not given", "no", "no consent", "abgelehnt"),
        *("verweigert", "nein", "refusé", "non", "rechazado", "rifiutato", "geweigerd", "recusado", "nekad"),
    )
)
# Whoever writes one of these means that the person said stop, or that nothing arrives; and the usual ways of writing
# that nobody was there, some of which would otherwise read like a refusal ("nicht erreicht").
OUTCOMES: Final = (
    _words(
        *("connected", "replied", "meeting", "voicemail", "no_answer", "not_interested", "call_back", "asked_to_stop"),
        *("complaint", "wrong_person", "left_company", "out_of_office", "bounced", "deceased"),
    )
    | _meaning(
        "asked_to_stop",
        *("stop", "stopped", "stop it", "please stop", "asked us to stop", "asks to stop", "told us to stop"),
        *("opt out", "optout", "opted out", "unsubscribe", "unsubscribed", "asked to unsubscribe", "dnc"),
        *("do not call", "do not contact", "do not email", "do not e-mail", "do not mail", "do not phone"),
        *("do not write", "don't call", "don't contact", "don't email", "don't e-mail", "don't phone", "don't write"),
        *("no more calls", "no more emails", "no more mail", "no contact", "no further contact", "never again"),
        *("leave me alone", "remove", "removed", "remove me", "asked to be removed", "take me off", "objected"),
        *("objection", "objects", "asked not to be contacted", "does not want to be contacted", "withdrew consent"),
        *("abgemeldet", "widerspruch", "widersprochen", "nicht mehr anrufen", "nicht anrufen", "nicht kontaktieren"),
        *("nicht mehr kontaktieren", "keine werbung", "keine anrufe", "désabonné", "désinscrit", "ne plus contacter"),
        *("ne pas contacter", "ne plus appeler", "baja", "dado de baja", "no contactar", "no llamar"),
        *("non contattare", "non chiamare", "niet bellen", "niet benaderen", "uitgeschreven", "não contatar"),
    )
    | _meaning(
        "complaint",
        *("complained", "complains", "complaints", "spam", "spam report", "spam complaint", "reported as spam"),
        *("marked as spam", "reported us", "threatened legal action", "beschwerde", "beschwert", "plainte", "queja"),
    )
    | _meaning(
        "bounced",
        *("bounce", "bounces", "hard bounce", "hard bounced", "undeliverable", "undelivered", "not delivered"),
        *("delivery failed", "mailbox unavailable", "no such mailbox", "unzustellbar", "nicht zustellbar"),
    )
    | _meaning(
        "deceased",
        *("died", "dead", "has died", "is dead", "passed away", "verstorben", "gestorben", "tot"),
        *("décédé", "décédée", "mort", "fallecido", "fallecida", "deceduto", "deceduta", "overleden", "falecido"),
    )
    | _meaning(
        "no_answer",
        *("no reply", "no response", "not reached", "did not answer", "didn't answer", "unanswered", "no pickup"),
        *(
            "no pick up",
            "did not pick up",
            "didn't pick up",
            "busy",
            "line busy",
            "rna",
            "not available",
            "nicht erreicht",
        ),
        *("keine antwort", "niemand erreicht", "besetzt", "pas de réponse", "sin respuesta", "nessuna risposta"),
        *("niet bereikt", "geen gehoor", "geen antwoord", "sem resposta", "inget svar"),
    )
    | _meaning(
        "not_interested",
        *("no interest", "no thanks", "no thank you", "kein interesse", "nicht interessiert", "pas intéressé"),
        *("pas intéressée", "no le interesa", "sin interés", "non interessato", "non interessata", "geen interesse"),
        *("sem interesse", "inte intresserad"),
    )
    | _meaning(
        "voicemail",
        *(
            "voice mail",
            "vm",
            "lvm",
            "lm",
            "left vm",
            "left a vm",
            "left voicemail",
            "left a voicemail",
            "left message",
        ),
        *("left a message", "message left", "left msg", "answering machine", "anrufbeantworter", "messagerie"),
        *("buzón de voz", "segreteria"),
    )
    | _meaning(
        "connected",
        *("spoke", "spoke with them", "talked", "talked to them", "had a call", "reached", "answered", "erreicht"),
        *("gesprochen", "joint", "parlato", "hablado", "gesproken"),
    )
    | _meaning("replied", "reply", "responded", "replied by email", "geantwortet", "a répondu", "respondió", "risposto")
    | _meaning(
        "meeting",
        *("meeting booked", "booked a meeting", "meeting set", "meeting scheduled", "demo booked", "appointment"),
        *("termin", "termin vereinbart", "rendez-vous", "rdv", "reunión", "appuntamento", "afspraak"),
    )
    | _meaning(
        "call_back",
        *("callback", "call back later", "call later", "call me back", "asked to call back", "callback requested"),
        *("rückruf", "bitte um rückruf", "später anrufen", "rappeler", "à rappeler", "richiamare", "terugbellen"),
    )
    | _meaning(
        "wrong_person",
        *("wrong number", "wrong contact", "wrong email", "wrong address", "not the right person", "falsche nummer"),
        *("falscher ansprechpartner", "falsche person", "mauvais numéro", "número equivocado", "numero sbagliato"),
        *("verkeerd nummer",),
    )
    | _meaning(
        "left_company",
        *("left the company", "has left", "no longer there", "no longer works there", "no longer with the company"),
        *("no longer at company", "ausgeschieden", "nicht mehr im unternehmen", "arbeitet nicht mehr dort"),
        *("a quitté l'entreprise", "ya no trabaja allí", "niet meer in dienst"),
    )
    | _meaning(
        "out_of_office",
        *("ooo", "out of the office", "on vacation", "on holiday", "on leave", "away", "auto reply", "automatic reply"),
        *("nicht im haus", "nicht im büro", "urlaub", "im urlaub", "en congé", "absent", "de vacaciones", "in ferie"),
    )
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
    "spread",
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
