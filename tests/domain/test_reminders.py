"""A customer who does not answer is reminded on day three and on day seven, once each, and never closed (C9, S1-57)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import complaints, notifications, reminders, review, tenancy
from helpdesk.enums import ActorType, ArchiveReason, EventKind, TicketStatus
from helpdesk.models import Event, Ticket
from tests.domain.plans import plan
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

S = TicketStatus
SUBJECT = "waits for you"


def waiting(make: Make) -> Ticket:
    """A complaint whose customer was answered just now."""
    ticket = make.complaint(S.PENDING_CUSTOMER).ticket
    make.clock.set(ticket.waiting_since)
    return ticket


def reminded() -> list[int]:
    """After how many days customers were reminded, in the order in which it happened."""
    db.session.rollback()
    query = select(Event).where(Event.kind == EventKind.CUSTOMER_REMINDED).order_by(Event.id)
    return [event.data["days"] for event in db.session.scalars(query)]


def run(make: Make, **later: float) -> list[int]:
    make.clock.move(**later)
    jobs.remind(make.clock)
    return reminded()


def test_a_reminder_comes_on_day_three_and_on_day_seven_and_then_no_more(make: Make) -> None:
    """C9, S1-57: to the second, and once each however often the worker looks."""
    ticket = waiting(make)
    assert run(make, days=2, hours=23, minutes=59, seconds=59) == []
    assert run(make, seconds=1) == [3]
    assert run(make, minutes=1) == [3]
    assert run(make, days=3, hours=23, minutes=58, seconds=59) == [3]
    assert run(make, seconds=1) == [3, 7]
    assert run(make, days=400) == [3, 7]
    assert ticket.reminded_days == 7


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        ({"days": 3, "hours": 6}, [3]),  # six hours down on the third day
        ({"days": 6, "hours": 23}, [3]),
        ({"days": 7}, [7]),  # of the two that are due the later alone
        ({"days": 10}, [7]),
    ],
)
def test_after_the_worker_was_down_each_reminder_is_sent_once(
    make: Make, mailbox: Mailbox, away: dict[str, float], expected: list[int]
) -> None:
    """Security: worker down for six hours, and for days."""
    ticket = waiting(make)
    jobs.deliver(make.clock)
    make.clock.move(minutes=1)
    jobs.deliver(make.clock)
    mailbox.take()
    make.clock.move(**away)
    for _ in range(3):
        jobs.minutely(make.clock)
    assert reminded() == expected
    mailbox.one(to=ticket.contact_email, subject_contains=SUBJECT)
    mailbox.take()


def test_whoever_was_reminded_late_on_day_three_is_reminded_on_day_seven_too(make: Make) -> None:
    waiting(make)
    assert run(make, days=6) == [3]
    assert run(make, days=1) == [3, 7]


def respond(make: Make, ticket: Ticket) -> None:
    customer = make.shopper(ticket)
    with transaction():
        complaints.respond(ticket, "The blue one.", customer, now=make.clock())


def test_a_new_wait_is_reminded_of_anew(make: Make) -> None:
    """The seven days are those of this wait, not of the complaint."""
    ticket = waiting(make)
    assert run(make, days=7) == [7]
    respond(make, ticket)
    assert run(make, days=30) == [7]
    make.answer(ticket)
    assert ticket.reminded_days == 0
    assert run(make, days=2) == [7]
    assert run(make, days=1) == [7, 3]


def test_a_supplement_begins_no_new_wait(make: Make) -> None:
    """C46."""
    ticket = waiting(make)
    assert run(make, days=3) == [3]
    make.answer(ticket, "And one thing more.")
    assert ticket.reminded_days == 3
    assert run(make, days=3, hours=23) == [3]
    assert run(make, hours=1) == [3, 7]


@pytest.mark.parametrize("status", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.CLOSED])
def test_nobody_is_reminded_who_is_not_waited_for(make: Make, status: S) -> None:
    make.complaint(status)
    assert run(make, days=30) == []


def test_nobody_is_reminded_of_an_archived_complaint(make: Make) -> None:
    """C9; restored, the wait is as long as it is."""
    ticket, admin = waiting(make), make.actor("platform_admin")
    with transaction():
        review.archive(ticket, ArchiveReason.SPAM, "", admin, now=make.clock())
    assert run(make, days=4) == []
    with transaction():
        review.restore(ticket, admin, now=make.clock())
    assert run(make) == [3]


def test_the_system_never_closes_a_complaint(make: Make, mailbox: Mailbox) -> None:
    """C9: there is no such setting, and no number of days that does it."""
    ticket = waiting(make)
    for _ in range(30):
        make.clock.move(days=100)
        jobs.minutely(make.clock)
    db.session.rollback()
    assert ticket.status is S.PENDING_CUSTOMER
    assert (ticket.closed_at, ticket.closed_by) == (None, None)
    mailbox.take()


def test_a_reminder_is_a_fact_that_its_customer_may_see(make: Make) -> None:
    """X-04: and it changes nothing else."""
    ticket = waiting(make)
    before = (ticket.status, ticket.waiting_since, ticket.due_at, ticket.last_public_message_at)
    run(make, days=3)
    fact = db.session.scalars(select(Event).where(Event.kind == EventKind.CUSTOMER_REMINDED)).one()
    assert (fact.ticket_id, fact.actor_type, fact.public) == (ticket.id, ActorType.SYSTEM, True)
    assert (
        ticket.status,
        ticket.waiting_since,
        ticket.due_at,
        ticket.last_public_message_at,
    ) == before


@pytest.mark.parametrize("hours", [-1, -24 * 30])
def test_a_clock_that_was_set_back_reminds_nobody_again(make: Make, hours: float) -> None:
    """Security, clock steps."""
    waiting(make)
    assert run(make, days=3) == [3]
    assert run(make, hours=hours) == [3]
    assert run(make, hours=-hours) == [3]


def test_an_answer_that_came_before_the_mail_was_written_stops_the_mail(make: Make) -> None:
    """Where the worker died between the two."""
    ticket = waiting(make)
    run(make, days=3)
    fact = db.session.scalars(select(Event).where(Event.kind == EventKind.CUSTOMER_REMINDED)).one()
    (told,) = notifications.of_event(fact)
    assert (told.template, told.recipient) == ("reminder_customer", ticket.contact_email)
    assert told.facts == {"days": 3, "asked": False}
    respond(make, ticket)
    assert notifications.of_event(fact) == []
    make.clock.move(hours=1)
    make.answer(ticket)
    assert notifications.of_event(fact) == []


def test_what_is_waited_for_is_told_apart(make: Make) -> None:
    """Domain 2.6: an answer to a question, or to an answer."""
    ticket, reviewer = make.complaint().ticket, make.actor("platform_reviewer")
    with transaction():
        complaints.ask(ticket, "Which one?", reviewer, last_seen=None, now=make.clock())
    run(make, days=3)
    fact = db.session.scalars(select(Event).where(Event.kind == EventKind.CUSTOMER_REMINDED)).one()
    (told,) = notifications.of_event(fact)
    assert told.facts == {"days": 3, "asked": True}


def test_many_are_reminded_some_at_a_time(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction holds ten thousand; all are reached all the same, the longest wait first."""
    monkeypatch.setattr(reminders, "BATCH", 2)
    tickets = []
    for _ in range(5):
        tickets.append(waiting(make))
        make.clock.move(minutes=1)
    make.clock.move(days=3)
    with tenancy.unscoped("a test"):
        counts = []
        for _ in range(4):
            with transaction():
                counts.append(reminders.remind_some(now=make.clock()))
    assert counts == [2, 2, 1, 0]
    query = select(Event.ticket_id).where(Event.kind == EventKind.CUSTOMER_REMINDED)
    assert list(db.session.scalars(query.order_by(Event.id))) == [one.id for one in tickets]


def remind_at_once(app: Flask, clock: Clock, start: Barrier) -> None:
    with app.app_context():
        start.wait()
        jobs.remind(clock)


def test_two_workers_at_once_send_one_reminder(app: Flask, make: Make) -> None:
    """Exactly once, on both databases."""
    tickets = [waiting(make) for _ in range(10)]
    make.clock.move(days=7)
    start = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(remind_at_once, app, make.clock, start) for _ in range(4)]:
            job.result(timeout=60)
    assert reminded() == [7] * len(tickets)


def test_the_waiting_are_found_by_their_own_index(make: Make) -> None:
    """A million closed complaints cost nothing each minute."""
    now = make.clock() - timedelta(days=1)
    with tenancy.unscoped("a test"):
        found = plan(lambda: reminders.remind_some(now=now))
    assert "ix_ticket_unreminded" in found
