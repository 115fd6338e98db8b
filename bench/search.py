"""The complaints log's search over so many complaints: a rare, a common, an absent, an Arabic word, and others.

    [TEST_DATABASE_URL=postgresql://…] python -m bench.search [ROWS]

For each search, the milliseconds of reading the first page's rows, and the worker's process time for the whole page,
for the platform over every store and for one of fifty stores (medians). Without a server it measures SQLite.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import create_engine, func, insert, make_url, select, text

from helpdesk import clock
from helpdesk.config import Settings
from helpdesk.db import db, transaction
from helpdesk.demo import people
from helpdesk.domain import search, stores, tenancy, terms
from helpdesk.domain.permissions import SYSTEM
from helpdesk.domain.search import Part
from helpdesk.factory import create_app
from helpdesk.lists.asked import Asked
from helpdesk.models import Message, SearchDocument, Store, Thread, Ticket

ROWS = 20_000
BATCH = 5_000
STORES = 50
ROUNDS = 15
WORDS = 20_000
SEARCHES = {
    "absent": "nosuchword",
    "rare (10)": "rareword",
    "1 in 200": "midword",
    "1 in 20": "oftenword",
    "half": "commonword",
    "half and rare": "commonword rareword",
    "Arabic (third)": "طلب",
    "two letters": "co",
    "number": "",
}
chance = random.Random(1)  # noqa: S311 - the same made-up words in every run


def main() -> None:
    """Fill a database, search, print the table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as url:
        given = {"INSTANCE": folder, "DEMO": "1", "LOG_LEVEL": "WARNING", "DATABASE_URL": url}
        app = create_app(Settings.from_env(given | {"SECRET_KEY": uuid4().hex * 2}))
        app.config.update(WTF_CSRF_ENABLED=False)
        with app.app_context(), tenancy.unscoped("a measurement fills every store"):
            started = time.perf_counter()
            fill(app, rows)
            print(f"{make_url(url).get_backend_name()}, {rows:,} complaints")
            print(f"filled in {time.perf_counter() - started:.0f} s")
        measure(app)
        with app.app_context():
            db.engine.dispose()


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """An empty database, on the server that was named or in a file."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{folder / 'bench.sqlite'}"
        return
    name = f"helpdesk_bench_{uuid4().hex[:8]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def fill(app: Flask, rows: int) -> None:
    """The demo, and so many more complaints of fifty stores, through the tables."""
    upgrade()
    app.test_cli_runner().invoke(args=["demo", "load"], catch_exceptions=False)
    with transaction():
        noor = stores.find("noor")
        assert noor is not None
        shops = [noor, *(another(number) for number in range(STORES - 1))]
        first = 1 + (db.session.scalar(select(func.max(Ticket.id))) or 0)
        thread = 1 + (db.session.scalar(select(func.max(Thread.id))) or 0)
    for start in range(0, rows, BATCH):
        with transaction():
            batch(shops, range(start, min(rows, start + BATCH)), first, thread, rows)
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def another(number: int) -> Store:
    return stores.create(f"shop-{number}", f"Shop {number}", "متجر", SYSTEM, now=clock.now())


def batch(shops: list[Store], numbers: range, first: int, thread: int, rows: int) -> None:
    """Complaints with one message and their words."""
    now, made = clock.now(), []
    for number in numbers:
        shop = shops[number % STORES]
        body = said(number, rows)
        ticket = complaint(shop, number, now)
        made.append((ticket | {"id": first + number}, body))
    db.session.execute(insert(Ticket.__table__), [ticket for ticket, _body in made])
    db.session.execute(
        insert(Thread.__table__), [main_thread(one, thread, first) for one, _ in made]
    )
    db.session.execute(
        insert(Message.__table__), [message(one, body, thread, first) for one, body in made]
    )
    db.session.execute(insert(SearchDocument.__table__), [document(*one) for one in made])


def complaint(store: Store, number: int, now: datetime) -> dict[str, object]:
    address = f"customer{number}@mail.example"
    return {
        "store_id": store.id,
        "kind": "complaint",
        "number": f"CMP-{number // 10_000:04}-{number % 10_000:04}",
        "source": "complaint_page",
        "contact_name": f"{made_up()} {made_up()}",
        "contact_email": address,
        "contact_email_key": address,
        "contact_phone": f"+9665{chance.randrange(10**8):08}",
        "contact_lang": "en",
        "subject": "Late delivery",
        "complaint_type": "late",
        "order_number_text": str(chance.randrange(1000, 100_000)),
        "status": "pending_admin",
        "waiting_since": now,
        "priority": "normal",
        "urgency": 2,
        "reminded_days": 0,
        "handler_team": "merchant",
        "version": 1,
        "created_at": now,
        "forwarded_at": now,
        "last_public_message_at": now - timedelta(seconds=number),
    }


def made_up() -> str:
    """A word; some come often and most hardly ever, as in any language."""
    return f"w{int(chance.random() ** 3 * WORDS):05}"


def said(number: int, rows: int) -> str:
    words = [made_up() for _ in range(40)]
    words += [word for word, share in SHARES.items() if chance.random() < share]
    words += ["rareword"] * (number % max(1, rows // 10) == 0)
    chance.shuffle(words)
    return " ".join(words)


SHARES = {"commonword": 0.5, "الطلب": 0.33, "oftenword": 0.05, "midword": 0.005}


def main_thread(ticket: dict[str, object], thread: int, first: int) -> dict[str, object]:
    return {
        "id": int(str(ticket["id"])) - first + thread,
        "store_id": ticket["store_id"],
        "ticket_id": ticket["id"],
        "kind": "main",
        "created_at": ticket["created_at"],
    }


def message(ticket: dict[str, object], body: str, thread: int, first: int) -> dict[str, object]:
    return {
        "store_id": ticket["store_id"],
        "thread_id": int(str(ticket["id"])) - first + thread,
        "author_type": "contact",
        "body": body,
        "lang": "en",
        "created_at": ticket["created_at"],
        "released_at": ticket["created_at"],
    }


def document(ticket: dict[str, object], body: str) -> dict[str, object]:
    row = Ticket(**{name: ticket[name] for name in CARD})
    words = search._card(row) | search._marked(Part.CONVERSATION, terms.words(body))  # noqa: SLF001
    return {
        "ticket_id": ticket["id"],
        "store_id": ticket["store_id"],
        "words": words,
        "stale": False,
    }


CARD = ("number", "order_number_text", "contact_name", "contact_email", "contact_phone")


def measure(app: Flask) -> None:
    """The table."""
    print(f"{'':16}{'all stores: rows':>22}{'page':>8}{'one store: rows':>22}{'page':>8}")
    reviewer = signed_in(app, "reviewer@platform.example")
    owner = signed_in(app, "huda@noor.example")
    places = (("/platform/complaints/", reviewer), ("/desk/noor/complaints/", owner))
    for name, typed in {"(the list)": "", **SEARCHES}.items():
        q = typed or ("CMP-0000-0050" if name == "number" else "")
        figures = [figure for log, client in places for figure in timed(client, log, q)]
        print(
            f"{name:16}{figures[0]:>22.2f}{figures[1]:>8.1f}{figures[2]:>22.2f}{figures[3]:>8.1f}"
        )


def signed_in(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    assert (
        client.post("/login", data={"email": email, "password": people.PASSWORD}).status_code == 303
    )
    return client


def timed(client: FlaskClient, log: str, q: str) -> tuple[float, float]:
    """Milliseconds of reading the page's rows, with the look at how common the words are, and of the page."""
    reads: list[float] = []
    pages: list[float] = []
    with watched(reads):
        for _ in range(ROUNDS + 2):
            started = time.process_time()
            answer = client.get(log, query_string={"q": q, "lang": "en"})
            pages.append((time.process_time() - started) * 1000)
            assert answer.status_code == 200
    return statistics.median(reads[2:]), statistics.median(pages[2:])


@contextmanager
def watched(times: list[float]) -> Iterator[None]:
    """Note how long the reading of rows takes."""
    read = Asked._read  # noqa: SLF001

    def reading(*args: Any, **more: Any) -> Any:
        started = time.perf_counter()
        rows = read(*args, **more)
        times.append((time.perf_counter() - started) * 1000)
        return rows

    Asked._read = reading  # type: ignore[method-assign]  # noqa: SLF001
    try:
        yield
    finally:
        Asked._read = read  # type: ignore[method-assign]  # noqa: SLF001


if __name__ == "__main__":
    main()
