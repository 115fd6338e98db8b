"""Filling a database from end to end, and asking the product itself whether it would have written the same."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from random import Random

from flask import Flask
from flask_migrate import upgrade
from flask_security import hash_password
from sqlalchemy import func, select

from bench.seed import places
from bench.seed.stories import Stories
from bench.seed.tables import check, grouped, writer
from helpdesk import clock
from helpdesk.config import Settings
from helpdesk.db import db, transaction
from helpdesk.domain import counters, search, stores, tenancy
from helpdesk.enums import TicketKind
from helpdesk.factory import create_app
from helpdesk.models import Role, SearchDocument, Store, Ticket

BATCH = 5_000
TOLD_EVERY = 50_000
COMPARED = 60
SECRET_KEY = "not a secret, for it is only used in measurements"  # noqa: S105
WHY = "a measurement fills every store"


class SeedWrong(RuntimeError):
    """What the seed wrote is not what the product writes."""


class _Undo(Exception):
    """Nothing of this shall stay."""


def settings(url: str, folder: Path, **more: str) -> dict[str, str]:
    """The settings of an installation under measurement."""
    return {
        "DATABASE_URL": url,
        "INSTANCE": str(folder),
        "SECRET_KEY": SECRET_KEY,
        "TRUSTED_PROXIES": "1",
        "LOG_LEVEL": "WARNING",
        "DEMO": "0",
        **more,
    }


@contextmanager
def application(url: str, folder: Path) -> Iterator[Flask]:
    """The product in this process, over every store."""
    app = create_app(Settings.from_env(settings(url, folder)))
    with app.app_context(), tenancy.unscoped(WHY):
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def fill(url: str, folder: Path, size: int) -> None:
    """Make the tables with the migrations and put `size` complaints in.

    Raises:
        SchemaUnknown: the schema has grown.
        SeedWrong: the product would have written something else.
    """
    began, now = time.monotonic(), clock.now()
    with application(url, folder):
        upgrade()
        empty = check(db.engine)
        roles = dict(db.session.execute(select(Role.key, Role.id)).tuples().all())
        platform_id = stores.platform().id
        hashed = hash_password(places.PASSWORD)
    into, stories = writer(url), Stories(size, now)
    into.write(grouped(places.rows(hashed, roles, platform_id, now)))
    for start in range(0, size, BATCH):
        numbers = range(start, min(size, start + BATCH))
        into.write(grouped(row for number in numbers for row in stories.tell(number)))
        if start and start % TOLD_EVERY == 0:
            say(f"  {start:,} of {size:,} after {time.monotonic() - began:.0f} s")
    into.write(grouped(stories.counters()))
    into.finish()
    with application(url, folder):
        compare(size)
    say(
        f"  {size:,} complaints in {time.monotonic() - began:.0f} s; left empty: {', '.join(empty)}"
    )


def compare(size: int) -> None:
    """Some documents and all counters, against what the product makes of the same rows."""
    some = Random(size).sample(range(1, size + 1), min(COMPARED, size))  # noqa: S311 - a sample
    with suppress(_Undo), transaction():
        _compare_documents(some)
    counted = select(Ticket.status, func.count()).where(Ticket.archived_at.is_(None))
    found = dict(db.session.execute(counted.group_by(Ticket.status)).tuples().all())
    if found != counters.by_status(TicketKind.COMPLAINT):
        raise SeedWrong(f"the counters do not fit the tickets: {found}")
    if db.session.scalar(select(func.count()).select_from(Store)) != places.STORES + 1:
        raise SeedWrong("there are stores that nobody ordered")


def _compare_documents(ids: list[int]) -> None:
    for ticket in db.session.scalars(select(Ticket).where(Ticket.id.in_(ids))):
        document = db.session.get_one(SearchDocument, ticket.id)
        written = document.words
        search.rebuild(ticket)
        if document.words != written:
            differ = sorted(document.words ^ written)
            raise SeedWrong(f"the search knows {ticket.number} by other words: {differ}")
    raise _Undo


def say(line: str) -> None:
    """Progress goes beside the table."""
    print(line, file=sys.stderr, flush=True)


def moment(at: datetime) -> str:
    """For headings."""
    return at.strftime("%Y-%m-%d %H:%M UTC")
