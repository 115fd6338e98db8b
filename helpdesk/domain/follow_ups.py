"""A closed complaint stays closed; its customer goes on in a new one that is linked to it (C25)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

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
    query = (
        select(Ticket)
        .where(or_(Ticket.id == ticket.follow_up_of_id, Ticket.follow_up_of_id == ticket.id))
        .order_by(Ticket.id)
        .limit(SHOWN)
    )
    found = [one for one in db.session.scalars(query) if may(actor, Permission.COMPLAINT_READ, one)]
    return Linked(
        [one for one in found if one.id == ticket.follow_up_of_id],
        [one for one in found if one.follow_up_of_id == ticket.id],
    )
