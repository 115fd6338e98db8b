"""A backup as docs/operations.md describes it, taken under load and restored into a fresh installation.

What was acknowledged before the backup is there, every file's hash matches its row, no mail goes out a second time, and
the restored installation works.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from helpdesk.db import db
from helpdesk.enums import DeliveryStatus
from helpdesk.models import Attachment, Delivery, Ticket
from helpdesk.uploads import storage
from tests.faults.browser import Browser, Form
from tests.faults.crowd import NEW, Crowd
from tests.faults.shopper import Receipt, Shopper
from tests.faults.site import (
    DATABASES,
    ROOT,
    Site,
    SlowPostOffice,
    empty_database,
    post_office,
    site,
    wait_until,
)
from tests.faults.verdict import Verdict, judge
from tests.fixtures import papers
from tests.fixtures.migrations import release

PAGE = ROOT / "docs" / "operations.md"
WITH_FILES = 12
AFTER = 3.0
SLOWEST_MAIL = 1.0
"""Seconds that the mail server thinks, so that the backup finds mails on their way."""
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
PICTURE = papers.saved(papers.noise(60, 60), "PNG")


def run(kind: str) -> Verdict:
    verdict = Verdict("backup_restored", kind)
    with ExitStack() as stack:
        office = stack.enter_context(post_office(SLOWEST_MAIL))
        here = stack.enter_context(site(kind, office))
        kept, fresh = (
            Path(stack.enter_context(TemporaryDirectory(prefix="faults_"))) for _ in range(2)
        )
        url = stack.enter_context(empty_database(kind, fresh))
        before = _back_up(here, NAMES[kind], kept, office, verdict)
        again = Site(fresh, url, office)
        stack.callback(release, again.app)
        stack.callback(again.stop)
        _follow(f"Restore {NAMES[kind]}", _places(again.settings, kept))
        _judge(again, before, verdict)
        _work(again, office, verdict)
        for line in again.complaints_in_logs():
            verdict.wrong(f"log: {line}")
    return verdict


def _back_up(
    here: Site, name: str, kept: Path, office: SlowPostOffice, verdict: Verdict
) -> list[Receipt]:
    """Take the backup amid a crowd; what had been acknowledged by then. Afterwards every mail is sent."""
    here.start_web(processes=2, threads=4)
    here.start_worker()
    with Crowd(here, readers=2, senders=3, pace=5) as crowd:
        crowd.settle()
        bringers = _bring_files(here, verdict)
        before = [*crowd.sent, *bringers]
        _follow(f"Back up {name}", _places(here.settings, kept))
        time.sleep(AFTER)
    crowd.judge_mails(office, verdict)
    for one in crowd.seen:
        if one.fault:
            verdict.wrong(one.fault)
    here.stop()
    return before


def _bring_files(here: Site, verdict: Verdict) -> list[Receipt]:
    """Complaints with pictures, so that there are files to keep."""
    receipts = []
    for number in range(WITH_FILES):
        browser, email = Browser(here.port), f"files{number}@example.com"
        fields = browser.complaint_form(email, "The bottle arrived broken.")
        browser.send(Form(NEW, fields, {"label.png": PICTURE})).acknowledged("/complaints/sent")
        receipts.append(browser.receipt(email))
    verdict.notes["with files"] = len(receipts)
    return receipts


def _places(settings: dict[str, str], kept: Path) -> dict[str, str]:
    """What the page calls the places, and the commands that it names on the path."""
    url = make_url(settings["DATABASE_URL"])
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    named = {"BACKUP": str(kept), "DATABASE_URL": url.render_as_string(hide_password=False)}
    return os.environ | settings | named | {"PATH": path}


def _follow(heading: str, places: dict[str, str]) -> None:
    """Do what the page says under this heading, to the letter."""
    said = re.search(rf"### {heading}\n.*?```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert said, f"the page says nothing under {heading!r}"
    shell = shutil.which("sh")
    assert shell
    subprocess.run([shell, "-euc", said.group(1)], cwd=ROOT, env=places, check=True)  # noqa: S603 - our own page


def _judge(again: Site, before: list[Receipt], verdict: Verdict) -> None:
    """Everything acknowledged before the backup, and no row without its file."""
    with again.inside():
        numbers = list(db.session.scalars(select(Ticket.number)))
        for receipt in before:
            verdict.once(numbers.count(receipt.number), "complaint that was acknowledged before")
        kept = db.session.scalars(select(Attachment)).all()
        for one in kept:
            try:
                with storage.opened(one.stored_name) as file:
                    same = hashlib.sha256(file.read()).hexdigest() == one.sha256
            except FileNotFoundError:
                verdict.lost("the file of a row")
                continue
            if not same:
                verdict.wrong("a file is not what its row says")
    if len(kept) < WITH_FILES:
        verdict.lost(f"{WITH_FILES - len(kept)} pictures")
    verdict.tries = len(before) + len(kept)
    verdict.notes["restored"] = len(numbers)


def _work(again: Site, office: SlowPostOffice, verdict: Verdict) -> None:
    """It takes complaints and tells of them, and of nothing that was told before."""
    told = len(office.mails)
    again.start_web(processes=1, threads=4)
    again.start_worker()
    receipt = Shopper(again.port).submit("after@example.com", "Sent to what was restored.")
    wait_until(lambda: "after@example.com" in _recipients(office, told), 90, "the new mail")
    for recipient in _recipients(office, told):
        if recipient != receipt.email:
            verdict.doubled("a mail to somebody who had it before")
    with again.inside():
        held = select(func.count()).where(Delivery.status == DeliveryStatus.HELD)
        verdict.notes["held"] = db.session.scalar(held)


def _recipients(office: SlowPostOffice, since: int) -> list[str]:
    return [mail.to[0] for mail in office.mails[since:]]


if __name__ == "__main__":
    judge(partial(run, kind) for kind in DATABASES)
