"""Predefined responses: a store's own, and those that the platform shares with every store (S0-50, S2-104, C41).

A response has a text in each language of the customers. Placeholders in it are filled in before it is sent, and
what is still unfilled then is refused, so no customer is ever greeted as `{customer_name}`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from helpdesk import normalise
from helpdesk.db import db, writing
from helpdesk.domain import stores, tenancy, timeline
from helpdesk.domain.errors import Invalid, NotFound, WrongState
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import EventKind, Lang, Team, TicketKind
from helpdesk.models import MESSAGE_LIMIT, CannedReply, Store, Ticket
from helpdesk.words import N_

TITLE_LIMIT = 120
OFFERED_LIMIT = 200
SHARED = "the platform shares its predefined responses with every store"
ANY_COMPLAINT = "the platform tries its predefined responses on a complaint of any store"
PLACEHOLDERS = {
    "customer_name": N_("Customer's name"),
    "order_number": N_("Order number"),
    "ticket_number": N_("Complaint number"),
    "tracking_link": N_("Link to follow the complaint"),
    "store_name": N_("Store's name"),
    "agent_name": N_("Your name"),
}
TAKEN = N_("There is a response with this title already.")
STALE = N_(
    "Somebody changed this response while you were writing, and nothing of yours is lost. Their text stands below. "
    "Save again to put yours in its place."
)
_KNOWN = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
_BRACE = re.compile(r"\{[^{}\n]{0,40}\}?|\}")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A response as its form hands it over, each value already read."""

    title: str
    body_en: str
    body_ar: str


@dataclass(frozen=True)
class Offered:
    """A response as a writer of replies is offered it."""

    id: int
    title: str
    shared: bool
    """Whether the platform shares it, and it is not the store's own."""


def read_title(typed: str) -> str:
    """A response's title, tidied.

    Raises:
        Invalid: nothing visible in it, or longer than 120 characters.
    """
    title = normalise.line(typed)
    if not title:
        raise Invalid(N_("Give the response a title."), field="title")
    if len(title) > TITLE_LIMIT:
        raise Invalid(
            N_("A title can have %(limit)s characters at the most."),
            field="title",
            limit=TITLE_LIMIT,
        )
    return title


def read_body(typed: str) -> str:
    """A response's text, tidied; every placeholder in it is one that can be filled in.

    Raises:
        Invalid: nothing visible in it, more than 12,000 characters, or a brace that belongs to no placeholder.
    """
    body = normalise.prose(typed)
    if not body:
        raise Invalid(N_("Write the text in both languages: customers read it in theirs."))
    if len(body) > MESSAGE_LIMIT:
        raise Invalid(
            N_("The text has %(count)s characters; %(limit)s is the most."),
            count=len(body),
            limit=MESSAGE_LIMIT,
        )
    stray = _BRACE.search(_KNOWN.sub("", body))
    if stray is not None:
        raise Invalid(
            N_("%(found)s is no placeholder. Use one of those that are offered, or no braces."),
            found=stray[0],
        )
    return body


def find(reply_id: int, place: Store) -> CannedReply:
    """The place's own response, locked while a transaction is open.

    Raises:
        NotFound: there is none, or it is another place's.
    """
    query = select(CannedReply).where(CannedReply.id == reply_id)
    with tenancy.scoped(place):
        found = db.session.scalar(query.with_for_update() if writing() else query)
    if found is None:
        raise NotFound
    return found


def version(canned: CannedReply) -> int:
    """What somebody has seen who has seen the response as it stands: a number that only grows."""
    return (canned.updated_at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def offered(store: Store, actor: Actor) -> list[Offered]:
    """What may be inserted into a reply: the store's own by title, then the platform's shared ones.

    To the platform's people their own: a store's texts speak for the store.
    """
    shared = CannedReply.store_id == stores.platform().id
    query = select(CannedReply.id, CannedReply.title, shared.label("shared"))
    query = query.where(_open_to(store, actor)).order_by(shared, CannedReply.title)
    with tenancy.unscoped(SHARED):
        rows = db.session.execute(query.limit(OFFERED_LIMIT)).all()
    return [Offered(row.id, row.title, bool(row.shared)) for row in rows]


def choose(reply_id: int, store: Store, actor: Actor) -> CannedReply:
    """The response of this id among those that are offered.

    Raises:
        NotFound: there is none, or it is not for this person's replies.
    """
    query = select(CannedReply).where(CannedReply.id == reply_id, _open_to(store, actor))
    with tenancy.unscoped(SHARED):
        found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def filled(
    canned: Wording | CannedReply, ticket: Ticket, actor: Actor, lang: Lang, *, tracking_link: str
) -> str:
    """The text in this language with what is known filled in; a placeholder without a value stays."""
    values = {
        "customer_name": ticket.contact_name,
        "order_number": ticket.order_number_text or "",
        "ticket_number": ticket.number,
        "tracking_link": tracking_link,
        "store_name": ticket.store.name_in(lang),
        "agent_name": actor.name,
    }
    body = canned.body_ar if lang is Lang.AR else canned.body_en
    return _KNOWN.sub(lambda found: values[found[1]] or found[0], body)


def refuse_unfilled(text: str) -> None:
    """Refuse to send a text in which a placeholder still stands.

    Raises:
        Invalid: it names the first one.
    """
    found = _KNOWN.search(text)
    if found is not None:
        raise Invalid(
            N_("Replace %(placeholder)s in your text before you send it."),
            field="text",
            placeholder=found[0],
        )


def count_use(reply_id: int, store: Store, actor: Actor) -> None:
    """Somebody has inserted it and sent the reply. One that was removed meanwhile is not counted."""
    used = update(CannedReply).where(CannedReply.id == reply_id, _open_to(store, actor))
    with tenancy.unscoped(SHARED):
        db.session.execute(used.values(use_count=CannedReply.use_count + 1))


def example(place: Store, actor: Actor) -> Ticket | None:
    """The newest complaint that the person may read, to try a response on."""
    query = select(Ticket).where(Ticket.kind == TicketKind.COMPLAINT)
    query = query.order_by(Ticket.created_at.desc(), Ticket.id.desc()).limit(1)
    if actor.team is Team.PLATFORM:
        with tenancy.unscoped(ANY_COMPLAINT):
            return db.session.scalar(query)
    with tenancy.scoped(place):
        return db.session.scalar(query.where(Ticket.forwarded_at.is_not(None)))


def save(
    place: Store,
    wording: Wording,
    actor: Actor,
    *,
    canned: CannedReply | None = None,
    seen: int | None = None,
    now: datetime,
) -> CannedReply:
    """Keep a new response of the place, or a new wording of one that it has; `seen` is the version that was changed.

    Raises:
        NotFound: the place is not the person's.
        WrongState: somebody else changed it meanwhile (X-11).
        Invalid: the place has another one with this title.
    """
    if canned is None:
        canned = CannedReply(store_id=place.id, author_id=actor.user_id, created_at=now)
    require(actor, Permission.CANNED_REPLY_EDIT, canned)
    if seen is not None and version(canned) > seen:
        raise WrongState(STALE)
    with tenancy.scoped(place):
        _write(canned, wording, now)
        data = {"title": canned.title}
        timeline.record(EventKind.CANNED_REPLY_SAVED, actor, place, now=now, data=data)
    return canned


def remove(place: Store, canned: CannedReply, actor: Actor, *, now: datetime) -> None:
    """Let go of a response of the place. What was sent with it stays as it is."""
    require(actor, Permission.CANNED_REPLY_EDIT, canned)
    with tenancy.scoped(place):
        db.session.delete(canned)
        db.session.flush()
        data = {"title": canned.title}
        timeline.record(EventKind.CANNED_REPLY_REMOVED, actor, place, now=now, data=data)


def _open_to(store: Store, actor: Actor) -> ColumnElement[bool]:
    platform_id = stores.platform().id
    places = {platform_id} if actor.team is Team.PLATFORM else {store.id, platform_id}
    return CannedReply.store_id.in_(places)


def _write(canned: CannedReply, wording: Wording, now: datetime) -> None:
    """Two people may save the same title at once; the second of them is told."""
    try:
        with db.session.begin_nested():
            canned.title, canned.updated_at = wording.title, now
            canned.body_en, canned.body_ar = wording.body_en, wording.body_ar
            db.session.add(canned)
    except IntegrityError:
        raise Invalid(TAKEN, field="title") from None
