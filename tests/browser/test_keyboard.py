"""The work of a day with the keyboard alone: sign in, filter the log, open a row's menu, act on it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from helpdesk.enums import TicketStatus
from tests.fixtures.factory import PASSWORD, Make

pytestmark = pytest.mark.browser

MANY = 80
"""More steps of Tab than any page between its beginning and its first row needs."""
FOCUS = """() => {
    const here = document.activeElement;
    // A select with a search in it shows the focus around all of it.
    const drawn = here.closest(".ts-wrapper") || here;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(drawn);
    // Inside a date field the browser itself shows which part has the focus.
    if (here.type === "date") return true;
    return here.matches(":focus-visible")
        && ((outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none");
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Go on with Tab until the target has the focus, and see that it is shown wherever it stops."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS), f"no focus to be seen at {_here(page)}"
        if target.evaluate("(one) => one === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {target}; it is at {_here(page)}")


def _here(page: Page) -> str:
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))


def test_a_complaint_is_found_and_assigned_without_a_mouse(page: Page, make: Make) -> None:
    """X-09, S2-01: the focus is always to be seen, and Escape gives it back to where it was."""
    late = make.complaint(TicketStatus.PENDING_ADMIN)
    make.complaint(TicketStatus.PENDING_CUSTOMER)
    agent = make.user("agent", name="Omar Hadi")
    _sign_in(page, agent.email)

    tab_to(
        page,
        page.get_by_role("navigation", name="Main menu").get_by_role(
            "link", name="Complaints", exact=True
        ),
    )
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk/noor/complaints/$"))

    _filter(page)
    expect(page).to_have_url(re.compile("status=pending_admin"))
    expect(page.locator("tbody tr")).to_have_count(1)

    menu = page.locator("tbody summary")
    expect(menu).to_have_accessible_name(re.compile(late.number))
    tab_to(page, menu)
    _opens_and_closes(page, menu)
    dialog = _open_operation(page, menu)
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(menu).to_be_focused()

    dialog = _open_operation(page, menu)
    tab_until_in(page, dialog.get_by_role("combobox", name="Assignee"))
    page.keyboard.type("Omar")
    tab_to(page, dialog.get_by_role("button", name="Assign", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_text("The assignee is set.")).to_be_visible()
    expect(page).to_have_url(re.compile("status=pending_admin"))
    expect(page.locator("tbody tr")).to_contain_text("Omar Hadi")


def tab_until_in(page: Page, target: Locator) -> None:
    """As `tab_to`, but the focus may be there already."""
    if not target.evaluate("(one) => one === document.activeElement"):
        tab_to(page, target)


def _sign_in(page: Page, email: str) -> None:
    page.goto("/login?lang=en")
    tab_to(page, page.get_by_label("E-mail", exact=True))
    page.keyboard.type(email)
    tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk/noor/$"))


def _filter(page: Page) -> None:
    tab_to(page, page.locator("summary", has_text="Filters"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("combobox", name="Complaint status"))
    page.keyboard.type("Waiting for M")
    tab_to(page, page.locator(".filters-grid").get_by_role("button", name="Apply", exact=True))
    page.keyboard.press("Enter")


def _opens_and_closes(page: Page, menu: Locator) -> None:
    first = page.locator("tbody details a").first
    page.keyboard.press("Enter")
    expect(first).to_be_visible()
    page.keyboard.press("Escape")
    expect(first).not_to_be_visible()
    expect(menu).to_be_focused()


def _open_operation(page: Page, menu: Locator) -> Locator:
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.locator("tbody details").get_by_role("link", name="Assign", exact=True))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Assign")
    expect(dialog).to_be_visible()
    expect(dialog.locator(":focus")).to_have_count(1)
    return dialog
