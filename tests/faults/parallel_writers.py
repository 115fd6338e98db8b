"""Eight writers at once: 400 complaints and replies through the real web server while the worker writes too.

Four proven complaints are shared by two writers each, so replies meet in the same ticket. Each writer has a mailbox
and an address of its own for every complaint, for the limits are not what this is about.
"""

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from sqlalchemy import func, select

from helpdesk.db import db
from helpdesk.domain.deliveries import OPEN
from helpdesk.enums import DeliveryStatus
from helpdesk.models import Delivery, Event, Message, Ticket
from tests.faults.shopper import Shopper, Unacknowledged, together
from tests.faults.site import Site, SlowPostOffice, post_office, site, wait_until
from tests.faults.verdict import Verdict, judge

WRITES = 400
WRITERS = 8
PROVEN = 4
MARK = "parallel write"


@dataclass(frozen=True)
class Job:
    """What one writer does: the complaint that it may answer, and how often."""

    port: int
    name: str
    number: str
    cookies: dict[str, str]
    writes: int


@dataclass(frozen=True)
class Entry:
    """One write in the journal, with the text that names it, and why it was not acknowledged."""

    text: str
    email: str
    number: str
    refusal: str


def run(kind: str, processes: int, web: tuple[int, int]) -> Verdict:
    threads = WRITERS // processes
    verdict = Verdict(f"parallel_writers: {processes}×{threads}, web {web[0]}×{web[1]}", kind)
    with post_office() as office, site(kind, office) as here:
        here.start_web(*web)
        worker = here.start_worker()
        jobs = _jobs(here, office)
        if processes == 1:
            journal = _write(jobs)
        else:
            shares = [jobs[at::processes] for at in range(processes)]
            with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
                journal = [entry for share in pool.map(_write, shares) for entry in share]
        with here.inside():
            wait_until(_all_told, 90, "the worker to tell everything")
        assert worker.poll() is None, "the worker ended by itself"
        with here.inside():
            _judge(journal, verdict)
        for line in here.complaints_in_logs():
            verdict.wrong(f"log: {line}")
    return verdict


def _jobs(here: Site, office: SlowPostOffice) -> list[Job]:
    proven = []
    for number in range(PROVEN):
        shopper, email = Shopper(here.port), f"proven{number}@example.com"
        receipt = shopper.submit(email, "A complaint to be answered by its customer.")
        shopper.track(receipt.number, receipt.tracking_code)
        shopper.prove(receipt.number, office.code_for(email))
        proven.append((receipt.number, shopper.cookies))
    return [
        Job(here.port, f"writer{at}", *proven[at % PROVEN], WRITES // WRITERS)
        for at in range(WRITERS)
    ]


def _write(jobs: list[Job]) -> list[Entry]:
    """Every job in a thread of its own; what was answered."""
    journal: list[Entry] = []
    together([lambda job=job: journal.extend(_writer(job)) for job in jobs])
    return journal


def _writer(job: Job) -> list[Entry]:
    return [_write_once(job, at) for at in range(job.writes)]


def _write_once(job: Job, at: int) -> Entry:
    """A complaint, then a reply, and so on."""
    text = f"{MARK} {job.name}-{at} of process {os.getpid()}"
    email = "" if at % 2 else f"{job.name}-{at}@example.com"
    number, refusal = job.number, ""
    try:
        if email:
            number = Shopper(job.port).submit(email, text).number
        else:
            Shopper(job.port, dict(job.cookies)).reply(number, text)
    except (Unacknowledged, OSError) as error:
        refusal = str(error) or type(error).__name__
    return Entry(text, email, number, refusal)


def _all_told() -> bool:
    db.session.rollback()
    events = select(Event.id).where(Event.dispatched_at.is_(None)).limit(1)
    messages = select(Delivery.id).where(Delivery.status.in_(OPEN)).limit(1)
    return db.session.scalar(events) is None and db.session.scalar(messages) is None


def _judge(journal: list[Entry], verdict: Verdict) -> None:
    written = Counter(db.session.scalars(select(Message.body).where(Message.body.startswith(MARK))))
    for entry in journal:
        if entry.refusal:
            verdict.wrong(f"not acknowledged: {entry.refusal}")
            continue
        what = "complaint" if entry.email else "reply"
        verdict.once(written.pop(entry.text, 0), f"text of an acknowledged {what}")
        if entry.email:
            _judge_complaint(entry, verdict)
    for text in written:
        verdict.wrong(f"written, but never acknowledged: {text}")
    verdict.tries = len(journal)
    kinds = Counter("complaints" if entry.email else "replies" for entry in journal)
    verdict.notes.update(kinds)


def _judge_complaint(entry: Entry, verdict: Verdict) -> None:
    numbers = list(
        db.session.scalars(select(Ticket.number).where(Ticket.contact_email == entry.email))
    )
    verdict.once(len(numbers), "ticket of an acknowledged complaint")
    if entry.number not in numbers:
        verdict.wrong("another number than the one that was told")
    told = (
        select(func.count())
        .select_from(Delivery)
        .where(Delivery.recipient == entry.email, Delivery.status == DeliveryStatus.SENT)
    )
    verdict.once(db.session.scalar(told) or 0, "acknowledgement mail")


if __name__ == "__main__":
    kinds = sys.argv[1:] or ["sqlite"]
    judge(
        partial(run, kind, processes, web)
        for kind in kinds
        for processes, web in ((1, (1, 8)), (4, (4, 2)))
    )
