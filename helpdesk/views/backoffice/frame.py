"""The frame around every back-office page: menu, stores to switch to, and who is signed in."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import g, url_for
from flask_babel import gettext as _

from helpdesk.domain import members
from helpdesk.domain.permissions import Permission
from helpdesk.enums import StoreKind
from helpdesk.views import page, session

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


def context(view: "OfficeView") -> dict[str, Any]:
    """`frame` and `nav` for the layout."""
    user = session.staff()
    name = user.name if user is not None else ""
    return {
        "frame": {
            "kind": view.kind,
            "title": _title(view),
            "stores": _places(view),
            "user_name": name,
            "initials": initials(name),
        },
        "nav": _desk_menu(view) if view.kind == "desk" else _platform_menu(view),
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
    for membership in members.memberships(user):
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


def _desk_menu(view: "OfficeView") -> list[MenuItem]:
    # The path that the requirements name: the module, then *Settings and Tools*, then *Complaints* (S1-03, S1-04).
    log = _items(view, [("desk_complaints", _("Complaints"), P.COMPLAINT_LIST, "")])
    tools = MenuItem(_("Settings and Tools"), children=log)
    return [
        *_items(view, [("desk", _("Home"), P.DESK_ENTER, "house")]),
        MenuItem(_("Customer Complaints Management"), icon="chat-left-text", children=[tools]),
        *_items(view, [("desk_deliveries", _("Deliveries"), P.DELIVERY_LIST, "envelope")]),
    ]


def _platform_menu(view: "OfficeView") -> list[MenuItem]:
    return _items(
        view,
        [
            ("platform", _("Home"), P.PLATFORM_ENTER, "house"),
            ("platform_complaints", _("Complaints"), P.COMPLAINT_LIST, "chat-left-text"),
            ("platform_deliveries", _("Deliveries"), P.DELIVERY_LIST, "envelope"),
        ],
    )


def _items(view: "OfficeView", pages: list[tuple[str, str, Permission, str]]) -> list[MenuItem]:
    """The pages that this person may open, as menu items."""
    return [
        MenuItem(
            label, url=url_for(f"{endpoint}.index"), active=view.endpoint == endpoint, icon=icon
        )
        for endpoint, label, needs, icon in pages
        if needs in g.actor.permissions
    ]
