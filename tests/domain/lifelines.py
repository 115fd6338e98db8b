"""What holds for a complaint whatever was done with it, read from its rows and its log (domain 2.3, S1-26, S2-87)."""

from collections import Counter
from datetime import datetime
from itertools import groupby, pairwise

from sqlalchemy import func, select

from helpdesk.db import db
from helpdesk.domain import timeline
from helpdesk.domain.timeline import undone
from helpdesk.enums import ActorType, ClosedBy, EventKind, Side, TicketStatus
from helpdesk.models import Event, HeldInterval, StatusCounter, Ticket

K, S = EventKind, TicketStatus
REVIEW, STORE, CUSTOMER, CLOSED = (
    S.UNDER_PLATFORM_REVIEW,
    S.PENDING_ADMIN,
    S.PENDING_CUSTOMER,
    S.CLOSED,
)
OPEN = (REVIEW, STORE, CUSTOMER)
ENDS = frozenset({(one, CLOSED) for one in OPEN})
ASKED = frozenset({(REVIEW, CUSTOMER), (STORE, CUSTOMER)})
EDGES: dict[EventKind, frozenset[tuple[TicketStatus | None, TicketStatus]]] = {
    K.COMPLAINT_SUBMITTED: frozenset({(None, REVIEW), (None, STORE)}),
    K.COMPLAINT_FORWARDED: frozenset({(REVIEW, STORE)}),
    K.COMPLAINT_ASKED: ASKED,
    K.COMPLAINT_ANSWERED: ASKED,
    K.COMPLAINT_DECIDED: frozenset({(STORE, CUSTOMER)}),
    K.COMPLAINT_SUPPLEMENTED: frozenset({(CUSTOMER, CUSTOMER)}),
    K.COMPLAINT_CUSTOMER_REPLIED: frozenset(
        {(REVIEW, REVIEW), (STORE, STORE), (CUSTOMER, REVIEW), (CUSTOMER, STORE)}
    ),
    K.COMPLAINT_CLOSED: ENDS,
    K.COMPLAINT_WITHDRAWN: ENDS,
}
ENDINGS = frozenset({K.COMPLAINT_CLOSED, K.COMPLAINT_WITHDRAWN})
HOLDERS = {REVIEW: Side.PLATFORM, STORE: Side.STORE, CUSTOMER: Side.CUSTOMER}
Walk = list[tuple[EventKind, TicketStatus | None, TicketStatus, datetime]]


def faults(ticket: Ticket) -> list[str]:
    """Everything about this complaint that must not be, in words; empty when all is well."""
    db.session.rollback()
    facts = timeline.of_ticket(ticket, public_only=False)
    walk = _walk(facts)
    return [
        *_illegal(walk),
        *_not_where_the_log_ends(ticket, walk),
        *_not_held(ticket, walk),
        *_ended_by_somebody_else(ticket, facts),
        *_clock_of_nobody(ticket),
    ]


def miscounted() -> list[str]:
    """Kept counts that are not the true ones, of every store."""
    db.session.rollback()
    mine = (Ticket.store_id, Ticket.kind, Ticket.status)
    true = select(*mine, func.count()).where(Ticket.archived_at.is_(None)).group_by(*mine)
    counted = Counter({(store, kind, status): n for store, kind, status, n in _rows(true)})
    kept = select(StatusCounter.store_id, StatusCounter.kind, StatusCounter.status, StatusCounter.n)
    counted.subtract({(store, kind, status): n for store, kind, status, n in _rows(kept)})
    return [f"{key} is counted wrong by {-off}" for key, off in counted.items() if off]


def _rows(query: object) -> list[tuple[int, str, TicketStatus, int]]:
    return [tuple(row) for row in db.session.execute(query)]  # type: ignore[call-overload]


def _walk(facts: list[Event]) -> Walk:
    """The steps through the table of moves; what was taken back was never there."""
    gone = undone(facts)
    return [
        (one.kind, S(one.was) if one.was else None, S(one.became or ""), one.at)
        for one in facts
        if one.kind in EDGES and one.id not in gone
    ]


def _illegal(walk: Walk) -> list[str]:
    """A step that the table lacks, one that does not begin where the last ended, or an answer to who did not ask."""
    found, asked_from, stands = [], None, None
    for kind, was, became, _at in walk:
        if (was, became) not in EDGES[kind]:
            found.append(f"{kind} led from {was} to {became}")
        if was is not stands:
            found.append(f"{kind} began at {was}, where the log stood at {stands}")
        if became is CUSTOMER and was is not CUSTOMER:
            asked_from = was
        if kind is K.COMPLAINT_CUSTOMER_REPLIED and was is CUSTOMER and became is not asked_from:
            found.append(f"the customer's reply went to {became} and {asked_from} had asked")
        stands = became
    return found


def _not_where_the_log_ends(ticket: Ticket, walk: Walk) -> list[str]:
    ends = walk[-1][2]
    return [] if ticket.status is ends else [f"the log ends at {ends}, the row at {ticket.status}"]


def _not_held(ticket: Ticket, walk: Walk) -> list[str]:
    """One side after the other, without a gap, as the log says, the last one open until the end."""
    query = select(HeldInterval).where(HeldInterval.ticket_id == ticket.id)
    held = db.session.scalars(query.order_by(HeldInterval.id)).all()
    turns = [
        next(steps) for _status, steps in groupby(walk, key=lambda step: step[2])
    ]  # the first step of each turn
    expected = [(HOLDERS[became], at) for _kind, _was, became, at in turns if became in HOLDERS]
    found = []
    if [(one.side, one.began_at) for one in held] != expected:
        found.append("it was held by others, or since other moments, than the log says")
    if any(one.ended_at != following.began_at for one, following in pairwise(held)):
        found.append("nobody held it for a while, or two did")
    if held[-1].ended_at != ticket.closed_at:
        found.append(f"{held[-1].side} held it until {held[-1].ended_at}")
    return found


def _ended_by_somebody_else(ticket: Ticket, facts: list[Event]) -> list[str]:
    endings = [one for one in facts if one.kind in ENDINGS]
    closed = ticket.status is CLOSED
    if len(endings) != int(closed):
        return [f"{ticket.status} with {len(endings)} endings"]
    customers = {one.actor_type for one in endings} <= {ActorType.CONTACT}
    if not customers or closed != (ticket.closed_by is ClosedBy.CUSTOMER):
        return ["somebody else than the customer closed it"]
    return []


def _clock_of_nobody(ticket: Ticket) -> list[str]:
    """A due time runs for the side whose turn it is, and for no customer."""
    if (ticket.due_at is not None) != (ticket.status in {REVIEW, STORE}):
        return [f"{ticket.status} is due at {ticket.due_at}"]
    if ticket.due_left is not None and (ticket.due_left < 0 or ticket.status is not CUSTOMER):
        return [f"{ticket.status} has {ticket.due_left} minutes left"]
    return []
