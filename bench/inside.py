"""Where a page's time goes: its statements with their times, and the functions that cost most.

    python -m bench.inside "search, common word" [--database postgres] [--size 1000000] [--keep FOLDER]

The requests are those of the measurement, answered in this process, so the profiler sees everything.
"""

import argparse
import cProfile
import io
import pstats
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import event

from bench.crowd import Ask
from bench.databases import KINDS, reachable
from bench.rows import PAGES
from bench.site import opened
from helpdesk.db import db
from tests.faults.site import ROOT

WARM_UP, REQUESTS = 20, 100
SHOWN = 45
STATEMENT = 110


def main() -> None:
    """Ask, and print where the time went."""
    given = _arguments()
    page = next(one for one in PAGES if one.name == given.page)
    with ExitStack() as stack:
        made = stack.enter_context(TemporaryDirectory(prefix="bench_"))
        databases = reachable(given.database, (given.keep or Path(made)).resolve())
        if databases is None:
            raise SystemExit("There is no such database within reach.")
        site = stack.enter_context(opened(databases, given.size, Path(made)))
        asks = islice(page.product(site, WARM_UP + 2 * REQUESTS), WARM_UP + 2 * REQUESTS)
        for ask in islice(asks, WARM_UP):
            _answered(site.app, ask)
        with _statements() as statements:
            times = [_answered(site.app, ask) for ask in islice(asks, REQUESTS)]
        _tell_statements(statements, times)
        profiler = cProfile.Profile()
        with profiler:
            for ask in asks:
                _answered(site.app, ask)
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(str(ROOT), SHOWN)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(SHOWN // 2)


def _answered(app: Flask, ask: Ask) -> float:
    """Processor seconds of one answer, which has to be right."""
    status: list[str] = []
    started = time.process_time()
    parts = app.wsgi_app(_environ(ask.request), lambda code, *_more: status.append(code))  # type: ignore[arg-type]
    body = b"".join(parts)
    spent = time.process_time() - started
    assert status[0].startswith(str(ask.status)), status
    assert ask.status != 200 or all(marker in body for marker in ask.markers)
    return spent


def _environ(request: bytes) -> dict[str, Any]:
    """A request's bytes as WSGI knows them."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _version = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    path, _, query = target.partition("?")
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": headers.get("Content-Length", ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }


@contextmanager
def _statements() -> Iterator[dict[str, list[float]]]:
    """Every statement with the seconds that it took, in the order of their first coming."""
    found: dict[str, list[float]] = defaultdict(list)

    def before(*given: Any) -> None:
        given[4].began = time.perf_counter()

    def after(*given: Any) -> None:
        found[given[2]].append(time.perf_counter() - given[4].began)

    for name, listener in (("before_cursor_execute", before), ("after_cursor_execute", after)):
        event.listen(db.engine, name, listener)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", before)
        event.remove(db.engine, "after_cursor_execute", after)


def _tell_statements(statements: dict[str, list[float]], times: list[float]) -> None:
    median, least = 1000 * statistics.median(times), 1000 * min(times)
    print(f"{median:.2f} ms of processor time a request (median), {least:.2f} at the least")
    asked = sum(sum(one) for one in statements.values()) / len(times)
    print(f"{1000 * asked:.2f} ms a request in the database:")
    for statement, took in statements.items():
        shown = " ".join(statement.split())[:STATEMENT]
        print(f"{len(took) / len(times):6.2f} × {1000 * statistics.median(took):8.3f} ms  {shown}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.inside", description=__doc__)
    parser.add_argument("page", choices=[page.name for page in PAGES])
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--keep", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
