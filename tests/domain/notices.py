"""Asking who hears of an event."""

from collections import Counter

from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, notifications, tickets
from helpdesk.domain.notifications import Notice
from helpdesk.enums import EventKind
from helpdesk.models import Event, Ticket, User
from tests.fixtures.factory import Make

MERCHANT = ("store_owner", "store_manager", "agent")
PLATFORM = ("platform_admin", "platform_reviewer")


def notices(kind: EventKind) -> list[Notice]:
    """What the newest event of this kind leads to."""
    db.session.rollback()
    query = select(Event).where(Event.kind == kind).order_by(Event.id.desc())
    return notifications.of_event(db.session.scalars(query.limit(1)).one())


def told(kind: EventKind) -> dict[str, str]:
    """Recipient → template; nobody twice."""
    found = notices(kind)
    assert max(Counter(one.recipient for one in found).values(), default=0) <= 1
    return {one.recipient: one.template for one in found}


def emails(team: dict[str, User], *roles: str) -> set[str]:
    return {team[role].email for role in roles}


def respond(make: Make, ticket: Ticket) -> None:
    with transaction():
        complaints.respond(ticket, "The blue one.", make.shopper(ticket), now=make.clock())


def assign(make: Make, ticket: Ticket, person: User, by: User) -> None:
    actor = make.acting(by)
    with transaction():
        tickets.assign(ticket, person.id, actor, now=make.clock())
