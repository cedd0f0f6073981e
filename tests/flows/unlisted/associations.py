"""Member lists of associations, as their offices keep them, in seven languages."""

from __future__ import annotations

from typing import Final

from tests.flows.unlisted.model import Export

__all__ = ["ASSOCIATIONS"]

_NO_PHONE_FLAG: Final = frozenset({"phone_opt_out"})

ASSOCIATIONS: Final = (
    Export(
        "association in German",
        "Mitgliedsnr.;Anrede;Titel;Name;Vorname;Firma;Funktion;Straße;PLZ;Ort;Land;E-Mail;Telefon;Eintritt;"
        "Werbewiderspruch\r\n"
        "0815;Frau;Dr.;van der Berg;Zoë;Acme GmbH;Leiterin Vertrieb;Weg 1;10115;Berlin;Deutschland;zoe@acme.example;"
        "030 23125001;01.01.2020;nein\r\n"
        "0816;Herr;;Roe;Joe;Bäcker AG;Chef;;1010;Wien;Österreich;joe@bacme.example;;01.02.2021;ja\r\n",
        (
            "Zoë van der Berg|zoe@acme.example|+493023125001|Acme GmbH|Leiterin Vertrieb|DE|no||",
            "Joe Roe|joe@bacme.example||Bäcker AG|Chef|AT|yes||",
        ),
        codec="cp1252",
        free=_NO_PHONE_FLAG,
    ),
    Export(
        "association in French",
        "N° adhérent;Civilité;NOM;Prénom;Société;Fonction;Courriel;Tél. portable;Code postal;Ville;Pays;"
        "Ne souhaite pas recevoir d'e-mails\r\n"
        "12;Mme;van der Berg;Zoë;Acme SA;Directrice;zoe@acme.example;+33 6 39 98 12 34;69001;Lyon;France;non\r\n"
        "13;M.;Roe;Joe;Bacme SARL;Gérant;joe@bacme.example;;69002;Lyon;France;oui\r\n",
        (
            "Zoë van der Berg|zoe@acme.example|+33639981234|Acme SA|Directrice|FR|no||",
            "Joe Roe|joe@bacme.example||Bacme SARL|Gérant|FR|yes||",
        ),
        codec="cp1252",
    ),
    Export(
        "association in Spanish",
        "Nº socio;Nombre;Apellidos;Empresa;Cargo;Correo electrónico;Teléfono móvil;Provincia;País;"
        "No desea recibir publicidad\r\n"
        "12;Zoë;van der Berg;Acme S.L.;Directora;zoe@acme.example;+44 7700 900102;Madrid;España;No\r\n"
        "13;Joe;Roe;Bacme S.A.;Gerente;joe@bacme.example;;Sevilla;España;Sí\r\n",
        (
            "Zoë van der Berg|zoe@acme.example|+447700900102|Acme S.L.|Directora|ES|no||",
            "Joe Roe|joe@bacme.example||Bacme S.A.|Gerente|ES|yes||",
        ),
        free=_NO_PHONE_FLAG,
    ),
    Export(
        "association in Italian",
        "N. tessera;Cognome;Nome;Ragione sociale;Qualifica;Indirizzo e-mail;Cellulare;Città;Prov.;Nazione;"
        "Consenso marketing\r\n"
        "12;van der Berg;Zoë;Acme S.p.A.;Direttrice;zoe@acme.example;+44 7700 900101;Roma;RM;Italia;Sì\r\n"
        "13;Roe;Joe;Bacme S.r.l.;Titolare;joe@bacme.example;;Milano;MI;Italia;No\r\n",
        (
            "Zoë van der Berg|zoe@acme.example|+447700900101|Acme S.p.A.|Direttrice|IT|no||",
            "Joe Roe|joe@bacme.example||Bacme S.r.l.|Titolare|IT|yes||",
        ),
        free=_NO_PHONE_FLAG,
    ),
    Export(
        "association in Dutch",
        "Lidnummer;Achternaam;Tussenvoegsel;Voornaam;Organisatie;Functie;E-mailadres;Telefoon mobiel;Plaats;Land;"
        "Geen mailings\r\n"
        "12;Jansen;;Zoë;Acme B.V.;Directeur;zoe@acme.example;+44 7700 900101;Utrecht;Nederland;nee\r\n"
        "13;Roe;;Joe;Bacme N.V.;Eigenaar;joe@bacme.example;;Gent;België;ja\r\n",
        (
            "Zoë Jansen|zoe@acme.example|+447700900101|Acme B.V.|Directeur|NL|no||",
            "Joe Roe|joe@bacme.example||Bacme N.V.|Eigenaar|BE|yes||",
        ),
    ),
    Export(
        "association in Portuguese",
        "Nº sócio;Nome;Apelido;Empresa;Função;E-mail;Telemóvel;Localidade;País;Não contactar\r\n"
        "12;Zoë;van der Berg;Acme, Lda.;Diretora;zoe@acme.example;+44 7700 900101;Porto;Portugal;não\r\n"
        "13;Joe;Roe;Bacme S.A.;Gerente;joe@bacme.example;;Lisboa;Portugal;sim\r\n",
        (
            "Zoë van der Berg|zoe@acme.example|+447700900101|Acme, Lda.|Diretora|PT|no|no|",
            "Joe Roe|joe@bacme.example||Bacme S.A.|Gerente|PT|yes|yes|",
        ),
    ),
    Export(
        "association in Swedish",
        "Medlemsnr;Förnamn;Efternamn;Företag;Titel;E-post;Mobil;Postnr;Postort;Land;Vill ej ha utskick\r\n"
        "12;Zoë;van der Berg;Acme AB;Försäljningschef;zoe@acme.example;+46 70 174 06 05;11122;Stockholm;Sverige;Nej\r\n"
        "13;Joe;Roe;Bacme AB;VD;joe@bacme.example;;41101;Göteborg;Sverige;Ja\r\n",
        (
            "Zoë van der Berg|zoe@acme.example|+46701740605|Acme AB|Försäljningschef|SE|no||",
            "Joe Roe|joe@bacme.example||Bacme AB|VD|SE|yes||",
        ),
    ),
)
