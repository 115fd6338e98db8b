"""Every page of the product in both languages and themes, judged by axe-core and by our own measures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from helpdesk import clock
from helpdesk.factory import create_app
from tests.browser import stage as stages
from tests.browser.catalogue import CATALOGUE, NOT_PAGES
from tests.browser.stage import Stage
from tests.browser.walk import Walk
from tests.fixtures.databases import SqliteDatabase
from tests.fixtures.live_server import Server
from tests.fixtures.migrations import release, settings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(
    server: Server, sqlite_database: SqliteDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """One filled installation for both languages, where one process walks through both."""
    folder = tmp_path_factory.mktemp("stage")
    database = SqliteDatabase(sqlite_database.template, folder / "stage.sqlite")
    database.clean()
    app = create_app(settings(database.url, folder, DEMO="1"))
    server.app = app
    with clock.override(lambda: stages.NOW):
        yield stages.fill(app)
    server.app = None
    assert server.is_quiet(within=10)
    release(app)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_page_is_sound_accessible_and_light(
    stage: Stage, chromium: Browser, lang: str
) -> None:
    """S2-01, X-06, X-09: all that `walk.TOPICS` says of every page, and nothing else in the console.

    One walk finds everything at once: signing in and opening a page take longer than judging it.
    """
    walk = Walk(stage, chromium, lang).through()
    assert {"log", "platform-log"} <= walk.sizes.keys()
    assert not walk.report(), walk.report()


def test_no_page_is_missing_from_the_catalogue(tmp_path: Path) -> None:
    """A new page is looked at in every language and theme, or is said to be no page."""
    app = create_app(settings(f"sqlite:///{tmp_path / 'unused.sqlite'}", tmp_path))
    routes = app.url_map.bind("desk.test")
    seen = set(NOT_PAGES)
    for entry in CATALOGUE:
        if entry.status == 200:
            seen.add(routes.match(entry.path)[0])
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert not pages - seen, f"Not in tests/browser/catalogue.py: {sorted(pages - seen)}"
    assert not NOT_PAGES - pages, f"No longer there: {sorted(NOT_PAGES - pages)}"
    release(app)
