"""The store's own outgoing messages."""

from helpdesk.views.backoffice.deliveries import DeliveriesView
from helpdesk.views.desk.base import DeskView


class DeskDeliveries(DeskView, DeliveriesView):
    """Deliveries of one store, for its owner and managers."""
