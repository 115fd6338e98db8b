"""Due times pass in the opening hours of the side that promised, in its own time zone (C53, X-08).

Every expectation was worked out by hand from the calendar, never with the functions themselves.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from helpdesk.domain import sla
from helpdesk.models import Store

DAY = 9 * 60
"""Minutes from nine to six."""


def week(*days: int, hours: tuple[str, str] = ("09:00", "18:00")) -> dict[str, list[str]]:
    return {str(day): list(hours) for day in days}


def store(**columns: Any) -> Store:
    """Sunday to Thursday in Riyadh, from 06:00 to 15:00 in UTC."""
    usual = {"timezone": "Asia/Riyadh", "business_hours": week(6, 0, 1, 2, 3), "holidays": []}
    return Store(**(usual | columns))


BERLIN = {"timezone": "Europe/Berlin", "business_hours": week(0, 1, 2, 3, 4)}
ROUND_THE_CLOCK = {"business_hours": week(*range(7), hours=("00:00", "00:00"))}


def moment(day: int, clock: str, month: int = 5) -> datetime:
    """A moment of 2025; 8 May was a Thursday."""
    hour, minute, *second = (int(part) for part in clock.split(":"))
    return datetime(2025, month, day, hour, minute, *second, tzinfo=UTC)


def after(start: datetime, minutes: int, **columns: Any) -> str:
    return sla.after(start, minutes, store(**columns)).strftime("%a %d %b %H:%M:%S")


def between(start: datetime, end: datetime, **columns: Any) -> int:
    return sla.business_minutes(start, end, store(**columns))


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        (moment(8, "09:30"), 60, "Thu 08 May 10:30:00"),
        (
            moment(8, "09:30"),
            330,
            "Thu 08 May 15:00:00",
        ),  # the very end of the day still belongs to it
        (moment(8, "09:30"), 331, "Sun 11 May 06:01:00"),  # Friday and Saturday are free
        (moment(8, "09:30"), DAY, "Sun 11 May 09:30:00"),
        (moment(8, "09:30"), 2 * DAY, "Mon 12 May 09:30:00"),
        (moment(8, "09:30"), 5 * DAY, "Thu 15 May 09:30:00"),
        (moment(8, "02:00"), 30, "Thu 08 May 06:30:00"),  # before it opens
        (moment(8, "06:00"), 30, "Thu 08 May 06:30:00"),  # as it opens
        (moment(8, "15:00"), 30, "Sun 11 May 06:30:00"),  # as it closes
        (moment(8, "14:59:30"), 1, "Sun 11 May 06:00:30"),  # half a minute on either side
        (moment(9, "12:00"), DAY, "Sun 11 May 15:00:00"),
        (moment(8, "09:30"), 0, "Thu 08 May 09:30:00"),
        (moment(8, "20:00"), 0, "Sun 11 May 06:00:00"),  # nothing is late while nobody works
    ],
)
def test_only_open_minutes_count(start: datetime, minutes: int, due: str) -> None:
    """C53."""
    assert after(start, minutes) == due


def test_holidays_do_not_count() -> None:
    """C53: the Sunday and the Monday are free too; a free Friday changes nothing."""
    assert after(moment(8, "09:30"), DAY, holidays=["2025-05-11", "2025-05-12"]) == (
        "Tue 13 May 09:30:00"
    )
    assert after(moment(8, "09:30"), DAY, holidays=["2025-05-09"]) == "Sun 11 May 09:30:00"


def test_another_week_is_kept_to() -> None:
    weekdays = {"business_hours": week(0, 1, 2, 3, 4)}
    assert after(moment(8, "09:30"), DAY, **weekdays) == "Fri 09 May 09:30:00"
    assert after(moment(8, "09:30"), 2 * DAY, **weekdays) == "Mon 12 May 09:30:00"


def test_the_day_is_that_of_the_stores_clock() -> None:
    """X-08: Wednesday 22:30 in UTC is Thursday 01:30 in Riyadh, and Wednesday 23:30 in London."""
    late = moment(7, "22:30")
    assert after(late, DAY) == "Thu 08 May 15:00:00"
    assert after(late, DAY, timezone="Europe/London") == "Thu 08 May 17:00:00"


def test_the_hour_on_the_wall_stays_when_the_clocks_change() -> None:
    """Friday 13:00 in Berlin and Monday 13:00 are 71 hours apart in March 2025, and 73 in October."""
    assert after(moment(28, "12:00", 3), DAY, **BERLIN) == "Mon 31 Mar 11:00:00"
    assert after(moment(24, "11:00", 10), DAY, **BERLIN) == "Mon 27 Oct 12:00:00"


def test_a_night_in_which_the_clocks_change_is_as_long_as_it_really_is() -> None:
    """Saturday 22:00 to Sunday 06:00 lasts seven hours in March and nine in October."""
    nights = {"timezone": "Europe/Berlin", "business_hours": week(5, hours=("22:00", "06:00"))}
    assert between(moment(29, "12:00", 3), moment(31, "12:00", 3), **nights) == 7 * 60
    assert between(moment(25, "12:00", 10), moment(27, "12:00", 10), **nights) == 9 * 60
    assert after(moment(29, "21:00", 3), 4 * 60 + 1, **nights) == "Sun 30 Mar 01:01:00"


def test_hours_past_midnight_belong_to_the_day_on_which_they_began() -> None:
    """Thursday 21:00 to 02:00: at one o'clock on Friday the store is open, at three it is not."""
    nights = {"business_hours": week(3, hours=("21:00", "02:00"))}
    assert after(moment(8, "22:00"), 30, **nights) == "Thu 08 May 22:30:00"
    assert after(moment(9, "00:00"), 30, **nights) == "Thu 15 May 18:30:00"


def test_round_the_clock_every_minute_counts_once() -> None:
    assert after(moment(8, "09:30"), 3 * 24 * 60, **ROUND_THE_CLOCK) == "Sun 11 May 09:30:00"
    assert between(moment(8, "09:30"), moment(11, "09:30"), **ROUND_THE_CLOCK) == 3 * 24 * 60


def test_hours_that_overlap_are_not_counted_twice() -> None:
    """Thursday until Friday 02:00, and Friday from midnight: from 21:00 to 03:00 there are six hours."""
    hours = {"3": ["21:00", "02:00"], "4": ["00:00", "03:00"]}
    assert between(moment(8, "12:00"), moment(9, "12:00"), business_hours=hours) == 6 * 60


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (moment(8, "09:30"), moment(8, "10:15"), 45),
        (moment(8, "14:00"), moment(11, "07:00"), 120),  # an hour on Thursday, an hour on Sunday
        (moment(8, "15:00"), moment(11, "06:00"), 0),  # from closing to opening
        (moment(8, "20:00"), moment(9, "20:00"), 0),
        (moment(8, "09:30"), moment(8, "09:30"), 0),
        (moment(8, "10:30"), moment(8, "09:30"), 0),  # no time runs backwards
        (moment(8, "09:30"), moment(8, "09:31:01"), 2),  # a begun minute is a whole one
        (moment(8, "14:59:30"), moment(11, "06:00:30"), 1),
        (moment(4, "00:00"), moment(11, "00:00"), 5 * DAY),
    ],
)
def test_the_minutes_between_two_moments(start: datetime, end: datetime, minutes: int) -> None:
    assert between(start, end) == minutes


def test_a_day_is_the_mean_working_day_of_the_calendar() -> None:
    """Monday nine hours and Tuesday four: a day is six and a half."""
    mixed = store(business_hours={"0": ["09:00", "18:00"], "1": ["09:00", "13:00"]})
    assert sla.working_day(mixed) == 390
    assert sla.working_day(store()) == DAY
    # Monday 12 May from nine o'clock: nine hours there and four on Tuesday are two such days.
    assert sla.reply_due(moment(12, "06:00"), mixed) == moment(13, "10:00")


def test_a_review_has_one_day_and_an_answer_two() -> None:
    """Domain 2.7, SLA defaults."""
    assert sla.review_due(moment(8, "09:30"), store()) == moment(11, "09:30")
    assert sla.reply_due(moment(8, "09:30"), store()) == moment(12, "09:30")


def test_the_zone_of_the_question_is_that_of_the_answer() -> None:
    here = timezone(timedelta(hours=-5))
    assert sla.after(moment(8, "09:30").astimezone(here), DAY, store()).tzinfo is here


@pytest.mark.parametrize("minutes", [0, 1, DAY])
def test_a_store_that_never_opens_promises_a_year_ahead(minutes: int) -> None:
    """Instead of looking for ever."""
    closed, start = store(business_hours={}), moment(8, "09:30")
    assert sla.after(start, minutes, closed) - start == timedelta(days=366)
    assert sla.reply_due(start, closed) - start == timedelta(days=366)
    assert sla.business_minutes(start, start + timedelta(days=366), closed) == 0


def test_a_store_that_hardly_opens_promises_a_year_ahead_too() -> None:
    """A minute each Monday makes 53 in a year, and never a thousand."""
    start, rare = moment(8, "09:30"), store(business_hours=week(0, hours=("09:00", "09:01")))
    assert sla.after(start, 1000, rare) - start == timedelta(days=366)
