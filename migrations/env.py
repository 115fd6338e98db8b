"""How migrations run: on one connection, all or nothing, and on SQLite without its traps.

SQLite changes a table by copying it. With foreign keys on, dropping the old copy would delete the rows that point to
it, and the table's triggers go with it; so keys are off meanwhile and checked at the end, and triggers are put back.
"""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from helpdesk import models
from helpdesk.db import Vocabulary, db


def plain_type(kind: str, item: Any, _autogen: object) -> str | Literal[False]:
    """Write our column types as what they are in the database, so that old migrations need none of today's code."""
    if kind != "type" or not type(item).__module__.startswith("helpdesk"):
        return False
    if isinstance(item, Vocabulary):
        return "sa.String(length=40)"
    return f"sa.{item.impl!r}"


def is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the models say it. The search's indexes are each database's own; SQLite's has tables of its own."""
    if kind == "table":
        return not (name or "").startswith("search_index")
    return name != "ix_search_document_words"


def triggers(connection: Connection) -> dict[str, tuple[str, str]]:
    """Name → table and definition of every SQLite trigger."""
    rows = connection.exec_driver_sql(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    )
    return {name: (table, sql) for name, table, sql in rows}


def put_back(connection: Connection, before: dict[str, tuple[str, str]]) -> None:
    """Create the triggers again that a copied table lost."""
    tables = {
        row[0]
        for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    after = triggers(connection)
    for name, (table, sql) in before.items():
        if name not in after and table in tables:
            connection.exec_driver_sql(sql)


def check_keys(connection: Connection) -> None:
    """Refuse to commit a migration that leaves a row without its parent."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"the migration left rows without their parents: {broken[:5]}")


def migrate(connection: Connection) -> None:
    """Run what is due in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=models.Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=plain_type,
        compare_type=True,
        include_name=is_compared,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Open the connection and take SQLite's precautions."""
    with current_app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                migrate(connection)
            return
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.execution_options(writing=True).begin():
                before = triggers(connection)
                migrate(connection)
                put_back(connection, before)
                check_keys(connection)
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


run()
