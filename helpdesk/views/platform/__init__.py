"""The platform team's back office: a second Flask-Admin, at `/platform/`."""

from flask import Flask
from flask_admin import Admin

from helpdesk.views.backoffice.base import THEME
from helpdesk.views.platform.canned_replies import PlatformCannedReplies
from helpdesk.views.platform.complaints import PlatformComplaints
from helpdesk.views.platform.deliveries import PlatformDeliveries
from helpdesk.views.platform.exports import PlatformExports
from helpdesk.views.platform.home import PlatformHome
from helpdesk.views.platform.navigation import PlatformAll, PlatformSearch
from helpdesk.views.platform.notifications import PlatformNotifications
from helpdesk.views.platform.settings import PlatformSettings

URL = "/platform"


def install(app: Flask) -> None:
    """Put the platform's pages together."""
    home = PlatformHome(endpoint="platform", url=URL)
    admin = Admin(app, name="Platform", index_view=home, theme=THEME, url=URL, endpoint="platform")
    admin.add_view(PlatformComplaints(endpoint="platform_complaints", url=f"{URL}/complaints"))
    admin.add_view(PlatformCannedReplies(endpoint="platform_canned", url=f"{URL}/canned-replies"))
    admin.add_view(PlatformDeliveries(endpoint="platform_deliveries", url=f"{URL}/deliveries"))
    admin.add_view(PlatformExports(endpoint="platform_exports", url=f"{URL}/exports"))
    admin.add_view(
        PlatformNotifications(endpoint="platform_notifications", url=f"{URL}/notifications")
    )
    admin.add_view(PlatformSettings(endpoint="platform_settings", url=f"{URL}/settings"))
    admin.add_view(PlatformAll(endpoint="platform_all", url=f"{URL}/all"))
    admin.add_view(PlatformSearch(endpoint="platform_search", url=f"{URL}/search"))
