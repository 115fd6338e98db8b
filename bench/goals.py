"""The goals P1 to P11, each a ratio inside one run, and whether it was reached."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.run import FLOOR, HAND, PRODUCT, RAW, Figure, Key, Result

LISTS = ("log", "log, deep page", "log, by status", "log, by assignee", "log of the platform")
RARE = "search, rare word"
OTHERS = ("search, common word", "search, Arabic word")
SEARCHES = (RARE, *OTHERS, "search, absent word")
GROWING = ("log", RARE, "details", "tracking page", "submission", "home")
GROWTH = 1.25
NOT_MEASURED = "not measured, or wrongly"
WORKER_MIB = 110
WORKER_GROWTH = 1.1


@dataclass(frozen=True)
class Verdict:
    """One goal: what was measured, what is asked for, and whether that was reached (None: not measured)."""

    goal: str
    measured: str
    asked: str
    reached: bool | None


class Goals:
    """The goals of one result, with the most clients, at the largest size."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.small = min(key.size for key in result.figures)
        self.size = max(key.size for key in result.figures)
        self.clients = max(key.clients for key in result.figures)

    def verdicts(self) -> list[Verdict]:
        """In their order."""
        return [verdict for goal in self._goals() for verdict in goal()]

    def _goals(self) -> tuple[Callable[[], Iterator[Verdict]], ...]:
        on_sqlite = self.result.kind == "sqlite"
        posts = (self._sqlite,) if on_sqlite else (self._submission, self._reply)
        reading = (self._list, self._growth, self._search, self._home, self._details)
        return (*reading, self._tracking, *posts, self._memory, self._steady)

    def _list(self) -> Iterator[Verdict]:
        yield self._worst("P1 list ÷ floor", [self._share(one, one, FLOOR) for one in LISTS], 0.15)
        yield self._worst("P1 list ÷ by hand", [self._share(one, one, HAND) for one in LISTS], 0.30)

    def _growth(self) -> Iterator[Verdict]:
        for page in GROWING:
            yield self._grown("P2", page)

    def _search(self) -> Iterator[Verdict]:
        shares = [self._share(one, one, HAND) for one in SEARCHES]
        yield self._worst("P3 search ÷ by hand", shares, 0.30)
        for page in OTHERS:
            yield self._times("P3", page, RARE, 1.5)

    def _home(self) -> Iterator[Verdict]:
        yield self._times("P4", "home", "log", 1.5)

    def _details(self) -> Iterator[Verdict]:
        yield self._worst("P5 details ÷ by hand", [self._share("details", "details", HAND)], 0.30)

    def _tracking(self) -> Iterator[Verdict]:
        share = self._share("tracking page", "details", HAND)
        yield self._worst("P6 tracking page ÷ details by hand", [share], 0.35)

    def _submission(self) -> Iterator[Verdict]:
        page = "submission"
        yield self._worst("P7 submission ÷ raw", [self._share(page, page, RAW)], 0.20)
        yield self._worst("P7 submission ÷ by hand", [self._share(page, page, HAND)], 0.50)

    def _reply(self) -> Iterator[Verdict]:
        yield self._worst("P8 reply ÷ raw", [self._share("reply", "submission", RAW)], 0.14)

    def _sqlite(self) -> Iterator[Verdict]:
        share = self._share("submission", "submission", RAW)
        yield self._worst("P10 submission ÷ raw", [share], 0.12)
        yield self._grown("P10", "log")

    def _memory(self) -> Iterator[Verdict]:
        held = {size: max(one["rss"] for one in all_) for size, all_ in self.result.memory.items()}
        most = held[self.size]
        asked = f"at most {WORKER_MIB} MiB"
        yield Verdict("P9 a worker's memory", f"{most:.0f} MiB", asked, most <= WORKER_MIB)
        grown = most / held[self.small] if self.small != self.size else None
        yield self._at_most("P9 a worker's memory, large ÷ small", grown, WORKER_GROWTH)

    def _steady(self) -> Iterator[Verdict]:
        wrong = {key.page for key, figure in self.result.figures.items() if figure.wrong}
        yield Verdict("P11 pages with wrong answers", str(len(wrong)), "none", not wrong)
        tails = [
            (figure.p95 / figure.p50, key.page)
            for key, figure in self.result.figures.items()
            if key.who == PRODUCT and key.clients == self.clients and figure.p50
        ]
        worst, page = max(tails, default=(None, ""))
        yield self._at_most(f"P11 p95 ÷ p50, worst: {page}", worst, 3)

    # Ratios

    def _figure(self, page: str, who: str, size: int | None = None) -> Figure | None:
        """None where it was not measured, or wrongly."""
        clients = 1 if who == RAW else self.clients
        found = self.result.figures.get(Key(size or self.size, page, who, clients))
        return None if found is None or found.wrong or not found.rate else found

    def _share(self, page: str, of: str, who: str) -> tuple[float | None, str]:
        ours, theirs = self._figure(page, PRODUCT), self._figure(of, who)
        return (ours.rate / theirs.rate if ours and theirs else None), page

    def _grown(self, goal: str, page: str) -> Verdict:
        small, large = self._figure(page, PRODUCT, self.small), self._figure(page, PRODUCT)
        both = small is not None and large is not None and self.small != self.size
        grown = large.p95 / small.p95 if both and small and large else None
        return self._at_most(f"{goal} {page}, large ÷ small", grown, GROWTH)

    def _times(self, goal: str, page: str, other: str, most: float) -> Verdict:
        ours, theirs = self._figure(page, PRODUCT), self._figure(other, PRODUCT)
        times = ours.p50 / theirs.p50 if ours and theirs else None
        return self._at_most(f"{goal} {page} ÷ {other}", times, most)

    def _at_most(self, goal: str, found: float | None, most: float) -> Verdict:
        measured = NOT_MEASURED if found is None else f"{found:.2f}"
        return Verdict(goal, measured, f"at most {most}", None if found is None else found <= most)

    def _worst(self, goal: str, shares: list[tuple[float | None, str]], least: float) -> Verdict:
        """The smallest share, if all could be measured."""
        asked = f"at least {least:.0%}"
        known = [(share, page) for share, page in shares if share is not None]
        if len(known) < len(shares):
            return Verdict(goal, NOT_MEASURED, asked, None)
        share, page = min(known)
        which = f" ({page})" if len(shares) > 1 else ""
        return Verdict(goal, f"{share:.0%}{which}", asked, share >= least)
