"""Complaints of whose promised time three quarters have passed: told once, as long as the clock runs (domain 2.6)."""

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
    """Record that the time of these complaints runs out; how many there were, `BATCH` at the most.

    A complaint that another worker has in hand is left to it, and the mark is taken away with the event, so each is
    told once. While the customer is asked no due time runs; one that has passed is `overdue`'s matter.
    """
    query = (
        select(Ticket)
        .where(
            Ticket.kind == TicketKind.COMPLAINT,
            Ticket.warn_at <= now,
            Ticket.warn_at.is_not(None),
            Ticket.due_at.is_not(None),
            Ticket.due_at >= now,
            Ticket.archived_at.is_(None),
        )
        .order_by(Ticket.warn_at, Ticket.id)
        .limit(BATCH)
        .with_for_update(of=Ticket, skip_locked=True)
    )
    found = db.session.scalars(query).all()
    for ticket in found:
        _tell(ticket, now)
    return len(found)


def _tell(ticket: Ticket, now: datetime) -> None:
    assert ticket.due_at is not None  # noqa: S101 - it was asked for by its due time
    ticket.warn_at = None
    timeline.record(
        EventKind.COMPLAINT_DUE_SOON,
        SYSTEM,
        ticket,
        now=now,
        data={"due_at": ticket.due_at.isoformat(), "team": ticket.handler_team.value},
    )
