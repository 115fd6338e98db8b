"""What a script adds for shoppers: copying, drafts on the device, hints, rating by keyboard, the warning in time."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk import clock as app_clock
from helpdesk.db import db, transaction
from helpdesk.enums import CloseReason, TicketStatus
from helpdesk.models import AccessGrant, Rating, Ticket
from tests.browser.conftest import Words, code_in
from tests.fixtures.browser import NewPage
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.views.steps import tracking_code_in

pytestmark = pytest.mark.browser

S = TicketStatus
KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('draft:'))"
Deliver = Callable[[], None]


def fill(page: Page, description: str = "The lid does not close.") -> None:
    page.goto("/s/noor/complaints/new?lang=en")
    page.get_by_label("Name", exact=True).fill("Sara")
    page.get_by_label("E-mail", exact=True).fill("sara@example.com")
    page.get_by_label("Type", exact=True).select_option("damaged")
    page.get_by_label("What happened?", exact=True).fill(description)
    page.get_by_label("A refund", exact=True).check()


def send(page: Page) -> None:
    page.locator("[name=declaration]").check()
    page.get_by_role("button", name="Send complaint", exact=True).click()
    expect(page).to_have_url(re.compile("/complaints/sent$"))


def open_complaint(page: Page, filed: Filed, make: Make) -> None:
    """Number, tracking code, and the code that is on its way."""
    page.goto("/s/noor/track?lang=en")
    page.get_by_label("Complaint number", exact=True).fill(filed.number)
    page.get_by_label("Tracking code", exact=True).fill(filed.tracking_code)
    page.get_by_role("button", name="View Complaint", exact=True).click()
    expect(page).to_have_url(re.compile("/track/verify$"))
    db.session.rollback()
    page.get_by_label("Verification code", exact=True).fill(make.code(filed.ticket))
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page).to_have_url(re.compile(f"/complaints/{filed.number}$"))


def test_number_and_code_are_copied_and_it_is_said(new_page: NewPage, make: Make) -> None:
    """S1-33, WCAG 4.1.3: together and one by one."""
    make.store()
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    fill(page)
    send(page)
    number, code = page.locator("bdi.code").all_inner_texts()
    for button, copied in (
        (page.get_by_role("button", name="Copy both"), f"{number} {code}"),
        (page.locator("dd button").nth(0), number),
        (page.locator("dd button").nth(1), code),
    ):
        button.click()
        expect(page.locator("[data-announcer]")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == copied


def test_the_confirmation_is_saved_as_a_file(page: Page, make: Make) -> None:
    """S1-33."""
    make.store()
    fill(page)
    send(page)
    number, code = page.locator("bdi.code").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as file", exact=True).click()
    assert download.value.suggested_filename == f"{number}.txt"
    assert code in download.value.path().read_text("utf-8")


def test_a_complaint_that_was_begun_is_still_there_the_next_day_and_not_later(
    page: Page, make: Make
) -> None:
    """Pages 4.5: kept on the device for a day; the declaration is ticked anew."""
    make.store()
    fill(page)
    page.locator("[name=declaration]").check()
    page.goto("/s/noor/")
    page.goto("/s/noor/complaints/new?lang=en")
    expect(page.get_by_label("What happened?", exact=True)).to_have_value("The lid does not close.")
    expect(page.get_by_label("Type", exact=True)).to_have_value("damaged")
    expect(page.get_by_label("A refund", exact=True)).to_be_checked()
    expect(page.locator("[name=declaration]")).not_to_be_checked()
    expect(page.get_by_text("kept on this device for 24 hours")).to_be_visible()
    page.evaluate(
        """() => { for (const key of Object.keys(localStorage)) { const kept = JSON.parse(localStorage[key]);
        localStorage[key] = JSON.stringify({ ...kept, at: kept.at - 24 * 60 * 60 * 1000 - 1 }); } }"""
    )
    page.goto("/s/noor/complaints/new?lang=en")
    expect(page.get_by_label("What happened?", exact=True)).to_have_value("")
    assert page.evaluate(KEPT) == []


def test_a_draft_is_thrown_away_by_hand(page: Page, make: Make) -> None:
    """Pages 4.5."""
    make.store()
    fill(page)
    page.get_by_role("button", name="Discard draft", exact=True).click()
    expect(page.get_by_label("What happened?", exact=True)).to_have_value("")
    expect(page.get_by_role("button", name="Discard draft", exact=True)).to_be_hidden()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    assert page.evaluate(KEPT) == []
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")


def test_what_was_sent_is_no_draft_any_more_and_what_is_begun_then_is_one(
    page: Page, make: Make
) -> None:
    """Pages 4.5: also after looking at the confirmation once more."""
    make.store()
    fill(page)
    send(page)
    assert page.evaluate(KEPT) == []
    fill(page, "And the box was wet.")
    page.goto("/s/noor/complaints/sent")
    page.goto("/s/noor/complaints/new?lang=en")
    expect(page.get_by_label("What happened?", exact=True)).to_have_value("And the box was wet.")


def test_a_refused_form_shows_what_was_sent_and_not_an_older_draft(page: Page, make: Make) -> None:
    make.store()
    fill(page)
    page.get_by_label("E-mail", exact=True).fill("sara at example")
    page.get_by_label("What happened?", exact=True).fill("It broke.")
    page.get_by_role("button", name="Send complaint", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("What happened?", exact=True)).to_have_value("It broke.")
    page.get_by_role("button", name="Discard draft", exact=True).click()
    expect(page.get_by_label("What happened?", exact=True)).to_have_value("")


def test_the_hint_is_that_of_the_chosen_type(page: Page, make: Make) -> None:
    """Pages 4.5: and without JavaScript there is a list (see the tests of the pages)."""
    make.store()
    page.goto("/s/noor/complaints/new?lang=en")
    hints = page.locator(".type-hints li")
    expect(page.locator(".type-hints")).to_be_hidden()
    page.get_by_label("Type", exact=True).select_option("damaged")
    expect(hints.filter(visible=True)).to_have_text(re.compile("photo of the label"))
    page.get_by_label("Type", exact=True).select_option("other")
    expect(page.locator(".type-hints")).to_be_hidden()


def test_a_rating_is_given_by_keyboard(page: Page, make: Make) -> None:
    """C40, WCAG 2.1.1, 2.5.8: stars are radio buttons, large enough and with a visible focus."""
    filed = make.complaint(S.CLOSED)
    open_complaint(page, filed, make)
    first = page.get_by_role("radio", name="1 star", exact=True)
    box = page.locator(".star").first.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="4 stars", exact=True)).to_be_checked()
    lit = page.locator(".star label").evaluate_all(
        "labels => labels.map((label) => getComputedStyle(label).color)"
    )
    assert len(set(lit[:4])) == 1
    assert lit[4] != lit[3]
    page.keyboard.press("Tab")
    page.keyboard.type("Quick.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Thank you for your rating.")
    db.session.rollback()
    [rating] = db.session.query(Rating)
    assert (rating.stars, rating.comment) == (4, "Quick.")


def test_the_page_warns_five_minutes_before_it_locks_and_one_press_stays(
    page: Page, make: Make, clock: Clock
) -> None:
    """WCAG 2.2.1: at 25 minutes; what was typed stays."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    page.clock.install()
    open_complaint(page, filed, make)
    stay = page.get_by_role("button", name="Stay here", exact=True)
    page.fill("[name=text]", "I am still thinking.")
    clock.move(minutes=24)
    page.clock.fast_forward("24:00")
    expect(stay).to_be_hidden()
    clock.move(minutes=1)
    page.clock.fast_forward("01:05")
    expect(stay).to_be_visible()
    page.clock.run_for(100)  # the announcer speaks with the next frame
    expect(page.locator("[data-announcer]")).to_contain_text("locks in 5 minutes")
    expect(page.locator("[name=text]")).to_be_focused()
    stay.click()
    expect(stay).to_be_hidden()
    expect(page.locator("[name=text]")).to_have_value("I am still thinking.")
    db.session.rollback()
    [grant] = db.session.query(AccessGrant)
    assert (grant.expires_at - app_clock.now()).total_seconds() == 1800
    clock.move(minutes=25)
    page.clock.fast_forward("25:05")
    expect(stay).to_be_visible()


def test_when_the_time_is_up_the_page_locks_and_the_reply_waits_on_the_device(
    page: Page, make: Make, clock: Clock
) -> None:
    """Domain limits, "Complaint session"; pages 4.7."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    page.clock.install()
    open_complaint(page, filed, make)
    page.fill("[name=text]", "I am still thinking.")
    clock.move(minutes=31)
    page.clock.fast_forward("31:00")
    expect(page).to_have_url(re.compile("/s/noor/track"))
    expect(page.locator("main")).not_to_contain_text("new bottle")
    clock.move(minutes=1)
    open_complaint(page, filed, make)
    expect(page.locator("[name=text]")).to_have_value("I am still thinking.")


def test_a_reply_that_was_sent_is_no_draft_any_more(page: Page, make: Make) -> None:
    """Pages 4.7."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    open_complaint(page, filed, make)
    page.fill("[name=text]", "Thank you.")
    assert len(page.evaluate(KEPT)) == 1
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("main")).to_contain_text("Your reply was sent.")
    expect(page.locator("[name=text]")).to_have_value("")
    assert page.evaluate(KEPT) == []


def test_finish_and_lock_forgets_drafts_too(page: Page, make: Make) -> None:
    """For shared computers: nothing is left on the device."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    open_complaint(page, filed, make)
    page.fill("[name=text]", "I am still thinking.")
    page.get_by_role("button", name="Finish and lock", exact=True).click()
    expect(page).to_have_url(re.compile("/complaints/locked$"))
    assert page.evaluate(KEPT) == []
    page.go_back()
    expect(page.locator("main")).not_to_contain_text("new bottle")


def test_the_alert_remembers_a_reply_that_was_not_sent(page: Page, make: Make) -> None:
    """Pages 4.7: "you have text not sent"."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    open_complaint(page, filed, make)
    alert = page.get_by_role("alertdialog")
    page.get_by_role("link", name="Click Here", exact=True).click()
    expect(alert.get_by_text("You have text not sent")).to_be_hidden()
    alert.get_by_role("button", name="No", exact=True).click()
    page.fill("[name=text]", "One more thing.")
    page.get_by_role("link", name="Click Here", exact=True).click()
    expect(alert.get_by_text("You have text not sent")).to_be_visible()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_without_javascript_a_lost_code_leads_back_to_the_complaint_and_to_its_end(
    new_page: NewPage,
    make: Make,
    deliver: Deliver,
    mailbox: Mailbox,
    clock: Clock,
    words: Callable[[str], Words],
    lang: str,
) -> None:
    """S1-56, X-09, row 9: lost code → new code → track → withdraw."""
    say = words(lang)
    filed = make.complaint(S.PENDING_ADMIN, email="sara@example.com")
    deliver()
    mailbox.take()
    clock.move(hours=1)
    page = new_page(java_script_enabled=False)
    page.goto(f"/s/noor/track?lang={lang}")
    page.get_by_role("link", name=say("Lost them? Send my complaints to my e-mail")).click()
    page.get_by_label(say("E-mail"), exact=True).fill(filed.email)
    page.get_by_role("button", name=say("Send my complaints"), exact=True).click()
    expect(page.locator("h1")).to_have_text(say("Look into your mailbox"))
    deliver()
    mail = mailbox.one(to=filed.email).text
    [link] = re.findall(r"http://desk\.test(/s/noor/track/renew/[^\s?]+)", mail)
    page.goto(link)
    page.get_by_role("button", name=say("Send me a new tracking code"), exact=True).click()
    deliver()
    code = tracking_code_in(mailbox.one(to=filed.email))
    expect(page.get_by_label(say("Complaint number"), exact=True)).to_have_value(filed.number)
    page.get_by_label(say("Tracking code"), exact=True).fill(code)
    page.get_by_role("button", name=say("View Complaint"), exact=True).click()
    deliver()
    page.fill("[name=code]", code_in(mailbox.one(to=filed.email)))
    page.get_by_role("button", name=say("Continue"), exact=True).click()
    page.get_by_role("link", name=say("Withdraw complaint"), exact=True).click()
    page.get_by_role("button", name=say("Yes"), exact=True).click()
    deliver()
    page.fill("[name=code]", code_in(mailbox.one(to=filed.email)))
    page.get_by_role("button", name=say("Withdraw complaint"), exact=True).click()
    expect(page.locator("main")).to_contain_text(say("You withdrew this complaint"))
    deliver()
    mailbox.one(to=filed.email)
    db.session.rollback()
    with transaction() as session:
        [ticket] = session.query(Ticket)
        assert ticket.close_reason is CloseReason.WITHDRAWN
