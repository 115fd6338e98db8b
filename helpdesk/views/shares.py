"""Who has had a complaint and for how long, as the pages of staff and customers show it alike (S1-02)."""

from typing import Any

from helpdesk import clock, dates
from helpdesk.domain import held
from helpdesk.enums import Side
from helpdesk.language import gettext as _
from helpdesk.models import Ticket
from helpdesk.views import page, session


def held_by(ticket: Ticket, customer: str) -> list[dict[str, Any]]:
    """What `macros/held.html` needs: a part for each side that has had any of the time, in the order of the bar."""
    names = {
        Side.PLATFORM: page.platform_name(),
        Side.STORE: _("Store"),
        Side.CUSTOMER: customer,
    }
    parts, start = [], 0
    for share in held.shares(ticket, now=clock.now()):
        if share.time:
            parts.append(
                {
                    "side": share.side.value,
                    "label": names[share.side],
                    "time": dates.lasting(share.time, session.language()),
                    "percent": share.percent,
                    "start": start,
                }
            )
        start += share.percent
    return parts
