"""The platform's first page."""

from typing import ClassVar

from flask import g
from flask_admin import expose
from flask_babel import gettext as _

from helpdesk.domain.permissions import Permission
from helpdesk.views.backoffice.home import complaint_cards
from helpdesk.views.platform.base import PlatformView


class PlatformHome(PlatformView):
    """What waits in all stores."""

    permissions: ClassVar = {"index": Permission.PLATFORM_ENTER}

    @expose("/")
    def index(self) -> str:
        """The cards, for those who handle complaints."""
        handles = Permission.COMPLAINT_LIST in g.actor.permissions
        return self.render(
            "backoffice/home.html",
            cards=complaint_cards("platform_complaints") if handles else [],
            lead=_("What waits in all stores. Every number opens the list behind it.")
            if handles
            else _("There is nothing for your role on this page yet."),
            crumbs=[],
        )
