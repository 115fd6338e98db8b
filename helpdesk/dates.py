"""Moments in words: always with the month's name (C56), in the reader's language and the store's time zone (X-08)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta

MOMENT = "dd MMMM y h:mm a"
DAY = "EEEE d MMMM"


def when(moment: datetime, lang: str, zone: str) -> str:
    """`06 May 2025 2:27 PM`."""
    return format_datetime(moment.astimezone(ZoneInfo(zone)), MOMENT, locale=lang)


def day(moment: datetime, lang: str, zone: str) -> str:
    """`Tuesday 24 November`, for promises in the near future."""
    return format_date(moment.astimezone(ZoneInfo(zone)).date(), DAY, locale=lang)


def ago(moment: datetime, lang: str, now: datetime) -> str:
    """`3 hours ago`, or `in 2 days`."""
    return format_timedelta(moment - now, add_direction=True, locale=lang)
