"""A complaint as one file to keep or print: all that its customer may read, in their language (C51)."""

from flask import Blueprint, g, make_response, render_template
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.domain import copies as rules
from helpdesk.domain.kinds import DECLARATIONS, DESIRED_OUTCOMES
from helpdesk.domain.permissions import Actor
from helpdesk.enums import Lang
from helpdesk.language import gettext as _
from helpdesk.models import Ticket
from helpdesk.views import page, session
from helpdesk.views.forms import ConfirmForm, once
from helpdesk.views.public.proof import find, own, prove_again
from helpdesk.views.public.story import story

copies = Blueprint("copies", __name__, url_prefix="/complaints/<number>/copy")


@copies.post("")
def take(number: str) -> Response:
    """Download copy: a post, because taking one is written down."""
    actor, ticket = own(number)
    if ticket is None:
        return prove_again(number)
    with once(ConfirmForm()) as post:
        if not post.repeated:
            rules.take(find(number), actor, now=clock.now())
    response = make_response(_written(find(number), actor))
    response.headers["Content-Disposition"] = f'attachment; filename="{ticket.number}.html"'
    return response


def _written(ticket: Ticket, actor: Actor) -> str:
    with session.speaking(ticket.contact_lang):
        wish = ticket.desired_outcome
        return render_template(
            "public/complaints/copy.html",
            lang=ticket.contact_lang.value,
            dir="rtl" if ticket.contact_lang is Lang.AR else "ltr",
            store_name=g.store.name_in(ticket.contact_lang),
            taken_at=clock.now(),
            wish=_(DESIRED_OUTCOMES[wish]) if wish else "",
            declared=_declaration(ticket),
            declared_at=ticket.declared_at,
            declared_lang=ticket.declaration_lang.value if ticket.declaration_lang else "",
            declared_version=ticket.declaration_version,
            **story(ticket, actor, now=clock.now()),
        )


def _declaration(ticket: Ticket) -> str:
    """The words that were agreed to, in the version and the language in which they were read."""
    if ticket.declaration_version is None or ticket.declaration_lang is None:
        return ""
    with session.speaking(ticket.declaration_lang):
        return _(DECLARATIONS[ticket.declaration_version], platform=page.platform_name())
