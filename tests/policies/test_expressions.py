"""A condition reads facts of one row, or it is refused with the reason."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.rulebook.expressions import ConditionError, compile_condition, probe_faults

ACCEPTED = [
    ("country = 'DE' AND channel = 'email' AND NOT consent_valid", ("channel", "consent_valid", "country")),
    ("country IN ('DE', 'FR')", ("country",)),
    ("country NOT IN ('DE', 'FR')", ("country",)),
    ("employees IN (1, 2)", ("employees",)),
    ("employees BETWEEN 10 AND 50", ("employees",)),
    ("attempts_in_window + 1 > attempt_cap", ("attempt_cap", "attempts_in_window")),
    ("(country IS NOT DISTINCT FROM 'DE') AND opted_out", ("country", "opted_out")),
    ("timezone IS NULL OR window_open IS NOT NULL", ("timezone", "window_open")),
    ("job_title ~ '^head\\b'", ("job_title",)),
    ("LOWER(job_title) LIKE '%head%'", ("job_title",)),
    ("STARTS_WITH(job_title, 'Head') OR ENDS_WITH(job_title, 'Head')", ("job_title",)),
    ("LENGTH(company) > 3", ("company",)),
    ("COALESCE(country, region) = 'DE'", ("country", "region")),
    ("CASE WHEN country = 'DE' THEN TRUE ELSE NULL END", ("country",)),
    ("IF(consent_valid, 1, 2) = 1", ("consent_valid",)),
    ("TRY_CAST(company AS INT) > 3", ("company",)),
    ("obtained_on + INTERVAL '1 month' > DATE '2026-01-31'", ("obtained_on",)),
    ("EXTRACT(YEAR FROM obtained_on) = 2026", ("obtained_on",)),
    ("company = 'O''Brien -- \"Sons\"'", ("company",)),
    ("consent_valid = (employees > 3)", ("consent_valid", "employees")),
]

REFUSED = [
    # other rows
    ("COUNT(*) > 1", "COUNT(*)"),
    ("employees > AVG(employees)", "aggregate"),
    ("MAX(employees) > 3", "aggregate"),
    ("SUM(employees) OVER () > 1", "aggregate"),
    ("ROW_NUMBER() OVER (ORDER BY country) > 1", "window"),
    ("LAG(employees) OVER (ORDER BY country) > 1", "window"),
    ("UNNEST(company)", "UNNEST"),
    ("EXISTS (SELECT 1)", "sub-select"),
    ("country IN (SELECT country FROM facts)", "sub-select"),
    # the clock and chance
    ("obtained_on < CURRENT_DATE", "clock"),
    ("obtained_on IN (current_date)", "clock"),
    ("NOW() > obtained_on", "clock"),
    ("CURRENT_TIMESTAMP > obtained_on", "clock"),
    ("RANDOM() > 0.5", "cannot be read"),
    # text that means something else
    ('country = "DE"', "Double quotes"),
    ("country = `DE`", "Double quotes"),
    ("country = $$DE$$", "Dollar"),
    ("opted_out -- always", "Comments"),
    ("opted_out /* always */", "Comments"),
    ("opted_out AS x", "AS"),
    ("country LIKE 'a\\_b'", "backslash"),
    ("country = NULL", "NULL"),
    ("country NOT IN ('DE', NULL)", "NULL"),
    ("window_open IS FALSE", "IS TRUE"),
    ("consent_valid IS NOT TRUE", "IS TRUE"),
    # unknown made known
    ("STRPOS(company, 'x') > 1", "STRPOS"),
    ("CONCAT(company, 'x') = 'x'", "CONCAT"),
    ("GREATEST(employees, 2) > 1", "GREATEST"),
    # kinds
    ("consent_valid = 'yes'", "yes/no with text"),
    ("employees = 'ten'", "number with text"),
    ("obtained_on > '2026-01-31'", "date with text"),
    ("obtained_on > DATE('2026-01-31')", "DATE '2026-01-31'"),
    ("NOT country", "text where yes/no"),
    ("country AND opted_out", "text in AND"),
    ("consent_valid > opted_out", "an order"),
    ("company", "a result that is text"),
    ("COALESCE(employees, 'x') = 1", "different kinds"),
    ("CAST(company AS INT) > 3", "TRY_CAST"),
    ("company::INT > 3", "TRY_CAST"),
    ("country = ANY(company)", "a list taken from a fact"),
    ("employees > 1e400", "without end"),
    ("TIMESTAMP '2026-01-31' > obtained_on", "days"),
    # nothing, too much, or gibberish
    ("TRUE", "no fact"),
    ("1 = 1", "no fact"),
    ("COLUMNS('a')", "column pattern"),
    ("opted_out; erased", "cannot be read"),
    ("opted_out, erased", "cannot be read"),
    ("country = 'DE", "cannot be read"),
    ("employees % 2 = 0", "Sql.Binary"),
]


@pytest.mark.parametrize(("text", "columns"), ACCEPTED, ids=[text for text, _ in ACCEPTED])
def test_conditions_that_hold(text: str, columns: tuple[str, ...]) -> None:
    """What rules need can be said, and the facts read are known."""
    condition = compile_condition(text)
    assert condition.columns == columns
    assert probe_faults([condition]) == {}


@pytest.mark.parametrize(("text", "named"), REFUSED, ids=[text for text, _ in REFUSED])
def test_conditions_that_are_refused(text: str, named: str) -> None:
    """Each refusal names what is refused."""
    with pytest.raises(ConditionError) as refusal:
        compile_condition(text)
    assert named in refusal.value.message + refusal.value.fix


def test_the_nearest_fact_is_named() -> None:
    """A misspelt fact is answered with the one that was meant."""
    with pytest.raises(ConditionError) as refusal:
        compile_condition("concent_valid AND opted_out")
    assert "concent_valid" in refusal.value.message
    assert "consent_valid" in refusal.value.fix


def test_the_probe_finds_broken_patterns_and_wrong_lists() -> None:
    """What only shows when it runs is found on an empty frame, and named one by one."""
    conditions = [
        compile_condition(text) for text in ("job_title ~ '['", "opted_out", "employees IN ('a')", "region ~ '(?=x)'")
    ]
    faults = probe_faults(conditions)
    assert sorted(faults) == [0, 2, 3]
    assert "unclosed character class" in faults[0]


ATOMS = {"opted_out": pl.Boolean, "consent_valid": pl.Boolean, "window_open": pl.Boolean}


def _conditions() -> st.SearchStrategy[str]:
    atoms = st.sampled_from([*ATOMS, "country = 'DE'", "country IN ('DE', 'FR')", "country IS NULL"])
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda parts: f"({' '.join(parts)})"),
            inner.map(lambda text: f"(NOT {text})"),
        ),
        max_leaves=6,
    )


def _kleene(text: str, row: dict[str, object]) -> bool | None:
    """Three-valued logic written out: an independent reading of the same text."""
    country = row["country"]
    known = {
        "country = 'DE'": None if country is None else country == "DE",
        "country IN ('DE', 'FR')": None if country is None else country in ("DE", "FR"),
        "country IS NULL": country is None,
    }
    if text in known:
        return known[text]
    if text in ATOMS:
        value = row[text]
        return None if value is None else bool(value)
    if text.startswith("(NOT "):
        inner = _kleene(text[5:-1], row)
        return None if inner is None else not inner
    depth = 0
    for position, letter in enumerate(text[1:-1], start=1):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        for operator in (" AND ", " OR "):
            if depth == 0 and text.startswith(operator, position):
                sides = [_kleene(text[1:position], row), _kleene(text[position + len(operator) : -1], row)]
                decisive = operator == " OR "
                if decisive in sides:
                    return decisive
                return None if None in sides else not decisive
    raise AssertionError(text)


maybe = st.sampled_from([True, False, None])


@given(
    text=_conditions(),
    row=st.fixed_dictionaries({**dict.fromkeys(ATOMS, maybe), "country": st.sampled_from(["DE", "US", None])}),
)
def test_unknown_is_neither_yes_nor_no(text: str, row: dict[str, object]) -> None:
    """Conditions follow three-valued logic exactly, however they are nested."""
    frame = pl.DataFrame([row], schema={**ATOMS, "country": pl.String})
    answer = frame.select(compile_condition(text).expression.alias("answer")).item()
    assert answer is _kleene(text, row)
