"""The platform's front page: its stores, and the way in for staff."""

from flask import Blueprint, render_template

from helpdesk.domain import stores
from helpdesk.views import page

front = Blueprint("front", __name__)


@front.get("/")
def home() -> str:
    """Every store with a door to its help pages."""
    return render_template(
        "front/home.html", stores=[page.look(store) for store in stores.active()]
    )
