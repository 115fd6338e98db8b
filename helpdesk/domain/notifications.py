"""Who hears of an event, in which words and language: event → notices (the notification table).

Notices about complaints carry numbers and links, never what somebody wrote; acknowledgements echo nothing typed.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from helpdesk import vault
from helpdesk.db import db
from helpdesk.domain import closing, mailboxes, members, sla, stores, unassigned
from helpdesk.domain.kinds import COMPLAINT_TYPES
from helpdesk.domain.permissions import Permission
from helpdesk.domain.recipients import (
    Notice,
    responsible_for,
    ticket_of,
    to_account,
    to_contact,
    to_overseers,
    to_platform,
    to_staff,
    to_store,
)
from helpdesk.enums import Channel, CodePurpose, EventKind, Team, TicketKind, TicketStatus
from helpdesk.models import Event, EventSecret, Message, Store, Ticket, User

DIGEST_EVERY = timedelta(minutes=15)
DIGEST_REACHES_BACK = timedelta(hours=24)


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
        for notice in to_staff(
            reviewers,
            "complaint_new_platform",
            platform,
            dedup=f"digest:{start.isoformat()}",
            facts={"complaints": [_line(ticket) for ticket in found]},
        )
    ]


def _submitted(event: Event) -> list[Notice]:
    ticket = ticket_of(event)
    reviewed = stores.reviews_complaints()
    facts = {
        "review_by": ticket.due_at if reviewed else None,
        "answer_by": sla.reply_due(ticket.due_at or event.at, ticket.store)
        if reviewed
        else ticket.due_at,
    }
    receipt = to_contact(
        event,
        "complaint_received",
        facts=facts,
        secret=_secret(event),
        suppressed=mailboxes.had_enough(ticket),
    )
    return [receipt] if reviewed else [receipt, *to_store(event, "complaint_forwarded")]


def _forwarded(event: Event) -> list[Notice]:
    told = to_contact(event, "complaint_status", facts={"was": event.was, "became": event.became})
    return [told, *to_store(event, "complaint_forwarded")]


def _answered(event: Event) -> list[Notice]:
    message = db.session.get(Message, event.data["message_id"])
    if message is None:
        return []  # it was taken back
    ticket = ticket_of(event)
    if ticket.closed_at is not None and ticket.closed_at < message.released_at:
        return []  # the customer was faster, and nothing can be replied or accepted any more
    # The status as it is when the mail is written: while the reply was held back, the customer may have replied.
    return [to_contact(event, "complaint_reply_notice", facts={"became": ticket.status})]


def _decided(event: Event) -> list[Notice]:
    if db.session.get(Message, event.data["message_id"]) is None:
        return []  # it was taken back
    facts = {"became": event.became}
    told = to_contact(event, "complaint_decided", facts=facts)
    return [told, *to_store(event, "complaint_decided_store")]


def _customer_replied(event: Event) -> list[Notice]:
    """Whoever handles it; of an archived one, those who could restore it, for nobody else looks at it."""
    ticket, template = ticket_of(event), "complaint_customer_reply"
    if ticket.archived_at is not None:
        return to_platform(event, template, Permission.COMPLAINT_ARCHIVE)
    if ticket.forwarded_at is None:
        return to_platform(event, template)
    return to_store(event, template)


def _overdue(event: Event) -> list[Notice]:
    """The platform; before it whoever lets the store's time pass: the assignee, else those who oversee the team."""
    ticket, template = ticket_of(event), "complaint_overdue"
    if ticket.due_at is None or ticket.due_at.isoformat() != event.data["due_at"]:
        return []  # somebody acted before the word went out
    late = [] if ticket.forwarded_at is None else to_overseers(event, template)
    told = [*late, *to_platform(event, template)]
    return [replace(notice, facts={"due_at": ticket.due_at}) for notice in told]


def _due_soon(event: Event) -> list[Notice]:
    """Whoever has to act: of a review the platform; else the assignee, or those who oversee the team."""
    ticket, template = ticket_of(event), "sla_warning"
    if ticket.due_at is None or ticket.due_at.isoformat() != event.data["due_at"]:
        return []  # somebody acted before the word went out
    ours = ticket.forwarded_at is None
    told = to_platform(event, template) if ours else to_overseers(event, template)
    return [replace(notice, facts={"due_at": ticket.due_at}) for notice in told]


def _urgent_unassigned(event: Event) -> list[Notice]:
    """One list for those who can do something about it; what was taken up before the word went out is not on it."""
    team, place = Team(event.data["team"]), db.session.get_one(Store, event.store_id)
    found = unassigned.still_among(event.data["ticket_ids"], team)
    if not found:
        return []
    ours = team is Team.PLATFORM
    permission = Permission.COMPLAINT_REVIEW if ours else Permission.COMPLAINT_OVERSEE
    people = members.staff_with(permission, place.id)
    facts = {"complaints": [_line(ticket) for ticket in found]}
    return to_staff(people, "urgent_unassigned", place, event=event, facts=facts)


def _reminded(event: Event) -> list[Notice]:
    ticket = ticket_of(event)
    if ticket.status is not TicketStatus.PENDING_CUSTOMER or ticket.waiting_since > event.at:
        return []  # they have answered before the word went out
    facts = {"days": event.data["days"], "asked": ticket.due_left is not None}
    return [to_contact(event, "reminder_customer", facts=facts)]


def _contact_changed(event: Event) -> list[Notice]:
    """Both mailboxes: the old one, whose address only the event's secret still has, may have to object."""
    old = _secret(event)
    facts = {"was": event.was, "became": event.became, "closable_from": event.at + closing.COOLING}
    new = to_contact(event, "contact_email_changed", facts=facts | {"old": False})
    if old is None:
        return [new]
    key = f"{event.id}:email:old-contact"
    return [new, replace(new, recipient=old, dedup_key=key, facts=facts | {"old": True})]


def _closed(event: Event) -> list[Notice]:
    ticket = ticket_of(event)
    people = members.staff_with(Permission.COMPLAINT_REPLY, ticket.store_id)
    handlers = [person for person in people if person.id == ticket.assignee_id]
    return [
        to_contact(event, "complaint_closed", facts={"closed_at": event.at}),
        *to_staff(
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
    ticket = ticket_of(event)
    inside = (Channel.IN_APP,)
    if ticket.forwarded_at is None:
        place = stores.platform()
        people = members.staff_with(Permission.COMPLAINT_REVIEW, place.id)
    else:
        place, people = ticket.store, responsible_for(ticket)
    return [
        to_contact(event, "complaint_withdrawn", facts={"closed_at": event.at}),
        *to_staff(
            people, "complaint_withdrawn", place, event=event, ticket=ticket, channels=inside
        ),
    ]


def _code_reissued(event: Event) -> list[Notice]:
    return [to_contact(event, "tracking_code_reissued", secret=_secret(event))]


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
    ticket = ticket_of(event)
    if (
        ticket.assignee is None
        or ticket.assignee_id != event.data["assignee_id"]
        or ticket.assignee_id == event.actor_id
        or not ticket.assignee.active
    ):
        return []
    return to_staff([ticket.assignee], "ticket_assigned", ticket.store, event=event, ticket=ticket)


def _code(event: Event) -> list[Notice]:
    purpose = CodePurpose(event.data["purpose"])
    expires_at = datetime.fromisoformat(event.data["expires_at"])
    return [
        to_contact(event, f"code_{purpose.value}", secret=_secret(event), expires_at=expires_at)
    ]


def _reset_asked(event: Event) -> list[Notice]:
    expires_at = datetime.fromisoformat(event.data["expires_at"])
    mails = to_account(event, "password_reset")
    return [replace(mail, secret=_secret(event), expires_at=expires_at) for mail in mails]


def _password_changed(event: Event) -> list[Notice]:
    return to_account(event, "password_changed")


def _export_finished(event: Event) -> list[Notice]:
    user = db.session.get_one(User, event.data["user_id"])
    if not user.active:
        return []
    place = db.session.get_one(Store, event.store_id)
    return to_staff([user], "export_finished", place, event=event, channels=(Channel.IN_APP,))


_PLANS: dict[EventKind, Callable[[Event], list[Notice]]] = {
    EventKind.COMPLAINT_SUBMITTED: _submitted,
    EventKind.COMPLAINT_FORWARDED: _forwarded,
    EventKind.COMPLAINT_ASKED: _answered,
    EventKind.COMPLAINT_ANSWERED: _answered,
    EventKind.COMPLAINT_SUPPLEMENTED: _answered,
    EventKind.COMPLAINT_CUSTOMER_REPLIED: _customer_replied,
    EventKind.COMPLAINT_DECIDED: _decided,
    EventKind.COMPLAINT_DUE_SOON: _due_soon,
    EventKind.COMPLAINT_OVERDUE: _overdue,
    EventKind.CONTACT_CHANGED: _contact_changed,
    EventKind.CUSTOMER_REMINDED: _reminded,
    EventKind.COMPLAINT_CLOSED: _closed,
    EventKind.COMPLAINT_WITHDRAWN: _withdrawn,
    EventKind.TRACKING_CODE_REISSUED: _code_reissued,
    EventKind.NUMBERS_ASKED: _numbers_asked,
    EventKind.TICKET_ASSIGNED: _assigned,
    EventKind.URGENT_UNASSIGNED: _urgent_unassigned,
    EventKind.CODE_ISSUED: _code,
    EventKind.PASSWORD_RESET_ASKED: _reset_asked,
    EventKind.PASSWORD_CHANGED: _password_changed,
    EventKind.EXPORT_FINISHED: _export_finished,
}


def _secret(event: Event) -> str | None:
    """The sealed code that belongs to the event, as long as no delivery has taken it over."""
    query = select(EventSecret.sealed).where(EventSecret.event_id == event.id)
    sealed = db.session.scalar(query)
    return vault.unseal(sealed) if sealed else None


def _window(moment: datetime) -> datetime:
    minutes = int(DIGEST_EVERY.total_seconds() // 60)
    return moment.replace(minute=moment.minute - moment.minute % minutes, second=0, microsecond=0)


def _line(ticket: Ticket) -> dict[str, Any]:
    complaint_type = ticket.complaint_type
    return {
        "store": ticket.store,
        "ticket": ticket,
        "number": ticket.number,
        "type": COMPLAINT_TYPES[complaint_type] if complaint_type else "",
    }
