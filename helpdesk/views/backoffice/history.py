"""A complaint's timeline as staff read it: what was said, what was noted for the team, and what happened."""

from dataclasses import dataclass
from typing import Any

from helpdesk import clock
from helpdesk.domain import notes, priorities, timeline
from helpdesk.domain.kinds import DECISIONS, RESOLUTIONS
from helpdesk.domain.permissions import Actor
from helpdesk.enums import ActorType, AuthorType, EventKind, Lang, Priority, Team, TicketStatus
from helpdesk.language import gettext as _
from helpdesk.lists.complaints import status_label
from helpdesk.models import Event, Message, Ticket
from helpdesk.views import attached, page
from helpdesk.views.backoffice.frame import initials
from helpdesk.words import N_

EVENT_TEXTS = {
    EventKind.COMPLAINT_FORWARDED: N_("Forwarded to the merchant"),
    EventKind.COMPLAINT_SUPPLEMENTED: N_("The answer was supplemented"),
    EventKind.COMPLAINT_DECIDED: N_("%(platform)s decided in place of the store"),
    EventKind.COMPLAINT_CLOSED: N_("The customer accepted the resolution and closed the complaint"),
    EventKind.COMPLAINT_WITHDRAWN: N_("The customer withdrew the complaint"),
    EventKind.COMPLAINT_ARCHIVED: N_("Put into the archive"),
    EventKind.COMPLAINT_RESTORED: N_("Taken back out of the archive"),
    EventKind.COMPLAINT_DUE_SOON: N_("Three quarters of the time have passed"),
    EventKind.COMPLAINT_OVERDUE: N_("The due time has passed"),
    EventKind.CONTACT_PROVEN: N_("The customer opened the complaint with a code"),
    EventKind.CONTACT_CHANGED: N_("The contact address was changed from %(was)s to %(became)s"),
    EventKind.CONTACT_LEFT: N_("The customer finished and locked the complaint"),
    EventKind.CUSTOMER_REMINDED: N_("The customer was reminded"),
    EventKind.TRACKING_CODE_REISSUED: N_("The customer was sent a new tracking code"),
    EventKind.COPY_TAKEN: N_("The customer took a copy"),
    EventKind.RATED: N_("The customer gave %(became)s of 5 stars"),
    EventKind.REPLY_UNDONE: N_("A reply was taken back before the customer could read it"),
    EventKind.NOTE_WRITTEN: N_("Wrote an internal note"),
    EventKind.NOTES_OPENED: N_("Opened the store's notes"),
    EventKind.TICKET_ASSIGNED: N_("Assigned to %(name)s"),
    EventKind.PRIORITY_SET: N_("Priority: %(was)s → %(became)s"),
    EventKind.TAGS_SET: N_("Tags: %(tags)s"),
}
"""What stands between the messages. A message speaks for itself; of its event the change of status is shown."""
_OF_ONE_SIDE = frozenset({EventKind.NOTE_WRITTEN, EventKind.TAGS_SET})
"""What a side does for itself alone; the other side is not told."""
SHOWN = ("all", "messages", "events")


@dataclass(frozen=True)
class View:
    """How somebody looks at a timeline."""

    shown: str = SHOWN[0]
    stale_since: int | None = None
    """The newest message that the writer of a refused text had seen; what others wrote since is new to them."""

    def marks(self, message: Message, actor: Actor) -> dict[str, bool]:
        """Whether the message is new to this person."""
        later = self.stale_since is not None and message.id > self.stale_since
        return {"new": later and message.author_user_id != actor.user_id}


def history(
    ticket: Ticket, messages: list[Message], actor: Actor, customer: str, view: View
) -> list[dict[str, Any]]:
    """The entries that one of the choices in `SHOWN` leaves, oldest first."""
    shown = view.shown
    entries: list[dict[str, Any]] = []
    if shown != "events":
        noted = notes.read(ticket, actor, now=clock.now())
        entries += [said(one, customer) | view.marks(one, actor) for one in messages]
        entries += [_noted(one, actor) | view.marks(one, actor) for one in noted]
        files = attached.by_message([*messages, *noted])
        entries = [entry | {"files": files[entry["id"]]} for entry in entries]
    if shown != "messages":
        entries += _happenings(ticket, actor, all_of_them=shown == "events")
    return sorted(entries, key=lambda entry: (entry["at"], entry["kind"] == "event"))


def said(message: Message, customer: str) -> dict[str, Any]:
    """A message as its entry."""
    side, who = _speaker(message, customer)
    return {
        "kind": "message",
        "id": message.id,
        "side": side,
        "who": who,
        "initials": initials(who),
        "text": message.body,
        "lang": message.lang.value,
        "dir": "rtl" if message.lang is Lang.AR else "ltr",
        "at": message.created_at,
        "detail": page.platform_name() if side == "platform" else "",
        "proposal": _proposal(message),
        "decision": _(DECISIONS[message.decision]) if message.decision else "",
    }


def _noted(note: Message, actor: Actor) -> dict[str, Any]:
    """An internal note as its entry; that it is one is said in words, not by colour alone."""
    own = note.team is actor.team
    detail = (
        _("Internal note – only your team sees this") if own else _("Internal note of the store")
    )
    return said(note, "") | {"kind": "note", "detail": detail}


def _proposal(message: Message) -> dict[str, str] | None:
    if message.resolution_type is None:
        return None
    return {
        "label": _(RESOLUTIONS[message.resolution_type]),
        "text": message.resolution_text or "",
    }


def _speaker(message: Message, customer: str) -> tuple[str, str]:
    if message.author_type in {AuthorType.CUSTOMER, AuthorType.CONTACT}:
        return "customer", customer
    if message.author_user is None:
        return "system", page.platform_name()
    return ("platform" if message.team is Team.PLATFORM else "store"), message.author_user.name


def _happenings(ticket: Ticket, actor: Actor, *, all_of_them: bool) -> list[dict[str, Any]]:
    facts = timeline.of_ticket(ticket, public_only=False)
    gone = timeline.undone(facts)
    return [
        _happened(fact, actor)
        for fact in facts
        if fact.id not in gone and _worth_telling(fact, actor, all_of_them=all_of_them)
    ]


def _worth_telling(event: Event, actor: Actor, *, all_of_them: bool) -> bool:
    if event.kind in _OF_ONE_SIDE and event.data.get("team", Team.MERCHANT) != actor.team:
        return False
    if event.kind is EventKind.NOTE_WRITTEN:
        return all_of_them  # otherwise the note itself stands there
    return event.kind in EVENT_TEXTS or ("message_id" in event.data and event.was != event.became)


def _happened(event: Event, actor: Actor) -> dict[str, Any]:
    return {
        "kind": "event",
        "side": "system",
        "who": event.actor_name if event.actor_type is ActorType.STAFF else "",
        "initials": "",
        "text": _event_text(event),
        "at": event.at,
        "detail": _event_detail(event, actor),
    }


def _event_detail(event: Event, actor: Actor) -> str:
    """What the platform wrote with it; the store reads what was written to it alone."""
    for_the_store = event.kind is EventKind.COMPLAINT_FORWARDED
    if for_the_store or actor.team is Team.PLATFORM:
        return str(event.data.get("note") or event.data.get("reason") or "")
    return ""


def _event_text(event: Event) -> str:
    if event.kind is EventKind.TICKET_ASSIGNED and not event.became:
        return _("Assignee removed")
    if event.kind in EVENT_TEXTS:
        return _(EVENT_TEXTS[event.kind], **_values(event))
    was, became = (
        status_label(TicketStatus(str(one)), page.platform_name())["label"]
        for one in (event.was, event.became)
    )
    return _("Status: %(was)s → %(became)s", was=was, became=became)


def _values(event: Event) -> dict[str, str]:
    was, became = event.was or "", event.became or ""
    if event.kind is EventKind.PRIORITY_SET:
        was, became = (_(priorities.NAMES[Priority(word)]) for word in (was, became))
    tags = _(", ").join(event.data.get("became", [])) if event.kind is EventKind.TAGS_SET else ""
    return {
        "was": was,
        "became": became,
        "name": became,
        "tags": tags or _("none"),
        "platform": page.platform_name(),
    }
