"""The platform's index of everything and its search box."""

from typing import ClassVar

from helpdesk.domain.permissions import Permission
from helpdesk.views.backoffice.navigation import AllView, SearchView
from helpdesk.views.platform.base import PlatformView


class PlatformAll(PlatformView, AllView):
    """Everything in the platform's back office."""

    permissions: ClassVar = {"index": Permission.PLATFORM_ENTER}


class PlatformSearch(PlatformView, SearchView):
    """Searching in every store, or in the one that the pages are narrowed to."""
