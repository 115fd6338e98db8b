"""Who hears of an event, in which words and language: event → notices (the notification table).

Notices about complaints carry numbers and links, never what somebody wrote; acknowledgements echo nothing typed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from helpdesk import vault
from helpdesk.db import db
from helpdesk.domain import members, sla, stores, tenancy
from helpdesk.domain.kinds import COMPLAINT_TYPES
from helpdesk.domain.permissions import Permission
from helpdesk.enums import CodePurpose, EventKind, Lang, TicketKind
from helpdesk.models import Event, EventSecret, Store, Ticket, User

ACKNOWLEDGEMENTS_PER_HOUR = 3
DIGEST_EVERY = timedelta(minutes=15)
DIGEST_REACHES_BACK = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One mail to be written: to whom, in which language, from which template, with which facts."""

    recipient: str
    lang: Lang
    template: str
    store: Store
    facts: dict[str, Any] = field(default_factory=dict)
    ticket: Ticket | None = None
    event_id: int | None = None
    secret: str | None = None
    expires_at: datetime | None = None
    dedup_key: str
    suppressed: bool = False
    """Written down, but not sent: its mailbox has had enough for now."""


def of_event(event: Event) -> list[Notice]:
    """Everything that has to be sent because of `event`."""
    plan = _PLANS.get(event.kind)
    return plan(event) if plan else []


def digests(*, now: datetime) -> list[Notice]:
    """What the platform's reviewers hear of new complaints: one mail a quarter of an hour and person at the most.

    Windows that were missed while no worker ran are told when it runs again, once each.
    """
    until = _window(now)
    query = (
        select(Ticket)
        .where(
            Ticket.kind == TicketKind.COMPLAINT,
            Ticket.forwarded_at.is_(None),  # what the store has waits for no review (any more)
            Ticket.created_at >= until - DIGEST_REACHES_BACK,
            Ticket.created_at < until,
        )
        .order_by(Ticket.created_at)
    )
    windows: dict[datetime, list[Ticket]] = {}
    for ticket in db.session.scalars(query):
        windows.setdefault(_window(ticket.created_at), []).append(ticket)
    platform = stores.platform()
    return [
        _to_staff(
            person,
            "complaint_new_platform",
            platform,
            dedup=f"digest:{start.isoformat()}",
            facts={"complaints": [_digest_line(ticket) for ticket in found]},
        )
        for start, found in windows.items()
        for person in members.staff_with(Permission.COMPLAINT_REVIEW, platform.id)
    ]


def had_enough(ticket: Ticket) -> bool:
    """Whether this mailbox got its three acknowledgements of the hour; the form must not flood anybody."""
    lately = (
        select(func.count())
        .select_from(Ticket)
        .where(
            Ticket.contact_email_key == ticket.contact_email_key,
            Ticket.created_at > ticket.created_at - timedelta(hours=1),
            Ticket.id < ticket.id,
        )
    )
    with tenancy.unscoped("a mailbox is the same one in every store"):
        return (db.session.scalar(lately) or 0) >= ACKNOWLEDGEMENTS_PER_HOUR


def _submitted(event: Event) -> list[Notice]:
    ticket = _ticket(event)
    reviewed = stores.reviews_complaints()
    facts = {
        "review_by": ticket.due_at if reviewed else None,
        "answer_by": sla.after_workdays(
            ticket.due_at or event.at, sla.FIRST_REPLY_DAYS, ticket.store
        )
        if reviewed
        else ticket.due_at,
    }
    receipt = _to_contact(
        event,
        "complaint_received",
        facts=facts,
        secret=_secret(event),
        suppressed=had_enough(ticket),
    )
    return [receipt] if reviewed else [receipt, *_to_store(event, "complaint_forwarded")]


def _forwarded(event: Event) -> list[Notice]:
    told = _to_contact(event, "complaint_status", facts={"was": event.was, "became": event.became})
    return [told, *_to_store(event, "complaint_forwarded")]


def _answered(event: Event) -> list[Notice]:
    return [_to_contact(event, "complaint_reply_notice", facts={"became": event.became})]


def _customer_replied(event: Event) -> list[Notice]:
    ticket = _ticket(event)
    if ticket.forwarded_at is None:
        platform = stores.platform()
        reviewers = members.staff_with(Permission.COMPLAINT_REVIEW, platform.id)
        return [
            _to_staff(person, "complaint_customer_reply", platform, event=event, ticket=ticket)
            for person in reviewers
        ]
    return _to_store(event, "complaint_customer_reply")


def _closed(event: Event) -> list[Notice]:
    return [_to_contact(event, "complaint_closed", facts={"closed_at": event.at})]


def _assigned(event: Event) -> list[Notice]:
    ticket = _ticket(event)
    if (
        ticket.assignee is None
        or ticket.assignee_id != event.data["assignee_id"]
        or ticket.assignee_id == event.actor_id
        or not ticket.assignee.active
    ):
        return []
    return [_to_staff(ticket.assignee, "ticket_assigned", ticket.store, event=event, ticket=ticket)]


def _code(event: Event) -> list[Notice]:
    purpose = CodePurpose(event.data["purpose"])
    expires_at = datetime.fromisoformat(event.data["expires_at"])
    return [
        _to_contact(event, f"code_{purpose.value}", secret=_secret(event), expires_at=expires_at)
    ]


def _reset_asked(event: Event) -> list[Notice]:
    user = db.session.get_one(User, event.subject_id)
    if not user.active:
        return []
    expires_at = datetime.fromisoformat(event.data["expires_at"])
    notice = _to_staff(user, "password_reset", stores.platform(), event=event)
    return [_with_secret(notice, _secret(event), expires_at)]


def _password_changed(event: Event) -> list[Notice]:
    user = db.session.get_one(User, event.subject_id)
    if not user.active:
        return []
    return [_to_staff(user, "password_changed", stores.platform(), event=event)]


_PLANS: dict[EventKind, Callable[[Event], list[Notice]]] = {
    EventKind.COMPLAINT_SUBMITTED: _submitted,
    EventKind.COMPLAINT_FORWARDED: _forwarded,
    EventKind.COMPLAINT_ASKED: _answered,
    EventKind.COMPLAINT_ANSWERED: _answered,
    EventKind.COMPLAINT_SUPPLEMENTED: _answered,
    EventKind.COMPLAINT_CUSTOMER_REPLIED: _customer_replied,
    EventKind.COMPLAINT_CLOSED: _closed,
    EventKind.TICKET_ASSIGNED: _assigned,
    EventKind.CODE_ISSUED: _code,
    EventKind.PASSWORD_RESET_ASKED: _reset_asked,
    EventKind.PASSWORD_CHANGED: _password_changed,
}


def _ticket(event: Event) -> Ticket:
    return db.session.scalars(select(Ticket).where(Ticket.id == event.ticket_id)).one()


def _to_contact(
    event: Event,
    template: str,
    *,
    facts: dict[str, Any] | None = None,
    secret: str | None = None,
    expires_at: datetime | None = None,
    suppressed: bool = False,
) -> Notice:
    ticket = _ticket(event)
    return Notice(
        recipient=ticket.contact_email,
        lang=ticket.contact_lang,
        template=template,
        store=ticket.store,
        ticket=ticket,
        event_id=event.id,
        facts=facts or {},
        secret=secret,
        expires_at=expires_at,
        dedup_key=f"{event.id}:email:contact",
        suppressed=suppressed,
    )


def _to_store(event: Event, template: str) -> list[Notice]:
    """Whoever is responsible, else everybody in the store who may answer."""
    ticket = _ticket(event)
    people = members.staff_with(Permission.COMPLAINT_REPLY, ticket.store_id)
    if ticket.assignee_id in {person.id for person in people}:
        people = [person for person in people if person.id == ticket.assignee_id]
    return [
        _to_staff(person, template, ticket.store, event=event, ticket=ticket) for person in people
    ]


def _to_staff(
    person: User,
    template: str,
    store: Store,
    *,
    event: Event | None = None,
    ticket: Ticket | None = None,
    dedup: str = "",
    facts: dict[str, Any] | None = None,
) -> Notice:
    return Notice(
        recipient=person.email,
        lang=person.lang,
        template=template,
        store=store,
        ticket=ticket,
        # Only where both belong to the same store: a delivery of the platform cannot point at a store's event.
        event_id=event.id if event and event.store_id == store.id else None,
        facts=facts or {},
        dedup_key=f"{event.id if event else dedup}:email:{person.id}",
    )


def _with_secret(notice: Notice, secret: str | None, expires_at: datetime) -> Notice:
    return Notice(**{**vars(notice), "secret": secret, "expires_at": expires_at})


def _secret(event: Event) -> str | None:
    """The sealed code that belongs to the event, as long as no delivery has taken it over."""
    query = select(EventSecret.sealed).where(EventSecret.event_id == event.id)
    sealed = db.session.scalar(query)
    return vault.unseal(sealed) if sealed else None


def _window(moment: datetime) -> datetime:
    minutes = int(DIGEST_EVERY.total_seconds() // 60)
    return moment.replace(minute=moment.minute - moment.minute % minutes, second=0, microsecond=0)


def _digest_line(ticket: Ticket) -> dict[str, Any]:
    complaint_type = ticket.complaint_type
    return {
        "store": ticket.store,
        "number": ticket.number,
        "type": COMPLAINT_TYPES[complaint_type] if complaint_type else "",
    }
