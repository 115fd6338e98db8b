"""One walk through every page of the catalogue, and everything that was wrong on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Response

from tests.browser.catalogue import CATALOGUE, Entry
from tests.browser.stage import Stage
from tests.fixtures.browser import PATIENCE_IN_MS, Watch
from tests.fixtures.live_server import ADDRESS

HERE = Path(__file__).parent
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
HTML_LIMIT = 40_000
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""What another theme changes; the other rules have judged the page before."""
GRAVE = {"serious", "critical"}
AXE = """async ({ part, only }) => {
    const options = { runOnly: only, resultTypes: ["violations"], preload: false, iframes: false };
    const { violations } = await axe.run(part || document, options);
    return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(
        (node) => `${node.target.join(" ")}: ${node.any[0]?.message || node.html.slice(0, 120)}`) }));
}"""
DARK = "document.documentElement.dataset.theme = document.documentElement.dataset.bsTheme = 'dark'"
PAGES_NAMED = 4
Findings = dict[str, list[str]]
TOPICS = {
    "answer": "Every page of the catalogue is there, answers as it should and lets itself be used",
    "browser": "No page breaks its own Content Security Policy or complains in the console",
    "axe": "axe-core finds nothing serious or critical (WCAG 2.2 AA) in light or dark",
    "structure": "Every page has one h1, a title, its language and direction, and the skip link first",
    "targets": "Everything to click is 24 by 24 pixels, except links in a sentence (WCAG 2.5.8)",
    "width": "No page scrolls sideways, on a screen or on a phone",
    "size": f"No page weighs {HTML_LIMIT:,} bytes of HTML, not even a full log",
}


@dataclass
class Walk:
    """What was found, by topic; each finding with the pages where it is."""

    stage: Stage
    browser: Browser
    lang: str
    found: dict[str, Findings] = field(default_factory=lambda: {one: {} for one in TOPICS})
    sizes: dict[str, int] = field(default_factory=dict)
    _windows: dict[str, tuple[Page, Watch]] = field(default_factory=dict)

    def through(self, entries: tuple[Entry, ...] = CATALOGUE) -> "Walk":
        for entry in entries:
            self._fragment(entry) if entry.fragment else self._page(entry)
        for page, _watch in self._windows.values():
            page.context.close()
        return self

    def report(self) -> str:
        """Every topic that does not hold, its findings, and the pages where they are."""
        return "\n".join(
            f"{rule} – but not here:{_told(self.found[topic])}"
            for topic, rule in TOPICS.items()
            if self.found[topic]
        )

    def _page(self, entry: Entry) -> None:
        page, watch = self._window(entry.who)
        page.set_viewport_size(DESKTOP)
        response = page.goto(entry.at(self.stage))
        if self._arrived(entry, response) and self._played(entry, page):
            self._note(entry, "browser", watch.complaints)
            self._look(entry, page)
        watch.complaints.clear()

    def _fragment(self, entry: Entry) -> None:
        """A piece of a page: its size and its form, for it is judged in the page that fetches it."""
        client = self.stage.enter(entry.who, self.lang)
        response = client.get(entry.at(self.stage), headers={"HX-Request": "true"})
        if response.status_code != entry.status:
            self._note(entry, "answer", [f"answered {response.status}"])
        self._weigh(entry, len(response.data))

    def _arrived(self, entry: Entry, response: Response | None) -> bool:
        assert response is not None
        wanted = entry.at(self.stage)
        if (response.status, response.url) != (entry.status, ADDRESS + wanted):
            self._note(entry, "answer", [f"answered {response.status} at {response.url}"])
            return False
        self._weigh(entry, len(response.body()))
        return True

    def _played(self, entry: Entry, page: Page) -> bool:
        """Whether the step of the page could be done, if it has one."""
        try:
            if entry.step:
                entry.step(page, self.stage)
        except (Error, AssertionError) as fault:
            self._note(entry, "answer", [str(fault).partition("\n")[0]])
            return False
        return True

    def _weigh(self, entry: Entry, size: int) -> None:
        self.sizes[entry.name] = size
        self._note(entry, "size", [f"{size:,} bytes"] if size >= HTML_LIMIT else [])

    def _look(self, entry: Entry, page: Page) -> None:
        self._note(entry, "axe", self._axe(entry, page, "light", {"type": "tag", "values": TAGS}))
        self._measure(entry, page)
        page.evaluate(DARK)
        self._note(
            entry, "axe", self._axe(entry, page, "dark", {"type": "rule", "values": COLOURS})
        )
        page.set_viewport_size(PHONE)
        self._measure(entry, page)

    def _measure(self, entry: Entry, page: Page) -> None:
        wanted = {"lang": self.lang, "dir": "rtl" if self.lang == "ar" else "ltr"}
        width = page.viewport_size["width"] if page.viewport_size else 0
        for topic, sentences in page.evaluate(checks(), wanted).items():
            self._note(entry, topic, [f"{one} (at {width} px)" for one in sentences])

    def _axe(self, entry: Entry, page: Page, theme: str, only: dict[str, Any]) -> Iterator[str]:
        if not page.evaluate("window.axe !== undefined"):
            page.evaluate(axe())
        for violation in page.evaluate(AXE, {"part": entry.part, "only": only}):
            if violation["impact"] in GRAVE:
                for node in violation["nodes"]:
                    yield f"{theme}: {violation['id']} at {node}"

    def _note(self, entry: Entry, topic: str, sentences: Any) -> None:
        for sentence in sentences:
            pages = self.found[topic].setdefault(sentence, [])
            pages.append(f"{entry.name} ({entry.at(self.stage)}, {entry.who})")

    def _window(self, who: str) -> tuple[Page, Watch]:
        if who not in self._windows:
            page = enter(self.browser, self.stage, who, self.lang, "light").new_page()
            self._windows[who] = page, Watch(page)
        return self._windows[who]


def enter(browser: Browser, stage: Stage, who: str, lang: str, theme: str) -> BrowserContext:
    """A browser in which this person is signed in and has chosen language and theme."""
    context = browser.new_context(
        base_url=ADDRESS, viewport=DESKTOP, locale="en-GB", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_IN_MS)
    kept = {"theme": theme, **stage.cookies(who, lang)}
    context.add_cookies([{"name": n, "value": v, "url": ADDRESS} for n, v in kept.items()])
    return context


@cache
def axe() -> str:
    """Evaluated by the debugger, so the page's own Content Security Policy stays in force."""
    return (HERE / "vendor" / "axe.min.js").read_text("utf-8") + ";undefined"


@cache
def checks() -> str:
    return (HERE / "page_checks.js").read_text("utf-8")


def _told(findings: Findings) -> str:
    lines = []
    for sentence, pages in findings.items():
        more = f" and {len(pages) - PAGES_NAMED} more" if len(pages) > PAGES_NAMED else ""
        lines.append(f"\n  {sentence}\n      on {', '.join(pages[:PAGES_NAMED])}{more}")
    return "".join(lines)
