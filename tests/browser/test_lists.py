"""What a script adds to a list, and what a list must bear: menus that stay open, short addresses, long names."""

import pytest
from playwright.sync_api import Page, expect

from helpdesk.enums import TicketStatus
from tests.fixtures.factory import PASSWORD, Make

pytestmark = pytest.mark.browser

LOG = "/desk/noor/complaints/"
WIDTH = "document.scrollingElement.scrollWidth"


@pytest.fixture
def owner(page: Page, make: Make) -> Page:
    """A browser of the store's owner."""
    account = make.user("store_owner", make.store())
    page.goto("/login?lang=en")
    page.get_by_label("E-mail", exact=True).fill(account.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/noor/")
    return page


def test_a_press_on_a_menus_own_words_leaves_it_open_and_counts(owner: Page, make: Make) -> None:
    """It moves the focus out of the menu, to what holds it; once that closed the menu under the press."""
    make.complaint(TicketStatus.PENDING_ADMIN)
    owner.goto(LOG)
    owner.locator("summary", has_text="Display").click()
    owner.get_by_text("Compact", exact=True).click()
    owner.locator(".display-columns label", has_text="Type").click()
    expect(owner.get_by_role("radio", name="Compact")).to_be_checked()
    expect(owner.get_by_role("checkbox", name="Type", exact=True)).not_to_be_checked()
    owner.locator(".display").get_by_role("button", name="Apply").click()
    expect(owner.locator(".list-compact")).to_be_visible()
    expect(owner.get_by_role("columnheader", name="Type", exact=True)).to_have_count(0)


def test_an_address_says_what_was_asked_for_and_nothing_else(owner: Page, make: Make) -> None:
    make.complaint(TicketStatus.PENDING_ADMIN)
    owner.goto(LOG)
    owner.locator("summary", has_text="Filters").click()
    owner.get_by_role("textbox", name="Order number", exact=True).fill("1021")
    owner.locator(".filters-grid").get_by_role("button", name="Apply").click()
    owner.wait_for_url(f"**{LOG}?order=1021")


def test_a_dialog_whose_session_has_ended_offers_a_way_on(owner: Page, make: Make) -> None:
    """It answers 400 in the dialog; typed text stays until the person decides to reload."""
    make.complaint(TicketStatus.PENDING_ADMIN)
    owner.goto(LOG)
    owner.locator("tbody summary").click()
    owner.locator("tbody details").get_by_role("link", name="Assign", exact=True).click()
    dialog = owner.get_by_role("dialog", name="Assign")
    owner.context.clear_cookies()
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(dialog.get_by_role("button", name="Reload the page")).to_be_visible()


def test_a_name_without_an_end_breaks_no_page(owner: Page, make: Make) -> None:
    """A hundred letters without a space, in the list, in the preview and in the record, on a phone and beside it."""
    filed = make.complaint(TicketStatus.PENDING_ADMIN, name="W" * 100)
    owner.set_viewport_size({"width": 360, "height": 780})
    for address in (LOG, f"{LOG}{filed.number}"):
        owner.goto(address)
        assert owner.evaluate(WIDTH) == 360, address
    owner.set_viewport_size({"width": 1280, "height": 800})
    owner.goto(LOG)
    expect(owner.locator("tbody .peek")).to_be_in_viewport(ratio=1)
    owner.locator("tbody .peek").click()
    expect(owner.locator("#preview-body .message-who")).to_be_visible()
    panel = owner.locator("#preview-dialog").evaluate("(one) => one.scrollWidth - one.clientWidth")
    assert panel == 0
