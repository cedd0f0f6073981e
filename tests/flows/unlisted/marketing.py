"""CRM systems and mailing tools."""

from __future__ import annotations

from typing import Final

from tests.flows.unlisted.model import Export

__all__ = ["MARKETING"]

MARKETING: Final = (
    Export(
        "Marketo smart list",
        "Id,First Name,Last Name,Email Address,Company Name,Job Title,Phone Number,Mobile Phone Number,Country,"
        "Unsubscribed,Marketing Suspended,Do Not Call,Email Invalid,Person Score\n"
        "101,Zoë,van der Berg,zoe@acme.example,Acme GmbH,Head of Sales,+49 30 23125001,,Germany,false,false,true,"
        "false,7\n"
        "102,Joe,Roe,joe@bacme.example,Bacme Ltd,CEO,,+44 7700 900101,United Kingdom,true,false,false,false,12\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|no|yes|",
            "Joe Roe|joe@bacme.example|+447700900101|Bacme Ltd|CEO|GB|yes|no|",
        ),
    ),
    Export(
        "Pardot prospects",
        "Prospect Id,Salutation,First Name,Last Name,Email,Company,Website,Job Title,Department,Country,City,Phone,Fax,"
        "Source,Employees,Industry,Comments,Score,Grade,Do Not Email,Do Not Call,Opted Out,Is Reviewed\n"
        "7001,Ms.,Zoë,van der Berg,zoe@acme.example,Acme GmbH,acme.example,Head of Sales,Sales,Germany,Berlin,"
        "+49 30 23125001,+49 30 23125999,Fair,250,Retail,,12,B+,No,No,No,Yes\n"
        "7002,,Joe,Roe,joe@bacme.example,Bacme Ltd,,CEO,,United Kingdom,,,,,,,,3,D,No,Yes,Yes,No\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|no|no|",
            "Joe Roe|joe@bacme.example||Bacme Ltd|CEO|GB|yes|yes|",
        ),
    ),
    Export(
        "Pipedrive people",
        "Person - Name,Person - Label,Person - Organization,Person - Email - Work,Person - Email - Home,"
        "Person - Phone - Work,Person - Phone - Mobile,Person - Open deals,Person - Owner,Person - Marketing status\n"
        "Zoë van der Berg,Warm lead,Acme GmbH,zoe@acme.example,,+49 30 23125001,,1,Kim Seller,Subscribed\n"
        "Joe Roe,,Bacme Ltd,joe@bacme.example,,,+44 7700 900101,0,Kim Seller,Unsubscribed\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH||||no|",
            "Joe Roe|joe@bacme.example|+447700900101|Bacme Ltd|||yes||",
        ),
        free=frozenset({"phone_opt_out"}),
    ),
    Export(
        "Zoho CRM contacts",
        "Record Id,Contact Owner.id,Contact Owner,Lead Source,First Name,Last Name,Account Name.id,Account Name,Email,"
        "Title,Department,Phone,Home Phone,Other Phone,Fax,Mobile,Date of Birth,Assistant,Asst Phone,Email Opt Out,"
        "Created By,Mailing City,Mailing State,Mailing Zip,Mailing Country,Salutation,Secondary Email,Tag\n"
        "zcrm_1,zcrm_9,Kim Seller,Fair,Zoë,van der Berg,zcrm_5,Acme GmbH,zoe@acme.example,Head of Sales,Sales,"
        "+49 30 23125001,,,,,1980-02-03,Ann Other,+49 30 23125002,false,Kim Seller,Berlin,,10115,Germany,Mrs.,,\n"
        "zcrm_2,zcrm_9,Kim Seller,,Joe,Roe,,Bacme Ltd,joe@bacme.example,CEO,,,,,,+44 7700 900101,,,,true,Kim Seller,"
        ",,,United Kingdom,,,vip\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|no||",
            "Joe Roe|joe@bacme.example|+447700900101|Bacme Ltd|CEO|GB|yes||",
        ),
    ),
    Export(
        "ActiveCampaign contacts",
        "Contact ID,Email,First Name,Last Name,Phone,Organization,Job Title,Tags,Lists,Status,Date Created,IP Address\n"
        '11,zoe@acme.example,Zoë,van der Berg,+49 30 23125001,Acme GmbH,Head of Sales,"fair, vip",News,Active,'
        "2026-09-14 08:30,192.0.2.7\n"
        "12,joe@bacme.example,Joe,Roe,,Bacme Ltd,CEO,,News,Unsubscribed,2026-09-14 08:31,\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales||||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|CEO||yes||",
        ),
        free=frozenset({"phone_opt_out"}),
    ),
    Export(
        "Brevo contacts",
        "CONTACT ID;EMAIL;PRENOM;NOM;SMS;ENTREPRISE;DOUBLE_OPT-IN;OPT_IN;EMAIL BLOCKLISTED;SMS BLOCKLISTED;"
        "MODIFIED_AT\n"
        "1;zoe@acme.example;Zoë;van der Berg;+33639981234;Acme SA;Yes;true;false;false;14-09-2026\n"
        "2;joe@bacme.example;Joe;Roe;;Bacme SARL;;;true;false;14-09-2026\n",
        (
            "Zoë van der Berg|zoe@acme.example|+33639981234|Acme SA|||no|no|",
            "Joe Roe|joe@bacme.example||Bacme SARL|||yes|no|",
        ),
        free=frozenset({"phone_opt_out"}),
    ),
    Export(
        "Klaviyo profiles",
        "Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,City,State / Region,Country,"
        "Zip Code,Latitude,Longitude,Source,First Active,Email Marketing Consent,Email Suppressions\n"
        "zoe@acme.example,01AB,Zoë,van der Berg,Acme GmbH,Head of Sales,+493023125001,,Berlin,,Germany,10115,52.5,13.4,"
        "Fair,2026-09-14,SUBSCRIBED,\n"
        "joe@bacme.example,01AC,Joe,Roe,Bacme Ltd,CEO,,,Leeds,,United Kingdom,,,,,2026-09-14,UNSUBSCRIBED,\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|no||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|CEO|GB|yes||",
        ),
    ),
    Export(
        "Constant Contact",
        "First name,Last name,Job title,Company,Email address,Email status,Email permission status,Email update source,"
        "Confirmed Opt-Out Date,Confirmed Opt-Out Reason,Phone - work,City - work,Country - work,Email Lists,"
        "Created At\n"
        "Zoë,van der Berg,Head of Sales,Acme GmbH,zoe@acme.example,Active,Express,Fair,,,+49 30 23125001,Berlin,"
        "Germany,"
        "News,2026-09-14\n"
        "Joe,Roe,CEO,Bacme Ltd,joe@bacme.example,Unsubscribed,Unsubscribed,,2026-09-15,no longer interested,,Leeds,"
        "United Kingdom,,2026-09-14\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|CEO|GB|yes||",
        ),
        free=frozenset({"phone_opt_out"}),
    ),
    Export(
        "Lead ads",
        "id\tcreated_time\tad_id\tad_name\tform_name\tis_organic\tplatform\temail\tfull_name\tphone_number\t"
        "company_name\tjob_title\tlead_status\n"
        "l:9001\t2026-09-14T08:30:00+02:00\tag:1\tSpring\tContact me\tfalse\tig\tzoe@acme.example\tZoë van der Berg\t"
        "p:+493023125001\tAcme GmbH\tHead of Sales\tcreated\n",
        ("Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales||||",),
        codec="utf-16",
        free=frozenset({"phone"}),
    ),
    Export(
        "Odoo contacts",
        "External ID,Name,Company Name,Job Position,Email,Phone,Mobile,City,Country,Salesperson,Blacklist\n"
        "__export__.p1,Zoë van der Berg,Acme GmbH,Head of Sales,zoe@acme.example,+49 30 23125001,,Berlin,Germany,"
        "Kim,False\n"
        "__export__.p2,Joe Roe,Bacme Ltd,CEO,joe@bacme.example,,+44 7700 900101,Leeds,United Kingdom,Kim,True\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|no|no|",
            "Joe Roe|joe@bacme.example|+447700900101|Bacme Ltd|CEO|GB|yes||",
        ),
        free=frozenset({"phone_opt_out"}),
    ),
    Export(
        "HubSpot in German",
        "Datensatz-ID,Vorname,Nachname,E-Mail,Telefonnummer,Jobtitel,Name des Unternehmens,Land/Region,"
        "Zuständiger Mitarbeiter,Lifecycle-Phase,Von allen E-Mails abgemeldet,Erstellungsdatum\n"
        "51,Zoë,van der Berg,zoe@acme.example,+49 30 23125001,Leiterin Vertrieb,Acme GmbH,Deutschland,Kim,Lead,Nein,"
        "2026-09-14 08:30\n"
        "52,Joe,Roe,joe@bacme.example,,Chef,Bacme Ltd,Vereinigtes Königreich,Kim,Lead,Ja,2026-09-14 08:31\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Leiterin Vertrieb|DE|no||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|Chef|GB|yes||",
        ),
    ),
)
