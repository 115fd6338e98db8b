"""A long export as the worker writes it: seconds, size and memory for so many complaints, as CSV and as XLSX.

python -m bench.export [ROWS]
"""

import resource
import sys
import tempfile
import time
from datetime import datetime, timedelta
from os import SEEK_END

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select

from helpdesk import clock, jobs
from helpdesk.config import Settings
from helpdesk.db import db, transaction
from helpdesk.domain import exports, members, stores, tenancy
from helpdesk.enums import ExportFormat, Lang
from helpdesk.factory import create_app
from helpdesk.models import Export, Store, Ticket
from helpdesk.uploads import storage

ROWS = 100_000
BATCH = 5_000


def main() -> None:
    """Fill a store, order each file, let the worker's job write it, print the figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_env({"INSTANCE": folder, "DEMO": "1"}))
        with app.app_context(), tenancy.unscoped("a measurement fills a store"):
            fill(app, rows)
            for file_format in ExportFormat:
                print(measured(file_format))
            db.session.remove()
            db.engine.dispose()


def fill(app: Flask, rows: int) -> None:
    """The demo, and so many more complaints, through the table."""
    upgrade()
    app.test_cli_runner().invoke(args=["demo", "load"], catch_exceptions=False)
    with transaction():
        store = stores.find("noor")
        assert store is not None
        for start in range(0, rows, BATCH):
            numbers = range(start, min(rows, start + BATCH))
            made = [complaint(store, number, clock.now()) for number in numbers]
            db.session.execute(insert(Ticket.__table__), made)


def complaint(store: Store, number: int, now: datetime) -> dict[str, object]:
    """One row."""
    address = f"customer{number}@mail.example"
    return {
        "store_id": store.id,
        "kind": "complaint",
        "number": f"CMP-{number:07}",
        "source": "complaint_page",
        "contact_name": f"Customer {number}",
        "contact_email": address,
        "contact_email_key": address,
        "contact_lang": "en",
        "subject": "Late delivery",
        "complaint_type": "late",
        "status": "pending_admin",
        "waiting_since": now,
        "priority": "normal",
        "handler_team": "merchant",
        "version": 1,
        "created_at": now,
        "forwarded_at": now,
        "last_public_message_at": now - timedelta(seconds=number),
    }


def measured(file_format: ExportFormat) -> str:
    """Order one file, have it written, say what it took."""
    owner, store = members.find_by_email("huda@noor.example"), stores.find("noor")
    assert owner is not None
    assert store is not None
    actor = members.acting_in(owner, store, ip_hash="bench")
    with transaction():
        order = exports.order(
            "complaints", {}, file_format, store, actor, lang=Lang.EN, now=clock.now()
        )
        order_id = order.id
    started = time.perf_counter()
    jobs.export(clock.now)
    seconds = time.perf_counter() - started
    done = db.session.scalars(select(Export).where(Export.id == order_id)).one()
    with storage.opened(str(done.file_name)) as file:
        size = file.seek(0, SEEK_END)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"{file_format.value}: {done.rows_written:,} rows in {seconds:.1f} s, {size:,} bytes,"
        f" at most {memory} MiB of memory"
    )


if __name__ == "__main__":
    main()
