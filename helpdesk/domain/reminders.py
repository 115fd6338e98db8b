"""Reminders to a customer who does not answer: after three and after seven days, and never more (C9, S1-57).

Nothing closes by itself: a complaint waits for its customer for ever.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import literal, select

from helpdesk.db import db
from helpdesk.domain import timeline
from helpdesk.domain.permissions import SYSTEM
from helpdesk.enums import EventKind, TicketKind, TicketStatus
from helpdesk.models import Ticket

FIRST, LAST = 3, 7
"""Days of waiting after which a reminder is due."""
BATCH = 100
"""Tickets of one look, so that nobody waits long for the writer."""
WAITING = literal(TicketStatus.PENDING_CUSTOMER, Ticket.status.type, literal_execute=True)


def remind_some(*, now: datetime) -> int:
    """Remind the customers of some complaints, those who wait longest first; how many there were.

    Of two reminders that are due, as after days without a worker, only the later is sent. A complaint that another
    worker has in hand is left to it, and the mark is written with the event, so nobody is reminded twice.
    """
    three, seven = now - timedelta(days=FIRST), now - timedelta(days=LAST)
    silent = [*_silent(0, three), *_silent(FIRST, seven)]
    for ticket in silent:
        _remind(ticket, LAST if ticket.waiting_since <= seven else FIRST, now)
    return len(silent)


def _silent(reminded_days: int, since: datetime) -> Sequence[Ticket]:
    """Complaints whose customer has been waited for since then and was reminded so far and no further."""
    query = (
        select(Ticket)
        .where(
            # Written out: with a value put in later, no database could know that its index of these rows fits.
            Ticket.status == WAITING,
            Ticket.kind == TicketKind.COMPLAINT,
            Ticket.reminded_days == reminded_days,
            Ticket.waiting_since <= since,
            Ticket.archived_at.is_(None),
        )
        .order_by(Ticket.waiting_since, Ticket.id)
        .limit(BATCH)
        .with_for_update(of=Ticket, skip_locked=True)
    )
    return db.session.scalars(query).all()


def _remind(ticket: Ticket, days: int, now: datetime) -> None:
    ticket.reminded_days = days
    timeline.record(
        EventKind.CUSTOMER_REMINDED, SYSTEM, ticket, now=now, public=True, data={"days": days}
    )
