"""Threads and messages: who may read them, and what may be said in them."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from helpdesk import normalise
from helpdesk.db import db
from helpdesk.domain.errors import Invalid, WrongState
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import ActorType, AuthorType, Lang, ThreadKind
from helpdesk.models import MESSAGE_LIMIT, Message, Thread, Ticket
from helpdesk.words import N_

STALE = N_(
    "Somebody wrote in this complaint while you were typing. Read it below, then send your text again."
)


def read_text(typed: str) -> str:
    """The text of a message, tidied.

    Raises:
        Invalid: nothing visible in it, or more than 12,000 characters (S2-66, S2-67, C13).
    """
    text = normalise.prose(typed)
    if not text:
        raise Invalid(N_("Write a message."), field="text")
    if len(text) > MESSAGE_LIMIT:
        raise Invalid(
            N_("The message has %(count)s characters; %(limit)s is the most."),
            field="text",
            count=len(text),
            limit=MESSAGE_LIMIT,
        )
    return text


def read(ticket: Ticket, actor: Actor) -> list[Message]:
    """The main thread, oldest first: all that customers are ever given."""
    require(actor, Permission.COMPLAINT_READ, ticket)
    query = (
        select(Message)
        .join(Thread, (Thread.id == Message.thread_id) & (Thread.store_id == Message.store_id))
        .where(Thread.ticket_id == ticket.id, Thread.kind == ThreadKind.MAIN)
        .order_by(Message.id)
        .options(joinedload(Message.author_user))
    )
    return list(db.session.scalars(query))


def newest_message_id(ticket: Ticket) -> int:
    """What a reader of the main thread has seen when they have seen everything; 0 before the first message."""
    query = (
        select(Message.id)
        .where(Message.thread_id == _main_id(ticket))
        .order_by(Message.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or 0


def refuse_stale(ticket: Ticket, author: Actor, last_seen: int | None) -> None:
    """Refuse a text that was written without seeing what somebody else wrote; it is shown first (X-11).

    One's own message from another window is no news.

    Raises:
        WrongState: somebody else wrote meanwhile.
    """
    if last_seen is None:
        return
    newer = select(Message.id).where(
        Message.thread_id == _main_id(ticket), Message.id > last_seen, _by_others(author)
    )
    if db.session.scalar(newer.limit(1)) is not None:
        raise WrongState(STALE)


def _by_others(author: Actor) -> ColumnElement[bool]:
    if author.type is ActorType.STAFF:
        return or_(Message.author_user_id.is_(None), Message.author_user_id != author.user_id)
    return Message.author_type.in_((AuthorType.STAFF, AuthorType.SYSTEM))


def say(ticket: Ticket, author: Actor, text: str, *, now: datetime) -> Message:
    """Append a message to the main thread."""
    body = read_text(text)
    message = Message(
        store_id=ticket.store_id,
        thread_id=_main_id(ticket),
        body=body,
        lang=Lang(normalise.language(body)),
        created_at=now,
        **_author(ticket, author),
    )
    db.session.add(message)
    ticket.last_public_message_at = now
    db.session.flush()
    return message


def _main_id(ticket: Ticket) -> int:
    query = select(Thread.id).where(Thread.ticket_id == ticket.id, Thread.kind == ThreadKind.MAIN)
    return db.session.scalars(query).one()


def _author(ticket: Ticket, author: Actor) -> dict[str, object]:
    if author.type is ActorType.STAFF:
        return {
            "author_type": AuthorType.STAFF,
            "author_user_id": author.user_id,
            "team": author.team,
        }
    if ticket.customer_id is not None:
        return {"author_type": AuthorType.CUSTOMER, "author_customer_id": ticket.customer_id}
    return {"author_type": AuthorType.CONTACT}
