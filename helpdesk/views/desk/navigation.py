"""The desk's index of everything, its search box, and the modules that are announced."""

from typing import ClassVar

from helpdesk.domain.permissions import Permission
from helpdesk.views.backoffice.navigation import AllView, LaterView, SearchView
from helpdesk.views.desk.base import DeskView


class DeskAll(DeskView, AllView):
    """Everything in one store's desk."""

    permissions: ClassVar = {"index": Permission.DESK_ENTER}


class DeskSearch(DeskView, SearchView):
    """Searching in one store."""


class DeskLater(DeskView, LaterView):
    """A module of the desk that this version does not have yet."""

    permissions: ClassVar = {"index": Permission.DESK_ENTER}
