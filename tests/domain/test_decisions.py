"""Where the store lets its time pass the platform decides in its place: uphold, reject or ask (row 12, C45)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import closing, complaints, conversation, review, timeline
from helpdesk.domain.errors import Invalid, NotAllowed, NotFound, WrongState
from helpdesk.enums import ArchiveReason, CodePurpose, Decision, EventKind, Team, TicketStatus
from helpdesk.models import Message, Ticket, User
from tests.domain.notices import assign, emails, notices, rung, told
from tests.fixtures.factory import Make

S = TicketStatus
DECIDED = EventKind.COMPLAINT_DECIDED
TEXT = "The bottle has to be replaced. The store sends a new one by Sunday."


def late(make: Make) -> Ticket:
    """A complaint that its store has left unanswered for a week."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    make.clock.move(days=7)
    return ticket


def decide(
    make: Make,
    ticket: Ticket,
    decision: Decision | None = Decision.UPHELD,
    *,
    role: str = "platform_reviewer",
    text: str = TEXT,
    last_seen: int | None = None,
) -> Message:
    actor = make.actor(role)
    with transaction():
        return review.decide(ticket, decision, text, actor, last_seen=last_seen, now=make.clock())


@pytest.mark.parametrize("decision", list(Decision))
def test_a_decision_is_said_logged_and_hands_the_turn_to_the_customer(
    make: Make, decision: Decision
) -> None:
    """Row 12: uphold or reject, like an answer; the customer replies, or accepts it and closes."""
    ticket = late(make)
    decide(make, ticket, decision)
    message = conversation.read(ticket, make.actor("agent"), now=make.clock())[-1]
    assert (message.decision, message.body, message.team) == (decision, TEXT, Team.PLATFORM)
    assert (ticket.status, ticket.return_to) == (S.PENDING_CUSTOMER, S.PENDING_ADMIN)
    assert (ticket.due_at, ticket.due_left, ticket.overdue_told_at) == (None, None, None)
    fact = timeline.of_ticket(ticket, public_only=True)[-1]
    assert (fact.kind, fact.was, fact.became) == (DECIDED, S.PENDING_ADMIN, S.PENDING_CUSTOMER)
    make.clock.move(hours=1)
    customer = make.shopper(ticket)
    code = make.issue(ticket, CodePurpose.CLOSE, customer)
    with transaction():
        closing.close(ticket, code, customer, now=make.clock())
    assert ticket.status is S.CLOSED


def test_a_question_in_place_of_a_decision_comes_back_as_late_as_it_was(make: Make) -> None:
    """Once the customer has replied the complaint waits for its decision again, and is told so again."""
    ticket = late(make)
    decide(make, ticket, None, text="Which bottle was it?")
    assert timeline.of_ticket(ticket, public_only=False)[-1].kind is EventKind.COMPLAINT_ASKED
    assert (ticket.status, ticket.due_left, ticket.first_reply_at) == (S.PENDING_CUSTOMER, 0, None)
    customer, now = make.shopper(ticket), make.clock.move(days=1)
    with transaction():
        complaints.respond(ticket, "The blue one.", customer, now=now)
    assert ticket.status is S.PENDING_ADMIN
    assert not review.awaits_decision(ticket, now=now)
    assert review.awaits_decision(ticket, now=now + timedelta(minutes=1))
    assert ticket.overdue_told_at is None


def prepare(make: Make, state: str) -> Ticket:
    if state == "in time":
        return make.complaint(S.PENDING_ADMIN).ticket
    if state == "late review":
        ticket = make.complaint().ticket
        make.clock.move(days=7)
        return ticket
    ticket = late(make)
    if state == "answered meanwhile":
        make.answer(ticket)
    if state == "closed":
        make.answer(ticket)
        make.clock.move(hours=1)
        make.close(ticket)
    if state == "archived":
        admin = make.actor("platform_admin")
        with transaction():
            review.archive(ticket, ArchiveReason.SPAM, "", admin, now=make.clock())
    return ticket


@pytest.mark.parametrize("decision", [*Decision, None])
@pytest.mark.parametrize(
    "state", ["in time", "late review", "answered meanwhile", "closed", "archived"]
)
def test_there_is_nothing_to_decide_where_the_store_is_not_late(
    make: Make, state: str, decision: Decision | None
) -> None:
    """Forged posts change nothing; a late review is answered or forwarded instead."""
    ticket = prepare(make, state)
    messages = db.session.scalars(select(Message.id)).all()
    status, version = ticket.status, ticket.version
    with pytest.raises(WrongState) as refused:
        decide(make, ticket, decision)
    db.session.rollback()
    assert refused.value.text == review.NOT_LATE
    assert db.session.scalars(select(Message.id)).all() == messages
    assert (ticket.status, ticket.version) == (status, version)


def test_at_the_due_moment_itself_there_is_nothing_to_decide_yet(make: Make) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    assert ticket.due_at is not None
    assert not review.awaits_decision(ticket, now=ticket.due_at)
    assert review.awaits_decision(ticket, now=ticket.due_at + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("role", "refusal"),
    [
        ("store_owner", NotAllowed),
        ("agent", NotAllowed),
        ("analyst", NotAllowed),
        ("tech_support", NotAllowed),
    ],
)
def test_nobody_but_the_platforms_reviewers_decides(
    make: Make, role: str, refusal: type[Exception]
) -> None:
    ticket = late(make)
    with pytest.raises(refusal):
        decide(make, ticket, role=role)
    db.session.rollback()
    assert ticket.status is S.PENDING_ADMIN


def test_neither_the_customer_nor_another_store_decides(make: Make) -> None:
    ticket, other = late(make), make.actor("store_owner", make.store("other"))
    for actor, refusal in ((make.shopper(ticket), NotAllowed), (other, NotFound)):
        with pytest.raises(refusal), transaction():
            review.decide(ticket, None, TEXT, actor, last_seen=None, now=make.clock())
    db.session.rollback()
    assert ticket.status is S.PENDING_ADMIN


@pytest.mark.parametrize("text", ["", " \u200b\n", "a" * 12_001])
def test_a_decision_needs_its_words(make: Make, text: str) -> None:
    """S2-66, C13."""
    ticket = late(make)
    with pytest.raises(Invalid):
        decide(make, ticket, text=text)
    db.session.rollback()
    assert ticket.status is S.PENDING_ADMIN


def test_a_decision_that_did_not_see_the_newest_message_is_refused(make: Make) -> None:
    """X-11: the customer has written meanwhile."""
    ticket = late(make)
    seen, customer = conversation.newest_message_id(ticket), make.shopper(ticket)
    with transaction():
        complaints.respond(ticket, "It is solved.", customer, now=make.clock())
    with pytest.raises(WrongState) as refused:
        decide(make, ticket, last_seen=seen)
    assert refused.value.text == conversation.STALE
    decide(make, ticket, last_seen=conversation.newest_message_id(ticket))


def test_the_platform_may_still_answer_a_late_complaint(make: Make) -> None:
    """Row 4."""
    ticket, reviewer = late(make), make.actor("platform_reviewer")
    with transaction():
        complaints.answer(ticket, "We look.", reviewer, last_seen=None, now=make.clock())
    assert ticket.status is S.PENDING_CUSTOMER


# Who hears of it


def test_customer_and_store_hear_of_a_decision(make: Make, team: dict[str, User]) -> None:
    ticket = late(make)
    decide(make, ticket)
    store = emails(team, "store_owner", "store_manager", "agent")
    expected = dict.fromkeys(store, "complaint_decided_store")
    assert told(DECIDED) == {ticket.contact_email: "complaint_decided", **expected}
    assert rung(DECIDED) == expected
    assert all(TEXT not in str(one.facts) for one in notices(DECIDED))


def test_of_the_store_whoever_is_responsible_hears_alone(make: Make, team: dict[str, User]) -> None:
    ticket = late(make)
    assign(make, ticket, team["agent"], team["store_owner"])
    decide(make, ticket)
    assert set(told(DECIDED)) == {ticket.contact_email, team["agent"].email}


def test_a_decision_that_was_taken_back_is_told_to_nobody(
    make: Make, team: dict[str, User]
) -> None:
    """S2-87."""
    assert team
    ticket = late(make)
    message_id = decide(make, ticket).id
    with transaction() as session:
        session.delete(session.get_one(Message, message_id))
    assert notices(DECIDED) == []
