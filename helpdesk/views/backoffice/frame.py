"""The frame around every back-office page: menu, search, the places and stores to switch to, who is signed in."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import g, url_for

from helpdesk.domain import notices, stores
from helpdesk.domain.permissions import Permission
from helpdesk.enums import StoreKind
from helpdesk.language import gettext as _
from helpdesk.language import ngettext
from helpdesk.views import page, session
from helpdesk.views.backoffice import modules
from helpdesk.views.backoffice.modules import Module

if TYPE_CHECKING:
    from helpdesk.views.backoffice.base import OfficeView

P = Permission


@dataclass(frozen=True)
class MenuItem:
    """A page in the menu, or a group of them."""

    label: str
    url: str = ""
    active: bool = False
    icon: str = ""
    children: list["MenuItem"] = field(default_factory=list)
    count: int = 0
    """How much waits there."""


def context(view: "OfficeView") -> dict[str, Any]:
    """`frame` and `nav` for the layout."""
    user = session.staff()
    name = user.name if user is not None else ""
    return {
        "frame": {
            "kind": view.kind,
            "title": _title(view),
            "places": _places(view),
            "scopes": _scopes(view),
            "scope_name": _scope_name(view),
            "kept": kept(),
            "search": _search(view),
            "icons": _icons(view),
            "bell": _bell(view),
            "user_name": name,
            "initials": initials(name),
        },
        "nav": _menu(view),
    }


def initials(name: str) -> str:
    """The first letters of the first and the last word."""
    words = name.split()
    # Kept apart, or two Arabic letters would join into one shape.
    return "\u200c".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def _title(view: "OfficeView") -> str:
    return page.look(g.store).name if view.kind == "desk" else page.platform_name()


def _places(view: "OfficeView") -> list[dict[str, Any]]:
    """Every back office the person works in, for the switcher; empty when there is only this one."""
    user = session.staff()
    if user is None:
        return []
    places = []
    for membership in session.memberships(user):
        store = membership.store
        at_platform = store.kind is StoreKind.PLATFORM
        url = url_for("platform.index") if at_platform else url_for("desk.index", store=store.slug)
        here = (
            view.kind == "platform"
            if at_platform
            else view.kind == "desk" and store.id == g.store.id
        )
        places.append({"name": store.name_in(session.language()), "url": url, "current": here})
    return places if len(places) > 1 else []


def _scopes(view: "OfficeView") -> list[dict[str, Any]]:
    """The stores that the platform's pages can be narrowed to, and all of them together (X-02)."""
    if view.kind == "desk":
        return []
    narrowed = session.narrowed()
    every = {"name": _("All stores"), "url": _in_scope(view, None), "current": narrowed is None}
    return [
        every,
        *(
            {
                "name": page.look(store).name,
                "url": _in_scope(view, store.slug),
                "current": narrowed is not None and store.id == narrowed.id,
            }
            for store in stores.active()
        ),
    ]


def _in_scope(view: "OfficeView", slug: str | None) -> str:
    """The first page of this part of the back office, narrowed to a store or not at all."""
    return url_for(f"{view.endpoint}.index", store=slug)


def _scope_name(view: "OfficeView") -> str:
    if view.kind == "desk":
        return ""
    narrowed = session.narrowed()
    return page.look(narrowed).name if narrowed is not None else _("All stores")


def _search(view: "OfficeView") -> dict[str, Any] | None:
    """The search box of the top bar, for those who may list what it finds."""
    if P.COMPLAINT_LIST not in g.actor.permissions:
        return None
    return {
        "url": url_for(f"{view.kind}_search.index"),
        "label": _("Number, name, e-mail or order"),
    }


def kept() -> list[tuple[str, str]]:
    """What every GET form carries along: a browser drops the query of the form's own address."""
    narrowed = session.narrowed()
    return [("store", narrowed.slug)] if narrowed is not None else []


def _icons(view: "OfficeView") -> list[dict[str, Any]]:
    """Chats and support tickets, in the upper right corner of a desk (S3-12, S3-24)."""
    if view.kind != "desk":
        return []
    return [
        {
            "label": _(one.label),
            "icon": one.icon,
            "url": url_for(one.endpoint),
            "count": 0,
            "active": view.endpoint == one.view,
        }
        for one in modules.of(view.kind)
        if one.view in {"desk_chats", "desk_tickets"}
    ][::-1]


def _bell(view: "OfficeView") -> dict[str, Any]:
    """Where to read what the person was told here, and how much of it is new to them."""
    count = notices.unread_count(g.actor.user_id, view.place())
    label = ngettext("Notifications: %(num)s unread", "Notifications: %(num)s unread", count)
    if count == notices.COUNT_LIMIT:
        label = _("Notifications: more than %(count)s unread", count=count - 1)
    return {
        "url": url_for(f"{view.kind}_notifications.index"),
        "count": count,
        "label": label if count else _("Notifications"),
        "active": view.endpoint == f"{view.kind}_notifications",
    }


def _menu(view: "OfficeView") -> list[MenuItem]:
    """The modules, then the index of everything, under both names that the requirements use."""
    index = url_for(f"{view.kind}_all.index")
    items: list[MenuItem] = []
    for one in modules.of(view.kind):
        if one.in_menu:
            _hang(items, one.path, _item(view, one), one.icon)
    return [
        *items,
        MenuItem(_("All"), index, active=view.endpoint == f"{view.kind}_all", icon="grid"),
        MenuItem(_("More"), index, icon="three-dots"),
    ]


def _item(view: "OfficeView", one: Module) -> MenuItem:
    here = view.endpoint == one.view
    return MenuItem(_(one.label), url_for(one.endpoint), here, "" if one.path else one.icon)


def _hang(items: list[MenuItem], path: tuple[str, ...], leaf: MenuItem, icon: str) -> None:
    """Put an item into the groups that it stands in; a group of that name that is there already takes it up."""
    if not path:
        items.append(leaf)
        return
    label = _(path[0])
    group = next((one for one in items if one.children and one.label == label), None)
    if group is None:
        group = MenuItem(label, icon=icon)
        items.append(group)
    _hang(group.children, path[1:], leaf, "")
