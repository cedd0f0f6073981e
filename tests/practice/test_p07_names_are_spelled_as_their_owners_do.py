"""P7: spell names right. Kept byte for byte, never invented, conflicts told, the opening line as recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.practice.homework import ADA, BEA
from tests.practice.team import person

if TYPE_CHECKING:
    from tests.practice.team import Team

_NAMES = {
    "siobhan@acme.example": ("Siobhán", "Ní Mhaoláin"),
    "j.vdb@bolt.example": ("Jördis", "van der Brück"),
    "dsj@copperfield.example": ("D'Shawn", "O'Brien-Łukasik"),
    "bell@dunmore.example": ("bell", "hooks-marie"),
    "mcd@elmstead.example": ("Màiri", "MacDhòmhnaill"),
}


def test_names_stay_as_they_were_written_and_none_is_made_up(team: Team) -> None:
    """Accents, particles and capitals arrive byte for byte; without a name: held, and nobody greeted as J Doe."""
    people = [
        person(given, family, email, company=f"{email.split('@')[1].split('.')[0].title()} Inc")
        for email, (given, family) in _NAMES.items()
    ]
    team.people("summit", *people, person("", "", "j.doe@fernhill.example", company="Fernhill Inc"))
    team.tactful("intake")
    wanted = {line["contact_point"]: line["full_name"] for line in team.answer_lines("brief", "wanted")}
    assert wanted == {email: f"{given} {family}" for email, (given, family) in _NAMES.items()}
    assert "Jördis van der Brück" in team.tactful("brief", "new", "j.vdb@bolt.example")

    verdict, rules = team.verdict("j.doe@fernhill.example")
    assert (verdict, "core.fit.name_missing" in rules) == ("held", True)
    template = team.tactful("brief", "new", "j.doe@fernhill.example")
    assert "Doe" not in template.replace("j.doe@fernhill.example", "")


def test_an_opening_line_that_misspells_is_refused(team: Team) -> None:
    """One letter is enough: the brief fails, and the finding says what to copy from where, without the name itself."""
    team.people("summit", person("Ada", "Okafor", ADA.contact, company="Acme Inc"))
    team.tactful("intake")
    misspelt = ("Ada Okafour", "Ada Okáfor", "Ms Okafer", "Adah")
    briefs = {name: ADA.but(opening_line=ADA.opening_line.replace("Ada Okafor", name)) for name in misspelt}
    for name, findings in team.checked(briefs).items():
        assert [line["rule_id"] for line in findings] == ["brief.opening_name"], name
        assert "letter for letter" in findings[0]["fix"]
        assert "Okafor" not in findings[0]["message"] + findings[0]["fix"]


def test_lists_that_disagree_about_a_name_are_told(team: Team) -> None:
    """Nothing is chosen in silence: why, the worklist and the template of the brief all show both spellings."""
    team.people("summit", person("Bea", "Ruiz", BEA.contact, company="Bolt Fasteners Inc"))
    team.people("guild", person("Beatriz", "Ruíz", BEA.contact, company="Bolt Fasteners Inc"))
    run = team.morning()
    told = {line["field"]: line for line in team.why(BEA.contact)["conflicts"]}
    assert {"given_name", "family_name"} & set(told) or "full_name" in told
    (wanted,) = run.file("briefs_wanted.csv")
    assert wanted["conflicts"] != ""
    template = team.tactful("brief", "new", BEA.contact)
    assert "Beatriz" in template
    assert "Bea Ruiz" in template
