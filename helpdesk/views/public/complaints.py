"""Complaints for shoppers: send one, read it, and reply."""

from dataclasses import replace

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock, vault
from helpdesk.domain import complaints as rules
from helpdesk.domain.errors import Refusal
from helpdesk.domain.kinds import COMPLAINT_TYPES, DECLARATION_VERSION, DECLARATIONS, TYPE_HINTS
from helpdesk.views import page, session
from helpdesk.views.forms import once
from helpdesk.views.public.forms import ComplaintForm, ReplyForm
from helpdesk.views.public.prefill import known
from helpdesk.views.public.proof import find, own, prove_again
from helpdesk.views.public.receipts import keep, opened, sealed
from helpdesk.views.public.story import shown
from helpdesk.words import N_

complaints = Blueprint("complaints", __name__, url_prefix="/complaints")

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
    form = ComplaintForm(declaration(), data=known())
    if form.sent():
        try:
            keep(_submit(form))
            return redirect(url_for("receipts.show"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _form_page(form), form.status


@complaints.get("/<number>")
def show(number: str) -> Page:
    """The complaint, for the browser that proved it."""
    actor, ticket = own(number)
    if ticket is None:
        return prove_again(number)
    return shown(ticket, actor), 200


@complaints.post("/<number>/reply")
def reply(number: str) -> Page:
    """The customer adds a reply."""
    actor, ticket = own(number)
    if ticket is None:
        return prove_again(number)
    form = ReplyForm()
    if form.sent():
        try:
            with once(form) as post:
                if not post.repeated:
                    rules.respond(
                        find(number),
                        form.values["text"],
                        actor,
                        last_seen=form.last_seen.read(),
                        files=form.files.data,
                        now=clock.now(),
                    )
            flash(_("Your reply was sent."), "success")
            return redirect(url_for(".show", number=ticket.number), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return shown(find(number), actor, form), form.status


def declaration() -> str:
    """The declaration in force, in the language of the page (S1-31, C51)."""
    return _(DECLARATIONS[DECLARATION_VERSION], platform=page.platform_name())


def _form_page(form: ComplaintForm) -> str:
    receipt = opened()
    return render_template(
        "public/complaints/new.html",
        form=form,
        sent_before=receipt["number"] if receipt else "",
        type_hints=[
            (kind.value, _(COMPLAINT_TYPES[kind]), _(hint)) for kind, hint in TYPE_HINTS.items()
        ],
    )


def _submit(form: ComplaintForm) -> str:
    """Take the complaint in, once; its receipt, sealed for the cookie."""
    draft = form.draft()
    same = (repr(replace(draft, files=())), *form.files.fingerprints())
    with once(form, alike=vault.keyed_hash("alike", g.store.id, *same)) as post:
        if not post.repeated:
            receipt = rules.submit(g.store, draft, session.visitor(), now=clock.now())
            post.answer["receipt"] = sealed(receipt)
    if post.changed:
        flash(_(SENT_BEFORE), "warning")
    answer = post.first if post.first is not None else post.answer
    return str(answer["receipt"])
