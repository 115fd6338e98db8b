"""The store's own predefined responses."""

from helpdesk.views.backoffice.canned_replies import CannedRepliesView
from helpdesk.views.desk.base import DeskView


class DeskCannedReplies(DeskView, CannedRepliesView):
    """Responses of one store, for its owner and managers."""
