"""The merchant's complaints: the log, the details, **Add** and assign. Nobody here can close one."""

from datetime import datetime
from typing import Any, ClassVar

from flask_admin import expose

from helpdesk.domain import tickets
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket
from helpdesk.views.backoffice import composer
from helpdesk.views.backoffice.complaint_forms import (
    AnswerForm,
    AskForm,
    AssignForm,
    AssignSeveralForm,
)
from helpdesk.views.backoffice.complaints import ComplaintsView
from helpdesk.views.backoffice.composer import answer, ask
from helpdesk.views.backoffice.operations import Operation, Page
from helpdesk.views.backoffice.sorting import STORE_PRIORITY, TAGS
from helpdesk.views.desk.base import DeskView
from helpdesk.words import N_

P = Permission


def _assign(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    tickets.assign(ticket, form.chosen(), actor, now=now)


def _at_work(ticket: Any) -> bool:
    """Whether the store has it: forwarded, not closed, and not put aside by the platform."""
    there = ticket.forwarded_at is not None and ticket.archived_at is None
    return there and ticket.status is not TicketStatus.CLOSED


ADD = Operation(
    name="reply",
    label=N_("Add"),
    explain="",
    done=N_("Reply sent. Now it is the customer's turn."),
    permission=P.COMPLAINT_REPLY,
    possible=_at_work,
    form=AnswerForm,
    run=answer,
)
ASK = Operation(
    name="ask",
    label=N_("Ask the customer"),
    explain=N_(
        "Ask for what is missing. The complaint waits for the customer and then comes back to you."
    ),
    done=N_("Your question was sent. The complaint now waits for the customer."),
    permission=P.COMPLAINT_REPLY,
    possible=_at_work,
    form=AskForm,
    run=ask,
)
ASSIGN = Operation(
    name="assign",
    label=N_("Assign"),
    explain=N_("Choose who is responsible from now on."),
    done=N_("The assignee is set."),
    permission=P.COMPLAINT_ASSIGN,
    possible=_at_work,
    form=AssignForm,
    run=_assign,
    bulk=AssignSeveralForm,
)


class DeskComplaints(DeskView, ComplaintsView):
    """Complaints about one store."""

    modes: ClassVar = {composer.REPLY: ADD, composer.ASK: ASK, composer.NOTE: composer.WRITE_NOTE}
    operations: ClassVar = (ASK, ASSIGN, STORE_PRIORITY, TAGS)

    @expose("/<number>")
    def details(self, number: str) -> Page:
        """One complaint."""
        return self.dossier_page(number)

    @expose("/<number>/preview")
    def preview(self, number: str) -> str:
        """A look at it from the log."""
        return self.glance_page(number)

    @expose("/<number>/canned", methods=("GET", "POST"))
    def canned(self, number: str) -> Page:
        """A predefined response for it."""
        return self.canned_page(number)

    @expose("/<number>/draft", methods=("POST",))
    def draft(self, number: str) -> Page:
        """What somebody has typed about it so far."""
        return self.draft_page(number)

    @expose("/<number>/presence", methods=("GET", "POST"))
    def presence(self, number: str) -> str:
        """Who has it open."""
        return self.presence_part(number)

    @expose("/<number>/<operation>", methods=("GET", "POST"))
    def operate(self, number: str, operation: str) -> Page:
        """One action."""
        return self.action_page(number, operation)
