"""A form that arrives twice has one effect and gets the first answer (X-10)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from helpdesk.db import transaction
from helpdesk.domain import idempotency
from tests.fixtures.clock import Clock

pytestmark = pytest.mark.usefixtures("session")
FORM = ("browser", "/complaints/new", "key")
ANSWER = {"number": "CMP-1234-5674"}


def post(clock: Clock, *form: str, answer: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """Claim the form; keep this answer if it was new. Returns the answer that was given before."""
    form = form or FORM
    with transaction():
        first = idempotency.first_answer(*form, now=clock())
        if first is None:
            idempotency.keep_answer(*form, answer or ANSWER)
        return first


def test_the_second_time_it_gets_the_first_answer(clock: Clock) -> None:
    assert post(clock) is None
    assert post(clock, answer={"number": "another"}) == ANSWER
    assert post(clock) == ANSWER


@pytest.mark.parametrize("part", range(3))
def test_another_browser_route_or_key_is_another_form(clock: Clock, part: int) -> None:
    """So nobody is told somebody else's number."""
    post(clock)
    other = tuple("other" if place == part else value for place, value in enumerate(FORM))
    assert post(clock, *other) is None


def test_a_refused_form_may_come_again(clock: Clock) -> None:
    post(clock)
    with transaction():
        idempotency.release(*FORM)
    assert post(clock) is None


def test_what_was_undone_may_come_again(clock: Clock) -> None:
    def stumble() -> None:
        with transaction():
            assert idempotency.first_answer(*FORM, now=clock()) is None
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stumble()
    assert post(clock) is None


def test_keys_are_kept_for_a_day(clock: Clock) -> None:
    """Domain limits."""
    post(clock)
    clock.move(hours=24)
    forget(clock)
    assert post(clock) == ANSWER
    clock.move(seconds=1)
    forget(clock)
    assert post(clock) is None


def forget(clock: Clock) -> None:
    with transaction():
        idempotency.forget_old(now=clock())


def test_of_ten_at_once_one_is_the_first(app: Flask, clock: Clock) -> None:
    """The others wait for its answer and get it."""
    start = Barrier(10)

    def run(_number: int) -> str:
        with app.app_context():
            start.wait()
            return "first" if post(clock) is None else "again"

    with ThreadPoolExecutor(10) as pool:
        assert Counter(pool.map(run, range(10))) == {"first": 1, "again": 9}
