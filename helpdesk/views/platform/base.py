"""Entering the platform's pages: with a membership in the platform's own row, over every store or one."""

from typing import ClassVar

from flask import request

from helpdesk.domain import members, stores
from helpdesk.domain.errors import NotFound
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.models import User
from helpdesk.views import session
from helpdesk.views.backoffice.base import OfficeView


class PlatformView(OfficeView):
    """A page of the platform team."""

    kind: ClassVar[str] = "platform"
    entry: ClassVar[Permission] = Permission.PLATFORM_ENTER

    def enter(self, user: User) -> Actor:
        """The person with the platform's membership; without one these pages do not exist for them.

        `?store=<slug>` keeps any of these pages to that store (X-02).
        """
        actor = members.acting_in(
            user,
            stores.platform(),
            ip_hash=session.ip_hash(),
            browser_hash=session.browser_hash(),
            among=session.memberships(user),
        )
        slug = request.args.get("store", "")
        if slug:
            session.narrow(slug)
            _refuse_another(slug)
        else:
            session.enter_platform("the platform team works across stores, by an explicit grant")
        return actor


def _refuse_another(slug: str) -> None:
    """A page narrowed to one store shows no record of another, whatever its address says."""
    if (request.view_args or {}).get("shop", slug) != slug:
        raise NotFound
