"""Who may fetch a file: whoever may read the message that it came with (security: files)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from helpdesk.db import db
from helpdesk.domain import notes
from helpdesk.domain.errors import NotFound
from helpdesk.domain.permissions import Actor, Permission, may
from helpdesk.enums import ThreadKind
from helpdesk.models import Attachment, Message, Store, Thread, Ticket


def find(token: str) -> Attachment:
    """The file at this address, whoever asks; `permitted` says whether they may have it.

    Raises:
        NotFound: no file has this address.
    """
    found = db.session.scalar(select(Attachment).where(Attachment.token == token))
    if found is None:
        raise NotFound
    return found


def store_of(attachment: Attachment) -> Store:
    """The store that the file belongs to."""
    return db.session.get_one(Store, attachment.store_id)


def permitted(attachment: Attachment, actors: Iterable[Actor], *, now: datetime) -> None:
    """Refuse unless one of those whom the browser stands for may read the file's message.

    Raises:
        NotFound: none of them may.
    """
    message = db.session.scalars(select(Message).where(Message.id == attachment.message_id)).one()
    thread = db.session.scalars(select(Thread).where(Thread.id == message.thread_id)).one()
    ticket = db.session.scalars(select(Ticket).where(Ticket.id == thread.ticket_id)).one()
    if not any(_may_read(actor, ticket, thread, message, now) for actor in actors):
        raise NotFound


def _may_read(
    actor: Actor, ticket: Ticket, thread: Thread, message: Message, now: datetime
) -> bool:
    if thread.kind is ThreadKind.NOTES and thread.team is not None:
        return notes.may_read(ticket, thread.team, actor, now=now)
    if thread.kind is not ThreadKind.MAIN or not may(actor, Permission.COMPLAINT_READ, ticket):
        return False
    return actor.is_staff or message.released_at <= now
