"""A complaint as its customer reads it: status in plain words, latest answer first, public events only."""

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from helpdesk.domain import complaints, conversation, timeline
from helpdesk.domain.kinds import COMPLAINT, COMPLAINT_TYPES
from helpdesk.domain.permissions import Actor
from helpdesk.enums import AuthorType, EventKind, Lang, Team, TicketStatus
from helpdesk.models import Message, Ticket
from helpdesk.views import page, session
from helpdesk.words import N_

EVENT_TEXTS = {
    EventKind.COMPLAINT_SUBMITTED: N_("You sent the complaint"),
    EventKind.COMPLAINT_FORWARDED: N_("%(platform)s passed the complaint to the store"),
    EventKind.COMPLAINT_ASKED: N_("%(platform)s asked you something"),
    EventKind.COMPLAINT_ANSWERED: N_("You got an answer"),
    EventKind.COMPLAINT_SUPPLEMENTED: N_("Something was added to the answer"),
    EventKind.COMPLAINT_CUSTOMER_REPLIED: N_("You replied"),
    EventKind.COMPLAINT_CLOSED: N_("You accepted the resolution and closed the complaint"),
}


def story(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """What `public/complaints/show.html` needs of the complaint."""
    platform = page.platform_name()
    label = COMPLAINT.labels[ticket.status]
    messages = [_message(one, platform) for one in reversed(conversation.read(ticket, actor))]
    latest = next((one for one in messages if one["side"] in {"store", "platform"}), None)
    closed = ticket.status is TicketStatus.CLOSED
    return {
        "ticket": {
            "number": ticket.number,
            "type_label": _(COMPLAINT_TYPES[ticket.complaint_type])
            if ticket.complaint_type
            else "",
            "order_number_text": ticket.order_number_text,
            "created_at": ticket.created_at,
            "is_closed": closed,
            "closed_at": ticket.closed_at,
        },
        "status": {
            "label": _(label.name, platform=platform),
            "meaning": _(label.meaning, platform=platform),
            "todo": _(label.todo) if label.todo else "",
            "tone": label.tone,
        },
        "steps": _steps(ticket),
        "messages": messages,
        "latest": latest,
        "latest_title": _("Latest answer") if ticket.first_reply_at else _("Question for you"),
        "events": [
            {"text": _(EVENT_TEXTS[event.kind], platform=platform), "at": event.at}
            for event in timeline.of_ticket(ticket, public_only=True)
            if event.kind in EVENT_TEXTS
        ],
        "can_reply": not closed,
        "can_close": complaints.may_be_closed(ticket),
        "new_url": url_for("complaints.new"),
    }


def _message(message: Message, platform: str) -> dict[str, Any]:
    side, who = _speaker(message, platform)
    return {
        "who": who,
        "side": side,
        "text": message.body,
        "lang": message.lang.value,
        "dir": "rtl" if message.lang is Lang.AR else "ltr",
        "at": message.created_at,
    }


def _speaker(message: Message, platform: str) -> tuple[str, str]:
    if message.author_type in {AuthorType.CUSTOMER, AuthorType.CONTACT}:
        return "customer", _("You")
    if message.author_user is None:
        return "system", platform
    if message.team is Team.PLATFORM:
        return "platform", platform
    return "store", f"{g.store.name_in(session.language())} ({message.author_user.name})"


def _steps(ticket: Ticket) -> list[dict[str, str]]:
    """How far the complaint has come, in four words."""
    done = [
        (_("Submitted"), True),
        (_("Review"), ticket.forwarded_at is not None or ticket.first_reply_at is not None),
        (_("Answer"), ticket.first_reply_at is not None),
        (_("Closing"), ticket.status is TicketStatus.CLOSED),
    ]
    current = next(
        (index for index, (_label, reached) in enumerate(done) if not reached), len(done)
    )
    return [
        {"label": label, "state": "done" if reached else "current" if index == current else "next"}
        for index, (label, reached) in enumerate(done)
    ]
