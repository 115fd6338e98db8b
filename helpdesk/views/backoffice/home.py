"""The first page of a back office: what waits, as links into the log."""

from typing import Any

from flask import url_for

from helpdesk.enums import Team, TicketStatus
from helpdesk.language import gettext as _
from helpdesk.lists.asked import COUNT_LIMIT, Asked
from helpdesk.lists.complaints import COMPLAINTS, TO_DECIDE
from helpdesk.lists.declaration import Viewer
from helpdesk.words import counted


def complaint_cards(endpoint: str, viewer: Viewer) -> list[dict[str, Any]]:
    """One card a status that waits for somebody, and those for what is late; each opens the log at just these."""
    waiting = [
        {
            "label": card.label,
            "value": counted(card.count),
            "tone": card.tone,
            "url": url_for(f"{endpoint}.index", status=card.status),
        }
        for card in COMPLAINTS.cards(viewer)
        if card.status != TicketStatus.CLOSED
    ]
    late = {_("Overdue"): {"overdue": ["1"], "sort": ["due"]}}
    if viewer.sees(Team.PLATFORM):
        late[_("To decide")] = TO_DECIDE
    return [*waiting, *(_late(label, query, endpoint, viewer) for label, query in late.items())]


def _late(label: str, query: dict[str, Any], endpoint: str, viewer: Viewer) -> dict[str, Any]:
    count = Asked(COMPLAINTS, query, viewer).count()
    return {
        "label": label,
        "value": f"{counted(COUNT_LIMIT)}+" if count > COUNT_LIMIT else counted(count),
        "tone": "danger",
        "url": url_for(f"{endpoint}.index", **query),
    }
