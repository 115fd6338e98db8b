"""The first page of a back office: what waits, as links into the log."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from helpdesk import clock
from helpdesk.db import db
from helpdesk.domain.kinds import COMPLAINT
from helpdesk.enums import TicketKind, TicketStatus
from helpdesk.models import Ticket
from helpdesk.views.backoffice.dossier import status_pill
from helpdesk.views.backoffice.lists import COUNT_LIMIT


def complaint_cards(endpoint: str) -> list[dict[str, Any]]:
    """One card a status that waits for somebody, and one for what is overdue; each opens the log at just these."""
    cards = []
    for status in COMPLAINT.labels:
        if status is TicketStatus.CLOSED:
            continue
        pill = status_pill(status)
        url = url_for(f"{endpoint}.index", status=status.value)
        cards.append(
            {
                "label": pill["label"],
                "value": _count(Ticket.status == status),
                "url": url,
                "tone": pill["tone"],
            }
        )
    overdue = {
        "label": _("Overdue"),
        "url": url_for(f"{endpoint}.index", overdue="1"),
        "tone": "danger",
    }
    return [*cards, {**overdue, "value": _count(Ticket.due_at < clock.now())}]


def _count(condition: Any) -> str:
    capped = (
        select(Ticket.id)
        .where(Ticket.kind == TicketKind.COMPLAINT, condition)
        .limit(COUNT_LIMIT + 1)
        .subquery()
    )
    count = db.session.scalar(select(func.count()).select_from(capped)) or 0
    return f"{COUNT_LIMIT:,}+" if count > COUNT_LIMIT else f"{count:,}"
