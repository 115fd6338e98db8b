"""Signed-in browsers of staff, kept on the server, so that they can be listed and ended at once."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from helpdesk import vault
from helpdesk.db import db
from helpdesk.domain import timeline
from helpdesk.domain.errors import NotFound
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind
from helpdesk.models import LoginSession, User

LONGEST = timedelta(hours=12)
IDLE = timedelta(hours=2)
TOUCH = timedelta(minutes=1)
RESET_LIFETIME = timedelta(hours=1)
AGENT_LENGTH = 200

_FIND = (
    select(LoginSession)
    .where(LoginSession.token_hash == bindparam("hash"))
    .options(joinedload(LoginSession.user, innerjoin=True))
)
"""Put together once: every page asks."""


def start(user: User, agent: str, actor: Actor, *, now: datetime) -> str:
    """Note a new sign-in; the token goes into that browser's cookie and is kept here as a hash only."""
    token = vault.new_token()
    db.session.add(
        LoginSession(
            token_hash=_hash(token),
            user_id=user.id,
            agent=agent[:AGENT_LENGTH],
            ip_hash=actor.ip_hash or "",
            created_at=now,
            seen_at=now,
        )
    )
    timeline.record(EventKind.SIGNED_IN, actor, user, now=now)
    return token


def find(token: str, *, now: datetime) -> LoginSession | None:
    """The live session of this cookie: not ended, not idle for 2 hours, not older than 12, and its person active."""
    found = db.session.scalar(_FIND, {"hash": _hash(token)})
    return found if found is not None and _alive(found, now) and found.user.active else None


def wants_touch(session: LoginSession, *, now: datetime) -> bool:
    """Whether `seen_at` is old enough to be worth a write, or ahead of a clock that was set back."""
    return abs(now - session.seen_at) >= TOUCH


def touch(token: str, *, now: datetime) -> None:
    """The session was used."""
    found = find(token, now=now)
    if found is not None:
        found.seen_at = now


def live(user: User, *, now: datetime) -> list[LoginSession]:
    """The person's live sessions, the most recently used first."""
    query = (
        select(LoginSession)
        .where(LoginSession.user_id == user.id, LoginSession.ended_at.is_(None))
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
    )
    return [one for one in db.session.scalars(query) if _alive(one, now)]


def end(user: User, session_id: int, actor: Actor, *, now: datetime) -> None:
    """End one of the person's own sessions.

    Raises:
        NotFound: it is not theirs, or has ended already.
    """
    chosen = next((one for one in live(user, now=now) if one.id == session_id), None)
    if chosen is None:
        raise NotFound
    chosen.ended_at = now
    timeline.record(EventKind.SESSION_ENDED, actor, user, now=now)


def end_all(user: User, actor: Actor, *, keep: int | None, now: datetime) -> int:
    """End every session of the person but `keep`; how many there were."""
    ending = [one for one in live(user, now=now) if one.id != keep]
    for one in ending:
        one.ended_at = now
    if ending:
        timeline.record(EventKind.SESSION_ENDED, actor, user, now=now, data={"count": len(ending)})
    return len(ending)


def sign_out(session: LoginSession, actor: Actor, *, now: datetime) -> None:
    """The person left."""
    session.ended_at = now
    timeline.record(EventKind.SIGNED_OUT, actor, session.user, now=now)


def _alive(session: LoginSession, now: datetime) -> bool:
    return (
        session.ended_at is None
        and now - session.seen_at < IDLE
        and now - session.created_at < LONGEST
    )


def _hash(token: str) -> str:
    return vault.keyed_hash("login session", token)
