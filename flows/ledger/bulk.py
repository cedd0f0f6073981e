"""Writing many rows at once, each database in its fastest way."""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    import sqlalchemy as sa

__all__ = ["insert_rows"]

_FEW: Final = 12  # rows for which COPY, which takes one more turn with the server, does not pay


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, each with a value for every column, in their order and as one statement.

    PostgreSQL takes many by COPY and a few in one VALUES, so that its guards look at them once and not at each; SQLite
    by plain tuples.
    """
    if not rows:
        return
    names = tuple(table.columns.keys())
    values = list(map(itemgetter(*names), rows))
    columns = ", ".join(names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", values)  # noqa: S608 - names of our own columns
        return
    if len(values) <= _FEW:
        row = f"({', '.join(['%s'] * len(names))})"
        statement = f"INSERT INTO {table.name} ({columns}) VALUES {', '.join([row] * len(values))}"  # noqa: S608 - as above
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(values)))
        return
    server = cast("psycopg.Connection", connection.connection.driver_connection)
    with server.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN".encode()) as copy:
        for row in values:
            copy.write_row(row)
