"""Words that a store sorts its tickets by.

Tags are the store's matter: the platform neither sees nor sets them. A store's own words about its customers and
its work ("wholesale", "Omar's supplier") are like its notes; and the same word of two stores would mean two things
in one list of the platform.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from helpdesk import normalise
from helpdesk.db import db, insert_once
from helpdesk.domain import timeline
from helpdesk.domain.errors import Invalid, NotAllowed
from helpdesk.domain.permissions import Actor, Permission, may, require
from helpdesk.domain.tickets import refuse_ended
from helpdesk.enums import EventKind, Team
from helpdesk.models import TAG_LIMIT, Tag, Ticket, TicketTag
from helpdesk.words import N_

PER_TICKET = 10
LOOK_UP_LIMIT = 20
_COMMAS = re.compile(r"[,،\n]")


def read(typed: str) -> list[str]:
    """Names between commas, Arabic ones too; the same name twice, however it is written, is one.

    Raises:
        Invalid: a name of more than 40 characters, or more than ten names.
    """
    names = {normalise.folded(name): name for name in map(normalise.line, _split(typed)) if name}
    if any(len(one) > TAG_LIMIT for name in names.items() for one in name):
        raise Invalid(
            N_("A tag can have %(limit)s characters at the most."), field="tags", limit=TAG_LIMIT
        )
    _refuse_too_many(names)
    return list(names.values())


def of(ticket: Ticket, actor: Actor) -> list[Tag]:
    """The ticket's tags by name, for those of the store who may read the ticket; for others there are none."""
    if actor.team is not Team.MERCHANT or not may(actor, Permission.COMPLAINT_READ, ticket):
        return []
    return _of(ticket)


def put(ticket: Ticket, names: Iterable[str], actor: Actor, *, now: datetime) -> None:
    """Give the ticket exactly these tags; a name that the store does not have yet becomes a tag of it.

    Raises:
        NotAllowed: somebody of the platform.
        Invalid: more than ten.
        WrongState: the ticket is closed or archived.
    """
    require(actor, Permission.COMPLAINT_SORT, ticket)
    if actor.team is not Team.MERCHANT:
        raise NotAllowed
    refuse_ended(ticket)
    wanted = {normalise.folded(name): name for name in names}
    _refuse_too_many(wanted)
    before = {tag.key: tag for tag in _of(ticket)}
    if wanted.keys() == before.keys():
        return
    _take_off(ticket, [before[key] for key in before.keys() - wanted.keys()])
    for key in wanted.keys() - before.keys():
        _put_on(ticket, key, wanted[key], now=now)
    db.session.flush()
    data = {"was": [tag.name for tag in before.values()], "became": [t.name for t in _of(ticket)]}
    timeline.record(EventKind.TAGS_SET, actor, ticket, now=now, data=data)


def add(ticket: Ticket, names: Iterable[str], actor: Actor, *, now: datetime) -> None:
    """Give the ticket these tags beside those that it has.

    Raises:
        NotAllowed, Invalid, WrongState: as `put` does.
    """
    put(ticket, [*names, *(tag.name for tag in of(ticket, actor))], actor, now=now)


def look_up(typed: str) -> list[tuple[int, str]]:
    """Tags of the store in scope with this in their names: id and name."""
    key = normalise.folded(typed)
    if not key:
        return []
    found = select(Tag.id, Tag.name).where(Tag.key.contains(key, autoescape=True))
    rows = db.session.execute(found.order_by(Tag.key).limit(LOOK_UP_LIMIT))
    return [(row.id, row.name) for row in rows]


def name_of(tag_id: int) -> str | None:
    """The name of a tag of the store in scope; None when there is none."""
    return db.session.scalar(select(Tag.name).where(Tag.id == tag_id))


def _split(typed: str) -> list[str]:
    return _COMMAS.split(normalise.prose(typed))


def _refuse_too_many(names: dict[str, str]) -> None:
    if len(names) > PER_TICKET:
        raise Invalid(
            N_("A complaint can have %(limit)s tags at the most."), field="tags", limit=PER_TICKET
        )


_OF = (
    select(Tag)
    .join(TicketTag, (TicketTag.store_id == Tag.store_id) & (TicketTag.tag_id == Tag.id))
    .where(TicketTag.ticket_id == bindparam("ticket"))
    .order_by(Tag.key)
)


def _of(ticket: Ticket) -> list[Tag]:
    return list(db.session.scalars(_OF, {"ticket": ticket.id}))


def _take_off(ticket: Ticket, tags: list[Tag]) -> None:
    ids = [tag.id for tag in tags]
    mine = TicketTag.store_id == ticket.store_id, TicketTag.ticket_id == ticket.id
    db.session.execute(delete(TicketTag).where(*mine, TicketTag.tag_id.in_(ids)))


def _put_on(ticket: Ticket, key: str, name: str, *, now: datetime) -> None:
    insert_once(Tag, store_id=ticket.store_id, name=name, key=key, created_at=now)
    tag_id = db.session.scalars(
        select(Tag.id).where(Tag.store_id == ticket.store_id, Tag.key == key)
    ).one()
    db.session.add(TicketTag(store_id=ticket.store_id, ticket_id=ticket.id, tag_id=tag_id))
