"""What PostgreSQL and psycopg report, as errors a user understands: a code, a sentence, what to do.

Told by SQLSTATE. Only what happens before a connection stands has none; there the server's sentence is searched for
words, and whatever is not recognised is a server that cannot be reached. No message holds a host, a role, a password or
anything of a statement: a database's name is all that is said.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, TypeAlias

import psycopg
import sqlalchemy as sa

from policies.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["foreign", "not_text", "plainly_told", "without_schema"]

_Told: TypeAlias = tuple[str, str, str]  # code, message, fix; {name} is what the database is called

_UNREACHABLE: Final[_Told] = (
    "ledger_unreachable",
    "The server of {name} cannot be reached, or broke off.",
    "Check that it runs and is the one that database_url names, then run the command again: nothing is written twice.",
)
_BUSY: Final[_Told] = (
    "ledger_unreachable",
    "The server of {name} takes no more connections.",
    "Close other programs that use it, or raise its max_connections, then run the command again.",
)
_NO_DATABASE: Final[_Told] = (
    "ledger_database_missing",
    "There is no such database: {name}.",
    "Create it (docs/ledger.md says how), or correct database_url in tactful.toml.",
)
_LOGIN: Final[_Told] = (
    "ledger_login_refused",
    "The server of {name} refuses the role or its password.",
    "Check role and password: in database_url of tactful.toml, in ~/.pgpass or in PGPASSWORD.",
)
_LOCKED: Final[_Told] = (
    "ledger_locked",
    "The ledger is locked: another process has been writing for too long.",
    "Wait for it to finish, or end it, then run the command again. Nothing was lost.",
)
_CANCELLED: Final[_Told] = (
    "ledger_cancelled",
    "The server of {name} broke the statement off: it took longer than the server allows.",
    "Raise statement_timeout for the role of the ledger, then run the command again. Nothing was lost.",
)
_FULL: Final[_Told] = (
    "ledger_disk_full",
    "The ledger cannot grow: the disk of the server of {name} is full.",
    "Free some space there, then run the command again. Everything acknowledged so far is kept.",
)
_IO: Final[_Told] = (
    "ledger_io",
    "The server of {name} reports an error of its disk or its memory.",
    "Have the server checked, then run `tactful audit verify`; restore the backup if it finds a fault.",
)
_DAMAGED: Final[_Told] = (
    "ledger_damaged",
    "The ledger is damaged: the server of {name} cannot read its own files.",
    "Restore the last backup. Do not start a new ledger: it would forget everybody who opted out.",
)
_READ_ONLY: Final[_Told] = (
    "ledger_read_only",
    "The ledger cannot be written to: {name} is read-only.",
    "Name the primary server in database_url, not a replica, and check default_transaction_read_only.",
)
_FORBIDDEN: Final[_Told] = (
    "ledger_forbidden",
    "The role may not do this in {name}.",
    "Make the role of database_url the owner of the database or schema the ledger lies in (docs/ledger.md).",
)
_REFUSED: Final[_Told] = (
    "ledger_refused",
    "The ledger refused a change: what stands in it is never altered or taken out.",
    "Append what is to hold from now on; `tactful audit verify` tells whether the ledger is sound.",
)
_UNKNOWN: Final[_Told] = (
    "ledger_unusable",
    "The ledger cannot be used: {name} answers with an error.",
    "Run `tactful audit verify`; restore the backup if it finds a fault.",
)
# By SQLSTATE, whole or its class (the first two characters).
_BY_STATE: Final[dict[str, _Told]] = {
    "08": _UNREACHABLE,
    "23": _REFUSED,
    "25006": _READ_ONLY,
    "28": _LOGIN,
    "25P03": _CANCELLED,  # idle_in_transaction_session_timeout, transaction_timeout
    "25P04": _CANCELLED,
    "3D": _NO_DATABASE,
    "3F": _FORBIDDEN,
    "40": _LOCKED,  # deadlock or serialisation failure: somebody wrote past the ledger's own lock
    "42501": _FORBIDDEN,
    "53": _IO,
    "53100": _FULL,
    "53300": _BUSY,
    "55P03": _LOCKED,
    "57014": _CANCELLED,
    "57": _UNREACHABLE,
    "58": _IO,
    "XX": _DAMAGED,
}
# Before a connection stands: words of the server's sentence, in the order they are looked for.
_BY_WORDS: Final[tuple[tuple[str, _Told], ...]] = (
    ("password", _LOGIN),
    ("authentication", _LOGIN),
    ("no pg_hba.conf entry", _LOGIN),
    ("role ", _LOGIN),
    ("permission denied for database", _FORBIDDEN),
    ("too many", _BUSY),
    ("remaining connection slots", _BUSY),
)


@contextlib.contextmanager
def plainly_told(name: str) -> Iterator[None]:
    """Turn what the database reports into a ``LedgerError``; ``name`` is what messages call the database."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _plain(error.orig, name) from None
    except psycopg.Error as error:
        raise _plain(error, name) from None
    except sa.exc.TimeoutError:
        raise _error(_BUSY, name, "pool") from None


def foreign(name: str) -> LedgerError:
    """The error for tables of somebody else's that have names of the ledger's."""
    return LedgerError(
        "ledger_foreign",
        f"Something else stands in {name} under names the ledger needs.",
        "Give the ledger a database or a schema of its own (docs/ledger.md).",
    )


def not_text(name: str) -> LedgerError:
    """The error for a database that cannot hold every text."""
    return LedgerError(
        "ledger_encoding",
        f"The encoding of {name} cannot hold every name and address.",
        "Create the database with ENCODING 'UTF8' (docs/ledger.md).",
    )


def without_schema(name: str) -> LedgerError:
    """The error for a search path that leads nowhere."""
    return LedgerError(
        "ledger_schema_missing",
        f"There is no schema in {name} to make the ledger in.",
        "Create the schema that the search_path of database_url names.",
    )


def _plain(error: BaseException | None, name: str) -> LedgerError:
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return _error(_BY_STATE.get(state) or _BY_STATE.get(state[:2]) or _UNKNOWN, name, state)
    if not isinstance(error, psycopg.OperationalError):
        return _error(_UNKNOWN, name, type(error).__name__)
    text = str(error)
    if "database " in text and "does not exist" in text:
        return _error(_NO_DATABASE, name, "connect")
    told = next((told for words, told in _BY_WORDS if words in text), _UNREACHABLE)
    return _error(told, name, "connect")


def _error(told: _Told, name: str, state: str) -> LedgerError:
    code, message, fix = told
    return LedgerError(code, message.format(name=name), fix, {"database": state})
