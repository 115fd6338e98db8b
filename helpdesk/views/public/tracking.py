"""Track Complaint: number and tracking code, then the code from the mailbox (S1-34 to S1-38)."""

from flask import (
    Blueprint,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import (
    session as cookie,
)
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.domain import contacts, verification
from helpdesk.domain import tracking as rules
from helpdesk.domain.errors import LimitReached, NotFound, Refusal
from helpdesk.domain.tickets import find
from helpdesk.enums import CodePurpose, TicketKind
from helpdesk.language import gettext as _
from helpdesk.models import Ticket
from helpdesk.views import session
from helpdesk.views.forms import ConfirmForm, once
from helpdesk.views.public.forms import CodeForm, TrackForm

tracking = Blueprint("tracking", __name__, url_prefix="/track")

TRACKED = "tracked"


@tracking.route("", methods=("GET", "POST"))
def track() -> Response | tuple[str, int]:
    """Number and tracking code; a pair that fits sends a code to the complaint's mailbox."""
    form = TrackForm()
    if request.method == "GET":
        form.number.data = request.args.get("number", "")
    if form.sent():
        try:
            cookie[TRACKED] = {"store": g.store.slug, "number": _send_code(form)}
            return redirect(url_for(".verify"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("public/tracking/track.html", form=form), form.status


@tracking.route("/verify", methods=("GET", "POST"))
def verify() -> Response | tuple[str, int]:
    """The code from the mailbox opens the complaint page."""
    ticket = _tracked()
    if ticket is None:
        return redirect(url_for(".track"), 303)
    form = CodeForm()
    if form.sent():
        try:
            with once(form) as post:
                if post.first is not None:
                    session.adopt_browser(post.first["browser"])
                else:
                    # Read again inside, and locked: somebody may be answering it this moment.
                    proven = find(TicketKind.COMPLAINT, ticket.number)
                    rules.prove(proven, form.code.data or "", session.visitor(), now=clock.now())
                    post.answer["browser"] = session.renew_browser()
            stop_tracking()
            return redirect(url_for("complaints.show", number=ticket.number), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return (
        render_template(
            "public/tracking/verify.html",
            form=form,
            masked_email=contacts.masked_email(ticket.contact_email),
            resend=ConfirmForm(formdata=None),
            sent_here=verification.awaited(
                ticket, CodePurpose.VIEW, session.visitor(), now=clock.now()
            ),
            resend_wait=verification.seconds_until_resend(
                ticket, CodePurpose.VIEW, now=clock.now()
            ),
        ),
        form.status,
    )


@tracking.post("/resend")
def resend() -> Response:
    """Send another code; the one before stays valid for its own time."""
    ticket = _tracked()
    if ticket is None:
        return redirect(url_for(".track"), 303)
    try:
        with once(ConfirmForm()) as post:
            if not post.repeated:
                verification.issue(ticket, CodePurpose.VIEW, session.visitor(), now=clock.now())
        flash(_("We have sent a new code."), "success")
    except LimitReached:
        flash(_("We have just sent a code. Please wait a little before you ask again."), "warning")
    return redirect(url_for(".verify"), 303)


def stop_tracking() -> None:
    """Forget which complaint this browser was about to open."""
    cookie.pop(TRACKED, None)


def _send_code(form: TrackForm) -> str:
    """Check the pair and send the code; the complaint's number."""
    now = clock.now()
    actor = session.visitor()
    with once(form) as post:
        if post.first is not None:
            return str(post.first["number"])
        ticket = rules.track(
            g.store, form.number.data or "", form.tracking_code.data or "", actor, now=now
        )
        # One was sent within the minute: it is still valid, so the reader goes on to where it is typed.
        if not verification.seconds_until_resend(ticket, CodePurpose.VIEW, now=now):
            verification.issue(ticket, CodePurpose.VIEW, actor, now=now)
        post.answer["number"] = ticket.number
        return ticket.number


def _tracked() -> Ticket | None:
    """The complaint whose number and tracking code this browser has just shown."""
    tracked = cookie.get(TRACKED, {})
    if tracked.get("store") != g.store.slug:
        return None
    try:
        return find(TicketKind.COMPLAINT, tracked["number"])
    except NotFound:
        return None
