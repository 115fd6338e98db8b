"""Complaints for shoppers: send one, read it, and reply."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from helpdesk import clock, vault
from helpdesk.domain import complaints as rules
from helpdesk.domain import follow_ups
from helpdesk.domain.errors import Refusal
from helpdesk.domain.kinds import COMPLAINT_TYPES, DECLARATION_VERSION, DECLARATIONS, TYPE_HINTS
from helpdesk.domain.permissions import Actor
from helpdesk.language import gettext as _
from helpdesk.views import errors, page, session
from helpdesk.views.forms import once
from helpdesk.views.public import prefill
from helpdesk.views.public.forms import ComplaintForm, ReplyForm
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
    form = ComplaintForm(declaration(), data=prefill.known())
    if form.sent():
        try:
            keep(_submit(form, _take_in))
            return redirect(url_for("receipts.show"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _form_page(form), form.status


@complaints.route("/<number>/follow-up", methods=("GET", "POST"))
def follow_up(number: str) -> Page:
    """Start a follow-up: a new complaint that goes on from a closed one (C25)."""
    actor, ticket = own(number)
    if ticket is None:
        return prove_again(number)
    try:
        follow_ups.refuse_open(ticket)
    except Refusal as refusal:
        flash(errors.say(refusal), "info")
        return redirect(url_for(".show", number=ticket.number), 303)
    form = ComplaintForm(declaration(), data=prefill.of(ticket))
    if form.sent():
        try:
            keep(_submit(form, partial(_go_on, number, actor), about=number))
            return redirect(url_for("receipts.show"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _form_page(form, earlier=number), form.status


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


def _form_page(form: ComplaintForm, *, earlier: str = "") -> str:
    receipt = opened()
    return render_template(
        "public/complaints/new.html",
        form=form,
        earlier=earlier,
        sent_before=receipt["number"] if receipt else "",
        type_hints=[
            (kind.value, _(COMPLAINT_TYPES[kind]), _(hint)) for kind, hint in TYPE_HINTS.items()
        ],
    )


def _submit(
    form: ComplaintForm, take: Callable[[rules.Draft], rules.Receipt], *, about: str = ""
) -> str:
    """Take the complaint in, once; its receipt, sealed for the cookie."""
    draft = form.draft()
    same = (repr(replace(draft, files=())), about, *form.files.fingerprints())
    with once(form, alike=vault.keyed_hash("alike", g.store.id, *same)) as post:
        if not post.repeated:
            post.answer["receipt"] = sealed(take(draft))
    if post.changed:
        flash(_(SENT_BEFORE), "warning")
    answer = post.first if post.first is not None else post.answer
    return str(answer["receipt"])


def _take_in(draft: rules.Draft) -> rules.Receipt:
    return rules.submit(g.store, draft, session.visitor(), now=clock.now())


def _go_on(number: str, actor: Actor, draft: rules.Draft) -> rules.Receipt:
    return follow_ups.start(find(number), draft, actor, now=clock.now())
