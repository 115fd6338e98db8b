"""Long exports: the worker writes the file on behalf of whoever asked, with the rights that they have now.

A worker that dies leaves a lease that runs out, and the next try starts anew. The file lies where files of messages
do, so that every machine can hand it out; one that got no row is deleted with theirs (`uploads/cleaning.py`).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

from flask import current_app
from sqlalchemy import select

from helpdesk import files
from helpdesk.db import db, transaction
from helpdesk.domain import exports, members, stores, tenancy
from helpdesk.domain.errors import NotFound, Refusal
from helpdesk.domain.permissions import Permission, require
from helpdesk.enums import StoreKind
from helpdesk.language import speaking
from helpdesk.lists.asked import Asked
from helpdesk.lists.catalogue import LISTINGS
from helpdesk.lists.declaration import Viewer
from helpdesk.models import Export, Store, User
from helpdesk.uploads import storage

log = logging.getLogger(__name__)
EVERY_STORE = "the worker writes lists for every place"
STORE = "store"
"""In an export's query: the one shop that somebody of the platform had narrowed their page to."""

Clock = Callable[[], datetime]


class TakenOver(Exception):
    """The lease ran out, and another worker writes this file now."""


def blank() -> IO[bytes]:
    """An empty file to write a list into. It has no name, so nothing of it stays when its process dies."""
    return TemporaryFile(dir=current_app.instance_path)


def write_next(clock: Clock) -> bool:
    """Write one export that waits; whether there was one."""
    with tenancy.unscoped(EVERY_STORE):
        with transaction():
            export_id = exports.claim(now=clock())
        if export_id is None:
            return False
        export = db.session.get_one(Export, export_id)
        attempt = export.attempts
        try:
            _write(export, attempt, clock)
        except TakenOver:
            log.warning("export %s was taken over by another worker", export_id)
        except Refusal:
            _give_up(export_id, attempt, clock, for_good=True)
        except Exception:
            log.exception("export %s could not be written", export_id)
            _give_up(export_id, attempt, clock, for_good=False)
    return True


def clean_up(*, now: datetime) -> None:
    """Delete what is a day old, files first: a row without its file would promise what is gone."""
    with tenancy.unscoped(EVERY_STORE):
        outdated = {export.id: export.file_name for export in exports.outdated(now=now)}
        storage.remove(name for name in outdated.values() if name)
        with transaction():
            exports.forget(list(outdated))


def _write(export: Export, attempt: int, clock: Clock) -> None:
    export_id, file_format = export.id, export.format
    rows = 0

    def told(written: int) -> None:
        nonlocal rows
        rows = written
        with tenancy.unscoped(EVERY_STORE), transaction():  # the list may be that of one store
            _stop_unless(exports.advance(export_id, attempt, written, now=clock()))

    with blank() as file:
        with _asked(export, clock()) as asked:
            files.write(asked, file_format, file, told)
        db.session.rollback()  # the storage may be far away
        file.seek(0)
        name = storage.keep_long(file)
    try:
        with transaction():
            _stop_unless(exports.finish(export_id, attempt, name, rows, now=clock()))
    except BaseException:
        storage.remove([name])
        raise


def _stop_unless(mine: bool) -> None:
    if not mine:
        raise TakenOver


def _give_up(export_id: int, attempt: int, clock: Clock, *, for_good: bool) -> None:
    db.session.rollback()
    with transaction():
        exports.fail(export_id, attempt, now=clock(), for_good=for_good)


@contextmanager
def _asked(export: Export, now: datetime) -> Iterator[Asked]:
    """The list as its owner may read it now, in the language they asked in, within their own scope.

    Raises:
        NotAllowed, NotFound: they have lost the right, the role or the account since.
    """
    place = db.session.get_one(Store, export.store_id)
    owner = db.session.scalars(select(User).where(User.id == export.user_id)).one()
    actor = members.acting_in(owner, place, ip_hash="")
    listing, query = LISTINGS[export.list], export.query
    require(actor, Permission.LIST_EXPORT)
    require(actor, listing.reads)
    store = _narrowed_to(place, query)
    lang = export.lang.value
    viewer = Viewer(
        actor=actor,
        place=place,
        lang=lang,
        zone=(store or place).timezone,
        now=now,
        platform=stores.platform().name_in(lang),
    )
    db.session.expunge_all()  # read under the wide scope; nothing of it may answer inside the narrow one
    scope = tenancy.scoped(store) if store else tenancy.unscoped("the platform reads every store")
    with speaking(lang), scope:
        yield Asked(listing, query, viewer)


def _narrowed_to(place: Store, query: dict[str, list[str]]) -> Store | None:
    """The one store that the list is about; None for all of them.

    Raises:
        NotFound: the store is no more; its list does not become that of every store.
    """
    if place.kind is StoreKind.STORE:
        return place
    slug = next(iter(query.get(STORE, [])), None)
    store = stores.find(slug) if slug else None
    if slug and store is None:
        raise NotFound
    return store
