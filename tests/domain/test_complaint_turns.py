"""Whose turn it is: review, merchant, customer, and back to whoever asked (S1-25, S1-48 to S1-50, C45, C46)."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, conversation, replies, review, timeline, tracking
from helpdesk.domain.errors import Invalid, WrongState
from helpdesk.enums import AuthorType, CodePurpose, EventKind, Team, TicketStatus
from helpdesk.models import Message, Ticket
from tests.fixtures.factory import Filed, Make

S = TicketStatus


def say(make: Make, ticket: Ticket, role: str, text: str = "Hello.") -> None:
    """A text by this role, an hour later, which the customer can read by now."""
    actor, now = make.actor(role), make.clock.move(hours=1)
    with transaction():
        complaints.answer(ticket, text, actor, last_seen=None, now=now)
    make.release()


def respond(make: Make, ticket: Ticket, text: str = "It is the blue one.") -> None:
    now = make.clock.move(hours=1)
    with transaction():
        complaints.respond(ticket, text, make.shopper(ticket), now=now)


def last_event(ticket: Ticket) -> EventKind:
    db.session.rollback()
    return timeline.of_ticket(ticket, public_only=False)[-1].kind


def test_forwarding_hands_the_complaint_to_the_store(make: Make) -> None:
    """S1-48, S1-49, C53: Tuesday plus two working days is Thursday."""
    filed, reviewer = make.complaint(), make.actor("platform_reviewer")
    now = make.clock.move(hours=2)
    with transaction():
        review.forward(filed.ticket, "\u200b", reviewer, now=now)
    ticket = filed.ticket
    assert (ticket.status, ticket.handler_team) == (S.PENDING_ADMIN, Team.MERCHANT)
    assert (ticket.forwarded_at, ticket.waiting_since, ticket.return_to) == (now, now, None)
    assert ticket.due_at == datetime(2025, 5, 8, 13, 27, tzinfo=UTC)
    assert timeline.of_ticket(ticket, public_only=True)[-1].data == {}


@pytest.mark.parametrize("ask", [complaints.ask, complaints.answer])
def test_a_platform_question_comes_back_to_the_platform(make: Make, ask: object) -> None:
    """C45."""
    filed, reviewer = make.complaint(), make.actor("platform_reviewer")
    with transaction():
        ask(filed.ticket, "Which bottle?", reviewer, last_seen=None, now=make.clock())  # type: ignore[operator]
    ticket = filed.ticket
    assert (ticket.status, ticket.return_to) == (S.PENDING_CUSTOMER, S.UNDER_PLATFORM_REVIEW)
    assert ticket.due_at is None
    asked = ask is complaints.ask
    kind = EventKind.COMPLAINT_ASKED if asked else EventKind.COMPLAINT_ANSWERED
    assert last_event(ticket) is kind
    respond(make, ticket)
    assert (ticket.status, ticket.handler_team) == (S.UNDER_PLATFORM_REVIEW, Team.PLATFORM)
    assert ticket.waiting_since == make.clock()
    assert ticket.due_at == datetime(2025, 5, 7, 12, 27, tzinfo=UTC)
    assert ticket.forwarded_at is None


@pytest.mark.parametrize("role", ["agent", "platform_reviewer"])
def test_an_answer_to_a_forwarded_complaint_leads_back_to_the_store(make: Make, role: str) -> None:
    """S1-25, C45: whoever of them answered."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    say(make, ticket, role)
    assert (ticket.status, ticket.return_to) == (S.PENDING_CUSTOMER, S.PENDING_ADMIN)
    assert ticket.first_reply_at == ticket.waiting_since + replies.UNDO_FOR == make.clock()
    assert ticket.due_at is None
    respond(make, ticket)
    assert (ticket.status, ticket.handler_team) == (S.PENDING_ADMIN, Team.MERCHANT)
    assert ticket.due_at == datetime(2025, 5, 8, 13, 27, 10, tzinfo=UTC)


@pytest.mark.parametrize("role", ["agent", "platform_admin"])
def test_a_supplement_is_kept_and_told_but_the_turn_stays(make: Make, role: str) -> None:
    """C46."""
    ticket = make.complaint(S.PENDING_CUSTOMER).ticket
    before = (ticket.status, ticket.return_to, ticket.waiting_since, ticket.first_reply_at)
    say(make, ticket, role, "I meant Thursday.")
    assert last_event(ticket) is EventKind.COMPLAINT_SUPPLEMENTED
    assert (ticket.status, ticket.return_to, ticket.waiting_since, ticket.first_reply_at) == before
    assert (
        conversation.read(ticket, make.shopper(ticket), now=make.clock())[-1].body
        == "I meant Thursday."
    )


@pytest.mark.parametrize("status", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN])
def test_a_customer_may_add_something_before_their_turn(make: Make, status: S) -> None:
    """S1-40: it is kept, and neither status nor promise changes."""
    ticket = make.complaint(status).ticket
    before = (ticket.status, ticket.waiting_since, ticket.due_at, ticket.handler_team)
    respond(make, ticket)
    assert (ticket.status, ticket.waiting_since, ticket.due_at, ticket.handler_team) == before
    assert ticket.last_public_message_at == make.clock()
    assert last_event(ticket) is EventKind.COMPLAINT_CUSTOMER_REPLIED


def test_the_first_reply_is_counted_once(make: Make) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    say(make, ticket, "agent")
    first = ticket.first_reply_at
    respond(make, ticket)
    say(make, ticket, "agent")
    assert ticket.first_reply_at == first


def test_a_reply_that_did_not_see_the_newest_message_is_refused_and_nothing_is_lost(
    make: Make,
) -> None:
    """X-11: two agents answer at once; both texts survive, the second writer is told first."""
    filed, late = make.complaint(S.PENDING_ADMIN), make.actor("agent")
    seen = conversation.newest_message_id(filed.ticket)
    make.answer(filed.ticket, "The first answer.")
    messages = [one.body for one in conversation.read(filed.ticket, late, now=make.clock())]
    event, version = last_event(filed.ticket), filed.ticket.version
    with pytest.raises(WrongState) as refused, transaction():
        complaints.answer(filed.ticket, "The second.", late, last_seen=seen, now=make.clock())
    assert refused.value.text == conversation.STALE
    assert last_event(filed.ticket) is event
    assert filed.ticket.version == version
    assert [one.body for one in conversation.read(filed.ticket, late, now=make.clock())] == messages
    now_seen = conversation.newest_message_id(filed.ticket)
    with transaction():
        complaints.answer(filed.ticket, "The second.", late, last_seen=now_seen, now=make.clock())
    assert [one.body for one in conversation.read(filed.ticket, late, now=make.clock())] == [
        *messages,
        "The second.",
    ]


def test_a_customer_who_did_not_see_the_newest_answer_is_told_first(make: Make) -> None:
    """X-11."""
    filed = make.complaint(S.PENDING_ADMIN)
    customer, seen = make.shopper(filed.ticket), conversation.newest_message_id(filed.ticket)
    make.answer(filed.ticket)
    with pytest.raises(WrongState), transaction():
        complaints.respond(filed.ticket, "Hello?", customer, last_seen=seen, now=make.clock())
    db.session.rollback()
    assert filed.ticket.status is S.PENDING_CUSTOMER
    assert len(conversation.read(filed.ticket, customer, now=make.clock())) == 2


@pytest.mark.parametrize("text", ["", " \u200b\n", "\u3164", "a" * 12_001])
def test_an_answer_that_says_nothing_or_too_much_changes_nothing(make: Make, text: str) -> None:
    """S2-66, C13."""
    filed, agent = make.complaint(S.PENDING_ADMIN), make.actor("agent")
    with pytest.raises(Invalid) as refused, transaction():
        complaints.answer(filed.ticket, text, agent, last_seen=None, now=make.clock())
    db.session.rollback()
    assert refused.value.field == "text"
    assert (filed.ticket.status, filed.ticket.first_reply_at) == (S.PENDING_ADMIN, None)
    assert len(conversation.read(filed.ticket, agent, now=make.clock())) == 1


def test_line_ends_are_counted_once(make: Make) -> None:
    """C13: 12,000 characters are counted after CRLF has become LF."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    say(make, ticket, "agent", "a\r\n" * 5_999 + "bc")
    assert (
        len(db.session.scalars(select(Message.body).order_by(Message.id.desc())).first() or "")
        == 12_000
    )


def author_of(make: Make, filed: Filed) -> tuple[AuthorType, int | None]:
    respond(make, filed.ticket)
    message = conversation.read(filed.ticket, make.shopper(filed.ticket), now=make.clock())[-1]
    return message.author_type, message.author_customer_id


def test_a_reply_is_by_the_contact_until_their_mailbox_is_proven(make: Make) -> None:
    """C17, C64."""
    filed, shopper = make.complaint(), make.shopper()
    assert author_of(make, filed) == (AuthorType.CONTACT, None)
    code = make.issue(filed.ticket, CodePurpose.VIEW, shopper)
    with transaction():
        tracking.prove(filed.ticket, code, shopper, now=make.clock())
    assert author_of(make, filed) == (AuthorType.CUSTOMER, filed.ticket.customer_id)
    assert filed.ticket.customer_id is not None


def test_a_staff_message_says_for_which_side_it_speaks(make: Make) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    say(make, ticket, "agent")
    say(make, ticket, "platform_reviewer")
    spoken = conversation.read(ticket, make.shopper(ticket), now=make.clock())[1:]
    assert [one.team for one in spoken] == [Team.MERCHANT, Team.PLATFORM]
    assert all(one.author_user and one.author_type is AuthorType.STAFF for one in spoken)


def test_ones_own_message_from_another_window_does_not_make_a_text_stale(make: Make) -> None:
    """X-11: somebody *else* has to have written."""
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    customer, seen = make.shopper(filed.ticket), conversation.newest_message_id(filed.ticket)
    for text in ("First window.", "Second window."):
        with transaction():
            complaints.respond(filed.ticket, text, customer, last_seen=seen, now=make.clock())
    make.answer(filed.ticket)
    with pytest.raises(WrongState), transaction():
        complaints.respond(filed.ticket, "Third.", customer, last_seen=seen, now=make.clock())
