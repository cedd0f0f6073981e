"""An address at a company that somebody has left says who they are, and is nothing to write to."""

from __future__ import annotations

from datetime import date

from policies.evaluate import decide
from policies.queue_lines import queue_lines
from tests.policies.worlds import Row, world

LINE = "+12025550101"
OLD, NEW = date(2025, 10, 1), date(2026, 9, 24)
LEFT, NOW = "ada@acme.example", "ada@birch.example"
BEFORE = Row(LEFT, LINE, company="Acme Inc", title="Head of Acme", obtained_on=OLD)
RULE = "core.cadence.former_employer"


def test_the_address_of_where_they_work_is_taken() -> None:
    """Both rows are one person's, by number and name: the newer company's address, title and name of the company."""
    inputs = world([BEFORE, Row(NOW, LINE, company="Birch Inc", obtained_on=NEW)], briefed=[LEFT, NOW])
    (line,) = queue_lines(decide(inputs), inputs).iter_rows(named=True)
    assert (line["contact_point"], line["company"], line["job_title"]) == (NOW, "Birch Inc", "Head of Operations")


def test_without_another_address_it_is_held() -> None:
    """The newer list has no address: somebody has to find one."""
    inputs = world([BEFORE, Row(None, LINE, company="Birch Inc", obtained_on=NEW)])
    decision = decide(inputs)
    told = {(row["channel"], row["former_employer"]) for row in decision.table.facts.iter_rows(named=True)}
    assert told == {("email", True), ("phone", False)}
    assert RULE in decision.people.get_column("reasons")[0]


def test_where_they_still_work_it_is_written_to() -> None:
    """The newer list names the same company, or none."""
    for later in (Row(None, LINE, company="Acme Inc", obtained_on=NEW), BEFORE):
        facts = decide(world([BEFORE, later])).table.facts
        assert not facts.get_column("former_employer").any()
