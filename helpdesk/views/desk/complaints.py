"""The merchant's complaints: the log, the details, **Add** and assign. Nobody here can close one."""

from datetime import datetime
from typing import Any, ClassVar

from flask import g, url_for
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from helpdesk.domain import complaints as rules
from helpdesk.domain import members, tickets
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket
from helpdesk.views.backoffice import lists
from helpdesk.views.backoffice.complaint_forms import AssignForm, ReplyForm
from helpdesk.views.backoffice.complaints import ME, NOBODY, ComplaintsView, Page
from helpdesk.views.backoffice.lists import Filter
from helpdesk.views.backoffice.operations import Operation
from helpdesk.views.desk.base import DeskView
from helpdesk.words import N_

P = Permission


def _add(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    rules.answer(ticket, form.values["text"], actor, last_seen=form.last_seen.read(), now=now)


def _assign(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    tickets.assign(ticket, form.chosen(), actor, now=now)


def _open(ticket: Ticket) -> bool:
    return ticket.status is not TicketStatus.CLOSED


ADD = Operation(
    name="reply",
    label=N_("Add"),
    explain="",
    done=N_("Your reply was added and the customer is told. Now it is their turn."),
    permission=P.COMPLAINT_REPLY,
    possible=_open,
    form=ReplyForm,
    run=_add,
)
ASSIGN = Operation(
    name="assign",
    label=N_("Assign"),
    explain=N_("Choose who is responsible for this complaint."),
    done=N_("The assignee was changed."),
    permission=P.COMPLAINT_ASSIGN,
    possible=_open,
    form=AssignForm,
    run=_assign,
)


class DeskComplaints(DeskView, ComplaintsView):
    """Complaints about one store."""

    reply: ClassVar = ADD
    operations: ClassVar = (ASSIGN,)

    @expose("/")
    def index(self) -> Page:
        """The log."""
        return self.log()

    @expose("/<number>")
    def details(self, number: str) -> Page:
        """One complaint."""
        return self.dossier_page(number)

    @expose("/<number>/<operation>", methods=("GET", "POST"))
    def operate(self, number: str, operation: str) -> Page:
        """One action."""
        return self.operation_page(number, operation)

    def url_of(self, ticket: Any) -> str:
        """`/desk/<store>/complaints/<number>`."""
        return url_for("desk_complaints.details", number=ticket.number)

    def _row(self, row: Any) -> dict[str, Any]:
        """Before the platform forwards it, the store sees number, customer, order and status, and no more."""
        shown = super()._row(row)
        return shown if row.forwarded_at is not None else {**shown, "type": ""}

    def _more_filters(self) -> list[Filter]:
        people = members.staff_with(P.COMPLAINT_REPLY, g.store.id)
        choices = [
            (ME, _("Me")),
            (NOBODY, _("Nobody")),
            *((str(one.id), one.name) for one in people),
        ]
        return [lists.chosen("assignee", _("Assignee"), choices)]

    def _conditions(self, values: dict[str, str]) -> list[ColumnElement[bool]]:
        conditions = super()._conditions(values)
        if values["type"]:
            conditions.append(Ticket.forwarded_at.is_not(None))
        wanted = values["assignee"]
        if wanted == NOBODY:
            conditions.append(Ticket.assignee_id.is_(None))
        elif wanted:
            conditions.append(
                Ticket.assignee_id == (g.actor.user_id if wanted == ME else int(wanted))
            )
        return conditions
