"""A browser's visit to what it has proven: staying for longer, and Finish and lock (domain limits, 2.2.1 of WCAG)."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.domain import tracking, verification
from helpdesk.views import session
from helpdesk.views.forms import ConfirmForm, once
from helpdesk.views.public.receipts import forget
from helpdesk.views.public.tracking import stop_tracking

visits = Blueprint("visits", __name__, url_prefix="/complaints")


@visits.post("/stay")
def stay() -> dict[str, Any]:
    """Stay here: the half hour begins anew, if it is not over yet."""
    actor = session.contact(clock.now())
    left = verification.GRANT_IDLE.total_seconds() if actor.ticket_ids else 0
    return {"seconds": int(left)}


@visits.post("/lock")
def lock() -> Response:
    """Finish and lock: whoever uses this computer next finds nothing open."""
    actor = session.contact(clock.now())
    with once(ConfirmForm()) as post:
        if not post.repeated:
            tracking.leave(actor, now=clock.now())
    forget()
    stop_tracking()
    return redirect(url_for(".locked"), 303)


@visits.get("/locked")
def locked() -> str:
    """It is locked; and how to come back."""
    return render_template("public/complaints/locked.html")
