"""Asking who hears of an event."""

from collections import Counter

from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, notifications, tickets
from helpdesk.domain.recipients import Notice
from helpdesk.enums import Channel, EventKind
from helpdesk.models import Event, Ticket, User
from tests.fixtures.factory import Make

MERCHANT = ("store_owner", "store_manager", "agent")
PLATFORM = ("platform_admin", "platform_reviewer")


def notices(kind: EventKind, channel: Channel = Channel.EMAIL) -> list[Notice]:
    """What the newest event of this kind leads to on one channel."""
    db.session.rollback()
    query = select(Event).where(Event.kind == kind).order_by(Event.id.desc())
    return over(channel, notifications.of_event(db.session.scalars(query.limit(1)).one()))


def over(channel: Channel, found: list[Notice]) -> list[Notice]:
    return [one for one in found if one.channel is channel]


def told(kind: EventKind) -> dict[str, str]:
    """Recipient → template of the mails; nobody twice."""
    return _who(notices(kind))


def rung(kind: EventKind) -> dict[str, str]:
    """Whose bell rings → with which template; nobody's twice."""
    found = notices(kind, Channel.IN_APP)
    emails = db.session.scalars(
        select(User.email).where(User.id.in_([one.user_id for one in found]))
    )
    assert set(emails) == {one.recipient for one in found}
    return _who(found)


def _who(found: list[Notice]) -> dict[str, str]:
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
