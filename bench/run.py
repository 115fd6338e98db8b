"""Rounds: product, floor, hand-written page and raw queries one after the other, again and again."""

import os
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import raw
from bench.crowd import Ask, Round, ask_for
from bench.databases import Databases
from bench.rows import Measured
from bench.seed.fill import say
from bench.servers import Server
from bench.site import Site, opened

PRODUCT, FLOOR, HAND, RAW = "product", "floor", "by hand", "raw"
FIRST_GUESS = 100
"""Posts a second that are prepared before anybody knows how many it can take."""
RESERVE = 1.4
WARM_UP = 0.2


@dataclass(frozen=True)
class Options:
    """How thoroughly to measure."""

    sizes: tuple[int, ...]
    clients: tuple[int, ...]
    rounds: int
    seconds: float
    pages: tuple[Measured, ...]


@dataclass(frozen=True, order=True)
class Key:
    """Of what something was measured."""

    size: int
    page: str
    who: str
    clients: int


@dataclass(frozen=True)
class Figure:
    """The medians of all rounds; times and processor time of the workers in milliseconds."""

    p50: float
    p95: float
    rate: float
    cpu: float
    answers: int
    wrong: tuple[str, ...]

    @classmethod
    def of(cls, rounds: list[Round], cpu: list[float]) -> "Figure":
        """Several rounds as one figure."""
        counted = [one for one in rounds if one.times]
        wrong = tuple(fault for one in rounds for fault in one.wrong)
        if not counted:
            return cls(0, 0, 0, 0, 0, wrong or ("nothing was measured",))
        return cls(
            1000 * statistics.median(_percentile(one.times, 0.5) for one in counted),
            1000 * statistics.median(_percentile(one.times, 0.95) for one in counted),
            statistics.median(len(one.times) / one.seconds for one in counted),
            1000 * statistics.median(cpu),
            sum(len(one.times) for one in counted),
            wrong,
        )


@dataclass(frozen=True)
class Result:
    """Everything that one kind of database gave."""

    kind: str
    figures: dict[Key, Figure]
    memory: dict[int, list[dict[str, float]]]
    """By size, what each worker of the product holds at the end."""
    faults: list[str]
    """What the servers' logs say went wrong."""
    load: tuple[float, float]
    """What else there was to do for this machine, before and after (its load average includes us after)."""


def run(databases: Databases, options: Options) -> Result:
    """Measure every page at every size."""
    before = os.getloadavg()[0]
    with ExitStack() as stack:
        for size in options.sizes:
            databases.seeded(size)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench_")))
        floor = Server("bench.floor:app", "", folder)
        stack.callback(floor.stop)
        floor.start()
        sites = [stack.enter_context(opened(databases, size, folder)) for size in options.sizes]
        figures: dict[Key, Figure] = {}
        for page in options.pages:
            for clients in options.clients:
                say(f"{databases.kind}: {page.name}, {clients} at a time")
                figures |= _Page(page, clients, floor, sites, options).figures()
        memory = {site.size: site.product.memory() for site in sites}
        servers = [floor, *(one for site in sites for one in (site.product, site.hand))]
        faults = [fault for server in servers for fault in server.faults()]
    return Result(databases.kind, figures, memory, faults, (before, os.getloadavg()[0]))


class _Page:
    """One page with so many clients: its rounds."""

    def __init__(
        self, page: Measured, clients: int, floor: Server, sites: list[Site], options: Options
    ) -> None:
        self.page, self.clients, self.floor = page, clients, floor
        self.sites, self.options = sites, options
        self.warm_up = WARM_UP * options.seconds
        self.rounds: dict[Key, list[Round]] = {}
        self.cpu: dict[Key, list[float]] = {}

    def figures(self) -> dict[Key, Figure]:
        for _ in range(self.options.rounds):
            for site in self.sites:
                self._around(site)
        return {key: Figure.of(rounds, self.cpu[key]) for key, rounds in self.rounds.items()}

    def _around(self, site: Site) -> None:
        self._measure(site, PRODUCT, site.product)
        if self.page.floor:
            self._measure(site, FLOOR, self.floor)
        self._measure(site, HAND, site.hand)
        if self.page.raw and self.clients == min(self.options.clients):
            key = Key(site.size, self.page.name, RAW, 1)
            done = raw.measure(self.page.raw, site, self.options.seconds, self.warm_up)
            self._keep(key, done, 0.0)

    def _measure(self, site: Site, who: str, server: Server) -> None:
        key = Key(site.size, self.page.name, who, self.clients)
        asks = self._asks(site, who, self._wanted(key))
        table = self.page.grows if who != FLOOR else ""
        newest = site.newest(table) if table else 0
        spent = server.cpu_seconds()
        done = ask_for(server.port, asks, self.clients, self.options.seconds, self.warm_up)
        spent = server.cpu_seconds() - spent
        if table:
            done.wrong += _missing(done.right, site.since(table, newest))
        self._keep(key, done, spent / max(1, done.right + len(done.wrong)))

    def _asks(self, site: Site, who: str, wanted: int) -> Iterator[Ask]:
        if who == FLOOR:
            return _floor(self.floor)
        return (self.page.product if who == PRODUCT else self.page.hand)(site, wanted)

    def _wanted(self, key: Key) -> int:
        """How many posts a round can take at the most, as far as the rounds before tell."""
        rates = [len(one.times) / one.seconds for one in self.rounds.get(key, ()) if one.times]
        rate = max(rates) * RESERVE if rates else FIRST_GUESS
        if key.who == HAND:
            rate = 10_000.0  # they cost nothing to prepare
        return int(rate * (self.options.seconds + self.warm_up)) + 10

    def _keep(self, key: Key, done: Round, cpu: float) -> None:
        self.rounds.setdefault(key, []).append(done)
        self.cpu.setdefault(key, []).append(cpu)


def _floor(server: Server) -> Iterator[Ask]:
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    while True:
        yield Ask(request, 200, (b"CMP-0024-0000",))


def _missing(right: int, rows: int) -> list[str]:
    return [] if right == rows else [f"{right} right answers, but {rows} new rows"]


def _percentile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
