"""The platform team's back office: a second Flask-Admin, at `/platform/`."""

from flask import Flask
from flask_admin import Admin

from helpdesk.views.backoffice.base import THEME
from helpdesk.views.platform.complaints import PlatformComplaints
from helpdesk.views.platform.deliveries import PlatformDeliveries
from helpdesk.views.platform.home import PlatformHome

URL = "/platform"


def install(app: Flask) -> None:
    """Put the platform's pages together."""
    home = PlatformHome(endpoint="platform", url=URL)
    admin = Admin(app, name="Platform", index_view=home, theme=THEME, url=URL, endpoint="platform")
    admin.add_view(PlatformComplaints(endpoint="platform_complaints", url=f"{URL}/complaints"))
    admin.add_view(PlatformDeliveries(endpoint="platform_deliveries", url=f"{URL}/deliveries"))
