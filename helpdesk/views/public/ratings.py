"""How it went: stars and a word about it, once the complaint is closed (C40)."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.domain import ratings as rules
from helpdesk.domain.errors import Refusal
from helpdesk.language import gettext as _
from helpdesk.views.forms import once
from helpdesk.views.public.forms import RatingForm
from helpdesk.views.public.proof import find, own, prove_again
from helpdesk.views.public.story import shown

ratings = Blueprint("ratings", __name__, url_prefix="/complaints/<number>/rating")


@ratings.post("")
def rate(number: str) -> Response | tuple[str, int]:
    """Rate it, or change what was said within seven days."""
    actor, ticket = own(number)
    if ticket is None:
        return prove_again(number)
    form = RatingForm()
    if form.sent():
        try:
            with once(form) as post:
                if not post.repeated:
                    stars, comment = form.values["stars"], form.values["comment"]
                    rules.rate(find(number), stars, comment, actor, now=clock.now())
            flash(_("Thank you for your rating."), "success")
            return redirect(url_for("complaints.show", number=ticket.number), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return shown(find(number), actor, rating_form=form), form.status
