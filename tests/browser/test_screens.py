"""Pages on a phone, in the dark, from right to left, by keyboard alone, and after "back"."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk.enums import TicketStatus
from tests.browser.conftest import fits_the_screen
from tests.fixtures.browser import NewPage
from tests.fixtures.factory import Make

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
SHOPPER_PAGES = (
    "/",
    "/s/noor/",
    "/s/noor/complaints",
    "/s/noor/complaints/new",
    "/s/noor/complaints/sent",
    "/s/noor/track",
    "/login",
    "/login/forgot",
    "/nothing-here",
)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_no_public_page_scrolls_sideways_on_a_phone(
    new_page: NewPage, make: Make, lang: str
) -> None:
    make.store()
    page = new_page(**PHONE)
    for address in SHOPPER_PAGES:
        page.goto(f"{address}?lang={lang}")
        assert fits_the_screen(page), address


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_no_back_office_page_scrolls_sideways_on_a_phone(
    signed_in: Callable[..., Page], make: Make, lang: str
) -> None:
    waiting = make.complaint(TicketStatus.PENDING_CUSTOMER, name="نورة بنت عبدالله الدوسري")
    manager, admin = make.user("store_manager"), make.user("platform_admin")
    desk = signed_in(manager, lang, **PHONE)
    for address in ("", "complaints/", f"complaints/{waiting.number}", "deliveries/"):
        desk.goto(f"/desk/noor/{address}?lang={lang}")
        assert fits_the_screen(desk), address
    platform = signed_in(admin, lang, **PHONE)
    for address in ("", "complaints/", f"complaints/noor/{waiting.number}", "deliveries/"):
        platform.goto(f"/platform/{address}?lang={lang}")
        assert fits_the_screen(platform), address


def test_the_menu_of_the_back_office_opens_as_a_drawer_on_a_phone(
    signed_in: Callable[..., Page], make: Make
) -> None:
    make.store()
    page = signed_in(make.user("agent"), **PHONE)
    log = page.get_by_role("link", name="Complaints", exact=True)
    expect(log).not_to_be_visible()
    page.get_by_role("button", name="Open the menu").click()
    log.click()
    expect(page).to_have_url(re.compile("/desk/noor/complaints/$"))


def test_arabic_pages_run_from_right_to_left_and_their_codes_do_not(page: Page, make: Make) -> None:
    make.store()
    page.goto("/s/noor/track?lang=ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.locator("[name=number]")).to_have_attribute("dir", "ltr")


def test_the_dark_theme_is_dark_and_stays_chosen(page: Page, make: Make) -> None:
    make.store()
    page.goto("/s/noor/complaints?theme=dark")
    page.goto("/s/noor/track")
    shade = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", shade)[:3]) < 60, shade


def test_a_refused_form_keeps_what_was_typed_and_leads_to_each_mistake(
    page: Page, make: Make
) -> None:
    make.store()
    page.goto("/s/noor/complaints/new?lang=en")
    page.get_by_label("Name", exact=True).fill("Sara")
    page.get_by_label("E-mail", exact=True).fill("sara at example")
    page.get_by_label("What happened?", exact=True).fill("It broke.")
    page.get_by_role("button", name="Send complaint", exact=True).click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.get_by_label("Name", exact=True)).to_have_value("Sara")
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("sara at example")
    expect(page.get_by_label("What happened?", exact=True)).to_have_value("It broke.")
    summary.get_by_role("link", name=re.compile("e-mail address")).click()
    expect(page.get_by_label("E-mail", exact=True)).to_be_focused()


def test_a_complaint_can_be_sent_with_the_keyboard_alone(page: Page, make: Make) -> None:
    make.store()
    page.goto("/s/noor/complaints/new?lang=en")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, "name")
    page.keyboard.type("Sara")
    _tab_to(page, "email")
    page.keyboard.type("sara@example.com")
    _tab_to(page, "type")
    page.keyboard.type("Late")
    _tab_to(page, "description")
    page.keyboard.type("Nine days late.")
    _tab_to(page, "declaration")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/complaints/sent(#main)?$"))


def test_going_back_and_sending_again_makes_no_second_complaint(page: Page, make: Make) -> None:
    """X-10."""
    make.store()
    page.goto("/s/noor/complaints/new?lang=en")
    page.get_by_label("Name", exact=True).fill("Sara")
    page.get_by_label("E-mail", exact=True).fill("sara@example.com")
    page.get_by_label("Type", exact=True).select_option("late")
    page.get_by_label("What happened?", exact=True).fill("Nine days late.")
    page.locator("[name=declaration]").check()
    page.get_by_role("button", name="Send complaint", exact=True).click()
    expect(page).to_have_url(re.compile("/complaints/sent(#main)?$"))
    first = page.inner_text("main")
    page.go_back()
    page.get_by_role("button", name="Send complaint", exact=True).click()
    expect(page).to_have_url(re.compile("/complaints/sent(#main)?$"))
    assert page.inner_text("main") == first
    assert make.count_tickets() == 1


def _tab_to(page: Page, name: str) -> None:
    """Go on with Tab until the field of this name has the focus; it must come within a few steps."""
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    pytest.fail(f"the keyboard does not reach {name}")
