"""Withdrawing: before anybody has answered, by the customer alone, with a code from the mailbox (domain 2.3, row 9)."""

import pytest

from helpdesk.db import db, transaction
from helpdesk.domain import closing, complaints, notifications, tickets, timeline
from helpdesk.domain.errors import NotAllowed, NotFound, WrongCode, WrongState
from helpdesk.domain.kinds import COMPLAINT
from helpdesk.enums import (
    ActorType,
    Channel,
    ClosedBy,
    CloseReason,
    CodePurpose,
    EventKind,
    TicketStatus,
)
from helpdesk.models import Ticket, User
from tests.domain.notices import assign, emails, rung, told
from tests.fixtures.factory import Make

S = TicketStatus


def ask(make: Make, ticket: Ticket) -> str:
    with transaction():
        closing.ask_to_withdraw(ticket, make.shopper(ticket), now=make.clock())
    return make.code(ticket)


def withdraw(make: Make, ticket: Ticket) -> None:
    code = ask(make, ticket)
    with transaction():
        closing.withdraw(ticket, code, make.shopper(ticket), now=make.clock())


@pytest.mark.parametrize("status", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN])
def test_a_complaint_that_nobody_answered_is_withdrawn_with_a_code(make: Make, status: S) -> None:
    """Row 9, S1-26: closed at once, and it says that it was withdrawn and not accepted."""
    ticket = make.complaint(status).ticket
    assert closing.may_be_withdrawn(ticket, now=make.clock())
    withdraw(make, ticket)
    assert (ticket.status, ticket.closed_at) == (S.CLOSED, make.clock())
    assert (ticket.closed_by, ticket.close_reason) == (ClosedBy.CUSTOMER, CloseReason.WITHDRAWN)
    assert ticket.due_at is None
    fact = timeline.of_ticket(ticket, public_only=True)[-1]
    assert (fact.kind, fact.was, fact.became) == (EventKind.COMPLAINT_WITHDRAWN, status, S.CLOSED)
    assert fact.actor_type is ActorType.CONTACT


def test_a_complaint_about_which_something_was_only_asked_can_be_withdrawn(make: Make) -> None:
    """Row 9, C45: a question is no answer."""
    ticket, reviewer = make.complaint().ticket, make.actor("platform_reviewer")
    with transaction():
        complaints.ask(ticket, "Which bottle?", reviewer, last_seen=None, now=make.clock())
    make.release()
    withdraw(make, ticket)
    assert ticket.close_reason is CloseReason.WITHDRAWN


def test_after_an_answer_it_is_accepted_and_no_longer_withdrawn(make: Make) -> None:
    """Row 9: the answer is to be read first, also by whoever had asked for a code before it came."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    code = ask(make, ticket)
    make.answer(ticket)
    assert not closing.may_be_withdrawn(ticket, now=make.clock())
    for refused in (
        lambda: closing.ask_to_withdraw(ticket, make.shopper(ticket), now=make.clock()),
        lambda: closing.withdraw(ticket, code, make.shopper(ticket), now=make.clock()),
    ):
        with pytest.raises(WrongState) as refusal, transaction():
            refused()
        assert refusal.value.text == closing.ANSWERED
    assert ticket.status is S.PENDING_CUSTOMER
    assert ticket.closed_by is None


def test_an_answer_that_can_still_be_taken_back_is_none_yet(make: Make) -> None:
    """S2-87: for ten seconds nothing has happened as far as the customer knows."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    with transaction():
        complaints.answer(ticket, "A new bottle.", agent, last_seen=None, now=make.clock())
    make.clock.move(seconds=9)
    assert closing.may_be_withdrawn(ticket, now=make.clock())
    assert not closing.may_be_closed(ticket, now=make.clock())
    assert timeline.known_status(ticket, now=make.clock()) is S.PENDING_ADMIN
    make.clock.move(seconds=1)
    assert not closing.may_be_withdrawn(ticket, now=make.clock())
    assert closing.may_be_closed(ticket, now=make.clock())
    assert timeline.known_status(ticket, now=make.clock()) is S.PENDING_CUSTOMER


def test_nobody_is_asked_to_read_a_reply_to_a_complaint_that_was_withdrawn_meanwhile(
    make: Make,
) -> None:
    """Row 10: nothing can be replied to it or accepted any more."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    with transaction():
        complaints.answer(ticket, "A new bottle.", agent, last_seen=None, now=make.clock())
    withdraw(make, ticket)
    make.release()
    assert timeline.known_status(ticket, now=make.clock()) is S.CLOSED
    facts = timeline.of_ticket(ticket, public_only=True)
    [answered] = [fact for fact in facts if fact.kind is EventKind.COMPLAINT_ANSWERED]
    assert notifications.of_event(answered) == []


def test_without_the_right_code_or_in_other_hands_nothing_is_withdrawn(make: Make) -> None:
    """S1-26, S1-44, C9."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    code = ask(make, ticket)
    view = make.issue(ticket, CodePurpose.VIEW, make.shopper(ticket))
    for role in ("store_owner", "platform_admin"):
        actor = make.actor(role)
        with pytest.raises(NotAllowed), transaction():
            closing.withdraw(ticket, code, actor, now=make.clock())
    with pytest.raises(NotFound), transaction():
        closing.withdraw(ticket, code, make.shopper(), now=make.clock())
    with pytest.raises(WrongCode), transaction():
        closing.withdraw(ticket, view, make.shopper(ticket), now=make.clock())
    db.session.rollback()
    assert ticket.status is S.PENDING_ADMIN


def test_a_withdrawn_complaint_is_closed_with_words_of_its_own() -> None:
    """C10, row 9: the same status and name; only what it means differs."""
    plain = COMPLAINT.label(S.CLOSED)
    assert COMPLAINT.label(S.CLOSED, CloseReason.ACCEPTED) is plain is COMPLAINT.labels[S.CLOSED]
    withdrawn = COMPLAINT.label(S.CLOSED, CloseReason.WITHDRAWN)
    assert withdrawn.name == plain.name
    assert "withdrew" in withdrawn.meaning
    assert COMPLAINT.label(S.PENDING_ADMIN, CloseReason.WITHDRAWN).name != plain.name


def test_withdrawn_stays_withdrawn(make: Make) -> None:
    """Row 10."""
    ticket = make.complaint().ticket
    withdraw(make, ticket)
    now = make.clock()
    assert not closing.may_be_withdrawn(ticket, now=now)
    for refused in (
        lambda: closing.ask_to_withdraw(ticket, make.shopper(ticket), now=now),
        lambda: closing.withdraw(ticket, "123456", make.shopper(ticket), now=now),
        lambda: complaints.respond(ticket, "Wait!", make.shopper(ticket), now=now),
    ):
        with pytest.raises(WrongState) as refusal, transaction():
            refused()
        assert refusal.value.text == tickets.FINISHED


def test_the_customer_is_written_and_whoever_could_have_answered_is_told_inside(
    make: Make, team: dict[str, User]
) -> None:
    """Domain 2.6: before it is forwarded the reviewers, then the responsible one, else the store's team."""
    kind = EventKind.COMPLAINT_WITHDRAWN
    reviewed = make.complaint()
    withdraw(make, reviewed.ticket)
    assert told(kind) == {reviewed.email: "complaint_withdrawn"}
    assert set(rung(kind)) == emails(team, "platform_admin", "platform_reviewer")
    waiting = make.complaint(S.PENDING_ADMIN)
    withdraw(make, waiting.ticket)
    assert set(rung(kind)) == emails(team, "store_owner", "store_manager", "agent")
    assigned = make.complaint(S.PENDING_ADMIN)
    assign(make, assigned.ticket, team["agent"], team["store_owner"])
    withdraw(make, assigned.ticket)
    assert rung(kind) == {team["agent"].email: "complaint_withdrawn"}


def test_a_complaint_that_was_withdrawn_stands_in_no_digest(
    make: Make, team: dict[str, User]
) -> None:
    """Domain 2.6: it waits for nobody's review."""
    assert team
    gone, there = make.complaint(), make.complaint()
    withdraw(make, gone.ticket)
    make.clock.move(minutes=15)
    found = notifications.digests(now=make.clock())
    listed = {line["number"] for one in found for line in one.facts["complaints"]}
    assert {one.channel for one in found} == set(Channel)
    assert listed == {there.number}
