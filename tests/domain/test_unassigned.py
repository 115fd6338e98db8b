"""Urgent complaints that are nobody's are told to those who oversee the team, hour after hour of business (C48)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import (
    closing,
    complaints,
    notifications,
    priorities,
    replies,
    review,
    tenancy,
    tickets,
    unassigned,
)
from helpdesk.enums import (
    ActorType,
    ArchiveReason,
    Channel,
    EventKind,
    Priority,
    Team,
    TicketStatus,
)
from helpdesk.language import speaking
from helpdesk.lists.asked import Asked
from helpdesk.lists.complaints import COMPLAINTS, URGENT_TO_REVIEW, URGENT_UNASSIGNED
from helpdesk.lists.declaration import Viewer
from helpdesk.models import Event, Store, Ticket, User
from tests.domain.notices import PLATFORM, assign, emails, notices, rung, told
from tests.domain.plans import plan
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

S = TicketStatus
TOLD = EventKind.URGENT_UNASSIGNED
SECOND = timedelta(seconds=1)


def may(day: int, time: str) -> datetime:
    return datetime.fromisoformat(f"2025-05-{day:02}T{time}+00:00")


# Tuesday 14:27 in Riyadh, where it is business from nine to six.
BEGUN, FIRST, SECOND_TIME = may(6, "11:27"), may(6, "12:27"), may(6, "13:27")


def put(
    make: Make, ticket: Ticket, priority: Priority = Priority.URGENT, at: datetime | None = None
) -> None:
    reviewer = make.actor("platform_reviewer")
    if at is not None:
        make.clock.set(at)
    with transaction():
        priorities.put(ticket, priority, reviewer, now=make.clock())


def urgent(make: Make, status: S = S.PENDING_ADMIN, store: Store | None = None) -> Ticket:
    ticket = make.complaint(status, store).ticket
    put(make, ticket)
    return ticket


def facts() -> list[Event]:
    db.session.rollback()
    return list(db.session.scalars(select(Event).where(Event.kind == TOLD).order_by(Event.id)))


def run(make: Make, at: datetime) -> list[list[int]]:
    """Let the worker look; the lists that were told so far, each by the ids on it."""
    make.clock.set(at)
    jobs.remind(make.clock)
    return [one.data["ticket_ids"] for one in facts()]


def test_it_is_told_after_an_hour_and_then_every_hour_of_business(make: Make) -> None:
    """C48, X-08: the store sleeps from six to nine, and so does the reminder."""
    ticket = urgent(make)
    assert (ticket.urgent_due_at, ticket.urgent_told_at) == (FIRST, None)
    assert run(make, FIRST - SECOND) == []
    assert len(run(make, FIRST)) == 1
    assert len(run(make, SECOND_TIME - SECOND)) == 1
    assert len(run(make, SECOND_TIME)) == 2
    assert len(run(make, may(6, "14:27"))) == len(run(make, may(7, "06:26"))) == 3
    assert len(run(make, may(7, "06:27"))) == 4
    fact = facts()[0]
    assert (fact.actor_type, fact.public, fact.store_id) == (
        ActorType.SYSTEM,
        False,
        ticket.store_id,
    )
    assert fact.data == {"team": "merchant", "ticket_ids": [ticket.id]}


@pytest.mark.parametrize("away", [{"hours": 1}, {"hours": 6}, {"days": 10}])
def test_after_the_worker_was_down_it_is_told_once_and_not_once_an_hour(
    make: Make, mailbox: Mailbox, away: dict[str, float]
) -> None:
    """Security: worker down for six hours: one, not six."""
    owner = make.user("store_owner")
    urgent(make)
    jobs.minutely(make.clock)
    mailbox.take()
    make.clock.move(**away)
    for _ in range(3):
        jobs.minutely(make.clock)
    assert len(facts()) == 1
    mailbox.one(to=owner.email, subject_contains="nobody has taken up")
    mailbox.take()


def test_the_complaints_of_a_store_go_into_one_list(make: Make) -> None:
    """One that becomes urgent later is first told after its own hour, and from then on with the others."""
    first, later = urgent(make), make.complaint(S.PENDING_ADMIN).ticket
    put(make, later, at=may(6, "11:47"))
    elsewhere = urgent(make, store=make.store("najd"))
    assert run(make, FIRST) == [[first.id]]
    assert run(make, may(6, "12:47"))[1:] == [[later.id], [elsewhere.id]]
    lists = run(make, SECOND_TIME)
    assert lists[3:] == [[first.id, later.id]]


def assigned(make: Make, ticket: Ticket) -> None:
    assign(make, ticket, make.user("agent"), make.user("store_owner"))


def less_urgent(make: Make, ticket: Ticket) -> None:
    put(make, ticket, Priority.HIGH)


def archived(make: Make, ticket: Ticket) -> None:
    admin = make.actor("platform_admin")
    with transaction():
        review.archive(ticket, ArchiveReason.SPAM, "", admin, now=make.clock())


def closed(make: Make, ticket: Ticket) -> None:
    make.answer(ticket)
    make.close(ticket)


@pytest.mark.parametrize("end", [assigned, less_urgent, archived, closed])
def test_what_somebody_has_taken_up_is_told_no_more(
    make: Make, end: Callable[[Make, Ticket], None]
) -> None:
    ticket = urgent(make)
    assert len(run(make, FIRST)) == 1
    end(make, ticket)
    assert (ticket.urgent_due_at, ticket.urgent_told_at) == (None, None)
    assert len(run(make, may(20, "12:00"))) == 1


def test_its_hour_begins_anew_when_it_is_nobodys_again(make: Make) -> None:
    ticket = urgent(make)
    assigned(make, ticket)
    owner = make.actor("store_owner")
    make.clock.set(may(7, "08:00"))
    with transaction():
        tickets.assign(ticket, None, owner, now=make.clock())
    assert run(make, may(7, "09:00") - SECOND) == []
    assert len(run(make, may(7, "09:00"))) == 1


def test_restored_from_the_archive_its_hour_begins_anew(make: Make) -> None:
    """C9."""
    ticket, admin = urgent(make), make.actor("platform_admin")
    archived(make, ticket)
    make.clock.set(may(7, "08:00"))
    with transaction():
        review.restore(ticket, admin, now=make.clock())
    assert ticket.urgent_due_at == may(7, "09:00")


def test_an_urgent_review_is_told_until_it_is_reviewed_and_then_the_stores_hour_begins(
    make: Make,
) -> None:
    """The platform assigns nobody; a complaint that waits for its customer is in nobody's hands there."""
    ticket, reviewer = urgent(make, S.UNDER_PLATFORM_REVIEW), make.actor("platform_reviewer")
    assert run(make, FIRST) == [[ticket.id]]
    assert facts()[0].store_id == make.platform().id
    with transaction():
        complaints.ask(ticket, "Which?", reviewer, last_seen=None, now=make.clock())
    assert ticket.urgent_due_at is None
    customer = make.shopper(ticket)
    make.clock.set(may(7, "07:00"))
    with transaction():
        complaints.respond(ticket, "Blue.", customer, now=make.clock())
    assert ticket.urgent_due_at == may(7, "08:00")
    make.clock.set(may(7, "07:30"))
    with transaction():
        review.forward(ticket, "", reviewer, now=make.clock())
    assert ticket.urgent_due_at == may(7, "08:30")


def test_a_question_that_is_taken_back_leaves_it_to_be_taken_up(make: Make) -> None:
    """S2-87."""
    ticket, reviewer = urgent(make, S.UNDER_PLATFORM_REVIEW), make.actor("platform_reviewer")
    with transaction():
        asked = complaints.ask(ticket, "Which?", reviewer, last_seen=None, now=make.clock())
    with transaction():
        replies.take_back(ticket, asked.id, reviewer, now=make.clock())
    assert ticket.urgent_due_at == FIRST


def tell_at_once(app: Flask, clock: Clock, start: Barrier) -> None:
    with app.app_context():
        start.wait()
        jobs.remind(clock)


def test_two_workers_at_once_tell_each_place_once(app: Flask, make: Make) -> None:
    for slug in ("noor", "najd", "reef"):
        for _ in range(3):
            urgent(make, store=make.store(slug))
    make.clock.set(FIRST)
    start = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(tell_at_once, app, make.clock, start) for _ in range(4)]:
            job.result(timeout=60)
    jobs.remind(make.clock)  # what a worker left to another one
    found = facts()
    assert len({one.store_id for one in found}) == len(found) == 3
    assert sorted(len(one.data["ticket_ids"]) for one in found) == [3, 3, 3]


def test_a_place_that_another_worker_has_in_hand_is_left_to_it(make: Make) -> None:
    """The second look of two that found the same: the marks are written, so there is nothing left to tell."""
    ticket = urgent(make)
    make.clock.set(FIRST)
    with tenancy.unscoped("a test"), transaction():
        assert unassigned.tell_some(now=make.clock()) == 1
        place = db.session.get_one(Store, ticket.store_id)
        assert unassigned._tell(place, Team.MERCHANT, make.clock()) == 0
    assert len(facts()) == 1


def test_a_long_list_is_told_in_parts(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unassigned, "BATCH", 2)
    found = [urgent(make) for _ in range(3)]
    assert [len(one) for one in run(make, FIRST)] == [2, 1]
    assert {ticket.urgent_due_at for ticket in found} == {SECOND_TIME}


def test_a_clock_that_was_set_back_tells_nothing_twice(make: Make) -> None:
    """Security, clock steps."""
    urgent(make)
    assert len(run(make, FIRST)) == len(run(make, FIRST - timedelta(days=3))) == 1


def test_they_are_found_and_counted_by_indexes_of_their_own(make: Make) -> None:
    """However many urgent complaints were closed before."""
    now, store = make.clock(), make.store()
    with tenancy.unscoped("a test"):
        found = plan(lambda: unassigned.tell_some(now=now))
    with tenancy.scoped(store):
        counted = plan(lambda: unassigned.count(Team.MERCHANT))
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    assert ("ix_ticket_urgent_due" if on_sqlite else "ix_ticket_") in found
    assert ("ix_ticket_store_urgent" if on_sqlite else "ix_ticket_") in counted


def viewer(make: Make, person: User) -> Viewer:
    actor = make.acting(person)
    place = make.platform() if actor.team is Team.PLATFORM else make.store()
    now = make.clock()
    return Viewer(actor=actor, place=place, lang="en", zone="UTC", now=now, platform="Souq")


def listed(make: Make, person: User, query: dict[str, list[str]]) -> int:
    with speaking("en"):
        return Asked(COMPLAINTS, query, viewer(make, person)).count()


def test_the_banner_counts_what_its_view_lists(make: Make, team: dict[str, User]) -> None:
    """In every state that a complaint can be brought to, for the store and for the platform."""
    noor = make.store()
    steps: list[Callable[[Make, Ticket], Any]] = [assigned, less_urgent, archived, closed]
    for status in (S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.PENDING_CUSTOMER):
        urgent(make, status)
    for step in steps:
        step(make, urgent(make))
    withdrawn = urgent(make, S.UNDER_PLATFORM_REVIEW)
    customer = make.shopper(withdrawn)
    with transaction():
        closing.ask_to_withdraw(withdrawn, customer, now=make.clock())
    code = make.code(withdrawn)
    with transaction():
        closing.withdraw(withdrawn, code, customer, now=make.clock())
    urgent(make, store=make.store("najd"))
    with tenancy.scoped(noor):
        at_store = unassigned.count(Team.MERCHANT)
        assert at_store == listed(make, team["store_owner"], URGENT_UNASSIGNED) == 2
    with tenancy.unscoped("a test"):
        ours = unassigned.count(Team.PLATFORM)
        assert ours == listed(make, team["platform_reviewer"], URGENT_TO_REVIEW) == 1


def test_a_banner_counts_no_further_than_its_limit(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unassigned, "COUNT_LIMIT", 2)
    for _ in range(3):
        urgent(make)
    with tenancy.unscoped("a test"):
        assert unassigned.count(Team.MERCHANT) == 2


# Who hears of it


def of(team: dict[str, User], found: dict[str, str]) -> set[str]:
    return {person.email for person in team.values()} & set(found)


def test_a_stores_overseers_are_told_and_the_platform_is_not(
    make: Make, team: dict[str, User]
) -> None:
    """Domain 2.6: in the app and by mail; agents and analysts cannot be asked to hand out work."""
    urgent(make)
    run(make, FIRST)
    assert (
        of(team, told(TOLD)) == of(team, rung(TOLD)) == emails(team, "store_owner", "store_manager")
    )
    assert set(told(TOLD).values()) == {"urgent_unassigned"}
    assert {one.store.slug for one in notices(TOLD)} == {"noor"}


def test_an_urgent_review_is_told_to_the_reviewers(make: Make, team: dict[str, User]) -> None:
    urgent(make, S.UNDER_PLATFORM_REVIEW)
    run(make, FIRST)
    assert of(team, told(TOLD)) == of(team, rung(TOLD)) == emails(team, *PLATFORM)
    assert {one.store for one in notices(TOLD)} == {make.platform()}


def test_what_was_taken_up_before_the_word_went_out_is_not_on_the_list(
    make: Make, team: dict[str, User]
) -> None:
    """And where nothing is left, nobody is told."""
    one, other = urgent(make), urgent(make)
    run(make, FIRST)
    assign(make, one, team["agent"], team["store_owner"])
    lists = [notice.facts["complaints"] for notice in notices(TOLD)]
    assert {tuple(line["number"] for line in lines) for lines in lists} == {(other.number,)}
    assign(make, other, team["agent"], team["store_owner"])
    (fact,) = facts()
    assert notifications.of_event(fact) == []


def test_nobody_is_told_the_same_list_twice_over_one_channel(
    make: Make, team: dict[str, User]
) -> None:
    """X-05."""
    assert team
    urgent(make)
    run(make, FIRST)
    keys = [one.dedup_key for channel in Channel for one in notices(TOLD, channel)]
    assert len(keys) == len(set(keys)) == 2 * len(notices(TOLD))
