"""Address books."""

from __future__ import annotations

from typing import Final

from tests.flows.unlisted.model import Export

__all__ = ["MAILBOXES"]

MAILBOXES: Final = (
    Export(
        "Outlook in English",
        "First Name,Middle Name,Last Name,Title,Suffix,Nickname,E-mail Address,E-mail 2 Address,E-mail 3 Address,"
        "Home Phone,Business Phone,Business Phone 2,Mobile Phone,Other Phone,Pager,Business Fax,Company Main Phone,"
        "Job Title,Department,Company,Manager's Name,Assistant's Name,Assistant's Phone,Business Street,Business City,"
        "Business Country/Region,Home Street,Home City,Home Country/Region,Birthday,Notes\n"
        "Zoë,,van der Berg,Dr.,,,zoe@acme.example,,,,+49 30 23125001,,,,,+49 30 23125999,+49 30 23125000,"
        "Head of Sales,Sales,Acme GmbH,Kim Boss,Ann Other,+49 30 23125002,Weg 1,Berlin,Germany,,,,0/0/00,\n"
        'Joe,,Roe,Mr.,,,joe@bacme.example,,,,,,+44 7700 900101,,,,,CEO,,Bacme Ltd,,,,,Leeds,United Kingdom,,,,,"two\n'
        'lines"\n',
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|||",
            "Joe Roe|joe@bacme.example|+447700900101|Bacme Ltd|CEO|GB|||",
        ),
    ),
    Export(
        "Outlook in German",
        '"Anrede","Vorname","Weitere Vornamen","Nachname","Suffix","Firma","Abteilung","Position",'
        '"Straße geschäftlich","Ort geschäftlich","Postleitzahl geschäftlich","Land/Region geschäftlich",'
        '"Fax geschäftlich","Telefon geschäftlich","Telefon geschäftlich 2","Telefon Firma","Telefon (privat)",'
        '"Mobiltelefon","E-Mail-Adresse","E-Mail-Typ","E-Mail: Angezeigter Name","Geburtstag","Notizen"\r\n'
        '"Frau","Zoë","","van der Berg","","Acme GmbH","Vertrieb","Leiterin Vertrieb","Weg 1","Berlin","10115",'
        '"Deutschland","+49 30 23125999","+49 30 23125001","","+49 30 23125000","","","zoe@acme.example","SMTP",'
        '"Zoë van der Berg (zoe@acme.example)","0.0.00",""\r\n'
        '"Herr","Joe","","Roe","","Bacme Ltd","","Chef","","Leeds","","Großbritannien","","","","","",'
        '"+44 7700 900101","joe@bacme.example","SMTP","Joe Roe (joe@bacme.example)","0.0.00",""\r\n',
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Leiterin Vertrieb|DE|||",
            "Joe Roe|joe@bacme.example|+447700900101|Bacme Ltd|Chef|GB|||",
        ),
        codec="cp1252",
    ),
    Export(
        "Outlook in French",
        '"Titre";"Prénom";"Deuxième prénom";"Nom";"Suffixe";"Société";"Service";"Fonction";"Rue (bureau)";'
        '"Ville (bureau)";"Code postal (bureau)";"Pays/Région (bureau)";"Télécopie (bureau)";"Téléphone (bureau)";'
        '"Téléphone (domicile)";"Tél. mobile";"Adresse de messagerie";"Type de messagerie";'
        '"Nom complet de l\'adresse de messagerie"\r\n'
        '"Mme";"Zoë";"";"van der Berg";"";"Acme SA";"Ventes";"Directrice";"";"Lyon";"69001";"France";"";'
        '"+33 1 99 00 12 34";"";"";"zoe@acme.example";"SMTP";"Zoë van der Berg"\r\n'
        '"M.";"Joe";"";"Roe";"";"Bacme SARL";"";"Gérant";"";"Lyon";"";"France";"";"";"";"+33 6 39 98 12 34";'
        '"joe@bacme.example";"SMTP";"Joe Roe"\r\n',
        (
            "Zoë van der Berg|zoe@acme.example|+33199001234|Acme SA|Directrice|FR|||",
            "Joe Roe|joe@bacme.example|+33639981234|Bacme SARL|Gérant|FR|||",
        ),
        codec="cp1252",
    ),
    Export(
        "vCards as CSV",
        "FN,N,ORG,TITLE,EMAIL;TYPE=WORK,TEL;TYPE=WORK,NOTE\n"
        "Zoë van der Berg,van der Berg;Zoë;;;,Acme GmbH,Head of Sales,zoe@acme.example,+49 30 23125001,\n"
        "Joe Roe,Roe;Joe;;;,Bacme Ltd,CEO,joe@bacme.example,+44 7700 900101,\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales||||",
            "Joe Roe|joe@bacme.example|+447700900101|Bacme Ltd|CEO||||",
        ),
        refusals=frozenset({"mapping_unclear"}),
    ),
    Export(
        "Apple contacts as CSV",
        "First name,Last name,Display name,Nickname,E-mail address,Home phone,Work phone,Mobile phone,Organization,"
        "Job title,Work city,Work country,Birthday,Note\n"
        "Zoë,van der Berg,Zoë van der Berg,,zoe@acme.example,,+49 30 23125001,,Acme GmbH,Head of Sales,Berlin,"
        "Germany,,\n"
        "Joe,Roe,Joe Roe,,joe@bacme.example,,,+44 7700 900101,Bacme Ltd,CEO,Leeds,United Kingdom,,\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Head of Sales|DE|||",
            "Joe Roe|joe@bacme.example|+447700900101|Bacme Ltd|CEO|GB|||",
        ),
    ),
)
