"""The views that people keep of a list: their own, and those shared with everybody who works in the same place."""

from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from helpdesk import normalise
from helpdesk.db import db, insert_once
from helpdesk.domain import tenancy, timeline
from helpdesk.domain.errors import Invalid, NotFound
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import EventKind
from helpdesk.models import SavedView, Store
from helpdesk.words import N_

NAME_LIMIT = 60
OWN_LIMIT = 30
SHOWN_LIMIT = 60

Query = dict[str, list[str]]
_OF = (
    select(SavedView)
    .where(
        SavedView.store_id == bindparam("place"),
        SavedView.list == bindparam("listing"),
        or_(SavedView.user_id == bindparam("person"), SavedView.shared),
    )
    .order_by(SavedView.user_id != bindparam("person"), SavedView.name, SavedView.id)
    .limit(SHOWN_LIMIT)
)


def read_name(typed: str) -> str:
    """A view's name, tidied.

    Raises:
        Invalid: nothing visible in it, or longer than 60 characters.
    """
    name = normalise.line(typed)
    if not name:
        raise Invalid(N_("Give the view a name."), field="name")
    if len(name) > NAME_LIMIT:
        raise Invalid(
            N_("A name can have %(limit)s characters at the most."), field="name", limit=NAME_LIMIT
        )
    return name


def of(listing: str, place: Store, actor: Actor) -> list[SavedView]:
    """What the person finds above this list: their own views, then what others share, each by name."""
    asked = {"place": place.id, "listing": listing, "person": actor.user_id}
    with tenancy.scoped(place):
        return list(db.session.scalars(_OF, asked))


def save(
    listing: str,
    name: str,
    query: Query,
    place: Store,
    actor: Actor,
    *,
    shared: bool,
    now: datetime,
) -> SavedView:
    """Keep a search under a name; saving under the name of an own view replaces that view.

    Raises:
        NotAllowed: to share a view needs `view.share`.
        Invalid: the person keeps thirty views of this list already.
    """
    if shared:
        require(actor, Permission.VIEW_SHARE)
    with tenancy.scoped(place):
        view = _own(listing, name, place, actor)
        if view is None:
            _refuse_too_many(listing, place, actor)
            key = {"store_id": place.id, "user_id": actor.user_id, "list": listing, "name": name}
            insert_once(SavedView, **key, query=query, shared=shared, created_at=now)
            view = db.session.scalars(select(SavedView).filter_by(**key)).one()
        view.query, view.shared = query, shared
        db.session.flush()
        data = {"view": name, "list": listing, "shared": shared}
        timeline.record(EventKind.VIEW_SAVED, actor, place, now=now, data=data)
    return view


def remove(listing: str, view_id: int, place: Store, actor: Actor, *, now: datetime) -> SavedView:
    """Let go of an own view, or, with `view.share`, of one that somebody shared.

    Raises:
        NotFound: there is no such view for this person.
        NotAllowed: somebody else shared it.
    """
    with tenancy.scoped(place):
        query = select(SavedView).where(
            SavedView.id == view_id,
            SavedView.list == listing,
            or_(SavedView.user_id == actor.user_id, SavedView.shared),
        )
        view = db.session.scalar(query)
        if view is None:
            raise NotFound
        if view.user_id != actor.user_id:
            require(actor, Permission.VIEW_SHARE)
        db.session.delete(view)
        db.session.flush()
        data = {"view": view.name, "list": listing}
        timeline.record(EventKind.VIEW_REMOVED, actor, place, now=now, data=data)
    return view


def _own(listing: str, name: str, place: Store, actor: Actor) -> SavedView | None:
    query = select(SavedView).where(
        SavedView.store_id == place.id,
        SavedView.user_id == actor.user_id,
        SavedView.list == listing,
        SavedView.name == name,
    )
    return db.session.scalar(query)


def _refuse_too_many(listing: str, place: Store, actor: Actor) -> None:
    own = select(func.count()).where(
        SavedView.store_id == place.id,
        SavedView.user_id == actor.user_id,
        SavedView.list == listing,
    )
    if (db.session.scalar(own) or 0) >= OWN_LIMIT:
        raise Invalid(
            N_("You keep %(limit)s views of this list. Remove one before you save another."),
            limit=OWN_LIMIT,
        )
