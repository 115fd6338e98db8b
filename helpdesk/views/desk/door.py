"""`/desk/`: on to the person's store, or a choice where there are several places to work."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from helpdesk.views import page, session
from helpdesk.views.ways_back import home_of

door = Blueprint("desk_door", __name__)


@door.get("/desk/")
def choose() -> Response | str:
    """Where do you want to work?"""
    user = session.staff()
    if user is None:
        return redirect(url_for("login.sign_in", next=url_for(".choose")))
    places = session.memberships(user)
    if len(places) == 1:
        return redirect(home_of(places[0]))
    choices = [{"name": page.look(one.store).name, "url": home_of(one)} for one in places]
    return render_template("backoffice/choose.html", places=choices)
