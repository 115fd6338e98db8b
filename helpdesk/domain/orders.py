"""Orders of one store, as far as conversations need them."""

from sqlalchemy import or_, select

from helpdesk import normalise
from helpdesk.db import db
from helpdesk.models import Customer, Order
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


def of_contact(number: str, email: str, phone: str | None) -> Order | None:
    """The order with this number in the store in scope, if the same e-mail or telephone ordered it (C49).

    The caller must not let the answer show: whether an order exists is nobody else's business.
    """
    mine = [Customer.email_key == normalise.email_key(email)]
    if phone:
        mine.append(Customer.phone == phone)
    query = select(Order).join(Order.customer).where(Order.number == number, or_(*mine))
    return db.session.scalar(query)
