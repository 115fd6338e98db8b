"""A staff reply's first ten seconds: its writer may take it back before anybody is told (S2-87)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from helpdesk.db import db
from helpdesk.domain import attachments, conversation, search, tickets, timeline, turns
from helpdesk.domain.conversation import Resolution
from helpdesk.domain.errors import NotAllowed, WrongState
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import EventKind, ThreadKind
from helpdesk.models import Event, Message, Thread, Ticket
from helpdesk.words import N_

UNDO_FOR = timedelta(seconds=10)
MOMENTS = ("first_reply_at", "last_public_message_at")
TOO_LATE = N_("It is too late to take this reply back: the customer can read it.")
OVERTAKEN = N_("This reply cannot be taken back: something else has happened since.")
_BESIDE = frozenset(
    {
        EventKind.CODE_ISSUED,
        EventKind.CONTACT_LEFT,
        EventKind.CONTACT_PROVEN,
        EventKind.COPY_TAKEN,
        EventKind.NOTE_WRITTEN,
        EventKind.NOTES_OPENED,
        EventKind.PRIORITY_SET,
        EventKind.TAGS_SET,
        EventKind.TICKET_ASSIGNED,
        EventKind.TRACKING_CODE_REISSUED,
    }
)
"""What touches neither the conversation nor whose turn it is, and so stands in nobody's way."""


@dataclass(frozen=True)
class Draft:
    """A reply that was taken back, as it was written."""

    text: str
    files: tuple[str, ...]
    """Tokens of staged uploads."""
    resolution: Resolution | None
    asked: bool
    """Whether it was a question."""


def before(ticket: Ticket) -> dict[str, Any]:
    """How the ticket stands before a reply changes it, fit for the data of the reply's event."""
    return {
        **tickets.standing(ticket),
        **{name: _text(getattr(ticket, name)) for name in MOMENTS},
        "turn": turns.snapshot(ticket),
    }


def pending(ticket: Ticket, actor: Actor, *, now: datetime) -> Message | None:
    """The person's own reply that they can still take back, if there is one."""
    query = (
        select(Message)
        .join(Thread, (Thread.id == Message.thread_id) & (Thread.store_id == Message.store_id))
        .where(
            Thread.ticket_id == ticket.id,
            Thread.kind == ThreadKind.MAIN,
            Message.author_user_id == actor.user_id,
            Message.released_at > now,
        )
        .order_by(Message.id.desc())
    )
    message = db.session.scalar(query.limit(1))
    if message is None or _overtaken(ticket, message):
        return None
    return message


def take_back(ticket: Ticket, message_id: int, actor: Actor, *, now: datetime) -> Draft:
    """Undo a reply of one's own as if it had never been written; what it said is handed back.

    Raises:
        NotAllowed: somebody else wrote it.
        WrongState: the customer can read it by now, or something else happened meanwhile.
    """
    require(actor, Permission.COMPLAINT_REPLY, ticket)
    message = _held(ticket, message_id, actor, now)
    event = _event(ticket, message)
    if not timeline.withhold(event, now=now):
        raise WrongState(TOO_LATE)
    draft = _draft(message, event, actor, now)
    _restore(ticket, event, actor, now)
    db.session.delete(message)
    db.session.flush()
    search.rebuild(ticket)
    return draft


def _held(ticket: Ticket, message_id: int, actor: Actor, now: datetime) -> Message:
    found = {one.id: one for one in conversation.read(ticket, actor, now=now)}
    message = found.get(message_id)
    if message is None or message.released_at <= now:
        raise WrongState(TOO_LATE)
    if message.author_user_id != actor.user_id:
        raise NotAllowed
    return message


def _event(ticket: Ticket, message: Message) -> Event:
    """The fact of the reply, which must be the last one that counts."""
    if _overtaken(ticket, message):
        raise WrongState(OVERTAKEN)
    return _since(ticket, message)[0]


def _overtaken(ticket: Ticket, message: Message) -> bool:
    return any(fact.kind not in _BESIDE for fact in _since(ticket, message)[1:])


def _since(ticket: Ticket, message: Message) -> list[Event]:
    """The fact of the reply, and what has happened after it and still holds.

    A later reply that was taken back itself left everything as it had been, so it stands in nobody's way.
    """
    facts = timeline.of_ticket(ticket, public_only=False)
    gone = timeline.undone(facts)
    facts = [
        fact for fact in facts if fact.id not in gone and fact.kind is not EventKind.REPLY_UNDONE
    ]
    first = next(
        place for place, fact in enumerate(facts) if fact.data.get("message_id") == message.id
    )
    return facts[first:]


def _draft(message: Message, event: Event, actor: Actor, now: datetime) -> Draft:
    proposed = message.resolution_type
    return Draft(
        text=message.body,
        files=tuple(attachments.return_to_staging(message, actor, now=now)),
        resolution=Resolution(proposed, message.resolution_text or "") if proposed else None,
        asked=event.kind is EventKind.COMPLAINT_ASKED,
    )


def _restore(ticket: Ticket, event: Event, actor: Actor, now: datetime) -> None:
    kept = event.data["before"]
    for name in MOMENTS:
        setattr(ticket, name, datetime.fromisoformat(kept[name]) if kept[name] else None)
    change = tickets.put_back(ticket, kept)
    turns.restore(ticket, kept["turn"], now=now)
    timeline.record(
        EventKind.REPLY_UNDONE,
        actor,
        ticket,
        now=now,
        was=change.was,
        became=change.became,
        data={"event_id": event.id},
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
