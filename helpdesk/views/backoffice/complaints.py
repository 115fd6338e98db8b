"""Complaints in a back office: the log, one complaint, and the actions that a side declares."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, ClassVar

from flask import flash, g, redirect, request

from helpdesk import clock, normalise
from helpdesk.domain import drafts, numbers, replies
from helpdesk.domain import tickets as engine
from helpdesk.domain.errors import Invalid, Refusal
from helpdesk.domain.kinds import COMPLAINT
from helpdesk.domain.permissions import Permission, require
from helpdesk.enums import DraftMode, TicketKind
from helpdesk.language import gettext as _
from helpdesk.lists.asked import Asked
from helpdesk.lists.complaints import COMPLAINTS
from helpdesk.models import Ticket
from helpdesk.views import errors
from helpdesk.views.backoffice.complaint_forms import ReplyForm, UndoForm
from helpdesk.views.backoffice.composer import (
    ASK,
    REPLY,
    Written,
    chosen_mode,
    composer,
    mode_url,
    undo,
    with_query,
)
from helpdesk.views.backoffice.dossier import dossier, glance, name_for, status_pill
from helpdesk.views.backoffice.history import SHOWN, View
from helpdesk.views.backoffice.list_page import ListPage
from helpdesk.views.backoffice.lists import ViewForm, list_permissions
from helpdesk.views.backoffice.navigation import numbered
from helpdesk.views.backoffice.notifications import note_opened
from helpdesk.views.backoffice.operations import Operation, Page
from helpdesk.views.backoffice.sorting import sorted_as
from helpdesk.views.backoffice.urgent import urgent_banner
from helpdesk.views.backoffice.writing_aids import WritingAidsView, who_else
from helpdesk.views.forms import BaseForm, once

P = Permission
UNDO = "undo"


class ComplaintsView(WritingAidsView):
    """The log (S1-05 to S1-10), the details page and the named actions; `operations` says which ones this side has."""

    listing: ClassVar = COMPLAINTS
    cells: ClassVar[str] = "backoffice/complaints/cells.html"
    previews: ClassVar[bool] = True
    permissions: ClassVar = {
        **list_permissions(P.COMPLAINT_LIST),
        "details": P.COMPLAINT_LIST,
        "preview": P.COMPLAINT_LIST,
        "operate": P.COMPLAINT_LIST,
        "bulk": P.COMPLAINT_LIST,
        "canned": P.COMPLAINT_LIST,
        "draft": P.COMPLAINT_LIST,
        "presence": P.COMPLAINT_LIST,
    }
    modes: ClassVar[dict[str, Operation]]
    """What the field under the conversation can be: an answer, a question, a note (see `composer`)."""
    only_here: ClassVar[tuple[Operation, ...]] = ()
    """Operations that are offered on the complaint's own page alone."""

    # Pages of one complaint; the desk and the platform expose them at their own addresses.

    def dossier_page(self, key: str, written: Written | None = None, *, status: int = 200) -> Page:
        """One complaint (S1-12 to S1-16); `written` is a text that came back, with everything typed."""
        ticket = self.find(key)
        note_opened(ticket, self.place())
        shown = request.args.get("show", "")
        shown = shown if shown in SHOWN else SHOWN[0]
        view = View(shown, written.stale_since if written else None)
        return self.render(
            "backoffice/complaints/details.html",
            **dossier(ticket, g.actor, view),
            url_of=self.url_of,
            **self._actions(ticket, written),
            filters=self._filters(ticket, shown),
            present=who_else(ticket, g.actor),
            crumbs=self.trail((ticket.number, "")),
        ), written.form.status if written else status

    def glance_page(self, key: str) -> str:
        """What a look from the list shows: the facts, the last two messages, and what can be done now."""
        ticket = self.find(key)
        actions = [
            {
                "label": _(one.label),
                "url": self.operation_url(ticket, one),
                "primary": one.tone == "primary",
            }
            for one in self.operations
            if one.open_to(g.actor, ticket)
        ]
        return self.render(
            "backoffice/complaints/preview.html",
            preview=glance(ticket, g.actor) | {"url": self.url_of(ticket), "actions": actions},
            sorting=sorted_as(ticket, g.actor),
        )

    def action_page(self, key: str, name: str) -> Page:
        """An action on one complaint; what is written in the composer comes back on the details page."""
        if name == UNDO:
            return self._undo(key)
        mode = next((mode for mode, one in self.modes.items() if one.name == name), None)
        if mode is None:
            return self.operation_page(key, name)
        operation, ticket = self.modes[mode], self.find(key)
        require(g.actor, operation.permission, ticket)
        if request.method != "POST":
            return redirect(mode_url(self.url_of(ticket), mode), 303)
        form = operation.form(ticket)
        if form.sent() and self.carried_out(operation, key, form):
            # Said outright, or the browser would stay at the composer, where the form was sent to.
            return redirect(f"{self.url_of(ticket)}#top", 303)
        return self.dossier_page(key, Written(mode, form))

    def operation(self, name: str) -> Operation:
        """One that the log offers too, or one of this page alone."""
        return next((one for one in self.only_here if one.name == name), None) or super().operation(
            name
        )

    def came_back(self, key: str, mode: str, form: ReplyForm) -> Page:
        return self.dossier_page(key, Written(mode, form))

    def _undo(self, key: str) -> Page:
        """Take a reply back (S2-87); what it said stands in the composer again, at a second press too."""
        ticket = self.find(key)
        require(g.actor, P.COMPLAINT_REPLY, ticket)
        form = UndoForm()
        if not form.sent():
            return redirect(self.url_of(ticket), 303)
        try:
            with once(form) as post:
                if not post.repeated:
                    post.answer.update(self._take_back(key, form.chosen()))
        except Refusal as refusal:
            flash(errors.say(refusal), "warning")
            return self.dossier_page(key, status=errors.status_of(refusal))
        flash(_("Your reply was taken back. It stands in the field below again."), "success")
        answer = post.first if post.first is not None else post.answer
        return self.dossier_page(key, self._taken_back(key, answer))

    def _take_back(self, key: str, message_id: int) -> dict[str, Any]:
        """What was taken back; its text is kept above what stands in the field by now."""
        ticket, now = self.find(key), clock.now()
        taken = replies.take_back(ticket, message_id, g.actor, now=now)
        mode = DraftMode.ASK if taken.asked else DraftMode.REPLY
        with suppress(Invalid):  # too long to be one text: each stays where it is
            drafts.put_above(ticket, mode, taken.text, g.actor, now=now)
        return asdict(taken)

    def _taken_back(self, key: str, answer: dict[str, Any]) -> Written:
        mode, ticket = ASK if answer["asked"] else REPLY, self.find(key)
        form = self.modes[mode].form(ticket, formdata=None)
        form.fill(answer)
        draft = drafts.of(ticket, g.actor).get(DraftMode(mode))
        if draft is not None and draft.body.startswith(answer["text"]):
            form.text.data = draft.body
        return Written(mode, form)

    def find_all(self, keys: Sequence[str]) -> dict[str, Any]:
        numbers_by_key = {key: number for key in keys if (number := _number(key)) is not None}
        found = engine.find_all(TicketKind.COMPLAINT, numbers_by_key.values())
        by_number = {ticket.number: ticket for ticket in found}
        return {
            key: by_number[number] for key, number in numbers_by_key.items() if number in by_number
        }

    def key(self, record: Any) -> str:
        return self.key_of(record.store.slug, record.number)

    def title_of(self, record: Any) -> str:
        number: str = record.number
        return number

    def about(self, record: Any) -> list[str]:
        return [name_for(g.actor, record), status_pill(record.status)["label"]]

    def named(self, typed: str) -> str | None:
        """A complaint's number leads to the complaint, wherever it is typed (S1-10)."""
        return numbered(self.kind, normalise.line(typed))

    def row_extras(self, row: Any, facts: dict[str, Any]) -> dict[str, Any]:
        key = self.key_of(facts["slug"], facts["number"])
        return {
            "key": key,
            "url": self.row_link(key),
            "can": self.row_menu(row),
        }

    def key_of(self, _slug: str, number: str) -> str:
        """What addresses and bulk actions call a complaint here."""
        return number

    def _list(self, asked: Asked, form: ViewForm | None) -> ListPage:
        return replace(super()._list(asked, form), banner=urgent_banner(self.kind, asked.viewer))

    def _actions(self, ticket: Ticket, written: Written | None) -> dict[str, Any]:
        """The forms and buttons that this person has here and now."""
        offered = {one.name: one for one in self.operations if one.open_to(g.actor, ticket)}
        assign = offered.pop("assign", None)
        ask = offered.pop("ask", None)
        sorts = [offered.pop(name) for name in ("priority", "tags") if name in offered]
        mode = chosen_mode(self.modes, ticket, written)
        url = self.url_of(ticket)
        lost = written is not None and written.mode != mode
        return {
            "composer": composer(mode, self.modes, ticket, written, url)
            | {"url": self.operation_url(ticket, self.modes[mode])}
            if mode
            else None,
            "unsent": written.form.data.get("text") or "" if written and lost else "",
            "sorting": sorted_as(ticket, g.actor)
            | {"urls": {one.name: self.operation_url(ticket, one) for one in sorts}},
            "aid_urls": self._aid_urls(ticket, mode or REPLY),
            "undo": undo(ticket),
            "undo_url": self.address(f"{self.key(ticket)}/{UNDO}"),
            "ask_url": mode_url(url, ASK) if ask else "",
            "assign_form": _empty(assign, ticket) if assign else None,
            "assign_url": self.operation_url(ticket, assign) if assign else "",
            "operations": [self._button(ticket, one) for one in offered.values()],
            "only_here": [
                self._button(ticket, one) for one in self.only_here if one.open_to(g.actor, ticket)
            ],
        }

    def _aid_urls(self, ticket: Ticket, mode: str) -> dict[str, str]:
        """Where the composer's aids are asked for in this mode."""
        key = self.key(ticket)
        names = ("canned", "draft", "presence")
        return {name: with_query(self.address(f"{key}/{name}"), mode=mode) for name in names}

    def _button(self, ticket: Ticket, operation: Operation) -> dict[str, str]:
        return {
            "label": _(operation.label),
            "url": self.operation_url(ticket, operation),
            "kind": operation.tone,
        }

    def _filters(self, ticket: Ticket, shown: str) -> list[dict[str, Any]]:
        """All, Messages, Events (C42)."""
        url = self.url_of(ticket)
        labels = {"all": _("All"), "messages": _("Messages"), "events": _("Events")}
        return [
            {
                "label": labels[name],
                "url": f"{with_query(url, show=name)}#conversation",
                "current": name == shown,
            }
            for name in SHOWN
        ]


def _number(typed: str) -> str | None:
    try:
        return numbers.read(COMPLAINT.prefix, typed)
    except Invalid:
        return None


def _empty(operation: Operation, ticket: Ticket) -> BaseForm:
    """The form as it stands on the page, also where the page comes back because of another form."""
    form = operation.form(ticket, formdata=None)
    form.shown()
    return form
