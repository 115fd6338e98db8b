"""A complaint as staff read it: the conversation and its events in one timeline, and what is known about the case."""

from typing import Any

from babel.numbers import format_currency, get_currency_precision
from flask_babel import gettext as _

from helpdesk import clock, dates
from helpdesk.domain import complaints, contacts, conversation, orders, timeline
from helpdesk.domain.kinds import COMPLAINT, COMPLAINT_TYPES, DESIRED_OUTCOMES
from helpdesk.domain.permissions import Actor, Permission, may
from helpdesk.enums import ActorType, AuthorType, EventKind, Lang, Team, TicketStatus
from helpdesk.models import Event, Message, Order, Ticket
from helpdesk.views import page, session
from helpdesk.views.backoffice.frame import initials
from helpdesk.words import N_

EVENT_TEXTS = {
    EventKind.COMPLAINT_FORWARDED: N_("Forwarded to the merchant"),
    EventKind.COMPLAINT_SUPPLEMENTED: N_("The answer was supplemented"),
    EventKind.COMPLAINT_CLOSED: N_("The customer accepted the resolution and closed the complaint"),
    EventKind.CONTACT_PROVEN: N_("The customer opened the complaint with a code"),
    EventKind.TICKET_ASSIGNED: N_("Assigned to %(name)s"),
}
"""What stands between the messages. A message speaks for itself; of its event the change of status is shown."""
SUPPLEMENT = N_(
    "Waiting for the customer. You may add a supplement, which is sent to them;"
    " only the customer can close a complaint."
)
CLOSED = N_("The customer closed this complaint. It stays closed; nothing can be added.")


def status_pill(status: TicketStatus) -> dict[str, str]:
    """A status as its pill: words and tone."""
    label = COMPLAINT.labels[status]
    return {"label": _(label.name, platform=page.platform_name()), "tone": label.tone}


def dossier(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """What `backoffice/complaints/details.html` needs of the complaint.

    Before the platform has forwarded it, the store is given number, customer, order and status, and no more.
    """
    readable = may(actor, Permission.COMPLAINT_READ, ticket)
    messages = conversation.read(ticket, actor) if readable else []
    return {
        "ticket": _facts(ticket, actor, readable=readable),
        "status": status_pill(ticket.status),
        "under_review": not readable,
        "timeline": _timeline(ticket, messages, actor) if readable else [],
        "missing": [_(text) for text in complaints.missing_information(ticket, messages[0].body)]
        if messages
        else [],
        "notice": _notice(ticket),
    }


def _facts(ticket: Ticket, actor: Actor, *, readable: bool) -> dict[str, Any]:
    known = may(actor, Permission.CONTACT_READ, ticket)
    reachable = known and readable
    return {
        "number": ticket.number,
        "type_label": _(COMPLAINT_TYPES[ticket.complaint_type]) if ticket.complaint_type else "",
        "store_name": ticket.store.name_in(session.language()),
        "contact_name": _name(ticket, actor),
        "contact_email": ticket.contact_email
        if reachable
        else contacts.masked_email(ticket.contact_email),
        "contact_phone": ticket.contact_phone if reachable else None,
        "contact_lang": ticket.contact_lang.value,
        "desired_outcome_label": _(DESIRED_OUTCOMES[ticket.desired_outcome])
        if readable and ticket.desired_outcome
        else "",
        "created_at": ticket.created_at,
        "due_at": ticket.due_at,
        "overdue": ticket.due_at is not None and ticket.due_at < clock.now(),
        "order_number_text": ticket.order_number_text,
        "order": _order(ticket.order) if ticket.order else None,
        "assignee_name": ticket.assignee.name if ticket.assignee else "",
        "declaration": _declaration(ticket),
    }


def _name_for(actor: Actor, ticket: Ticket) -> str:
    """The customer's name, or its initials for those who may not know the person."""
    known = may(actor, Permission.CONTACT_READ, ticket)
    return ticket.contact_name if known else contacts.masked_name(ticket.contact_name)


def _declaration(ticket: Ticket) -> str:
    if ticket.declared_at is None or ticket.declaration_lang is None:
        return ""
    language = _("Arabic") if ticket.declaration_lang is Lang.AR else _("English")
    return _(
        "Version %(version)s, %(moment)s, %(language)s",
        version=ticket.declaration_version,
        moment=dates.when(ticket.declared_at, session.language(), page.zone()),
        language=language,
    )


def _order(order: Order) -> dict[str, Any]:
    amount = order.total_minor / 10 ** get_currency_precision(order.currency)
    return {
        "number": order.number,
        "status": _(orders.STATUSES[order.status])
        if order.status in orders.STATUSES
        else order.status,
        "total_text": format_currency(amount, order.currency, locale=session.language()),
        "created_at": order.created_at,
        "items": order.items,
    }


def _name(ticket: Ticket, actor: Actor) -> str:
    known = may(actor, Permission.CONTACT_READ, ticket)
    return ticket.contact_name if known else contacts.masked_name(ticket.contact_name)


def _timeline(ticket: Ticket, messages: list[Message], actor: Actor) -> list[dict[str, Any]]:
    customer = _name(ticket, actor)
    entries = [_said(message, customer) for message in messages]
    entries += [
        _happened(event)
        for event in timeline.of_ticket(ticket, public_only=False)
        if _worth_telling(event)
    ]
    return sorted(entries, key=lambda entry: (entry["at"], entry["kind"] == "event"))


def _worth_telling(event: Event) -> bool:
    return event.kind in EVENT_TEXTS or ("message_id" in event.data and event.was != event.became)


def _said(message: Message, customer: str) -> dict[str, Any]:
    side, who = _speaker(message, customer)
    return {
        "kind": "message",
        "side": side,
        "who": who,
        "initials": initials(who),
        "text": message.body,
        "lang": message.lang.value,
        "dir": "rtl" if message.lang is Lang.AR else "ltr",
        "at": message.created_at,
        "detail": page.platform_name() if side == "platform" else "",
    }


def _speaker(message: Message, customer: str) -> tuple[str, str]:
    if message.author_type in {AuthorType.CUSTOMER, AuthorType.CONTACT}:
        return "customer", customer
    if message.author_user is None:
        return "system", page.platform_name()
    return ("platform" if message.team is Team.PLATFORM else "store"), message.author_user.name


def _happened(event: Event) -> dict[str, Any]:
    return {
        "kind": "event",
        "side": "system",
        "who": event.actor_name if event.actor_type is ActorType.STAFF else "",
        "initials": "",
        "text": _event_text(event),
        "at": event.at,
        "detail": event.data.get("note") or "",
    }


def _event_text(event: Event) -> str:
    if event.kind is EventKind.TICKET_ASSIGNED:
        return (
            _(EVENT_TEXTS[event.kind], name=event.became) if event.became else _("Assignee removed")
        )
    if event.kind in EVENT_TEXTS:
        return _(EVENT_TEXTS[event.kind])
    was, became = (
        status_pill(TicketStatus(str(one)))["label"] for one in (event.was, event.became)
    )
    return _("Status: %(was)s → %(became)s", was=was, became=became)


def _notice(ticket: Ticket) -> str:
    if ticket.status is TicketStatus.PENDING_CUSTOMER:
        return _(SUPPLEMENT)
    return _(CLOSED) if ticket.status is TicketStatus.CLOSED else ""
