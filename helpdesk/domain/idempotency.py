"""A form that arrives twice has one effect; the second time it gets the first answer (X-10)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from helpdesk.db import db, insert_once
from helpdesk.models import IdempotencyKey

KEPT = timedelta(hours=24)


def first_answer(principal: str, route: str, key: str, *, now: datetime) -> dict[str, Any] | None:
    """Claim `key` for this transaction; or, when it was used before, the answer that was given then.

    A second post that arrives while the first is still working waits here for its commit (the unique key makes
    PostgreSQL wait; on SQLite the whole transaction already did).
    """
    if insert_once(IdempotencyKey, principal=principal, route=route, key=key, created_at=now):
        return None
    query = select(IdempotencyKey.response).where(*_is(principal, route, key))
    answer: dict[str, Any] | None = db.session.scalars(query).one()
    return answer


def keep_answer(principal: str, route: str, key: str, response: dict[str, Any] | None) -> None:
    """Remember what the claimed form was answered."""
    db.session.execute(
        update(IdempotencyKey).where(*_is(principal, route, key)).values(response=response)
    )


def release(principal: str, route: str, key: str) -> None:
    """The form was refused: it had no effect, so it may come again."""
    db.session.execute(delete(IdempotencyKey).where(*_is(principal, route, key)))


def forget_old(*, now: datetime) -> None:
    """Drop the keys of yesterday and before."""
    db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT))


def _is(principal: str, route: str, key: str) -> tuple[Any, ...]:
    return (
        IdempotencyKey.principal == principal,
        IdempotencyKey.route == route,
        IdempotencyKey.key == key,
    )
