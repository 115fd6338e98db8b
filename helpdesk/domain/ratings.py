"""What customers think of how it went, once the ticket is closed (C40, S1-22)."""

from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk import normalise
from helpdesk.db import db
from helpdesk.domain import timeline
from helpdesk.domain.errors import Invalid, WrongState
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import EventKind, TicketStatus
from helpdesk.models import COMMENT_LIMIT, Rating, Ticket
from helpdesk.words import N_

STARS = range(1, 6)
EDITABLE = timedelta(days=7)

TOO_EARLY = N_("You can rate how it went as soon as the complaint is closed.")
STAYS = N_("You rated this more than 7 days ago; your rating stays as it is.")


def read_stars(typed: str) -> int:
    """One to five stars.

    Raises:
        Invalid: anything else.
    """
    stars = normalise.reference(typed)
    if stars not in {str(one) for one in STARS}:
        raise Invalid(N_("Choose one to five stars."), field="stars")
    return int(stars)


def read_comment(typed: str) -> str:
    """What there is to say about it, tidied; it may be empty.

    Raises:
        Invalid: more than 1,000 characters.
    """
    comment = normalise.prose(typed)
    if len(comment) > COMMENT_LIMIT:
        raise Invalid(
            N_("The comment has %(count)s characters; %(limit)s is the most."),
            field="comment",
            count=len(comment),
            limit=COMMENT_LIMIT,
        )
    return comment


def may_be_changed(rating: Rating, *, now: datetime) -> bool:
    """Whether its seven days are not over yet."""
    return now < rating.created_at + EDITABLE


def of_ticket(ticket: Ticket, actor: Actor) -> Rating | None:
    """The rating of a closed ticket, if its customer gave one."""
    require(actor, Permission.COMPLAINT_READ, ticket)
    if ticket.status is not TicketStatus.CLOSED:
        return None
    return db.session.scalar(select(Rating).where(Rating.ticket_id == ticket.id))


def rate(ticket: Ticket, stars: int, comment: str, actor: Actor, *, now: datetime) -> Rating:
    """Say how it went; said again within seven days, it replaces what was said before.

    Raises:
        Invalid: not one to five stars, or a comment that is too long.
        WrongState: the ticket is not closed, or the seven days are over.
    """
    require(actor, Permission.COMPLAINT_RATE, ticket)
    values = {"stars": read_stars(str(stars)), "comment": read_comment(comment)}
    if ticket.status is not TicketStatus.CLOSED:
        raise WrongState(TOO_EARLY)
    rating = of_ticket(ticket, actor)
    was = rating.stars if rating else None
    if rating is None:
        rating = Rating(store_id=ticket.store_id, ticket_id=ticket.id, created_at=now, **values)
        db.session.add(rating)
    else:
        _change(rating, values, now)
    timeline.record(
        EventKind.RATED,
        actor,
        ticket,
        now=now,
        was=str(was) if was else None,
        became=str(rating.stars),
    )
    return rating


def _change(rating: Rating, values: dict[str, object], now: datetime) -> None:
    if not may_be_changed(rating, now=now):
        raise WrongState(STAYS)
    for name, value in values.items():
        setattr(rating, name, value)
    rating.edited_at = now
