"""Entering the platform's pages: with a membership in the platform's own row, over every store."""

from typing import ClassVar

from helpdesk.domain import members, stores
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.models import User
from helpdesk.views import session
from helpdesk.views.backoffice.base import OfficeView


class PlatformView(OfficeView):
    """A page of the platform team."""

    kind: ClassVar[str] = "platform"
    entry: ClassVar[Permission] = Permission.PLATFORM_ENTER

    def enter(self, user: User) -> Actor:
        """The person with the platform's membership; without one these pages do not exist for them."""
        actor = members.acting_in(
            user, stores.platform(), ip_hash=session.ip_hash(), browser_hash=session.browser_hash()
        )
        session.enter_platform("the platform team works across stores, by an explicit grant")
        return actor
