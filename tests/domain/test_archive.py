"""Spam and duplicates are put aside by the platform's administrators, and can be taken back (C9)."""

from collections.abc import Callable
from typing import Any

import pytest

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, counters, notifications, review, tickets, timeline
from helpdesk.domain.errors import NotAllowed, NotFound, WrongState
from helpdesk.enums import ArchiveReason, EventKind, TicketKind, TicketStatus
from helpdesk.models import Ticket, User
from tests.domain.notices import emails, notices, rung, told
from tests.fixtures.factory import Make

S = TicketStatus
SPAM, DUPLICATE = ArchiveReason


def archive(
    make: Make,
    ticket: Ticket,
    reason: ArchiveReason = SPAM,
    note: str = "",
    role: str = "platform_admin",
) -> None:
    actor = make.actor(role)
    with transaction():
        review.archive(ticket, reason, note, actor, now=make.clock())


def restore(make: Make, ticket: Ticket, role: str = "platform_admin") -> None:
    actor = make.actor(role)
    with transaction():
        review.restore(ticket, actor, now=make.clock())


def counted() -> dict[S, int]:
    db.session.rollback()
    return {status: n for status, n in counters.by_status(TicketKind.COMPLAINT).items() if n}


@pytest.mark.parametrize(
    "status", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.PENDING_CUSTOMER, S.CLOSED]
)
@pytest.mark.parametrize("reason", list(ArchiveReason))
def test_archiving_marks_a_complaint_and_moves_nothing(
    make: Make, status: S, reason: ArchiveReason
) -> None:
    """C9: flag and reason, the status untouched; X-04: who did it, and why."""
    ticket = make.complaint(status).ticket
    before = (ticket.status, ticket.due_at, ticket.waiting_since, ticket.handler_team)
    archive(make, ticket, reason, " The same as\r\nCMP-1234-5674 ")
    assert (ticket.archived_at, ticket.archive_reason) == (make.clock(), reason)
    assert (ticket.status, ticket.due_at, ticket.waiting_since, ticket.handler_team) == before
    fact = timeline.of_ticket(ticket, public_only=False)[-1]
    assert (fact.kind, fact.became, fact.public) == (EventKind.COMPLAINT_ARCHIVED, reason, False)
    assert fact.data == {"note": "The same as\nCMP-1234-5674"}
    assert notifications.of_event(fact) == []


def test_restoring_is_the_way_back(make: Make) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    archive(make, ticket, DUPLICATE)
    restore(make, ticket)
    assert (ticket.archived_at, ticket.archive_reason, ticket.status) == (
        None,
        None,
        S.PENDING_ADMIN,
    )
    archived, restored = timeline.of_ticket(ticket, public_only=False)[-2:]
    assert (archived.data, restored.kind, restored.was) == (
        {},
        EventKind.COMPLAINT_RESTORED,
        DUPLICATE,
    )
    make.answer(ticket)
    assert ticket.status is S.PENDING_CUSTOMER


def test_the_kept_counts_leave_the_archived_out(make: Make) -> None:
    """S1-09: whatever its customer does meanwhile, and back again."""
    ticket, other = make.complaint(S.PENDING_CUSTOMER).ticket, make.complaint(S.PENDING_ADMIN)
    assert other
    assert counted() == {S.PENDING_CUSTOMER: 1, S.PENDING_ADMIN: 1}
    make.clock.move(hours=1)
    archive(make, ticket)
    assert counted() == {S.PENDING_ADMIN: 1}
    customer = make.shopper(ticket)
    with transaction():
        complaints.respond(ticket, "I am no spam.", customer, now=make.clock())
    assert (ticket.status, counted()) == (S.PENDING_ADMIN, {S.PENDING_ADMIN: 1})
    restore(make, ticket)
    assert counted() == {S.PENDING_ADMIN: 2}


def test_neither_is_done_twice(make: Make) -> None:
    ticket = make.complaint().ticket
    with pytest.raises(WrongState):
        restore(make, ticket)
    archive(make, ticket)
    with pytest.raises(WrongState):
        archive(make, ticket)
    assert counted() == {}
    db.session.rollback()
    assert len(timeline.of_ticket(ticket, public_only=False)) == 2


@pytest.mark.parametrize("step", [archive, restore])
@pytest.mark.parametrize(
    "role", ["platform_reviewer", "tech_support", "store_owner", "store_manager", "agent"]
)
def test_nobody_but_the_platforms_administrators_does(
    make: Make, role: str, step: Callable[..., None]
) -> None:
    """Domain 2.2."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    if step is restore:
        archive(make, ticket)
    before = ticket.archived_at
    with pytest.raises(NotAllowed):
        step(make, ticket, role=role)
    db.session.rollback()
    assert ticket.archived_at == before


def test_another_stores_owner_does_not_even_find_it(make: Make) -> None:
    ticket, other = make.complaint().ticket, make.actor("store_owner", make.store("other"))
    with pytest.raises(NotFound), transaction():
        review.archive(ticket, SPAM, "", other, now=make.clock())


def staff_steps(make: Make, ticket: Ticket) -> list[Callable[[], Any]]:
    """Everything by which staff move a complaint on."""
    agent, reviewer = make.actor("agent"), make.actor("platform_reviewer")
    words, now = {"last_seen": None}, make.clock()
    return [
        lambda: review.forward(ticket, "", reviewer, now=now),
        lambda: complaints.ask(ticket, "Which?", reviewer, **words, now=now),
        lambda: complaints.answer(ticket, "So.", reviewer, **words, now=now),
        lambda: complaints.answer(ticket, "So.", agent, **words, now=now),
        lambda: tickets.assign(ticket, agent.user_id, agent, now=now),
    ]


@pytest.mark.parametrize("at", range(5))
@pytest.mark.parametrize("status", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.PENDING_CUSTOMER])
def test_nobody_works_on_what_is_archived(make: Make, status: S, at: int) -> None:
    """Restored first, it can be worked on; the customer alone is not shut out."""
    ticket = make.complaint(status).ticket
    make.clock.move(hours=1)
    archive(make, ticket)
    version, step = ticket.version, staff_steps(make, ticket)[at]
    merchants = at >= 3 and status is S.UNDER_PLATFORM_REVIEW
    with pytest.raises(NotAllowed if merchants else WrongState) as refused, transaction():
        step()
    db.session.rollback()
    assert (ticket.version, ticket.status) == (version, status)
    assert merchants or refused.value.text == tickets.ARCHIVED


def test_a_customers_reply_to_an_archived_complaint_reaches_those_who_can_restore_it(
    make: Make, team: dict[str, User]
) -> None:
    """Otherwise nobody would ever read it: it stands in no list."""
    ticket = make.complaint(S.PENDING_CUSTOMER).ticket
    make.clock.move(hours=1)
    with transaction():
        review.archive(ticket, SPAM, "", make.acting(team["platform_admin"]), now=make.clock())
    customer = make.shopper(ticket)
    with transaction():
        complaints.respond(ticket, "I am no spam.", customer, now=make.clock())
    kind = EventKind.COMPLAINT_CUSTOMER_REPLIED
    assert set(told(kind)) == set(rung(kind)) == emails(team, "platform_admin")
    assert {one.store.id for one in notices(kind)} == {make.platform().id}


def test_the_customer_of_an_archived_complaint_can_still_close_it(make: Make) -> None:
    """C9: nothing is taken from them."""
    ticket = make.complaint(S.PENDING_CUSTOMER).ticket
    make.clock.move(hours=1)
    archive(make, ticket)
    make.close(ticket)
    assert ticket.status is S.CLOSED
    assert counted() == {}


def test_the_archived_are_in_no_digest(make: Make) -> None:
    reviewer = make.user("platform_reviewer")
    kept, spam = make.complaint(), make.complaint()
    archive(make, spam.ticket)
    make.clock.move(minutes=15)
    (digest, *_more) = [
        one for one in notifications.digests(now=make.clock()) if one.recipient == reviewer.email
    ]
    assert [line["number"] for line in digest.facts["complaints"]] == [kept.number]
