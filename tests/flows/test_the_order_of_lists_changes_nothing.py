"""Whatever the lists of one intake are called, in whatever order their rows stand, the same comes of them (law 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flows.filing import file_inbox
from flows.filing import lists as filing_lists
from flows.ledger_access import open_ledger
from flows.queue.suppression_now import stopped_points
from tests.effort import each
from tests.histories import rules
from tests.small_workspace import Line, drop_list, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger import Ledger
    from flows.workspace import Workspace

PHONE = "+1 312 555 0101"
KNOWN = [Line(f"p{n}@firm{n}.example", f"Name{n}") for n in range(20)]
NO, UNCLEAR, BOTH = (
    Line("ada@acme.example", phone=PHONE, no_mail="yes"),
    Line("ada@acme.example", phone=PHONE, no_calls="perhaps"),
    Line("ada@acme.example", phone=PHONE),
)


def stopped(ws: Workspace, ledger: Ledger) -> set[tuple[str, ...]]:
    """Every contact point that something stops, and what it is."""
    return set(stopped_points(ws, ledger).select("contact", "reason").unique().rows())


def outcome(root: Path, files: list[list[Line]], *, known: bool = False) -> set[tuple[str, ...]]:
    """What is stopped, and what waits, when these lists come in under names in this order."""
    ws = make_workspace(root)
    with open_ledger(ws) as ledger:
        if known:
            drop_list(ws, "summit", KNOWN, "known.csv")
            file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
        for number, lines in enumerate(files):
            drop_list(ws, "guild", lines, f"{number}.csv")
        filed = file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
        points = stopped(ws, ledger)
    found = {(str(file.code), str(file.rows)) for file in filed.files}
    return found | points


@pytest.mark.parametrize(
    ("files", "known"),
    [
        ([[NO], [UNCLEAR], [BOTH]], False),
        ([[NO, UNCLEAR, BOTH]], False),
        # neither file is too much against those known before both of them, or against what the other one says
        ([[*KNOWN[:5], Line("x@y.example")], [Line(line.email, line.family, no_mail="yes") for line in KNOWN]], False),
        ([[Line(line.email, line.family, no_mail="yes") for line in KNOWN[start::2]] for start in (0, 1)], True),
    ],
)
def test_any_order_gives_the_same(tmp_path: Path, files: list[list[Line]], *, known: bool) -> None:
    """Files in any order, and the rows of one file in any order."""
    orders = [files, files[::-1]] if len(files) > 1 else [files, [files[0][::-1]]]
    found = [outcome(tmp_path / str(number), order, known=known) for number, order in enumerate(orders)]
    assert all(one == found[0] for one in found)
    assert len(found[0]) > 1


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, ...]]:
    """What is stopped where nothing is interrupted."""
    found = outcome(tmp_path_factory.mktemp("whole") / "ws", [[NO], [UNCLEAR], [BOTH]])
    return {(first, second) for first, second in found if "@" in first or first.startswith("+")}


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2)])
@pytest.mark.parametrize("step", ["admitted", "accept_list"])
@pytest.mark.parametrize("reached", each([1, 2], 2))
def test_interrupted_anywhere_it_is_the_same(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    whole: set[tuple[str, ...]],
    order: tuple[int, ...],
    step: str,
    reached: int,
) -> None:
    """Between two lists of an intake, or within one: whoever is held is held after the next intake too."""
    lists = ([NO], [UNCLEAR], [BOTH])
    files = [lists[number] for number in order]
    ws = make_workspace(tmp_path / "ws")
    real, calls = getattr(filing_lists, step), iter(range(1, 100))

    def fail(*given: Any, **named: Any) -> object:  # noqa: ANN401 - whatever the step is given
        if next(calls) == reached:
            raise KeyboardInterrupt
        return real(*given, **named)

    with open_ledger(ws) as ledger:
        for number, lines in enumerate(files):
            drop_list(ws, "guild", lines, f"{number}.csv")
        with monkeypatch.context() as patched:
            patched.setattr(filing_lists, step, fail)
            with pytest.raises(KeyboardInterrupt):
                file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
        file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
        assert stopped(ws, ledger) == whole


def test_lists_of_several_intakes_settle_nothing_of_each_other(tmp_path: Path) -> None:
    """Nor do they where days lie between them."""
    found = []
    for number, files in enumerate(([[NO], [UNCLEAR], [BOTH]], [[BOTH], [UNCLEAR], [NO]])):
        ws = make_workspace(tmp_path / str(number))
        with open_ledger(ws) as ledger:
            for name, lines in enumerate(files):
                drop_list(ws, "guild", lines, f"{name}.csv")
                file_inbox(ws, ledger, rules(), dry_run=False, step=lambda _: None)
            found.append(stopped(ws, ledger))
    assert found[0] == found[1]
    assert "word_in_doubt" in {reason for _, reason in found[0]}
