"""The engine of the background: Huey's consumer with its threads and schedule (stack: "Jobs").

The rows in the database are the truth. A nudge only says "look now"; lose one, and the next minute finds the work.
"""

import logging
from typing import Any

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from helpdesk import clock, jobs

log = logging.getLogger(__name__)
THREADS = 2
QUEUE_ANSWERS_WITHIN = 2.0
"""Seconds that Redis has, more than the second for which the worker listens; whoever posts waits no longer for it."""


def install(app: Flask, queue_url: str) -> None:
    """Give the application its queue and the tasks that run on it."""
    huey = _huey(queue_url)

    def deliver() -> None:
        with app.app_context():
            jobs.deliver(clock.now)
            _look_again(app)

    def minutely() -> None:
        with app.app_context():
            jobs.minutely(clock.now)

    def export() -> None:
        with app.app_context():
            jobs.export(clock.now)

    def tidy() -> None:
        with app.app_context():
            jobs.tidy(clock.now)

    app.extensions["huey"] = huey
    app.extensions["nudge"] = {
        "deliver": huey.task(name="deliver")(deliver),
        "export": huey.task(name="export")(export),
    }
    huey.periodic_task(crontab(), name="minutely")(minutely)
    # Apart from the rest: a long export must not keep a mail waiting.
    huey.periodic_task(crontab(), name="exports")(export)
    huey.periodic_task(crontab(hour="3", minute="20"), name="tidy")(tidy)


def nudge(task: str = "deliver") -> None:
    """Tell the worker that there may be something to do. Best effort: nothing depends on it."""
    try:
        current_app.extensions["nudge"][task]()
    except Exception:
        log.warning(
            "the worker's queue could not be reached; the worker looks by itself a minute after it is back"
        )


def _look_again(app: Flask) -> None:
    """Come back when the next reply can no longer be taken back."""
    seconds = jobs.seconds_until_next(clock.now())
    if seconds is not None:
        app.extensions["nudge"]["deliver"].schedule(delay=seconds)


def run(app: Flask) -> None:
    """Work until told to stop (SIGINT or SIGTERM)."""
    consumer: Consumer = app.extensions["huey"].create_consumer(
        workers=THREADS, initial_delay=0.1, max_delay=1.0, check_worker_health=True
    )
    consumer.run()


def _huey(queue_url: str) -> Huey:
    if queue_url.startswith("sqlite:///"):
        return SqliteHuey("helpdesk", filename=queue_url.removeprefix("sqlite:///"), results=False)
    return RedisHuey("helpdesk", connection_pool=_redis_pool(queue_url), results=False)


def _redis_pool(queue_url: str) -> Any:
    """Connections that give up at once: a Redis that hangs must not make every page hang that was posted to."""
    from redis import ConnectionPool  # noqa: PLC0415 - it is there where REDIS_URL is set
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    return ConnectionPool.from_url(
        queue_url,
        socket_connect_timeout=QUEUE_ANSWERS_WITHIN,
        socket_timeout=QUEUE_ANSWERS_WITHIN,
        retry=Retry(NoBackoff(), 0),
    )
