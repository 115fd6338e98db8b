"""The merchant's back office: a Flask-Admin at `/desk/<store>/`, with the store in every address."""

from flask import Flask
from flask_admin import Admin

from helpdesk.views.backoffice import modules
from helpdesk.views.backoffice.base import THEME
from helpdesk.views.desk.canned_replies import DeskCannedReplies
from helpdesk.views.desk.complaints import DeskComplaints
from helpdesk.views.desk.deliveries import DeskDeliveries
from helpdesk.views.desk.door import door
from helpdesk.views.desk.exports import DeskExports
from helpdesk.views.desk.home import DeskHome
from helpdesk.views.desk.navigation import DeskAll, DeskLater, DeskSearch
from helpdesk.views.desk.notifications import DeskNotifications

URL = "/desk/<store>"


def install(app: Flask) -> None:
    """Put the desk together."""
    home = DeskHome(endpoint="desk", url=URL)
    admin = Admin(app, name="Desk", index_view=home, theme=THEME, url=URL)
    admin.add_view(DeskComplaints(endpoint="desk_complaints", url=f"{URL}/complaints"))
    admin.add_view(DeskCannedReplies(endpoint="desk_canned", url=f"{URL}/canned-replies"))
    admin.add_view(DeskDeliveries(endpoint="desk_deliveries", url=f"{URL}/deliveries"))
    admin.add_view(DeskExports(endpoint="desk_exports", url=f"{URL}/exports"))
    admin.add_view(DeskNotifications(endpoint="desk_notifications", url=f"{URL}/notifications"))
    admin.add_view(DeskAll(endpoint="desk_all", url=f"{URL}/all"))
    admin.add_view(DeskSearch(endpoint="desk_search", url=f"{URL}/search"))
    for module in modules.later():
        folder = module.view.removeprefix("desk_").replace("_", "-")
        admin.add_view(DeskLater(module, url=f"{URL}/{folder}"))
    app.register_blueprint(door)
