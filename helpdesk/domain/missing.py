"""What a reader of a complaint would still want to know, and how to ask for it (S1-16)."""

from dataclasses import dataclass

from helpdesk.enums import ComplaintType
from helpdesk.models import Ticket
from helpdesk.words import N_

SHORT_DESCRIPTION = 40


@dataclass(frozen=True)
class Gap:
    """Something that is missing: told to staff, asked of the customer."""

    told: str
    asked: str


NO_ORDER = Gap(
    N_("No order number was given."),
    N_("What is the number of your order? It stands in the e-mail that confirmed it."),
)
UNKNOWN_ORDER = Gap(
    N_("The order number could not be matched with an order of this customer."),
    N_("Please check the order number, and tell us the e-mail address you ordered with."),
)
NO_PHONE = Gap(
    N_("No telephone number was given."), N_("At which telephone number can we reach you?")
)
NO_WISH = Gap(
    N_("The customer did not say what would make it right."),
    N_("What would make it right for you?"),
)
SHORT = Gap(
    N_("The description is very short."),
    N_("Please describe in more detail what happened, and when."),
)


def gaps(ticket: Ticket, description: str) -> list[Gap]:
    """What is missing to identify the case."""
    about_order = ticket.complaint_type is not ComplaintType.SERVICE
    found = {
        NO_ORDER: about_order and not ticket.order_number_text,
        UNKNOWN_ORDER: bool(ticket.order_number_text) and ticket.order_id is None,
        NO_PHONE: ticket.contact_phone is None,
        NO_WISH: ticket.desired_outcome is None,
        SHORT: len(description) < SHORT_DESCRIPTION,
    }
    return [gap for gap, missing in found.items() if missing]
