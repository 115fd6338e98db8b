"""Where to go from an error page: back to where the person was, as far as they may be there."""

from typing import NamedTuple
from urllib.parse import quote

from flask import g, request, url_for

from helpdesk.domain import stores
from helpdesk.enums import StoreKind
from helpdesk.language import gettext as _
from helpdesk.models import Membership, Store
from helpdesk.views import page, session


class WayBack(NamedTuple):
    """A link: where to, and what it says."""

    url: str
    label: str


def way_back() -> WayBack:
    """A store's page leads to that store, a back office to its home for those who work there, the rest to the front.

    While the database is away nothing is read: a page leads to itself.
    """
    place, slug = f"{request.path.lstrip('/')}//".split("/")[:2]
    way = None
    if session.is_cut_off():
        way = _again()
    elif place == "s":
        way = _to_store(slug)
    elif place in {"desk", "platform"}:
        way = _to_work(slug if place == "desk" else None)
    return way or WayBack(url_for("front.home"), _("To the start page"))


def _again() -> WayBack | None:
    if request.method != "GET":
        return None
    return WayBack(f"/{quote(request.path.lstrip('/'))}", _("Try again"))


def _to_store(slug: str) -> WayBack | None:
    store = g.get("store") or _unrouted(slug)
    if store is None:
        return None
    return WayBack(url_for("storefront.home", store=store.slug), _back_to(store))


def _unrouted(slug: str) -> Store | None:
    """The store of an address that leads nowhere below it, or whose request was refused before it was entered."""
    not_entered = request.routing_exception is not None or "store" not in g
    return stores.find(slug) if not_entered and stores.SLUG.fullmatch(slug) else None


def _to_work(slug: str | None) -> WayBack | None:
    """The back office of the address, or the choice of all those where the person works."""
    user = session.staff()
    if user is None:
        return None
    for membership in session.memberships(user):
        at_platform = membership.store.kind is StoreKind.PLATFORM
        if at_platform if slug is None else membership.store.slug == slug and not at_platform:
            return WayBack(home_of(membership), _back_to(membership.store))
    return WayBack(url_for("desk_door.choose"), _("Back to work"))


def home_of(membership: Membership) -> str:
    """The first page of the back office that this membership opens."""
    if membership.store.kind is StoreKind.PLATFORM:
        return url_for("platform.index")
    return url_for("desk.index", store=membership.store.slug)


def _back_to(store: Store) -> str:
    return _("Back to %(name)s", name=page.look(store).name)
