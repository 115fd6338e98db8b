"""That a time runs out is said once, when three quarters of the promised business time have passed (domain 2.6)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import complaints, due_soon, notifications, review, tenancy
from helpdesk.enums import ActorType, ArchiveReason, Channel, EventKind, TicketStatus
from helpdesk.models import Event, Ticket, User
from tests.domain.notices import PLATFORM, assign, emails, notices, rung, told
from tests.domain.plans import plan
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

S = TicketStatus
SOON, LATE = EventKind.COMPLAINT_DUE_SOON, EventKind.COMPLAINT_OVERDUE
SECOND = timedelta(seconds=1)


def may(day: int, time: str) -> datetime:
    return datetime.fromisoformat(f"2025-05-{day:02}T{time}+00:00")


# Tuesday 14:27 in Riyadh. A day has nine hours there, from nine to six; a review has one, an answer two.
REVIEW_WARNED, REVIEW_DUE = may(7, "09:12"), may(7, "11:27")
ANSWER_WARNED, ANSWER_DUE = may(8, "06:57"), may(8, "11:27")


def facts(kind: EventKind = SOON) -> list[Event]:
    db.session.rollback()
    return list(db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)))


def run(make: Make, at: datetime) -> int:
    """Let the worker look; how often it was said so far."""
    make.clock.set(at)
    jobs.remind(make.clock)
    return len(facts())


def ask(make: Make, ticket: Ticket, at: datetime) -> None:
    agent = make.actor("agent")
    make.clock.set(at)
    with transaction():
        complaints.ask(ticket, "Which one?", agent, last_seen=None, now=at)


def respond(make: Make, ticket: Ticket, at: datetime) -> None:
    customer = make.shopper(ticket)
    make.clock.set(at)
    with transaction():
        complaints.respond(ticket, "The blue one.", customer, now=at)


@pytest.mark.parametrize(
    ("status", "warned", "due", "team"),
    [
        (S.UNDER_PLATFORM_REVIEW, REVIEW_WARNED, REVIEW_DUE, "platform"),
        (S.PENDING_ADMIN, ANSWER_WARNED, ANSWER_DUE, "merchant"),
    ],
)
def test_it_is_said_once_to_the_minute_and_changes_nothing(
    make: Make, status: S, warned: datetime, due: datetime, team: str
) -> None:
    """C53: of business time, not of the hours between."""
    ticket = make.complaint(status).ticket
    assert run(make, warned - SECOND) == 0
    assert run(make, warned) == 1
    assert run(make, warned + SECOND) == run(make, due) == 1
    assert (ticket.status, ticket.due_at, ticket.warn_at) == (status, due, None)
    (fact,) = facts()
    assert (fact.actor_type, fact.public) == (ActorType.SYSTEM, False)
    assert fact.data == {"team": team, "due_at": due.isoformat()}


def test_every_due_time_is_said_for_itself(make: Make) -> None:
    ticket, reviewer = make.complaint().ticket, make.actor("platform_reviewer")
    assert run(make, REVIEW_WARNED) == 1
    with transaction():
        review.forward(ticket, "", reviewer, now=make.clock())
    assert ticket.warn_at == may(8, "13:42")
    assert run(make, may(8, "13:42")) == 2
    make.answer(ticket)
    assert ticket.warn_at is None
    respond(make, ticket, may(11, "06:00"))
    assert ticket.warn_at == may(12, "10:30")


def test_nothing_runs_out_while_the_customer_is_asked(make: Make) -> None:
    """Of the thirteen and a half hours until then, the time of the question does not count."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    ask(make, ticket, may(7, "06:00"))
    assert run(make, may(11, "06:00")) == 0
    respond(make, ticket, may(11, "06:00"))
    assert ticket.warn_at == may(12, "06:57")
    assert run(make, may(12, "06:57") - SECOND) == 0
    assert run(make, may(12, "06:57")) == 1


def test_a_question_after_it_was_said_does_not_say_it_again(make: Make) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    assert run(make, ANSWER_WARNED) == 1
    ask(make, ticket, may(8, "08:00"))
    respond(make, ticket, may(11, "06:00"))
    assert (ticket.due_at, ticket.warn_at) == (may(11, "09:27"), None)
    assert run(make, may(11, "09:27")) == 1


def test_where_no_worker_looked_before_the_question_it_is_said_after_it(make: Make) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    ask(make, ticket, may(8, "08:00"))
    respond(make, ticket, may(11, "06:00"))
    assert ticket.warn_at == may(11, "06:00")
    assert run(make, may(11, "06:00")) == 1


@pytest.mark.parametrize(("back", "said"), [(ANSWER_DUE, [1, 0]), (ANSWER_DUE + SECOND, [0, 1])])
def test_after_the_worker_was_down_it_is_said_once_and_what_is_late_only_as_late(
    make: Make, mailbox: Mailbox, back: datetime, said: list[int]
) -> None:
    """Security: worker down for hours."""
    owner = make.user("store_owner")
    make.complaint(S.PENDING_ADMIN)
    jobs.minutely(make.clock)
    mailbox.take()
    make.clock.set(back)
    for _ in range(3):
        jobs.minutely(make.clock)
    assert [len(facts(SOON)), len(facts(LATE))] == said
    mailbox.one(to=owner.email, subject_contains="is due soon" if said[0] else "is overdue")
    mailbox.take()


def test_an_archived_complaint_runs_out_for_nobody(make: Make) -> None:
    """C9."""
    ticket, admin = make.complaint(S.PENDING_ADMIN).ticket, make.actor("platform_admin")
    make.complaint(S.PENDING_CUSTOMER)
    make.complaint(S.CLOSED)
    with transaction():
        review.archive(ticket, ArchiveReason.SPAM, "", admin, now=make.clock())
    assert run(make, ANSWER_WARNED) == 0
    with transaction():
        review.restore(ticket, admin, now=make.clock())
    assert run(make, ANSWER_WARNED) == 1


def tell_at_once(app: Flask, clock: Clock, start: Barrier) -> None:
    with app.app_context():
        start.wait()
        jobs.remind(clock)


def test_two_workers_at_once_say_it_once(app: Flask, make: Make) -> None:
    for _ in range(6):
        make.complaint(S.PENDING_ADMIN)
    make.clock.set(ANSWER_WARNED)
    start = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(tell_at_once, app, make.clock, start) for _ in range(4)]:
            job.result(timeout=60)
    assert len(facts()) == len({one.ticket_id for one in facts()}) == 6


def test_many_are_told_some_at_a_time(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_soon, "BATCH", 2)
    for _ in range(3):
        make.complaint(S.PENDING_ADMIN)
    make.clock.set(ANSWER_WARNED)
    with tenancy.unscoped("a test"):
        counts = []
        for _ in range(3):
            with transaction():
                counts.append(due_soon.tell_some(now=make.clock()))
    assert counts == [2, 1, 0]


def test_they_are_found_by_their_own_index(make: Make) -> None:
    now = make.clock()
    with tenancy.unscoped("a test"):
        found = plan(lambda: due_soon.tell_some(now=now))
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    assert ("ix_ticket_due_soon" if on_sqlite else "ix_ticket_") in found


# Who hears of it


def of(team: dict[str, User], found: dict[str, str]) -> set[str]:
    return {person.email for person in team.values()} & set(found)


def test_the_assignee_is_told_alone_and_without_one_the_overseers(
    make: Make, team: dict[str, User]
) -> None:
    """The platform hears of a breach, not of this."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    run(make, ANSWER_WARNED)
    assert (
        of(team, told(SOON)) == of(team, rung(SOON)) == emails(team, "store_owner", "store_manager")
    )
    assert set(told(SOON).values()) == {"sla_warning"}
    assign(make, ticket, team["agent"], team["store_owner"])
    assert of(team, told(SOON)) == emails(team, "agent")


def test_a_review_that_runs_out_is_the_platforms_matter_alone(
    make: Make, team: dict[str, User]
) -> None:
    make.complaint()
    run(make, REVIEW_WARNED)
    assert of(team, told(SOON)) == emails(team, *PLATFORM)


def test_what_was_answered_before_the_word_went_out_is_told_to_nobody(
    make: Make, team: dict[str, User]
) -> None:
    assert team
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    run(make, ANSWER_WARNED)
    assert told(SOON) != {}
    make.answer(ticket)
    (fact,) = facts()
    assert notifications.of_event(fact) == []


def test_nobody_is_told_twice_over_one_channel(make: Make, team: dict[str, User]) -> None:
    """X-05."""
    assert team
    make.complaint(S.PENDING_ADMIN)
    run(make, ANSWER_WARNED)
    keys = [one.dedup_key for channel in Channel for one in notices(SOON, channel)]
    assert len(keys) == len(set(keys)) == 2 * len(notices(SOON))
