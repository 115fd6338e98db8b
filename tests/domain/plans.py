"""Asking a database how it goes about a query."""

from collections.abc import Callable

from sqlalchemy import event as hooks

from helpdesk.db import db, transaction


def plan(find: Callable[[], object]) -> str:
    """How the database goes about the one query that `find` makes."""
    asked: list[tuple[str, object]] = []

    def note(
        _conn: object, _cursor: object, statement: str, values: object, *_more: object
    ) -> None:
        asked.append((statement, values))

    engine = db.session.get_bind()
    hooks.listen(engine, "before_cursor_execute", note)
    with transaction():
        find()
    hooks.remove(engine, "before_cursor_execute", note)
    statement, values = next(one for one in asked if "FROM ticket" in one[0])
    with transaction() as session:
        connection = session.connection()
        postgres = connection.dialect.name == "postgresql"
        if postgres:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if postgres else "EXPLAIN QUERY PLAN"
        rows = connection.exec_driver_sql(f"{explain} {statement}", values).all()
    return "\n".join(str(row) for row in rows)
