"""The record of facts is only ever added to (X-04)."""

from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, scoped_session

from helpdesk.db import transaction
from helpdesk.domain import review, tickets, timeline
from helpdesk.enums import EventKind, SubjectType, TicketStatus
from helpdesk.models import Event
from tests.fixtures.factory import Filed, Make

Sessions = scoped_session[Session]


def write(statement: Any) -> None:
    """One statement in a transaction of its own."""
    with transaction() as session:
        session.execute(statement)


@pytest.fixture
def mine(make: Make) -> Filed:
    return make.complaint()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event SET kind = 'x'",
        "UPDATE event SET data = '{}'",
        "UPDATE event SET at = '2020-01-01'",
        "UPDATE event SET actor_name = 'somebody else'",
        "UPDATE event SET became = NULL, dispatched_at = NULL",
        "UPDATE event SET public = NOT public",
        "DELETE FROM event",
    ],
)
def test_a_fact_is_never_changed_or_deleted(session: Sessions, mine: Filed, change: str) -> None:
    """X-04."""
    before = session.execute(select(Event.id, Event.kind, Event.became).order_by(Event.id)).all()
    with pytest.raises(DatabaseError, match="events are never"):
        write(text(change))
    assert mine.number
    assert (
        session.execute(select(Event.id, Event.kind, Event.became).order_by(Event.id)).all()
        == before
    )


def test_that_a_fact_was_told_is_noted_on_it(make: Make, session: Sessions, mine: Filed) -> None:
    write(update(Event).where(Event.ticket_id == mine.ticket.id).values(dispatched_at=make.clock()))
    session.rollback()
    told = select(Event.dispatched_at).where(Event.kind == EventKind.COMPLAINT_SUBMITTED)
    assert session.scalars(told).all() == [make.clock()]


def test_a_fact_says_who_did_what_to_what_and_from_where(
    make: Make, session: Sessions, mine: Filed
) -> None:
    """X-04."""
    reviewer = make.actor("platform_reviewer")
    with transaction():
        review.forward(mine.ticket, " Please \r\n hurry ", reviewer, now=make.clock.move(hours=1))
    fact = timeline.of_ticket(mine.ticket, public_only=False)[-1]
    assert fact.kind is EventKind.COMPLAINT_FORWARDED
    assert (fact.was, fact.became) == ("under_platform_review", "pending_admin")
    assert (fact.subject_type, fact.subject_id) == (SubjectType.TICKET, mine.ticket.id)
    assert (fact.actor_id, fact.actor_name) == (reviewer.user_id, reviewer.name)
    assert (fact.ip_hash, fact.at, fact.dispatched_at) == ("test", make.clock(), None)
    assert fact.data == {"note": "Please \n hurry"}
    assert (
        session.scalars(select(Event.store_id).where(Event.id == fact.id)).one()
        == mine.ticket.store_id
    )


def test_the_customers_history_holds_no_fact_of_the_staffs_own(make: Make) -> None:
    filed = make.complaint(TicketStatus.PENDING_ADMIN)
    colleague, agent = make.user("agent"), make.actor("agent")
    with transaction():
        tickets.assign(filed.ticket, colleague.id, agent, now=make.clock())
    own = [fact.kind for fact in timeline.of_ticket(filed.ticket, public_only=False)]
    shown = [fact.kind for fact in timeline.of_ticket(filed.ticket, public_only=True)]
    assert EventKind.TICKET_ASSIGNED in own
    assert shown == [EventKind.COMPLAINT_SUBMITTED, EventKind.COMPLAINT_FORWARDED]


def test_a_fact_about_a_person_belongs_to_the_platform(make: Make, session: Sessions) -> None:
    """What a person does to their own account is no single store's business."""
    user = make.user("agent")
    facts = session.scalars(select(Event).where(Event.kind == EventKind.USER_CREATED)).all()
    assert [(one.subject_id, one.store_id) for one in facts] == [(user.id, make.platform().id)]
