"""Settings of the whole installation, which the platform's administrator changes."""

from datetime import datetime
from typing import Any

from helpdesk import normalise
from helpdesk.db import db, insert_once
from helpdesk.domain import stores, tenancy, timeline
from helpdesk.domain.errors import Invalid
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import EventKind
from helpdesk.models import PlatformSetting
from helpdesk.words import N_

REVIEW = "complaint_platform_review"
UPLOAD = "max_upload_mb"
USUAL_UPLOAD_MB = 10
LEAST_UPLOAD_MB = 1
MOST_UPLOAD_MB = 50


def max_upload_mb() -> int:
    """The largest file that may be brought, in megabytes (S2-82, C58)."""
    kept = db.session.get(PlatformSetting, UPLOAD)
    return USUAL_UPLOAD_MB if kept is None else int(kept.value)


def read_max_upload_mb(typed: str) -> int:
    """A number of megabytes, in digits of any script.

    Raises:
        Invalid: not a whole number from 1 to 50.
    """
    plain = normalise.reference(typed)
    number = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < len("1000") else 0
    if not LEAST_UPLOAD_MB <= number <= MOST_UPLOAD_MB:
        raise Invalid(
            N_("The size must be a whole number from %(least)s to %(most)s."),
            field=UPLOAD,
            least=LEAST_UPLOAD_MB,
            most=MOST_UPLOAD_MB,
        )
    return number


def change(
    *, max_upload_mb: int, complaint_platform_review: bool, actor: Actor, now: datetime
) -> None:
    """Set the platform's settings; each that is another one now is a fact of its own."""
    require(actor, Permission.PLATFORM_SET)
    _change(UPLOAD, USUAL_UPLOAD_MB, max_upload_mb, actor, now)
    _change(REVIEW, True, complaint_platform_review, actor, now)


def _change(key: str, usual: Any, value: Any, actor: Actor, now: datetime) -> None:
    insert_once(PlatformSetting, key=key, value=usual)
    kept = db.session.get_one(PlatformSetting, key, with_for_update=True)
    was, kept.value = kept.value, value
    if was == value:
        return
    platform = stores.platform()
    with tenancy.scoped(platform):  # also where the page is kept to one store
        timeline.record(
            EventKind.SETTING_CHANGED,
            actor,
            platform,
            now=now,
            was=str(was),
            became=str(value),
            data={"setting": key},
        )
