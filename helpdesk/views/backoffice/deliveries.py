"""Deliveries: every outgoing message, what became of it, and how to help it on (X-05)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from flask import current_app, g
from flask_admin import expose
from sqlalchemy import select

from helpdesk import clock
from helpdesk.db import db, writing
from helpdesk.domain import contacts, timeline
from helpdesk.domain import deliveries as outbox
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.enums import Channel, DeliveryStatus, Lang
from helpdesk.jobs import WORKER
from helpdesk.language import gettext as _
from helpdesk.language import ngettext
from helpdesk.lists.declaration import ID_DIGITS, MAX_ID
from helpdesk.lists.deliveries import CHANNELS, DELIVERIES, state_label, withheld
from helpdesk.models import Delivery
from helpdesk.views import page
from helpdesk.views.backoffice.lists import list_permissions
from helpdesk.views.backoffice.operations import Operation, OperationsView, Page
from helpdesk.views.forms import BaseForm, ConfirmForm
from helpdesk.words import N_

P = Permission
D = DeliveryStatus


def _confirmed(_delivery: Delivery, **kwargs: Any) -> BaseForm:
    return ConfirmForm(**kwargs)


def _failed(delivery: Any) -> bool:
    return delivery.status in outbox.FAILED


def _sent(delivery: Any) -> bool:
    return delivery.status in outbox.SENT and delivery.channel is Channel.EMAIL


def _retry(delivery: Delivery, _form: Any, actor: Actor, now: datetime) -> None:
    outbox.retry(delivery, actor, now=now)


def _resend(delivery: Delivery, _form: Any, actor: Actor, now: datetime) -> None:
    outbox.resend(delivery, actor, now=now)


RETRY = Operation(
    name="retry",
    label=N_("Try again"),
    explain=N_("The message goes back to the head of the queue and is sent at once."),
    done=N_("It will be tried again at once."),
    permission=P.DELIVERY_SEND,
    possible=_failed,
    form=_confirmed,
    run=_retry,
    tone="primary",
    bulk=_confirmed,
)
RESEND = Operation(
    name="resend",
    label=N_("Send once more"),
    explain=N_("The same message goes to the same address a second time."),
    done=N_("It is on its way once more."),
    permission=P.DELIVERY_SEND,
    possible=_sent,
    form=_confirmed,
    run=_resend,
)


class DeliveriesView(OperationsView):
    """The list, one message, and *Try again* and *Send once more*."""

    listing: ClassVar = DELIVERIES
    cells: ClassVar[str] = "backoffice/deliveries/cells.html"
    operations: ClassVar = (RETRY, RESEND)
    permissions: ClassVar = {
        **list_permissions(P.DELIVERY_LIST),
        "show": P.DELIVERY_LIST,
        "operate": P.DELIVERY_SEND,
        "bulk": P.DELIVERY_SEND,
    }

    @expose("/<int:delivery_id>")
    def show(self, delivery_id: int) -> str:
        """One message."""
        found = self.find(str(delivery_id))
        allowed = P.DELIVERY_SEND in g.actor.permissions
        return self.render(
            "backoffice/deliveries/show.html",
            delivery=_facts(found),
            retry_url=self.operation_url(found, RETRY)
            if allowed and outbox.may_retry(found, now=clock.now())
            else "",
            resend_url=self.operation_url(found, RESEND)
            if allowed and outbox.may_resend(found)
            else "",
            form=ConfirmForm(formdata=None),
            crumbs=self.trail((found.subject, "")),
        )

    @expose("/<int:delivery_id>/<operation>", methods=("GET", "POST"))
    def operate(self, delivery_id: int, operation: str) -> Page:
        """Help one message on."""
        return self.operation_page(str(delivery_id), operation)

    def find_all(self, keys: Sequence[str]) -> dict[str, Any]:
        ids = {key: row_id for key in keys if (row_id := _id(key)) is not None}
        query = select(Delivery).where(Delivery.id.in_(ids.values())).order_by(Delivery.id)
        rows = db.session.scalars(query.with_for_update(of=Delivery) if writing() else query)
        by_id = {row.id: row for row in rows}
        return {key: by_id[row_id] for key, row_id in ids.items() if row_id in by_id}

    def key(self, record: Any) -> str:
        return str(record.id)

    def title_of(self, record: Any) -> str:
        subject: str = record.subject
        return subject

    def about(self, record: Any) -> list[str]:
        return [state_label(record.status)["label"]]

    def row_extras(self, row: Any, facts: dict[str, Any]) -> dict[str, Any]:
        key = str(facts["id"])
        return {
            "key": key,
            "url": self.row_link(key),
            "can": self.row_menu(row),
        }

    def intro(self) -> str:
        """Whether somebody is there to send, and whether something waits that is no message yet."""
        return " ".join(filter(None, (_worker(), _untold())))


def _worker() -> str:
    beat = outbox.last_beat(WORKER)
    if beat is None:
        return _("The background worker has not run yet; mails wait until it does.")
    return _("The background worker was last alive %(ago)s.", ago=page.ago(beat))


def _untold() -> str:
    count = timeline.untold(now=clock.now())
    if not count:
        return ""
    return ngettext(
        "%(num)s event has waited for its messages for more than five minutes; the worker's log says why.",
        "%(num)s events have waited for their messages for more than five minutes; the worker's log says why.",
        count,
    )


def _id(key: str) -> int | None:
    plausible = key.isascii() and key.isdigit() and len(key) <= ID_DIGITS
    return int(key) if plausible and int(key) < MAX_ID else None


def _facts(delivery: Delivery) -> dict[str, Any]:
    waiting = delivery.status in {D.QUEUED, D.TEMPORARY_FAILURE}
    hidden = db.session.scalar(select(withheld(g.actor)).where(Delivery.id == delivery.id))
    return {
        "subject": delivery.subject,
        "recipient": contacts.masked_email(delivery.recipient) if hidden else delivery.recipient,
        "channel": _(CHANNELS[delivery.channel]),
        "state": state_label(delivery.status),
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
