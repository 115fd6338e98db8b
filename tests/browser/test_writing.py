"""What helps while writing: responses that fill the field, drafts that come back, colleagues who are seen to write."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import canned_replies
from helpdesk.domain.canned_replies import Wording
from helpdesk.enums import TicketStatus
from helpdesk.models import CannedReply, Draft, Message, TicketTag
from tests.fixtures.browser import NewPage
from tests.fixtures.factory import PASSWORD, Filed, Make

pytestmark = pytest.mark.browser

SignedIn = Callable[..., Page]
FIELD, CHOICE, STATUS = "[name=text]", "[name=canned]", "[data-canned-status]"
DRAFT = "[data-draft-status]"
PRESENCE = "**/presence*"
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
UNTIL = """async ([address, words, wanted]) => {
    const end = performance.now() + 10000;
    while ((await (await fetch(address)).text()).includes(words) !== wanted) {
        if (performance.now() > end) throw new Error(`${words}: not ${wanted} within ten seconds`);
        await new Promise(requestAnimationFrame);
    }
}"""
"""What a page sends while it is left may arrive after the next page has been asked for."""


@pytest.fixture
def filed(make: Make) -> Filed:
    owner = make.actor("store_owner", make.store())
    filed = make.complaint(TicketStatus.PENDING_ADMIN, order_number="")
    texts = {"Sorry": "Hello {customer_name}", "Order": "Order {order_number} left"}
    for title, text in texts.items():
        store, wording = make.store(), Wording(title=title, body_en=text, body_ar=text)
        with transaction():
            canned_replies.save(store, wording, owner, now=make.clock())
    return filed


def at(filed: Filed) -> str:
    return f"/desk/noor/complaints/{filed.number}"


def test_a_chosen_response_fills_the_field_and_asks_before_it_replaces_typed_text(
    signed_in: SignedIn, make: Make, filed: Filed
) -> None:
    """S0-50, S0-52: what will be sent is seen, and *Other reply* empties what nobody typed."""
    page = signed_in(make.user("agent"))
    page.goto(at(filed))
    page.select_option(CHOICE, label="Sorry")
    expect(page.locator(FIELD)).to_have_value("Hello Sara O'Connor")
    expect(page.locator(STATUS)).to_have_text("Inserted. Read it through before you send it.")
    page.select_option(CHOICE, label="Order")
    expect(page.locator(FIELD)).to_have_value("Order {order_number} left")
    expect(page.locator(STATUS)).to_have_text("Inserted. Still to be replaced: {order_number}")
    page.select_option(CHOICE, label="Other reply")
    expect(page.locator(FIELD)).to_have_value("")
    page.fill(FIELD, "My own words")
    page.select_option(CHOICE, label="Sorry")
    expect(page.locator(FIELD)).to_have_value("My own words")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Insert", exact=True).click()
    expect(page.locator(FIELD)).to_have_value("My own words")
    assert asked == ["Replace what you have typed with this response?"]


def test_a_response_that_was_inserted_and_edited_is_sent_and_counted(
    signed_in: SignedIn, make: Make, filed: Filed
) -> None:
    page = signed_in(make.user("agent"))
    page.goto(at(filed))
    page.select_option(CHOICE, label="Sorry")
    expect(page.locator(FIELD)).to_have_value("Hello Sara O'Connor")
    page.locator(FIELD).press("End")
    page.locator(FIELD).press_sequentially(", it is on its way")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".flashes")).to_contain_text("Reply sent")
    db.session.rollback()
    newest = select(Message.body).order_by(Message.id.desc()).limit(1)
    assert db.session.scalars(newest).one() == "Hello Sara O'Connor, it is on its way"
    used = select(CannedReply.use_count).where(CannedReply.title == "Sorry")
    assert db.session.scalars(used).one() == 1


def test_a_draft_survives_a_reload_and_another_browser_and_is_gone_when_sent(
    signed_in: SignedIn, make: Make, filed: Filed
) -> None:
    """X-12: kept a second after the last key, without a button."""
    agent = make.user("agent")
    page = signed_in(agent)
    page.goto(at(filed))
    expect(page.locator("[data-draft-save]")).to_be_hidden()
    expect(page.locator("[data-draft-discard]")).to_be_hidden()
    page.locator(FIELD).press_sequentially("Half a sentence")
    expect(page.locator(DRAFT)).to_contain_text("Draft saved")
    page.reload()
    expect(page.locator(FIELD)).to_have_value("Half a sentence")
    elsewhere = signed_in(agent)
    elsewhere.goto(at(filed))
    expect(elsewhere.locator(FIELD)).to_have_value("Half a sentence")
    elsewhere.get_by_role("button", name="Add", exact=True).click()
    expect(elsewhere.locator(".flashes")).to_contain_text("Reply sent")
    expect(elsewhere.locator(FIELD)).to_have_value("")
    db.session.rollback()
    assert db.session.scalars(select(Draft)).all() == []


def test_a_draft_is_kept_when_the_page_is_left_at_once_and_discarded_on_a_press(
    signed_in: SignedIn, make: Make, filed: Filed
) -> None:
    page = signed_in(make.user("agent"))
    page.goto(at(filed))
    page.locator(FIELD).press_sequentially("Quick words")
    page.goto("/desk/noor/")
    page.evaluate("sessionStorage.clear()")
    page.evaluate(UNTIL, [at(filed), "Quick words", True])
    page.goto(at(filed))
    expect(page.locator(FIELD)).to_have_value("Quick words")
    page.get_by_role("button", name="Discard draft").click()
    expect(page.locator(".flashes")).to_contain_text("The draft was discarded.")
    page.goto(at(filed))
    expect(page.locator(FIELD)).to_have_value("")
    expect(page.locator("[data-draft-discard]")).to_be_hidden()


def test_two_browsers_see_each_other_and_who_writes(
    signed_in: SignedIn, make: Make, filed: Filed
) -> None:
    """Above the actions and again in the composer, within seconds and without a reload."""
    omar = signed_in(make.user("agent", name="Omar"))
    layla = signed_in(make.user("store_owner", name="Layla"))
    omar.goto(at(filed))
    expect(omar.locator("[data-presence]")).to_have_text("")
    with layla.expect_response("**/presence*"):
        layla.goto(at(filed))
    expect(layla.locator("[data-present]")).to_have_text(["Omar has this open."] * 2)
    with omar.expect_response("**/presence*"):
        omar.locator(FIELD).press_sequentially("H")
    expect(omar.locator("[data-present]")).to_have_text(["Layla has this open."] * 2)
    with layla.expect_response("**/presence*"):
        layla.reload()
    expect(layla.locator("[data-present]")).to_have_text(["Omar is writing a reply…"] * 2)
    omar.goto("/desk/noor/")
    layla.goto("/desk/noor/")
    layla.evaluate(UNTIL, [at(filed), "Omar is", False])
    layla.goto(at(filed))
    expect(layla.locator("[data-presence]")).to_have_text("")


def test_a_colleague_is_told_of_the_first_key_within_five_seconds(
    signed_in: SignedIn, make: Make, filed: Filed
) -> None:
    """X-11. One key says it, the next ones do not; and a page that can write asks every five seconds."""
    omar = signed_in(make.user("agent", name="Omar"))
    layla = signed_in(make.user("store_owner", name="Layla"))
    for page in (omar, layla):
        page.clock.install()
        with page.expect_response(PRESENCE):
            page.goto(at(filed))
    said = asked_by(omar)
    with omar.expect_response(PRESENCE):
        omar.locator(FIELD).press_sequentially("H")
    omar.locator(FIELD).press_sequentially("ello, we look into it")
    assert said == ["POST"]
    heard = asked_by(layla)
    with layla.expect_response(PRESENCE):
        layla.clock.run_for(5_000)
    expect(layla.locator("[data-present]")).to_have_text(["Omar is writing a reply…"] * 2)
    for _ in range(5):
        with layla.expect_response(PRESENCE):
            layla.clock.run_for(5_000)
    assert heard == ["GET", "GET", "POST"] * 2


def test_a_hidden_tab_asks_and_says_nothing(signed_in: SignedIn, make: Make, filed: Filed) -> None:
    page = signed_in(make.user("agent"))
    page.clock.install()
    with page.expect_response(PRESENCE):
        page.goto(at(filed))
    said = asked_by(page)
    page.evaluate(HIDE, True)
    page.clock.run_for(120_000)
    assert said == []
    with page.expect_response(PRESENCE):
        page.evaluate(HIDE, False)
    assert said == ["POST"]


def test_a_page_that_only_reads_asks_every_fifteen_seconds(
    signed_in: SignedIn, make: Make, filed: Filed
) -> None:
    page = signed_in(make.user("analyst"))
    page.clock.install()
    with page.expect_response(PRESENCE):
        page.goto(at(filed))
    said = asked_by(page)
    page.clock.run_for(14_000)
    assert said == []
    with page.expect_response(PRESENCE):
        page.clock.run_for(1_000)
    assert said == ["POST"]


def asked_by(page: Page) -> list[str]:
    """How the page asks who is there, from now on."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.method) if "/presence" in one.url else None)
    return asked


def test_a_placeholder_goes_where_the_cursor_was(
    signed_in: SignedIn, make: Make, filed: Filed
) -> None:
    assert filed
    page = signed_in(make.user("store_owner"))
    page.goto("/desk/noor/canned-replies/new")
    page.get_by_label("Text in Arabic").fill("مرحبا !")
    page.get_by_label("Text in Arabic").evaluate("(field) => field.setSelectionRange(6, 6)")
    page.locator("[data-placeholder='{customer_name}']").click()
    expect(page.get_by_label("Text in Arabic")).to_have_value("مرحبا {customer_name}!")
    expect(page.get_by_label("Text in Arabic")).to_be_focused()


def test_tags_become_chips_in_the_dialog(signed_in: SignedIn, make: Make, filed: Filed) -> None:
    page = signed_in(make.user("agent"))
    page.goto(at(filed))
    page.get_by_role("link", name="Change Tags").click()
    dialog = page.get_by_role("dialog", name="Tag")
    expect(dialog.locator(".ts-control input")).to_be_focused()
    page.keyboard.type("VIP,whole sale")
    expect(dialog.locator(".create")).to_have_text("Add “whole sale”")
    page.keyboard.press("Enter")
    expect(dialog.locator(".item")).to_have_count(2)
    dialog.get_by_role("button", name="Tag", exact=True).click()
    expect(page.locator(".record-state .tag")).to_have_text(["VIP", "whole sale"])
    db.session.rollback()
    assert len(db.session.scalars(select(TicketTag)).all()) == 2


def test_without_a_script_the_buttons_do_the_same(
    new_page: NewPage, make: Make, filed: Filed
) -> None:
    agent = make.user("agent")
    page = new_page(java_script_enabled=False)
    page.goto("/login?lang=en")
    page.fill("[name=email]", agent.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.goto(at(filed))
    page.select_option(CHOICE, label="Sorry")
    page.get_by_role("button", name="Insert", exact=True).click()
    expect(page.locator(FIELD)).to_have_value("Hello Sara O'Connor")
    page.get_by_role("button", name="Save draft").click()
    page.goto(at(filed))
    expect(page.locator(FIELD)).to_have_value("Hello Sara O'Connor")
    page.get_by_role("button", name="Discard draft").click()
    page.goto(at(filed))
    expect(page.locator(FIELD)).to_have_value("")
