"""A complaint as staff read it: the conversation and its events in one timeline, and what is known about the case."""

from typing import Any

from babel.numbers import format_currency, get_currency_precision

from helpdesk import clock, dates
from helpdesk.domain import contacts, conversation, follow_ups, orders, ratings
from helpdesk.domain.kinds import COMPLAINT_TYPES, DESIRED_OUTCOMES
from helpdesk.domain.missing import gaps
from helpdesk.domain.permissions import Actor, Permission, may
from helpdesk.enums import ArchiveReason, Lang, TicketStatus
from helpdesk.language import gettext as _
from helpdesk.lists.complaints import status_label
from helpdesk.models import Order, Ticket
from helpdesk.views import page, session
from helpdesk.views.backoffice.history import View, history, said
from helpdesk.views.shares import held_by
from helpdesk.words import N_

GLANCED = 2
"""Messages shown when the log is looked at."""
EXCERPT = 280
SUPPLEMENT = N_(
    "Waiting for the customer. You may add a supplement, which is sent to them;"
    " only the customer can close a complaint."
)
CLOSED = N_(
    "The customer closed this complaint, and it stays closed. Only internal notes can still be added."
)


def status_pill(status: TicketStatus) -> dict[str, str]:
    """A status as its pill: words and tone."""
    return status_label(status, page.platform_name())


def glance(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """What `backoffice/complaints/preview.html` needs: the facts and the last two messages, shortened."""
    readable = may(actor, Permission.COMPLAINT_READ, ticket)
    messages = conversation.read(ticket, actor, now=clock.now())[-GLANCED:] if readable else []
    facts = _facts(ticket, actor, readable=readable)
    return {
        "number": ticket.number,
        "status": status_pill(ticket.status),
        "customer_name": facts["contact_name"],
        "store": facts["store_name"],
        "type": facts["type_label"] if readable else "",
        "order_number": ticket.order_number_text,
        "waiting_since": None if ticket.status is TicketStatus.CLOSED else ticket.waiting_since,
        "due": facts["due_at"],
        "overdue": facts["overdue"],
        "assignee": facts["assignee_name"],
        "under_review": not readable,
        "messages": [_shortened(said(one, facts["contact_name"])) for one in messages],
    }


def _shortened(message: dict[str, Any]) -> dict[str, Any]:
    text = message["text"] or _("Sent files without a text.")
    return message | {"text": text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()}…"}


def dossier(ticket: Ticket, actor: Actor, view: View) -> dict[str, Any]:
    """What `backoffice/complaints/details.html` needs of the complaint.

    Before the platform has forwarded it, the store is given number, customer, order and status, and no more.
    """
    readable = may(actor, Permission.COMPLAINT_READ, ticket)
    messages = conversation.read(ticket, actor, now=clock.now()) if readable else []
    return {
        "ticket": _facts(ticket, actor, readable=readable),
        "status": status_pill(ticket.status),
        "under_review": not readable,
        "timeline": history(ticket, messages, actor, name_for(actor, ticket), view)
        if readable
        else [],
        "missing": [_(gap.told) for gap in gaps(ticket, messages[0].body)] if messages else [],
        "notice": _notice(ticket),
        "archived": archived_note(ticket),
        "held": held_by(ticket, _("Customer")) if readable else [],
        "rating": ratings.of_ticket(ticket, actor) if readable else None,
        "linked": follow_ups.linked(ticket, actor) if readable else None,
    }


def _facts(ticket: Ticket, actor: Actor, *, readable: bool) -> dict[str, Any]:
    known = may(actor, Permission.CONTACT_READ, ticket)
    reachable = known and readable
    return {
        "number": ticket.number,
        "type_label": _(COMPLAINT_TYPES[ticket.complaint_type]) if ticket.complaint_type else "",
        "store_name": ticket.store.name_in(session.language()),
        "contact_name": name_for(actor, ticket),
        "contact_email": ticket.contact_email
        if reachable
        else contacts.masked_email(ticket.contact_email),
        "contact_phone": ticket.contact_phone if reachable else None,
        "phone_hidden": bool(ticket.contact_phone) and not reachable,
        "contact_lang": ticket.contact_lang.value,
        "desired_outcome_label": _(DESIRED_OUTCOMES[ticket.desired_outcome])
        if readable and ticket.desired_outcome
        else "",
        "created_at": ticket.created_at,
        "due_at": ticket.due_at,
        "overdue": ticket.due_at is not None and ticket.due_at < clock.now(),
        "order_number_text": ticket.order_number_text,
        "order": _order(ticket.order, ticket) if ticket.order else None,
        "assignee_name": ticket.assignee.name if ticket.assignee else "",
        "declaration": _declaration(ticket),
    }


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


def _order(order: Order, ticket: Ticket) -> dict[str, Any]:
    amount = order.total_minor / 10 ** get_currency_precision(order.currency)
    return {
        "number": order.number,
        "status": _(orders.STATUSES[order.status])
        if order.status in orders.STATUSES
        else order.status,
        "total_text": format_currency(amount, order.currency, locale=session.language()),
        "created_at": order.created_at,
        "items": order.items,
        "matched_by": _(orders.matched_by(order, ticket)),
    }


def name_for(actor: Actor, ticket: Ticket) -> str:
    """The customer's name, or its initials for those who may not know the person."""
    known = may(actor, Permission.CONTACT_READ, ticket)
    return ticket.contact_name if known else contacts.masked_name(ticket.contact_name)


ARCHIVED = {
    ArchiveReason.SPAM: N_("Archived as spam by %(platform)s, %(moment)s"),
    ArchiveReason.DUPLICATE: N_("Archived as a duplicate by %(platform)s, %(moment)s"),
}


def archived_note(ticket: Ticket) -> str:
    """Why nobody works on it; empty as long as somebody does."""
    if ticket.archived_at is None or ticket.archive_reason is None:
        return ""
    moment = dates.when(ticket.archived_at, session.language(), page.zone())
    return _(ARCHIVED[ticket.archive_reason], platform=page.platform_name(), moment=moment)


def _notice(ticket: Ticket) -> str:
    if ticket.status is TicketStatus.PENDING_CUSTOMER:
        return _(SUPPLEMENT)
    return _(CLOSED) if ticket.status is TicketStatus.CLOSED else ""
