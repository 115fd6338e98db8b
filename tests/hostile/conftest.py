"""The table of counts at the end, whoever ran the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.fixtures.databases import Database
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.hostile.ground import Ledger, Moment, Tally, remember
from tests.views.steps import Deliver
from tests.views.world import World, build

COUNTS = ("requests", "broken", "written", "leaked")


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """The counts of this test, for the table."""
    counted = Tally()
    yield counted
    request.node.user_properties += [(name, getattr(counted, name)) for name in COUNTS]
    request.node.user_properties += [*counted.measured.items()]


@pytest.fixture
def ledger(app: Flask) -> Iterator[Ledger]:
    listening = Ledger(app)
    yield listening
    listening.close()


@pytest.fixture
def world(make: Make, deliver: Deliver, mailbox: Mailbox) -> World:
    built = build(make, deliver)
    mailbox.take()
    return built


@pytest.fixture
def moment(
    app: Flask,
    database: Database,
    world: World,  # noqa: ARG001 - what there is to come back to
    tmp_path: Path,
) -> Iterator[Moment]:
    """The world as it was built."""
    yield from remember(app, database, tmp_path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker a database: what one person has tried, the next need not try again."""
    for item in items:
        kind = "postgres" if item.get_closest_marker("postgres") else "sqlite"
        item.add_marker(pytest.mark.xdist_group(kind))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much was tried, and what came of it."""
    rows: dict[tuple[str, str], dict[str, float]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown" and report.user_properties:
                kind = "postgres" if "postgres" in report.keywords else "sqlite"
                row = rows.setdefault((Path(report.fspath).stem, kind), {"s": 0})
                _add(row, dict(report.user_properties))
            if hasattr(report, "duration") and getattr(report, "when", "") == "call":
                kind = "postgres" if "postgres" in report.keywords else "sqlite"
                row = rows.setdefault((Path(report.fspath).stem, kind), {"s": 0})
                row["s"] += report.duration
    terminalreporter.section("hostile")
    for (file, kind), row in sorted(rows.items()):
        told = "  ".join(f"{name} {value:,.10g}" for name, value in row.items())
        terminalreporter.write_line(f"{file:<18}{kind:<10}{told}")


def _add(row: dict[str, float], found: dict[str, float]) -> None:
    for name, value in found.items():
        together = row.get(name, 0) + value if name in COUNTS else max(row.get(name, 0), value)
        row[name] = together
