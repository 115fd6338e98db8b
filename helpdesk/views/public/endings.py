"""The end of a complaint for its customer: the alert, the code from the mailbox, and closed (S1-41 to S1-47).

Once it is answered they accept the resolution; before that they withdraw the complaint, in the same steps.
"""

from collections.abc import Callable
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.domain import closing, contacts, tickets, verification
from helpdesk.domain.errors import LimitReached, Refusal, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import CloseReason, CodePurpose, TicketStatus
from helpdesk.language import gettext as _
from helpdesk.models import Ticket
from helpdesk.views import errors
from helpdesk.views.forms import once
from helpdesk.views.public.forms import EndCodeForm, EndForm
from helpdesk.views.public.proof import find, own, prove_again
from helpdesk.words import N_

endings = Blueprint("endings", __name__, url_prefix="/complaints/<number>/close")

Page = Response | tuple[str, int]
NO_CODE_HERE = N_(
    "To end the complaint, choose it on this page and then Yes; a verification code is then sent to you."
)


class Ending(NamedTuple):
    """One way to end a complaint: its two rules, and what is said when it is done."""

    ask: Callable[..., None]
    finish: Callable[..., None]
    done: str


ENDINGS = {
    CloseReason.ACCEPTED: Ending(
        closing.ask_to_close,
        closing.close,
        N_("The complaint is closed. Thank you for telling us."),
    ),
    CloseReason.WITHDRAWN: Ending(
        closing.ask_to_withdraw,
        closing.withdraw,
        N_("You withdrew the complaint. It is closed now."),
    ),
}


@endings.route("", methods=("GET", "POST"))
def ask(number: str) -> Page:
    """**Click Here** leads to the alert; its **Yes** sends the code (S1-41 to S1-44)."""
    actor, ticket = own(number)
    if ticket is None:
        return prove_again(number)
    if ticket.status is TicketStatus.CLOSED:
        raise WrongState(tickets.FINISHED)
    closing.refuse_new_contact(ticket, now=clock.now())
    form = EndForm()
    if not form.sent():
        form = end_form(ticket)
        page = render_template("public/complaints/close.html", ticket=ticket, close_form=form)
        return page, form.status
    return _say_yes(ticket, form, actor)


@endings.route("/code", methods=("GET", "POST"))
def code(number: str) -> Page:
    """The code from the mailbox, and **Close Complaint** (S1-45 to S1-47)."""
    actor, ticket = own(number)
    if ticket is None:
        return prove_again(number)
    form = EndCodeForm()
    if form.sent():
        if _answered_meanwhile(ticket, form):
            return _read_first(ticket)
        try:
            _finish(number, form, actor)
            return redirect(url_for("complaints.show", number=number), 303)
        except Refusal as refusal:
            form.refuse(refusal)
            ticket = find(number)
    if not form.is_submitted():
        form.reason.data = reason_now(ticket).value
    return _code_page(ticket, form, actor)


def reason_now(ticket: Ticket) -> CloseReason:
    """How the complaint would end now."""
    open_to_withdraw = closing.may_be_withdrawn(ticket, now=clock.now())
    return CloseReason.WITHDRAWN if open_to_withdraw else CloseReason.ACCEPTED


def end_form(ticket: Ticket) -> EndForm:
    """The form of the alert, for how the complaint would end now."""
    return EndForm(formdata=None, reason=reason_now(ticket).value)


def _say_yes(ticket: Ticket, form: EndForm, actor: Actor) -> Response:
    if _answered_meanwhile(ticket, form):
        return _read_first(ticket)
    try:
        with once(form) as post:
            if not post.repeated:
                ENDINGS[form.chosen()].ask(find(ticket.number), actor, now=clock.now())
    except LimitReached as limit:
        if not verification.awaited(ticket, CodePurpose.CLOSE, actor, now=clock.now()):
            raise  # the code that was just sent works in another browser only
        flash(errors.say(limit), "info")
    return redirect(url_for(".code", number=ticket.number), 303)


def _finish(number: str, form: EndCodeForm, actor: Actor) -> None:
    ending = ENDINGS[form.chosen()]
    with once(form) as post:
        if not post.repeated:
            ending.finish(find(number), form.code.data or "", actor, now=clock.now())
    flash(_(ending.done), "success")


def _code_page(ticket: Ticket, form: EndCodeForm, actor: Actor) -> Page:
    if ticket.status is TicketStatus.CLOSED or not _ends_so(ticket, form):
        return redirect(url_for("complaints.show", number=ticket.number), 303)
    # A refused code is answered here, with its reason and the button for another one.
    if not form.is_submitted() and not verification.awaited(
        ticket, CodePurpose.CLOSE, actor, now=clock.now()
    ):
        flash(_(NO_CODE_HERE), "info")
        return redirect(url_for("complaints.show", number=ticket.number), 303)
    page = render_template(
        "public/complaints/close_code.html",
        ticket=ticket,
        form=form,
        withdraws=form.chosen() is CloseReason.WITHDRAWN,
        masked_email=contacts.masked_email(ticket.contact_email),
        resend=EndForm(formdata=None, reason=form.chosen().value),
        resend_wait=verification.seconds_until_resend(ticket, CodePurpose.CLOSE, now=clock.now()),
    )
    return page, form.status


def _ends_so(ticket: Ticket, form: EndForm) -> bool:
    return form.chosen() is reason_now(ticket)


def _answered_meanwhile(ticket: Ticket, form: EndForm) -> bool:
    """Whether there is an answer that the customer had not seen when they chose to withdraw."""
    withdraws = form.chosen() is CloseReason.WITHDRAWN
    return withdraws and closing.may_be_closed(ticket, now=clock.now())


def _read_first(ticket: Ticket) -> Response:
    flash(_(closing.ANSWERED), "warning")
    return redirect(url_for("complaints.show", number=ticket.number), 303)
