"""Closing: the customer alone, with a fresh code from their mailbox, once somebody has answered (S1-26, C9)."""

import pytest
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import closing, complaints, review, tickets, timeline
from helpdesk.domain.errors import Invalid, NotAllowed, NotFound, WrongCode, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import (
    ActorType,
    ClosedBy,
    CloseReason,
    CodePurpose,
    EventKind,
    TicketStatus,
)
from helpdesk.models import Ticket, VerificationCode
from tests.fixtures.factory import Filed, Make

S = TicketStatus


@pytest.fixture
def answered(make: Make) -> Filed:
    return make.complaint(S.PENDING_CUSTOMER)


def ask_to_close(make: Make, ticket: Ticket) -> str:
    with transaction():
        closing.ask_to_close(ticket, make.shopper(ticket), now=make.clock())
    return make.code(ticket)


def close(make: Make, ticket: Ticket, code: str, actor: Actor | None = None) -> None:
    actor = actor or make.shopper(ticket)
    with transaction():
        closing.close(ticket, code, actor, now=make.clock())


def test_the_customer_closes_with_the_code_from_their_mailbox(make: Make, answered: Filed) -> None:
    """S1-41 to S1-47: at once, and it says who, when and why."""
    ticket = answered.ticket
    code = ask_to_close(make, ticket)
    assert ticket.status is S.PENDING_CUSTOMER
    make.clock.move(minutes=2)
    close(make, ticket, code)
    assert (ticket.status, ticket.closed_at) == (S.CLOSED, make.clock())
    assert (ticket.closed_by, ticket.close_reason) == (ClosedBy.CUSTOMER, CloseReason.ACCEPTED)
    fact = timeline.of_ticket(ticket, public_only=True)[-1]
    assert (fact.kind, fact.was, fact.became) == (
        EventKind.COMPLAINT_CLOSED,
        S.PENDING_CUSTOMER,
        S.CLOSED,
    )
    assert fact.actor_type is ActorType.CONTACT


def test_a_complaint_that_waits_for_the_store_again_may_be_closed_too(
    make: Make, answered: Filed
) -> None:
    """S1-26: any open status, once there was an answer; the promised date goes with it."""
    with transaction():
        complaints.respond(answered.ticket, "Hm.", make.shopper(answered.ticket), now=make.clock())
    assert answered.ticket.due_at is not None
    close(make, answered.ticket, ask_to_close(make, answered.ticket))
    assert (answered.ticket.status, answered.ticket.due_at) == (S.CLOSED, None)


@pytest.mark.parametrize("status", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN])
def test_without_an_answer_there_is_nothing_to_accept(make: Make, status: S) -> None:
    """C9: the customer's own replies are no answer."""
    ticket = make.complaint(status).ticket
    with transaction():
        complaints.respond(ticket, "Hello?", make.shopper(ticket), now=make.clock())
    assert not closing.may_be_closed(ticket, now=make.clock())
    with pytest.raises(WrongState) as refused:
        ask_to_close(make, ticket)
    assert refused.value.text == closing.NOT_ANSWERED
    assert db.session.scalars(select(VerificationCode.id)).all() == []
    with pytest.raises(WrongState):
        close(make, ticket, "123456")


def test_a_question_is_no_answer_to_accept(make: Make) -> None:
    """C9, C45: the platform only asked; once it answers, the customer may accept."""
    filed, reviewer = make.complaint(), make.actor("platform_reviewer")
    with transaction():
        complaints.ask(filed.ticket, "Which bottle?", reviewer, last_seen=None, now=make.clock())
    assert not closing.may_be_closed(filed.ticket, now=make.clock())
    with transaction():
        complaints.answer(filed.ticket, "Solved.", reviewer, last_seen=None, now=make.clock())
    make.release()
    assert closing.may_be_closed(filed.ticket, now=make.clock())


def test_a_view_code_does_not_close(make: Make, answered: Filed) -> None:
    """S1-44, C17: a code opens nothing else than what it was made for."""
    code = make.issue(answered.ticket, CodePurpose.VIEW, make.shopper(answered.ticket))
    with pytest.raises(WrongCode):
        close(make, answered.ticket, code)
    db.session.rollback()
    assert answered.ticket.status is S.PENDING_CUSTOMER
    assert answered.ticket.closed_by is None


def test_a_close_code_of_another_complaint_does_not_close(make: Make, answered: Filed) -> None:
    """S1-44: also when the same person holds both."""
    other = make.complaint(S.PENDING_CUSTOMER, email=answered.email)
    code = ask_to_close(make, other.ticket)
    with pytest.raises(WrongCode):
        close(make, answered.ticket, code, make.shopper(answered.ticket, other.ticket))
    db.session.rollback()
    assert answered.ticket.status is S.PENDING_CUSTOMER


def test_a_close_code_that_is_no_longer_fresh_does_not_close(make: Make, answered: Filed) -> None:
    """S1-44, C17."""
    code = ask_to_close(make, answered.ticket)
    make.clock.move(minutes=10)
    with pytest.raises(Invalid, match="expired"):
        close(make, answered.ticket, code)
    assert answered.ticket.status is S.PENDING_CUSTOMER


def test_the_right_code_in_other_hands_does_not_close(make: Make, answered: Filed) -> None:
    """S1-26, C9."""
    code = ask_to_close(make, answered.ticket)
    for role in ("store_owner", "platform_admin", "tech_support"):
        with pytest.raises(NotAllowed):
            close(make, answered.ticket, code, make.actor(role))
    with pytest.raises(NotFound):
        close(make, answered.ticket, code, make.shopper())
    elsewhere = make.shopper(answered.ticket, browser="somebody else's browser")
    with pytest.raises(WrongCode):
        close(make, answered.ticket, code, elsewhere)
    db.session.rollback()
    assert answered.ticket.status is S.PENDING_CUSTOMER


def test_closed_stays_closed(make: Make) -> None:
    """S1-51, C9: no reply, no second closing, no change of hands; and it says so."""
    ticket = make.complaint(S.CLOSED).ticket
    customer, agent, reviewer = (
        make.shopper(ticket),
        make.actor("agent"),
        make.actor("platform_reviewer"),
    )
    facts = len(timeline.of_ticket(ticket, public_only=False))
    now = make.clock()
    assert not closing.may_be_closed(ticket, now=make.clock())
    for refused in (
        lambda: complaints.respond(ticket, "Wait!", customer, now=now),
        lambda: closing.ask_to_close(ticket, customer, now=now),
        lambda: closing.close(ticket, "123456", customer, now=now),
        lambda: complaints.answer(ticket, "More.", agent, last_seen=None, now=now),
        lambda: review.forward(ticket, "", reviewer, now=now),
        lambda: tickets.assign(ticket, None, agent, now=now),
    ):
        with pytest.raises(WrongState) as finished, transaction():
            refused()
        assert finished.value.text in {tickets.FINISHED, tickets.STAYS_CLOSED}
    db.session.rollback()
    assert ticket.status is S.CLOSED
    assert len(timeline.of_ticket(ticket, public_only=False)) == facts
