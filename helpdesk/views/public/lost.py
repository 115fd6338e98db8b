"""Lost numbers and codes: ask for them by e-mail, and follow the link in that mail to a new tracking code (S1-56)."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.domain import contacts, lost_codes
from helpdesk.domain.errors import Invalid, LimitReached, Refusal
from helpdesk.language import gettext as _
from helpdesk.views import errors, session
from helpdesk.views.forms import ConfirmForm, once
from helpdesk.views.public.forms import MailboxForm
from helpdesk.views.public.proof import find

lost = Blueprint("lost", __name__, url_prefix="/track")


@lost.route("/lost", methods=("GET", "POST"))
def ask() -> Response | tuple[str, int]:
    """Send my complaints to my e-mail: the same answer for every address."""
    form = MailboxForm()
    if form.sent():
        try:
            with once(form) as post:
                if not post.repeated:
                    email, visitor = form.values["email"], session.visitor()
                    lost_codes.ask_for_numbers(g.store, email, visitor, now=clock.now())
            return redirect(url_for(".asked"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("public/tracking/lost.html", form=form), form.status


@lost.get("/lost/sent")
def asked() -> str:
    """What happens now, whether or not there was anything to send."""
    return render_template("public/tracking/lost_sent.html")


@lost.route("/renew/<number>/<key>", methods=("GET", "POST"))
def renew(number: str, key: str) -> Response | str:
    """A link from the mailbox: its one button sends a new tracking code there."""
    form = ConfirmForm()
    try:
        ticket = lost_codes.follow(number, key, now=clock.now())
        if not form.sent():
            return render_template("public/tracking/renew.html", form=form, ticket=ticket)
        email = contacts.masked_email(ticket.contact_email)
        with once(form) as post:
            if not post.repeated:
                found = find(number)
                lost_codes.reissue(found, session.holder_of(found), now=clock.now())
        flash(_("We sent a new tracking code to %(email)s.", email=email), "success")
    except Invalid as refusal:
        flash(errors.say(refusal), "warning")
        return redirect(url_for(".ask"), 303)
    except LimitReached as refusal:
        flash(errors.say(refusal), "warning")
    return redirect(url_for("tracking.track", number=number), 303)
