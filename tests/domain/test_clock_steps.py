"""The clock is set on or back by hours: what was good for minutes is not good for hours, and nobody waits for hours.

Security, faults: clock steps.
"""

from datetime import timedelta

import pytest

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, held, sessions, throttle, turns, verification
from helpdesk.domain.errors import LimitReached, Refusal
from helpdesk.domain.permissions import Actor
from helpdesk.enums import CodePurpose, TicketStatus
from helpdesk.models import LoginSession, Ticket
from tests.fixtures.factory import Make

VIEW = CodePurpose.VIEW
SECOND = timedelta(seconds=1)


def outcome(make: Make, ticket: Ticket, code: str, shopper: Actor) -> str:
    try:
        with transaction():
            verification.spend(ticket, VIEW, code, shopper, now=make.clock())
    except Refusal as refusal:
        return refusal.text
    return "taken"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (timedelta(minutes=10) - SECOND, "taken"),
        (timedelta(minutes=10), verification.EXPIRED),
        (timedelta(hours=3), verification.EXPIRED),
        (-timedelta(minutes=1), "taken"),
        (-timedelta(minutes=1) - SECOND, verification.EXPIRED),
        (-timedelta(hours=3), verification.EXPIRED),
    ],
)
def test_a_code_is_good_for_its_ten_minutes_whichever_way_the_clock_is_set(
    make: Make, step: timedelta, expected: str
) -> None:
    """Set back, it would be good until the old time has come round again."""
    ticket, shopper = make.complaint().ticket, make.shopper()
    code = make.issue(ticket, VIEW, shopper)
    make.clock.move(seconds=step.total_seconds())
    awaited = verification.awaited(ticket, VIEW, shopper, now=make.clock())
    assert awaited == (expected == "taken")
    assert outcome(make, ticket, code, shopper) == expected


def test_after_a_step_back_another_code_may_be_asked_for_at_once(make: Make) -> None:
    ticket, shopper = make.complaint().ticket, make.shopper()
    for _ in range(verification.PER_HOUR):
        make.issue(ticket, VIEW, shopper)
        make.clock.move(minutes=2)
    assert verification.seconds_until_resend(ticket, VIEW, now=make.clock()) > 3_000
    make.clock.move(hours=-3)
    assert verification.seconds_until_resend(ticket, VIEW, now=make.clock()) == 0
    assert outcome(make, ticket, make.issue(ticket, VIEW, shopper), shopper) == "taken"


@pytest.mark.parametrize(("hours", "granted"), [(0, 1), (-3, 0), (1, 0)])
def test_a_proof_lasts_half_an_hour_whichever_way_the_clock_is_set(
    make: Make, hours: int, granted: int
) -> None:
    """And using the browser meanwhile makes no old proof good again."""
    ticket, shopper = make.complaint().ticket, make.shopper()
    with transaction():
        verification.grant(ticket, shopper, now=make.clock())
    make.clock.move(hours=hours)
    with transaction():
        verification.extend(shopper.browser_hash, now=make.clock())
    assert len(verification.granted(shopper.browser_hash, now=make.clock())) == granted


def locked(key: str, make: Make, **longest: timedelta) -> bool:
    try:
        throttle.refuse_locked(key, now=make.clock(), **longest)
    except LimitReached:
        return True
    return False


def test_nobody_waits_longer_than_a_wait_lasts(make: Make) -> None:
    with transaction():
        for _ in range(throttle.FAILURES):
            throttle.count_failure("key", now=make.clock())
    make.clock.move(minutes=-1)
    assert locked("key", make)
    make.clock.move(hours=-3)
    assert not locked("key", make)


def test_what_was_used_up_before_a_step_back_is_free_again(make: Make) -> None:
    """And not only when the old time has come round; a clock that is a little behind frees nothing."""
    limit = {"limit": 1, "text": throttle.TOO_MANY_TRIES}
    with transaction():
        throttle.spend("key", now=make.clock(), **limit)  # type: ignore[arg-type]
    make.clock.move(minutes=-1)
    assert throttle.spent("key", now=make.clock()) == 1
    with pytest.raises(LimitReached), transaction():
        throttle.spend("key", now=make.clock(), **limit)  # type: ignore[arg-type]
    make.clock.move(hours=-3)
    assert throttle.spent("key", now=make.clock()) == 0
    with transaction():
        throttle.spend("key", now=make.clock(), **limit)  # type: ignore[arg-type]


def test_a_wait_at_sign_in_keeps_doubling_although_it_begins_ahead(make: Make) -> None:
    """Its window begins when the wait ends; wrong passwords that come in at once all count."""
    longest = {"longest": throttle.SIGN_IN_LONGEST_WAIT}
    with transaction():
        for _ in range(throttle.SIGN_IN_FAILURES + 4):
            throttle.count_sign_in_failure("key", now=make.clock())
    make.clock.move(minutes=16, seconds=-1)
    assert locked("key", make, **longest)
    make.clock.move(seconds=1)
    assert not locked("key", make, **longest)


def test_a_session_goes_by_the_clock_that_was_set_back(make: Make) -> None:
    """Used once, it is idle from then on and not from a time that is still to come."""
    user = make.user()
    with transaction():
        token = sessions.start(user, "Firefox", make.acting(user), now=make.clock())
    make.clock.move(hours=-3)
    found = sessions.find(token, now=make.clock())
    assert found is not None
    assert sessions.wants_touch(found, now=make.clock())
    with transaction():
        sessions.touch(token, now=make.clock())
    assert db.session.get_one(LoginSession, found.id).seen_at == make.clock()


@pytest.mark.parametrize("hours", [-100, -3, 3, 100])
def test_no_side_ever_has_less_than_no_time(make: Make, hours: int) -> None:
    """S1-02, X-08: neither held it for less than nothing, nor has less than nothing left."""
    ticket, agent = make.complaint(TicketStatus.PENDING_ADMIN).ticket, make.actor("agent")
    now = make.clock.move(hours=hours)
    with transaction():
        complaints.ask(ticket, "Which?", agent, last_seen=None, now=now)
    assert ticket.due_left is not None
    assert ticket.due_left >= 0
    assert all(one.time >= timedelta() for one in held.shares(ticket, now=now))
    now = make.clock.move(hours=-1)
    with transaction():
        complaints.respond(ticket, "Blue.", make.shopper(ticket), now=now)
    assert ticket.due_at is not None
    assert ticket.due_at >= now
    assert not turns.overdue(ticket, now=ticket.due_at)
    assert turns.overdue(ticket, now=ticket.due_at + SECOND)
    assert all(one.time >= timedelta() for one in held.shares(ticket, now=now))
