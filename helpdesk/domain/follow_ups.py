"""A closed complaint stays closed; its customer goes on in a new one that is linked to it (C25)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from helpdesk.db import db
from helpdesk.domain import complaints
from helpdesk.domain.complaints import Draft, Receipt
from helpdesk.domain.errors import WrongState
from helpdesk.domain.permissions import Actor, Permission, may, require
from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket
from helpdesk.words import N_

SHOWN = 20
NOT_CLOSED = N_("This complaint is not closed. Reply to it, and everything stays in one place.")


@dataclass(frozen=True)
class Linked:
    """What a complaint goes on from, and what goes on from it."""

    earlier: list[Ticket]
    later: list[Ticket]


def refuse_open(ticket: Ticket) -> None:
    """Refuse to go on elsewhere as long as the complaint takes replies.

    Raises:
        WrongState: it is not closed.
    """
    if ticket.status is not TicketStatus.CLOSED:
        raise WrongState(NOT_CLOSED)


def start(earlier: Ticket, draft: Draft, actor: Actor, *, now: datetime) -> Receipt:
    """Take in a complaint that goes on from a closed one, by whoever has proven that one.

    Raises:
        NotFound: the actor has not proven it.
        WrongState: it is not closed.
        Invalid, LimitReached: see `complaints.submit`.
    """
    require(actor, Permission.COMPLAINT_RESPOND, earlier)
    refuse_open(earlier)
    receipt = complaints.submit(earlier.store, draft, actor, now=now)
    receipt.ticket.follow_up_of_id = earlier.id
    return receipt


def linked(ticket: Ticket, actor: Actor) -> Linked:
    """The complaints before and after it, as far as this person may read them."""
    earlier = []
    if ticket.follow_up_of_id is not None:
        earlier = [db.session.get_one(Ticket, ticket.follow_up_of_id)]
    later = db.session.scalars(_LATER, {"store": ticket.store_id, "ticket": ticket.id})
    return Linked(_readable(earlier, actor), _readable(later, actor))


_LATER = (
    select(Ticket)
    .where(
        Ticket.store_id == bindparam("store"),
        Ticket.follow_up_of_id == bindparam("ticket"),
    )
    .order_by(Ticket.id)
    .limit(SHOWN)
)


def _readable(tickets: Iterable[Ticket], actor: Actor) -> list[Ticket]:
    return [one for one in tickets if may(actor, Permission.COMPLAINT_READ, one)]
