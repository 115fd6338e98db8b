"""Finding the way in a back office: the index of everything, the search of the top bar, and modules to come."""

from contextlib import suppress
from itertools import groupby
from typing import Any, ClassVar

from flask import g, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from helpdesk import normalise
from helpdesk.db import db
from helpdesk.domain import numbers
from helpdesk.domain.errors import Invalid
from helpdesk.domain.kinds import COMPLAINT
from helpdesk.domain.permissions import Permission
from helpdesk.enums import TicketKind
from helpdesk.language import gettext as _
from helpdesk.models import Store, Ticket
from helpdesk.views import page, session
from helpdesk.views.backoffice import modules
from helpdesk.views.backoffice.base import OfficeView
from helpdesk.views.backoffice.modules import Module

TYPED_LIMIT = 200


class AllView(OfficeView):
    """*All* (and *More*): every module and setting that the person may use, searchable (C19)."""

    @expose("/")
    def index(self) -> str:
        """The index; `?q=` leaves what answers to these words."""
        typed = _typed()
        found = [one for one in modules.of(self.kind) if one.answers(typed)]
        return self.render(
            "backoffice/all.html",
            q=typed,
            groups=_grouped(found),
            clear_url=url_for(".index"),
            crumbs=self.crumbs((_("All"), "")),
        )


class SearchView(OfficeView):
    """The box in the top bar: a complaint's number opens it, as in the log; anything else searches the log."""

    permissions: ClassVar = {"index": Permission.COMPLAINT_LIST}

    def __init__(self, **place: str) -> None:
        self._default_view = (
            "index"  # Flask-Admin looks for it at "/", which this address does not end with
        )
        super().__init__(**place)

    @expose("")
    def index(self) -> Response:
        """On to what was looked for."""
        typed = _typed()
        return redirect(numbered(self.kind, typed) or _log(self.kind, typed))


class LaterView(OfficeView):
    """A module that is announced: what it will be for, and where to go meanwhile."""

    def __init__(self, module: Module, url: str) -> None:
        super().__init__(name=module.label, endpoint=module.view, url=url)
        self.module = module

    @expose("/")
    def index(self) -> str:
        """The announcement."""
        name = _(self.module.label)
        return self.render(
            "backoffice/later.html",
            name=name,
            text=_(self.module.text),
            glyph=self.module.icon,
            complaints_url=url_for(f"{self.kind}_complaints.index")
            if Permission.COMPLAINT_LIST in g.actor.permissions
            else "",
            all_url=url_for(f"{self.kind}_all.index"),
            crumbs=self.crumbs((name, "")),
        )


def _typed() -> str:
    return normalise.line(request.args.get("q", ""))[:TYPED_LIMIT]


def _grouped(found: list[Module]) -> list[dict[str, Any]]:
    """The modules under the headings of their groups, in the order of the registry."""
    return [
        {"name": _(group), "modules": [_shown(one) for one in members]}
        for group, members in groupby(found, lambda one: one.group)
    ]


def _shown(one: Module) -> dict[str, Any]:
    chosen = {"lang": session.language(), "theme": session.theme()}
    return {
        "label": _(one.label),
        "text": _(one.text),
        "icon": one.icon,
        "opened": one.opened,
        "chosen": one.setting is not None and chosen[one.setting[0]] == one.setting[1],
        "url": _address(one),
    }


def _address(one: Module) -> str:
    """Where it is; a setting is changed by a link to this very page."""
    if one.setting is None:
        return url_for(one.endpoint)
    name, value = one.setting
    return page.address(**{**request.args.to_dict(), name: value})


def numbered(kind: str, typed: str) -> str | None:
    """Where the one complaint in scope with this number is, in any digits; two stores may have the same number."""
    with suppress(Invalid):
        number = numbers.read(COMPLAINT.prefix, typed)
        query = select(Store.slug).join(Ticket, Ticket.store_id == Store.id)
        found = db.session.scalars(
            query.where(Ticket.kind == TicketKind.COMPLAINT, Ticket.number == number).limit(2)
        ).all()
        if len(found) == 1:
            shop = None if kind == "desk" else found[0]
            return url_for(f"{kind}_complaints.details", number=number, shop=shop)
    return None


def _log(kind: str, typed: str) -> str:
    return url_for(f"{kind}_complaints.index", q=typed or None)
