"""Orders of one store, as far as conversations need them."""

from sqlalchemy import or_, select

from helpdesk import normalise
from helpdesk.db import db
from helpdesk.models import Customer, Order, Ticket
from helpdesk.words import N_

STATUSES = {
    "pending_payment": N_("Payment pending"),
    "pending_review": N_("Pending review"),
    "in_progress": N_("In progress"),
    "on_hold": N_("On hold"),
    "completed": N_("Completed — preparing finished"),
    "shipped": N_("Shipped"),
    "out_for_delivery": N_("Out for delivery"),
    "delivery_failed": N_("Delivery failed"),
    "delivered": N_("Delivered"),
    "cancelled": N_("Cancelled"),
    "refunded": N_("Refunded"),
    "returned": N_("Returned"),
}
"""The order statuses that are known (C2, C3); a shop may send others, which are shown as they are."""

BY_EMAIL = N_("E-mail")
BY_PHONE = N_("Telephone number alone, which proves nothing")
BY_FORMER_EMAIL = N_("E-mail that the complaint had before")


def of_contact(number: str, email: str, phone: str | None) -> Order | None:
    """The order with this number in the store in scope, if the same e-mail or telephone ordered it (C49).

    The caller must not let the answer show: whether an order exists is nobody else's business.
    """
    mine = [Customer.email_key == normalise.email_key(email)]
    if phone:
        mine.append(Customer.phone == phone)
    query = select(Order).join(Order.customer).where(Order.number == number, or_(*mine))
    return db.session.scalar(query)


def matched_by(order: Order, ticket: Ticket) -> str:
    """What the complaint has in common with whoever ordered, in words for staff (C49).

    Anybody can write down somebody's telephone number: an order with nothing else to show is not proven theirs.
    """
    if order.customer.email_key == ticket.contact_email_key:
        return BY_EMAIL
    if ticket.contact_phone and order.customer.phone == ticket.contact_phone:
        return BY_PHONE
    return BY_FORMER_EMAIL
