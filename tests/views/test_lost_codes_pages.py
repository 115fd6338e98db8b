"""Lost numbers and codes (S1-56): the same answer for every mailbox, and a link that opens nothing by being opened."""

import re

import pytest
from werkzeug.test import TestResponse

from helpdesk.db import db
from helpdesk.enums import EventKind
from helpdesk.models import Delivery, Event
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mail, Mailbox
from tests.fixtures.pages import Page
from tests.views.steps import Deliver, row_counts, track, tracking_code_in, typed

LOST = "/s/noor/track/lost"
SEND = "Send my complaints"
NEW_CODE = "Send me a new tracking code"


@pytest.fixture
def filed(make: Make, deliver: Deliver, mailbox: Mailbox) -> Filed:
    """A complaint of an hour ago, whose acknowledgement has been taken out of the mailbox."""
    filed = make.complaint(email="sara@example.com")
    deliver()
    mailbox.take()
    make.clock.move(hours=2)
    return filed


def ask(client: Client, email: str) -> TestResponse:
    return client.submit(client.get(LOST), {"email": email}, button=SEND)


def links(mail: Mail) -> list[str]:
    """Addresses of this store's renewals in the mail, without their host."""
    return re.findall(r"http://desk\.test(/s/noor/track/renew/[^\s?]+)", mail.text)


def bare(answer: TestResponse) -> tuple[object, ...]:
    headers = [(k, v) for k, v in answer.headers if k not in {"Set-Cookie", "Date"}]
    return answer.status_code, sorted(headers), answer.data


def test_the_track_page_leads_there(client: Client, make: Make) -> None:
    """Pages 4.7: literal."""
    make.store()
    page = client.page("/s/noor/track")
    assert (
        page.link("Lost them? Send my complaints to my e-mail") == f"{LOST}?lang=en".split("?")[0]
    )


def test_a_known_and_an_unknown_mailbox_get_the_same_answer_to_the_byte(
    visitors: Visitors, filed: Filed, deliver: Deliver, mailbox: Mailbox
) -> None:
    """S1-56: what is sent is for the mailbox alone to know."""
    answers, pages = [], []
    for email in (filed.email, "nobody@example.com"):
        browser = visitors()
        answer = ask(browser, email)
        answers.append(bare(answer))
        pages.append(Page(browser.get(answer.headers["Location"]).text).text)
        assert email not in answer.text + pages[-1]
    assert answers[0] == answers[1]
    assert pages[0] == pages[1]
    deliver()
    mailbox.one(to=filed.email)


def test_the_mail_has_the_numbers_of_this_store_and_no_codes(
    client: Client, make: Make, filed: Filed, deliver: Deliver, mailbox: Mailbox
) -> None:
    """S1-56, domain 2.6: numbers and links; nothing of another store, nothing that somebody typed."""
    second = make.complaint(email=filed.email)
    foreign = make.complaint(email=filed.email, store=make.store("najd"))
    deliver()
    mailbox.take()
    ask(client, filed.email)
    deliver()
    mail = mailbox.one(to=filed.email)
    assert mail.text.index(second.number) < mail.text.index(filed.number)
    assert len(links(mail)) == 2
    for absent in (foreign.number, "najd", "bottle", "O'Connor"):
        assert absent not in mail.text + mail.html
    for code in (filed.tracking_code, second.tracking_code):
        assert code not in mail.text.replace("-", "")
    assert links(mail)[0] in mail.html.replace("&amp;", "&")
    db.session.rollback()
    delivery = db.session.query(Delivery).filter_by(template_key="complaint_links").one()
    assert links(mail)[0].rpartition("/")[2] not in delivery.body_text + delivery.body_html
    assert delivery.recipient == filed.email


def test_opening_the_link_changes_nothing_and_its_button_sends_a_new_code(
    client: Client,
    visitors: Visitors,
    filed: Filed,
    clock: Clock,
    deliver: Deliver,
    mailbox: Mailbox,
) -> None:
    """S1-56, C18: mail scanners open links; the new code goes to the complaint's own mailbox."""
    ask(client, filed.email)
    deliver()
    [link] = links(mailbox.one(to=filed.email))
    clock.move(hours=23)
    reader = visitors()
    before = row_counts()
    page = reader.get(link)
    assert filed.number in Page(page.text).heading
    assert filed.email not in page.text
    assert row_counts() == before
    sent = reader.submit(page, button=NEW_CODE)
    assert sent.headers["Location"] == f"/s/noor/track?number={filed.number}"
    told = reader.get(sent.headers["Location"])
    assert "s•••@example.com" in told.text
    deliver()
    code = tracking_code_in(mailbox.one(to=filed.email))
    assert code not in told.text.replace("-", "")
    assert track(visitors(), filed.number, filed.tracking_code).status_code == 422
    assert track(visitors(), filed.number, code).status_code == 303
    deliver()
    mailbox.take()


def test_the_button_pressed_twice_sends_one_code(
    client: Client, filed: Filed, deliver: Deliver, mailbox: Mailbox
) -> None:
    """X-10; and pressed again in a new window within the minute it sends none."""
    ask(client, filed.email)
    deliver()
    [link] = links(mailbox.one(to=filed.email))
    page = client.get(link)
    for one in (page, page, client.get(link)):
        client.submit(one, button=NEW_CODE)
    assert "wait a little" in client.get("/s/noor/track").text
    deliver()
    assert tracking_code_in(mailbox.one(to=filed.email))
    db.session.rollback()
    facts = db.session.query(Event).filter_by(kind=EventKind.TRACKING_CODE_REISSUED)
    assert facts.count() == 1


def test_an_old_a_forged_and_somebody_elses_link_get_one_answer_and_change_nothing(
    client: Client, make: Make, filed: Filed, clock: Clock, deliver: Deliver, mailbox: Mailbox
) -> None:
    """X-01: and that answer says how to get a good one."""
    other = make.complaint()
    deliver()
    mailbox.take()
    ask(client, filed.email)
    deliver()
    [link] = links(mailbox.one(to=filed.email))
    page = client.get(link)
    make.store("najd")
    forged = [
        link.replace(filed.number, other.number),
        link.replace(filed.number, "CMP-1234-5674"),
        link.replace("/s/noor/", "/s/najd/"),
        f"{link}x",
        link.replace("-", "--"),
    ]
    before = row_counts()
    for address in forged:
        answer = client.get(address)
        assert answer.headers["Location"].endswith("/track/lost"), address
        assert "expired, or a part of it is missing" in client.get(answer.headers["Location"]).text
    clock.move(hours=24)
    assert client.get(link).headers["Location"] == LOST
    assert client.submit(page, button=NEW_CODE).headers["Location"] == LOST
    assert row_counts() == before


def test_what_is_no_address_is_refused_and_kept(client: Client, make: Make) -> None:
    make.store()
    refused = ask(client, "sara at example")
    assert refused.status_code == 422
    assert typed(refused)["email"] == "sara at example"
    assert "one e-mail address" in refused.text


def test_asking_for_many_mailboxes_is_refused_whichever_they_are(
    client: Client, filed: Filed
) -> None:
    """S1-56: ten an hour from one address; what was typed is still there."""
    for time in range(10):
        assert ask(client, f"nobody{time}@example.com").status_code == 303
    for email in (filed.email, "nobody@example.com"):
        refused = ask(client, email)
        assert refused.status_code == 429
        assert "Retry-After" in refused.headers
        assert typed(refused)["email"] == email
