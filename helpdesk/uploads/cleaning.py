"""Deleting files that nobody waits for any more."""

from datetime import datetime, timedelta

from helpdesk.db import db, transaction
from helpdesk.domain import attachments, exports, tenancy
from helpdesk.uploads import storage

EVERY_STORE = "files of every store lie in one place"
LOST_AFTER = timedelta(days=1)
"""A file is older than its row, by seconds; one that is a day old and has none will never get one."""


def drop_waiting(*, now: datetime) -> None:
    """Delete what waited for its form for six hours: the rows first, so that none is sent after its file is gone."""
    with tenancy.unscoped(EVERY_STORE), transaction():
        names = attachments.forget_staged(now=now)
    storage.remove(names)


def tidy(*, now: datetime) -> None:
    """Delete files that no row knows: left by a process that died between a file and its row."""
    with tenancy.unscoped(EVERY_STORE):
        for names in storage.names_before(now - LOST_AFTER):
            storage.remove(attachments.unknown(names) - exports.kept(names))
            db.session.rollback()
