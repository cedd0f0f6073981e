"""Whatever is wrong with the PostgreSQL server, the user reads a sentence and what to do, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from flows.ledger import Ledger
from flows.ledger.appending import append_events
from flows.ledger.database import database_at
from policies.errors import LedgerError
from tests.flows.ledger.ledgers import KEYRING, NOW, Clock, executed, new_ledger, optout
from tests.postgres import admin, fresh_database_url, own_database_url, server_uri

ROOT = Path(__file__).parents[3]
SECRET = "hunter2"  # noqa: S105 - what must never show


@pytest.fixture(scope="module")
def empty() -> str:
    """A place in which nothing stands, and nothing is made."""
    return fresh_database_url()


def _refusal(place: str) -> LedgerError:
    """The error of opening a ledger and writing into it."""
    with pytest.raises(LedgerError) as caught:
        Ledger.open(place, KEYRING, Clock(), busy_seconds=0.05).append([optout("ann@acme.example")])
    error = caught.value
    assert error.fix
    assert error.__suppress_context__ or error.__context__ is None
    shown = f"{error.message} {error.fix} {error.details}"
    assert not [word for word in (SECRET, "postgres@", "acme", "SELECT", "127.0.0.1") if word in shown]
    return error


def _until_somebody_waits() -> None:
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with admin() as server:
        while server.execute(query).fetchone() == (0,):
            time.sleep(0.005)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("/postgres?", "/nowhere?"), "ledger_database_missing"),
        (("postgres@", f"nobody:{SECRET}@"), "ledger_login_refused"),
        (("host=", "host=/nowhere"), "ledger_unreachable"),
        (("postgres@/postgres?host=", f"rita:{SECRET}@127.0.0.1:1/postgres?x="), "ledger_unusable"),
        (("postgres@/postgres?host=", f"rita:{SECRET}@127.0.0.1:1/postgres?passfile="), "ledger_unreachable"),
        (("postgresql://", "postgresql+asyncpg://"), "ledger_database_unknown"),
        (("postgres@/postgres?host=", f"rita:{SECRET}@host:port/"), "ledger_database_unknown"),
    ],
)
def test_a_server_that_cannot_be_used(empty: str, change: tuple[str, str], code: str) -> None:
    """Each thing that can be wrong with a database_url has its own error, and none shows a password or a host."""
    assert _refusal(empty.replace(*change)).code == code


def test_an_empty_database_is_never_made_a_ledger_by_opening_it(empty: str) -> None:
    """An empty new ledger would have forgotten everybody who opted out."""
    assert _refusal(empty).code == "ledger_missing"
    assert database_at(empty).is_empty()


def test_a_ledger_lies_beside_other_tables_but_not_in_their_place() -> None:
    """Somebody else's tables are no obstacle, unless one has a name the ledger needs."""
    place = fresh_database_url()
    executed(place, "CREATE TABLE orders (number integer)")
    new_ledger(place)
    other = fresh_database_url()
    executed(other, "CREATE TABLE events (happened text)")
    with pytest.raises(LedgerError) as caught:
        new_ledger(other)
    assert caught.value.code == "ledger_foreign"
    assert _refusal(other).code == "ledger_foreign"
    executed(other, "DROP TABLE events")  # nothing else was made there
    assert database_at(other).is_empty()


def test_a_schema_that_is_not_there() -> None:
    """A search path that leads nowhere is told before anything is made."""
    with pytest.raises(LedgerError) as caught:
        new_ledger(f"{server_uri()}&options=-csearch_path%3Dnowhere")
    assert caught.value.code == "ledger_schema_missing"


def test_a_schema_made_before_the_ledgers_own_hides_nothing() -> None:
    """A ledger further down the search path is still the ledger: it is used, and none is made in front of it."""
    place = own_database_url()
    new_ledger(place).append([optout("ann@acme.example")])
    executed(place, "CREATE SCHEMA postgres")  # the role's own, first in every search path
    ledger = Ledger.open(place, KEYRING, Clock())
    assert ledger.append([optout("ben@acme.example")]) == [3]
    assert not database_at(place).is_empty()
    with pytest.raises(LedgerError) as caught:
        new_ledger(place)
    assert caught.value.code == "ledger_exists"


def test_a_database_that_cannot_hold_every_text() -> None:
    """A name in Greek would be lost in Latin-1."""
    with pytest.raises(LedgerError) as caught:
        new_ledger(own_database_url("ENCODING LATIN1 LOCALE 'C' TEMPLATE template0"))
    assert caught.value.code == "ledger_encoding"


def test_a_locked_ledger() -> None:
    """A writer that waits too long says that the ledger is locked; readers and other ledgers do not wait at all."""
    place = fresh_database_url()
    ledger = new_ledger(place)
    with ledger._database.write():
        assert _refusal(place).code == "ledger_locked"
        assert Ledger.open(place, KEYRING, Clock()).head() == 1
        assert new_ledger(fresh_database_url()).append([optout("ann@acme.example")]) == [2]
    assert Ledger.open(place, KEYRING, Clock()).append([optout("ann@acme.example")]) == [2]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("53100", "ledger_disk_full"),
        ("58030", "ledger_io"),
        ("XX001", "ledger_damaged"),
        ("57014", "ledger_cancelled"),
        ("25P03", "ledger_cancelled"),
        ("42501", "ledger_forbidden"),
        ("40001", "ledger_locked"),
        ("22000", "ledger_unusable"),
    ],
)
def test_what_the_server_reports_under_way(state: str, code: str) -> None:
    """An error in the middle of a write is told plainly, and nothing of the write is there afterwards."""
    place = fresh_database_url()
    ledger = new_ledger(place)
    fails = f"BEGIN RAISE EXCEPTION 'row (ann@acme.example)' USING ERRCODE = '{state}'; END"
    executed(place, f"CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ {fails} $$")
    executed(place, "CREATE TRIGGER fails BEFORE INSERT ON event_tokens EXECUTE FUNCTION fails()")
    assert _refusal(place).code == code
    executed(place, "DROP TRIGGER fails ON event_tokens")
    assert ledger.append([optout("ann@acme.example")]) == [2]
    assert ledger.verify() == []


def test_a_replica_can_be_read_only() -> None:
    """A server that takes no writes says so when something is to be written."""
    place = fresh_database_url()
    new_ledger(place)
    readonly = place.replace("&options=", "&options=-cdefault_transaction_read_only%3Don%20")
    assert Ledger.open(readonly, KEYRING, Clock()).head() == 1
    assert _refusal(readonly).code == "ledger_read_only"


def test_a_role_that_may_only_look() -> None:
    """What the role may not do is told as that."""
    place = own_database_url()
    new_ledger(place)
    executed(place, "CREATE ROLE looker LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker")
    looker = place.replace("postgres@", "looker@")
    assert Ledger.open(looker, KEYRING, Clock()).head() == 1
    assert _refusal(looker).code == "ledger_forbidden"
    executed(place, "REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM looker")
    assert _refusal(looker).code == "ledger_forbidden"


def test_a_role_with_a_database_of_its_own() -> None:
    """The set-up that docs/ledger.md describes is enough."""
    executed(server_uri(), "CREATE ROLE tactful LOGIN")
    place = own_database_url("OWNER tactful ENCODING 'UTF8' TEMPLATE template0").replace("postgres@", "tactful@")
    ledger = new_ledger(place.replace("postgresql:", "postgresql+psycopg:"))
    assert ledger.append([optout("ann@acme.example")]) == [2]
    assert ledger.verify() == []


def test_a_server_restarted_in_between() -> None:
    """A connection that is gone is made anew without anybody noticing; one that breaks in a write is told."""
    place = fresh_database_url()
    ledger = new_ledger(place)
    everybody_out = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tactful'"
    assert ledger.append([optout("ann@acme.example")]) == [2]
    with admin() as server:
        server.execute(everybody_out)
        assert ledger.append([optout("ben@acme.example")]) == [3]
        with pytest.raises(LedgerError) as caught, ledger._database.write():
            server.execute(everybody_out)
    assert caught.value.code == "ledger_unreachable"
    assert ledger.append([optout("cem@acme.example")]) == [4]
    assert ledger.verify() == []


def test_two_who_make_the_ledger_at_once() -> None:
    """One of them makes it, the other is told that it is there."""
    place = fresh_database_url()
    said: list[str] = []

    def make() -> None:
        try:
            new_ledger(place).close()
            said.append("made")
        except LedgerError as error:
            said.append(error.code)

    makers = [threading.Thread(target=make) for _ in range(3)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert sorted(said) == ["ledger_exists", "ledger_exists", "made"]
    assert Ledger.open(place, KEYRING, Clock()).head() == 1


def test_order_does_not_follow_the_language_of_the_server() -> None:
    """All text of the ledger is compared by its bytes, in whatever language the database sorts."""
    with new_ledger(fresh_database_url())._database.read() as connection:
        query = (
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
        )
        assert connection.exec_driver_sql(query).all() == []
        assert len(sa.inspect(connection).get_columns("events")) == 8


@pytest.mark.parametrize("isolation", ["serializable", r"repeatable\ read", r"read\ committed"])
def test_a_writer_sees_what_it_waited_for(isolation: str) -> None:
    """Whatever isolation a server hands out, an append goes on from the event that was written while it waited."""
    place = fresh_database_url()
    ledger = new_ledger(place)
    setting = quote(f"-cdefault_transaction_isolation={isolation} ")
    other = Ledger.open(place.replace("&options=", f"&options={setting}"), KEYRING, Clock())
    numbers: list[int] = []
    waiting = threading.Thread(target=lambda: numbers.extend(other.append([optout("ben@acme.example")])))
    with ledger._database.write() as connection:
        waiting.start()
        _until_somebody_waits()
        append_events(connection, [optout("ann@acme.example")], KEYRING.current, NOW)
    waiting.join()
    assert numbers == [3]
    assert ledger.verify() == []


def test_a_commit_waits_for_the_disk_whatever_the_server_says() -> None:
    """What was acknowledged is on the disk, even where synchronous_commit is switched off for everybody."""
    place = fresh_database_url().replace("&options=", "&options=-csynchronous_commit%3Doff%20")
    with new_ledger(place)._database.write() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_a_file_ledger_needs_no_driver_of_a_server() -> None:
    """Who keeps the ledger in a file does not pay for PostgreSQL at every command."""
    program = (
        "import sys, flows.ledger, flows.ledger.ledger\nprint([n for n in sys.modules if n.startswith('psycopg')])"
    )
    answer = subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True, text=True)
    assert answer.stdout == "[]\n"
