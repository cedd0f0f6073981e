"""The triggers by which a database refuses to change or lose what stands in the ledger.

Invariant: no row of an append-only table is changed, taken out or squeezed in between, by whatever program. SQLite
looks at each row, for its REPLACE deletes without asking the DELETE trigger. PostgreSQL has no such statement;
there unique keys refuse what is there already, and one look at a whole insert says whether its numbers are the next
ones. The guards of PostgreSQL fire always, even where replication has switched ordinary triggers off.
"""

from __future__ import annotations

from typing import Final

__all__ = ["guard_names", "guards", "guards_gone"]

_TABLES: Final = ("events", "event_tokens", "runs", "claims", "keys")
_POSTGRES: Final = "postgresql"

_NOT_NEXT: Final = {
    "events": "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM events)"
    " OR EXISTS (SELECT 1 FROM events WHERE dedup_key = NEW.dedup_key)",
    "runs": "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM runs)",
    "event_tokens": "EXISTS (SELECT 1 FROM event_tokens"
    " WHERE seq = NEW.seq AND token_kind = NEW.token_kind AND token = NEW.token)",
    "claims": "EXISTS (SELECT 1 FROM claims WHERE run_id = NEW.run_id OR (workspace_id = NEW.workspace_id"
    " AND queue_date = NEW.queue_date AND revision = NEW.revision))",
    "keys": "NEW.position <> (SELECT COALESCE(MAX(position), 0) + 1 FROM keys)"
    " OR EXISTS (SELECT 1 FROM keys WHERE key_id = NEW.key_id)",
}

_NUMBERED: Final = {"events": "seq", "runs": "seq", "keys": "position"}
_FUNCTIONS: Final = (
    """
    CREATE FUNCTION tactful_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
    # Named by its oid, the table is the right one whatever the search path of the writer is.
    """
    CREATE FUNCTION tactful_next() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        number CONSTANT text := TG_ARGV[0];
        first bigint; last bigint; many bigint; before bigint; head bigint;
    BEGIN
        EXECUTE format('SELECT min(%1$I), max(%1$I), count(*) FROM added', number) INTO first, last, many;
        IF many = 0 THEN
            RETURN NULL;
        END IF;
        EXECUTE format(
            'SELECT COALESCE((SELECT max(%1$I) FROM %2$s WHERE %1$I < $1), 0), (SELECT max(%1$I) FROM %2$s)',
            number, TG_RELID::regclass
        ) INTO before, head USING first;
        IF first <> before + 1 OR last <> head OR last - first + 1 <> many THEN
            RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
)


def guards(dialect: str) -> list[str]:
    """The statements that make the guards of a database."""
    return _of_postgres() if dialect == _POSTGRES else _of_sqlite()


def guards_gone(dialect: str) -> list[str]:
    """The statements that take away what dropping the tables leaves of the guards."""
    return [f"DROP FUNCTION {name}()" for name in ("tactful_refuse", "tactful_next")] if dialect == _POSTGRES else []


def guard_names(dialect: str) -> tuple[str, ...]:
    """The names of the guards that must be there."""
    if dialect == _POSTGRES:
        refusing = [f"{table}_no_{what}" for table in _TABLES for what in ("delete", "truncate", "update")]
        return (*refusing, *(f"{table}_next" for table in _NUMBERED))
    return tuple(f"{table}_{what}" for table in _TABLES for what in ("next", "no_delete", "no_update"))


def _of_sqlite() -> list[str]:
    refusing = [
        f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        for table in _TABLES
        for change in ("UPDATE", "DELETE")
    ]
    next_only = [
        f"CREATE TRIGGER {table}_next BEFORE INSERT ON {table} WHEN {wrong}"
        f" BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        for table, wrong in _NOT_NEXT.items()
    ]
    return refusing + next_only


def _of_postgres() -> list[str]:
    refusing = [
        f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION tactful_refuse()"
        for table in _TABLES
        for change in ("UPDATE", "DELETE", "TRUNCATE")
    ]
    next_only = [
        f"CREATE TRIGGER {table}_next AFTER INSERT ON {table} REFERENCING NEW TABLE AS added"
        f" FOR EACH STATEMENT EXECUTE FUNCTION tactful_next('{number}')"
        for table, number in _NUMBERED.items()
    ]
    always = [
        f"ALTER TABLE {name.rpartition('_no_')[0] or name.removesuffix('_next')} ENABLE ALWAYS TRIGGER {name}"
        for name in guard_names(_POSTGRES)
    ]
    return [*_FUNCTIONS, *refusing, *next_only, *always]
