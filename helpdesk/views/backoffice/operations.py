"""Named actions on a record: one declaration gives button, dialog, page and post."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk.domain.permissions import Actor, Permission, may
from helpdesk.models import Ticket
from helpdesk.views.forms import BaseForm


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Something a person can do to a complaint."""

    name: str
    label: str
    explain: str
    done: str
    permission: Permission
    possible: Callable[[Ticket], bool]
    form: Callable[..., BaseForm]
    """Called with the ticket; and with `formdata=None` for a form that is empty whatever was posted."""
    run: Callable[[Ticket, BaseForm, Actor, datetime], Any]
    tone: str = "secondary"

    def open_to(self, actor: Actor, ticket: Ticket) -> bool:
        """Whether the button is shown; the rule itself asks again."""
        return may(actor, self.permission, ticket) and self.possible(ticket)
