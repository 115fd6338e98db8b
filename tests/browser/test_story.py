"""One complaint from the form to closed, as three people live it: in both languages, with and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket
from tests.browser.conftest import ARABIC_INDIC, Words, code_in
from tests.fixtures.browser import NewPage
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

pytestmark = pytest.mark.browser

NAMES = {"en": "Renée O'Connor <b>Łukasz</b>", "ar": "نورة <b>الدوسري</b> O'Hara"}
TEXTS = {
    "en": "The bottle arrived broken.\nThe box was <i>wet</i> inside.",
    "ar": "وصلت الزجاجة مكسورة.\nوكانت العلبة <i>مبللة</i> من الداخل.",
}


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_complaint_goes_from_the_form_to_closed(
    new_page: NewPage,
    signed_in: Callable[..., Page],
    make: Make,
    deliver: Callable[[], None],
    mailbox: Mailbox,
    words: Callable[[str], Words],
    lang: str,
    scripts: bool,
) -> None:
    """S1-05…S1-15, S1-17, S1-19, S1-25…S1-29, S1-31…S1-52, X-06, X-07, X-09."""
    say = words(lang)
    make.store()
    reviewer, agent = make.user("platform_reviewer"), make.user("agent", name="Omar Hadi")
    options = {"java_script_enabled": scripts}

    shopper = new_page(**options)
    number, tracking_code = _send(shopper, say, lang)
    deliver()
    receipt = mailbox.one(to="noura@example.com")
    assert number in receipt.text
    assert tracking_code.replace("-", "") in receipt.text.replace("-", "")
    shopper.reload()
    expect(shopper.locator("main")).to_contain_text(number)

    platform = signed_in(reviewer, lang, **options)
    _forward(platform, say, number)
    deliver()
    assert number in mailbox.one(to="noura@example.com").text
    assert number in mailbox.one(to=agent.email).text

    desk = signed_in(agent, lang, **options)
    _answer(desk, say, number, NAMES[lang], TEXTS[lang])
    make.release()
    deliver()
    notice = mailbox.one(to="noura@example.com")
    assert "A new bottle" not in notice.text + notice.html

    later = new_page(**options)
    _track(later, say, lang, number, tracking_code)
    deliver()
    _open(later, say, code_in(mailbox.one(to="noura@example.com")))
    expect(later.locator("main")).to_contain_text("A new bottle is on its way")
    expect(later.locator("main")).to_contain_text(say("Waiting for Customer Response"))

    later.fill("[name=text]", "شكرًا، سأنتظر.")
    later.get_by_role("button", name=say("Send"), exact=True).click()
    expect(later.locator("main")).to_contain_text(say("Waiting for Merchant Response"))
    deliver()
    mailbox.one(to=agent.email)

    _say_yes(later, say, scripts=scripts)
    deliver()
    later.fill("[name=code]", code_in(mailbox.one(to="noura@example.com")))
    later.get_by_role("button", name=say("Close Complaint"), exact=True).click()
    expect(later.locator("main")).to_contain_text(say("Closed"))
    expect(later.locator("[name=text]")).to_have_count(0)
    deliver()
    mailbox.one(to="noura@example.com")

    desk.reload()
    expect(desk.locator("main")).to_contain_text(say("Closed"))
    expect(desk.get_by_role("button", name=say("Add"), exact=True)).to_have_count(0)
    assert _status(make, number) is TicketStatus.CLOSED


def _send(page: Page, say: Words, lang: str) -> tuple[str, str]:
    page.goto(f"/s/noor/complaints?lang={lang}")
    page.get_by_role("link", name=say("Open New Complaint")).click()
    page.get_by_label(say("Name"), exact=True).fill(NAMES[lang])
    page.get_by_label(say("E-mail"), exact=True).fill("noura@example.com")
    page.get_by_label(say("Phone"), exact=True).fill("٠٥٥١٢٣٤٥٦٧")
    page.get_by_label(say("Type"), exact=True).select_option("damaged")
    page.get_by_label(say("What happened?"), exact=True).fill(TEXTS[lang])
    expect(page.locator("[name=declaration]")).not_to_be_checked()
    page.locator("[name=declaration]").check()
    page.get_by_role("button", name=say("Send complaint"), exact=True).click()
    expect(page).to_have_url(re.compile("/complaints/sent$"))
    shown = page.inner_text("main")
    number = re.search(r"CMP-\d{4}-\d{4}", shown)
    assert number
    code = re.search(r"(?<![\w-])[A-Z2-9]{4}-[A-Z2-9]{4}(?![\w-])", shown)
    assert code
    return number[0], code[0]


def _forward(page: Page, say: Words, number: str) -> None:
    page.goto("/platform/complaints/")
    page.get_by_role("link", name=number).click()
    page.get_by_role("link", name=say("Forward to merchant"), exact=True).click()
    page.locator("[name=note]:visible").fill("Please look at the photos of the box.")
    page.get_by_role("button", name=say("Forward to merchant"), exact=True).click()
    expect(page.locator("main")).to_contain_text(say("Waiting for Merchant Response"))


def _answer(page: Page, say: Words, number: str, name: str, text: str) -> None:
    page.goto("/desk/noor/complaints/")
    expect(page.locator("main")).to_contain_text(name)
    page.get_by_role("link", name=number).click()
    for line in text.split("\n"):
        expect(page.locator("main")).to_contain_text(line)
    page.select_option("[name=assignee]", label="Omar Hadi")
    page.get_by_role("button", name=say("Assign"), exact=True).click()
    expect(page.locator("main")).to_contain_text(say("The assignee is set."))
    page.get_by_label(say("Reply Message"), exact=True).fill("A new bottle is on its way.")
    page.get_by_role("button", name=say("Add"), exact=True).click()
    expect(page.locator("main")).to_contain_text(say("Waiting for Customer Response"))


def _track(page: Page, say: Words, lang: str, number: str, code: str) -> None:
    """The number in Arabic-Indic digits, the code in small letters and without its dash."""
    page.goto(f"/s/noor/complaints?lang={lang}")
    page.get_by_role("link", name=say("Track Complaint")).click()
    page.get_by_label(say("Complaint number"), exact=True).fill(number.translate(ARABIC_INDIC))
    page.get_by_label(say("Tracking code"), exact=True).fill(code.lower().replace("-", " "))
    page.get_by_role("button", name=say("View Complaint"), exact=True).click()
    expect(page.locator("main")).to_contain_text("n•••@example.com")


def _open(page: Page, say: Words, code: str) -> None:
    page.get_by_label(say("Verification code"), exact=True).fill(code.translate(ARABIC_INDIC))
    page.get_by_role("button", name=say("Continue"), exact=True).click()
    expect(page).to_have_url(re.compile(r"/complaints/CMP-\d{4}-\d{4}$"))


def _say_yes(page: Page, say: Words, *, scripts: bool) -> None:
    page.get_by_role("link", name=say("Click Here"), exact=True).click()
    alert = page.get_by_role("alertdialog") if scripts else page.locator("main")
    expect(alert).to_be_visible()
    expect(alert.get_by_role("button", name=say("No"), exact=True)).to_be_visible()
    alert.get_by_role("button", name=say("Yes"), exact=True).click()
    expect(page).to_have_url(re.compile("/close/code$"))


def _status(make: Make, number: str) -> TicketStatus:
    ticket = make.find(number)
    assert isinstance(ticket, Ticket)
    return ticket.status
