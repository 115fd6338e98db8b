"""Who held a complaint and for how long: without a gap, never less than nothing (S1-02; security: clock steps)."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, select

from helpdesk.db import db, transaction
from helpdesk.domain import closing, complaints, held, review
from helpdesk.domain.held import Share
from helpdesk.enums import CodePurpose, Side, TicketStatus
from helpdesk.models import HeldInterval, PlatformSetting, Ticket
from tests.fixtures.factory import Make

S = TicketStatus
HOUR = timedelta(hours=1)
PLATFORM, STORE, CUSTOMER = Side


def intervals(ticket: Ticket) -> list[tuple[Side, datetime, datetime | None]]:
    query = select(HeldInterval).where(HeldInterval.ticket_id == ticket.id)
    return [
        (one.side, one.began_at, one.ended_at)
        for one in db.session.scalars(query.order_by(HeldInterval.id))
    ]


def live(make: Make, ticket: Ticket, *steps: str, **pause: float) -> None:
    """These steps of a complaint's life, each after a pause of an hour or of `pause`."""
    reviewer, agent = make.actor("platform_reviewer"), make.actor("agent")
    for step in steps:
        now = make.clock.move(**(pause or {"hours": 1}))
        customer = make.shopper(ticket)
        if step == "close":
            code = make.issue(ticket, CodePurpose.CLOSE, customer)
        with transaction():
            if step == "forward":
                review.forward(ticket, "", reviewer, now=now)
            elif step == "ask":
                complaints.ask(ticket, "Which one?", reviewer, last_seen=None, now=now)
            elif step == "answer":
                complaints.answer(ticket, "A new one.", agent, last_seen=None, now=now)
            elif step == "respond":
                complaints.respond(ticket, "Blue.", customer, now=now)
            else:
                closing.close(ticket, code, customer, now=now)


LIFE = ("ask", "respond", "forward", "answer", "answer", "respond", "respond", "answer", "close")


def test_one_side_holds_it_at_every_moment_until_its_end(make: Make) -> None:
    """A supplement and a customer's addition hand it to nobody."""
    began, ticket = make.clock(), make.complaint().ticket
    live(make, ticket, *LIFE)
    found = intervals(ticket)
    sides = [side for side, _began, _ended in found]
    assert sides == [PLATFORM, CUSTOMER, PLATFORM, STORE, CUSTOMER, STORE, CUSTOMER]
    hours = [1, 1, 1, 1, 2, 2, 1]
    assert [ended - began for _side, began, ended in found if ended] == [HOUR * n for n in hours]
    assert found[0][1] == began
    assert all(one[2] == following[1] for one, following in pairwise(found))
    assert found[-1][2] == ticket.closed_at == make.clock()


def test_without_review_the_store_holds_it_from_the_start(make: Make) -> None:
    """C11."""
    with transaction() as session:
        session.add(PlatformSetting(key="complaint_platform_review", value=False))
    ticket = make.complaint().ticket
    assert intervals(ticket) == [(STORE, ticket.created_at, None)]


def test_the_shares_say_what_each_side_had_of_the_whole(make: Make) -> None:
    """S1-02: of ten hours, with the customer still at it."""
    ticket = make.complaint().ticket
    live(make, ticket, "ask", "respond", "forward", "answer", "respond")
    make.clock.move(hours=3)
    live(make, ticket, "answer")
    now = make.clock.move(hours=1)
    assert held.shares(ticket, now=now) == [
        Share(PLATFORM, 2 * HOUR, 20),
        Share(STORE, 5 * HOUR, 50),
        Share(CUSTOMER, 3 * HOUR, 30),
    ]


def test_after_the_end_no_more_time_is_held(make: Make) -> None:
    ticket = make.complaint(S.PENDING_CUSTOMER).ticket
    make.clock.set(ticket.waiting_since)
    live(make, ticket, "close")
    shares = held.shares(ticket, now=make.clock.move(days=30))
    assert [one.time for one in shares] == [timedelta(), timedelta(), HOUR]


@pytest.mark.parametrize(
    ("minutes", "percents"),
    [((1, 1, 1), [33, 34, 33]), ((1, 1, 998), [0, 0, 100]), ((5, 0, 0), [100, 0, 0])],
)
def test_the_parts_always_fill_the_whole_bar(
    make: Make, minutes: tuple[int, ...], percents: list[int]
) -> None:
    ticket = make.complaint().ticket
    for side, long in zip(Side, minutes, strict=True):
        with transaction():
            held.pass_on(ticket, side, now=make.clock())
        make.clock.move(minutes=long)
    shares = held.shares(ticket, now=make.clock())
    assert [one.percent for one in shares] == percents
    assert [one.time for one in shares] == [timedelta(minutes=long) for long in minutes]


def test_before_any_time_has_passed_nobody_had_any(make: Make) -> None:
    ticket = make.complaint().ticket
    assert held.shares(ticket, now=make.clock()) == [Share(side, timedelta(), 0) for side in Side]


def test_a_clock_that_is_set_back_makes_no_time_negative(make: Make) -> None:
    """Security, clock steps: the next interval begins where the last one ends, and nothing overlaps."""
    ticket = make.complaint().ticket
    live(make, ticket, "forward")
    live(make, ticket, "answer", "respond", hours=-2)
    found = intervals(ticket)
    assert all(one[2] == following[1] for one, following in pairwise(found))
    assert all(ended is None or ended >= began for _side, began, ended in found)
    shares = held.shares(ticket, now=make.clock())
    assert [one.time for one in shares] == [HOUR, timedelta(), timedelta()]
    live(make, ticket, "answer", hours=10)
    assert [one.time for one in held.shares(ticket, now=make.clock())] == [
        HOUR,
        6 * HOUR,
        timedelta(),
    ]


def test_a_clock_that_is_set_back_before_the_end_ends_it_all_the_same(make: Make) -> None:
    ticket = make.complaint().ticket
    live(make, ticket, "forward", "answer")
    now = make.clock.move(hours=-5)
    with transaction():
        held.end(ticket, now=now)
    *_earlier, (side, began, ended) = intervals(ticket)
    assert (side, ended) == (CUSTOMER, began)


def test_a_complaint_whose_beginning_nobody_noted_is_held_from_the_next_step_on(make: Make) -> None:
    """As one from before intervals were kept; ending it twice changes nothing."""
    ticket = make.complaint().ticket
    with transaction() as session:
        session.execute(delete(HeldInterval))
    assert held.newest(ticket) == 0
    with transaction():
        held.end(ticket, now=make.clock())
    assert intervals(ticket) == []
    live(make, ticket, "forward")
    assert intervals(ticket) == [(STORE, make.clock(), None)]


def test_the_database_itself_keeps_one_interval_open(make: Make) -> None:
    ticket = make.complaint().ticket
    second = {"side": CUSTOMER, "began_at": make.clock()}
    with pytest.raises(Exception, match=r"(?i)unique"), transaction() as session:
        session.add(HeldInterval(store_id=ticket.store_id, ticket_id=ticket.id, **second))
