"""What a person was told in one store's desk."""

from typing import ClassVar

from helpdesk.domain.permissions import Permission
from helpdesk.views.backoffice.notifications import NotificationsView
from helpdesk.views.desk.base import DeskView


class DeskNotifications(DeskView, NotificationsView):
    """The person's notices in this store."""

    permissions: ClassVar = dict.fromkeys(("index", "read_all", "open"), Permission.DESK_ENTER)
