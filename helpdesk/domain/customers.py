"""Customers of one store. One comes into being when somebody has proven their mailbox, never before."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select

from helpdesk import normalise
from helpdesk.db import db, insert_once
from helpdesk.models import Customer, Ticket

LOOK_UP_LIMIT = 20


def look_up(typed: str) -> list[tuple[int, str]]:
    """Customers in scope whose mailbox is this, or whose name has it in it: id and name with mailbox, by name."""
    text = normalise.line(typed)
    if not text:
        return []
    query = (
        select(Customer.id, Customer.name, Customer.email)
        .where(
            _known_to_the_store(),
            or_(
                Customer.email_key == normalise.email_key(text),
                Customer.name.icontains(text, autoescape=True),
            ),
        )
        .order_by(Customer.name, Customer.id)
        .limit(LOOK_UP_LIMIT)
    )
    return [(row.id, f"{row.name} · {row.email}") for row in db.session.execute(query)]


def name_of(customer_id: int) -> str | None:
    """The name of a customer in scope; None when there is none."""
    query = select(Customer.name).where(Customer.id == customer_id, _known_to_the_store())
    return db.session.scalar(query)


def prove(ticket: Ticket, *, now: datetime) -> Customer:
    """The contact of `ticket` has typed a code from their mailbox: find or make their customer row and link it."""
    if ticket.customer is not None:
        return ticket.customer
    insert_once(
        Customer,
        store_id=ticket.store_id,
        name=ticket.contact_name,
        email=ticket.contact_email,
        email_key=ticket.contact_email_key,
        phone=ticket.contact_phone,
        lang=ticket.contact_lang,
        created_at=now,
    )
    query = select(Customer).where(
        Customer.store_id == ticket.store_id, Customer.email_key == ticket.contact_email_key
    )
    ticket.customer = db.session.scalars(query).one()
    return ticket.customer


def _known_to_the_store() -> ColumnElement[bool]:
    """Whether a complaint of theirs was forwarded: until then the store may not know whose mailbox it is."""
    mine = (Ticket.store_id == Customer.store_id, Ticket.customer_id == Customer.id)
    return exists().where(*mine, Ticket.forwarded_at.is_not(None))
