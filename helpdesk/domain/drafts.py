"""What a member of staff has typed about a ticket and not sent yet: theirs alone, until it is sent (X-12)."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select

from helpdesk import normalise
from helpdesk.db import db, insert_once
from helpdesk.domain import wording
from helpdesk.domain.errors import Invalid
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import DraftMode
from helpdesk.models import MESSAGE_LIMIT, Draft, Message, Thread, Ticket
from helpdesk.words import N_

KEPT = timedelta(days=30)
_NEEDS = {
    DraftMode.REPLY: Permission.COMPLAINT_REPLY,
    DraftMode.ASK: Permission.COMPLAINT_REPLY,
    DraftMode.NOTE: Permission.NOTE_WRITE,
}


def keep(
    ticket: Ticket, mode: DraftMode, text: str, actor: Actor, *, now: datetime
) -> Draft | None:
    """Keep what the person has typed, in place of what was kept before; None where there is nothing to keep.

    A card number in it is masked (S2-85). An empty text is none. Neither is what they have just sent: a script's
    last "keep this" may arrive after the reply itself.

    Raises:
        Invalid: longer than any message.
    """
    require(actor, _NEEDS[mode], ticket)
    body = wording.mask_card_numbers(normalise.prose(text))
    if len(body) > MESSAGE_LIMIT:
        raise Invalid(
            N_("The draft was not saved: it has %(count)s characters; %(limit)s is the most."),
            field="text",
            count=len(body),
            limit=MESSAGE_LIMIT,
        )
    if not body or body == _last_said(ticket, actor):
        drop(ticket, mode, actor)
        return None
    key = _key(ticket, mode, actor)
    insert_once(Draft, **key, body=body, saved_at=now)
    draft = db.session.scalars(select(Draft).filter_by(**key)).one()
    draft.body, draft.saved_at = body, now
    return draft


def put_above(
    ticket: Ticket, mode: DraftMode, text: str, actor: Actor, *, now: datetime
) -> Draft | None:
    """Keep a text above what the person has typed there already, so that neither is lost.

    A text that stands there is not put there twice: a form may arrive again.

    Raises:
        Invalid: together they are longer than any message.
    """
    there = of(ticket, actor).get(mode)
    body, said = there.body if there else "", normalise.prose(text)
    if not body.startswith(said):
        body = "\n\n".join(filter(None, [said, body]))
    return keep(ticket, mode, body, actor, now=now)


def move(
    ticket: Ticket, mode: DraftMode, to: DraftMode, text: str, actor: Actor, *, now: datetime
) -> Draft | None:
    """Go on with a text in another mode; nothing of it stays behind (S2-87).

    Raises:
        Invalid: with what is there already it is longer than any message.
    """
    drop(ticket, mode, actor)
    return put_above(ticket, to, text, actor, now=now)


_OF = select(Draft).where(
    Draft.ticket_id == bindparam("ticket"), Draft.user_id == bindparam("person")
)


def of(ticket: Ticket, actor: Actor) -> dict[DraftMode, Draft]:
    """The person's own drafts about this ticket."""
    mine = db.session.scalars(_OF, {"ticket": ticket.id, "person": actor.user_id})
    return {draft.mode: draft for draft in mine}


def drop(ticket: Ticket, mode: DraftMode, actor: Actor) -> None:
    """Let go of the person's draft: it was sent, or they do not want it any more."""
    db.session.execute(delete(Draft).filter_by(**_key(ticket, mode, actor)))


def forget_old(*, now: datetime) -> None:
    """Delete drafts that nobody has touched for thirty days."""
    db.session.execute(delete(Draft).where(Draft.saved_at < now - KEPT))


def _key(ticket: Ticket, mode: DraftMode, actor: Actor) -> dict[str, object]:
    return {
        "store_id": ticket.store_id,
        "ticket_id": ticket.id,
        "user_id": actor.user_id,
        "mode": mode,
    }


def _last_said(ticket: Ticket, actor: Actor) -> str | None:
    """The person's newest message about this ticket, a note too."""
    query = (
        select(Message.body)
        .join(Thread, (Thread.id == Message.thread_id) & (Thread.store_id == Message.store_id))
        .where(Thread.ticket_id == ticket.id, Message.author_user_id == actor.user_id)
        .order_by(Message.id.desc())
    )
    return db.session.scalar(query.limit(1))
