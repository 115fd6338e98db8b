"""Writing to a customer and noting for the team, with a mouse and two people at once (S2-65, S2-85, S2-87, X-11)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk.db import transaction
from helpdesk.domain import canned_replies
from helpdesk.domain.canned_replies import Wording
from helpdesk.enums import TicketStatus
from tests.fixtures.factory import Filed, Make

pytestmark = pytest.mark.browser

S = TicketStatus
TEXT = "We send a new bottle on Monday."
SignIn = Callable[..., Page]
CLOSE = 240
"""Pixels between an error and its field: the choice of a response and the field's label have room there."""
APART = 24
"""Pixels between a remark and the button below it."""


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


def gap(page: Page, above: str, below: str) -> float:
    """Pixels between the end of one and the beginning of the other, at one moment."""
    found: float = page.evaluate(
        """(names) => {
            const [above, below] = names.map((name) => document.querySelector(name).getBoundingClientRect());
            return below.top - above.bottom;
        }""",
        [above, below],
    )
    return found


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


@pytest.mark.parametrize(
    ("mode", "to", "link"),
    [("reply", "note", "Internal only"), ("note", "reply", "Customer visible")],
)
@pytest.mark.parametrize("taken", [True, False])
def test_a_typed_text_goes_to_the_other_mode_only_when_its_writer_says_so(
    signed_in: SignIn, make: Make, filed: Filed, mode: str, to: str, link: str, taken: bool
) -> None:
    """S2-87: who will read it is said first, nothing is sent, and nothing is lost either way."""
    page = signed_in(make.user("agent"))
    page.on("dialog", lambda dialog: pytest.fail(f"asked: {dialog.message}"))
    page.goto(at(filed, f"?mode={mode}"))
    offer = page.locator("[data-take]")
    expect(offer).to_be_hidden()
    expect(page.locator("[data-draft-move]")).to_be_hidden()
    page.fill(f"#{mode}-text", TEXT)
    page.get_by_role("link", name=link).click()
    expect(offer).to_be_focused()
    expect(offer).to_contain_text("your team" if to == "note" else "the customer will read it")
    expect(page.locator(f"#{mode}-text")).to_have_value(TEXT)
    if taken:
        offer.get_by_role("button", name="Take the text along").click()
    else:
        offer.get_by_role("link", name="Leave the text here").click()
    expect(page.locator(f"#{to}-text")).to_have_value(TEXT if taken else "")
    page.goto(at(filed, f"?mode={mode}"))
    expect(page.locator(f"#{mode}-text")).to_have_value("" if taken else TEXT)
    expect(page.locator(".message-store, .message-note")).to_have_count(0)


def test_without_a_script_a_button_takes_the_text_along(
    signed_in: SignIn, make: Make, filed: Filed
) -> None:
    page = signed_in(make.user("agent"), java_script_enabled=False)
    page.goto(at(filed, "?mode=note"))
    expect(page.locator("[data-take]")).to_be_hidden()
    page.fill("#note-text", TEXT)
    page.get_by_role("button", name="Continue as a reply to the customer").click()
    expect(page.locator("#reply-text")).to_have_value(TEXT)
    expect(page.locator("#reply-text")).to_be_in_viewport()


def test_changing_the_mode_without_a_text_asks_nothing(
    signed_in: SignIn, make: Make, filed: Filed
) -> None:
    page = signed_in(make.user("agent"))
    page.goto(at(filed))
    page.get_by_role("link", name="Internal only").click()
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator("[data-take]")).to_be_hidden()


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


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("why", ["too long", "stale"])
def test_on_a_phone_a_text_that_came_back_stands_close_below_its_error(
    signed_in: SignIn, make: Make, filed: Filed, why: str, lang: str, scripts: bool
) -> None:
    """Both on one screen of 360 by 740, below a long conversation; what was sent shows the page from its top."""
    for number in range(6):
        make.answer(filed.ticket, f"{number} " + "A long story about a bottle. " * 12)
    store, owner = make.store(), make.actor("store_owner")
    with transaction():
        wording = Wording(title="Sorry", body_en="Hello", body_ar="Hello")
        canned_replies.save(store, wording, owner, now=make.clock())
    window = {"width": 360, "height": 740}
    page = signed_in(make.user("agent"), lang=lang, viewport=window, java_script_enabled=scripts)
    page.goto(at(filed))
    page.fill("#reply-text", "x" * 12_001 if why == "too long" else TEXT)
    if why == "stale":
        make.answer(filed.ticket, "A colleague was faster.")
    page.locator(".composer .form-end button").click()
    error, field = page.locator("[data-error-summary]"), page.locator("#reply-text")
    expect(error).to_be_in_viewport(ratio=1)
    expect(field).to_be_in_viewport(ratio=0.5)
    assert 0 < gap(page, "[data-error-summary]", "#reply-text") < CLOSE
    page.fill("#reply-text", TEXT)
    page.locator(".composer .form-end button").click()
    expect(page.locator(".undo")).to_be_in_viewport(ratio=1)


def test_the_line_about_paying_keeps_its_distance_from_the_button(
    signed_in: SignIn, make: Make, filed: Filed
) -> None:
    for width in (1280, 360):
        page = signed_in(make.user("agent"), viewport={"width": width, "height": 740})
        page.goto(at(filed))
        page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
        assert gap(page, ".composer-proposal + .fine", ".composer .form-end button") >= APART
