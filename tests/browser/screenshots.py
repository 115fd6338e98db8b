"""Pictures of every page: light, dark, Arabic and on a phone, with an index of them.

    .venv/bin/python -m tests.browser.screenshots --to docs/screenshots

It plays on demo data of its own in a temporary folder and at one fixed time; numbers and codes are drawn anew, so
pictures that show them differ from one making to the next.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

from helpdesk import clock
from helpdesk.factory import create_app
from tests.browser import stage as stages
from tests.browser.catalogue import CATALOGUE, Entry
from tests.browser.stage import Stage
from tests.browser.walk import DESKTOP, PHONE, enter
from tests.fixtures.browser import CHROMIUM, FLAGS
from tests.fixtures.live_server import Server
from tests.fixtures.migrations import migrate_to_head, release, settings

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
COLOURS = 128
LIMIT = 8_000_000
PICTURED = [entry for entry in CATALOGUE if entry.pictured and not entry.fragment]
INDEX = """# Every page in pictures

Made by `make screenshots` from the demo data; do not edit.
Each page in light, dark, Arabic and on a phone of 360 pixels.
"""


@dataclass(frozen=True)
class Variant:
    """One way to look at a page."""

    name: str
    label: str
    lang: str = "en"
    theme: str = "light"
    phone: bool = False


VARIANTS = (
    Variant("light", "Light"),
    Variant("dark", "Dark", theme="dark"),
    Variant("arabic", "Arabic", lang="ar"),
    Variant("phone", "Phone", phone=True),
)


def main(folder: Path, wanted: list[str]) -> int:
    """Shoot the pages and write the index; how many could not be shot."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = [entry for entry in PICTURED if not wanted or entry.name in wanted]
    if not wanted:
        for old in folder.glob("*.png"):
            old.unlink()
    with _stage() as (stage, browser):
        missed = [miss for one in VARIANTS for miss in _shoot(stage, browser, one, entries, folder)]
    size = sum(picture.stat().st_size for picture in folder.glob("*.png"))
    _write_index(folder)
    for miss in missed:
        sys.stderr.write(f"{miss}\n")
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures, {size:,} bytes, in {folder}\n")
    if size > LIMIT:
        sys.stderr.write(f"That is more than {LIMIT:,} bytes.\n")
    return len(missed) + (size > LIMIT)


@contextmanager
def _stage() -> Iterator[tuple[Stage, Browser]]:
    server = Server()
    rules = f"--host-resolver-rules=MAP desk.test 127.0.0.1:{server.port}"
    with TemporaryDirectory() as name, clock.override(lambda: stages.NOW):
        place = Path(name)
        url = f"sqlite:///{place / 'pictures.sqlite'}"
        migrate_to_head(url, place)
        app = create_app(settings(url, place, DEMO="1"))
        server.app = app
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, rules])
            yield stages.fill(app), browser
            browser.close()
        server.close()
        release(app)


def _shoot(
    stage: Stage, browser: Browser, variant: Variant, entries: list[Entry], folder: Path
) -> Iterator[str]:
    """A picture of each page in this variant; yields what could not be shot."""
    windows: dict[str, Page] = {}
    for entry in entries:
        if entry.who not in windows:
            context = enter(browser, stage, entry.who, variant.lang, variant.theme)
            windows[entry.who] = context.new_page()
            windows[entry.who].set_viewport_size(PHONE if variant.phone else DESKTOP)
        page = windows[entry.who]
        response = page.goto(entry.at(stage))
        if response is None or response.status != entry.status:
            yield f"{entry.name}-{variant.name}: {response and response.status}"
            continue
        try:
            if entry.step:
                entry.step(page, stage)
        except (AssertionError, Error) as fault:
            yield f"{entry.name}-{variant.name}: {str(fault).partition(chr(10))[0]}"
            continue
        page.evaluate("document.fonts.ready")
        picture = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide")))
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(folder / f"{entry.name}-{variant.name}.png", optimize=True)
    for page in windows.values():
        page.context.close()


def _write_index(folder: Path) -> None:
    lines = [INDEX]
    for entry in PICTURED:
        shot = [one for one in VARIANTS if (folder / f"{entry.name}-{one.name}.png").exists()]
        if shot:
            title = entry.name.replace("-", " ").capitalize()
            lines.append(f"## {title}\n\n`{entry.address}`, seen by: {entry.who}\n")
            lines.append("| " + " | ".join(one.label for one in shot) + " |")
            lines.append("|" + " --- |" * len(shot))
            pictures = (f"![{one.label}]({entry.name}-{one.name}.png)" for one in shot)
            lines.append("| " + " | ".join(pictures) + " |\n")
    (folder / "README.md").write_text("\n".join(lines).rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--to", type=Path, default=FOLDER, help="the folder for the pictures")
    parser.add_argument("names", nargs="*", help="only these pages of the catalogue")
    given = parser.parse_args()
    sys.exit(1 if main(given.to, given.names) else 0)
