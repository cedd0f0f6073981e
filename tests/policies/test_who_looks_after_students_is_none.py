"""Titles of students and apprentices, and of those who look after them: only the former are ruled out."""

from __future__ import annotations

import polars as pl
import pytest

from flows.rules_on_disk import load_rulebook
from policies.sources.cell_values import age
from policies.titles import title_facts

SETTINGS = load_rulebook(None).settings
AGES = SETTINGS["lists"]["ages"]


def seniority(title: str) -> str | None:
    """What a title says of the seniority."""
    found: str | None = title_facts(pl.Series([title]), SETTINGS["titles"]).item(0, "seniority")
    return found


@pytest.mark.parametrize(
    "title",
    [
        *("Head of Student Affairs", "Student Recruitment Manager", "Director, International Students"),
        *("Internship Programme Manager", "Apprentice Manager", "Trainee Recruitment Lead", "Dean of Students"),
        *("VP Student Services", "Manager, Apprenticeships", "Student Success Advisor", "Head of Apprenticeships"),
        *("Leiter Studierendenservice", "Leiterin der Auszubildenden", "Ausbildungsleiter Azubis"),
        *("Responsable des stagiaires", "Directrice des études étudiantes", "Responsable de estudiantes"),
        *("Responsabile degli stagisti", "Hoofd studenten", "Coordenadora de estágios", "Chef för studenter"),
    ],
)
def test_who_looks_after_them(title: str) -> None:
    """They are professionals, whomever they work for."""
    assert seniority(title) not in (None, "student")


@pytest.mark.parametrize(
    "title",
    [
        *("Student", "PhD Student", "Student Assistant", "Working student", "Intern", "Trainee", "Apprentice"),
        *("Marketing Intern", "Management Trainee", "Software Engineer Intern", "Sales Manager Trainee"),
        *("Intern to the Head of Sales", "Student assistant to the CEO", "Project Manager (Intern)"),
        *("Schülerin", "Azubi", "Werkstudent", "Praktikantin Marketing", "Étudiante", "Stagiaire marketing", "Élève"),
        *("Estudiante", "Becaria", "Studente", "Tirocinante", "Scholier", "Estudante", "Estagiária", "Elev"),
    ],
)
def test_students(title: str) -> None:
    """Whoever learns is a student, whatever they learn."""
    assert seniority(title) == "student"


@pytest.mark.parametrize(
    ("cell", "years"),
    [
        *(("17 years", 17), ("17 yrs", 17), ("17y", 17), ("17 Jahre", 17), ("aged 17", 17), ("17 (minor)", 17)),
        *(("15 J.", 15), ("12 (minor)", 12), ("unter 16", 16), ("16-24", 16), ("16 to 24", 16), ("18+", 18)),
        *(("minderjährig", 17), ("noch minderjährig", 17), ("mineur", 17), ("under 18", 17), ("<18", 17)),
        *(("45", 45), ("45.5", 45), ("45.0", 45), ("45 years 6 months", 45), ("15 ans 3 mois", 15)),
        *(("not a minor", None), ("adult", None), ("", None), (None, None), ("10.05.1980", None)),
    ],
)
def test_ages(cell: str | None, years: int | None) -> None:
    """The lowest number of years counts, and a word for a minor; a day is no age."""
    frame = pl.DataFrame({"cell": [cell]}, schema={"cell": pl.String})
    assert frame.select(age(pl.col("cell"), AGES)).item() == years
