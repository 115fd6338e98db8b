"""Worker time of one page of the complaints log: 25 rows of a thousand, signed in, in English.

    python -m bench.list_page [--profile]

It asks the application itself, without a server, so that the figure is what a web worker spends: the median of the
process time of 200 requests, after 20 to warm up.
"""

import argparse
import cProfile
import pstats
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from helpdesk import clock
from helpdesk.config import Settings
from helpdesk.db import db, transaction
from helpdesk.demo import people
from helpdesk.domain import complaints, stores, tenancy
from helpdesk.domain.permissions import Actor
from helpdesk.enums import ActorType, ComplaintType, Lang
from helpdesk.factory import create_app

ROWS = 1_000
WARM_UP = 20
REQUESTS = 200
LOG = "/desk/noor/complaints/"


def main() -> None:
    """Fill a database, ask for the page, print the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings.from_env({"INSTANCE": folder, "DEMO": "1", "LOG_LEVEL": "WARNING"})
        )
        client = signed_in(app)
        for _ in range(WARM_UP):
            size = len(client.get(LOG).data)
        taken = [spent(client) for _ in range(REQUESTS)]
        print(f"{statistics.median(taken) * 1000:.2f} ms of process time a page, {size:,} bytes")
        if options.profile:
            profile(client)
        with app.app_context():
            db.engine.dispose()


def signed_in(app: Flask) -> FlaskClient:
    """A browser of the owner of a store with a thousand complaints."""
    app.config.update(WTF_CSRF_ENABLED=False)
    with app.app_context():
        upgrade()
        app.test_cli_runner().invoke(args=["demo", "load"], catch_exceptions=False)
        with tenancy.unscoped("a measurement fills a store"), transaction():
            fill()
    client = app.test_client()
    account = {"email": "huda@noor.example", "password": people.PASSWORD}
    assert client.post("/login", data=account).status_code == 303
    client.get(f"{LOG}?lang=en")
    return client


def fill() -> None:
    """A thousand complaints, a minute apart."""
    store, now = stores.find("noor"), clock.now()
    assert store is not None
    for number in range(ROWS):
        draft = complaints.Draft(
            name=f"Customer {number}",
            email=f"customer{number}@example.com",
            phone=None,
            type=ComplaintType.LATE,
            order_number=str(5000 + number),
            description="It has not come.",
            desired_outcome=None,
            declared=True,
            lang=Lang.EN,
        )
        visitor = Actor(type=ActorType.VISITOR, ip_hash=f"ip{number}", browser_hash="bench")
        complaints.submit(store, draft, visitor, now=now - timedelta(minutes=number))


def spent(client: FlaskClient) -> float:
    """Process time of one request, in seconds."""
    start = time.process_time()
    answer = client.get(LOG)
    taken = time.process_time() - start
    assert answer.status_code == 200
    return taken


def profile(client: FlaskClient) -> None:
    """Where fifty requests spend their time."""
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(50):
        client.get(LOG)
    profiler.disable()
    here = str(Path(__file__).resolve().parent.parent)
    stats = pstats.Stats(profiler).sort_stats("cumulative")
    stats.print_stats(here.replace("\\", "/"), 45)
    stats.print_stats(25)


if __name__ == "__main__":
    main()
