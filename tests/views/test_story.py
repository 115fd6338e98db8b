"""The whole story of a complaint, page by page, in both languages: send, track, read, reply, accept, close."""

import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.db import db
from helpdesk.enums import ClosedBy, TicketStatus
from helpdesk.models import Ticket, User
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mail, Mailbox
from tests.fixtures.pages import Page
from tests.views.steps import COMPLAINT, Deliver, code_in, link, sign_in, tracking_code_in

ANSWER = "We are sorry. A new bottle is on its way, and 20 SAR go back to your card."
THANKS = "It has arrived, thank you."
WORDS = {
    "en": {
        "dir": "ltr",
        "sent": "Your complaint was sent successfully",
        "review": "Under Review by",
        "merchant": "Waiting for Merchant Response",
        "customer": "Waiting for Customer Response",
        "closed": "Closed",
        **{name: name for name in ("Continue", "Send", "Click Here", "Yes", "Close Complaint")},
        **{name: name for name in ("Open New Complaint", "Track Complaint", "View Complaint")},
    },
    "ar": {
        "dir": "rtl",
        "sent": "أُرسلت شكواك بنجاح",
        "review": "قيد المراجعة لدى",
        "merchant": "بانتظار رد المتجر",
        "customer": "بانتظار رد العميل",
        "closed": "مغلقة",
        "Continue": "متابعة",
        "Send": "إرسال",
        "Click Here": "اضغط هنا",
        "Yes": "نعم",
        "Close Complaint": "إغلاق الشكوى",
        "Open New Complaint": "فتح شكوى جديدة",
        "Track Complaint": "متابعة شكوى",
        "View Complaint": "عرض الشكوى",
    },
}


class Shopper:
    """A shopper with a browser and a mailbox, who reads one language."""

    def __init__(self, client: Client, mailbox: Mailbox, deliver: Deliver, lang: str) -> None:
        self.client, self.mailbox, self.deliver, self.lang = client, mailbox, deliver, lang
        self.words = WORDS[lang]
        self.number = self.tracking_code = ""

    def page(self, place: str) -> Page:
        page = self.client.page(f"/s/noor/{place}")
        [html] = page.root.all("html")
        assert (html.get("lang"), html.get("dir")) == (self.lang, self.words["dir"])
        return page

    def complaint(self) -> Page:
        return self.page(f"complaints/{self.number}")

    def send(self) -> Page:
        self.client.get(f"/s/noor/complaints?lang={self.lang}")
        form = self.client.get(link(self.page("complaints"), self.words["Open New Complaint"]))
        assert self.client.submit(form, COMPLAINT).status_code == 303
        page = self.page("complaints/sent")
        mail = self.mail()
        [self.number] = set(re.findall(r"CMP-\d{4}-\d{4}", mail.subject))
        self.tracking_code = tracking_code_in(mail)
        return page

    def track(self) -> TestResponse:
        form = self.client.get(link(self.page("complaints"), self.words["Track Complaint"]))
        pair = {"number": self.number, "tracking_code": self.tracking_code}
        sent = self.client.submit(form, pair, button=self.words["View Complaint"])
        assert sent.headers["Location"] == "/s/noor/track/verify"
        verify = self.client.get("/s/noor/track/verify")
        return self.client.submit(
            verify, {"code": code_in(self.mail())}, button=self.words["Continue"]
        )

    def reply(self, text: str) -> TestResponse:
        page = self.client.get(f"/s/noor/complaints/{self.number}")
        return self.client.submit(page, {"text": text}, button=self.words["Send"])

    def close(self) -> TestResponse:
        alert = self.client.get(self.complaint().link(self.words["Click Here"]))
        assert self.number in Page(alert.text).heading
        typing = self.client.submit(alert, button=self.words["Yes"])
        assert self.complaint_status() is not TicketStatus.CLOSED
        form = self.client.get(typing.headers["Location"])
        code = code_in(self.mail())
        return self.client.submit(form, {"code": code}, button=self.words["Close Complaint"])

    def complaint_status(self) -> TicketStatus:
        db.session.rollback()
        return db.session.scalars(select(Ticket.status)).one()

    def mail(self) -> Mail:
        self.deliver()
        return self.mailbox.one(to="sara@example.com")


def forward(browser: Client, reviewer: User, number: str) -> None:
    sign_in(browser, reviewer)
    form = browser.get(f"/platform/complaints/noor/{number}/forward")
    assert browser.submit(form, button="Forward to merchant").status_code == 303


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_complaint_goes_from_the_form_to_closed_and_only_its_shopper_ends_it(
    lang: str,
    client: Client,
    visitors: Visitors,
    make: Make,
    deliver: Deliver,
    mailbox: Mailbox,
) -> None:
    """S1-05 to S1-17, S1-19, S1-25 to S1-29, S1-31 to S1-52."""
    store = make.store()
    agent = make.user("agent", store, name="Huda Al-Noor")
    reviewer = make.user("platform_reviewer")
    shopper, words = Shopper(client, mailbox, deliver, lang), WORDS[lang]

    # S1-27 to S1-33: sent, with a number and a tracking code
    confirmation = shopper.send()
    assert confirmation.heading == words["sent"]
    assert shopper.number in confirmation.text
    assert f"{shopper.tracking_code[:4]}-{shopper.tracking_code[4:]}" in confirmation.text

    # S1-34 to S1-38, S1-48: tracked, with a code from the mailbox, while the platform reviews
    assert shopper.track().headers["Location"] == f"/s/noor/complaints/{shopper.number}"
    assert words["review"] in shopper.complaint().text
    assert COMPLAINT["description"] in shopper.complaint().text

    # S1-49, S1-52: forwarded, and told so
    forward(visitors(), reviewer, shopper.number)
    deliver()
    assert words["merchant"] in mailbox.one(to="sara@example.com").text
    assert shopper.number in mailbox.one(to=agent.email).text
    assert words["merchant"] in shopper.complaint().text

    # S1-05 to S1-17, S1-19, S1-25: the merchant finds it in the log, reads it and adds a reply
    desk = visitors()
    sign_in(desk, agent)
    log = desk.page("/desk/noor/complaints/")
    for column in ("Complaint number", "Customer name", "Order number", "Complaint status"):
        assert column in log.text
    details = desk.get(log.link(shopper.number))
    for told in ("Damaged or wrong item", COMPLAINT["description"], "1021", "sara@example.com"):
        assert told in Page(details.text).text
    assert desk.submit(details, {"text": ANSWER}, button="Add").status_code == 303
    make.release()
    notice = shopper.mail()
    assert words["customer"] in notice.text
    assert ANSWER not in notice.text

    # S1-39, S1-40, S1-50: the latest answer stands on top; the customer replies
    page = shopper.complaint()
    assert words["customer"] in page.text
    first = next(one for one in page.root.all("article"))
    assert ANSWER in first.text
    assert "Huda Al-Noor" in first.text
    assert shopper.reply("Which day will it arrive?").status_code == 303
    assert words["merchant"] in shopper.complaint().text
    deliver()
    mailbox.one(to=agent.email)
    details = desk.get(f"/desk/noor/complaints/{shopper.number}")
    assert "Which day will it arrive?" in Page(details.text).text
    desk.submit(details, {"text": "On Thursday."}, button="Add")
    make.release()
    shopper.mail()

    # S1-41 to S1-47, S1-51: Click Here, Yes, a code, Close Complaint, and closed at once for everybody
    assert shopper.close().headers["Location"] == f"/s/noor/complaints/{shopper.number}"
    closed = shopper.complaint()
    assert words["closed"] in closed.text
    assert not [one for one in closed.root.all("textarea") if one.get("name") == "text"]
    assert "Closed" in desk.page("/desk/noor/complaints/").text
    assert shopper.mail().subject.count(shopper.number) == 1
    ticket = db.session.scalars(select(Ticket)).one()
    assert (ticket.status, ticket.closed_by) == (TicketStatus.CLOSED, ClosedBy.CUSTOMER)


def test_the_back_office_says_customer_complaints_management_then_settings_and_tools(
    client: Client, make: Make
) -> None:
    """S1-03, S1-04: the path that the requirements name, word for word."""
    sign_in(client, make.user("agent"))
    text = client.page("/desk/noor/").text
    assert "Customer Complaints Management Settings and Tools Complaints" in " ".join(text.split())
