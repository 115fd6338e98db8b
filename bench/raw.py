"""The same questions straight to the driver, in this process, one after the other: what the database alone costs."""

import time
from collections.abc import Callable
from itertools import count

from bench import queries
from bench.crowd import AT_LEAST, Round
from bench.driver import Driver
from bench.queries import Wanted
from bench.seed import texts
from bench.seed.places import BIG
from bench.site import Site


def measure(name: str, site: Site, seconds: float, warm_up: float) -> Round:
    """One of the questions, for a while."""
    ask, done = QUESTIONS[name](site), Round()
    counted_from = time.perf_counter() + warm_up
    now = 0.0
    while now < counted_from + seconds or len(done.times) < AT_LEAST:
        began = time.perf_counter()
        right = ask()
        now = time.perf_counter()
        done.right += right
        done.wrong += [] if right else [f"raw {name}"]
        if began >= counted_from:
            done.times.append(now - began)
            done.seconds = now - counted_from
    return done


def _list(site: Site) -> Callable[[], bool]:
    return lambda: len(queries.listed(site.db, Wanted(store_id=BIG))) == queries.PAGE


def _search(site: Site) -> Callable[[], bool]:
    expected = len(site.said_in(texts.RARE))
    return lambda: len(queries.listed(site.db, Wanted(BIG, q=texts.RARE))) == expected


def _details(site: Site) -> Callable[[], bool]:
    some, place = site.some(), count()

    def ask() -> bool:
        _id, number, text = some[next(place) % len(some)]
        found = queries.said(site.db, BIG, number)
        return found is not None and found[1][0][2] == text

    return ask


def _submit(site: Site) -> Callable[[], bool]:
    db: Driver = site.db
    return lambda: bool(queries.submit(db, BIG, "sara@mail.example", "It has not come."))


QUESTIONS: dict[str, Callable[[Site], Callable[[], bool]]] = {
    "list": _list,
    "search": _search,
    "details": _details,
    "submit": _submit,
}
