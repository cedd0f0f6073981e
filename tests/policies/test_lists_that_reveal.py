"""Words of a list that reveal what the law protects contradict a contract that says it reveals nothing."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from flows.rules_on_disk import load_rulebook
from policies.sources import SourceContract, contract_facts, parse_source_contract
from policies.sources.special_categories import membership_doubt

LISTS: dict[str, Any] = dict(load_rulebook(None).settings["lists"])


def contract(**changes: object) -> SourceContract:
    """A contract that states that its list reveals nothing."""
    read = parse_source_contract('membership_reveals = "none"', "rules/sources/x.toml")
    return dataclasses.replace(read, **changes)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("name", "category"),
    [
        *(
            ("Diabetes patients 2026", "health"),
            ("Selbsthilfegruppe Krebs", "health"),
            ("Association des malades", "health"),
        ),
        *(
            ("Pacientes del hospital", "health"),
            ("Ziekte en zorg", "health"),
            ("Personer med funktionsnedsättning", "health"),
        ),
        *(("Teachers' union, members", "union"), ("Gewerkschaft Neustadt", "union"), ("Syndicat du livre", "union")),
        *(("Sindicato del metal", "union"), ("Vakbond leden", "union"), ("Fackförbundet", "union")),
        *(("Parish of St Mary", "religion"), ("Kirchengemeinde", "religion"), ("Paroisse", "religion")),
        *(("Parrocchia", "religion"), ("Kerk", "religion"), ("Igreja", "religion"), ("Församling", "religion")),
        *(("Party members", "politics"), ("Parteimitglieder", "politics"), ("Militantes", "politics")),
        *(("LGBTQ+ professionals", "sexuality"), ("Pride 2026", "sexuality")),
        *(("Refugees welcome", "ethnicity"), ("Flüchtlingshilfe", "ethnicity"), ("Vluchtelingenwerk", "ethnicity")),
        *(
            ("Data Leaders Association", None),
            ("European Union Affairs Forum", None),
            ("Credit union technology", None),
        ),
        *(("Democratic design days", None), ("Church Street traders", None), ("Catholic University alumni", None)),
        *(("Oncology congress attendees", None), ("Oncology patients", "health"), ("Democrats of Ohio", "politics")),
        *(("Alcoholics Anonymous members", "health"), ("Catholic parish", "religion"), ("HIV self help", "health")),
        *(("Summit 2026, attendees", None), ("Interessenten der Messe", None), ("Salon de la logistique", None)),
    ],
)
def test_words_of_the_name(name: str, category: str | None) -> None:
    """Each category in several languages; what only sounds like it reveals nothing."""
    assert membership_doubt(contract(name=name), (), LISTS) == category


@pytest.mark.parametrize(
    ("header", "category"),
    [
        *(("Religion", "religion"), ("Diagnosis", "health"), ("Union member", "union"), ("Konfession", "religion")),
        *(("unionMember", "union"), ("Ethnicity", "ethnicity"), ("Sexual orientation", "sexuality")),
        *(
            ("Political affiliation", "politics"),
            ("Job title", None),
            ("Company", None),
            ("Email delivery disabled", None),
            ("Herkunft", None),
        ),
    ],
)
def test_headers(header: str, category: str | None) -> None:
    """A column that is itself such data, of the file or named by the contract."""
    assert membership_doubt(contract(), ["Name", header], LISTS) == category
    assert membership_doubt(contract(columns={"sector": (header,)}), (), LISTS) == category


@pytest.mark.parametrize("field", ["supplier", "told"])
def test_supplier_and_what_was_told(field: str) -> None:
    """Who gave the list and what its people read say as much as its name."""
    assert membership_doubt(contract(**{field: "Diabetes patients network"}), (), LISTS) == "health"


@pytest.mark.parametrize("stated", ["health", "unknown", None])
def test_only_a_stated_none_is_doubted(stated: str | None) -> None:
    """Everything else is refused or held by itself."""
    assert membership_doubt(contract(name="Patients", membership_reveals=stated), (), LISTS) is None


def test_it_is_a_fact_of_the_list() -> None:
    """The category stands in the facts, no word of the list."""
    read = contract_facts(contract(), date(2026, 10, 14), headers=["Religion"], lists=LISTS)
    assert read["membership_doubt"] == "religion"
