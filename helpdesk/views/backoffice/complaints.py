"""Complaints in a back office: the log, one complaint, and the actions that a side declares."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased
from werkzeug.wrappers import Response

from helpdesk import clock, normalise
from helpdesk.domain import contacts, numbers
from helpdesk.domain import tickets as engine
from helpdesk.domain.errors import Invalid, NotFound, Refusal
from helpdesk.domain.kinds import COMPLAINT, COMPLAINT_TYPES
from helpdesk.domain.permissions import Permission, may, require
from helpdesk.enums import ComplaintType, Team, TicketKind, TicketStatus
from helpdesk.models import Store, Ticket, User
from helpdesk.views import page
from helpdesk.views.backoffice import lists
from helpdesk.views.backoffice.base import OfficeView
from helpdesk.views.backoffice.dossier import dossier, status_pill
from helpdesk.views.backoffice.lists import Column, Filter, Keyset, ListPage
from helpdesk.views.backoffice.operations import Operation
from helpdesk.views.forms import BaseForm, once

P = Permission
NOBODY = "none"
ME = "me"
Page = Response | str | tuple[str, int]


class ComplaintsView(OfficeView):
    """The log, the details page and the named actions; `operations` says which ones this side has."""

    permissions: ClassVar = {
        "index": P.COMPLAINT_LIST,
        "details": P.COMPLAINT_LIST,
        "operate": P.COMPLAINT_LIST,
    }
    operations: ClassVar[tuple[Operation, ...]] = ()
    reply: ClassVar[Operation]
    """The operation whose form stands open under the conversation."""
    many_stores: ClassVar[bool] = False

    # Routes; the desk and the platform expose them at their own addresses.

    def log(self) -> Page:
        """The complaints log (S1-05 to S1-10)."""
        return self.render("backoffice/list.html", list=self._list(), crumbs=self._crumbs())

    def dossier_page(self, number: str, shown: BaseForm | None = None) -> Page:
        """One complaint (S1-12 to S1-16); `shown` is a reply that was refused, with everything typed."""
        ticket = self.find(number)
        form = shown or self.reply.form(ticket)
        form.shown()
        return self.render(
            "backoffice/complaints/details.html",
            **dossier(ticket, g.actor),
            **self._actions(ticket, form),
            crumbs=[*self._crumbs(), {"label": ticket.number, "url": ""}],
        ), form.status

    def operation_page(self, number: str, name: str) -> Page:
        """An action: its page without JavaScript, and its post."""
        operation = next((one for one in (*self.operations, self.reply) if one.name == name), None)
        ticket = self.find(number)
        if operation is None:
            raise NotFound
        require(g.actor, operation.permission, ticket)
        form = operation.form(ticket)
        if form.sent() and self._carried_out(operation, number, form):
            return redirect(self.url_of(ticket), 303)
        if operation is self.reply:
            if request.method != "POST":
                return redirect(self.url_of(ticket), 303)
            return self.dossier_page(number, form)
        return self._operation_form(operation, self.find(number), form)

    def url_of(self, ticket: Any) -> str:
        """The address of one complaint (of a `Ticket`, or of a row of the log)."""
        raise NotImplementedError

    def find(self, number: str) -> Ticket:
        """The complaint of this address.

        Raises:
            NotFound: there is none in scope.
        """
        try:
            return engine.find(TicketKind.COMPLAINT, numbers.read(COMPLAINT.prefix, number))
        except Invalid:
            raise NotFound from None

    def _carried_out(self, operation: Operation, number: str, form: BaseForm) -> bool:
        try:
            with once(form) as post:
                if not post.repeated:
                    operation.run(self.find(number), form, g.actor, clock.now())
        except Refusal as refusal:
            form.refuse(refusal)
            return False
        flash(_(operation.done), "success")
        return True

    def _operation_form(
        self, operation: Operation, ticket: Ticket, form: BaseForm
    ) -> tuple[str, int]:
        form.shown()
        shown = {
            "label": _(operation.label),
            "explain": _(operation.explain),
            "form": form,
            "url": self._operation_url(ticket, operation.name),
        }
        crumbs = [
            *self._crumbs(),
            {"label": ticket.number, "url": self.url_of(ticket)},
            {"label": shown["label"], "url": ""},
        ]
        context = {
            "operation": shown,
            "ticket_title": ticket.number,
            "back_url": self.url_of(ticket),
        }
        return self.render("backoffice/operation.html", **context, crumbs=crumbs), form.status

    def _actions(self, ticket: Ticket, reply_form: BaseForm) -> dict[str, Any]:
        """The forms and buttons that this person has here and now."""
        offered = [
            one for one in self.operations if one.open_to(g.actor, ticket) and one.name != "assign"
        ]
        assign = next(
            (
                one
                for one in self.operations
                if one.name == "assign" and one.open_to(g.actor, ticket)
            ),
            None,
        )
        replies = self.reply.open_to(g.actor, ticket)
        return {
            "reply_form": reply_form if replies else None,
            "unsent": "" if replies else reply_form.data.get("text") or "",
            "reply_label": _(self.reply.label),
            "reply_url": self._operation_url(ticket, self.reply.name),
            "assign_form": _empty(assign, ticket) if assign else None,
            "assign_url": self._operation_url(ticket, "assign"),
            "operations": [
                {
                    "name": one.name,
                    "label": _(one.label),
                    "confirm": _(one.explain),
                    "url": self._operation_url(ticket, one.name),
                    "kind": one.tone,
                    "form": _empty(one, ticket),
                }
                for one in offered
            ],
        }

    def _operation_url(self, ticket: Ticket, name: str) -> str:
        return f"{self.url_of(ticket)}/{name}"

    def _crumbs(self) -> list[dict[str, str]]:
        home = {"label": _("Home"), "url": url_for(f"{self.kind}.index")}
        return [home, {"label": _("Complaints"), "url": url_for(".index")}]

    def _list(self) -> ListPage:
        filters = self._filters()
        values = {one.name: one.value for one in filters}
        q = normalise.line(request.args.get("q", ""))[:200]
        conditions = [Ticket.kind == TicketKind.COMPLAINT, *self._conditions(values), *_search(q)]
        rows, following, previous = Keyset(Ticket.last_public_message_at, Ticket.id).page(
            _query().where(*conditions)
        )
        active = bool(q or any(values.values()))
        return ListPage(
            title=_("Complaints"),
            intro="",
            columns=self._columns(),
            cells="backoffice/complaints/cells.html",
            rows=[self._row(row) for row in rows],
            filters=filters,
            q=q,
            q_label=_("Number, name, e-mail or order"),
            active=active,
            clear_url=url_for(".index"),
            next_url=lists.turn(after=following),
            prev_url=lists.turn(before=previous),
            count_text=lists.count_text(conditions, Ticket.id),
            empty_title=_("No results found"),
            empty_text=_("Change or clear the search and the filters.")
            if active
            else self._nothing_yet(),
        )

    def _nothing_yet(self) -> str:
        return _("Complaints of your customers will appear here as soon as there are any.")

    def _columns(self) -> list[Column]:
        store = [Column("store", _("Store"))] if self.many_stores else []
        return [
            Column("number", _("Complaint number")),
            *store,
            Column("customer_name", _("Customer name")),
            Column("order_number", _("Order number")),
            Column("status", _("Complaint status")),
            Column("type", _("Type")),
            Column("waiting_since", _("Waiting since")),
            Column("due", _("Due")),
            *([] if self.many_stores else [Column("assignee", _("Assignee"))]),
        ]

    def _filters(self) -> list[Filter]:
        labels = [(status.value, status_pill(status)["label"]) for status in COMPLAINT.labels]
        types = [(word.value, _(text)) for word, text in COMPLAINT_TYPES.items()]
        return [
            lists.chosen("status", _("Complaint status"), labels),
            lists.chosen("type", _("Type"), types),
            *self._more_filters(),
            lists.typed("order", _("Order number")),
            lists.dated("from", _("Sent from")),
            lists.dated("to", _("Sent until")),
            lists.ticked("overdue", _("Only overdue")),
        ]

    def _more_filters(self) -> list[Filter]:
        return []

    def _conditions(self, values: dict[str, str]) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if values["status"]:
            conditions.append(Ticket.status == TicketStatus(values["status"]))
        if values["type"]:
            conditions.append(Ticket.complaint_type == ComplaintType(values["type"]))
        if values["order"]:
            conditions.append(Ticket.order_number_text == normalise.reference(values["order"]))
        if values["from"]:
            conditions.append(Ticket.created_at >= _midnight(values["from"]))
        if values["to"]:
            conditions.append(Ticket.created_at < _midnight(values["to"]) + timedelta(days=1))
        if values["overdue"]:
            conditions.append(Ticket.due_at < clock.now())
        return conditions

    def _row(self, row: Any) -> dict[str, Any]:
        readable = may(g.actor, P.CONTACT_READ)
        return {
            "url": self.url_of(row),
            "number": row.number,
            "store": page.name_of(row.name_en, row.name_ar),
            "customer_name": row.contact_name
            if readable
            else contacts.masked_name(row.contact_name),
            "order_number": row.order_number_text,
            "status": status_pill(row.status),
            "type": _(COMPLAINT_TYPES[row.complaint_type]) if row.complaint_type else "",
            "waiting_since": None if row.status is TicketStatus.CLOSED else row.waiting_since,
            "due": row.due_at,
            "overdue": row.due_at is not None and row.due_at < clock.now(),
            "assignee": row.assignee,
        }


def _empty(operation: Operation, ticket: Ticket) -> BaseForm:
    """The form as it stands in its dialog, also where the page comes back because of another form."""
    form = operation.form(ticket, formdata=None)
    form.shown()
    return form


def _query() -> Select[*tuple[Any, ...]]:
    """What the log shows, and nothing else: a few columns, one join, no entities."""
    assignee, store = aliased(User), aliased(Store)
    return (
        select(
            Ticket.id,
            Ticket.last_public_message_at.label("cursor_moment"),
            Ticket.number,
            Ticket.contact_name,
            Ticket.order_number_text,
            Ticket.status,
            Ticket.complaint_type,
            Ticket.forwarded_at,
            Ticket.waiting_since,
            Ticket.due_at,
            assignee.name.label("assignee"),
            store.slug,
            store.name_en,
            store.name_ar,
        )
        .join(store, store.id == Ticket.store_id)
        .outerjoin(assignee, assignee.id == Ticket.assignee_id)
    )


def _search(q: str) -> list[ColumnElement[bool]]:
    """A whole number, mailbox or order number, or a part of a name: a hit tells, so only what is shown is searched."""
    if not q:
        return []
    found = [Ticket.order_number_text == normalise.reference(q)]
    if may(g.actor, P.CONTACT_READ):
        mailbox = Ticket.contact_email_key == normalise.email_key(q)
        read = g.actor.team is Team.PLATFORM
        found.append(mailbox if read else mailbox & Ticket.forwarded_at.is_not(None))
        found.append(Ticket.contact_name.icontains(q, autoescape=True))
    with suppress(Invalid):
        found.append(Ticket.number == numbers.read(COMPLAINT.prefix, q))
    return [or_(*found)]


def _midnight(day: str) -> datetime:
    """When that day begins where the page's store is."""
    local = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=ZoneInfo(page.zone()))
    return local.astimezone(UTC)
