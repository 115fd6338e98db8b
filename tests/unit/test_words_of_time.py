"""Moments in words and colours that can be read (X-08, C56)."""

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk import colour, dates

MOMENT = datetime(2025, 5, 6, 22, 27, tzinfo=UTC)


def test_a_moment_is_shown_in_the_stores_zone_with_the_months_name() -> None:
    """X-08, C56: the 6th in UTC is the 7th in Riyadh."""
    assert dates.when(MOMENT, "en", "Asia/Riyadh") == "07 May 2025 1:27\u202fAM".replace(
        "\u202f", " "
    )
    assert "مايو" in dates.when(MOMENT, "ar", "Asia/Riyadh")


def test_a_day_is_that_of_the_stores_zone() -> None:
    assert dates.day(MOMENT, "en", "Asia/Riyadh") == "Wednesday 7 May"
    assert dates.day(MOMENT, "en", "UTC") == "Tuesday 6 May"


def test_how_long_ago_and_how_soon() -> None:
    assert dates.ago(MOMENT - timedelta(hours=3), "en", MOMENT) == "3 hours ago"
    assert dates.ago(MOMENT + timedelta(days=2), "en", MOMENT) == "in 2 days"


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(days=43), "43 days"),
        (timedelta(days=2), "2 days"),
        (timedelta(hours=47, minutes=20), "47 hours"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(seconds=20), "1 minute"),
    ],
)
def test_how_long_something_lasted_is_said_in_days_hours_or_minutes(
    time: timedelta, words: str
) -> None:
    assert dates.lasting(time, "en") == words
    assert dates.lasting(time, "ar") != words


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#fff000", "#fff000", 1)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert colour.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert colour.contrast(other, one) == colour.contrast(one, other)


@pytest.mark.parametrize(
    "color", ["#000000", "#ffffff", "#3A5BA0", "#ffcc00", "#777777", "#808080", "#ff0000"]
)
def test_a_stores_own_colour_always_gets_a_readable_ink(color: str) -> None:
    assert colour.contrast(colour.ink_on(color), color) >= 4.5
