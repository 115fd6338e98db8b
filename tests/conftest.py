"""What every test may lean on: the fixtures, and the rule that CI skips nothing."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

pytest_plugins = (
    "tests.fixtures.clock",
    "tests.fixtures.mailbox",
    "tests.fixtures.databases",
    "tests.fixtures.application",
    "tests.fixtures.client",
    "tests.fixtures.live_server",
    "tests.fixtures.browser",
    "tests.fixtures.factory",
)

NOTHING_IS_SKIPPED = os.environ.get("CI") == "true"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The hostile tests take long; they run when asked for by the name of their folder (`make hostile`)."""
    asked = any("hostile" in one for one in config.args)
    return True if collection_path.name == "hostile" and not asked else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    setattr(item, f"{report.when}_failed", report.failed)
    if NOTHING_IS_SKIPPED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI does not accept: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if NOTHING_IS_SKIPPED and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI does not accept: {_reason(report.longrepr)}"
    return report


def _reason(longrepr: object) -> str:
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)
