"""A closed complaint refuses replies; its customer goes on in a new one that is linked to it (C25)."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, follow_ups, tenancy
from helpdesk.domain.complaints import Receipt
from helpdesk.domain.errors import Invalid, NotFound, Refusal, WrongState
from helpdesk.domain.follow_ups import Linked
from helpdesk.domain.permissions import Actor
from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket
from tests.fixtures.factory import Make

S = TicketStatus


def start(make: Make, earlier: Ticket, actor: Actor | None = None, **draft: object) -> Receipt:
    customer = actor or make.shopper(earlier)
    with transaction():
        return follow_ups.start(earlier, make.draft(**draft), customer, now=make.clock())


def numbers(found: Linked) -> tuple[list[str], list[str]]:
    return [one.number for one in found.earlier], [one.number for one in found.later]


def test_a_follow_up_is_a_new_complaint_that_knows_the_closed_one(make: Make) -> None:
    """It begins like every other, and the closed one stays as it is."""
    earlier = make.complaint(S.CLOSED).ticket
    before = (earlier.status, earlier.version, earlier.closed_at, earlier.last_public_message_at)
    receipt = start(make, earlier)
    ticket = receipt.ticket
    assert receipt.tracking_code
    assert (ticket.follow_up_of_id, ticket.store_id) == (earlier.id, earlier.store_id)
    assert (ticket.status, ticket.forwarded_at) == (S.UNDER_PLATFORM_REVIEW, None)
    assert ticket.number != earlier.number
    assert ticket.due_at is not None
    now = make.find(earlier.number)
    assert (now.status, now.version, now.closed_at, now.last_public_message_at) == before


def test_the_closed_one_takes_no_reply_all_the_same(make: Make) -> None:
    earlier = make.complaint(S.CLOSED).ticket
    start(make, earlier)
    customer = make.shopper(earlier)
    with pytest.raises(WrongState), transaction():
        complaints.respond(earlier, "And?", customer, now=make.clock())


@pytest.mark.parametrize("status", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.PENDING_CUSTOMER])
def test_what_still_takes_replies_is_not_followed_up(make: Make, status: S) -> None:
    earlier = make.complaint(status).ticket
    refused(make, earlier, make.shopper(earlier), WrongState)


def test_nobody_follows_up_what_they_have_not_proven(make: Make) -> None:
    """Not with another proof, nor as staff, nor as a visitor; and no complaint is left behind."""
    earlier, own = make.complaint(S.CLOSED).ticket, make.complaint(S.CLOSED).ticket
    for stranger in (make.shopper(own), make.shopper(), make.actor("store_owner")):
        refused(make, earlier, stranger, Refusal)
    refused(make, earlier, make.shopper(own), NotFound)


def refused(make: Make, earlier: Ticket, actor: Actor, refusal: type[Refusal]) -> None:
    before = make.count_tickets()
    with pytest.raises(refusal):
        start(make, earlier, actor)
    assert make.count_tickets() == before


def test_a_follow_up_is_refused_like_any_complaint_and_links_nothing(make: Make) -> None:
    earlier = make.complaint(S.CLOSED).ticket
    before = make.count_tickets()
    with pytest.raises(Invalid):
        start(make, earlier, declared=False)
    assert make.count_tickets() == before


def test_a_link_across_stores_cannot_be_written(make: Make) -> None:
    """X-01: the database itself refuses it."""
    there = make.complaint(S.CLOSED, make.store("najd")).ticket
    here = make.complaint().ticket
    values = {"there": there.id, "here": here.id}
    link = text("UPDATE ticket SET follow_up_of_id = :there WHERE id = :here")
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(link, values)


def test_staff_see_both_ways_and_the_store_only_what_was_forwarded(make: Make) -> None:
    """Domain 2.2: before that, what it is about is no matter of the store's."""
    earlier = make.complaint(S.CLOSED).ticket
    later = start(make, earlier).ticket
    agent, reviewer = make.actor("agent"), make.actor("platform_reviewer")
    for at, expected in ((earlier, ([], [later.number])), (later, ([earlier.number], []))):
        assert numbers(follow_ups.linked(at, reviewer)) == expected
    assert numbers(follow_ups.linked(earlier, agent)) == ([], [])
    make._forward(later)
    assert numbers(follow_ups.linked(earlier, agent)) == ([], [later.number])
    assert numbers(follow_ups.linked(later, agent)) == ([earlier.number], [])


def test_a_customer_sees_the_other_only_where_they_have_proven_it_too(make: Make) -> None:
    earlier = make.complaint(S.CLOSED).ticket
    first, second = (start(make, earlier).ticket for _ in range(2))
    assert numbers(follow_ups.linked(earlier, make.shopper(earlier))) == ([], [])
    assert numbers(follow_ups.linked(first, make.shopper(first))) == ([], [])
    both = make.shopper(earlier, first)
    assert numbers(follow_ups.linked(earlier, both)) == ([], [first.number])
    assert numbers(follow_ups.linked(first, both)) == ([earlier.number], [])
    everything = make.shopper(earlier, first, second)
    assert numbers(follow_ups.linked(earlier, everything)) == ([], [first.number, second.number])


def test_a_complaint_without_either_has_no_link(make: Make) -> None:
    ticket, other = make.complaint().ticket, make.complaint().ticket
    assert numbers(follow_ups.linked(ticket, make.shopper(ticket, other))) == ([], [])


def test_a_chain_of_follow_ups_is_shown_link_by_link(make: Make) -> None:
    earlier = make.complaint(S.CLOSED).ticket
    middle = start(make, earlier).ticket
    make._forward(middle)
    make.answer(middle)
    make.close(middle)
    last = start(make, middle).ticket
    reviewer = make.actor("platform_reviewer")
    assert numbers(follow_ups.linked(middle, reviewer)) == ([earlier.number], [last.number])
    with tenancy.scoped(make.store()):
        linked = select(Ticket.number).where(Ticket.follow_up_of_id.is_not(None))
        assert set(db.session.scalars(linked)) == {middle.number, last.number}
