"""Files to fetch: those of messages, for whoever may read the message, and those that wait, for their own browser."""

import logging
import unicodedata
from datetime import datetime
from urllib.parse import quote

from flask import Blueprint, make_response, render_template, send_file
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.db import transaction
from helpdesk.domain import attachments, downloads, members, stores, tenancy
from helpdesk.domain.errors import Invalid, NotFound
from helpdesk.domain.permissions import Actor
from helpdesk.models import Attachment, Store
from helpdesk.uploads import storage
from helpdesk.views import attached, session, staging
from helpdesk.words import N_

files = Blueprint("files", __name__)
log = logging.getLogger(__name__)

NO_STORE = "a file's address names no store"
NOTHING = N_("No file arrived. Choose it again.")
THUMB_MIME = "image/webp"
UNQUOTED = "!#$&+-.^_`|~"
"""What may stand as it is in a header's extended value (RFC 8187)."""


@files.get("/files/<token>")
def fetch(token: str) -> Response:
    """A file of a message, never opened by the browser itself."""
    found = _permitted(token)
    response = _file(found.stored_name, found.name, found.mime)
    response.content_length = found.size
    return response


@files.get("/files/<token>/thumb")
def thumb(token: str) -> Response:
    """The small picture of an image."""
    return _thumb(_permitted(token).thumb_name)


@files.get("/files/staged/<token>/thumb")
def staged_thumb(token: str) -> Response:
    """The small picture of a file that waits for its form."""
    with tenancy.unscoped(NO_STORE):
        found = attachments.staged_here(token, session.browser_hash(), now=clock.now())
        return _thumb(found.thumb_name)


@files.post("/files/staged/<token>/remove")
def remove(token: str) -> Response:
    """Take back a file before it is sent."""
    with tenancy.unscoped(NO_STORE), transaction():
        stored_name = attachments.unstage(token, session.browser_hash(), now=clock.now())
    storage.remove([stored_name])
    return Response(status=204)


@files.post("/s/<store>/files")
def stage() -> Response:
    """One file, sent by a script while the form is still being filled in: its line for the form."""
    brought = staging.parts("files")
    if len(brought) != 1:
        raise Invalid(NOTHING)
    [facts] = attached.waiting([staging.stage(brought[0])])
    return make_response(render_template("files/waiting.html", one=facts), 201)


def _permitted(token: str) -> Attachment:
    """The file, if anybody whom this browser stands for may read it: a shopper, and staff beside."""
    now = clock.now()
    with tenancy.unscoped(NO_STORE):
        found = downloads.find(token)
        store = downloads.store_of(found)
        downloads.permitted(found, _readers(store, now), now=now)
        return found


def _readers(store: Store, now: datetime) -> list[Actor]:
    with tenancy.scoped(store):
        readers = [session.contact(now)]
    user = session.staff()
    if user is None:
        return readers
    places = session.memberships(user)
    here = {store.id, stores.platform().id}
    readers += [
        members.acting_in(user, one.store, ip_hash=session.ip_hash(), among=places)
        for one in places
        if one.store_id in here
    ]
    return readers


def _thumb(thumb_name: str | None) -> Response:
    if thumb_name is None:
        raise NotFound
    response = _file(thumb_name, thumb_name, THUMB_MIME)
    response.headers["Content-Disposition"] = "inline"
    return response


def _file(stored_name: str, name: str, mime: str) -> Response:
    """An answer that can do nothing but be saved or shown as a picture."""
    try:
        content = storage.opened(stored_name)
    except FileNotFoundError:
        log.error("a stored file is missing: %s", stored_name)  # noqa: TRY400 - its place tells nothing more
        raise NotFound from None
    response = send_file(
        content,
        mimetype=mime,
        as_attachment=True,
        download_name=name,
        conditional=False,
        etag=False,
    )
    if not name.isascii():
        response.headers.set("Content-Disposition", "attachment", **_names(name))
    response.headers["Content-Type"] = mime  # no charset is claimed for what somebody else wrote
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _names(name: str) -> dict[str, str]:
    """The name as it is, and one in ASCII for programs that read no other: an Arabic one would leave ".pdf" there."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, _dot, ending = ascii_name.rpartition(".")
    stem = stem.strip(" ._-()")
    if not any(letter.isalpha() for letter in stem):
        stem = f"file {stem}".rstrip()
    return {
        "filename": f"{stem}.{ending}",
        "filename*": f"UTF-8''{quote(name, safe=UNQUOTED)}",
    }
