"""Whether this browser has proven a complaint, and the one answer for every browser that has not."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.domain import tickets
from helpdesk.domain.errors import NotFound
from helpdesk.domain.permissions import Actor
from helpdesk.enums import TicketKind
from helpdesk.language import gettext as _
from helpdesk.models import Ticket
from helpdesk.views import session


def own(number: str) -> tuple[Actor, Ticket | None]:
    """The acting shopper, and the complaint if this browser has proven it."""
    actor = session.contact(clock.now())
    try:
        ticket = find(number)
    except NotFound:
        return actor, None
    return actor, ticket if ticket.id in actor.ticket_ids else None


def find(number: str) -> Ticket:
    """The complaint of this number in the store of the address; locked when a transaction is open.

    Raises:
        NotFound: there is none.
    """
    return tickets.find(TicketKind.COMPLAINT, number)


def prove_again(number: str) -> Response:
    """The same answer for every number, existing or not: number, tracking code and mailbox come first."""
    flash(_("Please show that it is you: enter the number and the tracking code."), "info")
    return redirect(url_for("tracking.track", number=number[:20]), 303)
