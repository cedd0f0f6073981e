"""What has no place in a brief is found in the languages of the house, and a firm's business is none of it."""

from __future__ import annotations

import pytest

from tests.policies.brief_texts import full, rule_ids


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("Er ist an Krebs erkrankt.", "brief.special_category"),
        ("Sie hatte 2020 Krebs.", "brief.special_category"),
        ("Er ist schwer erkrankt.", "brief.special_category"),
        ("Breast cancer survivor, runs the team.", "brief.special_category"),
        ("She uses a wheelchair after her stroke.", "brief.special_category"),
        ("Was convicted of drunk driving in 2015.", "brief.special_category"),
        ("Er sitzt für die CDU im Stadtrat.", "brief.special_category"),
        ("She sits on the city council for Labour.", "brief.special_category"),
        ("Sitzt seit 2019 im Rollstuhl.", "brief.special_category"),
        ("Wegen Trunkenheit am Steuer verurteilt.", "brief.special_category"),
        ("Elle se déplace en fauteuil roulant.", "brief.special_category"),
        ("Condamné pour conduite en état d'ivresse.", "brief.special_category"),
        ("Siège au conseil municipal pour les Républicains.", "brief.special_category"),
        ("Va en silla de ruedas.", "brief.special_category"),
        ("Condenado por conducir bebido.", "brief.special_category"),
        ("Es concejala por el PSOE.", "brief.special_category"),
        ("È su una sedia a rotelle.", "brief.special_category"),
        ("Condannata per guida in stato di ebbrezza.", "brief.special_category"),
        ("Siede in consiglio comunale per la Lega.", "brief.special_category"),
        ("Zit sinds 2019 in een rolstoel.", "brief.special_category"),
        ("Veroordeeld wegens rijden onder invloed.", "brief.special_category"),
        ("Zit voor de VVD in de gemeenteraad.", "brief.special_category"),
        ("Anda de cadeira de rodas.", "brief.special_category"),
        ("Condenada por conduzir embriagada.", "brief.special_category"),
        ("Vereadora pelo PSD.", "brief.special_category"),
        ("Sitter i rullstol.", "brief.special_category"),
        ("Dömd för rattfylleri.", "brief.special_category"),
        ("Sitter i fullmäktige för Moderaterna.", "brief.special_category"),
        ("Frau Lund ist seit Mai an Brustkrebs erkrankt.", "brief.special_category"),
        ("He spent two years in prison.", "brief.special_category"),
        ("Survivante d'un cancer.", "brief.special_category"),
        ("Si è gravemente ammalata.", "brief.special_category"),
        ("Recently had a baby.", "brief.private_life"),
        ("Has a newborn at home.", "brief.private_life"),
        ("Three kids, coaches their football team.", "brief.private_life"),
        ("Earns about 200k a year.", "brief.private_life"),
        ("Lives at 12 Elm Street with a pool.", "brief.private_life"),
        ("Ist gerade Mutter geworden.", "brief.private_life"),
        ("Hat vor kurzem ein Baby bekommen.", "brief.private_life"),
        ("Hat ein Neugeborenes zu Hause.", "brief.private_life"),
        ("Verdient rund 200.000 Euro im Jahr.", "brief.private_life"),
        ("Wohnt in der Lindenstraße 12.", "brief.private_life"),
        ("Trainiert die Fußballmannschaft.", "brief.private_life"),
        ("Vient d'avoir un bébé.", "brief.private_life"),
        ("Gagne environ 200 000 euros par an.", "brief.private_life"),
        ("Habite 12 rue des Lilas.", "brief.private_life"),
        ("Acaba de tener un bebé.", "brief.private_life"),
        ("Gana unos 200.000 euros al año.", "brief.private_life"),
        ("Vive en la calle Mayor 12.", "brief.private_life"),
        ("Ha appena avuto un bambino.", "brief.private_life"),
        ("Guadagna circa 200mila euro all'anno.", "brief.private_life"),
        ("Abita in via Roma 12.", "brief.private_life"),
        ("Heeft net een baby gekregen.", "brief.private_life"),
        ("Verdient zo'n 200.000 euro per jaar.", "brief.private_life"),
        ("Woont aan de Lindelaan 12.", "brief.private_life"),
        ("Acabou de ter um bebé.", "brief.private_life"),
        ("Ganha cerca de 200 mil euros por ano.", "brief.private_life"),
        ("Mora na rua das Flores 12.", "brief.private_life"),
        ("Har nyligen fått barn.", "brief.private_life"),
        ("Tjänar omkring 900 000 kronor om året.", "brief.private_life"),
        ("Bor på Storgatan 12.", "brief.private_life"),
        ("She makes 180,000 dollars.", "brief.private_life"),
    ],
)
def test_what_is_nobodys_business_is_found_in_the_languages_of_the_house(said: str, rule: str) -> None:
    """Illness, offences, parties, children, income and home, with and without a pronoun."""
    assert rule in rule_ids(full(("with her picture", said)))


@pytest.mark.parametrize(
    "said",
    [
        "The mill earns about 200 million a year, the depot 3 million.",
        "Their data lives at 3 sites and lives on a shared drive.",
        "A baby food line and a kids wear brand with three kids shops.",
        "The new parent company and its new mother ship.",
        "The supplier was convicted of fraud and fined for late filings.",
        "Trucks charged with battery packs, drivers fined for speeding.",
        "Passengers in a wheelchair wait; the stroke unit follows cancer survivors.",
        "Patienten, die an Krebs erkrankt sind, warten.",
        "Die Krebs-Register: sie hat 2020 die Krebs-Daten zusammengeführt.",
        "Das Werk verdient 200 Millionen im Jahr und kandidiert für den Preis.",
        "Er sitzt für die Firma im Normenausschuss.",
        "He sits on the standards board for labour statistics.",
        "Le conseil municipal a élu un prestataire.",
        "El centro vive de la calle comercial.",
        "L'azienda gestisce una piazza e la via commerciale.",
        "Företaget säljer rullstolar på Storgatan 12.",
        "She coaches the planning team.",
        "Drivers on a salary of 30,000 and monitors for a baby at home.",
        "The prison service spent a year in planning.",
        "O grupo ganha 300 mil euros por ano com a linha; the depot earns about 200k a year.",
        "The report counts two kids' wards.",
    ],
)
def test_what_a_firm_does_is_nobodys_private_life(said: str) -> None:
    """The same words about a business, its customers or its goods pass."""
    assert rule_ids(full(("No replanned bay", f"{said} No replanned bay"))) == []
