"""Redis, which only carries the worker's wake-up calls, is stopped or hangs: pages go on, codes open nothing by it.

Everything that was to be told meanwhile is told once it is back, and once. The server is the experiment's own.
"""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.crowd import Crowd
from tests.faults.shopper import Shopper, Unacknowledged
from tests.faults.site import (
    DATABASES,
    Site,
    SlowPostOffice,
    free_port,
    listens,
    post_office,
    site,
    wait_until,
)
from tests.faults.verdict import Verdict, judge

AWAY, AFTER = 8.0, 4.0
SLOWEST = 4.0
"""Seconds for an answer while Redis is away, on a machine that is busy with the rest of this."""
WRONG = "000000"


class Redis:
    """A server that may be stopped, started again, frozen and thawed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "Redis is not installed"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._server = subprocess.Popen(  # noqa: S603 - our own command
            [program, *options], cwd=self._folder, stdout=subprocess.DEVNULL
        )
        wait_until(lambda: listens(self.port), 20, "Redis")

    def stop(self) -> None:
        """With all that it kept: what a queue held is gone."""
        self._server.kill()
        self._server.wait(timeout=20)

    def freeze(self) -> None:
        """It takes connections and never answers."""
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._server.send_signal(signal.SIGCONT)


@contextmanager
def own_redis() -> Iterator[Redis]:
    with TemporaryDirectory(prefix="faults_") as folder:
        server = Redis(Path(folder))
        try:
            yield server
        finally:
            server.stop()


def run(way: str, kind: str) -> Verdict:
    verdict = Verdict(f"redis_gone: {way}", kind)
    with (
        own_redis() as redis,
        post_office() as office,
        site(kind, office, REDIS_URL=redis.url) as here,
    ):
        away, back = {
            "stopped": (redis.stop, redis.start),
            "hanging": (redis.freeze, redis.thaw),
        }[way]
        here.start_web(processes=2, threads=4)
        worker = here.start_worker()
        with Crowd(here, readers=3, senders=3, pace=5) as crowd:
            crowd.settle()
            away()
            gone = time.monotonic()
            shopper, number, email = _ask_for_a_code(here, verdict)
            time.sleep(AWAY)
            back()
            came_back = time.monotonic()
            time.sleep(AFTER)
        _judge_answers(crowd, gone, came_back, verdict)
        crowd.judge_mails(office, verdict)
        _prove(shopper, number, email, office, verdict)
        if worker.poll() is not None:
            verdict.wrong(f"the worker ended with {worker.returncode}")
        with here.inside():
            crowd.judge(verdict)
    return verdict


def _ask_for_a_code(here: Site, verdict: Verdict) -> tuple[Shopper, str, str]:
    """A shopper tracks a complaint while Redis is away, and gets nowhere without the code from the mail."""
    shopper, email = Shopper(here.port), "tracker@example.com"
    receipt = shopper.submit(email, "Sent while Redis was away.")
    shopper.track(receipt.number, receipt.tracking_code)
    try:
        shopper.prove(receipt.number, WRONG)
        verdict.wrong("a wrong code was taken")
    except Unacknowledged:
        pass
    return shopper, receipt.number, email


def _prove(
    shopper: Shopper, number: str, email: str, office: SlowPostOffice, verdict: Verdict
) -> None:
    try:
        shopper.prove(number, office.code_for(email))
    except Unacknowledged as refused:
        verdict.wrong(f"the code from the mail was not taken: {refused}")


def _judge_answers(crowd: Crowd, gone: float, back: float, verdict: Verdict) -> None:
    meanwhile = [one for one in crowd.since(gone) if one.at < back]
    posts = [one for one in meanwhile if one.status == 303]
    verdict.notes["posts while away"] = len(posts)
    verdict.notes["slowest while away s"] = round(max(one.seconds for one in meanwhile), 1)
    verdict.notes["slowest before s"] = round(
        max(one.seconds for one in crowd.seen if one.at < gone), 1
    )
    if not posts:
        verdict.wrong("nothing was taken while Redis was away")
    slow = [one for one in crowd.since(gone) if one.seconds > SLOWEST]
    if slow:
        verdict.wrong(f"{len(slow)} answers took longer than {SLOWEST:g} s")
    if any(one.status == 503 for one in crowd.seen):
        verdict.wrong("somebody was sent away although the database was there")


if __name__ == "__main__":
    judge(partial(run, way, kind) for way in ("stopped", "hanging") for kind in DATABASES)
