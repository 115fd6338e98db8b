"""Shoppers who read and send complaints at a steady pace, whatever is broken meanwhile, and a journal of what they saw.

Who is told to come back sends the very same form again, as a browser does; so a complaint that was taken although its
answer was lost must still be there once.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import func, select, update

from helpdesk import clock
from helpdesk.db import db, transaction
from helpdesk.domain.deliveries import OPEN
from helpdesk.models import Delivery, Event, Ticket
from tests.faults.shopper import Answer, Receipt, Shopper, Unacknowledged
from tests.faults.site import STORE, Site, SlowPostOffice, wait_until
from tests.faults.verdict import Verdict
from tests.fixtures.pages import Page

PLEASE_WAIT = "We are not reachable right now"
NEW = f"/s/{STORE}/complaints/new"
LONGEST_WAIT = 60
TOLD_WITHIN = 90


@dataclass(frozen=True)
class Seen:
    """One answer: when it came, how long it took, and what is wrong with it."""

    at: float
    seconds: float
    status: int
    fault: str


@dataclass
class Crowd:
    """`readers` and `senders`, each asking `pace` times a second."""

    here: Site
    readers: int
    senders: int
    pace: float
    paths: tuple[str, ...] = (f"/s/{STORE}/", NEW, f"/s/{STORE}/track", "/readyz")
    seen: list[Seen] = field(default_factory=list)
    sent: list[Receipt] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._enough = threading.Event()
        self._serial = count(1)
        work = [self._read] * self.readers + [self._send] * self.senders
        self._threads = [threading.Thread(target=one) for one in work]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let everybody finish what they have begun."""
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def settle(self) -> None:
        """Wait until the site has read its code and taken the first complaints."""
        wait_until(lambda: len(self.sent) > self.senders, LONGEST_WAIT, "the first complaints")

    def since(self, moment: float) -> list[Seen]:
        return [one for one in self.seen if one.at >= moment]

    def statuses(self) -> str:
        counts = Counter(one.status for one in self.seen)
        return " ".join(f"{status}×{times}" for status, times in sorted(counts.items()))

    def judge(self, verdict: Verdict) -> None:
        """Every answer was one of ours, and everything acknowledged is there once. Call it inside the application."""
        for one in self.seen:
            if one.fault:
                verdict.wrong(one.fault)
        rows = db.session.execute(select(Ticket.contact_email, Ticket.number))
        kept: dict[str, list[str]] = defaultdict(list)
        for email, number in rows:
            kept[email].append(number)
        for receipt in self.sent:
            numbers = kept[receipt.email]
            verdict.once(len(numbers), "complaint that was acknowledged")
            if receipt.number not in numbers:
                verdict.wrong("another number than the one that was told")
        verdict.tries = len(self.seen)
        verdict.notes["complaints"] = len(self.sent)
        verdict.notes["answers"] = self.statuses()

    def judge_mails(self, office: SlowPostOffice, verdict: Verdict) -> None:
        """The worker has gone on by itself: each complaint has its mail, and copies have one Message-ID."""
        with self.here.inside():
            _let_leases_run_out()
            wait_until(_all_told, TOLD_WITHIN, "the worker to tell everything")
        ids: dict[str, set[str]] = defaultdict(set)
        for mail in office.mails:
            ids[mail.to[0]].add(str(mail.message["Message-ID"]))
        for receipt in self.sent:
            verdict.once(len(ids[receipt.email]), "acknowledgement mail")

    def _read(self) -> None:
        shopper = Shopper(self.here.port)
        for turn in count():
            if self._enough.is_set():
                return
            path = self.paths[turn % len(self.paths)]
            self._paced(lambda path=path: shopper.get(path))

    def _send(self) -> None:
        while not self._enough.is_set():
            email = f"crowd{next(self._serial)}@example.com"
            self._send_one(Shopper(self.here.port), email)

    def _send_one(self, shopper: Shopper, email: str) -> None:
        form: dict[str, str] = {}

        def fill() -> Answer:
            answer = shopper.get(NEW)
            if answer.status == 200:
                form.update(shopper.filled_in(answer, email, f"A complaint by {email}."))
            return answer

        self._until(200, fill)
        self._until(303, lambda: shopper.post(NEW, form))
        self._until(200, lambda: self._receipt(shopper, email))

    def _receipt(self, shopper: Shopper, email: str) -> Answer:
        answer = shopper.get(f"/s/{STORE}/complaints/sent")
        if answer.status == 200:
            self.sent.append(shopper.receipt_on(answer, email))
        return answer

    def _until(self, status: int, ask: Callable[[], Answer]) -> None:
        """Ask again and again, as somebody who is told to wait does."""
        deadline = time.monotonic() + LONGEST_WAIT
        while self._paced(ask) != status:
            if time.monotonic() > deadline:
                raise Unacknowledged(f"no {status} within {LONGEST_WAIT} s")

    def _paced(self, ask: Callable[[], Answer]) -> int:
        began = time.monotonic()
        try:
            answer = ask()
            status, fault = answer.status, fault_of(answer)
        except OSError as error:
            status, fault = 0, f"no answer: {type(error).__name__}"
        took = time.monotonic() - began
        self.seen.append(Seen(time.monotonic(), took, status, fault))
        time.sleep(max(0.0, 1 / self.pace - took))
        return status


def fault_of(answer: Answer) -> str:
    """What is wrong with an answer that is neither "done" nor our own "come back in a moment"."""
    if answer.status in {200, 303}:
        return ""
    if answer.status != 503:
        return f"answered {answer.status}: {Page(answer.text).heading or answer.text[:80]}"
    if not answer.retry_after:
        return "503 without Retry-After"
    if PLEASE_WAIT not in answer.text or "Traceback" in answer.text:
        return f"503 with another page than ours: {answer.text[:80]}"
    return ""


def _let_leases_run_out() -> None:
    """A worker that was cut off in mid-send leaves a lease of some minutes; nobody waits for that here."""
    with transaction():
        cut_off = update(Delivery).where(Delivery.lease_until > clock.now())
        db.session.execute(cut_off.values(lease_until=clock.now()))


def _all_told() -> bool:
    db.session.rollback()
    events = select(func.count()).select_from(Event).where(Event.dispatched_at.is_(None))
    mails = select(func.count()).select_from(Delivery).where(Delivery.status.in_(OPEN))
    return not db.session.scalar(events) and not db.session.scalar(mails)
