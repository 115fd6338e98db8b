"""The clock. Rules take `now` as an argument; only the edges (views, worker, commands) read it here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

STEP = timedelta(minutes=1)
"""How far the clocks of several machines may be apart. What lies further ahead was written before a clock was set back,
and is worth no more than what has run out: or a code of ten minutes would be good for hours."""


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_time


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


@contextmanager
def override(source: Callable[[], datetime]) -> Iterator[None]:
    """Take the time from `source` instead, in every thread, until the block ends."""
    global _source  # noqa: PLW0603 - one clock for the whole process is the point
    previous, _source = _source, source
    try:
        yield
    finally:
        _source = previous
