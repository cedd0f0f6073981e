"""Forms and surveys, whose headers are questions."""

from __future__ import annotations

from typing import Final

from tests.flows.unlisted.model import Export

__all__ = ["FORMS"]

_UNCLEAR: Final = frozenset({"mapping_unclear"})

FORMS: Final = (
    Export(
        "Typeform responses",
        "#,What's your first name?,What's your last name?,What's your email address?,Which company do you work for?,"
        "May we contact you by email?,Response Type,Start Date (UTC),Submit Date (UTC),Network ID,Tags\n"
        "ab12,Zoë,van der Berg,zoe@acme.example,Acme GmbH,Yes,completed,2026-09-14 08:30:00,2026-09-14 08:32:00,f00d,\n"
        "ab13,Joe,Roe,joe@bacme.example,Bacme Ltd,No,completed,2026-09-14 08:40:00,2026-09-14 08:41:00,f00e,\n",
        (
            "Zoë van der Berg|zoe@acme.example||Acme GmbH|||no||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|||yes||",
        ),
    ),
    Export(
        "Google Forms responses",
        "Timestamp,Email Address,Full name,Company / Organisation,Phone number,I would like to receive the newsletter\n"
        "2026/09/14 8:30:12 AM GMT+2,zoe@acme.example,Zoë van der Berg,Acme GmbH,+49 30 23125001,Yes\n"
        "2026/09/14 8:31:02 AM GMT+2,joe@bacme.example,Joe Roe,Bacme Ltd,,No\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|||no||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|||yes||",
        ),
    ),
    Export(
        "Google Forms responses in German",
        "Zeitstempel,E-Mail-Adresse,Vor- und Nachname,Firma,Telefonnummer,Dürfen wir Sie anrufen?\n"
        "14.09.2026 08:30:12,zoe@acme.example,Zoë van der Berg,Acme GmbH,+49 30 23125001,Ja\n"
        "14.09.2026 08:31:02,joe@bacme.example,Joe Roe,Bacme Ltd,,Nein\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH||||no|",
            "Joe Roe|joe@bacme.example||Bacme Ltd||||yes|",
        ),
    ),
    Export(
        "Microsoft Forms responses",
        "ID,Start time,Completion time,Email,Name,Language,Your company,Your phone number\n"
        "1,2026-09-14 08:30:12,2026-09-14 08:31:12,zoe@acme.example,Zoë van der Berg,,Acme GmbH,+49 30 23125001\n"
        "2,2026-09-14 08:35:12,2026-09-14 08:36:12,joe@bacme.example,Joe Roe,,Bacme Ltd,\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|||||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|||||",
        ),
    ),
    Export(
        "Microsoft Forms responses, anonymous",
        "ID,Start time,Completion time,Email,Name,Your full name,Your e-mail address,Your company\n"
        "1,2026-09-14 08:30:12,2026-09-14 08:31:12,anonymous,,Zoë van der Berg,zoe@acme.example,Acme GmbH\n"
        "2,2026-09-14 08:35:12,2026-09-14 08:36:12,anonymous,,Joe Roe,joe@bacme.example,Bacme Ltd\n",
        (
            "Zoë van der Berg|zoe@acme.example||Acme GmbH|||||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|||||",
        ),
        refusals=_UNCLEAR,
    ),
    Export(
        "SurveyMonkey responses",
        "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1,"
        "Please tell us about yourself,,,\n"
        ",,,,,,,,,Name,Company,Email Address,Phone Number\n"
        "118,400,09/14/2026 08:30:00 AM,09/14/2026 08:32:00 AM,192.0.2.7,,,,,Zoë van der Berg,Acme GmbH,"
        "zoe@acme.example,+49 30 23125001\n"
        "119,400,09/14/2026 08:40:00 AM,09/14/2026 08:41:00 AM,192.0.2.8,,,,,Joe Roe,Bacme Ltd,joe@bacme.example,\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|||||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|||||",
        ),
        refusals=_UNCLEAR,
    ),
    Export(
        "Doodle participants",
        'Poll "Spring fair meeting"\n\n,September 2026,\n,Mon 14,Tue 15\nZoë van der Berg,OK,\nJoe Roe,,OK\nCount,1,'
        "1\n",
        (),
        refusals=frozenset({"mapping_unclear", "no_header", "not_a_list"}),
    ),
)
