"""Seeded databases that are kept, and the copies that a measurement may change."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql as names
from sqlalchemy.engine import make_url

from bench.seed.fill import fill, say
from bench.seed.tables import plain
from tests.fixtures.databases import SERVERS

HERE = Path(__file__).parent
SOURCES = (HERE / "seed", HERE.parent / "migrations" / "versions")
KINDS = ("sqlite", "postgres")


@dataclass(frozen=True)
class Sqlite:
    """Files in the folder of the kept databases."""

    keep: Path
    kind: str = "sqlite"

    def seeded(self, size: int) -> str:
        """The address of a database with so many complaints, filled now unless it is there."""
        whole = self.keep / f"{_name(size)}.db"
        if not whole.exists():
            part = whole.with_suffix(".part")
            _forget(part)
            say(f"SQLite: writing {size:,} complaints to {whole}")
            fill(f"sqlite:///{part}", self.keep / "instance", size)
            part.rename(whole)
        return f"sqlite:///{whole}"

    @contextmanager
    def copy(self, size: int, folder: Path) -> Iterator[str]:
        """One to be measured in, gone again at the end."""
        source = make_url(self.seeded(size)).database or ""
        target = folder / f"copy-{size}.db"
        shutil.copyfile(source, target)
        try:
            yield f"sqlite:///{target}"
        finally:
            _forget(target)


@dataclass(frozen=True)
class Postgres:
    """Databases on a server of this machine."""

    server: str
    keep: Path
    kind: str = "postgres"

    def seeded(self, size: int) -> str:
        """As for SQLite; the name of the database takes the place of the file."""
        whole = _name(size)
        if not self.has(size):
            part = f"{whole}_part"
            self._drop(part)
            self._make("CREATE DATABASE {}", part)
            say(f"PostgreSQL: writing {size:,} complaints to {whole}")
            fill(self._url(part), self.keep / "instance", size)
            self._make("ALTER DATABASE {} RENAME TO {}", part, whole)
        return self._url(whole)

    @contextmanager
    def copy(self, size: int, _folder: Path) -> Iterator[str]:
        """A copy file by file, statistics and all."""
        self.seeded(size)
        name = f"{_name(size)}_{os.getpid()}"
        self._make("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, _name(size))
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def has(self, size: int) -> bool:
        """Whether it has been filled."""
        return bool(self._run("SELECT 1 FROM pg_database WHERE datname = %s", (_name(size),)))

    def remove(self, size: int) -> None:
        """Let go of a seeded one."""
        self._drop(_name(size))

    def _drop(self, name: str) -> None:
        self._make("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _make(self, statement: str, *called: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            composed = names.SQL(statement).format(*map(names.Identifier, called))
            connection.execute(composed)

    def _run(self, question: str, values: tuple[str, ...]) -> list[tuple[object, ...]]:
        with psycopg.connect(self.server, autocommit=True) as connection:
            return connection.execute(question, values).fetchall()

    def _url(self, name: str) -> str:
        url = make_url(self.server).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)


Databases = Sqlite | Postgres


def reachable(kind: str, keep: Path) -> Databases | None:
    """Where databases of this kind can be made; None where there is no server."""
    if kind == "sqlite":
        return Sqlite(keep)
    given = os.environ.get("TEST_DATABASE_URL")
    for url in [plain(given)] if given else SERVERS:
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.OperationalError:
            continue
        return Postgres(url, keep)
    return None


def _name(size: int) -> str:
    """A changed seed or a changed migration asks for a new database."""
    whole = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted(folder.glob("*.py")):
            whole.update(path.read_bytes())
    return f"helpdesk_bench_{size}_{whole.hexdigest()[:8]}"


def _forget(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
