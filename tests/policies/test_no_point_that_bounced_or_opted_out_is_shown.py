"""What people are shown to write to or to call: never a point that bounced or opted out, in a list or by an event."""

from __future__ import annotations

from typing import Any

import pytest

from policies.evaluate import decide
from policies.shown import closed_points, conflicts_of, points_shown
from policies.worklists import notices_due
from tests.policies.worlds import Consented, Row, Said, world

WORK, HOME, PHONE = "ada@acme.example", "ada@example.org", "+12025550101"
# Both rows are of one person, the second of the older list: the number ties them.
ADA = (
    Row(WORK, PHONE, country="DE", title="Head of Operations"),
    Row(HOME, PHONE, country="DE", title="Buyer", source="guild"),
)


def shown(rows: tuple[Row, ...], said: list[Said], given: list[Consented] | None = None) -> dict[str, Any]:
    """The points shown of the one person with these rows."""
    (face,) = points_shown(decide(world(rows, said, given or []))).drop("person_id").to_dicts()
    return face


@pytest.mark.parametrize(
    ("said", "email", "phone"),
    [
        pytest.param([], WORK, PHONE, id="nothing was said"),
        pytest.param([Said(WORK, kind="bounce", scope="address")], HOME, PHONE, id="one bounced"),
        pytest.param([Said(WORK, scope="address")], HOME, PHONE, id="one opted out"),
        pytest.param(
            [Said(WORK, kind="bounce", scope="address"), Said(HOME, scope="address")], None, PHONE, id="both ended"
        ),
        pytest.param([Said("@acme.example", scope="domain")], None, None, id="the domain opted out"),
        pytest.param([Said(PHONE, channel="phone")], WORK, None, id="no calls"),
        pytest.param([Said(HOME)], None, None, id="the person opted out"),
        pytest.param([Said(WORK, kind="objection")], None, None, id="the person objected"),
    ],
)
def test_events_close_a_point_as_columns_do(said: list[Said], email: str | None, phone: str | None) -> None:
    """Another one of theirs is shown, and none where none is left."""
    assert shown(ADA, said) == {"email": email, "phone": phone}


def test_columns_of_a_list_close_a_point() -> None:
    """As they did before any event."""
    assert shown((Row(WORK, email_opt_out="yes"),), []) == {"email": None, "phone": None}


def test_what_the_law_asks_of_advertising_closes_no_point() -> None:
    """In Germany an e-mail needs consent; the address is nonetheless theirs and alive."""
    decision = decide(world((Row(WORK, country="DE"),)))
    assert decision.people.get_column("person_verdict").to_list() != ["queued"]
    assert closed_points(decision).is_empty()


@pytest.mark.parametrize(
    ("rows", "said", "email", "phone"),
    [
        pytest.param(ADA, [], WORK, PHONE, id="nothing was said"),
        pytest.param(ADA, [Said(WORK, scope="address")], HOME, PHONE, id="another is left"),
        pytest.param(ADA, [Said(WORK)], WORK, PHONE, id="everything opted out"),
        pytest.param(ADA[:1], [Said(WORK, kind="bounce", scope="address")], None, PHONE, id="only the number lives"),
        pytest.param(
            (Row(WORK, country="DE"),), [Said(WORK, kind="bounce", scope="address")], None, None, id="a dead one alone"
        ),
        pytest.param((Row(WORK, country="DE", email_opt_out="yes"),), [], WORK, None, id="a list says no"),
    ],
)
def test_a_notice_reaches_those_who_said_no(
    rows: tuple[Row, ...], said: list[Said], email: str | None, phone: str | None
) -> None:
    """It is owed to them too and is no advertising; only nobody writes where nothing arrives."""
    inputs = world(rows, said)
    (line,) = notices_due(decide(inputs), inputs).select("email", "phone").rows()
    assert line == (email, phone)


def test_conflicts_name_no_closed_point() -> None:
    """Two own numbers of one person; once one opted out there is nothing to choose between."""
    rows = (Row(WORK, "+12025550101"), Row(WORK, "+12025550102", source="guild"))
    people = {}
    for name, said in {"open": [], "closed": [Said("+12025550102", scope="address")]}.items():
        decision = decide(world(rows, said))
        people[name] = conflicts_of(decision, decision.people.get_column("person_id")).get_column("field").to_list()
    assert people == {"open": ["phone"], "closed": []}
