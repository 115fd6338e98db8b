"""Urgent complaints that are nobody's: how many there are, and the hourly word to those who oversee the team (C48).

Of a store's complaints it is those without an assignee. The platform assigns nobody: urgent ones under its review
are waited for until somebody has reviewed them. An hour is one of business, in the calendar of whose turn it is to act.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, func, select

from helpdesk.db import db
from helpdesk.domain import sla, stores, timeline
from helpdesk.domain.permissions import SYSTEM
from helpdesk.enums import EventKind, Priority, Team, TicketKind, TicketStatus
from helpdesk.models import Store, Ticket

EVERY_MINUTES = 60
COUNT_LIMIT = 100
"""A banner counts no further."""
BATCH = 100
"""Complaints of one list, so that nobody waits long for the writer."""


def watch(ticket: Ticket, *, now: datetime) -> None:
    """Begin to count its hours, or end that. Called wherever priority, assignee, turn or archive change."""
    if not _is_nobodys(ticket):
        forget(ticket)
    elif ticket.urgent_due_at is None:
        place = stores.platform() if ticket.forwarded_at is None else ticket.store
        ticket.urgent_due_at = sla.after(now, EVERY_MINUTES, place)


def forget(ticket: Ticket) -> None:
    """Its hours so far count no more; the next side's begin anew."""
    ticket.urgent_due_at = ticket.urgent_told_at = None


def count(team: Team) -> int:
    """How many there are now for this side to take up in the stores in scope, up to `COUNT_LIMIT`."""
    return db.session.scalars(_counting(team, COUNT_LIMIT)).one()


def still_among(ticket_ids: Collection[int], team: Team) -> list[Ticket]:
    """Those of them that this side has still to take up, oldest first."""
    query = select(Ticket).where(Ticket.id.in_(ticket_ids), *_nobodys(team))
    return list(db.session.scalars(query.order_by(Ticket.id)))


def tell_some(*, now: datetime) -> int:
    """Record for one place of work which of its complaints wait for an hour or longer; how many, 0 when none does.

    The place is locked while its marks are written with the event: however many workers look, and however long none
    did, it is told once. A place, or a complaint, that somebody has in hand is left to the next look.
    """
    first = (
        select(Ticket)
        .where(
            Ticket.kind == TicketKind.COMPLAINT,
            Ticket.urgent_due_at <= now,
            Ticket.urgent_due_at.is_not(None),
        )
        .order_by(Ticket.urgent_due_at, Ticket.id)
        .limit(1)
    )
    ticket = db.session.scalar(first)
    if ticket is None:
        return 0
    team = Team.PLATFORM if ticket.forwarded_at is None else Team.MERCHANT
    place_id = stores.platform().id if team is Team.PLATFORM else ticket.store_id
    claim = select(Store).where(Store.id == place_id)
    place = db.session.scalar(claim.with_for_update(key_share=True, skip_locked=True))
    return 0 if place is None else _tell(place, team, now)


def _tell(place: Store, team: Team, now: datetime) -> int:
    query = select(Ticket).where(*_of(place, team), Ticket.urgent_due_at <= now)
    query = query.order_by(Ticket.urgent_due_at, Ticket.id).limit(BATCH)
    found = db.session.scalars(query.with_for_update(of=Ticket, skip_locked=True)).all()
    if not found:
        return 0  # another worker was faster
    again_at = _next_round(place, team, now)
    for ticket in found:
        ticket.urgent_told_at, ticket.urgent_due_at = now, again_at
    timeline.record(
        EventKind.URGENT_UNASSIGNED,
        SYSTEM,
        place,
        now=now,
        data={"team": team.value, "ticket_ids": [ticket.id for ticket in found]},
    )
    return len(found)


def _next_round(place: Store, team: Team, now: datetime) -> datetime:
    """In an hour; or sooner, together with those of which the place was told before: one list, not two."""
    told_before = Ticket.urgent_told_at.is_not(None), Ticket.urgent_due_at > now
    query = select(func.min(Ticket.urgent_due_at)).where(*_of(place, team), *told_before)
    return db.session.scalar(query) or sla.after(now, EVERY_MINUTES, place)


def _of(place: Store, team: Team) -> tuple[ColumnElement[bool], ...]:
    """The platform's are those of every store."""
    theirs = _nobodys(team)
    return theirs if team is Team.PLATFORM else (*theirs, Ticket.store_id == place.id)


def _nobodys(team: Team) -> tuple[ColumnElement[bool], ...]:
    unforwarded = Ticket.forwarded_at.is_(None)
    return (
        Ticket.kind == TicketKind.COMPLAINT,
        Ticket.urgent_due_at.is_not(None),
        unforwarded if team is Team.PLATFORM else ~unforwarded,
    )


@cache
def _counting(team: Team, most: int) -> Select[int]:
    """Put together once a side, because every page of the log asks."""
    found = select(Ticket.id).where(*_nobodys(team)).limit(most).subquery()
    return select(func.count()).select_from(found)


def _is_nobodys(ticket: Ticket) -> bool:
    waits = (
        ticket.status is TicketStatus.UNDER_PLATFORM_REVIEW
        if ticket.forwarded_at is None
        else ticket.status is not TicketStatus.CLOSED
    )
    urgent = ticket.priority is Priority.URGENT and ticket.assignee_id is None
    return urgent and waits and ticket.archived_at is None
