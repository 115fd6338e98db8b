"""Complaints whose answer or review is late: found once for each due time, and told (domain 2.3, row 12)."""

from datetime import datetime

from sqlalchemy import select

from helpdesk.db import db
from helpdesk.domain import timeline
from helpdesk.domain.permissions import SYSTEM
from helpdesk.enums import EventKind, TicketKind
from helpdesk.models import Ticket

BATCH = 100
"""Tickets of one transaction, so that nobody waits long for the writer."""


def tell_some(*, now: datetime) -> int:
    """Record that these complaints are overdue; how many there were, `BATCH` at the most.

    A complaint that another worker has in hand is left to it, and the mark is written with the event: however many
    workers look, and however long none did, each due time is told once.
    """
    query = (
        select(Ticket)
        .where(
            Ticket.kind == TicketKind.COMPLAINT,
            Ticket.due_at < now,
            Ticket.due_at.is_not(None),
            Ticket.overdue_told_at.is_(None),
            Ticket.archived_at.is_(None),
        )
        .order_by(Ticket.due_at, Ticket.id)
        .limit(BATCH)
        .with_for_update(of=Ticket, skip_locked=True)
    )
    late = db.session.scalars(query).all()
    for ticket in late:
        _tell(ticket, now)
    return len(late)


def _tell(ticket: Ticket, now: datetime) -> None:
    assert ticket.due_at is not None  # noqa: S101 - it was asked for by its due time
    ticket.overdue_told_at, ticket.warn_at = now, None
    timeline.record(
        EventKind.COMPLAINT_OVERDUE,
        SYSTEM,
        ticket,
        now=now,
        data={"due_at": ticket.due_at.isoformat(), "team": ticket.handler_team.value},
    )
