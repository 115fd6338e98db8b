"""Exports of the platform's lists."""

from helpdesk.views.backoffice.exports import ExportsView
from helpdesk.views.platform.base import PlatformView


class PlatformExports(PlatformView, ExportsView):
    """What a person of the platform took out and was too long to wait for."""
