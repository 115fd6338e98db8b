"""The platform's own public pages: its stores and the way in for staff, Terms of Use, Privacy & Security (S3-37)."""

from datetime import date

from flask import Blueprint, render_template

from helpdesk import dates
from helpdesk.domain import stores
from helpdesk.views import page, session

LEGAL_TEXTS_CHANGED = date(2026, 11, 21)

front = Blueprint("front", __name__)


@front.get("/")
def home() -> str:
    """Every store with a door to its help pages."""
    return render_template(
        "front/home.html", stores=[page.look(store) for store in stores.active()]
    )


@front.get("/terms")
def terms() -> str:
    """Terms of Use."""
    return _legal("front/terms.html")


@front.get("/privacy")
def privacy() -> str:
    """Privacy & Security."""
    return _legal("front/privacy.html")


def _legal(template: str) -> str:
    changed = dates.calendar_day(LEGAL_TEXTS_CHANGED, session.language())
    return render_template(template, changed=changed)
