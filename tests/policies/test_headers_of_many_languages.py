"""Headers as people and programs write them, in eight languages: words around a known one go by rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules_on_disk import load_rulebook
from policies.sources.column_mapping import ColumnMapping, map_columns

LISTS: dict[str, Any] = dict(load_rulebook(None).settings["lists"])
# Nothing in these words is a field, so that each header stands alone.
NAME, MAIL = "Full name", "Email"


def field_of(header: str) -> str | None:
    """The field of a header in a list of names and addresses; None: it is nobody's."""
    whole = map_columns([NAME, MAIL, header], None, LISTS)
    return next((field for field, columns in whole.fields.items() if header in columns), None)


def mapping(headers: list[str]) -> ColumnMapping:
    """The mapping of some headers."""
    return map_columns(headers, None, LISTS)


@pytest.mark.parametrize(
    ("field", "headers"),
    [
        (
            "email",
            (
                "E-mail Address; Work Email; email_address; contactEmail; "
                "Attendee: Email; lead.email; Email*; Email (required)"
            ),
        ),
        (
            "email",
            (
                "E-Mail-Adresse (geschäftlich); E-Mail dienstlich; "
                "Ihre E-Mail-Adresse; E-Mail des Teilnehmers; Mailadresse"
            ),
        ),
        (
            "email",
            "Adresse e-mail; Courriel professionnel; Votre adresse e-mail; E-mail du participant; Adresse électronique",
        ),
        (
            "email",
            "Correo electrónico; Correo electrónico (trabajo); Dirección de correo; Correo del asistente; Tu correo",
        ),
        ("email", "Indirizzo e-mail; Email aziendale; Posta elettronica; E-mail del partecipante; La tua email"),
        ("email", "E-mailadres; Zakelijk e-mailadres; Uw e-mailadres; E-mail deelnemer; E-mailadres (verplicht)"),
        ("email", "Endereço de e-mail; E-mail profissional; Correio eletrónico; Seu e-mail; E-mail do participante"),
        ("email", "E-post; E-postadress; Mejl; Din e-postadress; Deltagarens e-post; E-post (arbete)"),
        ("phone", "Phone; Phone Number 1; Mobile Phone Number; Landline phone; workPhone; Tel.; Direct dial; Cell #"),
        ("phone", "Telefon; Telefonnummer (geschäftlich); Handy; Mobilnummer; Durchwahl; Tel.-Nr.; Ihre Telefonnummer"),
        ("phone", "Téléphone; N° de téléphone; Tél. portable; Téléphone mobile; Ligne directe; Votre téléphone"),
        ("phone", "Teléfono; Teléfono móvil; Móvil; Número de teléfono; Tfno.; Celular; Teléfono fijo"),
        ("phone", "Telefono; Cellulare; Numero di telefono; Telefono cellulare; Recapito telefonico; Tel. fisso"),
        ("phone", "Telefoon; Telefoonnummer; Mobiel nummer; GSM; Telefoon mobiel; Vast nummer; Uw telefoonnummer"),
        ("phone", "Telefone; Telemóvel; Celular; Número de telefone; Telefone fixo; Telefone de contacto"),
        ("phone", "Telefon; Mobilnummer; Mobil; Telefonnr; Tfn; Telefon arbete; Mobiltelefon"),
        (
            "company",
            (
                "Company; Company / Organisation; Your company; "
                "What company do you work for?; Contact: Company; organization_name"
            ),
        ),
        ("company", "Firma; Unternehmen; Firma/Institution; Arbeitgeber; Name des Unternehmens; Organisation"),
        ("company", "Société; Entreprise; Raison sociale; Organisme; Nom de la société; Votre entreprise"),
        ("company", "Empresa; Nombre de la empresa; Razón social; Organización; Compañía; Institución"),
        ("company", "Azienda; Società; Ragione sociale; Ente; Nome azienda; Organizzazione"),
        ("company", "Bedrijf; Bedrijfsnaam; Organisatie; Werkgever; Naam organisatie; Onderneming"),
        ("company", "Empresa; Nome da empresa; Razão social; Organização; Entidade; Empregador"),
        ("company", "Företag; Företagsnamn; Organisation; Arbetsgivare; Bolag; Arbetsplats"),
        ("job_title", "Job title; Title; jobTitle; Your role; Position; Job Title (optional); What is your job title?"),
        (
            "job_title",
            "Funktion; Position; Berufsbezeichnung; Stellenbezeichnung; Position im Unternehmen; Ihre Funktion",
        ),
        ("job_title", "Fonction; Poste; Intitulé de poste; Votre fonction; Titre; Poste occupé"),
        ("job_title", "Cargo; Puesto; Puesto de trabajo; Profesión; Función; Cargo en la empresa"),
        ("job_title", "Ruolo; Qualifica; Posizione; Mansione; Ruolo aziendale; Incarico"),
        ("job_title", "Functie; Functietitel; Functieomschrijving; Uw functie; Beroep; Rol"),
        ("job_title", "Cargo; Função; Profissão; Cargo/Função; Posição; Ocupação"),
        ("job_title", "Befattning; Titel; Yrke; Yrkestitel; Roll; Jobbtitel"),
        (
            "country",
            (
                "Country; Country/Region; Mailing Country; country_code; Land; "
                "Pays; País; Paese; Nazione; Landnaam; Your country"
            ),
        ),
        (
            "region",
            "State; State/Province; Bundesland; Kanton; Département; Provincia; Regione; Provincie; Distrito; Län",
        ),
        (
            "city",
            "City; Town; Ort; Stadt; Wohnort; Ville; Ciudad; Población; Città; Plaats; Woonplaats; Cidade; Postort",
        ),
        ("postal_code", "ZIP; Zip Code; Postcode; PLZ; Postleitzahl; Code postal; Código postal; CAP; CEP; Postnummer"),
        (
            "sector",
            "Industry; Sector; Branche; Secteur d'activité; Sector de actividad; Settore; Bedrijfstak; Setor; Bransch",
        ),
        (
            "employees",
            (
                "# Employees; Company size; Anzahl Mitarbeiter; "
                "Effectif; Número de empleados; Dipendenti; Aantal medewerkers"
            ),
        ),
        ("employees", "Número de funcionários; Antal anställda; Mitarbeiterzahl; Nombre de salariés; N. dipendenti"),
        (
            "born_on",
            "Date of birth; DOB; Geburtsdatum; Date de naissance; Fecha de nacimiento; Data di nascita; Geboortedatum",
        ),
        ("born_on", "Data de nascimento; Födelsedatum; Birthday; Geburtstag; Birth date"),
        ("age", "Age; Alter; Âge; Edad; Età; Leeftijd; Idade; Ålder"),
        (
            "other_email",
            "Secondary Email; Weitere E-Mail; Autre e-mail; Correo alternativo; Altra email; Tweede e-mailadres",
        ),
        (
            "other_phone",
            "Other Phone; Weitere Telefonnummer; Autre téléphone; Otro teléfono; Altro telefono; Annan telefon",
        ),
        (
            "phone_extension",
            "Ext.; Extension; Phone Ext; Nebenstelle; Numéro de poste; Interno; Toestel; Ramal; Anknytning",
        ),
        (
            "excluded_by_file",
            "Attendee Status; Registration status; RSVP; Teilnahmestatus; Statut du participant; Estado de inscripción",
        ),
        ("excluded_by_file", "Stato iscrizione; Inschrijfstatus; Status da inscrição; Anmälningsstatus; Order Status"),
        (
            "email_bounced",
            "Email Bounced; Hard Bounce; Bounce reason; Unzustellbar; Rebond; Rebotado; Onbestelbaar; Studsat",
        ),
        (
            "asked_on",
            (
                "Submission date; Inquiry Date; Anfragedatum; "
                "Date de la demande; Fecha de consulta; Data richiesta; Datum aanvraag"
            ),
        ),
        (
            "asked_about",
            "Your message; Question; Anliegen; Objet de la demande; Consulta; Richiesta; Onderwerp; Assunto; Ärende",
        ),
    ],
)
def test_headers_of_a_field(field: str, headers: str) -> None:
    """Every spelling is understood, whoever it names and whatever a form adds."""
    assert {header: field_of(header) for header in headers.split("; ")} == dict.fromkeys(headers.split("; "), field)


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ("First Name; Last Name", ("given_name", "family_name")),
        ("attendee_first_name; attendee_last_name", ("given_name", "family_name")),
        ("contact.firstName; contact.lastName", ("given_name", "family_name")),
        ("Vorname; Nachname", ("given_name", "family_name")),
        ("Vorname; Name", ("given_name", "family_name")),
        ("Vorname des Teilnehmers; Nachname des Teilnehmers", ("given_name", "family_name")),
        ("Prénom; Nom", ("given_name", "family_name")),
        ("Prénom du participant; Nom de famille", ("given_name", "family_name")),
        ("Nombre; Apellidos", ("given_name", "family_name")),
        ("Nombre del asistente; Primer apellido", ("full_name", "family_name")),
        ("Nome; Cognome", ("given_name", "family_name")),
        ("Nome; Sobrenome", ("given_name", "family_name")),
        ("Nome; Apelido", ("given_name", "family_name")),
        ("Voornaam; Achternaam", ("given_name", "family_name")),
        ("Voornaam; Naam", ("given_name", "family_name")),
        ("Förnamn; Efternamn", ("given_name", "family_name")),
        ("Nombre", ("full_name",)),
        ("Nom", ("full_name",)),
        ("Nome", ("full_name",)),
        ("Name", ("full_name",)),
        ("Naam", ("full_name",)),
        ("Namn", ("full_name",)),
        ("Nom et prénom", ("full_name",)),
        ("Ansprechpartner", ("full_name",)),
        ("Delegate", ("full_name",)),
        ("Nome e cognome", ("full_name",)),
        ("Contact", ("full_name",)),
    ],
)
def test_names_in_parts_and_whole(headers: str, fields: tuple[str, ...]) -> None:
    """One word is the given name beside a surname, a surname beside a given name, and the whole name alone."""
    found = mapping([*headers.split("; "), MAIL])
    assert {column: field for field, columns in found.fields.items() for column in columns} == {
        **dict(zip(headers.split("; "), fields, strict=True)),
        MAIL: "email",
    }


@pytest.mark.parametrize(
    "header",
    [
        *(
            "Company Phone",
            "Company Email",
            "HQ Phone",
            "Head office telephone",
            "Switchboard",
            "Fax",
            "Main line phone",
        ),
        *("Assistant Email", "Manager Phone", "Emergency contact phone", "Emergency Contact Email", "Spouse email"),
        *(
            "Buyer email",
            "Referrer email",
            "Billing Email",
            "Owner email",
            "Supervisor e-mail",
            "Parent email",
            "Doctor's phone",
        ),
        *(
            "Telefon Zentrale",
            "E-Mail Assistenz",
            "Notfallkontakt Telefon",
            "Firmentelefon",
            "Rechnungs-E-Mail",
            "E-Mail Firma",
        ),
        *("Téléphone du standard", "E-mail assistante", "Téléphone de l'entreprise", "E-mail facturation"),
        *("Teléfono de la empresa", "Correo de la secretaria", "Teléfono de emergencia", "Telefono centralino"),
        *(
            "Email segreteria",
            "Telefono dell'azienda",
            "Telefoon receptie",
            "E-mail van het bedrijf",
            "Telefone da empresa",
        ),
        *("Telefon växel", "E-post chef", "Company Website", "Sales rep email"),
    ],
)
def test_columns_of_companies_and_other_people(header: str) -> None:
    """They are never the person's, by header or by values."""
    assert field_of(header) is None


@pytest.mark.parametrize(
    "header",
    [
        *("Event name", "Ticket name", "Company contact", "Product name", "List name", "Is Guest", "Contact Owner"),
        *("Email Domain", "Email source", "Phone Label", "Time zone", "Language", "Address 1", "Number of Locations"),
    ],
)
def test_headers_that_only_sound_like_a_field(header: str) -> None:
    """What is left when a word goes must be a known header."""
    assert field_of(header) is None


@pytest.mark.parametrize(
    ("headers", "email", "phone"),
    [
        ("Personal Email; Work Email; Email", ("Work Email", "Email", "Personal Email"), ()),
        ("Email 2; Email 1; Primary Email", ("Primary Email", "Email 1", "Email 2"), ()),
        (
            "Email; Home Phone; Phone; Mobile; Direct Phone",
            ("Email",),
            ("Direct Phone", "Mobile", "Phone", "Home Phone"),
        ),
        (
            "Email; Telefon privat; Durchwahl; Handy; Telefon",
            ("Email",),
            ("Durchwahl", "Handy", "Telefon", "Telefon privat"),
        ),
        ("E-Mail (privat); E-Mail (geschäftlich)", ("E-Mail (geschäftlich)", "E-Mail (privat)"), ()),
        ("Corporate Phone; Phone; Email", ("Email",), ("Phone",)),
    ],
)
def test_several_columns_have_a_preference(headers: str, email: tuple[str, ...], phone: tuple[str, ...]) -> None:
    """Direct numbers before mobile ones before any before private ones; addresses at work before private ones."""
    found = mapping([NAME, *headers.split("; ")]).fields
    assert (found.get("email", ()), found.get("phone", ())) == (email, phone)


@pytest.mark.parametrize(
    ("header", "flags"),
    [
        ("unsubscribed_at", {("email", False, True)}),
        ("optedOutAt", {("email", False, True), ("phone", False, True)}),
        ("Opt-in date", set()),
        ("Newsletter opt-in date", set()),
        ("May we call you?", {("phone", True, False)}),
        ("Dürfen wir Sie anrufen?", {("phone", True, False)}),
        ("Souhaitez-vous recevoir la newsletter ?", {("email", True, False)}),
        ("Acepta recibir llamadas", {("phone", True, False)}),
        ("Consenso al trattamento per newsletter", {("email", True, False)}),
        ("No desea recibir publicidad", {("email", False, False), ("phone", False, False)}),
        ("Vill inte bli uppringd", {("phone", False, False)}),
        ("Geen telefoontjes", {("phone", False, False)}),
        ("Não deseja receber ligações", {("phone", False, False)}),
        ("Ne souhaite pas être appelé", {("phone", False, False)}),
        ("Non desidera ricevere e-mail", {("email", False, False)}),
        ("Do Not SMS", {("phone", False, False)}),
        ("Fax Opt Out", set()),
        ("Unsubscribe URL", set()),
        ("Opt-in IP", set()),
        ("Consent text", set()),
        ("Marketing status", set()),
    ],
)
def test_flags_by_wording(header: str, flags: set[tuple[str, bool, bool]]) -> None:
    """Channel, sense and whether a day is a yes; what is about other ways, or about the answer, is no flag."""
    found = mapping([NAME, MAIL, header])
    assert {(flag.channel, flag.positive, flag.timed) for flag in found.flags} == flags


@given(st.permutations(["Name", "Work Email", "Email 2", "Telefon", "Handy", "Company", "Country", "Opt-out", "Notes"]))
def test_the_order_of_columns_changes_nothing(headers: list[str]) -> None:
    """Which column is which field depends on what it is called."""
    found = mapping(headers)
    assert found.fields == {
        "full_name": ("Name",),
        "email": ("Work Email", "Email 2"),
        "phone": ("Handy", "Telefon"),
        "company": ("Company",),
        "country": ("Country",),
    }
    assert ({flag.column for flag in found.flags}, found.unmapped) == ({"Opt-out"}, ("Notes",))
