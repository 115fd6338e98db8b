"""The platform's first page."""

from typing import ClassVar

from flask import g
from flask_admin import expose

from helpdesk.domain.permissions import Permission
from helpdesk.language import gettext as _
from helpdesk.views import page, session
from helpdesk.views.backoffice.home import complaint_cards
from helpdesk.views.backoffice.urgent import urgent_banner
from helpdesk.views.platform.base import PlatformView


class PlatformHome(PlatformView):
    """What waits in all stores, or in the one that the pages are narrowed to."""

    permissions: ClassVar = {"index": Permission.PLATFORM_ENTER}

    @expose("/")
    def index(self) -> str:
        """The cards, for those who handle complaints."""
        handles = Permission.COMPLAINT_LIST in g.actor.permissions
        viewer = self.viewer()
        return self.render(
            "backoffice/home.html",
            banner=urgent_banner(self.kind, viewer),
            cards=complaint_cards("platform_complaints", viewer) if handles else [],
            lead=_lead() if handles else "",
            crumbs=[],
        )


def _lead() -> str:
    store = session.narrowed()
    if store is None:
        return _("What waits in all stores. Every number opens the list behind it.")
    name = page.look(store).name
    return _("What waits at %(store)s. Every number opens the list behind it.", store=name)
