"""What is late is told once for each due time: the store's to the store and the platform, a review to the platform."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import complaints, notifications, overdue, review, tenancy
from helpdesk.enums import ActorType, ArchiveReason, Channel, EventKind, TicketStatus
from helpdesk.models import Event, User
from tests.domain.notices import PLATFORM, assign, emails, notices, rung, told
from tests.domain.plans import plan
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

S = TicketStatus
LATE = EventKind.COMPLAINT_OVERDUE
REVIEW_DUE = datetime(2025, 5, 7, 11, 27, tzinfo=UTC)
ANSWER_DUE = datetime(2025, 5, 8, 11, 27, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def facts() -> list[Event]:
    db.session.rollback()
    return list(db.session.scalars(select(Event).where(Event.kind == LATE).order_by(Event.id)))


def run(make: Make, at: datetime | None = None) -> list[str]:
    """Let the worker look; the due times that were told to have passed, in their order."""
    if at is not None:
        make.clock.set(at)
    jobs.remind(make.clock)
    return [str(one.data["due_at"]) for one in facts()]


@pytest.mark.parametrize(
    ("status", "due", "team"),
    [(S.UNDER_PLATFORM_REVIEW, REVIEW_DUE, "platform"), (S.PENDING_ADMIN, ANSWER_DUE, "merchant")],
)
def test_a_due_time_that_has_passed_is_told_once(
    make: Make, status: S, due: datetime, team: str
) -> None:
    """Row 12: not at the moment itself, and once however often the worker looks; the status stays."""
    ticket = make.complaint(status).ticket
    assert run(make, due) == []
    assert run(make, due + SECOND) == [due.isoformat()]
    assert run(make, due + timedelta(days=30)) == [due.isoformat()]
    assert (ticket.status, ticket.due_at, ticket.overdue_told_at) == (status, due, due + SECOND)
    (fact,) = facts()
    assert (fact.actor_type, fact.public, fact.data["team"]) == (ActorType.SYSTEM, False, team)


def test_every_due_time_is_told_for_itself(make: Make) -> None:
    """A late review, then a late answer, then a late next answer."""
    ticket, reviewer = make.complaint().ticket, make.actor("platform_reviewer")
    assert run(make, REVIEW_DUE + SECOND) == [REVIEW_DUE.isoformat()]
    with transaction():
        review.forward(ticket, "", reviewer, now=make.clock())
    assert ticket.overdue_told_at is None
    first = ticket.due_at
    assert len(run(make, make.clock.move(days=7))) == 2
    make.answer(ticket)
    assert run(make, make.clock.move(days=7))[-1] == str(first and first.isoformat())
    customer = make.shopper(ticket)
    with transaction():
        complaints.respond(ticket, "No.", customer, now=make.clock())
    second = ticket.due_at
    assert run(make, make.clock.move(days=7))[-1] == str(second and second.isoformat())
    assert len(facts()) == 3


@pytest.mark.parametrize("away", [{"hours": 6}, {"days": 10}])
def test_after_the_worker_was_down_each_is_told_once(
    make: Make, mailbox: Mailbox, away: dict[str, float]
) -> None:
    """Security: worker down for six hours."""
    owner, reviewer = make.user("store_owner"), make.user("platform_reviewer")
    make.complaint(S.PENDING_ADMIN)
    jobs.minutely(make.clock)
    mailbox.take()
    make.clock.set(ANSWER_DUE)
    make.clock.move(**away)
    for _ in range(3):
        jobs.minutely(make.clock)
    for person in (owner, reviewer):
        mailbox.one(to=person.email, subject_contains="is overdue")
    mailbox.take()


def test_what_is_not_waited_for_or_archived_is_never_late(make: Make) -> None:
    """C9."""
    ticket, admin = make.complaint(S.PENDING_ADMIN).ticket, make.actor("platform_admin")
    make.complaint(S.PENDING_CUSTOMER)
    make.complaint(S.CLOSED)
    with transaction():
        review.archive(ticket, ArchiveReason.DUPLICATE, "", admin, now=make.clock())
    assert run(make, make.clock.move(days=30)) == []
    with transaction():
        review.restore(ticket, admin, now=make.clock())
    assert run(make) == [ANSWER_DUE.isoformat()]


def test_a_clock_that_was_set_back_tells_nothing_twice(make: Make) -> None:
    """Security, clock steps."""
    make.complaint(S.PENDING_ADMIN)
    assert len(run(make, ANSWER_DUE + SECOND)) == 1
    assert len(run(make, ANSWER_DUE - timedelta(days=3))) == 1
    assert len(run(make, ANSWER_DUE + timedelta(days=3))) == 1


def tell_at_once(app: Flask, clock: Clock, start: Barrier) -> None:
    with app.app_context():
        start.wait()
        jobs.remind(clock)


def test_two_workers_at_once_tell_once(app: Flask, make: Make) -> None:
    for _ in range(10):
        make.complaint(S.PENDING_ADMIN)
    make.clock.set(ANSWER_DUE + SECOND)
    start = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(tell_at_once, app, make.clock, start) for _ in range(4)]:
            job.result(timeout=60)
    assert len(facts()) == 10
    assert len({one.ticket_id for one in facts()}) == 10


def test_many_are_told_some_at_a_time(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue, "BATCH", 2)
    for _ in range(5):
        make.complaint(S.PENDING_ADMIN)
    make.clock.set(ANSWER_DUE + SECOND)
    with tenancy.unscoped("a test"):
        counts = []
        for _ in range(4):
            with transaction():
                counts.append(overdue.tell_some(now=make.clock()))
    assert counts == [2, 2, 1, 0]


def test_the_late_are_found_by_their_own_index(make: Make) -> None:
    """Of an empty table PostgreSQL knows no figures, and takes any of its indexes; SQLite goes by the query alone."""
    now = make.clock()
    with tenancy.unscoped("a test"):
        found = plan(lambda: overdue.tell_some(now=now))
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    assert ("ix_ticket_untold" if on_sqlite else "ix_ticket_") in found


# Who hears of it


def of(team: dict[str, User], found: dict[str, str]) -> set[str]:
    """Those of the team among them; whoever forwarded the complaint is one more of the platform's."""
    return {person.email for person in team.values()} & set(found)


def test_a_late_store_is_told_its_overseers_and_the_platform_its_reviewers(
    make: Make, team: dict[str, User]
) -> None:
    """Domain 2.6: a complaint's breach goes to the platform too; agents are told what is theirs."""
    make.complaint(S.PENDING_ADMIN)
    run(make, ANSWER_DUE + SECOND)
    expected = emails(team, "store_owner", "store_manager", *PLATFORM)
    assert of(team, told(LATE)) == of(team, rung(LATE)) == expected
    assert set(told(LATE).values()) == {"complaint_overdue"}
    places = {one.recipient: one.store.slug for one in notices(LATE)}
    assert places[team["store_owner"].email] == "noor"
    assert places[team["platform_reviewer"].email] == make.platform().slug


def test_whoever_is_responsible_is_told_alone(make: Make, team: dict[str, User]) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    assign(make, ticket, team["agent"], team["store_owner"])
    run(make, ANSWER_DUE + SECOND)
    assert of(team, told(LATE)) == emails(team, "agent", *PLATFORM)


def test_when_the_responsible_person_has_left_the_overseers_are_told(
    make: Make, team: dict[str, User]
) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    assign(make, ticket, team["agent"], team["store_owner"])
    with transaction():
        team["agent"].active = False
    run(make, ANSWER_DUE + SECOND)
    assert of(team, told(LATE)) == emails(team, "store_owner", "store_manager", *PLATFORM)


def test_a_late_review_is_the_platforms_matter_alone(make: Make, team: dict[str, User]) -> None:
    make.complaint()
    run(make, REVIEW_DUE + SECOND)
    assert of(team, told(LATE)) == of(team, rung(LATE)) == emails(team, *PLATFORM)


@pytest.mark.parametrize("acted", ["answered", "moved on"])
def test_what_was_done_before_the_word_went_out_is_not_told_as_late(
    make: Make, team: dict[str, User], acted: str
) -> None:
    """Where the worker died between the event and its mails."""
    assert team
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    run(make, ANSWER_DUE + SECOND)
    assert told(LATE) != {}
    make.answer(ticket)
    if acted == "moved on":
        customer = make.shopper(ticket)
        with transaction():
            complaints.respond(ticket, "No.", customer, now=make.clock.move(hours=1))
    (fact,) = facts()
    assert notifications.of_event(fact) == []


def test_nobody_is_told_the_same_lateness_twice_over_one_channel(
    make: Make, team: dict[str, User]
) -> None:
    """X-05: also when the event is dispatched again."""
    assert team
    make.complaint(S.PENDING_ADMIN)
    run(make, ANSWER_DUE + SECOND)
    keys = [one.dedup_key for channel in Channel for one in notices(LATE, channel)]
    people = {one.recipient for one in notices(LATE)}
    assert len(keys) == len(set(keys)) == 2 * len(people)
