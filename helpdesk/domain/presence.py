"""Who has a ticket open just now, so that two people do not answer it at once (X-11; pages 5.4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, exists, select

from helpdesk.db import db, insert_once
from helpdesk.domain import stores
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import PresenceState, Team
from helpdesk.models import Membership, Presence, Ticket, User

FRESH = timedelta(seconds=45)
"""A browser says every fifteen seconds that it is still there; after three silences nobody is."""


@dataclass(frozen=True)
class Present:
    """Somebody else at the same ticket. Colleagues are known by name, the other side's people are not."""

    name: str | None
    """None for somebody of the other side."""
    state: PresenceState

    @property
    def writes(self) -> bool:
        """Whether they write a reply."""
        return self.state is PresenceState.WRITING


def note(ticket: Ticket, state: PresenceState, actor: Actor, *, now: datetime) -> None:
    """The person has the ticket open now, and reads or writes."""
    require(actor, Permission.COMPLAINT_READ, ticket)
    key = {"store_id": ticket.store_id, "ticket_id": ticket.id, "user_id": actor.user_id}
    if not insert_once(Presence, **key, state=state, at=now):
        row = db.session.scalars(select(Presence).filter_by(**key)).one()
        row.state, row.at = state, now


def leave(ticket: Ticket, actor: Actor) -> None:
    """The person has closed the page."""
    require(actor, Permission.COMPLAINT_READ, ticket)
    mine = Presence.ticket_id == ticket.id, Presence.user_id == actor.user_id
    db.session.execute(delete(Presence).where(*mine))


_COLLEAGUE = exists().where(
    Membership.user_id == User.id, Membership.store_id == bindparam("place")
)
_OTHERS = (
    select(User.name, _COLLEAGUE.label("known"), Presence.state)
    .join(User, User.id == Presence.user_id)
    .where(
        Presence.ticket_id == bindparam("ticket"),
        Presence.user_id != bindparam("reader"),
        Presence.at > bindparam("since"),
    )
    .order_by(Presence.state.desc(), User.name)
)


def others(ticket: Ticket, actor: Actor, *, now: datetime) -> list[Present]:
    """Who else is here now, writers first. Members of the reader's own place of work are named."""
    require(actor, Permission.COMPLAINT_READ, ticket)
    place_id = stores.platform().id if actor.team is Team.PLATFORM else ticket.store_id
    asked = {"ticket": ticket.id, "reader": actor.user_id, "since": now - FRESH, "place": place_id}
    found = db.session.execute(_OTHERS, asked)
    return [Present(row.name if row.known else None, row.state) for row in found]


def forget_old(*, now: datetime) -> None:
    """Delete what is no longer true."""
    db.session.execute(delete(Presence).where(Presence.at <= now - FRESH))
