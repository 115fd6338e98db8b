"""Who has a complaint open just now: colleagues by name, the other side without one, for forty-five seconds."""

import pytest
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.domain import presence
from helpdesk.domain.errors import NotAllowed, NotFound
from helpdesk.domain.permissions import Actor
from helpdesk.domain.presence import Present
from helpdesk.enums import PresenceState, TicketStatus
from helpdesk.models import Presence
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make

VIEWING, WRITING = PresenceState.VIEWING, PresenceState.WRITING


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(TicketStatus.PENDING_ADMIN)


def somebody(make: Make, role: str, name: str) -> Actor:
    return make.acting(make.user(role, name=name))


def note(make: Make, filed: Filed, actor: Actor, state: PresenceState = VIEWING) -> None:
    with transaction():
        presence.note(make.find(filed.number), state, actor, now=make.clock())


def seen(make: Make, filed: Filed, actor: Actor) -> list[Present]:
    return presence.others(make.find(filed.number), actor, now=make.clock())


def test_a_colleague_is_named_and_nobody_sees_themselves(make: Make, filed: Filed) -> None:
    omar, layla = somebody(make, "agent", "Omar"), somebody(make, "store_manager", "Layla")
    note(make, filed, omar, WRITING)
    note(make, filed, layla)
    assert seen(make, filed, omar) == [Present("Layla", VIEWING)]
    assert seen(make, filed, layla) == [Present("Omar", WRITING)]
    assert [one.writes for one in seen(make, filed, layla)] == [True]


def test_who_writes_stands_before_who_reads(make: Make, filed: Filed) -> None:
    for name, state in (("Anna", VIEWING), ("Zaid", WRITING), ("Bob", VIEWING)):
        note(make, filed, somebody(make, "agent", name), state)
    found = seen(make, filed, make.actor("analyst"))
    assert [one.name for one in found] == ["Zaid", "Anna", "Bob"]


def test_each_side_knows_that_the_other_is_there_and_not_who(make: Make, filed: Filed) -> None:
    omar, rashid = somebody(make, "agent", "Omar"), somebody(make, "platform_reviewer", "Rashid")
    note(make, filed, omar, WRITING)
    note(make, filed, rashid)
    assert seen(make, filed, omar) == [Present(None, VIEWING)]
    assert seen(make, filed, rashid) == [Present(None, WRITING)]
    assert seen(make, filed, somebody(make, "platform_admin", "Amal")) == [
        Present(None, WRITING),
        Present("Rashid", VIEWING),
    ]


def test_after_three_silences_nobody_is_there(make: Make, filed: Filed, clock: Clock) -> None:
    omar, layla = make.actor("agent"), make.actor("agent")
    note(make, filed, omar, WRITING)
    clock.move(seconds=44)
    assert len(seen(make, filed, layla)) == 1
    clock.move(seconds=1)
    assert seen(make, filed, layla) == []
    note(make, filed, omar)
    assert [one.state for one in seen(make, filed, layla)] == [VIEWING]


def test_who_leaves_is_gone_at_once_and_alone(make: Make, filed: Filed) -> None:
    omar, layla, reader = make.actor("agent"), make.actor("agent"), make.actor("analyst")
    for actor in (omar, layla):
        note(make, filed, actor)
    with transaction():
        presence.leave(make.find(filed.number), omar)
    assert len(seen(make, filed, reader)) == 1
    assert seen(make, filed, layla) == []


def test_of_another_complaint_nothing_is_said(make: Make, filed: Filed) -> None:
    note(make, filed, make.actor("agent"), WRITING)
    assert seen(make, make.complaint(TicketStatus.PENDING_ADMIN), make.actor("agent")) == []


def test_old_signs_are_deleted_and_fresh_ones_stay(make: Make, filed: Filed, clock: Clock) -> None:
    note(make, filed, make.actor("agent"))
    clock.move(seconds=50)
    note(make, filed, make.actor("agent"))
    with transaction():
        presence.forget_old(now=clock())
    assert db.session.scalars(select(func.count()).select_from(Presence)).one() == 1


def test_whoever_may_not_read_it_is_not_there_and_learns_nothing(make: Make) -> None:
    review = make.complaint()
    for actor, refusal in (
        (make.actor("agent"), NotAllowed),
        (make.actor("tech_support"), NotAllowed),
        (make.actor("agent", make.store("najd")), NotFound),
    ):
        with pytest.raises(refusal):
            note(make, review, actor)
        with pytest.raises(refusal):
            seen(make, review, actor)
        with pytest.raises(refusal), transaction():
            presence.leave(make.find(review.number), actor)
    assert seen(make, review, make.actor("platform_reviewer")) == []
