"""Threads and messages: who may read them, and what may be said in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from helpdesk import normalise
from helpdesk.db import db
from helpdesk.domain import search
from helpdesk.domain.errors import Invalid, WrongState
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import ActorType, AuthorType, Decision, Lang, ResolutionType, ThreadKind
from helpdesk.models import MESSAGE_LIMIT, Message, Thread, Ticket
from helpdesk.words import N_

STALE = N_(
    "Somebody wrote in this complaint while you were typing. Read it below, then send your text again."
)


# What every page of a complaint asks is put together once.
_IN_THREAD = (Thread.id == Message.thread_id) & (Thread.store_id == Message.store_id)
_OF_TICKET = Thread.ticket_id == bindparam("ticket")
_AS_RELEASED = Message.released_at <= bindparam("moment")
_SAID = (
    select(Message)
    .join(Thread, _IN_THREAD)
    .where(_OF_TICKET, Thread.kind == ThreadKind.MAIN)
    .order_by(Message.id)
    .options(joinedload(Message.author_user))
)
_RELEASED = _SAID.where(_AS_RELEASED)
_NEWEST = select(func.max(Message.id)).join(Thread, _IN_THREAD).where(_OF_TICKET)
_NEWEST_RELEASED = _NEWEST.where(Thread.kind == ThreadKind.MAIN, _AS_RELEASED)


@dataclass(frozen=True)
class Resolution:
    """What an answer proposes: its kind and one line about it ("120 SAR to your card"), or why there is none."""

    type: ResolutionType
    text: str = ""


def read_text(typed: str, *, required: bool = True) -> str:
    """The text of a message, tidied; a customer who sends files need not write one (S0-47).

    Raises:
        Invalid: nothing visible in it, or more than 12,000 characters (S2-66, S2-67, C13).
    """
    text = normalise.prose(typed)
    if required and not text:
        raise Invalid(N_("Write a message."), field="text")
    if len(text) > MESSAGE_LIMIT:
        raise Invalid(
            N_("The message has %(count)s characters; %(limit)s is the most."),
            field="text",
            count=len(text),
            limit=MESSAGE_LIMIT,
        )
    return text


def read(ticket: Ticket, actor: Actor, *, now: datetime) -> list[Message]:
    """The main thread, oldest first: all that customers are ever given, and they once it is released."""
    require(actor, Permission.COMPLAINT_READ, ticket)
    if actor.is_staff:
        return list(db.session.scalars(_SAID, {"ticket": ticket.id}))
    return list(db.session.scalars(_RELEASED, {"ticket": ticket.id, "moment": now}))


def newest_message_id(ticket: Ticket, *, released_by: datetime | None = None) -> int:
    """What somebody has seen who has seen everything; 0 before the first message.

    With `released_by` it is a customer at that moment, who is given the main thread alone.
    """
    if released_by is None:
        return db.session.scalar(_NEWEST, {"ticket": ticket.id}) or 0
    return db.session.scalar(_NEWEST_RELEASED, {"ticket": ticket.id, "moment": released_by}) or 0


def refuse_stale(ticket: Ticket, author: Actor, last_seen: int | None, *, now: datetime) -> None:
    """Refuse a text that was written without seeing what somebody else wrote; it is shown first (X-11).

    One's own message from another window is no news. To staff, a note of a colleague is.

    Raises:
        WrongState: somebody else wrote meanwhile.
    """
    if last_seen is None:
        return
    newer = (
        select(Message.id)
        .join(Thread, _IN_THREAD)
        .where(_of(ticket), Message.id > last_seen, *_news_to(author, now))
    )
    if db.session.scalar(newer.limit(1)) is not None:
        raise WrongState(STALE)


def _news_to(author: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    if author.type is ActorType.STAFF:
        others = or_(Message.author_user_id.is_(None), Message.author_user_id != author.user_id)
        return others, or_(Thread.kind == ThreadKind.MAIN, Thread.team == author.team)
    by_staff = Message.author_type.in_((AuthorType.STAFF, AuthorType.SYSTEM))
    return by_staff, Thread.kind == ThreadKind.MAIN, Message.released_at <= now


def say(
    ticket: Ticket,
    author: Actor,
    text: str,
    *,
    now: datetime,
    released_at: datetime | None = None,
    resolution: Resolution | None = None,
    decision: Decision | None = None,
    wordless: bool = False,
) -> Message:
    """Append a message to the main thread; the customer may read it from `released_at` on, which is now at first."""
    main = select(Thread).where(_of(ticket), Thread.kind == ThreadKind.MAIN)
    message = write(
        ticket,
        db.session.scalars(main).one(),
        author,
        text,
        resolution_type=resolution.type if resolution else None,
        resolution_text=resolution.text or None if resolution else None,
        decision=decision,
        now=now,
        released_at=released_at or now,
        wordless=wordless,
    )
    ticket.last_public_message_at = now
    return message


def write(
    ticket: Ticket,
    thread: Thread,
    author: Actor,
    text: str,
    *,
    now: datetime,
    wordless: bool = False,
    **columns: Any,
) -> Message:
    """Append a text to a thread; `wordless` lets it be empty, where files speak.

    Raises:
        Invalid: see `read_text`.
    """
    body = read_text(text, required=not wordless)
    message = Message(
        store_id=ticket.store_id,
        thread_id=thread.id,
        body=body,
        lang=Lang(normalise.language(body)),
        created_at=now,
        **_author(ticket, author),
        **columns,
    )
    db.session.add(message)
    search.add(ticket, thread, message)
    db.session.flush()
    return message


def _of(ticket: Ticket) -> ColumnElement[bool]:
    return Thread.ticket_id == ticket.id


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
