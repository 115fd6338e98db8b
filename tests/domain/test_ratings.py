"""Rating: once, one to five stars and a comment, after closing, and changed within seven days (C40, S1-22)."""

import pytest
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import ratings, timeline
from helpdesk.domain.errors import Invalid, NotAllowed, NotFound, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind, TicketStatus
from helpdesk.models import COMMENT_LIMIT, Rating, Ticket
from tests.fixtures.factory import Make

S = TicketStatus


@pytest.fixture
def closed(make: Make) -> Ticket:
    return make.complaint(S.CLOSED).ticket


def rate(
    make: Make, ticket: Ticket, stars: int, comment: str = "", actor: Actor | None = None
) -> Rating:
    actor = actor or make.shopper(ticket)
    with transaction():
        return ratings.rate(ticket, stars, comment, actor, now=make.clock())


def rows() -> list[Rating]:
    return list(db.session.scalars(select(Rating)))


def test_a_closed_complaint_is_rated_with_stars_and_a_comment(make: Make, closed: Ticket) -> None:
    """C40: and the store may read it."""
    rate(make, closed, 4, "  Quick,\r\nand kind.  ")
    [rating] = rows()
    assert (rating.stars, rating.comment) == (4, "Quick,\nand kind.")
    assert (rating.created_at, rating.edited_at) == (make.clock(), None)
    assert ratings.of_ticket(closed, make.actor("agent")) is rating
    fact = timeline.of_ticket(closed, public_only=False)[-1]
    assert (fact.kind, fact.was, fact.became) == (EventKind.RATED, None, "4")
    assert "Quick" not in str(fact.data)


def test_said_again_within_seven_days_it_replaces_what_was_said(make: Make, closed: Ticket) -> None:
    """C40: one rating a complaint."""
    rate(make, closed, 2, "Slow.")
    given_at = make.clock()
    make.clock.move(days=6, hours=23, minutes=59)
    rate(make, closed, 5)
    [rating] = rows()
    assert (rating.stars, rating.comment) == (5, "")
    assert (rating.created_at, rating.edited_at) == (given_at, make.clock())
    fact = timeline.of_ticket(closed, public_only=False)[-1]
    assert (fact.was, fact.became) == ("2", "5")


def test_after_seven_days_it_stays_as_it_is(make: Make, closed: Ticket) -> None:
    """C40."""
    rating = rate(make, closed, 2)
    make.clock.move(days=7)
    assert not ratings.may_be_changed(rating, now=make.clock())
    with pytest.raises(WrongState) as refused:
        rate(make, closed, 5)
    assert refused.value.text == ratings.STAYS
    db.session.rollback()
    assert [one.stars for one in rows()] == [2]


def test_a_complaint_can_be_rated_for_the_first_time_long_after_it_was_closed(
    make: Make, closed: Ticket
) -> None:
    make.clock.move(days=60)
    assert rate(make, closed, 3).stars == 3


@pytest.mark.parametrize("status", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.PENDING_CUSTOMER])
def test_an_open_complaint_is_not_rated(make: Make, status: S) -> None:
    """C40."""
    ticket = make.complaint(status).ticket
    with pytest.raises(WrongState) as refused:
        rate(make, ticket, 5)
    assert refused.value.text == ratings.TOO_EARLY
    assert ratings.of_ticket(ticket, make.shopper(ticket)) is None
    assert rows() == []


@pytest.mark.parametrize("typed", ["", "0", "6", "-1", "1.5", "five", "²", "11", "1 000", "+3"])
def test_whatever_is_not_one_to_five_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        ratings.read_stars(typed)


@pytest.mark.parametrize("typed", ["3", "٣", "۳", " 3 "])
def test_stars_are_read_in_any_digits(typed: str) -> None:
    """X-07."""
    assert ratings.read_stars(typed) == 3


def test_the_rule_itself_refuses_other_stars(make: Make, closed: Ticket) -> None:
    for stars in (0, 6):
        with pytest.raises(Invalid):
            rate(make, closed, stars)


def test_a_comment_has_a_thousand_characters_at_the_most(make: Make, closed: Ticket) -> None:
    """Domain limits, "Rating"."""
    assert rate(make, closed, 1, "é" * COMMENT_LIMIT).comment == "é" * COMMENT_LIMIT
    with pytest.raises(Invalid) as refused:
        rate(make, closed, 1, "é" * (COMMENT_LIMIT + 1))
    assert refused.value.field == "comment"


def test_nobody_rates_for_the_customer(make: Make, closed: Ticket) -> None:
    """X-01: and another complaint's customer does not even learn that there is one."""
    other = make.complaint(S.CLOSED, store=make.store("other")).ticket
    for role in ("store_owner", "platform_admin"):
        with pytest.raises(NotAllowed):
            rate(make, closed, 5, actor=make.actor(role))
    for stranger in (make.shopper(), make.shopper(other)):
        with pytest.raises(NotFound):
            rate(make, closed, 1, actor=stranger)
        with pytest.raises(NotFound):
            ratings.of_ticket(closed, stranger)
    assert rows() == []
