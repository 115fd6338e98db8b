"""Internal notes: a thread for each side, which nobody outside that side is given (S0-51, S2-84).

The platform reads a store's notes only after saying so, which is recorded (domain 2.2).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from helpdesk.db import db, insert_once
from helpdesk.domain import attachments, conversation, drafts, timeline, wording
from helpdesk.domain.errors import NotAllowed
from helpdesk.domain.permissions import Actor, Permission, may, require
from helpdesk.enums import DraftMode, EventKind, Team, ThreadKind
from helpdesk.models import Event, Message, Thread, Ticket

OPEN_FOR = timedelta(minutes=30)


def write(
    ticket: Ticket,
    text: str,
    actor: Actor,
    *,
    last_seen: int | None,
    files: Sequence[str] = (),
    now: datetime,
) -> Message:
    """Write something down for one's own team alone, on a closed complaint too.

    Neither status nor clocks nor "last reply" move, and nobody is told (C24, S2-23).

    Raises:
        Invalid: an empty or too long text, a card number, or a file that is not there.
        WrongState: somebody wrote meanwhile (X-11).
    """
    require(actor, Permission.NOTE_WRITE, ticket)
    wording.refuse_card_numbers(text)
    conversation.refuse_stale(ticket, actor, last_seen, now=now)
    thread = _thread(ticket, actor, now)
    note = conversation.write(ticket, thread, actor, text, now=now, released_at=now)
    attachments.attach(note, files, actor, now=now)
    drafts.drop(ticket, DraftMode.NOTE, actor)
    timeline.record(EventKind.NOTE_WRITTEN, actor, ticket, now=now, data={"team": actor.team})
    return note


_OF = (
    select(Message)
    .join(Thread, (Thread.id == Message.thread_id) & (Thread.store_id == Message.store_id))
    .where(
        Thread.ticket_id == bindparam("ticket"),
        Thread.kind == ThreadKind.NOTES,
        Thread.team.in_(bindparam("teams", expanding=True)),
    )
    .order_by(Message.id)
    .options(joinedload(Message.author_user))
)


def read(ticket: Ticket, actor: Actor, *, now: datetime) -> list[Message]:
    """The notes that this person may read now, oldest first; `team` says whose each is."""
    teams = [team for team in Team if may_read(ticket, team, actor, now=now)]
    if not teams:
        return []
    return list(db.session.scalars(_OF, {"ticket": ticket.id, "teams": teams}))


def may_read(ticket: Ticket, team: Team, actor: Actor, *, now: datetime) -> bool:
    """Whether this person may read the notes of that side: their own, or a store's for half an hour after opening."""
    if not may(actor, Permission.NOTE_READ, ticket):
        return False
    return team is actor.team or (actor.team is Team.PLATFORM and opened(ticket, actor, now=now))


def open_for_platform(ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """A person of the platform says that they read the store's notes, which is recorded.

    Raises:
        NotAllowed: anybody else; a store has its own notes open, and never sees the platform's.
    """
    require(actor, Permission.NOTE_READ, ticket)
    if actor.team is not Team.PLATFORM:
        raise NotAllowed
    timeline.record(EventKind.NOTES_OPENED, actor, ticket, now=now)


def opened(ticket: Ticket, actor: Actor, *, now: datetime) -> bool:
    """Whether this person opened the store's notes within the last half hour."""
    query = select(Event.id).where(
        Event.ticket_id == ticket.id,
        Event.kind == EventKind.NOTES_OPENED,
        Event.actor_id == actor.user_id,
        Event.at > now - OPEN_FOR,
    )
    return db.session.scalar(query.limit(1)) is not None


def _thread(ticket: Ticket, actor: Actor, now: datetime) -> Thread:
    """The side's thread, made with its first note; two first notes at once share one."""
    insert_once(
        Thread,
        store_id=ticket.store_id,
        ticket_id=ticket.id,
        kind=ThreadKind.NOTES,
        team=actor.team,
        created_at=now,
    )
    query = select(Thread).where(
        Thread.ticket_id == ticket.id, Thread.kind == ThreadKind.NOTES, Thread.team == actor.team
    )
    return db.session.scalars(query).one()
