"""How soon a ticket wants an answer, and who may say so (S2-13, S2-47…S2-51)."""

from datetime import datetime

from helpdesk.domain import timeline, unassigned
from helpdesk.domain.errors import Invalid
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.domain.tickets import refuse_ended
from helpdesk.enums import EventKind, Priority
from helpdesk.models import Ticket
from helpdesk.words import N_

NAMES = {
    Priority.URGENT: N_("Urgent"),
    Priority.HIGH: N_("High"),
    Priority.NORMAL: N_("Normal"),
    Priority.LOW: N_("Low"),
}
"""In the order in which they are handled."""
CHOOSE = N_("Choose one of the four priorities: low, normal, high or urgent.")


def read(typed: str) -> Priority:
    """A priority as a form or an address says it.

    Raises:
        Invalid: it is none of the four (S2-95).
    """
    if typed not in set(Priority):
        raise Invalid(CHOOSE)
    return Priority(typed)


def urgency(priority: Priority) -> int:
    """Its place in the order of severity: 0 is handled first. The alphabet would put high before low (S2-51)."""
    return list(NAMES).index(priority)


def put(ticket: Ticket, priority: Priority, actor: Actor, *, now: datetime) -> None:
    """Say how soon the ticket wants an answer. Either side may; there is one priority, and the log says whose.

    Raises:
        WrongState: the ticket is closed or archived.
    """
    require(actor, Permission.COMPLAINT_SORT, ticket)
    refuse_ended(ticket)
    if priority is ticket.priority:
        return
    was = ticket.priority
    ticket.priority, ticket.urgency = priority, urgency(priority)
    unassigned.watch(ticket, now=now)
    timeline.record(EventKind.PRIORITY_SET, actor, ticket, now=now, was=was, became=priority)
