"""Writing many rows at once, each database in its fastest way."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    import sqlalchemy as sa

__all__ = ["insert_rows"]


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, each with a value for every column, in their order and as one statement.

    PostgreSQL takes several by COPY, so that its guards look at them once and not at each; SQLite by plain tuples.
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
    server = cast("psycopg.Connection", connection.connection.driver_connection)
    with server.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN".encode()) as copy:
        for row in values:
            copy.write_row(row)
