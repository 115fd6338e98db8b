"""The worker's queue in Redis: nothing that is posted waits for a Redis that is away (security, faults: Redis gone)."""

import socket
import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from helpdesk import worker
from tests.fixtures.application import MakeApp


@pytest.fixture(params=["hangs", "is gone"])
def redis_port(request: pytest.FixtureRequest) -> Iterator[int]:
    """Where somebody takes connections and never says a word, or nobody does."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if request.param == "hangs":
            silent.listen()
        yield silent.getsockname()[1]


@pytest.fixture
def app(make_app: MakeApp, redis_port: int) -> Flask:
    return make_app(REDIS_URL=f"redis://127.0.0.1:{redis_port}/0")


def test_whoever_posts_does_not_wait_for_redis(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """The page is answered in a moment, and the log says why the worker heard nothing."""

    def nudge() -> None:
        with app.app_context():
            worker.nudge()

    posting = threading.Thread(target=nudge, daemon=True)
    posting.start()
    posting.join(timeout=2 * worker.QUEUE_ANSWERS_WITHIN)
    assert not posting.is_alive()
    assert "the worker's queue could not be reached" in caplog.text
