"""Who hears of an event, in which words and language: event → notices (the notification table).

Notices about complaints carry numbers and links, never what somebody wrote; acknowledgements echo nothing typed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from helpdesk import vault
from helpdesk.db import db
from helpdesk.domain import closing, mailboxes, members, sla, stores
from helpdesk.domain.kinds import COMPLAINT_TYPES
from helpdesk.domain.permissions import Permission
from helpdesk.enums import Channel, CodePurpose, EventKind, Lang, TicketKind, TicketStatus
from helpdesk.models import Event, EventSecret, Message, Store, Ticket, User

DIGEST_EVERY = timedelta(minutes=15)
DIGEST_REACHES_BACK = timedelta(hours=24)


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


def of_event(event: Event) -> list[Notice]:
    """Everything that has to be sent because of `event`."""
    plan = _PLANS.get(event.kind)
    return plan(event) if plan else []


def digests(*, now: datetime) -> list[Notice]:
    """What the platform's reviewers hear of new complaints: told once a quarter of an hour at the most.

    Windows that were missed while no worker ran are told when it runs again, once each.
    """
    until = _window(now)
    query = (
        select(Ticket)
        .where(
            Ticket.kind == TicketKind.COMPLAINT,
            Ticket.forwarded_at.is_(None),  # what the store has waits for no review (any more)
            Ticket.archived_at.is_(None),
            Ticket.closed_at.is_(None),  # withdrawn before anybody looked
            Ticket.created_at >= until - DIGEST_REACHES_BACK,
            Ticket.created_at < until,
        )
        .order_by(Ticket.created_at)
    )
    windows: dict[datetime, list[Ticket]] = {}
    for ticket in db.session.scalars(query):
        windows.setdefault(_window(ticket.created_at), []).append(ticket)
    platform = stores.platform()
    reviewers = members.staff_with(Permission.COMPLAINT_REVIEW, platform.id)
    return [
        notice
        for start, found in windows.items()
        for notice in _to_staff(
            reviewers,
            "complaint_new_platform",
            platform,
            dedup=f"digest:{start.isoformat()}",
            facts={"complaints": [_digest_line(ticket) for ticket in found]},
        )
    ]


def _submitted(event: Event) -> list[Notice]:
    ticket = _ticket(event)
    reviewed = stores.reviews_complaints()
    facts = {
        "review_by": ticket.due_at if reviewed else None,
        "answer_by": sla.reply_due(ticket.due_at or event.at, ticket.store)
        if reviewed
        else ticket.due_at,
    }
    receipt = _to_contact(
        event,
        "complaint_received",
        facts=facts,
        secret=_secret(event),
        suppressed=mailboxes.had_enough(ticket),
    )
    return [receipt] if reviewed else [receipt, *_to_store(event, "complaint_forwarded")]


def _forwarded(event: Event) -> list[Notice]:
    told = _to_contact(event, "complaint_status", facts={"was": event.was, "became": event.became})
    return [told, *_to_store(event, "complaint_forwarded")]


def _answered(event: Event) -> list[Notice]:
    message = db.session.get(Message, event.data["message_id"])
    if message is None:
        return []  # it was taken back
    ticket = _ticket(event)
    if ticket.closed_at is not None and ticket.closed_at < message.released_at:
        return []  # the customer was faster, and nothing can be replied or accepted any more
    # The status as it is when the mail is written: while the reply was held back, the customer may have replied.
    return [_to_contact(event, "complaint_reply_notice", facts={"became": ticket.status})]


def _decided(event: Event) -> list[Notice]:
    if db.session.get(Message, event.data["message_id"]) is None:
        return []  # it was taken back
    facts = {"became": event.became}
    told = _to_contact(event, "complaint_decided", facts=facts)
    return [told, *_to_store(event, "complaint_decided_store")]


def _customer_replied(event: Event) -> list[Notice]:
    """Whoever handles it; of an archived one, those who could restore it, for nobody else looks at it."""
    ticket, template = _ticket(event), "complaint_customer_reply"
    if ticket.archived_at is not None:
        return _to_platform(event, template, Permission.COMPLAINT_ARCHIVE)
    if ticket.forwarded_at is None:
        return _to_platform(event, template)
    return _to_store(event, template)


def _overdue(event: Event) -> list[Notice]:
    """The platform; before it whoever lets the store's time pass: the assignee, else those who oversee the team."""
    ticket, template = _ticket(event), "complaint_overdue"
    if ticket.due_at is None or ticket.due_at.isoformat() != event.data["due_at"]:
        return []  # somebody acted before the word went out
    late = [] if ticket.forwarded_at is None else _to_overseers(event, template)
    told = [*late, *_to_platform(event, template)]
    return [replace(notice, facts={"due_at": ticket.due_at}) for notice in told]


def _reminded(event: Event) -> list[Notice]:
    ticket = _ticket(event)
    if ticket.status is not TicketStatus.PENDING_CUSTOMER or ticket.waiting_since > event.at:
        return []  # they have answered before the word went out
    facts = {"days": event.data["days"], "asked": ticket.due_left is not None}
    return [_to_contact(event, "reminder_customer", facts=facts)]


def _contact_changed(event: Event) -> list[Notice]:
    """Both mailboxes: the old one, whose address only the event's secret still has, may have to object."""
    old = _secret(event)
    facts = {"was": event.was, "became": event.became, "closable_from": event.at + closing.COOLING}
    new = _to_contact(event, "contact_email_changed", facts=facts | {"old": False})
    if old is None:
        return [new]
    key = f"{event.id}:email:old-contact"
    return [new, replace(new, recipient=old, dedup_key=key, facts=facts | {"old": True})]


def _closed(event: Event) -> list[Notice]:
    ticket = _ticket(event)
    people = members.staff_with(Permission.COMPLAINT_REPLY, ticket.store_id)
    handlers = [person for person in people if person.id == ticket.assignee_id]
    return [
        _to_contact(event, "complaint_closed", facts={"closed_at": event.at}),
        *_to_staff(
            handlers,
            "complaint_closed",
            ticket.store,
            event=event,
            ticket=ticket,
            channels=(Channel.IN_APP,),
        ),
    ]


def _withdrawn(event: Event) -> list[Notice]:
    """Whoever could have answered hears of it inside: there is nothing left to answer."""
    ticket = _ticket(event)
    inside = (Channel.IN_APP,)
    if ticket.forwarded_at is None:
        place = stores.platform()
        people = members.staff_with(Permission.COMPLAINT_REVIEW, place.id)
    else:
        place, people = ticket.store, _responsible(ticket)
    return [
        _to_contact(event, "complaint_withdrawn", facts={"closed_at": event.at}),
        *_to_staff(
            people, "complaint_withdrawn", place, event=event, ticket=ticket, channels=inside
        ),
    ]


def _code_reissued(event: Event) -> list[Notice]:
    return [_to_contact(event, "tracking_code_reissued", secret=_secret(event))]


def _numbers_asked(event: Event) -> list[Notice]:
    """One mail to the mailbox of these complaints; none where the address that was typed has none."""
    asked = select(Ticket).where(Ticket.id.in_(event.data["ticket_ids"]))
    found = list(db.session.scalars(asked.order_by(Ticket.created_at.desc(), Ticket.id.desc())))
    if not found:
        return []
    return [
        Notice(
            recipient=found[0].contact_email,
            lang=found[0].contact_lang,
            template="complaint_links",
            store=found[0].store,
            event_id=event.id,
            facts={"numbers": [ticket.number for ticket in found]},
            secret=_secret(event),
            expires_at=datetime.fromisoformat(event.data["expires_at"]),
            dedup_key=f"{event.id}:email:contact",
        )
    ]


def _assigned(event: Event) -> list[Notice]:
    ticket = _ticket(event)
    if (
        ticket.assignee is None
        or ticket.assignee_id != event.data["assignee_id"]
        or ticket.assignee_id == event.actor_id
        or not ticket.assignee.active
    ):
        return []
    return _to_staff([ticket.assignee], "ticket_assigned", ticket.store, event=event, ticket=ticket)


def _code(event: Event) -> list[Notice]:
    purpose = CodePurpose(event.data["purpose"])
    expires_at = datetime.fromisoformat(event.data["expires_at"])
    return [
        _to_contact(event, f"code_{purpose.value}", secret=_secret(event), expires_at=expires_at)
    ]


def _reset_asked(event: Event) -> list[Notice]:
    expires_at = datetime.fromisoformat(event.data["expires_at"])
    mails = _to_account(event, "password_reset")
    return [replace(mail, secret=_secret(event), expires_at=expires_at) for mail in mails]


def _password_changed(event: Event) -> list[Notice]:
    return _to_account(event, "password_changed")


def _export_finished(event: Event) -> list[Notice]:
    user = db.session.get_one(User, event.data["user_id"])
    if not user.active:
        return []
    place = db.session.get_one(Store, event.store_id)
    return _to_staff([user], "export_finished", place, event=event, channels=(Channel.IN_APP,))


_PLANS: dict[EventKind, Callable[[Event], list[Notice]]] = {
    EventKind.COMPLAINT_SUBMITTED: _submitted,
    EventKind.COMPLAINT_FORWARDED: _forwarded,
    EventKind.COMPLAINT_ASKED: _answered,
    EventKind.COMPLAINT_ANSWERED: _answered,
    EventKind.COMPLAINT_SUPPLEMENTED: _answered,
    EventKind.COMPLAINT_CUSTOMER_REPLIED: _customer_replied,
    EventKind.COMPLAINT_DECIDED: _decided,
    EventKind.COMPLAINT_OVERDUE: _overdue,
    EventKind.CONTACT_CHANGED: _contact_changed,
    EventKind.CUSTOMER_REMINDED: _reminded,
    EventKind.COMPLAINT_CLOSED: _closed,
    EventKind.COMPLAINT_WITHDRAWN: _withdrawn,
    EventKind.TRACKING_CODE_REISSUED: _code_reissued,
    EventKind.NUMBERS_ASKED: _numbers_asked,
    EventKind.TICKET_ASSIGNED: _assigned,
    EventKind.CODE_ISSUED: _code,
    EventKind.PASSWORD_RESET_ASKED: _reset_asked,
    EventKind.PASSWORD_CHANGED: _password_changed,
    EventKind.EXPORT_FINISHED: _export_finished,
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


def _to_account(event: Event, template: str) -> list[Notice]:
    """By mail alone: whoever cannot sign in cannot read it inside."""
    user = db.session.get_one(User, event.subject_id)
    if not user.active:
        return []
    return _to_staff([user], template, stores.platform(), event=event, channels=(Channel.EMAIL,))


def _to_store(event: Event, template: str) -> list[Notice]:
    ticket = _ticket(event)
    return _to_staff(_responsible(ticket), template, ticket.store, event=event, ticket=ticket)


def _responsible(ticket: Ticket) -> list[User]:
    """Whoever is responsible, else everybody in the store who may answer."""
    people = members.staff_with(Permission.COMPLAINT_REPLY, ticket.store_id)
    return [person for person in people if person.id == ticket.assignee_id] or people


def _to_overseers(event: Event, template: str) -> list[Notice]:
    """Whoever is responsible, else those who oversee the store's team."""
    ticket = _ticket(event)
    people = members.staff_with(Permission.COMPLAINT_REPLY, ticket.store_id)
    responsible = [person for person in people if person.id == ticket.assignee_id]
    overseers = members.staff_with(Permission.COMPLAINT_OVERSEE, ticket.store_id)
    return _to_staff(responsible or overseers, template, ticket.store, event=event, ticket=ticket)


def _to_platform(
    event: Event, template: str, permission: Permission = Permission.COMPLAINT_REVIEW
) -> list[Notice]:
    """Everybody of the platform's team who may do this."""
    platform, ticket = stores.platform(), _ticket(event)
    people = members.staff_with(permission, platform.id)
    return _to_staff(people, template, platform, event=event, ticket=ticket)


def _to_staff(
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
