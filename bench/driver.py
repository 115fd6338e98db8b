"""A database through its bare driver: what hand-written pages and the raw queries use."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from bench.seed.tables import plain

SETTINGS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
"""What the product asks of SQLite too."""

Row = tuple[Any, ...]


class Sqlite:
    """Placeholders are written `%s` everywhere."""

    match = "t.id IN (SELECT rowid FROM search_index WHERE search_index MATCH %s)"

    def __init__(self, url: str) -> None:
        path = make_url(url).database or ""
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for setting in SETTINGS:
            self.connection.execute(setting)

    def rows(self, question: str, *values: Any, plan_once: bool = True) -> list[Row]:  # noqa: ARG002
        return self.connection.execute(question.replace("%s", "?"), values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise

    def moment(self, at: datetime) -> Any:
        return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    def read(self, at: Any) -> datetime:
        return datetime.fromisoformat(at).replace(tzinfo=UTC)

    def asked(self, word: str) -> str:
        return f'"{word}"*'

    def close(self) -> None:
        self.connection.close()


class Postgres:
    """Autocommit for reading, as somebody would write it who only reads."""

    match = "EXISTS (SELECT 1 FROM search_document d WHERE d.ticket_id = t.id AND d.words @@ %s::tsquery)"

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(plain(url), autocommit=True)

    def rows(self, question: str, *values: Any, plan_once: bool = True) -> list[Row]:
        cursor = self.connection.execute(question, values, prepare=None if plan_once else False)
        return cursor.fetchall() if cursor.description else []

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self.connection.transaction():
            yield

    def moment(self, at: datetime) -> Any:
        return at

    def read(self, at: Any) -> datetime:
        moment: datetime = at
        return moment

    def asked(self, word: str) -> str:
        return f"'{word}':*"

    def close(self) -> None:
        self.connection.close()


Driver = Sqlite | Postgres


def connect(url: str) -> Driver:
    """A connection of its own."""
    return Sqlite(url) if url.startswith("sqlite") else Postgres(url)
