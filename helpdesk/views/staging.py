"""Taking in a file that a browser sends: counted, looked into and stored, and only then written down."""

from dataclasses import replace

from flask import current_app, g, request
from werkzeug.datastructures import FileStorage

from helpdesk import clock
from helpdesk.db import transaction
from helpdesk.domain import attachments, members, settings
from helpdesk.domain.permissions import Actor
from helpdesk.language import gettext as _
from helpdesk.models import FILES_LIMIT, StagedUpload
from helpdesk.uploads import inspection, storage, take
from helpdesk.views import session

TEXTS = 1024 * 1024
"""What the other fields of a form may have together, and all of a form without files."""
TAKE_FILES = frozenset(
    {
        "complaints.follow_up",
        "complaints.new",
        "complaints.reply",
        "desk_complaints.operate",
        "files.stage",
        "platform_complaints.operate",
    }
)
"""The endpoints whose forms may be as large as their files."""


def limit_mb() -> int:
    """The largest file that may be brought, read once a request."""
    if "max_upload_mb" not in g:
        g.max_upload_mb = settings.max_upload_mb()
    limit: int = g.max_upload_mb
    return limit


def largest_request(endpoint: str | None) -> int:
    """How many bytes a request may have: five files of the largest size, where files are taken."""
    if endpoint not in TAKE_FILES:
        return TEXTS
    return TEXTS + FILES_LIMIT * limit_mb() * inspection.MEGABYTE


def hint() -> str:
    """Which files may be brought."""
    *types, last = inspection.TYPES
    return _(
        "Up to %(count)s files, each at most %(limit)s MB: %(types)s or %(last)s.",
        count=FILES_LIMIT,
        limit=limit_mb(),
        types=_(", ").join(types),
        last=last,
    )


def accepted() -> str:
    """The same for a file input; the media types let a telephone offer its camera."""
    pictures = ("image/jpeg", "image/png", "image/webp")
    return ",".join([*(f".{ending}" for ending in inspection.KINDS), *pictures])


def stage(part: FileStorage) -> StagedUpload:
    """Take in one file for the store of the page.

    Raises:
        LimitReached, Invalid: see `attachments.refuse_when_full`, `attachments.admit` and `uploads.take`.
    """
    actor, limit = bringer(), limit_mb()
    with transaction():
        attachments.refuse_when_full(actor, current_app.config["STAGED_LIMIT_BYTES"])
        attachments.admit(actor, now=clock.now())
    content = part.stream.read(limit * inspection.MEGABYTE + 1)
    upload = take(part.filename or "", content, limit_mb=limit)
    try:
        with transaction():
            return attachments.stage(g.store, upload, actor, now=clock.now())
    except BaseException:
        storage.remove([upload.stored_name])
        raise


def bringer() -> Actor:
    """Whoever sends the file: staff wherever they work, or a visitor. The file belongs to the browser either way."""
    user = session.staff()
    if user is None:
        return session.visitor()
    own = members.as_self(user, ip_hash=session.ip_hash())
    return replace(own, browser_hash=session.browser_hash())


def parts(name: str) -> list[FileStorage]:
    """The files of this request under that name; a browser sends an empty one where none was chosen."""
    return [part for part in request.files.getlist(name) if part.filename]
