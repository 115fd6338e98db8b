"""What members of staff are told inside the back office.

A notice belongs to one person in one place of work: a store's desk, or the platform (the platform's own row).
It keeps a template and facts, never a text that somebody typed; the words are found when it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_, update

from helpdesk.db import db, insert_once
from helpdesk.domain import tenancy
from helpdesk.domain.errors import NotFound
from helpdesk.models import Notification, Store, Ticket

PAGE_ROWS = 25
COUNT_LIMIT = 100
"""A bell counts no further."""
# Every page asks these two, so they are put together once.
_UNREAD = select(Notification.id).where(
    Notification.user_id == bindparam("person"), Notification.read_at.is_(None)
)
_COUNT_UNREAD = select(func.count()).select_from(_UNREAD.limit(COUNT_LIMIT).subquery())
_UNREAD_ABOUT = _UNREAD.where(Notification.about == bindparam("about")).limit(1)
_position = tuple_(Notification.created_at, Notification.id)


@dataclass(frozen=True)
class NoticePage:
    """Some notices, newest first, and whether there are newer and older ones."""

    rows: Sequence[Notification]
    newer: bool
    older: bool


def tell(
    user_id: int,
    place: Store,
    template: str,
    *,
    about: str | None,
    facts: dict[str, Any],
    event_id: int | None,
    dedup_key: str,
    now: datetime,
) -> bool:
    """Tell a person something, unless they were told before (`dedup_key`); whether it was news."""
    return insert_once(
        Notification,
        store_id=place.id,
        user_id=user_id,
        event_id=event_id,
        template_key=template,
        about=about,
        facts=facts,
        dedup_key=dedup_key,
        created_at=now,
    )


def subject(ticket: Ticket) -> str:
    """How a notice names the ticket it is about: numbers are unique in one store only."""
    return f"{ticket.store.slug}/{ticket.number}"


def recent(
    user_id: int, place: Store, *, before: int | None = None, after: int | None = None
) -> NoticePage:
    """The person's notices, newest first: the newest page, or the one next to the notice `before` or `after`.

    One that was never told them here marks no page: the newest are given.
    """
    theirs = select(Notification).where(Notification.user_id == user_id)
    with tenancy.scoped(place):
        if edge := _find(theirs, before):
            older = db.session.scalars(_newest_first(theirs.where(_position < edge))).all()
            return _page(older, newer=True)
        if edge := _find(theirs, after):
            newer = db.session.scalars(_oldest_first(theirs.where(_position > edge))).all()
            rows = newer[:PAGE_ROWS][::-1]
            return NoticePage(rows, newer=len(newer) > PAGE_ROWS, older=True)
        return _page(db.session.scalars(_newest_first(theirs)).all(), newer=False)


def unread_count(user_id: int, place: Store) -> int:
    """How many the person has not read, up to `COUNT_LIMIT`."""
    with tenancy.scoped(place):
        return db.session.scalars(_COUNT_UNREAD, {"person": user_id}).one()


def newest_unread(user_id: int, place: Store) -> int | None:
    """The last one of those that the person has not read."""
    with tenancy.scoped(place):
        return db.session.scalar(select(func.max(Notification.id)).where(*_unread(user_id)))


def has_unread_about(user_id: int, place: Store, about: str) -> bool:
    """Whether the person has not read something about this ticket."""
    with tenancy.scoped(place):
        return db.session.scalar(_UNREAD_ABOUT, {"person": user_id, "about": about}) is not None


def mark_read(notice_id: int, user_id: int, place: Store, *, now: datetime) -> Notification:
    """The person has read this one.

    Raises:
        NotFound: nobody told them this in this place.
    """
    query = select(Notification).where(
        Notification.id == notice_id, Notification.user_id == user_id
    )
    with tenancy.scoped(place):
        notice = db.session.scalar(query)
        if notice is None:
            raise NotFound
        _mark(user_id, Notification.id == notice_id, now=now)
    return notice


def mark_read_about(user_id: int, place: Store, about: str, *, now: datetime) -> None:
    """The person has read everything about this ticket."""
    with tenancy.scoped(place):
        _mark(user_id, Notification.about == about, now=now)


def mark_all_read(user_id: int, place: Store, *, until: int, now: datetime) -> None:
    """The person has read everything up to this notice; what came after it was not on their page."""
    with tenancy.scoped(place):
        _mark(user_id, Notification.id <= until, now=now)


def _find(theirs: Select[Notification], notice_id: int | None) -> tuple[datetime, int] | None:
    """Where the notice stands in the order."""
    if notice_id is None:
        return None
    found = db.session.scalar(theirs.where(Notification.id == notice_id))
    return (found.created_at, found.id) if found is not None else None


def _newest_first(query: Select[Notification]) -> Select[Notification]:
    order = Notification.created_at.desc(), Notification.id.desc()
    return query.order_by(*order).limit(PAGE_ROWS + 1)


def _oldest_first(query: Select[Notification]) -> Select[Notification]:
    return query.order_by(Notification.created_at, Notification.id).limit(PAGE_ROWS + 1)


def _page(found: Sequence[Notification], *, newer: bool) -> NoticePage:
    return NoticePage(found[:PAGE_ROWS], newer=newer, older=len(found) > PAGE_ROWS)


def _unread(user_id: int) -> tuple[ColumnElement[bool], ...]:
    return Notification.user_id == user_id, Notification.read_at.is_(None)


def _mark(user_id: int, which: ColumnElement[bool], *, now: datetime) -> None:
    db.session.execute(update(Notification).where(*_unread(user_id), which).values(read_at=now))
