"""Exports that carry a state for everybody: they stop whom they say, and nobody else."""

from __future__ import annotations

from typing import Final

from tests.flows.optout_lists.model import OptOutList

__all__ = ["STATES"]

STATES: Final = (
    OptOutList(
        "subscribed, unsubscribed, cleaned",
        "Email,Status\nann.adler@acme.example,unsubscribed\nben@bolt.example,subscribed\nfay@fern.example,cleaned\n",
        "ann",
        bounces="fay",
    ),
    OptOutList("yes and no", "email,opted_out\nann.adler@acme.example,yes\nben@bolt.example,no\n", "ann"),
    OptOutList(
        "true and blank", "Email,Unsubscribed from all email\nann.adler@acme.example,true\nben@bolt.example,\n", "ann"
    ),
    OptOutList("a positive question", "email,subscribed\nann.adler@acme.example,false\nben@bolt.example,true\n", "ann"),
    OptOutList(
        "a German state", "E-Mail;Abostatus\nann.adler@acme.example;abgemeldet\nben@bolt.example;angemeldet\n", "ann"
    ),
    OptOutList("a French state", "Courriel;Statut\nann.adler@acme.example;Désabonné\nben@bolt.example;Abonné\n", "ann"),
    OptOutList(
        "a word nobody knows beside a plain no",
        "email,status\nann.adler@acme.example,unsubscribed\nben@bolt.example,subscribed\ncem@corax.example,zzz\n",
        "ann",
        holds="cem",
        rejects=1,
    ),
    OptOutList(
        "words nobody knows alone", "email,status\nann.adler@acme.example,zzz\nben@bolt.example,qqq\n", "ann ben"
    ),
    OptOutList(
        "an account may be active",
        "email,account status\nann.adler@acme.example,active\nben@bolt.example,active\n",
        "ann ben",
        name="unsubscribes.csv",
    ),
    OptOutList(
        "a name that says so, and gaps",
        "Email,Opt-out date\nann.adler@acme.example,2026-09-01\nben@bolt.example,\n",
        "ann ben",
        name="optouts.csv",
    ),
    OptOutList(
        "days of opting out",
        "email,unsubscribed_at\nann.adler@acme.example,2026-09-01T10:00:00Z\nben@bolt.example,\ncem@corax.example,\n",
        "ann",
        name="contacts.csv",
    ),
    OptOutList(
        "both channels asked",
        "Email,Phone,HasOptedOutOfEmail,DoNotCall\nann.adler@acme.example,+13125550101,1,0\nben@bolt.example,,0,0\n",
        "ann",
    ),
    OptOutList(
        "reasons that are none",
        "email,unsubscribe reason\nann.adler@acme.example,I never subscribed\nben@bolt.example,too many\n",
        "ann ben",
    ),
    OptOutList(
        "everybody is subscribed",
        "email,status\nann.adler@acme.example,subscribed\nben@bolt.example,subscribed\n",
        quarantined="nobody_opted_out",
    ),
    OptOutList(
        "a German form for each channel",
        "Kontakt,Werbewiderspruch E-Mail,Werbewiderspruch Telefon\nfay@fern.example,Ja,Nein\n"
        "ben@bolt.example,Nein,Nein\n",
        "fay",
    ),
    OptOutList("a Czech answer", "E-mail,Zrušeno\nann.adler@acme.example,ano\nben@bolt.example,ne\n", "ann"),
    OptOutList(
        "two letters for each channel",
        "Contact Email,DNC,DNE\nann.adler@acme.example,Yes,No\nben@bolt.example,No,Yes\nhal.hart@gmail.com,No,No\n",
        "ann ben",
    ),
    OptOutList(
        "who never opted in did not opt out",
        "email,global_unsubscribe,sms_opt_in\nann.adler@acme.example,TRUE,FALSE\nben@bolt.example,FALSE,FALSE\n",
        "ann",
    ),
    OptOutList(
        "erasure asked for", "Email,GDPR erasure requested\nann.adler@acme.example,yes\nben@bolt.example,no\n", "ann"
    ),
    OptOutList("a French answer", "Adresse e-mail;Inscrit\nann.adler@acme.example;non\nben@bolt.example;oui\n", "ann"),
    OptOutList(
        "consent given and withdrawn",
        "E-Mail;Einwilligung;Widerruf am\nann.adler@acme.example;widerrufen;01.10.2026\nben@bolt.example;erteilt;\n",
        "ann",
    ),
    OptOutList(
        "counts of bounces",
        "email,soft_bounces,hard_bounces,unsubscribed\nann.adler@acme.example,0,0,1\nben@bolt.example,2,0,0\n"
        "fay@fern.example,0,1,0\n",
        "ann",
        bounces="fay",
    ),
    OptOutList(
        "suppressed because it bounced",
        "email,suppressed_at,suppression_reason\nann.adler@acme.example,2026-01-01,user_unsubscribed\n"
        "fay@fern.example,2026-01-01,hard_bounce\n",
        "ann",
        bounces="fay",
    ),
    OptOutList(
        "events in words",
        "Email,Event Type\nann.adler@acme.example,Unsubscribed Email\nben@bolt.example,Opened Email\n"
        "hal.hart@gmail.com,Marked Email as Spam\n",
        "ann hal",
    ),
    OptOutList(
        "verdicts on addresses", "Email,Verdict\nfay@fern.example,invalid\nben@bolt.example,valid\n", bounces="fay"
    ),
    OptOutList("nothing came back", "Email,Bounced\nann.adler@acme.example,false\nben@bolt.example,false\n", "ann ben"),
    OptOutList(
        "they unsubscribed, and one is dead too",
        "Email,Bounced\nann.adler@acme.example,false\nfay@fern.example,true\n",
        "ann fay",
        name="unsubscribes.csv",
    ),
    OptOutList(
        "other answers", "Email,Customer,VIP\nann.adler@acme.example,yes,no\nben@bolt.example,no,no\n", "ann ben"
    ),
    OptOutList("a column of languages", "Email,Language\nann.adler@acme.example,no\nben@bolt.example,en\n", "ann ben"),
)
