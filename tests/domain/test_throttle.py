"""Counting what happens too often, in the database, so that a restart forgets nothing (domain limits)."""

import pytest
from sqlalchemy.orm import Session, scoped_session

from helpdesk.db import transaction
from helpdesk.domain import throttle
from helpdesk.domain.errors import LimitReached
from tests.fixtures.clock import Clock

pytestmark = pytest.mark.usefixtures("session")
Sessions = scoped_session[Session]


def fail(clock: Clock, *keys: str, times: int = 1) -> None:
    for _ in range(times):
        with transaction():
            throttle.count_failure(*keys, now=clock())


def mistype(clock: Clock, times: int = 1) -> None:
    for _ in range(times):
        with transaction():
            throttle.count_sign_in_failure("sara", now=clock())


def wait(clock: Clock, *keys: str) -> int:
    try:
        throttle.refuse_locked(*keys, now=clock(), longest=throttle.SIGN_IN_LONGEST_WAIT)
    except LimitReached as refusal:
        return refusal.wait_seconds
    return 0


def test_the_tenth_failure_locks_and_no_earlier_one(clock: Clock) -> None:
    fail(clock, "a", times=9)
    assert wait(clock, "a") == 0
    fail(clock, "a")
    assert wait(clock, "a") == 900
    assert wait(clock, "b") == 0
    clock.move(minutes=15)
    assert wait(clock, "a") == 0
    fail(clock, "a", times=9)
    assert wait(clock, "a") == 0


def test_one_failure_counts_for_every_key_and_the_longest_wait_is_told(clock: Clock) -> None:
    fail(clock, "ip", times=5)
    fail(clock, "ip", "number", times=5)
    assert (wait(clock, "ip"), wait(clock, "number")) == (900, 0)
    clock.move(minutes=1)
    fail(clock, "number", times=5)
    assert wait(clock, "ip") == 840
    assert wait(clock, "ip", "number") == 900


def test_failures_are_counted_within_a_quarter_of_an_hour(clock: Clock) -> None:
    fail(clock, "a", times=9)
    clock.move(minutes=15)
    fail(clock, "a", times=9)
    assert wait(clock, "a") == 0


def test_a_part_of_a_second_is_waited_for_too(clock: Clock) -> None:
    fail(clock, "a", times=10)
    clock.move(minutes=14, seconds=59.5)
    assert wait(clock, "a") == 1


def test_from_the_fifth_wrong_password_on_the_wait_doubles(clock: Clock) -> None:
    """Domain limits, "Staff sign-in": from one minute up to four hours."""
    mistype(clock, 4)
    assert wait(clock, "sara") == 0
    waits = []
    for _ in range(10):
        mistype(clock)
        waits.append(wait(clock, "sara") // 60)
        clock.move(seconds=wait(clock, "sara"))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]


def test_wrong_passwords_are_forgotten_in_time_and_by_a_right_one(clock: Clock) -> None:
    mistype(clock, 4)
    clock.move(minutes=15)
    mistype(clock, 4)
    assert wait(clock, "sara") == 0
    with transaction():
        throttle.forget("sara")
        throttle.forget("somebody else")
    mistype(clock, 4)
    assert wait(clock, "sara") == 0
    mistype(clock)
    assert wait(clock, "sara") == 60


def test_a_budget_is_spent_in_its_window(clock: Clock) -> None:
    def spend(key: str) -> None:
        with transaction():
            throttle.spend(key, 2, now=clock(), text="Too many.")

    spend("a")
    clock.move(minutes=10)
    spend("a")
    spend("b")
    with pytest.raises(LimitReached, match="Too many") as refused:
        spend("a")
    assert refused.value.wait_seconds == 50 * 60
    clock.move(minutes=50)
    spend("a")
    spend("a")
    with pytest.raises(LimitReached):
        spend("a")
