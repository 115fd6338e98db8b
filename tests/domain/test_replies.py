"""A staff reply waits ten seconds, and until then its writer may take it back as if it had never been (S2-87)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk import jobs, uploads
from helpdesk.db import db, transaction
from helpdesk.domain import (
    attachments,
    closing,
    complaints,
    conversation,
    counters,
    notifications,
    priorities,
    replies,
    tenancy,
    tickets,
    timeline,
)
from helpdesk.domain.conversation import Resolution
from helpdesk.domain.errors import NotAllowed, NotFound, Refusal, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import (
    CodePurpose,
    EventKind,
    Priority,
    ResolutionType,
    TicketKind,
    TicketStatus,
)
from helpdesk.models import Delivery, Event, HeldInterval, Message, Ticket
from tests.fixtures import papers
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox

S = TicketStatus
LATER = 3
"""Seconds after the reply, within the time in which it can be taken back."""
Deliver = Callable[[], None]


def columns(ticket: Ticket) -> dict[str, Any]:
    """Everything that the database has about the ticket, but for its count of changes."""
    db.session.expire_all()
    names = [column.key for column in Ticket.__mapper__.column_attrs if column.key != "version"]
    return {name: getattr(ticket, name) for name in names}


def intervals(ticket: Ticket) -> list[tuple[Any, ...]]:
    """Who held it when."""
    mine = select(HeldInterval).where(HeldInterval.ticket_id == ticket.id)
    found = db.session.scalars(mine.order_by(HeldInterval.began_at, HeldInterval.id))
    return [(one.side, one.began_at, one.ended_at) for one in found]


def everything(ticket: Ticket) -> tuple[Any, ...]:
    counts = counters.by_status(TicketKind.COMPLAINT).items()
    return columns(ticket), intervals(ticket), {status: n for status, n in counts if n}


def answer(
    make: Make, ticket: Ticket, actor: Actor, *, ask: bool = False, **more: Any
) -> tuple[int, dict[str, Any]]:
    """Say something; the message's id, and the newest event's data."""
    say = complaints.ask if ask else complaints.answer
    with transaction():
        message = say(ticket, "We look.", actor, last_seen=None, now=make.clock(), **more)
    return message.id, facts(ticket)[-1].data


def facts(ticket: Ticket) -> list[Event]:
    db.session.rollback()
    return timeline.of_ticket(ticket, public_only=False)


def undo(make: Make, ticket: Ticket, message_id: int, actor: Actor) -> replies.Draft:
    with transaction():
        return replies.take_back(ticket, message_id, actor, now=make.clock())


def bodies(make: Make, ticket: Ticket, reader: Actor) -> list[str]:
    db.session.rollback()
    return [one.body for one in conversation.read(ticket, reader, now=make.clock())]


@pytest.mark.parametrize(
    ("status", "role", "ask"),
    [
        (S.UNDER_PLATFORM_REVIEW, "platform_reviewer", True),
        (S.UNDER_PLATFORM_REVIEW, "platform_reviewer", False),
        (S.PENDING_ADMIN, "agent", True),
        (S.PENDING_ADMIN, "agent", False),
        (S.PENDING_ADMIN, "platform_reviewer", False),
        (S.PENDING_CUSTOMER, "agent", False),
    ],
)
def test_what_is_taken_back_leaves_the_ticket_exactly_as_it_was(
    make: Make, status: S, role: str, ask: bool
) -> None:
    """Every column, whose turn it is, the clocks, and the counts of statuses."""
    ticket, actor = make.complaint(status).ticket, make.actor(role)
    make.clock.move(hours=5)
    before = everything(ticket)
    message_id, _data = answer(make, ticket, actor, ask=ask)
    assert everything(ticket) != before
    make.clock.move(seconds=LATER)
    undo(make, ticket, message_id, actor)
    assert everything(ticket) == before
    assert db.session.get(Message, message_id) is None


def test_what_was_said_is_handed_back(make: Make) -> None:
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    proposal = Resolution(ResolutionType.REFUND, "120 SAR to your card")
    message_id, _data = answer(make, ticket, agent, resolution=proposal)
    assert undo(make, ticket, message_id, agent) == replies.Draft("We look.", (), proposal, False)
    message_id, _data = answer(make, ticket, agent, ask=True)
    assert undo(make, ticket, message_id, agent) == replies.Draft("We look.", (), None, True)


def test_the_files_of_what_was_taken_back_can_be_sent_again(make: Make) -> None:
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    upload = uploads.take("label.png", papers.picture(), limit_mb=1)
    with transaction():
        token = attachments.stage(ticket.store, upload, agent, now=make.clock()).token
    message_id, _data = answer(make, ticket, agent, files=[token])
    draft = undo(make, ticket, message_id, agent)
    assert len(draft.files) == 1
    again, _data = answer(make, ticket, agent, files=draft.files)
    message = db.session.get_one(Message, again)
    [file] = attachments.of_messages([message])[again]
    assert file.name == "label.png"


def test_a_first_answer_counts_from_the_moment_the_customer_may_read_it(make: Make) -> None:
    """Until then there is nothing to accept."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    shopper, before = make.shopper(ticket), make.clock()
    answer(make, ticket, agent)
    assert ticket.first_reply_at == before + replies.UNDO_FOR
    assert not closing.may_be_closed(ticket, now=make.clock())
    make.release()
    assert closing.may_be_closed(ticket, now=make.clock())
    assert len(bodies(make, ticket, shopper)) == 2


def test_the_customer_sees_nothing_of_a_reply_that_can_still_be_taken_back(make: Make) -> None:
    """Neither text nor status nor history; the team sees it at once."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    shopper = make.shopper(ticket)

    def known() -> tuple[int, S, int, int]:
        told = timeline.told(ticket, now=make.clock())
        seen = conversation.newest_message_id(ticket, released_by=make.clock())
        status = timeline.known_status(ticket, now=make.clock())
        return len(bodies(make, ticket, shopper)), status, len(told), seen

    before = known()
    message_id, _data = answer(make, ticket, agent)
    make.clock.move(seconds=9)
    assert known() == before
    assert len(bodies(make, ticket, agent)) == 2
    make.clock.move(seconds=1)
    assert known() == (2, S.PENDING_CUSTOMER, before[2] + 1, message_id)


def test_what_was_taken_back_stays_out_of_the_customers_history(make: Make) -> None:
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    before = timeline.told(ticket, now=make.clock())
    message_id, _data = answer(make, ticket, agent)
    undo(make, ticket, message_id, agent)
    make.clock.move(days=1)
    assert timeline.told(ticket, now=make.clock()) == before
    undone = facts(ticket)[-1]
    assert (undone.kind, undone.public) == (EventKind.REPLY_UNDONE, False)
    assert (undone.was, undone.became) == (S.PENDING_CUSTOMER, S.PENDING_ADMIN)
    assert "We look." not in str([fact.data for fact in facts(ticket)])


def test_a_customer_who_withdraws_meanwhile_is_told_so(make: Make) -> None:
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    shopper = make.shopper(ticket)
    answer(make, ticket, agent)
    code = make.issue(ticket, CodePurpose.CLOSE, shopper)
    with transaction():
        closing.withdraw(ticket, code, shopper, now=make.clock())
    assert timeline.known_status(ticket, now=make.clock()) is S.CLOSED


def test_a_customer_who_writes_meanwhile_is_not_told_of_a_text_they_cannot_read_yet(
    make: Make,
) -> None:
    """X-11: stale is what was there to be read."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    shopper = make.shopper(ticket)
    seen = conversation.newest_message_id(ticket, released_by=make.clock())
    message_id, _data = answer(make, ticket, agent)
    with transaction():
        complaints.respond(ticket, "Hello?", shopper, last_seen=seen, now=make.clock())
    with pytest.raises(WrongState) as refused:
        undo(make, ticket, message_id, agent)
    assert refused.value.text == replies.OVERTAKEN
    make.release()
    with pytest.raises(WrongState), transaction():
        complaints.respond(ticket, "Hello?", shopper, last_seen=seen, now=make.clock())


@pytest.mark.parametrize("seconds", [10, 60])
def test_after_ten_seconds_it_is_too_late(make: Make, seconds: int) -> None:
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    message_id, _data = answer(make, ticket, agent)
    make.clock.move(seconds=seconds)
    before = everything(ticket)
    with pytest.raises(WrongState) as refused:
        undo(make, ticket, message_id, agent)
    assert refused.value.text == replies.TOO_LATE
    assert everything(ticket) == before


def test_nobody_takes_back_what_somebody_else_wrote(make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    ticket, agent = filed.ticket, make.actor("agent")
    message_id, _data = answer(make, ticket, agent)
    before = everything(ticket)
    strangers: list[tuple[Actor, type[Refusal]]] = [
        (make.actor("store_owner"), NotAllowed),
        (make.actor("platform_admin"), NotAllowed),
        (make.actor("analyst"), NotAllowed),
        (make.shopper(ticket), NotAllowed),
        (make.actor("agent", make.store("other")), NotFound),
    ]
    for actor, refusal in strangers:
        with pytest.raises(refusal):
            undo(make, ticket, message_id, actor)
    assert everything(ticket) == before


def test_a_message_of_another_complaint_or_of_none_cannot_be_taken_back_here(make: Make) -> None:
    agent = make.actor("agent")
    here, there = (make.complaint(S.PENDING_ADMIN).ticket for _ in range(2))
    message_id, _data = answer(make, there, agent)
    for one in (message_id, 0, 2**31 - 1):
        with pytest.raises(WrongState):
            undo(make, here, one, agent)


def test_the_id_of_what_was_taken_back_is_given_to_nothing_else(make: Make) -> None:
    """Whoever had seen the first text has not seen the second (X-11)."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    other = make.actor("agent")
    first, _data = answer(make, ticket, agent)
    undo(make, ticket, first, agent)
    second, _data = answer(make, ticket, agent)
    assert second > first
    with pytest.raises(WrongState), transaction():
        complaints.answer(ticket, "Me too.", other, last_seen=first, now=make.clock())


def test_twice_is_too_late(make: Make) -> None:
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    message_id, _data = answer(make, ticket, agent)
    undo(make, ticket, message_id, agent)
    with pytest.raises(WrongState):
        undo(make, ticket, message_id, agent)


def test_a_second_reply_stands_in_the_way_of_taking_back_the_first(make: Make) -> None:
    """The second itself can be taken back."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    first, _data = answer(make, ticket, agent)
    make.clock.move(seconds=1)
    second, _data = answer(make, ticket, agent)
    with pytest.raises(WrongState):
        undo(make, ticket, first, agent)
    undo(make, ticket, second, agent)
    assert ticket.status is S.PENDING_CUSTOMER
    assert bodies(make, ticket, agent)[-1] == "We look."


@pytest.mark.parametrize("ask", [True, False])
def test_a_supplement_that_was_taken_back_is_not_in_the_way_of_taking_back_the_first(
    make: Make, deliver: Deliver, mailbox: Mailbox, ask: bool
) -> None:
    """Then nothing is left of either, and nobody hears of them."""
    filed = make.complaint(S.PENDING_ADMIN)
    ticket, agent = filed.ticket, make.actor("agent")
    deliver()
    mailbox.take()
    before = everything(ticket)
    first, _data = answer(make, ticket, agent, ask=ask)
    for _ in range(2):
        make.clock.move(seconds=1)
        second, _data = answer(make, ticket, agent)
        undo(make, ticket, second, agent)
    pending = replies.pending(ticket, agent, now=make.clock())
    assert pending is not None
    assert pending.id == first
    undo(make, ticket, first, agent)
    assert everything(ticket) == before
    make.clock.move(days=1)
    deliver()
    assert to_the_customer() == []
    assert not [mail for mail in mailbox.take() if filed.email in mail.to]


def test_what_a_taken_back_supplement_followed_is_in_the_way_all_the_same(make: Make) -> None:
    """A customer has answered in between: the first reply has had its effect."""
    ticket, agent = make.complaint(S.PENDING_CUSTOMER).ticket, make.actor("agent")
    first, _data = answer(make, ticket, agent)
    with transaction():
        complaints.respond(ticket, "It came back.", make.shopper(ticket), now=make.clock())
    second, _data = answer(make, ticket, agent)
    undo(make, ticket, second, agent)
    assert replies.pending(ticket, agent, now=make.clock()) is None
    with pytest.raises(WrongState):
        undo(make, ticket, first, agent)


def test_what_does_not_touch_the_conversation_is_not_in_the_way_and_stays(make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    ticket, agent = filed.ticket, make.actor("agent")
    message_id, _data = answer(make, ticket, agent)
    with transaction():
        tickets.assign(ticket, agent.user_id, agent, now=make.clock())
        priorities.put(ticket, Priority.URGENT, agent, now=make.clock())
    make.note(ticket, agent)
    undo(make, ticket, message_id, agent)
    assert (ticket.status, ticket.assignee_id) == (S.PENDING_ADMIN, agent.user_id)
    assert ticket.priority is Priority.URGENT


def test_only_the_writers_own_reply_is_offered_for_taking_back(make: Make) -> None:
    ticket, agent, other = (
        make.complaint(S.PENDING_ADMIN).ticket,
        make.actor("agent"),
        make.actor("agent"),
    )
    assert replies.pending(ticket, agent, now=make.clock()) is None
    message_id, _data = answer(make, ticket, agent)
    pending = replies.pending(ticket, agent, now=make.clock())
    assert pending is not None
    assert pending.id == message_id
    assert replies.pending(ticket, other, now=make.clock()) is None
    make.release()
    assert replies.pending(ticket, agent, now=make.clock()) is None


# Telling


def to_the_customer() -> list[str]:
    db.session.rollback()
    query = select(Delivery.template_key).where(Delivery.template_key == "complaint_reply_notice")
    return list(db.session.scalars(query))


@pytest.mark.parametrize("ask", [True, False])
def test_nobody_is_told_within_ten_seconds_and_then_once(
    make: Make, deliver: Deliver, mailbox: Mailbox, ask: bool
) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    deliver()
    mailbox.take()
    answer(make, filed.ticket, make.actor("agent"), ask=ask)
    make.clock.move(seconds=9)
    deliver()
    assert to_the_customer() == []
    assert jobs.seconds_until_next(make.clock()) == 1
    make.clock.move(seconds=1)
    deliver()
    deliver()
    assert mailbox.one(to=filed.email)
    assert len(to_the_customer()) == 1
    assert jobs.seconds_until_next(make.clock()) is None


def test_a_reply_that_was_taken_back_is_told_to_nobody_ever(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    filed, agent = make.complaint(S.PENDING_ADMIN), make.actor("agent")
    deliver()
    mailbox.take()
    message_id, _data = answer(make, filed.ticket, agent)
    undo(make, filed.ticket, message_id, agent)
    make.clock.move(days=2)
    deliver()
    assert to_the_customer() == []
    answered = next(one for one in facts(filed.ticket) if one.data.get("message_id") == message_id)
    assert notifications.of_event(answered) == []
    assert mailbox.take() == []


def test_what_has_been_told_already_can_no_longer_be_withheld(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Two machines' clocks may differ by a second: the claim decides, not the clock."""
    filed, agent = make.complaint(S.PENDING_ADMIN), make.actor("agent")
    message_id, _data = answer(make, filed.ticket, agent)
    make.release()
    deliver()
    mailbox.take()
    make.clock.move(seconds=-1)
    with pytest.raises(WrongState) as refused:
        undo(make, filed.ticket, message_id, agent)
    assert refused.value.text == replies.TOO_LATE
    assert db.session.get(Message, message_id) is not None


def test_of_taking_back_and_telling_at_the_same_moment_exactly_one_happens(
    app: Flask, make: Make, mailbox: Mailbox
) -> None:
    """Whoever is first: a reply that is gone was told to nobody, one that was told is still there."""
    agent = make.actor("agent")
    for _ in range(6):
        filed = make.complaint(S.PENDING_ADMIN)
        message_id, _data = answer(make, filed.ticket, agent)
        start = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            taking = pool.submit(_take_back, app, make, filed, message_id, agent, start)
            telling = pool.submit(_tell, app, make, start)
            telling.result()
            outcome = taking.result()
        db.session.rollback()
        told = select(func.count()).where(
            Delivery.ticket_id == filed.ticket.id,
            Delivery.template_key == "complaint_reply_notice",
        )
        gone = db.session.get(Message, message_id) is None
        assert (outcome, db.session.scalar(told)) == (("gone", 0) if gone else ("late", 1))
    mailbox.take()


def _take_back(
    app: Flask, make: Make, filed: Filed, message_id: int, actor: Actor, start: Barrier
) -> str:
    with app.app_context(), tenancy.unscoped("a test"):
        start.wait()
        try:
            with transaction():
                ticket = tickets.find(TicketKind.COMPLAINT, filed.number)
                replies.take_back(ticket, message_id, actor, now=make.clock())
        except WrongState:
            return "late"
        return "gone"


def _tell(app: Flask, make: Make, start: Barrier) -> None:
    """A worker whose clock is ahead."""
    with app.app_context(), tenancy.unscoped("a test"):
        start.wait()
        jobs.dispatch(make.clock() + replies.UNDO_FOR)


def test_the_worker_comes_back_at_the_moment_when_the_reply_may_be_told(
    app: Flask, make: Make, mailbox: Mailbox
) -> None:
    """It looks at once, finds nothing to tell yet, and puts itself down for the right moment."""
    huey = app.extensions["huey"]
    huey.flush()
    filed = make.complaint(S.PENDING_ADMIN)
    look = app.extensions["nudge"]["deliver"].call_local
    look()
    assert huey.pending() == []
    answer(make, filed.ticket, make.actor("agent"))
    make.clock.move(seconds=LATER)
    look()
    [again] = huey.pending()
    huey.flush()
    wait = again.eta - datetime.now(UTC).replace(tzinfo=None)
    assert timedelta(seconds=6) < wait <= timedelta(seconds=7)
    make.clock.move(seconds=7)
    look()
    assert huey.pending() == []
    assert mailbox.take()[-1].to == (filed.email,)


def test_a_customer_who_replies_meanwhile_ends_the_offer_and_sees_where_it_stands(
    make: Make,
) -> None:
    """S2-87, S1-52: neither page nor mail says that it is their turn when it is the store's."""
    ticket, agent = make.complaint(S.PENDING_CUSTOMER).ticket, make.actor()
    message_id, _ = answer(make, ticket, agent)
    make.clock.move(seconds=LATER)
    held_back = replies.pending(ticket, agent, now=make.clock())
    assert held_back is not None
    assert held_back.id == message_id
    with transaction():
        complaints.respond(ticket, "It came back.", make.shopper(ticket), now=make.clock())
    assert timeline.known_status(ticket, now=make.clock()) is S.PENDING_ADMIN
    assert replies.pending(ticket, agent, now=make.clock()) is None
    make.clock.move(seconds=10)
    supplement = db.session.scalars(
        select(Event).where(Event.kind == EventKind.COMPLAINT_SUPPLEMENTED)
    ).one()
    [notice] = notifications.of_event(supplement)
    assert notice.facts["became"] is S.PENDING_ADMIN
