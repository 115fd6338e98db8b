"""The merchant's back office: a Flask-Admin at `/desk/<store>/`, with the store in every address."""

from flask import Flask
from flask_admin import Admin

from helpdesk.views.backoffice.base import THEME
from helpdesk.views.desk.complaints import DeskComplaints
from helpdesk.views.desk.deliveries import DeskDeliveries
from helpdesk.views.desk.door import door
from helpdesk.views.desk.home import DeskHome

URL = "/desk/<store>"


def install(app: Flask) -> None:
    """Put the desk together."""
    home = DeskHome(endpoint="desk", url=URL)
    admin = Admin(app, name="Desk", index_view=home, theme=THEME, url=URL)
    admin.add_view(DeskComplaints(endpoint="desk_complaints", url=f"{URL}/complaints"))
    admin.add_view(DeskDeliveries(endpoint="desk_deliveries", url=f"{URL}/deliveries"))
    app.register_blueprint(door)
