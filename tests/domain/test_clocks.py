"""Due times while the turn goes to and fro: a question pauses the clock, an answer starts it anew (S1-25, C45, C53).

Stores and platform work from Sunday to Thursday, 06:00 to 15:00 in UTC; the tests begin on Tuesday, 6 May, 11:27.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, review, turns
from helpdesk.domain.permissions import Actor
from helpdesk.enums import Side, Team, TicketStatus
from helpdesk.models import HeldInterval, Ticket
from tests.fixtures.factory import Make

S = TicketStatus
SECOND = timedelta(seconds=1)


def may(day: int, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2025, 5, day, int(hour), int(minute), tzinfo=UTC)


def ask(make: Make, ticket: Ticket, actor: Actor, at: datetime) -> None:
    make.clock.set(at)
    with transaction():
        complaints.ask(ticket, "Which parcel was it?", actor, last_seen=None, now=make.clock())


def answer(make: Make, ticket: Ticket, actor: Actor, at: datetime) -> None:
    make.clock.set(at)
    with transaction():
        complaints.answer(ticket, "A new one comes.", actor, last_seen=None, now=make.clock())


def respond(make: Make, ticket: Ticket, at: datetime) -> None:
    customer = make.shopper(ticket)
    make.clock.set(at)
    with transaction():
        complaints.respond(ticket, "The blue one.", customer, now=make.clock())


def test_after_a_question_the_reviewers_clock_goes_on_with_what_was_left(make: Make) -> None:
    """C45: one of nine hours was used on Tuesday; the other eight begin on Thursday at seven."""
    ticket, reviewer = make.complaint().ticket, make.actor("platform_reviewer")
    assert ticket.due_at == may(7, "11:27")
    ask(make, ticket, reviewer, may(6, "12:27"))
    assert (ticket.due_at, ticket.due_left) == (None, 8 * 60)
    respond(make, ticket, may(8, "07:00"))
    assert (ticket.due_at, ticket.due_left) == (may(8, "15:00"), None)


def test_after_a_question_the_stores_clock_goes_on_with_what_was_left(make: Make) -> None:
    """C45: 213 of 1080 minutes passed on Tuesday; 540 of the 867 left pass on Sunday, 327 on Monday."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    assert ticket.due_at == may(8, "11:27")
    ask(make, ticket, agent, may(7, "06:00"))
    assert (ticket.due_at, ticket.due_left) == (None, 867)
    respond(make, ticket, may(11, "05:00"))
    assert (ticket.due_at, ticket.due_left) == (may(12, "11:27"), None)


@pytest.mark.parametrize("role", ["agent", "platform_reviewer"])
def test_after_an_answer_a_new_full_period_begins(make: Make, role: str) -> None:
    """S1-25: two days from the customer's reply on, whoever had answered and however soon."""
    ticket, actor = make.complaint(S.PENDING_ADMIN).ticket, make.actor(role)
    answer(make, ticket, actor, may(7, "06:00"))
    assert (ticket.due_at, ticket.due_left) == (None, None)
    respond(make, ticket, may(11, "05:00"))
    assert ticket.due_at == may(12, "15:00")


def test_the_clock_of_the_side_that_handles_it_is_paused_whoever_asks(make: Make) -> None:
    """Row 4: a question of the platform's about a forwarded complaint leads back to the store and its calendar."""
    store = make.store(
        business_hours={"2": ["09:00", "12:00"]}
    )  # Wednesdays, 06:00 to 09:00 in UTC
    ticket, reviewer = (
        make.complaint(S.PENDING_ADMIN, store).ticket,
        make.actor("platform_reviewer"),
    )
    assert ticket.due_at == may(14, "09:00")
    ask(make, ticket, reviewer, may(7, "07:30"))
    assert ticket.due_left == 270
    respond(make, ticket, may(8, "06:00"))
    assert (ticket.due_at, ticket.handler_team) == (may(21, "07:30"), Team.MERCHANT)


@pytest.mark.parametrize(
    ("replied", "due"),
    [(may(12, "08:00"), may(12, "08:00")), (may(12, "20:00"), may(13, "06:00"))],
)
def test_a_side_that_asks_when_it_is_late_has_no_time_left_afterwards(
    make: Make, replied: datetime, due: datetime
) -> None:
    """A question is no way to win time; at night it is due when work begins."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    ask(make, ticket, agent, may(8, "12:00"))
    assert ticket.due_left == 0
    respond(make, ticket, replied)
    assert ticket.due_at == due
    assert not turns.overdue(ticket, now=due)
    assert turns.overdue(ticket, now=due + SECOND)


def test_a_second_question_neither_winds_the_clock_on_nor_counts_as_an_answer(make: Make) -> None:
    """C46: it is a supplement, and the turn stays."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    ask(make, ticket, agent, may(7, "06:00"))
    ask(make, ticket, agent, may(7, "09:00"))
    assert (ticket.due_left, ticket.first_reply_at) == (867, None)
    respond(make, ticket, may(11, "05:00"))
    assert ticket.due_at == may(12, "11:27")


def test_an_answer_added_to_a_question_ends_the_pause(make: Make) -> None:
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    ask(make, ticket, agent, may(7, "06:00"))
    answer(make, ticket, agent, may(7, "09:00"))
    assert ticket.due_left is None
    respond(make, ticket, may(11, "05:00"))
    assert ticket.due_at == may(12, "15:00")


def test_what_was_left_of_the_review_is_not_the_stores(make: Make) -> None:
    """Row 2: forwarded after a question and its answer, the store has its own two days."""
    ticket, reviewer = make.complaint().ticket, make.actor("platform_reviewer")
    ask(make, ticket, reviewer, may(6, "12:27"))
    respond(make, ticket, may(8, "07:00"))
    make.clock.set(may(8, "08:00"))
    with transaction():
        review.forward(ticket, "", reviewer, now=make.clock())
    assert ticket.due_at == may(12, "08:00")


def test_at_the_due_moment_itself_nobody_is_late(make: Make) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    assert ticket.due_at is not None
    assert not turns.overdue(ticket, now=ticket.due_at)
    assert turns.overdue(ticket, now=ticket.due_at + SECOND)


def test_a_closed_complaint_is_due_to_nobody(make: Make) -> None:
    """S1-51."""
    ticket = make.complaint(S.CLOSED).ticket
    assert (ticket.due_at, ticket.due_left, ticket.overdue_told_at) == (None, None, None)
    assert not turns.overdue(ticket, now=make.clock.move(days=400))


def clocks(ticket: Ticket) -> dict[str, Any]:
    """Everything that tells whose turn it is and until when."""
    columns = (
        *("due_at", "due_left", "overdue_told_at", "warn_at", "reminded_days"),
        *("handler_team", "waiting_since"),
    )
    intervals = db.session.scalars(select(HeldInterval).order_by(HeldInterval.id)).all()
    held = [(one.id, one.side, one.began_at, one.ended_at) for one in intervals]
    return {name: getattr(ticket, name) for name in columns} | {"held": held}


def prepare(make: Make, ticket: Ticket, state: str) -> None:
    if state == "told":
        with transaction():
            ticket.overdue_told_at = make.clock()
    if state == "reminded":
        with transaction():
            ticket.reminded_days = 3
    if state == "asked before":
        ask(make, ticket, make.actor("agent"), may(7, "06:00"))
        respond(make, ticket, may(11, "05:00"))
        ask(make, ticket, make.actor("agent"), may(11, "08:00"))


@pytest.mark.parametrize("step", [complaints.ask, complaints.answer])
@pytest.mark.parametrize("state", ["fresh", "told", "reminded", "asked before"])
def test_a_step_that_is_taken_back_leaves_every_clock_as_it_was(
    make: Make, step: Any, state: str
) -> None:
    """S2-87: as if it had never been taken, also after the snapshot went through JSON."""
    answered = state == "reminded"
    ticket = make.complaint(S.PENDING_CUSTOMER if answered else S.PENDING_ADMIN).ticket
    prepare(make, ticket, state)
    agent, before = make.actor("agent"), clocks(ticket)
    kept = json.loads(json.dumps(turns.snapshot(ticket)))
    with transaction():
        step(ticket, "Hello.", agent, last_seen=None, now=make.clock.move(minutes=5))
    if state in {"fresh", "told"}:
        assert clocks(ticket) != before
    with transaction():
        turns.restore(ticket, kept, now=make.clock())
    assert clocks(ticket) == before


def test_a_customers_step_is_taken_back_as_well(make: Make) -> None:
    ticket = make.complaint(S.PENDING_CUSTOMER).ticket
    before, kept = clocks(ticket), turns.snapshot(ticket)
    respond(make, ticket, may(7, "06:00"))
    assert clocks(ticket)["held"][-1][1] is Side.STORE
    with transaction():
        turns.restore(ticket, kept, now=make.clock())
    assert clocks(ticket) == before
