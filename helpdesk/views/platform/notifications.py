"""What a person was told on the platform's pages."""

from typing import ClassVar

from helpdesk.domain.permissions import Permission
from helpdesk.views.backoffice.notifications import NotificationsView
from helpdesk.views.platform.base import PlatformView


class PlatformNotifications(PlatformView, NotificationsView):
    """The person's notices as one of the platform team."""

    permissions: ClassVar = dict.fromkeys(("index", "read_all", "open"), Permission.PLATFORM_ENTER)
