"""The predefined responses that the platform shares with every store."""

from flask import g

from helpdesk.domain import stores, tenancy
from helpdesk.domain.permissions import Actor
from helpdesk.models import User
from helpdesk.views.backoffice.canned_replies import CannedRepliesView
from helpdesk.views.platform.base import PlatformView


class PlatformCannedReplies(PlatformView, CannedRepliesView):
    """The platform's own responses, whichever store its pages are narrowed to."""

    def enter(self, user: User) -> Actor:
        """The person with the platform's membership, in the scope of the platform's own row."""
        actor = super().enter(user)
        g.scope.enter_context(tenancy.scoped(stores.platform()))
        return actor
