"""Deliveries: every outgoing message, what became of it, and how to help it on (X-05)."""

from typing import Any, ClassVar

from flask import current_app, flash, g, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, false, select
from werkzeug.wrappers import Response

from helpdesk import clock, normalise
from helpdesk.db import db
from helpdesk.domain import contacts
from helpdesk.domain import deliveries as outbox
from helpdesk.domain.errors import NotFound, Refusal
from helpdesk.domain.permissions import Permission
from helpdesk.enums import DeliveryStatus, Lang, Team
from helpdesk.jobs import WORKER
from helpdesk.models import Delivery, Store, Ticket
from helpdesk.views import page
from helpdesk.views.backoffice import lists
from helpdesk.views.backoffice.base import OfficeView
from helpdesk.views.backoffice.lists import Column, Keyset, ListPage
from helpdesk.views.errors import say
from helpdesk.views.forms import ConfirmForm, once
from helpdesk.words import N_

P = Permission
D = DeliveryStatus
STATES = {
    D.QUEUED: (N_("Waiting to be sent"), "info"),
    D.SENDING: (N_("Being sent"), "info"),
    D.SENT: (N_("Sent"), "success"),
    D.TEMPORARY_FAILURE: (N_("Failed, will be tried again"), "warning"),
    D.PERMANENT_FAILURE: (N_("Failed"), "danger"),
    D.SUPPRESSED: (N_("Not sent on purpose"), "neutral"),
    D.HELD: (N_("Held"), "warning"),
}


class DeliveriesView(OfficeView):
    """The list, one message, and *try again* and *send once more*."""

    many_stores: ClassVar[bool] = False

    permissions: ClassVar = {
        "index": P.DELIVERY_LIST,
        "show": P.DELIVERY_LIST,
        "retry": P.DELIVERY_SEND,
        "resend": P.DELIVERY_SEND,
    }

    @expose("/")
    def index(self) -> str:
        """Every message, newest first."""
        return self.render("backoffice/list.html", list=self._list(), crumbs=self._crumbs())

    @expose("/<int:delivery_id>")
    def show(self, delivery_id: int) -> str:
        """One message."""
        found = _find(delivery_id)
        return self.render(
            "backoffice/deliveries/show.html",
            delivery=_facts(found),
            can_retry=P.DELIVERY_SEND in g.actor.permissions
            and outbox.may_retry(found, now=clock.now()),
            can_resend=P.DELIVERY_SEND in g.actor.permissions and outbox.may_resend(found),
            retry_form=ConfirmForm(),
            resend_form=ConfirmForm(),
            crumbs=[*self._crumbs(), {"label": found.subject, "url": ""}],
        )

    @expose("/<int:delivery_id>/retry", methods=("POST",))
    def retry(self, delivery_id: int) -> Response:
        """Try a failed message again now."""
        return self._act(delivery_id, outbox.retry, _("It will be tried again at once."))

    @expose("/<int:delivery_id>/resend", methods=("POST",))
    def resend(self, delivery_id: int) -> Response:
        """Send a message once more."""
        return self._act(delivery_id, outbox.resend, _("It is on its way once more."))

    def _act(self, delivery_id: int, rule: Any, done: str) -> Response:
        try:
            with once(ConfirmForm()) as post:
                if not post.repeated:
                    rule(_find(delivery_id), g.actor, now=clock.now())
            flash(done, "success")
        except NotFound:
            raise
        except Refusal as refusal:
            flash(say(refusal), "warning")
        return redirect(url_for(".show", delivery_id=delivery_id), 303)

    def _crumbs(self) -> list[dict[str, str]]:
        home = {"label": _("Home"), "url": url_for(f"{self.kind}.index")}
        return [home, {"label": _("Deliveries"), "url": url_for(".index")}]

    def _list(self) -> ListPage:
        status = lists.chosen(
            "status", _("State"), [(word.value, _(text)) for word, (text, _tone) in STATES.items()]
        )
        shop = [lists.by_store()] if self.many_stores else []
        q = normalise.line(request.args.get("q", ""))[: lists.TEXT_LIMIT]
        conditions = [
            found for one in shop for found in lists.of_store(one.value, Delivery.store_id)
        ]
        if status.value:
            conditions.append(Delivery.status == D(status.value))
        if q:
            conditions += [Delivery.recipient.icontains(q, autoescape=True), ~_withheld()]
        query = select(
            Delivery.id,
            Delivery.created_at.label("cursor_moment"),
            Delivery.subject,
            Delivery.recipient,
            Delivery.channel,
            Delivery.status,
            Delivery.attempts,
            _withheld().label("withheld"),
            Store.name_en,
            Store.name_ar,
        ).join(Store, Store.id == Delivery.store_id)
        rows, following, previous = Keyset(Delivery.created_at, Delivery.id).page(
            query.where(*conditions)
        )
        active = bool(q or status.value or any(one.value for one in shop))
        return ListPage(
            title=_("Deliveries"),
            intro=_pulse(),
            columns=[
                Column("subject", _("Subject")),
                *([Column("store", _("Store"))] if shop else []),
                Column("recipient", _("Recipient")),
                Column("channel", _("Channel")),
                Column("state", _("State")),
                Column("attempts", _("Attempts")),
                Column("created_at", _("Written")),
            ],
            cells="backoffice/deliveries/cells.html",
            rows=[_row(row) for row in rows],
            filters=[status, *shop],
            q=q,
            q_label=_("Recipient's address"),
            active=active,
            clear_url=url_for(".index"),
            next_url=lists.turn(after=following),
            prev_url=lists.turn(before=previous),
            count_text=lists.count_text(conditions, Delivery.id),
            empty_title=_("No results found"),
            empty_text=_("Change or clear the search and the filters.")
            if active
            else _("Every mail that is written will appear here, with what became of it."),
        )


def _row(row: Any) -> dict[str, Any]:
    return {
        "url": url_for(".show", delivery_id=row.id),
        "subject": row.subject,
        "store": page.name_of(row.name_en, row.name_ar),
        "recipient": contacts.masked_email(row.recipient) if row.withheld else row.recipient,
        "channel": _("E-mail"),
        "state": _state(row.status),
        "attempts": row.attempts,
        "created_at": row.cursor_moment,
    }


def _facts(delivery: Delivery) -> dict[str, Any]:
    waiting = delivery.status in {D.QUEUED, D.TEMPORARY_FAILURE}
    withheld = db.session.scalar(select(_withheld()).where(Delivery.id == delivery.id))
    return {
        "subject": delivery.subject,
        "recipient": contacts.masked_email(delivery.recipient) if withheld else delivery.recipient,
        "channel": _("E-mail"),
        "state": _state(delivery.status),
        "attempts": delivery.attempts,
        "lang": delivery.lang.value,
        "dir": "rtl" if delivery.lang is Lang.AR else "ltr",
        "error_title": _("Why it was not sent")
        if delivery.status in {D.SUPPRESSED, D.HELD}
        else _("The last attempt failed"),
        "last_error": _(delivery.last_error) if delivery.last_error else "",
        "created_at": delivery.created_at,
        "next_try_at": delivery.run_at if waiting else None,
        "text": outbox.shown_text(delivery, show_codes=bool(current_app.config["DEMO"])),
    }


def _withheld() -> ColumnElement[bool]:
    """Whether it is about a complaint that was not forwarded: until then its store may not know the mailbox."""
    if g.actor.team is Team.PLATFORM:
        return false()
    mine = (Ticket.store_id == Delivery.store_id, Ticket.id == Delivery.ticket_id)
    return exists().where(*mine, Ticket.forwarded_at.is_(None))


def _state(status: DeliveryStatus) -> dict[str, str]:
    text, tone = STATES[status]
    return {"label": _(text), "tone": tone}


def _pulse() -> str:
    """Whether somebody is there to send."""
    beat = outbox.last_beat(WORKER)
    if beat is None:
        return _("The background worker has not run yet; mails wait until it does.")
    return _("The background worker was last alive %(ago)s.", ago=page.ago(beat))


def _find(delivery_id: int) -> Delivery:
    found = (
        db.session.scalar(select(Delivery).where(Delivery.id == delivery_id))
        if delivery_id < lists.MAX_ID
        else None
    )
    if found is None:
        raise NotFound
    return found
