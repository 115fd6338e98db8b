"""The outgoing messages of every store."""

from helpdesk.views.backoffice.deliveries import DeliveriesView
from helpdesk.views.platform.base import PlatformView


class PlatformDeliveries(PlatformView, DeliveriesView):
    """Deliveries of all stores, for administrators."""
