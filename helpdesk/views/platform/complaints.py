"""The platform's complaints: review them first (*Forward to merchant*, *Ask the customer*, *Answer*; C45)."""

from datetime import datetime
from typing import Any, ClassVar

from flask import url_for
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from helpdesk.domain import complaints as rules
from helpdesk.domain import stores
from helpdesk.domain.errors import NotFound
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket
from helpdesk.views import session
from helpdesk.views.backoffice import lists
from helpdesk.views.backoffice.complaint_forms import NoteForm, ReplyForm
from helpdesk.views.backoffice.complaints import ComplaintsView, Page
from helpdesk.views.backoffice.lists import Filter
from helpdesk.views.backoffice.operations import Operation
from helpdesk.views.platform.base import PlatformView
from helpdesk.words import N_

P = Permission


def _forward(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    rules.forward(ticket, form.values["note"], actor, now=now)


def _ask(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    rules.ask(ticket, form.values["text"], actor, last_seen=form.last_seen.read(), now=now)


def _answer(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    rules.answer(ticket, form.values["text"], actor, last_seen=form.last_seen.read(), now=now)


def _under_review(ticket: Ticket) -> bool:
    return ticket.status is TicketStatus.UNDER_PLATFORM_REVIEW


def _open(ticket: Ticket) -> bool:
    return ticket.status is not TicketStatus.CLOSED


FORWARD = Operation(
    name="forward",
    label=N_("Forward to merchant"),
    explain=N_("The store can then read and answer the complaint, and the customer is told."),
    done=N_("The complaint was forwarded to the store."),
    permission=P.COMPLAINT_REVIEW,
    possible=_under_review,
    form=NoteForm,
    run=_forward,
    tone="primary",
)
ASK = Operation(
    name="ask",
    label=N_("Ask the customer"),
    explain=N_(
        "Ask for what is missing. The complaint waits for the customer and then comes back to you."
    ),
    done=N_("Your question was sent. The complaint now waits for the customer."),
    permission=P.COMPLAINT_REVIEW,
    possible=_under_review,
    form=ReplyForm,
    run=_ask,
)
ANSWER = Operation(
    name="answer",
    label=N_("Answer"),
    explain="",
    done=N_("Your answer was sent. Now it is the customer's turn."),
    permission=P.COMPLAINT_REVIEW,
    possible=_open,
    form=ReplyForm,
    run=_answer,
)


class PlatformComplaints(PlatformView, ComplaintsView):
    """Complaints about every store."""

    reply: ClassVar = ANSWER
    operations: ClassVar = (FORWARD, ASK)
    many_stores: ClassVar[bool] = True

    @expose("/")
    def index(self) -> Page:
        """The log of all stores."""
        return self.log()

    @expose("/<shop>/<number>")
    def details(self, shop: str, number: str) -> Page:
        """One complaint."""
        self._look_into(shop)
        return self.dossier_page(number)

    @expose("/<shop>/<number>/<operation>", methods=("GET", "POST"))
    def operate(self, shop: str, number: str, operation: str) -> Page:
        """One action."""
        self._look_into(shop)
        return self.operation_page(number, operation)

    def url_of(self, ticket: Any) -> str:
        """`/platform/complaints/<store>/<number>`: the same number may exist in two stores."""
        slug = ticket.store.slug if isinstance(ticket, Ticket) else ticket.slug
        return url_for("platform_complaints.details", shop=slug, number=ticket.number)

    def _look_into(self, shop: str) -> None:
        """From here on only this store's rows are read and written."""
        store = stores.find(shop)
        if store is None:
            raise NotFound
        session.enter_store(store)

    def _more_filters(self) -> list[Filter]:
        return [lists.by_store()]

    def _conditions(self, values: dict[str, str]) -> list[ColumnElement[bool]]:
        return [*super()._conditions(values), *lists.of_store(values["store"], Ticket.store_id)]

    def _nothing_yet(self) -> str:
        return _("New complaints of all stores will appear here, to be reviewed first.")
