"""Measure the help desk: a table of figures and the goals P1 to P11.

    python -m bench                                        # 10,000 complaints, a few minutes
    python -m bench --sizes 10000 1000000 --seconds 5      # everything, more than an hour
    python -m bench --only search --databases sqlite       # some pages

See docs/measuring.md for what the figures mean.
"""

import argparse
import json
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import report
from bench.databases import KINDS, Databases, Postgres, reachable
from bench.rows import PAGES
from bench.run import Options, run
from bench.seed.fill import say


def main() -> None:
    """Seed what is missing, measure, print."""
    given = _arguments()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is cleared up
    options = _options(given)
    results = []
    with ExitStack() as stack:
        keep = given.keep or Path(stack.enter_context(TemporaryDirectory(prefix="bench_")))
        for databases in _databases(given.databases, keep.resolve()):
            if not given.keep:
                _clear_up(stack, databases, options.sizes)
            if given.seed_only:
                say("\n".join(databases.seeded(size) for size in options.sizes))
                continue
            results.append(run(databases, options))
            print(report.table(results[-1]), flush=True)
    if given.json:
        given.json.write_text(json.dumps([report.data(one) for one in results], indent=1))


def _options(given: argparse.Namespace) -> Options:
    wanted = given.only or [""]
    pages = tuple(page for page in PAGES if any(word in page.name for word in wanted))
    if not pages:
        raise SystemExit(f"There are these pages: {', '.join(page.name for page in PAGES)}.")
    return Options(tuple(given.sizes), tuple(given.clients), given.rounds, given.seconds, pages)


def _databases(kinds: Sequence[str], keep: Path) -> Iterator[Databases]:
    keep.mkdir(parents=True, exist_ok=True)
    for kind in kinds:
        databases = reachable(kind, keep)
        if databases is None:
            say("PostgreSQL is not within reach, so it is left out; TEST_DATABASE_URL names one.")
        else:
            yield databases


def _clear_up(stack: ExitStack, databases: Databases, sizes: Sequence[int]) -> None:
    """Whatever is seeded on a server now is gone again at the end; what was kept there before stays."""
    if isinstance(databases, Postgres):
        for size in sizes:
            if not databases.has(size):
                stack.callback(databases.remove, size)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--sizes", type=int, nargs="+", default=[10_000], help="complaints in the database")
    add("--databases", nargs="+", choices=KINDS, default=KINDS)
    add("--clients", type=int, nargs="+", default=[1, 8], help="how many ask at the same time")
    add("--rounds", type=int, default=3)
    add("--seconds", type=float, default=1.0, help="of one round of one page")
    add("--only", nargs="+", help="pages whose names hold one of these words")
    add("--keep", type=Path, help="folder for the seeded databases, to be used again")
    add("--json", type=Path, help="file for the figures")
    add("--seed-only", action="store_true", help="fill the databases and stop")
    return parser.parse_args()


if __name__ == "__main__":
    main()
