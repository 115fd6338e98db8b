"""A complaint as its customer reads it: status in plain words, latest answer first, public events only."""

from datetime import datetime
from typing import Any

from flask import g, render_template

from helpdesk import clock, dates
from helpdesk.domain import closing, conversation, follow_ups, ratings, timeline, verification
from helpdesk.domain.kinds import COMPLAINT, COMPLAINT_TYPES, DECISIONS, RESOLUTIONS, Label
from helpdesk.domain.permissions import Actor
from helpdesk.enums import AuthorType, CloseReason, EventKind, Lang, Team, TicketStatus
from helpdesk.language import gettext as _
from helpdesk.models import Event, Message, Ticket
from helpdesk.views import attached, page, session
from helpdesk.views.forms import ConfirmForm
from helpdesk.views.public.endings import end_form
from helpdesk.views.public.forms import RatingForm, ReplyForm
from helpdesk.views.shares import held_by
from helpdesk.words import N_

EVENT_TEXTS = {
    EventKind.COMPLAINT_SUBMITTED: N_("You sent the complaint"),
    EventKind.COMPLAINT_FORWARDED: N_("%(platform)s passed the complaint to the store"),
    EventKind.COMPLAINT_ASKED: N_("%(who)s asked you something"),
    EventKind.COMPLAINT_ANSWERED: N_("You got an answer"),
    EventKind.COMPLAINT_SUPPLEMENTED: N_("Something was added to the answer"),
    EventKind.COMPLAINT_DECIDED: N_("%(platform)s decided the complaint"),
    EventKind.COMPLAINT_CUSTOMER_REPLIED: N_("You replied"),
    EventKind.CUSTOMER_REMINDED: N_("We reminded you that the complaint waits for you"),
    EventKind.CONTACT_CHANGED: N_("Your e-mail address was changed"),
    EventKind.TRACKING_CODE_REISSUED: N_("You got a new tracking code"),
    EventKind.COMPLAINT_CLOSED: N_("You accepted the resolution and closed the complaint"),
    EventKind.COMPLAINT_WITHDRAWN: N_("You withdrew the complaint"),
}
SIDES = {"store", "platform"}
ASIDE = Label(
    N_("Put aside"),
    N_("%(platform)s has put this complaint aside. Nobody is working on it now."),
    N_("If that is a mistake, reply below and say so: %(platform)s is told."),
    "neutral",
)
"""What is true of an archived complaint for its customer, whatever status it had (C9)."""


def shown(
    ticket: Ticket,
    actor: Actor,
    form: ReplyForm | None = None,
    rating_form: RatingForm | None = None,
) -> str:
    """The complaint's page; a refused form stays on it with all that was typed."""
    now = clock.now()
    locks_at = verification.locks_at(ticket, actor.browser_hash, now=now)
    form = form or ReplyForm(formdata=None)
    # The page that is shown now has everything; a text that was refused as stale may then be sent.
    form.last_seen.data = str(conversation.newest_message_id(ticket, released_by=now))
    return render_template(
        "public/complaints/show.html",
        form=form,
        close_form=end_form(ticket),
        confirm_form=ConfirmForm(formdata=None),
        rating=_rating(ticket, actor, rating_form, now),
        locks_at=locks_at,
        stay_seconds=int((locks_at - now).total_seconds()),
        linked=follow_ups.linked(ticket, actor),
        **story(ticket, actor, now=now),
    )


def story(ticket: Ticket, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """What the complaint's page and its copy say of it."""
    platform = page.platform_name()
    known_status = timeline.known_status(ticket, now=now)
    read = conversation.read(ticket, actor, now=now)
    told = timeline.told(ticket, now=now)
    files = attached.by_message(read)
    messages = [_message(one, platform) | {"files": files[one.id]} for one in reversed(read)]
    latest = next((one for one in messages if one["side"] in SIDES), None)
    closed = ticket.status is TicketStatus.CLOSED
    cooling = _cooling(ticket, now)
    return {
        "ticket": _facts(ticket),
        "status": _status(ticket, known_status, platform),
        "steps": _steps(ticket, now),
        "messages": messages,
        "latest": latest,
        "latest_title": _latest_title(latest, told),
        "events": _events(told, messages, platform),
        "can_reply": not closed,
        "can_close": closing.may_be_closed(ticket, now=now) and not cooling,
        "can_withdraw": closing.may_be_withdrawn(ticket, now=now) and not cooling,
        "cooling": cooling,
        "held": held_by(ticket, _("You")),
        "own_newest": max((one["id"] for one in messages if one["side"] == "customer"), default=0),
    }


def _facts(ticket: Ticket) -> dict[str, Any]:
    kind = ticket.complaint_type
    return {
        "number": ticket.number,
        "type_label": _(COMPLAINT_TYPES[kind]) if kind else "",
        "order_number_text": ticket.order_number_text,
        "created_at": ticket.created_at,
        "is_closed": ticket.status is TicketStatus.CLOSED,
        "is_withdrawn": ticket.close_reason is CloseReason.WITHDRAWN,
        "closed_at": ticket.closed_at,
    }


def _cooling(ticket: Ticket, now: datetime) -> str:
    """Why closing has to wait after a change of the contact address; empty when it need not (C47)."""
    moment = closing.closable_from(ticket, now=now)
    if moment is None or ticket.status is TicketStatus.CLOSED:
        return ""
    return _(closing.CONTACT_IS_NEW, moment=dates.when(moment, session.language(), page.zone()))


def _status(ticket: Ticket, status: TicketStatus, platform: str) -> dict[str, str]:
    label = ASIDE if _put_aside(ticket, status) else COMPLAINT.label(status, ticket.close_reason)
    return {
        "label": _(label.name, platform=platform),
        "meaning": _(label.meaning, platform=platform),
        "todo": _(label.todo, platform=platform) if label.todo else "",
        "tone": label.tone,
    }


def _put_aside(ticket: Ticket, status: TicketStatus) -> bool:
    return ticket.archived_at is not None and status is not TicketStatus.CLOSED


def _rating(
    ticket: Ticket, actor: Actor, form: RatingForm | None, now: datetime
) -> dict[str, Any] | None:
    """What the customer said about how it went, and the form as long as it may be said or changed."""
    if ticket.status is not TicketStatus.CLOSED:
        return None
    given = ratings.of_ticket(ticket, actor)
    until = given.created_at + ratings.EDITABLE if given else None
    values = {"stars": str(given.stars), "comment": given.comment} if given else {}
    return {
        "given": given,
        "until": until,
        "form": form or RatingForm(formdata=None, data=values)
        if given is None or ratings.may_be_changed(given, now=now)
        else None,
    }


def _latest_title(latest: dict[str, Any] | None, told: list[Event]) -> str:
    asked = {event.data["message_id"] for event in told if event.kind is EventKind.COMPLAINT_ASKED}
    return _("Question for you") if latest and latest["id"] in asked else _("Latest answer")


def _events(
    told: list[Event], messages: list[dict[str, Any]], platform: str
) -> list[dict[str, Any]]:
    """The history; of what was said only what the reader is given to read."""
    speakers = {one["id"]: one["who"] for one in messages}
    return [
        {
            "text": _(
                EVENT_TEXTS[event.kind],
                platform=platform,
                who=speakers.get(event.data.get("message_id"), platform),
            ),
            "at": event.at,
        }
        for event in told
        if event.kind in EVENT_TEXTS and event.data.get("message_id", 0) in {0, *speakers}
    ]


def _message(message: Message, platform: str) -> dict[str, Any]:
    side, who = _speaker(message, platform)
    return {
        "id": message.id,
        "who": who,
        "side": side,
        "text": message.body,
        "lang": message.lang.value,
        "dir": "rtl" if message.lang is Lang.AR else "ltr",
        "at": message.created_at,
        "proposed": _proposed(message),
        "decided": _decided(message, platform),
    }


def _proposed(message: Message) -> dict[str, str] | None:
    kind = message.resolution_type
    return {"kind": _(RESOLUTIONS[kind]), "line": message.resolution_text or ""} if kind else None


def _decided(message: Message, platform: str) -> str:
    if message.decision is None:
        return ""
    return _(
        "Decision of %(platform)s: %(decision)s",
        platform=platform,
        decision=_(DECISIONS[message.decision]),
    )


def _speaker(message: Message, platform: str) -> tuple[str, str]:
    if message.author_type in {AuthorType.CUSTOMER, AuthorType.CONTACT}:
        return "customer", _("You")
    if message.author_user is None:
        return "system", platform
    if message.team is Team.PLATFORM:
        return "platform", platform
    return "store", f"{g.store.name_in(session.language())} ({message.author_user.name})"


def _steps(ticket: Ticket, now: datetime) -> list[dict[str, str]]:
    """How far the complaint has come, in four words; fewer where it was withdrawn or put aside on the way."""
    answered = closing.is_answered(ticket, now=now)
    done = [
        (_("Submitted"), True),
        (_("Review"), ticket.forwarded_at is not None or answered),
        (_("Answer"), answered),
        (_("Closing"), ticket.status is TicketStatus.CLOSED),
    ]
    come = [(label, reached) for label, reached in done[:3] if reached]
    if ticket.close_reason is CloseReason.WITHDRAWN:
        done = [*come, (_("Withdrawn"), True)]
    elif _put_aside(ticket, ticket.status):
        done = [*come, (_(ASIDE.name), False)]
    current = next(
        (index for index, (_label, reached) in enumerate(done) if not reached), len(done)
    )
    return [
        {"label": label, "state": "done" if reached else "current" if index == current else "next"}
        for index, (label, reached) in enumerate(done)
    ]
