"""Exports of one store's lists."""

from helpdesk.views.backoffice.exports import ExportsView
from helpdesk.views.desk.base import DeskView


class DeskExports(DeskView, ExportsView):
    """What a person of the store took out and was too long to wait for."""
