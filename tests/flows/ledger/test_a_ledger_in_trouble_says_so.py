"""Whatever is wrong with the ledger's file, the user reads a sentence and what to do, and nothing is lost."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.ledger import Ledger, NewEvent
from flows.ledger.appending import append_events, head_of
from flows.ledger.schema_version import HEAD, alembic_config
from flows.ledger.tables import events, metadata
from policies.errors import LedgerError
from tests.flows.ledger.ledgers import KEYRING, NOW, Clock, executed, new_ledger, optout

if TYPE_CHECKING:
    import sqlalchemy as sa


def _open(folder: Path) -> Ledger:
    return Ledger.open(folder / "ledger.db", KEYRING, Clock(), busy_seconds=0.05)


def _error(folder: Path) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        _open(folder).permission_events()
    assert caught.value.fix
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def test_a_missing_ledger_is_never_made_anew(tmp_path: Path) -> None:
    """An empty new ledger would have forgotten everybody who opted out."""
    assert _error(tmp_path).code == "ledger_missing"
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_deleted_under_way_is_noticed(tmp_path: Path) -> None:
    """An event is not written into a file that is gone; after a restore the same process goes on."""
    ledger = new_ledger(tmp_path)
    ledger.close()
    (tmp_path / "ledger.db").rename(tmp_path / "away")
    with pytest.raises(LedgerError) as caught:
        ledger.append([optout("ann@acme.example")])
    assert caught.value.code == "ledger_missing"
    shutil.copy(tmp_path / "away", tmp_path / "ledger.db")
    assert ledger.append([optout("ann@acme.example")]) == [2]
    assert _open(tmp_path).head() == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "ledger_foreign"), (b"this is no database at all" * 100, "ledger_damaged")],
)
def test_a_file_that_is_no_ledger(tmp_path: Path, content: bytes, code: str) -> None:
    """An empty file and a file of something else are told apart from a ledger."""
    (tmp_path / "ledger.db").write_bytes(content)
    assert _error(tmp_path).code == code


def test_a_damaged_ledger(tmp_path: Path) -> None:
    """A page overwritten with noise is reported as damage."""
    ledger = new_ledger(tmp_path)
    ledger.append([optout(f"p{number}@acme.example") for number in range(200)])
    ledger.close()
    content = bytearray((tmp_path / "ledger.db").read_bytes())
    content[4096 * 4 :] = b"\xa5" * (len(content) - 4096 * 4)
    (tmp_path / "ledger.db").write_bytes(content)
    assert _error(tmp_path).code == "ledger_damaged"


def test_a_locked_ledger(tmp_path: Path) -> None:
    """A writer that waits too long says that the ledger is locked; readers do not wait at all."""
    ledger = new_ledger(tmp_path)
    patient = Ledger.open(tmp_path / "ledger.db", KEYRING, Clock(), busy_seconds=0.05)
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError) as caught:
            patient.append([optout("ann@acme.example")])
        assert caught.value.code == "ledger_locked"
        assert patient.head() == 1
    assert patient.append([optout("ann@acme.example")]) == [2]
    assert ledger.head() == 2


def test_a_full_disk(tmp_path: Path) -> None:
    """Nothing of a batch that does not fit is there afterwards, and what was there before stays."""
    ledger = new_ledger(tmp_path)
    ledger.append([optout("ann@acme.example")])
    with ledger._database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerError) as caught:
        ledger.append([optout(f"p{number}@acme.example") for number in range(500)])
    assert caught.value.code == "ledger_disk_full"
    assert ledger.head() == 2
    assert _open(tmp_path).verify() == []
    assert len(_open(tmp_path).append([optout(f"p{number}@acme.example") for number in range(500)])) == 500


def test_a_ledger_on_a_read_only_medium(tmp_path: Path) -> None:
    """A ledger that may only be read says so when something is to be written."""
    ledger = new_ledger(tmp_path)
    with ledger._database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(LedgerError) as caught:
        ledger.append([optout("ann@acme.example")])
    assert caught.value.code == "ledger_read_only"


def test_a_ledger_of_a_newer_version_is_left_alone(ledger_place: str) -> None:
    """An older program does not touch what a newer one wrote."""
    new_ledger(ledger_place).close()
    executed(ledger_place, "UPDATE alembic_version SET version_num = 'v9999'")
    with pytest.raises(LedgerError) as caught:
        Ledger.open(ledger_place, KEYRING, Clock())
    assert caught.value.code == "ledger_newer"


def test_a_second_ledger_in_the_same_place_is_refused(ledger_place: str, tmp_path: Path) -> None:
    """Making a ledger never replaces one, and leaves nothing behind."""
    first = new_ledger(ledger_place)
    first.append([optout("ann@acme.example")])
    first.close()
    with pytest.raises(LedgerError) as caught:
        new_ledger(ledger_place)
    assert caught.value.code == "ledger_exists"
    assert Ledger.open(ledger_place, KEYRING, Clock()).head() == 2
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("ledger.db")] == []


def test_a_reading_sees_one_moment(ledger_place: str) -> None:
    """What is written during a reading does not show in it; neither waits for the other."""
    ledger = new_ledger(ledger_place)
    with ledger._database.read() as connection:
        assert head_of(connection, events)[0] == 1
        assert Ledger.open(ledger_place, KEYRING, Clock()).append([optout("ann@acme.example")]) == [2]
        assert head_of(connection, events)[0] == 1
    assert ledger.head() == 2


def _append_and_break(connection: sa.Connection) -> None:
    append_events(connection, [optout("ann@acme.example")], KEYRING.current, NOW)
    connection.exec_driver_sql("SELECT nothing FROM nowhere")


def test_a_write_that_fails_leaves_nothing(ledger_place: str) -> None:
    """Whatever breaks off a transaction, all of it is gone and the next one goes on."""
    ledger = new_ledger(ledger_place)
    broken = NewEvent(kind="notice", effective_at=NOW, body={"share": 0.5})
    with pytest.raises(TypeError):
        ledger.append([optout("ann@acme.example"), broken])
    with pytest.raises(LedgerError), ledger._database.write() as connection:
        _append_and_break(connection)
    assert ledger.append([optout("ben@acme.example")]) == [2]
    assert ledger.verify() == []


def test_a_ledger_is_for_its_owner(tmp_path: Path) -> None:
    """The ledger holds plain text of people; nobody else may read its file."""
    new_ledger(tmp_path)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    """A URL this version cannot serve is refused by name; a SQLite URL and a path are the same."""
    new_ledger(tmp_path).close()
    assert Ledger.open(f"sqlite:///{tmp_path}/ledger.db", KEYRING, Clock()).head() == 1
    assert Ledger.open(str(tmp_path / "ledger.db"), KEYRING, Clock()).head() == 1
    with pytest.raises(LedgerError, match="mysql") as caught:
        Ledger.open("mysql://somewhere/ledger", KEYRING, Clock())
    assert caught.value.code == "ledger_database_unknown"


def test_a_downgrade_with_events_is_refused(ledger_place: str) -> None:
    """Taking the schema back would lose what people said."""
    from alembic import command

    ledger = new_ledger(ledger_place)
    with pytest.raises(LedgerError) as caught, ledger._database.write() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert caught.value.code == "ledger_downgrade_refused"
    assert ledger.append([optout("ann@acme.example")]) == [2]
    assert ledger.verify() == []


def test_the_schema_is_the_one_of_the_tables(ledger_place: str) -> None:
    """The migrations end at the head that is compared, with exactly the tables the program knows."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    ledger = new_ledger(ledger_place)
    with ledger._database.read() as connection:
        assert ScriptDirectory.from_config(alembic_config(connection)).get_heads() == [HEAD]
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_costs_no_alembic(tmp_path: Path) -> None:
    """A ledger at the head is opened and asked without importing Alembic."""
    new_ledger(tmp_path).append([NewEvent(kind="notice", effective_at=NOW, body={})])
    program = (
        "import sys\nfrom flows.ledger import Ledger\nfrom tests.flows.ledger.ledgers import KEYRING, Clock\n"
        "assert Ledger.open(sys.argv[1], KEYRING, Clock()).head() == 2\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('alembic', 'mako')])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "ledger.db")]
    answer = subprocess.run(command, check=True, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True)
    assert answer.stdout == "[]\n"
