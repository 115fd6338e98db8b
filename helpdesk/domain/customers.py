"""Customers of one store. One comes into being when somebody has proven their mailbox, never before."""

from datetime import datetime

from sqlalchemy import select

from helpdesk.db import db, insert_once
from helpdesk.models import Customer, Ticket


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
