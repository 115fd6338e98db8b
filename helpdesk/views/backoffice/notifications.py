"""What a person was told in this back office: its page, and what counts as read because they looked at it."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.channels import inapp
from helpdesk.db import transaction
from helpdesk.domain import notices
from helpdesk.domain.errors import NotFound
from helpdesk.enums import TicketStatus
from helpdesk.language import gettext as _
from helpdesk.models import Notification, Store, Ticket
from helpdesk.views import page, session
from helpdesk.views.backoffice.base import OfficeView
from helpdesk.views.backoffice.urgent import urgent_url
from helpdesk.views.forms import BaseForm, ConfirmForm, Seen, once

MAX_ID = 2**31
"""Ids are 32-bit integers; PostgreSQL refuses to compare them with more."""
ICONS = {
    "complaint_closed": "check-circle-fill",
    "complaint_customer_reply": "chat-left-text",
    "complaint_decided_store": "shield-check",
    "complaint_forwarded": "inbox",
    "complaint_new_platform": "shield-check",
    "complaint_overdue": "exclamation-triangle-fill",
    "complaint_withdrawn": "dash-circle-fill",
    "export_finished": "file-earmark-text",
    "sla_warning": "hourglass-split",
    "ticket_assigned": "person-check",
    "urgent_unassigned": "exclamation-circle-fill",
}


class ReadAllForm(BaseForm):
    """The button *Mark all as read*; it knows the newest notice of its page."""

    last_seen = Seen()


class NotificationsView(OfficeView):
    """The person's own notices in this place of work, and nobody else's."""

    @expose("/")
    def index(self) -> str:
        """The notices, newest first."""
        me, place = g.actor.user_id, self.place()
        shown = notices.recent(me, place, before=_asked("before"), after=_asked("after"))
        newest = notices.newest_unread(me, place)
        return self.render(
            "backoffice/notifications.html",
            notices=[self._row(one) for one in shown.rows],
            open_form=ConfirmForm(),
            read_form=ReadAllForm(last_seen=newest) if newest else None,
            prev_url=url_for(".index", after=shown.rows[0].id) if shown.newer else None,
            next_url=url_for(".index", before=shown.rows[-1].id) if shown.older else None,
            crumbs=self.crumbs((_("Notifications"), "")),
        )

    @expose("/read", methods=("POST",))
    def read_all(self) -> Response:
        """Mark as read whatever was there when the page was shown."""
        form = ReadAllForm()
        until = min(form.last_seen.read(), MAX_ID - 1)
        with once(form):
            notices.mark_all_read(g.actor.user_id, self.place(), until=until, now=clock.now())
        flash(_("Your notifications are marked as read."), "success")
        return redirect(url_for(".index"), 303)

    @expose("/<int:notice_id>/open", methods=("POST",))
    def open(self, notice_id: int) -> Response:
        """Follow a notice that no complaint's page would mark as read."""
        if notice_id >= MAX_ID:
            raise NotFound
        with once(ConfirmForm()):
            found = notices.mark_read(notice_id, g.actor.user_id, self.place(), now=clock.now())
            address = self._address(found)
        return redirect(address, 303)

    def _row(self, notice: Notification) -> dict[str, Any]:
        told = inapp.Told(facts=notice.facts, lang=session.language(), zone=page.zone())
        return {
            "icon": ICONS[notice.template_key],
            "text": inapp.sentence(notice.template_key, told),
            "at": notice.created_at,
            "unread": notice.read_at is None,
            "url": self._address(notice) if notice.about else "",
            "open_url": url_for(".open", notice_id=notice.id),
        }

    def _address(self, notice: Notification) -> str:
        """What the notice is about; the platform's pages are left open to every store for it."""
        if notice.template_key == "export_finished":
            return url_for(f"{self.kind}_exports.index")
        if notice.template_key == "urgent_unassigned":
            return urgent_url(self.kind)
        if notice.about is None:
            status = TicketStatus.UNDER_PLATFORM_REVIEW.value
            return url_for("platform_complaints.index", status=status, store=None)
        shop, _slash, number = notice.about.partition("/")
        if self.kind == "desk":
            return url_for("desk_complaints.details", number=number)
        return url_for("platform_complaints.details", shop=shop, number=number, store=None)


def note_opened(ticket: Ticket, place: Store) -> None:
    """Whoever opens a complaint has read what they were told about it (decision 3)."""
    me, subject = g.actor.user_id, notices.subject(ticket)
    if notices.has_unread_about(me, place, subject):
        with transaction():
            notices.mark_read_about(me, place, subject, now=clock.now())


def _asked(name: str) -> int | None:
    asked = request.args.get(name, type=int)
    return asked if asked is not None and 0 < asked < MAX_ID else None
