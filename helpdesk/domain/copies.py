"""A complaint to keep: its customer takes a copy of everything that they may read."""

from datetime import datetime

from helpdesk.domain import timeline
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import EventKind
from helpdesk.models import Ticket


def take(ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """Write down that a copy was taken; what is in it is what `conversation.read` gives this reader."""
    require(actor, Permission.COMPLAINT_READ, ticket)
    timeline.record(EventKind.COPY_TAKEN, actor, ticket, now=now)
