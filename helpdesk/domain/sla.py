"""Promised dates, in working days of the side that promised (C53)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.models import Store

REVIEW_DAYS = 1
FIRST_REPLY_DAYS = 2
LONGEST_SEARCH_DAYS = 366


def after_workdays(start: datetime, days: int, store: Store) -> datetime:
    """The same hour `days` working days later, in the calendar and time zone of `store`.

    A day on which the side does not work is passed over, also where it is the first.
    """
    zone = ZoneInfo(store.timezone)
    local = start.astimezone(zone)
    day = local.date()
    left = days
    for _ in range(LONGEST_SEARCH_DAYS):
        day += timedelta(days=1)
        left -= _is_workday(day, store)
        if left == 0:
            break
    moved = datetime.combine(day, local.time(), tzinfo=zone)
    return moved.astimezone(start.tzinfo)


def _is_workday(day: date, store: Store) -> bool:
    return day.weekday() in store.workdays and day.isoformat() not in store.holidays
