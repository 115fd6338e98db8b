"""For machines: is the process alive, and is it ready to serve?"""

from flask import Blueprint
from sqlalchemy import select

from helpdesk.db import db

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers; nothing else was asked."""
    return {"status": "ok"}


@health.get("/readyz")
def ready() -> dict[str, str]:
    """The database answers too; otherwise the error table says 503."""
    db.session.execute(select(1))
    return {"status": "ready"}
