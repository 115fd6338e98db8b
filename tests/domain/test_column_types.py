"""What columns take and give: moments with a zone, words of a vocabulary (X-08)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session, scoped_session

from helpdesk.db import transaction
from helpdesk.models import Heartbeat, User
from tests.fixtures.factory import Make

Sessions = scoped_session[Session]


def write(statement: Any) -> None:
    """One statement in a transaction of its own."""
    with transaction() as session:
        session.execute(statement)


def test_a_moment_without_a_zone_is_refused(session: Sessions) -> None:
    """X-08."""
    with pytest.raises(StatementError, match="needs a time zone"):
        write(insert(Heartbeat).values(name="x", at=datetime(2025, 5, 6, 11, 27)))  # noqa: DTZ001 - the point
    assert session.scalars(select(Heartbeat.name)).all() == []


def test_a_moment_comes_back_in_utc_to_the_microsecond(session: Sessions) -> None:
    """X-08."""
    riyadh = datetime(2025, 5, 6, 14, 27, 3, 123456, tzinfo=timezone(timedelta(hours=3)))
    write(insert(Heartbeat).values(name="x", at=riyadh))
    found = session.scalars(select(Heartbeat.at).where(Heartbeat.at == riyadh)).one()
    assert found == riyadh
    assert found.tzinfo is UTC


def test_a_word_outside_the_vocabulary_is_refused(make: Make) -> None:
    user = make.user()
    with pytest.raises(StatementError):
        write(update(User).where(User.id == user.id).values(lang="fr"))
