"""The desk's first page."""

from typing import ClassVar

from flask import g
from flask_admin import expose

from helpdesk.domain.permissions import Permission
from helpdesk.language import gettext as _
from helpdesk.views import session
from helpdesk.views.backoffice.home import complaint_cards
from helpdesk.views.backoffice.urgent import urgent_banner
from helpdesk.views.desk.base import DeskView


class DeskHome(DeskView):
    """What waits in this store."""

    permissions: ClassVar = {"index": Permission.DESK_ENTER}

    @expose("/")
    def index(self) -> str:
        """The cards."""
        name = g.store.name_in(session.language())
        viewer = self.viewer()
        return self.render(
            "backoffice/home.html",
            banner=urgent_banner(self.kind, viewer),
            cards=complaint_cards("desk_complaints", viewer),
            lead=_("What waits at %(store)s. Every number opens the list behind it.", store=name),
            crumbs=[],
        )
