"""Writing to a customer and noting for the team, with a mouse and two people at once (S2-65, S2-85, S2-87, X-11)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from helpdesk.enums import TicketStatus
from tests.fixtures.factory import Filed, Make

pytestmark = pytest.mark.browser

S = TicketStatus
TEXT = "We send a new bottle on Monday."
SignIn = Callable[..., Page]


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(S.PENDING_ADMIN)


def at(filed: Filed, query: str = "") -> str:
    return f"/desk/noor/complaints/{filed.number}{query}"


def colours(page: Page) -> tuple[str, str]:
    """The composer's ground and its button's."""
    found = page.evaluate(
        """[".composer", ".composer [type=submit].btn:not([name])"].map(
            (one) => getComputedStyle(document.querySelector(one)).backgroundColor)"""
    )
    return found[0], found[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_note_is_written_on_another_ground_with_a_lock(
    signed_in: SignIn, make: Make, filed: Filed, theme: str
) -> None:
    """S2-65: unmistakable, and not by colour alone."""
    page = signed_in(make.user("agent"))
    page.goto(at(filed, f"?theme={theme}"))
    ground, button = colours(page)
    page.get_by_role("link", name="Internal only").click()
    expect(page.get_by_text("Only your team will see this.")).to_be_visible()
    expect(page.get_by_text("The customer will see this.")).to_have_count(0)
    note_ground, note_button = colours(page)
    assert note_ground != ground
    assert note_button != button
    expect(page.locator(".composer-note h2 use[href$='#lock']")).to_have_count(1)
    page.fill("#note-text", "Check the film.")
    page.get_by_role("button", name="Save note").click()
    note = page.locator(".message-note")
    expect(note).to_contain_text("Internal note – only your team sees this")
    expect(note.locator("use[href$='#lock']")).to_have_count(1)


@pytest.mark.parametrize("agreed", [True, False])
def test_changing_the_mode_with_a_text_asks_and_keeps_the_text(
    signed_in: SignIn, make: Make, filed: Filed, agreed: bool
) -> None:
    """S2-87: nothing that was meant for the team goes to the customer unasked, and nothing is lost."""
    page = signed_in(make.user("agent"))
    page.goto(at(filed))
    page.fill("#reply-text", TEXT)
    asked: list[str] = []

    def decide(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if agreed else dialog.dismiss()

    page.once("dialog", decide)
    page.get_by_role("link", name="Internal only").click()
    if agreed:
        page.wait_for_url("**mode=note**")
    field = page.locator("#note-text" if agreed else "#reply-text")
    expect(field).to_have_value(TEXT)
    assert len(asked) == 1
    page.goto(at(filed))
    expect(page.locator("#reply-text")).to_have_value("" if agreed else TEXT)


def test_changing_the_mode_without_a_text_asks_nothing(
    signed_in: SignIn, make: Make, filed: Filed
) -> None:
    page = signed_in(make.user("agent"))
    page.goto(at(filed))
    page.on("dialog", lambda dialog: pytest.fail(f"asked: {dialog.message}"))
    page.get_by_role("link", name="Internal only").click()
    page.wait_for_url("**mode=note**")


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "no-js"])
def test_a_reply_is_taken_back_by_a_click(
    signed_in: SignIn, make: Make, filed: Filed, scripts: bool
) -> None:
    """S2-87."""
    page = signed_in(make.user("agent"), java_script_enabled=scripts)
    page.goto(at(filed))
    page.fill("#reply-text", TEXT)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Waiting for Customer Response").first).to_be_visible()
    make.clock.move(seconds=5)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#reply-text")).to_have_value(TEXT)
    expect(page.get_by_text("Waiting for Merchant Response").first).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_the_offer_counts_down_and_goes(signed_in: SignIn, make: Make, filed: Filed) -> None:
    page = signed_in(make.user("agent"))
    page.clock.install()
    page.goto(at(filed))
    page.fill("#reply-text", TEXT)
    page.get_by_role("button", name="Add", exact=True).click()
    bar = page.locator("[data-undo]")
    expect(bar).to_contain_text("10")
    page.clock.run_for(4_000)
    expect(bar.locator("[data-undo-left]")).to_have_text(re.compile("^6 "))
    page.clock.run_for(6_500)
    expect(bar).to_be_hidden()


def test_of_two_people_at_once_the_second_is_shown_the_first(
    signed_in: SignIn, make: Make, filed: Filed
) -> None:
    """X-11: in two browsers."""
    first, second = signed_in(make.user("agent")), signed_in(make.user("agent"))
    for page in (first, second):
        page.goto(at(filed))
    first.fill("#reply-text", "I was faster.")
    first.get_by_role("button", name="Add", exact=True).click()
    expect(first.locator("[data-undo]")).to_be_visible()
    second.fill("#reply-text", TEXT)
    second.get_by_role("button", name="Add", exact=True).click()
    expect(second.get_by_role("alert")).to_contain_text("Somebody wrote in this complaint")
    new = second.locator(".entry-new")
    expect(new).to_have_count(1)
    expect(new).to_contain_text("I was faster.")
    expect(second.locator("#reply-text")).to_have_value(TEXT)
    second.get_by_role("button", name="Add", exact=True).click()
    expect(second.locator(".message-store")).to_have_count(2)


def test_on_a_phone_no_focused_field_hides_behind_the_button(
    signed_in: SignIn, make: Make, filed: Filed
) -> None:
    """WCAG 2.4.11."""
    page = signed_in(make.user("agent"), viewport={"width": 360, "height": 740})
    page.goto(at(filed))
    bar = page.locator(".composer .form-end")
    for name in ("text", "resolution", "resolution_text"):
        field = page.locator(f".composer [name={name}]")
        field.focus()
        expect(field).to_be_in_viewport(ratio=1)
        inside, button = field.bounding_box(), bar.bounding_box()
        assert inside is not None
        assert button is not None
        hidden = inside["y"] >= button["y"] and inside["y"] < button["y"] + button["height"]
        assert not hidden, name
