"""An installation under measurement: a database of one size, the product and the hand-written pages before it."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from bench.browser import Browser, Form
from bench.databases import Databases
from bench.driver import Driver, Row, connect
from bench.queries import Wanted, listed
from bench.seed.fill import application
from bench.seed.places import BIG, BIG_SLUG, PASSWORD, REVIEWER, Person, staff
from bench.servers import Server
from helpdesk import vault

COOKIE = "helpdesk"
WRITERS = 8
"""Members of staff who work at the same time, each with a session of their own."""
DEEP = 0.8
"""How far into the list its deep page lies."""
SAMPLE = 500
LUCK = Random(1)  # noqa: S311 - a sample
GRANT = timedelta(minutes=30)
GRANT_IN = """
    INSERT INTO access_grant (store_id, ticket_id, browser_hash, created_at, expires_at)
    VALUES (%s, %s, %s, %s, %s)
"""
_OF_BIG = "FROM ticket t WHERE t.store_id = %s AND t.kind = 'complaint' AND t.archived_at IS NULL"
_SAID = """
    AND t.forwarded_at IS NOT NULL AND EXISTS (
        SELECT 1 FROM thread r JOIN message m ON m.store_id = r.store_id AND m.thread_id = r.id
        WHERE r.store_id = t.store_id AND r.ticket_id = t.id AND r.kind = 'main' AND m.body LIKE %s)
    ORDER BY t.last_public_message_at DESC, t.id DESC LIMIT 25
"""
_FIRST_SAID = """
    SELECT t.id, t.number, (
        SELECT m.body FROM thread r
        JOIN message m ON m.store_id = r.store_id AND m.thread_id = r.id
        WHERE r.store_id = t.store_id AND r.ticket_id = t.id AND r.kind = 'main'
        ORDER BY m.id LIMIT 1)
"""


@dataclass
class Site:
    """Its servers, and what the runner knows of its rows without asking the product."""

    size: int
    app: Flask
    db: Driver
    product: Server
    hand: Server
    staff: list[Browser] = field(default_factory=list)
    reviewer: Browser = field(default_factory=lambda: Browser(0))
    known: dict[str, Any] = field(default_factory=dict)

    def sign_in(self) -> None:
        """With password and forms, as people do."""
        self.staff = [self._signed_in(one) for one in staff()[BIG][:WRITERS]]
        self.reviewer = self._signed_in(Person(REVIEWER, 0, ""))

    def first_and_last(self, wanted: Wanted) -> list[str]:
        """The numbers at both ends of a page of the list."""
        rows = listed(self.db, wanted)
        return [str(rows[0][0]), str(rows[-1][0])]

    def cursor(self) -> str:
        """A place far in the list, as the product writes it into addresses."""
        place = int(self.db.rows(f"SELECT count(*) {_OF_BIG}", BIG)[0][0] * DEEP)
        order = "ORDER BY t.last_public_message_at DESC, t.id DESC LIMIT 1 OFFSET %s"
        question = f"SELECT t.last_public_message_at, t.id {_OF_BIG} {order}"
        at, ticket_id = self.db.rows(question, BIG, place)[0]
        since = self.db.read(at) - datetime(1970, 1, 1, tzinfo=UTC)
        return f"{round(since.total_seconds() * 1_000_000)}-{ticket_id}"

    def said_in(self, word: str) -> list[str]:
        """The newest complaints in which it was said, by looking into every message; asked for once."""
        if word not in self.known:
            question = f"SELECT t.number {_OF_BIG} {_SAID}"
            self.known[word] = [row[0] for row in self.db.rows(question, BIG, f"%{word}%")]
        found: list[str] = self.known[word]
        return found

    def waiting(self) -> int:
        """How many complaints wait for the big store."""
        question = f"SELECT count(*) {_OF_BIG} AND t.status = 'pending_admin'"
        return int(self.db.rows(question, BIG)[0][0])

    def some(self) -> list[Row]:
        """Id, number and first text of complaints from everywhere in the big store."""
        if "some" not in self.known:
            ids = range(1, self.size + 1, 2)
            wanted = LUCK.sample(ids, min(SAMPLE, len(ids)))
            places = ", ".join(["%s"] * len(wanted))
            question = (
                f"{_FIRST_SAID} {_OF_BIG} AND t.forwarded_at IS NOT NULL AND t.id IN ({places})"
            )
            self.known["some"] = self.db.rows(question, BIG, *wanted)
        found: list[Row] = self.known["some"]
        return found

    def open_ones(self) -> list[str]:
        """Numbers of complaints that staff may answer."""
        if "open" not in self.known:
            statuses = "AND t.status IN ('pending_admin', 'pending_customer') ORDER BY t.id DESC"
            question = f"SELECT t.number {_OF_BIG} {statuses} LIMIT 10000"
            self.known["open"] = [row[0] for row in self.db.rows(question, BIG)]
        found: list[str] = self.known["open"]
        return found

    def proven(self, ticket_id: int) -> Browser:
        """A shopper's browser that has proven a complaint; the grant is written into its table."""
        token, now = secrets.token_urlsafe(32), datetime.now(UTC)
        held = (BIG, ticket_id, vault.keyed_hash("browser", token))
        times = (self.db.moment(now), self.db.moment(now + GRANT))
        with self.db.writing():
            self.db.rows(GRANT_IN, *held, *times)
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        cookie = str(signer.dumps({"browser": token}))
        return Browser(self.product.port, cookies={COOKIE: cookie})

    def newest(self, table: str) -> int:
        """The highest id of a table."""
        question = f"SELECT coalesce(max(id), 0) FROM {table}"  # noqa: S608 - a table's name
        return int(self.db.rows(question)[0][0])

    def since(self, table: str, row_id: int) -> int:
        """How many rows a table has got since then."""
        question = f"SELECT count(*) FROM {table} WHERE id > %s"  # noqa: S608 - a table's name
        return int(self.db.rows(question, row_id)[0][0])

    def _signed_in(self, person: Person) -> Browser:
        browser = Browser(self.product.port, f"10.1.0.{person.id}")
        form = Form.on(browser.get("/login"), "password")
        browser.post("/login", form, {"email": person.email, "password": PASSWORD})
        where = "/platform/" if person.id == REVIEWER else f"/desk/{BIG_SLUG}/"
        browser.get(where)
        return browser


@contextmanager
def opened(databases: Databases, size: int, folder: Path) -> Iterator[Site]:
    """A copy of a seeded database with both servers running before it."""
    with ExitStack() as stack:
        url = stack.enter_context(databases.copy(size, folder))
        instance = folder / f"instance-{size}"
        instance.mkdir()
        app = stack.enter_context(application(url, instance))
        db = connect(url)
        stack.callback(db.close)
        product = Server("app:app", url, instance)
        hand = Server("bench.handwritten:app", url, instance)
        for server in (product, hand):
            stack.callback(server.stop)
            server.start()
        site = Site(size, app, db, product, hand)
        site.sign_in()
        yield site
