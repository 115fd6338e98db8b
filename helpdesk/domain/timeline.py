"""The record of facts: one event row is the activity log, the audit log and what the worker acts on (X-04)."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from helpdesk import vault
from helpdesk.db import db
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind, StoreKind, SubjectType
from helpdesk.models import Delivery, Event, EventSecret, Store, Ticket, User

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
) -> Event:
    """Write the fact in the transaction of the change itself, so neither stands without the other.

    `secret` is a code that a mail about this event must carry; it is kept sealed until the mail is written.
    `public` facts show in the customer's own history.
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
    )
    db.session.add(event)
    db.session.flush()
    if secret is not None:
        db.session.add(
            EventSecret(store_id=event.store_id, event_id=event.id, sealed=vault.seal(secret))
        )
    return event


def of_ticket(ticket: Ticket, *, public_only: bool) -> list[Event]:
    """A ticket's facts, oldest first."""
    query = select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)
    return list(db.session.scalars(query.where(Event.public) if public_only else query))


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
