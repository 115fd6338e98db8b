"""What a new complaint's form can know beforehand, so that nobody types it twice (WCAG 3.3.7)."""

from flask import request
from sqlalchemy import select

from helpdesk import clock
from helpdesk.db import db
from helpdesk.domain import complaints
from helpdesk.domain.errors import Invalid
from helpdesk.enums import ComplaintType
from helpdesk.models import Ticket
from helpdesk.views import session


def known() -> dict[str, str]:
    """Who writes, from the complaint that this browser has proven here, and what the address says."""
    if request.method != "GET":
        return {}
    return _contact() | _asked()


def of(ticket: Ticket) -> dict[str, str]:
    """Who wrote a complaint, and what about: what goes on from it begins with the same."""
    kind = ticket.complaint_type
    matter = {"order_number": ticket.order_number_text or "", "type": kind.value if kind else ""}
    return _who(ticket) | matter if request.method == "GET" else {}


def _who(ticket: Ticket) -> dict[str, str]:
    return {
        "name": ticket.contact_name,
        "email": ticket.contact_email,
        "phone": ticket.contact_phone or "",
    }


def _contact() -> dict[str, str]:
    proven = session.contact(clock.now()).ticket_ids
    if not proven:
        return {}
    query = select(Ticket).where(Ticket.id.in_(proven)).order_by(Ticket.id.desc()).limit(1)
    return _who(db.session.scalars(query).one())


def _asked() -> dict[str, str]:
    """`?order=1021&type=damaged`; what cannot be read is left out, for nobody typed it."""
    kind = request.args.get("type", "")
    try:
        order_number = complaints.read_order_number(request.args.get("order", ""))
    except Invalid:
        order_number = ""
    return {"order_number": order_number, "type": kind if kind in set(ComplaintType) else ""}
