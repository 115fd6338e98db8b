"""What the complaints log says of a search: where it found each row, or where it looked in vain (S1-10)."""

from collections.abc import Sequence

from helpdesk.domain import excerpts, terms
from helpdesk.domain.permissions import Permission, may
from helpdesk.domain.search import Part
from helpdesk.enums import Team
from helpdesk.language import gettext as _
from helpdesk.lists.declaration import Hit, Viewer
from helpdesk.words import N_

PLACES = {
    Part.CONVERSATION: N_("In a message:"),
    Part.STORE_NOTES: N_("In a note:"),
    Part.PLATFORM_NOTES: N_("In a note:"),
}


def hits(q: str, ids: Sequence[int], viewer: Viewer) -> dict[int, Hit]:
    """By complaint, the message or note in which it was found."""
    found = excerpts.of(ids, q, viewer.actor)
    return {row: Hit(where=_(PLACES[one.part]), pieces=one.pieces) for row, one in found.items()}


def unfound(q: str, viewer: Viewer) -> str:
    """Where was looked for what, and how to find more."""
    if not terms.read(q):
        return _("Search for a word or a number; signs alone cannot be found.")
    return f"{_looked_through(viewer)} {_(FURTHER)}"


FURTHER = N_("Every word has to be found. Try fewer words, or only how they begin.")


def _looked_through(viewer: Viewer) -> str:
    named = may(viewer.actor, Permission.CONTACT_READ)
    if viewer.actor.team is Team.PLATFORM and named:
        return _(
            "Numbers, names, e-mail addresses, telephone and order numbers, messages and the platform's own notes"
            " were searched."
        )
    if named:
        return _(
            "Numbers, names, e-mail addresses, telephone and order numbers, messages and notes were searched;"
            " of complaints under review only number, name and order."
        )
    return _(
        "Numbers, order numbers, messages and notes were searched; of complaints under review only number and order."
    )
