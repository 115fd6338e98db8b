"""Business time: the hours in which a side works, what passes of them, and until when something is due (C53, X-08).

A side works in its own calendar and time zone. "One day" means one working day of that calendar: its mean open length.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from helpdesk.models import Store

REVIEW_DAYS = 1
REPLY_DAYS = 2
LONGEST_SEARCH_DAYS = 366
MINUTE = timedelta(minutes=1)
MINUTES_OF_A_DAY = 24 * 60

Opening = tuple[datetime, datetime]


def business_minutes(start: datetime, end: datetime, store: Store) -> int:
    """How many minutes `store` is open between two moments; a begun minute counts as a whole one."""
    open_for = timedelta()
    for opens, closes in _openings(start, store):
        if opens >= end:
            break
        open_for += min(closes, end) - opens
    return ceil(open_for / MINUTE)


def after(start: datetime, minutes: int, store: Store) -> datetime:
    """The moment at which `store` has been open for so many minutes since `start`.

    A store that does not open often enough within a year promises a year ahead.
    """
    left = minutes * MINUTE
    for opens, closes in _openings(start, store):
        if left <= closes - opens:
            return (opens + left).astimezone(start.tzinfo)
        left -= closes - opens
    return start + timedelta(days=LONGEST_SEARCH_DAYS)


def review_due(start: datetime, platform: Store) -> datetime:
    """Until when the platform reviews what came in at `start`: one working day of its own."""
    return after(start, review_minutes(platform), platform)


def reply_due(start: datetime, store: Store) -> datetime:
    """Until when the store answers what became its turn at `start`: two working days of its own."""
    return after(start, reply_minutes(store), store)


def review_minutes(platform: Store) -> int:
    """How long the platform may take for a review."""
    return REVIEW_DAYS * working_day(platform)


def reply_minutes(store: Store) -> int:
    """How long the store may take for an answer."""
    return REPLY_DAYS * working_day(store)


def working_day(store: Store) -> int:
    """The minutes of a mean working day of `store`; 0 when it never opens."""
    lengths = [closes - opens for opens, closes in map(_minutes, store.business_hours.values())]
    return sum(lengths) // len(lengths) if lengths else 0


def _openings(start: datetime, store: Store) -> Iterator[Opening]:
    """The times from `start` on in which the store is open, in UTC, for a year; the first may have begun before."""
    zone = ZoneInfo(store.timezone)
    since = start.astimezone(UTC)
    today = start.astimezone(zone).date()
    for ahead in range(-1, LONGEST_SEARCH_DAYS + 1):  # yesterday's hours may last past midnight
        day = today + timedelta(days=ahead)
        hours = store.business_hours.get(str(day.weekday()))
        if hours is None or day.isoformat() in store.holidays:
            continue
        opens, closes = (_moment(day, minute, zone) for minute in _minutes(hours))
        if closes > since:
            yield max(opens, since), closes
            since = closes


def _minutes(hours: list[str]) -> tuple[int, int]:
    """Opening and closing time as minutes of the day; one that is not after the other is on the next day."""
    opens, closes = (int(at[:2]) * 60 + int(at[3:]) for at in hours)
    return opens, closes if closes > opens else closes + MINUTES_OF_A_DAY


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """What the store's clock on the wall shows at this minute of the day, as a moment."""
    wall = datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=minute)
    return wall.astimezone(UTC)
