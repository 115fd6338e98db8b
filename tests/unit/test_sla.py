"""Promised dates count the working days of the side that promised (C53, X-08)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from helpdesk.domain import sla
from helpdesk.models import Store

THURSDAY = datetime(2025, 5, 8, 9, 30, tzinfo=UTC)


def store(**columns: Any) -> Store:
    usual = {"timezone": "Asia/Riyadh", "workdays": [6, 0, 1, 2, 3], "holidays": []}
    return Store(**(usual | columns))


def after(start: datetime, days: int, **columns: Any) -> str:
    return sla.after_workdays(start, days, store(**columns)).strftime("%a %d %b %H:%M")


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (1, "Sun 11 May 09:30"),
        (2, "Mon 12 May 09:30"),
        (5, "Thu 15 May 09:30"),
        (6, "Sun 18 May 09:30"),
    ],
)
def test_the_weekend_of_the_store_does_not_count(days: int, due: str) -> None:
    """C53: Thursday's next working day is Sunday."""
    assert after(THURSDAY, days) == due


def test_holidays_do_not_count() -> None:
    """C53."""
    assert after(THURSDAY, 1, holidays=["2025-05-11", "2025-05-12"]) == "Tue 13 May 09:30"
    assert after(THURSDAY, 1, holidays=["2025-05-09"]) == "Sun 11 May 09:30"


def test_another_week_is_kept_to() -> None:
    assert after(THURSDAY, 1, workdays=[0, 1, 2, 3, 4]) == "Fri 09 May 09:30"
    assert after(THURSDAY, 2, workdays=[0, 1, 2, 3, 4]) == "Mon 12 May 09:30"


def test_the_day_is_that_of_the_stores_clock() -> None:
    """X-08: Wednesday 22:30 in UTC is Thursday in Riyadh already, and still Wednesday in London."""
    late = datetime(2025, 5, 7, 22, 30, tzinfo=UTC)
    assert after(late, 1) == "Sat 10 May 22:30"  # which is Sunday 01:30 in Riyadh
    assert after(late, 1, timezone="Europe/London") == "Thu 08 May 22:30"


def test_the_hour_on_the_wall_stays_when_the_clocks_change() -> None:
    friday = datetime(2025, 3, 28, 12, 0, tzinfo=UTC)
    week = {"timezone": "Europe/Berlin", "workdays": [0, 1, 2, 3, 4]}
    assert after(friday, 1, **week) == "Mon 31 Mar 11:00"


def test_the_zone_of_the_question_is_that_of_the_answer() -> None:
    here = timezone(timedelta(hours=-5))
    assert sla.after_workdays(THURSDAY.astimezone(here), 1, store()).tzinfo is here


def test_a_store_that_never_works_promises_a_year_ahead_instead_of_looking_for_ever() -> None:
    due = sla.after_workdays(THURSDAY, 1, store(workdays=[]))
    assert due - THURSDAY == timedelta(days=366)
