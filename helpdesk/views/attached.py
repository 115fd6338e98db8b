"""Files as pages show them: their names, sizes, small pictures and addresses."""

from collections.abc import Iterable
from typing import Any

from flask import url_for

from helpdesk.domain import attachments
from helpdesk.language import gettext as _
from helpdesk.models import Attachment, Message, StagedUpload

KILOBYTE = 1024
MEGABYTE = KILOBYTE * KILOBYTE


def sent(files: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Files of a message, for `macros/files.html`."""
    return [
        {
            "name": one.name,
            "size": size(one.size),
            "url": url_for("files.fetch", token=one.token),
            "thumb_url": url_for("files.thumb", token=one.token) if one.thumb_name else "",
        }
        for one in files
    ]


def by_message(messages: Iterable[Message]) -> dict[int, list[dict[str, Any]]]:
    """The files of these messages, by the message's id; a message without any has an empty list."""
    messages = list(messages)
    found = attachments.of_messages(messages)
    return {one.id: sent(found[one.id]) for one in messages}


def waiting(files: Iterable[StagedUpload]) -> list[dict[str, Any]]:
    """Files that wait for their form to be sent."""
    return [
        {
            "name": one.name,
            "size": size(one.size),
            "token": one.token,
            "remove_url": url_for("files.remove", token=one.token),
            "thumb_url": url_for("files.staged_thumb", token=one.token) if one.thumb_name else "",
        }
        for one in files
    ]


def size(count: int) -> str:
    """So many bytes in words that people know."""
    if count < MEGABYTE:
        return _("%(size)s KB", size=max(1, round(count / KILOBYTE)))
    return _("%(size)s MB", size=f"{count / MEGABYTE:.1f}")
