"""PostgreSQL is restarted three ways under load: "come back in a moment" meanwhile, and at work again at once.

The server is the experiment's own. While it is away every page answers 503 with Retry-After and our words; a second
after it is back nobody is sent away any more, the worker goes on by itself, and nothing acknowledged is lost.
"""

import time
from functools import partial

from tests.faults.crowd import Crowd
from tests.faults.postgres import WAYS, Postgres, own_postgres
from tests.faults.site import Site, post_office, site
from tests.faults.verdict import Verdict, judge

AWAY, AFTER = 3.0, 6.0
BACK_WITHIN = 5.0
EXPECTED = "the database did not answer"


def run(way: str) -> Verdict:
    verdict = Verdict(f"postgres_restarted: {way}", "postgres")
    with (
        own_postgres() as server,
        post_office() as office,
        site("postgres", office, server=server.url) as here,
    ):
        here.start_web(processes=2, threads=4)
        worker = here.start_worker()
        with Crowd(here, readers=8, senders=2, pace=5) as crowd:
            crowd.settle()
            back = _restart(server, way, verdict)
            time.sleep(AFTER)
        _judge_return(crowd, back, verdict)
        crowd.judge_mails(office, verdict)
        if worker.poll() is not None:
            verdict.wrong(f"the worker ended with {worker.returncode}")
        with here.inside():
            crowd.judge(verdict)
        _judge_log(here, verdict)
    return verdict


def _restart(server: Postgres, way: str, verdict: Verdict) -> float:
    """Stop it, leave it away, start it; when it took connections again."""
    server.stop(way)
    time.sleep(AWAY)
    began = time.monotonic()
    server.start()
    verdict.notes["server started in s"] = round(time.monotonic() - began, 1)
    return time.monotonic()


def _judge_return(crowd: Crowd, back: float, verdict: Verdict) -> None:
    sent_away = [one for one in crowd.seen if one.status == 503]
    if not sent_away:
        verdict.wrong("nobody met the outage: this run proves nothing")
    last = max((one.at for one in sent_away), default=back)
    verdict.notes["last 503 after s"] = round(max(0.0, last - back), 1)
    verdict.notes["slowest answer s"] = round(max(one.seconds for one in crowd.seen), 1)
    if last - back > BACK_WITHIN:
        verdict.wrong(f"still sent away {last - back:.1f} s after the database was back")
    if not any(one.status == 303 for one in crowd.since(back)):
        verdict.wrong("no complaint was taken after the database was back")


def _judge_log(here: Site, verdict: Verdict) -> None:
    """The web's log says that the database was away, and nothing worse."""
    for line in (here.folder / "gunicorn.log").read_text().splitlines():
        if "unexpected fault" in line or ("Error" in line and EXPECTED not in line):
            verdict.wrong(f"log: {line}")


if __name__ == "__main__":
    judge(partial(run, way) for way in WAYS)
