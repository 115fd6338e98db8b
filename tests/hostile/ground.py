"""What the hostile tests stand on: a visitor who goes on after a fault, a log of commits, and a way back in time."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from flask import Flask
from sqlalchemy import event, make_url
from werkzeug.test import TestResponse

from helpdesk.db import db
from tests.fixtures.client import Client
from tests.fixtures.databases import Database, PostgresDatabase, SqliteDatabase
from tests.fixtures.migrations import release
from tests.fixtures.pages import Page
from tests.views.seeds import TECHNICAL

NOTES_OF_A_TRY = frozenset({"throttle", "idempotency_key"})
SHOWN = 60
_WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
_HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]"
)


@dataclass
class Tally:
    """What was tried, and everything that was wrong with the answers."""

    requests: int = 0
    written: int = 0
    broken: int = 0
    leaked: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    measured: dict[str, float] = field(default_factory=dict)

    def fault(self, what: str) -> None:
        self.faults[what] = self.faults.get(what, 0) + 1

    def leak(self, what: str) -> None:
        self.leaked += 1
        self.fault(what)

    def largest(self, name: str, value: float) -> None:
        self.measured[name] = max(self.measured.get(name, 0), round(value, 3))

    def judge(self) -> None:
        """Fail with everything that was found."""
        told = [f"{what} ({times}×)" for what, times in self.faults.items()]
        more = f"\n… and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
        assert not told, "\n".join(told[:SHOWN]) + more


class Prober(Client):
    """A visitor who notes what is broken and goes on."""

    tally: Tally

    def _judge(self, response: TestResponse) -> None:
        self.tally.requests += 1
        if response.status_code >= 500:
            self.tally.broken += 1
            asked = f"{response.request.method} {response.request.path}"
            self.tally.fault(f"{asked[:200]} answered {response.status}")

    @property
    def cookies(self) -> dict[Any, Any]:
        """What the browser keeps; give it back to be who one was."""
        return dict(self._cookies or {})

    @cookies.setter
    def cookies(self, kept: Mapping[Any, Any]) -> None:
        self._cookies = dict(kept)


def prober(app: Flask, tally: Tally) -> Prober:
    visitor = Prober(app, app.response_class, use_cookies=True)
    visitor.tally = tally
    return visitor


@dataclass
class Wrote:
    """What was committed: how often to which table, every text, and the tables that got rows."""

    tables: Counter[str] = field(default_factory=Counter)
    inserted: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)

    @property
    def unclean(self) -> list[str]:
        return [text[:60] for text in self.texts if _HARMFUL.search(_spelt_out(text))]


class Ledger:
    """Listens to the database: what was committed since it was last asked."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            engine = db.engine
        self._open, self._done = Wrote(), Wrote()
        event.listen(engine, "after_cursor_execute", self._note)
        event.listen(engine, "commit", self._keep)
        event.listen(engine, "rollback", self._drop)
        self._engine = engine

    def close(self) -> None:
        for name, listener in (
            ("after_cursor_execute", self._note),
            ("commit", self._keep),
            ("rollback", self._drop),
        ):
            event.remove(self._engine, name, listener)

    def take(self) -> Wrote:
        done, self._done = self._done, Wrote()
        return done

    def _note(
        self, _conn: object, cursor: Any, statement: str, parameters: Any, *_more: object
    ) -> None:
        found = _WRITES.match(statement)
        if found is None or (cursor.rowcount == 0 and "RETURNING" not in statement):
            return
        verb, table = found[1].upper(), found[2]
        self._open.tables[table] += 1
        if verb.startswith("INSERT"):
            self._open.inserted[table] += 1
        if not verb.startswith("DELETE"):
            self._open.texts += _texts(parameters)

    def _keep(self, _conn: object) -> None:
        for mine, theirs in (
            (self._done.tables, self._open.tables),
            (self._done.inserted, self._open.inserted),
        ):
            mine.update(theirs)
        self._done.texts += self._open.texts
        self._open = Wrote()

    def _drop(self, _conn: object) -> None:
        self._open = Wrote()


def _texts(parameters: object) -> list[str]:
    if isinstance(parameters, str):
        return [parameters]
    if isinstance(parameters, Mapping):
        return _texts(tuple(parameters.values()))
    if isinstance(parameters, Iterable) and not isinstance(parameters, bytes):
        return [text for one in parameters for text in _texts(one)]
    return []


def _spelt_out(text: str) -> str:
    """JSON hides signs behind numbers."""
    if not text.startswith(("{", "[")):
        return text
    try:
        letters = json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text
    return re.sub(r"\\u00([01].)", lambda found: chr(int(found[1], 16)), letters)


@dataclass
class Moment:
    """The database as it is now, to come back to."""

    app: Flask
    kept: Database

    def come_back(self) -> None:
        db.session.rollback()
        release(self.app)
        self.kept.clean()


def remember(app: Flask, database: Database, folder: Path) -> Iterator[Moment]:
    db.session.rollback()
    release(app)
    if isinstance(database, SqliteDatabase):
        shutil.copyfile(database.file, folder / "moment.sqlite")
        yield Moment(app, replace(database, template=folder / "moment.sqlite"))
        return
    kept = PostgresDatabase(make_url(database.url), schema="moment")
    yield Moment(app, kept)
    with kept.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA moment CASCADE")
    kept.engine.dispose()


def encoded(data: Mapping[str, str | list[str]]) -> bytes:
    """A body as a program sends it: also letters that no browser has, such as half of a surrogate pair."""
    pairs = [(n, v) for n, vs in data.items() for v in ([vs] if isinstance(vs, str) else vs)]
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def _quoted(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def not_plain(response: TestResponse) -> str:
    """What is wrong with the words of a refusal: none, or words of the engine room."""
    if response.is_json:
        text = str((response.json or {}).get("text", ""))
    else:
        page = Page(response.text)
        said = [one.text for one in page.root.all() if one.get("role") in {"alert", "status"}]
        said += [page.heading, *(one.text for one in page.root.all("p"))]
        text = "".join(said) and page.text
    if not text.strip():
        return "says nothing"
    found = [word for word in TECHNICAL if word in text]
    return f"says {found[0]}" if found else ""
