"""A worker is killed with SIGKILL 100 times while complaints come in; whatever was acknowledged is told all the same.

Nine workers of ten are forked from a process that has imported the application already (booting takes longer than
most of them live), every tenth is `flask worker` from its first line on. A lease of five minutes is made to run out
by setting `lease_until` back, and only while no worker lives: the rows then look as they would five minutes later.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask.cli import FlaskGroup
from sqlalchemy import func, select, update

from helpdesk import clock, vault
from helpdesk.db import db, transaction
from helpdesk.domain.deliveries import CODE_PLACE, OPEN
from helpdesk.enums import DeliveryStatus, EventKind
from helpdesk.models import Delivery, Event, EventSecret, Ticket, VerificationCode
from tests.faults.shopper import Shopper, Unacknowledged
from tests.faults.site import DATABASES, LUCK, Site, SlowPostOffice, post_office, site
from tests.faults.verdict import Verdict, judge
from tests.fixtures.mailbox import Mail

KILLS = 100
FROM_SCRATCH = 10
LIFE = (0.1, 1.2)
LIFE_WITH_BOOT = (1.0, 5.0)
SLOWEST_ANSWER = 0.8
SHOPPERS = 2
PAUSE = 0.2
TO_THE_END = 120


class Journal:
    """Every acknowledged answer, written down before the next question."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def keep(self, **entry: str) -> None:
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps(entry) + "\n")

    def entries(self, what: str) -> list[dict[str, str]]:
        if not self._path.exists():
            return []
        read = [json.loads(line) for line in self._path.read_text().splitlines()]
        return [entry for entry in read if entry["what"] == what]


class Stable:
    """A process that has the application in memory, and forks and kills workers when told."""

    def __init__(self, here: Site) -> None:
        self._process = here.start(
            "tests.faults.worker_killed", "stable", stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._hear()

    def __call__(self, order: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{order}\n".encode())
        self._process.stdin.flush()
        self._hear()

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=10)

    def _hear(self) -> None:
        assert self._process.stdout
        if not self._process.stdout.readline():
            raise RuntimeError("the stable is gone")


def run(kind: str) -> Verdict:
    verdict = Verdict("worker_killed", kind)
    with post_office(SLOWEST_ANSWER) as office, site(kind, office) as here:
        here.start_web(processes=2, threads=4)
        journal = Journal(here.folder / "acknowledged.jsonl")
        enough = threading.Event()
        shoppers = [
            threading.Thread(target=_complain, args=(here, journal, enough, number))
            for number in range(SHOPPERS)
        ]
        for shopper in shoppers:
            shopper.start()
        try:
            _kill_workers(here, office, verdict)
        finally:
            enough.set()
            for shopper in shoppers:
                shopper.join()
        office.slowest = 0
        _work_to_the_end(here, verdict)
        here.stop()
        with here.inside():
            _judge(journal, office.mails, verdict)
        for line in here.complaints_in_logs():
            verdict.wrong(f"log: {line}")
    return verdict


def _complain(here: Site, journal: Journal, enough: threading.Event, number: int) -> None:
    """Send complaints, and ask for a code for every second one, until it is enough."""
    serial = 0
    while not enough.wait(PAUSE):
        serial += 1
        email = f"shopper{number}-{serial}@example.com"
        try:
            shopper = Shopper(here.port)
            receipt = shopper.submit(email, f"Complaint {serial} of shopper {number}.")
            journal.keep(
                what="complaint", email=email, number=receipt.number, code=receipt.tracking_code
            )
            if serial % 2:
                shopper.track(receipt.number, receipt.tracking_code)
                journal.keep(what="code", email=email, number=receipt.number)
        except (Unacknowledged, OSError) as error:
            journal.keep(what="refused", email=email, why=str(error))


def _kill_workers(here: Site, office: SlowPostOffice, verdict: Verdict) -> None:
    stable = Stable(here)
    before_answer = leased = 0
    for number in range(KILLS):
        if number % FROM_SCRATCH == 0:
            worker = here.start_worker()
            time.sleep(LUCK.uniform(*LIFE_WITH_BOOT))
            before_answer += bool(office.unanswered)
            worker.kill()
            worker.wait()
        else:
            stable("start")
            time.sleep(LUCK.uniform(*LIFE))
            before_answer += bool(office.unanswered)
            stable("kill")
        leased += bool(_let_leases_run_out(here))
    stable.close()
    if not before_answer or not leased:
        verdict.wrong("no kill met a worker at work: this run proves nothing")
    verdict.tries = KILLS
    verdict.notes["killed with a lease"] = leased
    verdict.notes["killed while the server thought"] = before_answer


def _let_leases_run_out(here: Site) -> int:
    """No worker lives now; how many messages one had leased."""
    with here.inside(), transaction():
        leased = Delivery.lease_until > clock.now()
        past = clock.now() - timedelta(seconds=1)
        statement = update(Delivery).where(leased).values(lease_until=past)
        return len(list(db.session.scalars(statement.returning(Delivery.id))))


def _work_to_the_end(here: Site, verdict: Verdict) -> None:
    worker = here.start_worker()
    deadline = time.monotonic() + TO_THE_END
    while (left := _left(here)) and time.monotonic() < deadline:
        time.sleep(0.5)
    if left:
        verdict.wrong(f"{left} events or messages are left after {TO_THE_END} s")
    worker.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        worker.wait(timeout=30)


def _left(here: Site) -> int:
    with here.inside():
        events = select(func.count()).select_from(Event).where(Event.dispatched_at.is_(None))
        messages = select(func.count()).select_from(Delivery).where(Delivery.status.in_(OPEN))
        return (db.session.scalar(events) or 0) + (db.session.scalar(messages) or 0)


def _judge(journal: Journal, mails: list[Mail], verdict: Verdict) -> None:
    by_mailbox: dict[str, list[Mail]] = defaultdict(list)
    for mail in mails:
        by_mailbox[mail.to[0]].append(mail)
    for entry in journal.entries("refused"):
        verdict.wrong(f"a submission was not acknowledged: {entry['why']}")
    codes = {entry["number"] for entry in journal.entries("code")}
    complaints = journal.entries("complaint")
    for entry in complaints:
        tickets = list(
            db.session.scalars(select(Ticket).where(Ticket.contact_email == entry["email"]))
        )
        verdict.once(len(tickets), "ticket of an acknowledged complaint")
        for ticket in tickets[:1]:
            received = by_mailbox[entry["email"]]
            _judge_mails(ticket, EventKind.COMPLAINT_SUBMITTED, entry["code"], received, verdict)
            if entry["number"] in codes:
                _judge_mails(ticket, EventKind.CODE_ISSUED, None, received, verdict)
            _judge_strangers(ticket, received, verdict)
    if db.session.scalar(select(func.count()).select_from(EventSecret)):
        verdict.wrong("secrets of events are left")
    copies = Counter(str(mail.message["Message-ID"]) for mail in mails)
    verdict.notes["complaints"] = len(complaints)
    verdict.notes["codes"] = len(codes)
    verdict.notes["mails"] = len(mails)
    verdict.notes["sent again under the same Message-ID"] = sum(copies.values()) - len(copies)


def _judge_mails(
    ticket: Ticket, kind: EventKind, code: str | None, received: list[Mail], verdict: Verdict
) -> None:
    """One event, one message to the customer, at least one mail, its code in it and wiped here."""
    events = list(
        db.session.scalars(select(Event).where(Event.ticket_id == ticket.id, Event.kind == kind))
    )
    verdict.once(len(events), f"event {kind}")
    for event in events[:1]:
        rows = list(
            db.session.scalars(
                select(Delivery).where(
                    Delivery.event_id == event.id, Delivery.recipient == ticket.contact_email
                )
            )
        )
        verdict.once(len(rows), f"message of {kind}")
        for row in rows[:1]:
            copies = [one for one in received if one.message["Message-ID"] == f"<{row.message_id}>"]
            if not copies:
                verdict.lost(f"mail of {kind}")
            if row.status is not DeliveryStatus.SENT or row.secret is not None:
                verdict.wrong(f"a message of {kind} is {row.status}, {row.last_error}")
            if any(not _carries(one, code, ticket) for one in copies):
                verdict.wrong(f"a mail of {kind} lacks its code")


def _carries(mail: Mail, code: str | None, ticket: Ticket) -> bool:
    """Whether the mail has the tracking code that the page showed, or a six-digit code that this ticket knows."""
    if CODE_PLACE in mail.text or CODE_PLACE in mail.html:
        return False
    if code is not None:
        return code in mail.text or code.replace("-", "") in mail.text
    known = db.session.scalars(
        select(VerificationCode).where(VerificationCode.ticket_id == ticket.id)
    ).one()
    return any(
        known.code_hash
        == vault.keyed_hash("code", ticket.store_id, ticket.id, known.purpose.value, digits)
        for digits in re.findall(r"\b\d{6}\b", mail.text)
    )


def _judge_strangers(ticket: Ticket, received: list[Mail], verdict: Verdict) -> None:
    """No mail without its message: a copy under another Message-ID would be a second mail."""
    query = select(Delivery.message_id).where(Delivery.recipient == ticket.contact_email)
    known = {f"<{message_id}>" for message_id in db.session.scalars(query)}
    for mail in received:
        if mail.message["Message-ID"] not in known:
            verdict.doubled("mail under another Message-ID")


def stable() -> None:
    """Obey `start` and `kill` from standard input. Nothing is open yet when a worker is forked off."""
    from app import app  # noqa: PLC0415 - only this process needs it

    child = 0
    orders = os.fdopen(os.dup(0), "r")
    answers = os.fdopen(os.dup(1), "w")
    answers.write("ready\n")
    answers.flush()
    for order in orders:
        if order == "start\n":
            child = os.fork()
            if child == 0:
                os.dup2(2, 1)
                FlaskGroup(create_app=lambda: app).main(["worker"], "flask")
        else:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        answers.write("done\n")
        answers.flush()


if __name__ == "__main__":
    if sys.argv[1:] == ["stable"]:
        stable()
    else:
        judge(partial(run, kind) for kind in DATABASES)
