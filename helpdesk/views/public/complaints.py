"""Complaints for shoppers: send one, read it, reply, accept the resolution and close it."""

import json
from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock, vault
from helpdesk.domain import complaints as rules
from helpdesk.domain import contacts, conversation, notifications, sla, tickets, verification
from helpdesk.domain.errors import LimitReached, NotFound, Refusal, WrongState
from helpdesk.domain.kinds import DECLARATION_VERSION, DECLARATIONS
from helpdesk.domain.permissions import Actor
from helpdesk.domain.tickets import find
from helpdesk.enums import CodePurpose, TicketKind
from helpdesk.models import Ticket
from helpdesk.views import errors, page, session
from helpdesk.views.forms import ConfirmForm, once
from helpdesk.views.public.forms import CodeForm, ComplaintForm, ReplyForm
from helpdesk.views.public.story import story
from helpdesk.words import N_

complaints = Blueprint("complaints", __name__, url_prefix="/complaints")

RECEIPT = "receipt"
RECEIPT_SECONDS = 30 * 60
NO_CODE_HERE = N_(
    "To close the complaint, choose Click Here and Yes; the code is then sent to you."
)
SENT_BEFORE = N_(
    "You had sent this form before, and the complaint stays as you first sent it."
    " To add something, track it and reply."
)
Page = Response | tuple[str, int]


@complaints.get("")
def index() -> str:
    """The complaints system page (S1-27)."""
    return render_template("public/complaints/index.html")


@complaints.route("/new", methods=("GET", "POST"))
def new() -> Page:
    """Open New Complaint."""
    form = ComplaintForm(declaration())
    if form.sent():
        try:
            cookie[RECEIPT] = _submit(form)
            return redirect(url_for(".sent"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return render_template("public/complaints/new.html", form=form), form.status


@complaints.get("/sent")
def sent() -> str:
    """The number and the tracking code, for half an hour in the browser that sent the complaint (S1-32, S1-33)."""
    opened = vault.unseal(cookie.get(RECEIPT, ""), RECEIPT_SECONDS)
    receipt = json.loads(opened) if opened else {}
    if receipt.get("store") != g.store.slug:
        return render_template("public/complaints/sent_elsewhere.html")
    for name in ("review_by", "answer_by"):
        receipt[name] = datetime.fromisoformat(receipt[name]) if receipt[name] else None
    receipt["spelled"] = " ".join(receipt["tracking_code"].replace("-", ""))
    return render_template("public/complaints/sent.html", receipt=receipt)


@complaints.get("/<number>")
def show(number: str) -> Page:
    """The complaint, for the browser that proved it."""
    actor, ticket = _own(number)
    if ticket is None:
        return _prove_again(number)
    return _page(ticket, actor, ReplyForm())


@complaints.post("/<number>/reply")
def reply(number: str) -> Page:
    """The customer adds a reply."""
    actor, ticket = _own(number)
    if ticket is None:
        return _prove_again(number)
    form = ReplyForm()
    if form.sent():
        try:
            with once(form) as post:
                if not post.repeated:
                    rules.respond(
                        _find(number),
                        form.values["text"],
                        actor,
                        last_seen=form.last_seen.read(),
                        now=clock.now(),
                    )
            flash(_("Your reply was sent."), "success")
            return redirect(url_for(".show", number=ticket.number), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(_find(number), actor, form)


@complaints.route("/<number>/close", methods=("GET", "POST"))
def close(number: str) -> Page:
    """**Click Here** leads to the alert; its **Yes** sends the code (S1-41 to S1-44)."""
    actor, ticket = _own(number)
    if ticket is None:
        return _prove_again(number)
    if not rules.may_be_closed(ticket):
        raise WrongState(tickets.FINISHED if ticket.closed_at else rules.NOT_ANSWERED)
    form = ConfirmForm()
    if not form.sent():
        return render_template(
            "public/complaints/close.html", ticket=ticket, close_form=form
        ), form.status
    try:
        with once(form) as post:
            if not post.repeated:
                rules.ask_to_close(_find(number), actor, now=clock.now())
    except LimitReached as limit:
        if not verification.awaited(ticket, CodePurpose.CLOSE, actor, now=clock.now()):
            raise  # the code that was just sent works in another browser only
        flash(errors.say(limit), "info")
    return redirect(url_for(".close_code", number=ticket.number), 303)


@complaints.route("/<number>/close/code", methods=("GET", "POST"))
def close_code(number: str) -> Page:
    """The code from the mailbox, and **Close Complaint** (S1-45 to S1-47)."""
    actor, ticket = _own(number)
    if ticket is None:
        return _prove_again(number)
    form = CodeForm()
    if form.sent():
        try:
            with once(form) as post:
                if not post.repeated:
                    rules.close(_find(number), form.code.data or "", actor, now=clock.now())
            flash(_("The complaint is closed. Thank you for telling us."), "success")
            return redirect(url_for(".show", number=number), 303)
        except Refusal as refusal:
            form.refuse(refusal)
            ticket = _find(number)
    if not rules.may_be_closed(ticket):
        return redirect(url_for(".show", number=ticket.number), 303)
    # A refused code is answered here, with its reason and the button for another one.
    if not form.is_submitted() and not verification.awaited(
        ticket, CodePurpose.CLOSE, actor, now=clock.now()
    ):
        flash(_(NO_CODE_HERE), "info")
        return redirect(url_for(".show", number=ticket.number), 303)
    return (
        render_template(
            "public/complaints/close_code.html",
            ticket=ticket,
            form=form,
            masked_email=contacts.masked_email(ticket.contact_email),
            resend=ConfirmForm(formdata=None),
            resend_wait=verification.seconds_until_resend(
                ticket, CodePurpose.CLOSE, now=clock.now()
            ),
        ),
        form.status,
    )


def declaration() -> str:
    """The declaration in force, in the language of the page (S1-31, C51)."""
    return _(DECLARATIONS[DECLARATION_VERSION], platform=page.platform_name())


def _submit(form: ComplaintForm) -> str:
    """Take the complaint in, once; its receipt, sealed for the cookie."""
    draft = form.draft()
    with once(form, alike=vault.keyed_hash("alike", g.store.id, repr(draft))) as post:
        if not post.repeated:
            receipt = rules.submit(g.store, draft, session.visitor(), now=clock.now())
            post.answer["receipt"] = _sealed(receipt)
    if post.changed:
        flash(_(SENT_BEFORE), "warning")
    answer = post.first if post.first is not None else post.answer
    return str(answer["receipt"])


def _sealed(receipt: rules.Receipt) -> str:
    ticket, code = receipt.ticket, receipt.tracking_code
    reviewed = ticket.forwarded_at is None
    due = ticket.due_at or ticket.created_at
    answer_by = sla.after_workdays(due, sla.FIRST_REPLY_DAYS, g.store) if reviewed else due
    return vault.seal(
        json.dumps(
            {
                "store": g.store.slug,
                "number": ticket.number,
                "tracking_code": vault.shown_tracking_code(code),
                "masked_email": ""
                if notifications.had_enough(ticket)
                else contacts.masked_email(ticket.contact_email),
                "review_by": due.isoformat() if reviewed else None,
                "answer_by": answer_by.isoformat(),
            }
        )
    )


def _own(number: str) -> tuple[Actor, Ticket | None]:
    """The acting shopper, and the complaint if this browser has proven it."""
    actor = session.contact(clock.now())
    try:
        ticket = _find(number)
    except NotFound:
        return actor, None
    return actor, ticket if ticket.id in actor.ticket_ids else None


def _find(number: str) -> Ticket:
    return find(TicketKind.COMPLAINT, number)


def _prove_again(number: str) -> Response:
    """The same answer for every number, existing or not: number, tracking code and mailbox come first."""
    flash(_("Please show that it is you: enter the number and the tracking code."), "info")
    return redirect(url_for("tracking.track", number=number[:20]), 303)


def _page(ticket: Ticket, actor: Actor, form: ReplyForm) -> tuple[str, int]:
    # The page that is shown now has everything; a text that was refused as stale may then be sent.
    form.last_seen.data = str(conversation.newest_message_id(ticket))
    context = story(ticket, actor)
    return (
        render_template(
            "public/complaints/show.html",
            form=form,
            close_form=ConfirmForm(formdata=None),
            **context,
        ),
        form.status,
    )
