"""`/desk/`: on to the person's store, or a choice where there are several places to work."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from helpdesk.domain import members
from helpdesk.enums import StoreKind
from helpdesk.models import Membership
from helpdesk.views import page, session

door = Blueprint("desk_door", __name__)


@door.get("/desk/")
def choose() -> Response | str:
    """Where do you want to work?"""
    user = session.staff()
    if user is None:
        return redirect(url_for("login.sign_in", next=url_for(".choose")))
    places = members.memberships(user)
    if len(places) == 1:
        return redirect(_address(places[0]))
    choices = [{"name": page.look(one.store).name, "url": _address(one)} for one in places]
    return render_template("backoffice/choose.html", places=choices)


def _address(membership: Membership) -> str:
    if membership.store.kind is StoreKind.PLATFORM:
        return url_for("platform.index")
    return url_for("desk.index", store=membership.store.slug)
