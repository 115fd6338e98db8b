"""Files in the browser: shown before they are sent, sent without a script too, and pictures looked at large."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FileChooser, FilePayload, Page, Route, expect

from helpdesk.db import db, transaction
from helpdesk.domain import attachments, complaints, settings
from helpdesk.enums import TicketStatus
from helpdesk.models import Attachment, User
from helpdesk.uploads import take
from tests.browser.conftest import Words, fits_the_screen
from tests.fixtures import papers
from tests.fixtures.browser import NewPage
from tests.fixtures.factory import Filed, Make

pytestmark = pytest.mark.browser

NEW = "/s/noor/complaints/new"
PICKED = "[data-files-list] > li"


def payload(name: str, content: bytes | None = None) -> FilePayload:
    body = papers.GOOD[name] if content is None else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": body}


def fill_in(page: Page) -> None:
    for name, text in (("name", "Sara"), ("email", "sara@example.com"), ("order_number", "1021")):
        page.fill(f"[name={name}]", text)
    page.fill("[name=description]", "The bottle arrived broken, see the photos.")
    page.select_option("[name=type]", "damaged")
    page.check("[name=declaration]")


def choose(page: Page, *files: FilePayload) -> None:
    page.set_input_files("[data-files] input[type=file]", list(files))


def send(page: Page) -> None:
    page.locator("main form[method=post] [type=submit]").first.click()


def sent_names() -> list[str]:
    db.session.rollback()
    rows = db.session.query(Attachment).order_by(Attachment.message_id, Attachment.position)
    return [one.name for one in rows]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_two_pictures_are_seen_before_they_are_sent_and_one_is_taken_out_again(
    lang: str, page: Page, make: Make, words: Callable[[str], Words]
) -> None:
    """S1-30, pages 4.5: thumbnails, progress, remove, counter."""
    make.store()
    say = words(lang)
    page.goto(f"{NEW}?lang={lang}")
    choose(page, payload("photo.jpg"), payload("screen.png"))
    expect(page.locator(PICKED)).to_have_count(2)
    expect(page.locator(f"{PICKED} img")).to_have_count(2)
    widths = page.locator(f"{PICKED} img").evaluate_all("all => all.map((one) => one.naturalWidth)")
    assert min(widths) > 0
    count = say("{n} of {most} files").replace("{n}", "2").replace("{most}", "5")
    expect(page.locator("[data-files-count]")).to_have_text(count)
    assert page.locator("input[type=file]").evaluate("input => input.files.length") == 0
    assert fits_the_screen(page)
    cross = page.locator("[data-file-remove]").first
    expect(cross).to_have_attribute("aria-label", say("Remove %(name)s", name="photo.jpg"))
    cross.focus()
    cross.press("Enter")
    expect(page.locator(PICKED)).to_have_count(1)
    expect(page.locator("[data-file-remove]")).to_be_focused()
    fill_in(page)
    send(page)
    expect(page).to_have_url(re.compile("/complaints/sent"))
    assert sent_names() == ["screen.png"]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_fields_button_speaks_the_pages_language_and_opens_the_chooser(
    lang: str, page: Page, make: Make, words: Callable[[str], Words]
) -> None:
    """A browser's own button speaks the browser's language; by mouse and by keyboard."""
    make.store()
    opened: list[FileChooser] = []
    page.on("filechooser", lambda one: opened.append(one))  # noqa: PLW0108 - looked into
    page.goto(f"{NEW}?lang={lang}")
    button, box = page.locator(".picker-choose .btn"), page.locator("input[type=file]")
    expect(button).to_have_text(words(lang)("Choose files"))
    assert box.evaluate("input => input.offsetWidth") == 1
    with page.expect_file_chooser():
        button.click()
    opened[0].set_files([payload("photo.jpg")])
    expect(page.locator(PICKED)).to_have_count(1)
    page.focus("[data-file-remove]")
    page.keyboard.press("Tab")
    expect(box).to_be_focused()
    assert button.evaluate("label => getComputedStyle(label).outlineWidth") == "3px"
    with page.expect_file_chooser():
        page.keyboard.press("Enter")
    opened[1].set_files([payload("note.txt")])
    expect(page.locator(PICKED)).to_have_count(2)


def test_a_bad_file_is_told_at_once_and_the_good_ones_stay(page: Page, make: Make) -> None:
    """S2-89, S2-90: before the form is sent, and without losing anything."""
    make.store()
    page.goto(NEW)
    choose(page, payload("photo.jpg"), payload("virus.exe", papers.PROGRAM))
    expect(page.locator(".is-refused")).to_contain_text("virus.exe must be a JPG")
    choose(page, payload("big.txt", b"x" * (10 * 1024 * 1024 + 1)))
    expect(page.locator(".is-refused").last).to_contain_text("big.txt must be smaller than 10 MB")
    choose(page, *(payload(f"{n}.txt", b"text") for n in range(5)))
    expect(page.locator(".is-refused").last).to_contain_text("You can only select up to 5 files.")
    expect(page.locator("[data-files-count]")).to_have_text("5 of 5 files")
    for _ in range(3):
        page.locator(".is-refused button").first.click()
    expect(page.locator(".is-refused")).to_have_count(0)
    fill_in(page)
    send(page)
    expect(page).to_have_url(re.compile("/complaints/sent"))
    assert sent_names() == ["photo.jpg", "0.txt", "1.txt", "2.txt", "3.txt"]


def test_a_form_that_is_sent_while_its_files_travel_waits_for_them(page: Page, make: Make) -> None:
    make.store()
    held: list[Route] = []
    page.route("**/s/noor/files", lambda route: held.append(route))  # noqa: PLW0108 - looked into
    page.goto(NEW)
    fill_in(page)
    choose(page, payload("photo.jpg"))
    expect(page.locator("progress")).to_be_visible()
    send(page)
    expect(page.locator("[data-files-status]")).to_contain_text("still being uploaded")
    assert page.url.endswith(NEW)
    held[0].continue_()
    expect(page).to_have_url(re.compile("/complaints/sent"))
    assert sent_names() == ["photo.jpg"]


def test_a_file_that_got_lost_on_the_way_is_sent_again_with_one_press(
    page: Page, make: Make
) -> None:
    """Pages 5.1: "could not be uploaded – try again"."""
    make.store()
    page.goto(NEW)
    page.route("**/s/noor/files", lambda route: route.abort("aborted"), times=1)
    choose(page, payload("photo.jpg"))
    expect(page.locator(".is-refused")).to_contain_text("photo.jpg could not be uploaded")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(f"{PICKED} img")).to_have_count(1)


def test_files_can_be_dropped_and_pasted_too(page: Page, make: Make) -> None:
    """WCAG 2.5.7: an extra, never the only way."""
    make.store()
    page.goto(NEW)
    page.evaluate(
        """(bytes) => {
            const file = (name, type) => new File([new Uint8Array(bytes)], name, { type });
            const carried = (one) => { const data = new DataTransfer(); data.items.add(one); return data; };
            const bubbles = { bubbles: true, cancelable: true };
            const form = document.querySelector("[data-files]").closest("form");
            const [dropped, pasted] = ["shot.png", "image.png"].map((name) => carried(file(name, "image/png")));
            form.dispatchEvent(new DragEvent("drop", { ...bubbles, dataTransfer: dropped }));
            form.dispatchEvent(new ClipboardEvent("paste", { ...bubbles, clipboardData: pasted }));
        }""",
        list(papers.picture()),
    )
    expect(page.locator(f"{PICKED} img")).to_have_count(2)
    expect(page.locator("[data-files-list]")).to_contain_text("shot.png")
    expect(page.locator("[data-files-list]")).to_contain_text("picture-2.png")


def test_without_a_script_the_plain_input_does_all_of_it(new_page: NewPage, make: Make) -> None:
    """X-09: files survive an error elsewhere, and can be left out by a tick."""
    make.store()
    page = new_page(java_script_enabled=False)
    page.goto(NEW)
    fill_in(page)
    page.fill("[name=name]", "")
    page.set_input_files("input[type=file]", [payload("photo.jpg"), payload("note.txt")])
    expect(page.locator(".picker-choose .btn")).to_be_hidden()
    seen = page.locator("input[type=file]").bounding_box()
    assert seen is not None
    assert seen["width"] > 200, "only the input can say which files were chosen"
    send(page)
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator(PICKED)).to_have_count(2)
    page.get_by_role("checkbox", name="Remove photo.jpg").check()
    page.fill("[name=name]", "Sara")
    page.set_input_files("input[type=file]", [payload("شكوى.pdf")])
    send(page)
    expect(page).to_have_url(re.compile("/complaints/sent"))
    assert sent_names() == ["note.txt", "شكوى.pdf"]


def test_a_body_that_is_far_too_large_gets_a_page_in_plain_words(
    new_page: NewPage, make: Make
) -> None:
    make.store()
    admin = make.actor("platform_admin")
    with transaction():
        settings.change(
            max_upload_mb=1, complaint_platform_review=True, actor=admin, now=make.clock()
        )
    page = new_page(java_script_enabled=False)
    page.goto(NEW)
    full = b"x" * (8 * 1024 * 1024)
    page.set_input_files("input[type=file]", [payload("large.txt", full)])
    send(page)
    expect(page.locator("h1")).to_have_text("That is too large")


def with_pictures(make: Make) -> Filed:
    """A complaint whose customer has sent three pictures and a letter."""
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    customer, store = make.shopper(filed.ticket), filed.ticket.store
    tokens = []
    for name in ("photo.jpg", "screen.png", "شكوى.pdf", "sticker.webp"):
        upload = take(name, papers.GOOD[name], limit_mb=1)
        with transaction():
            tokens.append(attachments.stage(store, upload, customer, now=make.clock()).token)
    with transaction():
        complaints.respond(filed.ticket, "", customer, files=tokens, now=make.clock())
    return filed


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_pictures_open_over_the_page_and_the_keyboard_leads_through_them(
    lang: str, make: Make, signed_in: Callable[..., Page], words: Callable[[str], Words]
) -> None:
    """A picture that is only ever handed out as a download is still shown as one."""
    filed = with_pictures(make)
    agent: User = make.user("agent")
    page = signed_in(agent, lang=lang)
    page.goto(f"/desk/noor/complaints/{filed.number}")
    links = page.locator("a[data-picture]")
    expect(links).to_have_count(3)
    links.first.focus()
    page.keyboard.press("Enter")
    box, name = page.locator("[data-lightbox]"), page.locator("[data-lightbox-name]")
    expect(box).to_be_visible()
    expect(name).to_have_text("photo.jpg")
    expect(page.get_by_role("button", name=words(lang)("Close"), exact=True).last).to_be_focused()
    shown = page.locator("[data-lightbox-picture]")
    page.wait_for_function(
        "() => document.querySelector('[data-lightbox-picture]').naturalWidth > 0"
    )
    assert shown.get_attribute("alt") == "photo.jpg"
    onwards, back = ("ArrowRight", "ArrowLeft") if lang == "en" else ("ArrowLeft", "ArrowRight")
    for key, wanted in ((onwards, "screen.png"), (onwards, "sticker.webp"), (onwards, "photo.jpg")):
        page.keyboard.press(key)
        expect(name).to_have_text(wanted)
    page.keyboard.press(back)
    expect(name).to_have_text("sticker.webp")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(links.first).to_be_focused()
    assert fits_the_screen(page)


def test_a_letter_is_saved_and_not_opened(make: Make, signed_in: Callable[..., Page]) -> None:
    filed = with_pictures(make)
    page = signed_in(make.user("agent"))
    page.goto(f"/desk/noor/complaints/{filed.number}")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("شكوى.pdf")).click()
    assert download.value.suggested_filename == "شكوى.pdf"
