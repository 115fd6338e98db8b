"""Moments in words: always with the month's name (C56), in the reader's language and the store's time zone (X-08)."""

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta, get_month_names, get_period_names

DAY = "EEEE d MMMM"
CALENDAR_DAY = "d MMMM y"
NOON = 12
ONLY_THIS_UNIT = 1_000_000_000


def when(moment: datetime, lang: str, zone: str) -> str:
    """`06 May 2025 2:27 PM`. A page of a list asks for fifty of them, so no pattern is worked through for it."""
    local = moment.astimezone(ZoneInfo(zone))
    hour, month = local.hour % NOON or NOON, _names(lang)[0][local.month]
    return f"{local.day:02} {month} {local.year} {hour}:{local.minute:02} {_half(local, lang)}"


def second(moment: datetime, lang: str, zone: str) -> str:
    """`2:27:10 PM`, for what ends within seconds."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.hour % NOON or NOON}:{local:%M:%S} {_half(local, lang)}"


def day(moment: datetime, lang: str, zone: str) -> str:
    """`Tuesday 24 November`, for promises in the near future."""
    return format_date(moment.astimezone(ZoneInfo(zone)).date(), DAY, locale=lang)


def calendar_day(on: date, lang: str) -> str:
    """`21 November 2026`, for the date of a text."""
    return format_date(on, CALENDAR_DAY, locale=lang)


def ago(moment: datetime, lang: str, now: datetime) -> str:
    """`3 hours ago`, or `in 2 days`."""
    seconds = (moment - now) // timedelta(seconds=1)
    # Beyond an hour the words change by the hour at the soonest, so whole minutes tell as much.
    return _ago(seconds if abs(seconds) < 3600 else seconds // 60 * 60, lang)  # noqa: PLR2004


def lasting(time: timedelta, lang: str) -> str:
    """`36 hours`, `43 days`: in days from two days on, in hours from two hours on."""
    if time >= timedelta(days=2):
        return format_timedelta(time, granularity="day", threshold=ONLY_THIS_UNIT, locale=lang)
    if time >= timedelta(hours=2):
        return format_timedelta(time, granularity="hour", threshold=ONLY_THIS_UNIT, locale=lang)
    return format_timedelta(time, granularity="minute", threshold=ONLY_THIS_UNIT, locale=lang)


@lru_cache(maxsize=8192)
def _ago(seconds: int, lang: str) -> str:
    return format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=lang)


def _half(local: datetime, lang: str) -> str:
    return _names(lang)[1]["am" if local.hour < NOON else "pm"]


@cache
def _names(lang: str) -> tuple[dict[int, str], dict[str, str]]:
    """The months' names by number, and `am` and `pm`."""
    months, halves = get_month_names("wide", locale=lang), get_period_names(locale=lang)
    return dict(months), dict(halves)
