"""Counting what happens too often, in the database, so that a restart or a second process forgets nothing."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import select

from helpdesk.clock import STEP
from helpdesk.db import db, insert_once
from helpdesk.domain.errors import LimitReached
from helpdesk.models import Throttle
from helpdesk.words import N_

FAILURES = 10
FAILURE_WAIT = timedelta(minutes=15)
SIGN_IN_FAILURES = 5
SIGN_IN_WINDOW = timedelta(minutes=15)
SIGN_IN_FIRST_WAIT = timedelta(minutes=1)
SIGN_IN_LONGEST_WAIT = timedelta(hours=4)
HOUR = timedelta(hours=1)
TOO_MANY_TRIES = N_("Too many tries. Please wait 15 minutes and try again.")
TOO_MANY_RESETS = N_(
    "Many reset links were asked for from here. Please wait an hour and try again."
)
SIGN_IN_WAIT = N_("Too many wrong passwords. Please wait a few minutes and try again.")


def refuse_locked(
    *keys: str, now: datetime, text: str = TOO_MANY_TRIES, longest: timedelta = FAILURE_WAIT
) -> None:
    """Refuse while one of `keys` has to wait; nobody waits longer than `longest`, should the clock have been set back.

    Raises:
        LimitReached: with the seconds that are left.
    """
    query = select(Throttle.locked_until).where(
        Throttle.key.in_(keys),
        Throttle.locked_until > now,
        Throttle.locked_until <= now + longest + STEP,
    )
    waits = [until for until in db.session.scalars(query) if until is not None]
    if waits:
        raise LimitReached(text, wait_seconds=ceil((max(waits) - now).total_seconds()))


def count_failure(*keys: str, now: datetime) -> None:
    """One wrong number or code: the tenth in a row of them makes `keys` wait (domain limits, "Wrong codes")."""
    for key in keys:
        row = _row(key, FAILURE_WAIT, now)
        row.count += 1
        if row.count >= FAILURES:
            row.locked_until = now + FAILURE_WAIT
            row.count = 0


def count_sign_in_failure(key: str, *, now: datetime) -> None:
    """One wrong password: from the fifth within 15 minutes every further one doubles the wait, from one minute."""
    row = _row(key, SIGN_IN_WINDOW, now, ahead=SIGN_IN_LONGEST_WAIT)
    row.count += 1
    extra = row.count - SIGN_IN_FAILURES
    if extra >= 0:
        row.locked_until = now + min(SIGN_IN_FIRST_WAIT * 2 ** min(extra, 20), SIGN_IN_LONGEST_WAIT)
        row.window_start = row.locked_until


def forget(key: str) -> None:
    """Start anew after a success."""
    row = db.session.get(Throttle, key)
    if row is not None:
        db.session.delete(row)


def spend(key: str, limit: int, *, now: datetime, text: str, window: timedelta = HOUR) -> None:
    """Use up one of `limit` in a fixed window.

    Raises:
        LimitReached: nothing is left until the window ends.
    """
    row = _row(key, window, now)
    if row.count >= limit:
        raise LimitReached(
            text, wait_seconds=ceil((row.window_start + window - now).total_seconds())
        )
    row.count += 1


def spent(key: str, *, now: datetime, window: timedelta = HOUR) -> int:
    """How much of a fixed window is used up."""
    row = db.session.get(Throttle, key)
    return row.count if row is not None and not _over(row, window, now, STEP) else 0


def _row(key: str, window: timedelta, now: datetime, ahead: timedelta = STEP) -> Throttle:
    """The counter of `key`, locked until the transaction ends, and empty again when its window is over."""
    insert_once(Throttle, key=key, window_start=now, count=0)
    row = db.session.scalars(select(Throttle).where(Throttle.key == key).with_for_update()).one()
    if _over(row, window, now, ahead):
        row.window_start, row.count = now, 0
    return row


def _over(row: Throttle, window: timedelta, now: datetime, ahead: timedelta) -> bool:
    """Whether the window has ended, or begins so far `ahead` that the clock was set back since."""
    return row.window_start + window <= now or row.window_start > now + ahead
