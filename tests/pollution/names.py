"""Invented people of many countries and scripts, and the headers and words of flags of eight languages."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["LANGUAGES", "PEOPLE", "Language"]

# Given name, family name, country of living: one a line. No name stands twice in a column.
_PEOPLE: Final = """
Zoë|van der Berg|NL
Siân|O'Connor|IE
Mary Jane|Smith-Jones|GB
Deshawn|Freeman|US
Noah|St. Clair|US
Jörg|Müßig|DE
Käthe|von und zu Hohenfels|DE
Björn|Östlund|SE
Åsa|Ekström|SE
Søren|Kjærgaard|DK
Élodie|Lefèvre|FR
Jean-François|d'Aubigné|FR
Gaël|Le Goff|FR
Íñigo|Muñoz Peña|ES
Nuria|García i Ferrer|ES
Inês|Conceição|PT
João|dos Santos Araújo|BR
Niccolò|De Santis|IT
Chiara|D'Amico|IT
Guðrún|Þorvaldsdóttir|IS
Matthijs|'t Hooft|NL
Anneleen|Vermeulen|BE
Urs|Zürcher|CH
Seán|Ó Briain|IE
Ngozi|Adeyemi|NG
Thabo|Mokoena|ZA
Aoife|Ní Dhomhnaill|IE
Wiremu|Parata|NZ
Ruth|Nakamoto|AU
Kofi|Mensah|GH
Łukasz|Dąbrowski|PL
Żaneta|Wójcik|PL
Jiří|Dvořák|CZ
Ľudmila|Šťastná|SK
György|Szőke|HU
Ștefan|Ionuț-Rădulescu|RO
Đorđe|Živković|RS
Ivana|Čolić|HR
Иван|Соколов|BG
Ольга|Кузнецова|KZ
Євген|Шевчук|UA
Мирјана|Јовановић|RS
Ελένη|Παπαδοπούλου|GR
Γιώργος|Καραμανλής|CY
İpek|Y\u0131ld\u0131r\u0131m|TR
Ça\u011fr\u0131|Öztürk|TR
Nguyễn|Thị Hạnh|VN
Trần|Quốc Đạt|VN
小明|王|CN
丽华|李|TW
太郎|山田|JP
さくら|佐藤|JP
민수|김|KR
서연|박|KR
محمد|الحداد|AE
ليلى|منصور|JO
דוד|כהן|IL
נועה|לוי|IL
आरव|शर्मा|IN
অনিক|চৌধুরী|BD
சுந்தர்|முத்து|LK
สมชาย|ใจดี|TH
ანა|ბერიძე|GE
Արամ|Պետրոսյան|AM
ሳባ|ተስፋዬ|ET
Sirpa|Hämäläinen|FI
Ole|Ødegård|NO
Kärt|Õunapuu|EE
Jānis|Bērziņš|LV
Žydrė|Šimkutė|LT
"""
PEOPLE: Final = tuple(tuple(line.split("|")) for line in _PEOPLE.split("\n") if line)


class Language(NamedTuple):
    """Headers by column, and the words with which its flags say yes and no."""

    headers: dict[str, str]
    yes: str
    no: str


_COLUMNS: Final = (
    "full_name",
    "given_name",
    "family_name",
    "email",
    "phone",
    "company",
    "job_title",
    "city",
    "postal_code",
    "country",
    "email_opt_out",
    "phone_opt_out",
    "note",
    "number",
)
_HEADERS: Final = {
    "en": "Full Name|First Name|Last Name|Email Address|Phone|Company|Job Title|City|Postcode|Country|Do Not Email"
    "|Do Not Call|Shoe Size|Badge",
    "de": "Vollständiger Name|Vorname|Nachname|E-Mail-Adresse|Telefon|Firma|Funktion|Ort|PLZ|Land|Keine E-Mails"
    "|Nicht anrufen|Schuhgröße|Ausweis",
    "fr": "Nom complet|Prénom|Nom|Adresse e-mail|Téléphone|Société|Fonction|Ville|Code postal|Pays|Pas d'e-mail"
    "|Ne pas appeler|Pointure|Badge n°",
    "es": "Nombre completo|Nombre|Apellidos|Correo electrónico|Teléfono|Empresa|Cargo|Ciudad|Código postal|País"
    "|No enviar correo|No llamar|Calzado|Acreditación",
    "it": "Nome completo|Nome|Cognome|Indirizzo e-mail|Telefono|Azienda|Ruolo|Città|CAP|Paese|No email marketing"
    "|Non chiamare|Scarpe|Tessera",
    "nl": "Volledige naam|Voornaam|Achternaam|E-mailadres|Telefoonnummer|Bedrijf|Functie|Plaats|Postcode|Land"
    "|Geen e-mail|Niet bellen|Schoenmaat|Pasje",
    "pt": "Nome completo|Primeiro nome|Sobrenome|Endereço de e-mail|Telefone|Empresa|Cargo|Cidade|Código postal|País"
    "|Não enviar e-mail|Não ligar|Sapato|Crachá",
    "sv": "Fullständigt namn|Förnamn|Efternamn|E-postadress|Telefonnummer|Företag|Befattning|Ort|Postnummer|Land"
    "|Ingen e-post|Ring inte|Skonummer|Bricka",
}
_WORDS: Final = {
    "en": ("yes", "no"),
    "de": ("ja", "nein"),
    "fr": ("oui", "non"),
    "es": ("sí", "no"),
    "it": ("sì", "no"),
    "nl": ("ja", "nee"),
    "pt": ("sim", "não"),
    "sv": ("ja", "nej"),
}
LANGUAGES: Final = {
    name: Language(dict(zip(_COLUMNS, headers.split("|"), strict=True)), *_WORDS[name])
    for name, headers in _HEADERS.items()
}
