"""Entering a store's desk: with a membership there, and in that store's scope."""

from typing import ClassVar

from flask import g

from helpdesk.domain import members
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.models import User
from helpdesk.views import session
from helpdesk.views.backoffice.base import OfficeView


class DeskView(OfficeView):
    """A page of one store's desk."""

    kind: ClassVar[str] = "desk"
    entry: ClassVar[Permission] = Permission.DESK_ENTER

    def enter(self, user: User) -> Actor:
        """The person with this store's membership; without one the desk does not exist for them."""
        # Until then the request has no store, so a refusal looks like that of a store which does not exist.
        store, g.store = g.store, None
        actor = members.acting_in(
            user,
            store,
            ip_hash=session.ip_hash(),
            browser_hash=session.browser_hash(),
            among=session.memberships(user),
        )
        session.enter_store(store)
        return actor
