"""The predefined responses of one place (pages 4.17)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, or_, select

from helpdesk.domain.permissions import Permission
from helpdesk.enums import Lang
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.lists.declaration import Column, Conditions, Listing, Ranking, Rows, Sorting, Viewer
from helpdesk.models import CannedReply, User

EXCERPT = 90


def _rows(viewer: Viewer) -> Rows:
    body = CannedReply.body_ar if viewer.lang == Lang.AR else CannedReply.body_en
    return select(
        CannedReply.id,
        CannedReply.title,
        func.substr(body, 1, EXCERPT).label("beginning"),
        CannedReply.use_count,
        CannedReply.updated_at,
        User.name.label("author"),
    ).outerjoin(User, User.id == CannedReply.author_id)


def _base(viewer: Viewer) -> Conditions:
    """The place's own, also where the viewer's work reaches further."""
    return [CannedReply.store_id == viewer.place.id]


def _search(q: str, _viewer: Viewer) -> Conditions:
    texts = (CannedReply.title, CannedReply.body_en, CannedReply.body_ar)
    return [or_(*(text.icontains(q, autoescape=True) for text in texts))]


def _facts(_viewer: Viewer) -> Callable[[Any], dict[str, Any]]:
    def read(row: Any) -> dict[str, Any]:
        beginning = " ".join(row.beginning.split())
        return {
            "id": row.id,
            "title": row.title,
            "beginning": f"{beginning}…" if len(row.beginning) == EXCERPT else beginning,
            "used": row.use_count,
            "author": row.author or "",
            "updated": row.updated_at,
        }

    return read


def _empty(_viewer: Viewer) -> str:
    return _("Write the answers that you give often once, in both languages, and insert them.")


CANNED_REPLIES = Listing(
    name="canned_replies",
    title=_l("Predefined responses"),
    searched=_l("Title or text"),
    reads=Permission.CANNED_REPLY_EDIT,
    columns=(
        Column(name="title", label=_l("Title")),
        Column(name="beginning", label=_l("Text")),
        Column(name="used", label=_l("Used"), sorting="used"),
        Column(name="author", label=_l("Author")),
        Column(name="updated", label=_l("Changed"), sorting="updated"),
    ),
    filters=(),
    sortings=(
        Ranking(name="used", label=_l("Most used first"), key=CannedReply.use_count),
        Sorting(name="updated", label=_l("Latest change first"), key=CannedReply.updated_at),
    ),
    id=CannedReply.id,
    select=_rows,
    base=_base,
    search=_search,
    facts=_facts,
    empty=_empty,
)
