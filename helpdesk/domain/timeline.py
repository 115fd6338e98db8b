"""The record of facts: one event row is the activity log, the audit log and what the worker acts on (X-04)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update

from helpdesk import vault
from helpdesk.db import changed, db
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind, StoreKind, SubjectType, TicketStatus
from helpdesk.models import Delivery, Event, EventSecret, Store, Ticket, User

UNTOLD_AFTER = timedelta(minutes=5)
"""The worker looks every minute; what waits longer is worth a word to operators (security: faults)."""

Subject = Ticket | User | Delivery | Store


def record(
    kind: EventKind,
    actor: Actor,
    subject: Subject,
    *,
    now: datetime,
    was: str | None = None,
    became: str | None = None,
    public: bool = False,
    data: dict[str, Any] | None = None,
    secret: str | None = None,
    dispatch_after: datetime | None = None,
) -> Event:
    """Write the fact in the transaction of the change itself, so neither stands without the other.

    `secret` is a code that a mail about this event must carry; it is kept sealed until the mail is written.
    `public` facts show in the customer's own history. Nobody is told before `dispatch_after`.
    """
    event = Event(
        store_id=_store_of(subject),
        kind=kind,
        subject_type=_SUBJECTS[type(subject)],
        subject_id=subject.id,
        ticket_id=_ticket_of(subject),
        was=was,
        became=became,
        actor_type=actor.type,
        actor_id=actor.user_id,
        actor_name=actor.name,
        ip_hash=actor.ip_hash,
        public=public,
        data=data or {},
        at=now,
        dispatch_after=dispatch_after,
    )
    db.session.add(event)
    db.session.flush()
    if secret is not None:
        db.session.add(
            EventSecret(store_id=event.store_id, event_id=event.id, sealed=vault.seal(secret))
        )
    return event


_ALL = select(Event).where(Event.ticket_id == bindparam("ticket")).order_by(Event.id)
_TOLD = _ALL.where(Event.public)


def of_ticket(ticket: Ticket, *, public_only: bool) -> list[Event]:
    """A ticket's facts, oldest first."""
    return list(db.session.scalars(_TOLD if public_only else _ALL, {"ticket": ticket.id}))


def told(ticket: Ticket, *, now: datetime) -> list[Event]:
    """What its customer may know of, oldest first: nothing that can still be, or was, taken back (S2-87)."""
    facts = of_ticket(ticket, public_only=False)
    gone = undone(facts)
    return [
        fact
        for fact in facts
        if fact.public
        and fact.id not in gone
        and (fact.dispatch_after is None or fact.dispatch_after <= now)
    ]


def known_status(ticket: Ticket, *, now: datetime) -> TicketStatus:
    """The status as its customer may know it: a reply that can still be taken back has changed nothing yet (S2-87).

    Unless they have moved it on themselves since; then it is what they made it.
    """
    if ticket.status is TicketStatus.CLOSED:
        return ticket.status
    own_last = (
        select(func.max(Event.id))
        .where(Event.ticket_id == ticket.id, Event.kind == EventKind.COMPLAINT_CUSTOMER_REPLIED)
        .scalar_subquery()
    )
    held_back = select(Event.was).where(
        Event.ticket_id == ticket.id,
        Event.dispatch_after > now,
        Event.id > func.coalesce(own_last, 0),
    )
    was = db.session.scalar(held_back.order_by(Event.id).limit(1))
    return TicketStatus(was) if was else ticket.status


def undone(facts: list[Event]) -> set[int]:
    """The ids of those facts that were taken back before anybody was told."""
    return {fact.data["event_id"] for fact in facts if fact.kind is EventKind.REPLY_UNDONE}


def untold(*, now: datetime) -> int:
    """How many facts should have been told minutes ago and were not: nobody works, or their words cannot be written."""
    ripe = func.coalesce(Event.dispatch_after, Event.at)
    waiting = Event.dispatched_at.is_(None), ripe <= now - UNTOLD_AFTER
    return db.session.scalar(select(func.count()).select_from(Event).where(*waiting)) or 0


def withhold(event: Event, *, now: datetime) -> bool:
    """Make sure that nobody is ever told of this fact; False if it has been told already.

    The claim is the one that the worker makes, so of the two exactly one wins.
    """
    claim = (
        update(Event)
        .where(Event.id == event.id, Event.dispatched_at.is_(None))
        .values(dispatched_at=now)
    )
    return changed(claim) == 1


_SUBJECTS: dict[type[Subject], SubjectType] = {
    Ticket: SubjectType.TICKET,
    User: SubjectType.USER,
    Delivery: SubjectType.DELIVERY,
    Store: SubjectType.STORE,
}


def _store_of(subject: Subject) -> int:
    if isinstance(subject, Store):
        return subject.id
    if isinstance(subject, User):
        return db.session.scalars(select(Store.id).where(Store.kind == StoreKind.PLATFORM)).one()
    return subject.store_id


def _ticket_of(subject: Subject) -> int | None:
    if isinstance(subject, Ticket):
        return subject.id
    return subject.ticket_id if isinstance(subject, Delivery) else None
