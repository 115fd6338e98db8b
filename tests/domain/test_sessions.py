"""Signed-in browsers of staff: listed, and ended at once (security: sessions; domain limits, "Staff sign-in")."""

import pytest
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import members, sessions
from helpdesk.domain.errors import NotFound
from helpdesk.enums import EventKind
from helpdesk.models import Event, LoginSession, User
from tests.fixtures.factory import Make


def start(make: Make, user: User, agent: str = "Firefox") -> str:
    with transaction():
        actor = members.as_self(user, ip_hash="ip")
        return sessions.start(user, agent, actor, now=make.clock())


def alive(make: Make, token: str) -> bool:
    db.session.rollback()
    return sessions.find(token, now=make.clock()) is not None


def touch(make: Make, token: str) -> None:
    with transaction():
        sessions.touch(token, now=make.clock())


def facts(user: User) -> list[EventKind]:
    query = select(Event.kind).where(Event.subject_id == user.id, Event.actor_id == user.id)
    return list(db.session.scalars(query.order_by(Event.id)))


def test_a_session_is_found_by_its_token_alone(make: Make) -> None:
    user = make.user()
    token = start(make, user, "F" * 300)
    found = sessions.find(token, now=make.clock())
    assert found is not None
    assert (found.user, found.agent, found.ip_hash) == (user, "F" * 200, "ip")
    assert found.token_hash != token
    assert not alive(make, found.token_hash)
    assert not alive(make, "")


def test_a_session_ends_after_two_idle_hours(make: Make) -> None:
    token = start(make, make.user())
    make.clock.move(hours=1, minutes=59)
    touch(make, token)
    make.clock.move(hours=1, minutes=59)
    assert alive(make, token)
    make.clock.move(minutes=1)
    assert not alive(make, token)
    touch(make, token)
    assert not alive(make, token)


def test_a_session_ends_after_twelve_hours_of_work(make: Make) -> None:
    token = start(make, make.user())
    for _ in range(11):
        make.clock.move(hours=1)
        touch(make, token)
    make.clock.move(minutes=59)
    touch(make, token)
    assert alive(make, token)
    make.clock.move(minutes=1)
    assert not alive(make, token)


def test_use_is_noted_once_a_minute(make: Make) -> None:
    token = start(make, make.user())
    found = sessions.find(token, now=make.clock())
    assert found is not None
    assert not sessions.wants_touch(found, now=make.clock.move(seconds=59))
    assert sessions.wants_touch(found, now=make.clock.move(seconds=1))


def test_a_deactivated_person_is_out_at_once(make: Make) -> None:
    user = make.user()
    token = start(make, user)
    with transaction():
        user.active = False
    assert not alive(make, token)


def test_a_person_ends_one_of_their_own_sessions(make: Make) -> None:
    user, other = make.user(), make.user()
    here = start(make, user, "here")
    make.clock.move(minutes=1)
    away, theirs = start(make, user, "away"), start(make, other)
    assert [one.agent for one in sessions.live(user, now=make.clock())] == ["away", "here"]
    (foreign,) = sessions.live(other, now=make.clock())
    chosen = sessions.live(user, now=make.clock())[0].id
    actor = members.as_self(user, ip_hash="ip")
    with transaction():
        sessions.end(user, chosen, actor, now=make.clock())
    assert (alive(make, here), alive(make, away), alive(make, theirs)) == (True, False, True)
    for key in (chosen, foreign.id, 10**6):
        with pytest.raises(NotFound), transaction():
            sessions.end(user, key, actor, now=make.clock())
    assert alive(make, theirs)
    assert facts(user)[-1] is EventKind.SESSION_ENDED
    assert facts(user).count(EventKind.SESSION_ENDED) == 1


def test_all_sessions_end_at_once_but_for_the_one_that_is_kept(make: Make) -> None:
    user, other = make.user(), make.user()
    tokens = [start(make, user) for _ in range(3)]
    theirs = start(make, other)
    actor = members.as_self(user, ip_hash="ip")
    kept = sessions.find(tokens[0], now=make.clock())
    assert kept is not None
    with transaction():
        assert sessions.end_all(user, actor, keep=kept.id, now=make.clock()) == 2
    assert [alive(make, token) for token in tokens] == [True, False, False]
    with transaction():
        assert sessions.end_all(user, actor, keep=None, now=make.clock()) == 1
        assert sessions.end_all(user, actor, keep=None, now=make.clock()) == 0
    assert [alive(make, token) for token in tokens] == [False] * 3
    assert alive(make, theirs)
    assert facts(user).count(EventKind.SESSION_ENDED) == 2


def test_signing_out_ends_this_session(make: Make) -> None:
    user = make.user()
    token, other = start(make, user), start(make, user)
    found = sessions.find(token, now=make.clock())
    assert found is not None
    with transaction():
        sessions.sign_out(found, members.as_self(user, ip_hash="ip"), now=make.clock())
    assert (alive(make, token), alive(make, other)) == (False, True)
    assert facts(user)[-1] is EventKind.SIGNED_OUT
    assert len(db.session.scalars(select(LoginSession.id)).all()) == 2
