"""`flask db upgrade` is killed before and after its statements and its commit: all of it stands, or nothing.

The victim is a process that is forked off with the application already in memory and runs the real command; it kills
itself at the chosen point. The next upgrade must then work and leave the same schema as one that nobody disturbed.
"""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import NullPool

from helpdesk.config import Settings
from helpdesk.factory import create_app
from tests.faults.site import DATABASES, empty_database, wait_until
from tests.faults.verdict import Verdict, judge

POINTS = 60
SECRET = "not a secret, for it is only used in experiments"
SQLITE_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2"
POSTGRES_SCHEMA = """
    SELECT 'column', table_name || '.' || column_name, data_type, is_nullable || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, contype::text, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indexname, tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'trigger', tgname, tgrelid::regclass::text, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', proname, '', prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'sequence', sequencename, '', '' FROM pg_sequences WHERE schemaname = 'public'
    ORDER BY 1, 2
"""
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
Look = tuple[tuple[Any, ...], ...]


def run(kind: str) -> Verdict:
    verdict = Verdict("migrations_killed", kind)
    with TemporaryDirectory(prefix="faults_") as name, empty_database(kind, Path(name)) as url:
        settings = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "INSTANCE": name}
        app = create_app(Settings.from_env(settings | {"LOG_LEVEL": "WARNING"}))
        engine = create_engine(make_url(url), poolclass=NullPool)
        statements, whole = _undisturbed(app, engine, Path(name))
        points = [*_spread(2 * statements), "before commit", "after commit"]
        states = {"empty": 0, "complete": 0}
        for point in points:
            _empty(engine)
            state = _kill(app, engine, point, whole, verdict)
            states[state] = states.get(state, 0) + 1
        verdict.tries = len(points)
        verdict.notes = {"statements": statements, "left": states, "objects": len(whole[0])}
        engine.dispose()
    return verdict


def _undisturbed(app: Flask, engine: Engine, folder: Path) -> tuple[int, tuple[Look, Look]]:
    """How many statements an upgrade has, and what it leaves: schema and rows."""
    counted = folder / "statements"
    _forked(app, lambda: _count_into(counted))
    look = _look(engine)
    assert look[0], "an upgrade that nobody disturbs must work"
    return counted.stat().st_size, look


def _kill(
    app: Flask, engine: Engine, point: int | str, whole: tuple[Look, Look], verdict: Verdict
) -> str:
    """One try: kill, look, upgrade again, look."""
    ended = _forked(app, lambda: _die_at(point))
    if ended != -signal.SIGKILL:
        verdict.wrong(f"the victim was not killed at {point}; it ended with {ended}")
    left = _look(engine)
    state = "empty" if not left[0] else "complete" if left == whole else "half"
    if state == "half":
        verdict.wrong(f"killed at {point}, {len(left[0])} of {len(whole[0])} objects are left")
    if point == "after commit" and state != "complete":
        verdict.lost(f"the upgrade was committed and is {state}")
    if _forked(app, lambda: None) != 0:
        verdict.wrong(f"killed at {point}, the next upgrade fails")
    elif _look(engine) != whole:
        verdict.wrong(f"killed at {point}, the next upgrade leaves another schema or other rows")
    return state


def _forked(app: Flask, prepare: Callable[[], None]) -> int:
    """`flask db upgrade` in a process of its own; how it ended."""
    child = os.fork()
    if child == 0:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        try:
            prepare()
            FlaskGroup(create_app=lambda: app).main(["db", "upgrade"], "flask")
        except SystemExit as end:
            os._exit(int(end.code or 0))
        finally:
            os._exit(1)  # never into the parent's `with` blocks: they would tidy up its database
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _count_into(file: Path) -> None:
    """Leave one byte a statement."""

    @event.listens_for(Engine, "after_cursor_execute")
    def count(*_: object) -> None:
        with file.open("a") as counted:
            counted.write(".")


def _die_at(point: int | str) -> None:
    """Points 0, 2, 4 … lie before the first, second, third statement, points 1, 3, 5 … after them."""
    passed = -1

    def pass_by(*_: object) -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            _die()

    event.listen(Engine, "before_cursor_execute", pass_by)
    event.listen(Engine, "after_cursor_execute", pass_by)
    if point == "before commit":
        event.listen(Engine, "commit", lambda _connection: _die())
    if point == "after commit":
        event.listen(Engine, "engine_connect", _die_after_commit)


def _die_after_commit(connection: Connection) -> None:
    commit = connection.dialect.do_commit

    def commit_and_die(dbapi_connection: Any) -> None:
        commit(dbapi_connection)
        _die()

    connection.dialect.do_commit = commit_and_die  # type: ignore[method-assign]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _spread(points: int) -> list[int]:
    """All of them, or as many as there is time for, the first and the last among them."""
    if points <= POINTS:
        return list(range(points))
    return sorted({round(at * (points - 1) / (POINTS - 1)) for at in range(POINTS)})


def _look(engine: Engine) -> tuple[Look, Look]:
    """The schema, and the rows of every table but for their moments."""
    sqlite = engine.dialect.name == "sqlite"
    if not sqlite:
        wait_until(lambda: _alone(engine), 10, "the server to notice that the victim is gone")
    with engine.connect() as connection:
        if sqlite:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()
        schema = connection.execute(text(SQLITE_SCHEMA if sqlite else POSTGRES_SCHEMA)).all()
        tables = sorted(
            {row[1] for row in schema if row[0] == "table"}
            if sqlite
            else {row[1].partition(".")[0] for row in schema if row[0] == "column"}
        )
        rows = tuple(
            (table, connection.scalar(text(f'SELECT count(*) FROM "{table}"'))) for table in tables
        )
        return tuple(tuple(row) for row in schema), rows


def _alone(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.scalar(text(OTHERS)) == 0


def _empty(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        assert engine.url.database
        for ending in ("", "-wal", "-shm"):
            Path(engine.url.database + ending).unlink(missing_ok=True)
        return
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


if __name__ == "__main__":
    judge(partial(run, kind) for kind in sys.argv[1:] or DATABASES)
