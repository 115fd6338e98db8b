"""Lists taken out as files: who asked for what, and the long ones that the worker writes (claim, lease, finish)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select, update

from helpdesk.db import changed, db
from helpdesk.domain import tenancy, timeline
from helpdesk.domain.errors import LimitReached, NotFound
from helpdesk.domain.permissions import SYSTEM, Actor, Permission, require
from helpdesk.enums import EventKind, ExportFormat, ExportStatus, Lang
from helpdesk.models import Export, Store
from helpdesk.words import N_

X = ExportStatus
KEPT = timedelta(hours=24)
LEASE = timedelta(minutes=5)
TRIES = 3
WAITING_LIMIT = 3

Query = dict[str, list[str]]


def note(
    listing: str,
    query: Query,
    file_format: ExportFormat,
    place: Store,
    actor: Actor,
    *,
    now: datetime,
) -> None:
    """Write down that somebody takes a list out (X-04)."""
    require(actor, Permission.LIST_EXPORT)
    data = {"list": listing, "query": query, "format": file_format.value}
    with tenancy.scoped(place):
        timeline.record(EventKind.LIST_EXPORTED, actor, place, now=now, data=data)


def order(
    listing: str,
    query: Query,
    file_format: ExportFormat,
    place: Store,
    actor: Actor,
    *,
    lang: Lang,
    now: datetime,
) -> Export:
    """Have the worker write a list that is too long to wait for.

    Raises:
        LimitReached: three of theirs are waiting already.
    """
    with tenancy.scoped(place):
        waiting = select(func.count()).where(
            Export.user_id == actor.user_id, Export.status.in_((X.QUEUED, X.RUNNING))
        )
        if (db.session.scalar(waiting) or 0) >= WAITING_LIMIT:
            raise LimitReached(
                N_("Three of your lists are still being written. Please wait for one of them."),
                wait_seconds=60,
            )
        note(listing, query, file_format, place, actor, now=now)
        export = Export(
            store_id=place.id,
            user_id=actor.user_id,
            list=listing,
            query=query,
            format=file_format,
            lang=lang,
            created_at=now,
            expires_at=now + KEPT,
        )
        db.session.add(export)
        db.session.flush()
    return export


def of(place: Store, actor: Actor) -> list[Export]:
    """The person's own exports, newest first; each is deleted after a day, so there are never many."""
    query = (
        select(Export)
        .where(Export.store_id == place.id, Export.user_id == actor.user_id)
        .order_by(Export.created_at.desc(), Export.id.desc())
        .limit(100)
    )
    with tenancy.scoped(place):
        return list(db.session.scalars(query))


def find(export_id: int, place: Store, actor: Actor, *, now: datetime) -> Export:
    """A finished export of the person's own.

    Raises:
        NotFound: it is somebody else's, of another place, not finished, or too old.
    """
    with tenancy.scoped(place):
        export = db.session.scalar(
            select(Export).where(
                Export.id == export_id,
                Export.user_id == actor.user_id,
                Export.status == X.DONE,
                Export.expires_at > now,
            )
        )
    if export is None:
        raise NotFound
    return export


def claim(*, now: datetime) -> int | None:
    """Take the next export that waits, or that a dead worker left behind; its id."""
    left = and_(Export.status == X.RUNNING, Export.lease_until <= now)
    query = (
        select(Export)
        .where(or_(Export.status == X.QUEUED, left))
        .order_by(Export.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    export = db.session.scalar(query)
    if export is None:
        return None
    if export.attempts >= TRIES:  # every worker that took it has died
        fail(export.id, export.attempts, now=now)
        return claim(now=now)
    export.status, export.lease_until = X.RUNNING, now + LEASE
    export.attempts += 1
    export.rows_written = 0
    return export.id


def advance(export_id: int, attempt: int, rows_written: int, *, now: datetime) -> bool:
    """Tell how far it is, and keep the lease; False when another worker has taken it over."""
    return _settle(export_id, attempt, rows_written=rows_written, lease_until=now + LEASE)


def finish(export_id: int, attempt: int, file_name: str, rows: int, *, now: datetime) -> bool:
    """The file is complete; its owner is told. False when another worker has taken it over."""
    done = {"status": X.DONE, "file_name": file_name, "rows_written": rows, "finished_at": now}
    if not _settle(export_id, attempt, **done, expires_at=now + KEPT, lease_until=None):
        return False
    export = db.session.get_one(Export, export_id)
    _tell(export, now=now)
    return True


def fail(export_id: int, attempt: int, *, now: datetime, for_good: bool = False) -> None:
    """It went wrong: once more later, up to three times; then its owner sees that it failed."""
    given_up = for_good or attempt >= TRIES
    status = X.FAILED if given_up else X.QUEUED
    _settle(
        export_id, attempt, status=status, lease_until=None, finished_at=now if given_up else None
    )


def outdated(*, now: datetime) -> list[Export]:
    """Exports whose day is over: their files are to be deleted."""
    return list(db.session.scalars(select(Export).where(Export.expires_at <= now).limit(100)))


def kept(file_names: Collection[str]) -> set[str]:
    """Those of these stored files that somebody may still fetch as their export."""
    query = select(Export.file_name).where(Export.file_name.in_(file_names))
    return {name for name in db.session.scalars(query) if name is not None}


def forget(ids: list[int]) -> None:
    """Drop the rows of exports whose files are gone."""
    db.session.execute(delete(Export).where(Export.id.in_(ids)))


def _tell(export: Export, *, now: datetime) -> None:
    place = db.session.get_one(Store, export.store_id)
    data = {"export_id": export.id, "user_id": export.user_id, "list": export.list}
    timeline.record(EventKind.EXPORT_FINISHED, SYSTEM, place, now=now, data=data)


def _settle(export_id: int, attempt: int, **values: object) -> bool:
    mine = (Export.id == export_id, Export.status == X.RUNNING, Export.attempts == attempt)
    statement = update(Export).where(*mine).values(**values)
    return changed(statement.execution_options(synchronize_session=False)) == 1
