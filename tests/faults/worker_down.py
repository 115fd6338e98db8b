"""No worker runs for six hours, then two start at once: whatever fell due meanwhile is told once, and nothing else.

The worker was last alive six hours ago by the real clock; the complaints were made before that, so that their reviews
and answers became late, and their customers' reminders due, at moments within those hours.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select

from helpdesk import clock, jobs
from helpdesk.db import db, transaction
from helpdesk.domain import complaints, review
from helpdesk.domain.deliveries import OPEN
from helpdesk.enums import Channel, DeliveryStatus, EventKind
from helpdesk.models import Delivery, Event, Ticket, User
from tests.faults.site import (
    DATABASES,
    LUCK,
    STORE,
    Site,
    SlowPostOffice,
    post_office,
    site,
    wait_until,
)
from tests.faults.verdict import Verdict, judge
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make

DOWN = timedelta(hours=6)
EACH = 20
TO_THE_END = 200
ALWAYS_OPEN = {str(day): ["00:00", "00:00"] for day in range(7)}
REVIEW, REPLY = timedelta(days=1), timedelta(days=2)
"""How long the platform and the store have, when they are always open."""
Told = Counter[tuple[EventKind, int]]


class Past:
    """What happened before the worker went down, at its own times."""

    def __init__(self, make: Make, time: Clock) -> None:
        self.make, self.clock, self.down_at = make, time, clock.now() - DOWN
        self.store = make.store(STORE, business_hours=ALWAYS_OPEN)
        with transaction():
            make.platform().business_hours = ALWAYS_OPEN
        self.overseer = make.user("store_manager", self.store).email
        self.reviewer = make.actor("platform_reviewer")
        self.platform = db.session.get_one(User, self.reviewer.user_id).email
        self.agent = make.actor("agent", self.store)
        self.due: dict[int, Told] = {}
        """What has to be told of each ticket when the worker is back."""

    def begin(self) -> None:
        """The oldest first: time runs forward."""
        for moment in self._moments(timedelta(days=7)):
            self._expect(self._answered(moment), EventKind.CUSTOMER_REMINDED, 7)
        self._work(self.down_at - timedelta(days=3))  # the first reminder of these is told in time
        for moment in self._moments(timedelta(days=3)):
            self._expect(self._answered(moment), EventKind.CUSTOMER_REMINDED, 3)
        for moment in self._moments(REPLY):
            self._expect(self._forwarded(moment), EventKind.COMPLAINT_OVERDUE)
        for moment in self._moments(REVIEW):
            self._expect(self._submitted(moment), EventKind.COMPLAINT_OVERDUE)
        self._work(self.down_at)

    def go_on(self) -> None:
        """While no worker runs, complaints come in."""
        for moment in self._moments(timedelta()):
            self.due[self._submitted(moment).id] = Counter()

    def _moments(self, before: timedelta) -> list[datetime]:
        """So long before moments within the hours without a worker."""
        seconds = DOWN.total_seconds() - 60
        ends = sorted(LUCK.uniform(60, seconds) for _ in range(EACH))
        return [self.down_at + timedelta(seconds=end) - before for end in ends]

    def _submitted(self, moment: datetime) -> Ticket:
        self.clock.set(moment)
        return self.make.complaint(store=self.store).ticket

    def _forwarded(self, moment: datetime) -> Ticket:
        ticket = self._submitted(moment)
        with transaction():
            review.forward(ticket, "", self.reviewer, now=moment)
        return ticket

    def _answered(self, moment: datetime) -> Ticket:
        ticket = self._forwarded(moment)
        with transaction():
            complaints.answer(ticket, "We send a new one.", self.agent, last_seen=None, now=moment)
        return ticket

    def _expect(self, ticket: Ticket, kind: EventKind, days: int = 0) -> None:
        self.due[ticket.id] = Counter({(kind, days): 1})

    def _work(self, moment: datetime) -> None:
        self.clock.set(moment)
        jobs.minutely(self.clock)


def run(kind: str) -> Verdict:
    verdict = Verdict("worker_down", kind)
    with post_office() as office, site(kind, office) as here:
        with here.inside():
            past = Past(Make(time := Clock(clock.now())), time)
            past.begin()
            before = db.session.scalar(select(func.max(Event.id))) or 0
            past.go_on()
        office.mails.clear()
        workers = [here.start_worker(), here.start_worker()]
        try:
            wait_until(lambda: not _left(here, past, before), TO_THE_END, "what was due to be told")
        except TimeoutError:
            verdict.lost(f"{_left(here, past, before)} that were due after {TO_THE_END} s")
        if any(worker.poll() is not None for worker in workers):
            verdict.wrong("a worker ended by itself")
        here.stop()
        with here.inside():
            jobs.minutely(clock.now)  # one minute later, nothing is told again
            jobs.deliver(clock.now)
            _judge_events(past, before, verdict)
            _judge_mails(past, office, before, verdict)
        for line in here.complaints_in_logs():
            verdict.wrong(f"log: {line}")
    return verdict


def _told(before: int) -> dict[int | None, Told]:
    """The reminders and late notices of each ticket since then."""
    told: dict[int | None, Told] = {}
    kinds = EventKind.CUSTOMER_REMINDED, EventKind.COMPLAINT_OVERDUE
    for event in db.session.scalars(select(Event).where(Event.id > before, Event.kind.in_(kinds))):
        told.setdefault(event.ticket_id, Counter())[event.kind, event.data.get("days", 0)] += 1
    return told


def _left(here: Site, past: Past, before: int) -> int:
    with here.inside():
        told = _told(before)
        missing = sum(bool(due - told.get(ticket, Counter())) for ticket, due in past.due.items())
        events = db.session.scalar(select(func.count()).where(Event.dispatched_at.is_(None))) or 0
        mails = db.session.scalar(select(func.count()).where(Delivery.status.in_(OPEN))) or 0
        return missing + events + mails


def _judge_events(past: Past, before: int, verdict: Verdict) -> None:
    told = _told(before)
    for ticket, due in past.due.items():
        verdict.tries += 1
        for what in due | told.get(ticket, Counter()):
            times = told.get(ticket, Counter())[what]
            if what in due:
                verdict.once(times, f"{what[0]}, {what[1]} days")
            else:
                verdict.wrong(f"{what[0]}, {what[1]} days, was not due")


def _judge_mails(past: Past, office: SlowPostOffice, before: int, verdict: Verdict) -> None:
    """Whoever has to hear of a fact hears of it once, by a mail that came once."""
    copies = Counter(str(mail.message["Message-ID"]) for mail in office.mails)
    for event in db.session.scalars(select(Event).where(Event.id > before)):
        by_mail = Delivery.dedup_key.startswith(f"{event.id}:"), Delivery.channel == Channel.EMAIL
        sent = list(db.session.scalars(select(Delivery).where(*by_mail)))
        heard = Counter(one.recipient for one in sent)
        for recipient in _concerned(past, event):
            verdict.once(heard[recipient], f"mail of {event.kind}")
    since = past.down_at + timedelta(seconds=1)
    new = select(Delivery).where(Delivery.created_at > since, Delivery.channel == Channel.EMAIL)
    for one in db.session.scalars(new):
        verdict.once(copies.pop(f"<{one.message_id}>", 0), f"copy of {one.template_key}")
        if one.status is not DeliveryStatus.SENT:
            verdict.wrong(f"a mail is {one.status}")
    for _stranger in copies:
        verdict.doubled("mail without its message")
    verdict.notes["mails"] = len(office.mails)


def _concerned(past: Past, event: Event) -> Iterable[str]:
    ticket = db.session.get_one(Ticket, event.ticket_id)
    if event.kind in {EventKind.CUSTOMER_REMINDED, EventKind.COMPLAINT_SUBMITTED}:
        yield ticket.contact_email
    if event.kind is EventKind.COMPLAINT_OVERDUE:
        yield past.platform
        if ticket.forwarded_at is not None:
            yield past.overseer


if __name__ == "__main__":
    judge(partial(run, kind) for kind in DATABASES)
