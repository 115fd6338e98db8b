"""The one table, for people and for programs."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bench.goals import Goals
from bench.run import FLOOR, HAND, PRODUCT, RAW, Figure, Key, Result

NAMES = {"sqlite": "SQLite (synchronous=FULL)", "postgres": "PostgreSQL"}
HEAD = (
    f"{'':24}{'':>3} {'—— product ——':>37} {'—— by hand ——':>29} {'floor':>7} {'raw':>7}"
    f" {'product ÷':>17}\n"
    f"{'page':24}{'at':>3} {'p50 ms':>8}{'p95 ms':>8}{'a second':>9}{'cpu ms':>7}{'bad':>5}"
    f" {'p50 ms':>8}{'a second':>9}{'cpu ms':>7}{'bad':>5} {'a sec.':>7} {'a sec.':>7} {'by hand':>8} {'floor':>8}"
)
WORDS = {True: "pass", False: "MISS"}
FAULTS_SHOWN = 5
BUSY = 0.7
NUMBER = re.compile(r"CMP-[\d-]+")


def table(result: Result) -> str:
    """Everything about one kind of database."""
    return "\n".join([*_sizes(result), *_goals(result), *_faults(result), ""])


def data(result: Result) -> dict[str, Any]:
    """The same for programs."""
    return {
        "database": result.kind,
        "figures": [asdict(key) | asdict(figure) for key, figure in result.figures.items()],
        "memory": result.memory,
        "faults": result.faults,
        "load": result.load,
        "goals": [asdict(verdict) for verdict in Goals(result).verdicts()],
    }


def _sizes(result: Result) -> Iterator[str]:
    for size in sorted({key.size for key in result.figures}):
        yield f"{NAMES[result.kind]}, {size:,} complaints"
        yield HEAD
        asked = dict.fromkeys((key.page, key.clients) for key in result.figures if key.size == size)
        yield from (_line(result, size, page, clients) for page, clients in asked)
        held = (f"{one['rss']:.0f} RSS / {one['pss']:.0f} PSS" for one in result.memory[size])
        yield f"memory of the product's workers at the end, in MiB: {', '.join(held)}"
        yield ""
    before, after = result.load
    yield f"load average before {before:.1f}, after {after:.1f} (our own is in the second)"
    if before > BUSY:
        yield "THE MACHINE WAS BUSY: times and rates say little, and most of all where answers are slow"


def _line(result: Result, size: int, page: str, clients: int) -> str:
    found = {
        who: result.figures.get(Key(size, page, who, clients))
        for who in (PRODUCT, FLOOR, HAND, RAW)
    }
    ours, floor, hand, raw = found.values()
    assert ours is not None
    assert hand is not None
    return (
        f"{page:24}{clients:>3}"
        f" {ours.p50:8.1f}{ours.p95:8.1f}{ours.rate:9.1f}{ours.cpu:7.1f}{len(ours.wrong):5}"
        f" {hand.p50:8.1f}{hand.rate:9.1f}{hand.cpu:7.1f}{len(hand.wrong):5} {_rate(floor)} {_rate(raw)}"
        f" {_share(ours, hand)} {_share(ours, floor)}"
    )


def _rate(figure: Figure | None) -> str:
    return f"{figure.rate:7.0f}" if figure else f"{'':7}"


def _share(ours: Figure, theirs: Figure | None) -> str:
    if theirs is None or not theirs.rate:
        return f"{'':8}"
    if ours.wrong or theirs.wrong:
        return f"{'invalid':>8}"
    return f"{ours.rate / theirs.rate:8.0%}"


def _goals(result: Result) -> Iterator[str]:
    goals = Goals(result)
    yield ""
    yield f"goals, at {goals.size:,} complaints with {goals.clients} clients"
    for one in goals.verdicts():
        if one.reached is not None:
            yield f"  {WORDS[one.reached]:5}{one.goal:48}{one.measured:34}{one.asked}"
    rest = [one.goal for one in goals.verdicts() if one.reached is None]
    if rest:
        yield f"  not measured, or wrongly: {'; '.join(rest)}"


def _faults(result: Result) -> Iterator[str]:
    """Each kind of wrong answer once: a row with one is no measurement."""
    for key, figure in sorted(result.figures.items()):
        faults = Counter(NUMBER.sub("CMP-…", fault) for fault in figure.wrong)
        for fault, times in faults.most_common(FAULTS_SHOWN):
            where = f"{key.page}, {key.who}, {key.size:,}, {key.clients} at a time"
            yield f"WRONG ({where}), {times} times: {fault}"
    for fault, times in Counter(result.faults).most_common(FAULTS_SHOWN):
        yield f"in the logs, {times} times: {fault}"
