"""Who is written to: one notice each for the complainant, a store's team, the platform's team, or an account."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from helpdesk.db import db
from helpdesk.domain import members, stores
from helpdesk.domain.permissions import Permission
from helpdesk.enums import Channel, Lang
from helpdesk.models import Event, Store, Ticket, User


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One message to be written: to whom, over which channel, in which language and words, with which facts."""

    channel: Channel = Channel.EMAIL
    recipient: str
    user_id: int | None = None
    """The member of staff that the recipient is."""
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


def ticket_of(event: Event) -> Ticket:
    return db.session.scalars(select(Ticket).where(Ticket.id == event.ticket_id)).one()


def to_contact(
    event: Event,
    template: str,
    *,
    facts: dict[str, Any] | None = None,
    secret: str | None = None,
    expires_at: datetime | None = None,
    suppressed: bool = False,
) -> Notice:
    ticket = ticket_of(event)
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


def to_account(event: Event, template: str) -> list[Notice]:
    """By mail alone: whoever cannot sign in cannot read it inside."""
    user = db.session.get_one(User, event.subject_id)
    if not user.active:
        return []
    return to_staff([user], template, stores.platform(), event=event, channels=(Channel.EMAIL,))


def to_store(event: Event, template: str) -> list[Notice]:
    ticket = ticket_of(event)
    return to_staff(responsible_for(ticket), template, ticket.store, event=event, ticket=ticket)


def responsible_for(ticket: Ticket) -> list[User]:
    """Whoever is responsible, else everybody in the store who may answer."""
    people = members.staff_with(Permission.COMPLAINT_REPLY, ticket.store_id)
    return [person for person in people if person.id == ticket.assignee_id] or people


def to_overseers(event: Event, template: str) -> list[Notice]:
    """Whoever is responsible, else those who oversee the store's team."""
    ticket = ticket_of(event)
    people = members.staff_with(Permission.COMPLAINT_REPLY, ticket.store_id)
    responsible = [person for person in people if person.id == ticket.assignee_id]
    overseers = members.staff_with(Permission.COMPLAINT_OVERSEE, ticket.store_id)
    return to_staff(responsible or overseers, template, ticket.store, event=event, ticket=ticket)


def to_platform(
    event: Event, template: str, permission: Permission = Permission.COMPLAINT_REVIEW
) -> list[Notice]:
    """Everybody of the platform's team who may do this."""
    platform, ticket = stores.platform(), ticket_of(event)
    people = members.staff_with(permission, platform.id)
    return to_staff(people, template, platform, event=event, ticket=ticket)


def to_staff(
    people: list[User],
    template: str,
    store: Store,
    *,
    event: Event | None = None,
    ticket: Ticket | None = None,
    dedup: str = "",
    facts: dict[str, Any] | None = None,
    channels: tuple[Channel, ...] = (Channel.EMAIL, Channel.IN_APP),
) -> list[Notice]:
    """The same to each of these members of staff, over each of the channels."""
    return [
        Notice(
            channel=channel,
            recipient=person.email,
            user_id=person.id,
            lang=person.lang,
            template=template,
            store=store,
            ticket=ticket,
            # Only where both belong to the same store: the platform's rows cannot point at a store's event.
            event_id=event.id if event and event.store_id == store.id else None,
            facts=facts or {},
            dedup_key=f"{event.id if event else dedup}:{channel.value}:{person.id}",
        )
        for person in people
        for channel in channels
    ]
