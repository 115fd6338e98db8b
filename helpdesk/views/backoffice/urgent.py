"""The banner of urgent complaints that nobody has taken up, for those who can do something about it (C48, S2-88)."""

from typing import Any

from flask import url_for

from helpdesk.domain import unassigned
from helpdesk.domain.permissions import Permission
from helpdesk.enums import Team
from helpdesk.language import gettext as _
from helpdesk.language import ngettext
from helpdesk.lists.complaints import URGENT_TO_REVIEW, URGENT_UNASSIGNED
from helpdesk.lists.declaration import Viewer


def urgent_url(place: str) -> str:
    """The log at just these complaints; `place` is `desk` or `platform`."""
    query: dict[str, Any] = dict(URGENT_UNASSIGNED if place == "desk" else URGENT_TO_REVIEW)
    return url_for(f"{place}_complaints.index", **query)


def urgent_banner(place: str, viewer: Viewer) -> dict[str, str] | None:
    """What it says and where it leads; None when there is nothing to take up, or it is others' to do."""
    ours = viewer.actor.team is Team.PLATFORM
    needed = Permission.COMPLAINT_REVIEW if ours else Permission.COMPLAINT_OVERSEE
    if needed not in viewer.actor.permissions:
        return None
    found = unassigned.count(Team.PLATFORM if ours else Team.MERCHANT)
    if not found:
        return None
    return {
        "text": _to_review(found) if ours else _to_assign(found),
        "action": _("Review") if ours else _("Assign somebody"),
        "url": urgent_url(place),
    }


def _to_review(found: int) -> str:
    return ngettext(
        "%(num)s urgent complaint waits for your review.",
        "%(num)s urgent complaints wait for your review.",
        found,
    )


def _to_assign(found: int) -> str:
    return ngettext(
        "Nobody is responsible for %(num)s urgent complaint.",
        "Nobody is responsible for %(num)s urgent complaints.",
        found,
    )
