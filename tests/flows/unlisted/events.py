"""Tools for events and webinars."""

from __future__ import annotations

from typing import Final

from tests.flows.unlisted.model import Export

__all__ = ["EVENTS"]

EVENTS: Final = (
    Export(
        "GoTo Webinar attendees",
        "Attendee Report:,Spring webinar\nReport Generated:,2026-09-14 18:00 CEST\n\nGeneral Information\n"
        "Webinar Name,Webinar ID,Actual Start Date/Time,Duration (minutes)\n"
        "Spring webinar,123-456-789,2026-09-14 16:00 CEST,60\n\n"
        "Session Details\nAttended,Registered,Clicked Registration Link\n1,2,9\n\nAttendee Details\n"
        "Attended,Interest Rating,Last Name,First Name,Email Address,Registration Date/Time,Join Time,Leave Time,"
        "Time in Session,Unsubscribed,City,State/Province,Country/Region,Phone,Organization,Job Title\n"
        "Yes,71,van der Berg,Zoë,zoe@acme.example,2026-09-01 10:00,16:01,16:58,57 minutes,No,Berlin,,Germany,"
        "+49 30 23125001,Acme GmbH,Head of Sales\n"
        "No,,Roe,Joe,joe@bacme.example,2026-09-02 10:00,,,,Yes,Leeds,,United Kingdom,,Bacme Ltd,CEO\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|no||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|CEO|GB|yes||",
        ),
        free=frozenset({"excluded_by_file"}),
    ),
    Export(
        "Webex attendees",
        "Session detail for 'Spring webinar':\n\n"
        "Participant\tAudio Type\tName\tEmail\tDate\tInvited\tRegistered\tStart time\tEnd time\tDuration\tCompany\t"
        "Title\t"
        "Phone Number\tCity\tCountry/Region\n"
        "1\tVoIP\tZoë van der Berg\tzoe@acme.example\tSeptember 14, 2026\tYes\tYes\t4:01 pm\t4:58 pm\t57 mins\t"
        "Acme GmbH\t"
        "Head of Sales\t+49 30 23125001\tBerlin\tGermany\n"
        "2\tVoIP\tJoe Roe\tjoe@bacme.example\tSeptember 14, 2026\tYes\tNo\t4:10 pm\t4:50 pm\t40 mins\tBacme Ltd\t"
        "CEO\t\t\t\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|CEO||||",
        ),
        codec="utf-16",
    ),
    Export(
        "RingCentral Events registrations",
        "Registration ID,First name,Last name,Email,Ticket name,Ticket price,Registered at (UTC),Country,Company,"
        "Job title,Checked in,Marketing opt-in\n"
        "r1,Zoë,van der Berg,zoe@acme.example,General,0,2026-09-01 10:00,Germany,Acme GmbH,Head of Sales,Yes,Yes\n"
        "r2,Joe,Roe,joe@bacme.example,General,0,2026-09-01 10:05,United Kingdom,Bacme Ltd,CEO,No,No\n",
        (
            "Zoë van der Berg|zoe@acme.example||Acme GmbH|Head of Sales|DE|no||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|CEO|GB|yes||",
        ),
        free=frozenset({"phone_opt_out"}),
    ),
    Export(
        "Swapcard people",
        "ID;First Name;Last Name;Job Title;Organization;E-mail;Secondary email;Mobile phone;Landline phone;City;"
        "Country;"
        "Type;Biography\n"
        "VXNlcl8x;Zoë;van der Berg;Head of Sales;Acme GmbH;zoe@acme.example;;;+49 30 23125001;Berlin;Germany;Attendee;"
        '"Sells, a lot"\n'
        "VXNlcl8y;Joe;Roe;CEO;Bacme Ltd;joe@bacme.example;;+44 7700 900101;;Leeds;United Kingdom;Attendee;\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|||",
            "Joe Roe|joe@bacme.example|+447700900101|Bacme Ltd|CEO|GB|||",
        ),
    ),
    Export(
        "Cvent invitees",
        "First Name,Last Name,Company,Title,Email Address,CC Email Address,Work Phone,Mobile Phone,Work City,"
        "Work Country,"
        "Registration Type,Invitee Status,Opted Out\n"
        "Zoë,van der Berg,Acme GmbH,Head of Sales,zoe@acme.example,,+49 30 23125001,,Berlin,Germany,Guest,Accepted,No\n"
        "Joe,Roe,Bacme Ltd,CEO,joe@bacme.example,,,+44 7700 900101,Leeds,United Kingdom,Guest,Declined,Yes\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|no||",
            "Joe Roe|joe@bacme.example|+447700900101|Bacme Ltd|CEO|GB|yes||declined",
        ),
        free=frozenset({"phone_opt_out"}),
    ),
    Export(
        "Bizzabo registrations",
        "Registration ID,Ticket Name,Registration Status,First Name,Last Name,Email,Company,Title,Phone Number,"
        "Order Number,Purchase Date,Checked-In\n"
        "1001,Standard,Completed,Zoë,van der Berg,zoe@acme.example,Acme GmbH,Head of Sales,+49 30 23125001,5001,"
        "09/14/2026,TRUE\n"
        "1002,Standard,Cancelled,Joe,Roe,joe@bacme.example,Bacme Ltd,CEO,,5002,09/14/2026,FALSE\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales||||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|CEO||||cancelled",
        ),
    ),
    Export(
        "XING Events guests",
        "Ticketnummer;Bestellnummer;Kategorie;Anrede;Titel;Vorname;Nachname;E-Mail;Firma;Position;Straße;PLZ;Ort;Land;"
        "Telefon;Ticketstatus\r\n"
        "T-1;B-1;Standard;Frau;Dr.;Zoë;van der Berg;zoe@acme.example;Acme GmbH;Leiterin Vertrieb;Weg 1;10115;Berlin;"
        "Deutschland;+49 30 23125001;gültig\r\n"
        "T-2;B-2;Standard;Herr;;Joe;Roe;joe@bacme.example;Bacme Ltd;Chef;;;Leeds;Großbritannien;;storniert\r\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Leiterin Vertrieb|DE|||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|Chef|GB|||cancelled",
        ),
        codec="cp1252",
    ),
    Export(
        "Brella attendees",
        "Attendee ID,First name,Last name,Email,Company name,Job title,Attendee group,Joined,Invited at,Join code\n"
        "1,Zoë,van der Berg,zoe@acme.example,Acme GmbH,Head of Sales,Buyers,Yes,2026-09-01,AB12\n"
        "2,Joe,Roe,joe@bacme.example,Bacme Ltd,CEO,Sellers,No,2026-09-01,AB13\n",
        (
            "Zoë van der Berg|zoe@acme.example||Acme GmbH|Head of Sales||||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|CEO||||",
        ),
    ),
    Export(
        "Eventbrite in German",
        "Bestellnr.,Bestelldatum,Vorname,Nachname,E-Mail,Anzahl,Tickettyp,Teilnehmernr.,Teilnehmerstatus,Ort,Land,"
        "Berufsbezeichnung,Unternehmen\n"
        "7001,2026-09-01 10:00:00,Zoë,van der Berg,zoe@acme.example,1,Standard,9001,Nimmt teil,Berlin,DE,"
        "Leiterin Vertrieb,Acme GmbH\n"
        "7002,2026-09-01 10:05:00,Joe,Roe,joe@bacme.example,1,Standard,9002,Erstattet,Leeds,GB,Chef,Bacme Ltd\n",
        (
            "Zoë van der Berg|zoe@acme.example||Acme GmbH|Leiterin Vertrieb|DE|||",
            "Joe Roe|joe@bacme.example||Bacme Ltd|Chef|GB|||refunded",
        ),
    ),
    Export(
        "Eventbrite in French",
        "N° de commande,Date de commande,Prénom,Nom de famille,Adresse e-mail,Quantité,Type de billet,"
        "Statut du participant,Ville,Pays,Fonction,Entreprise\n"
        "7001,2026-09-01 10:00:00,Zoë,van der Berg,zoe@acme.example,1,Standard,Présent,Lyon,France,Directrice,Acme SA\n"
        "7002,2026-09-01 10:05:00,Joe,Roe,joe@bacme.example,1,Standard,Remboursé,Lyon,France,Gérant,Bacme SARL\n",
        (
            "Zoë van der Berg|zoe@acme.example||Acme SA|Directrice|FR|||",
            "Joe Roe|joe@bacme.example||Bacme SARL|Gérant|FR|||refunded",
        ),
    ),
)
