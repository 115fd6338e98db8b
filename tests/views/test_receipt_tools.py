"""What the confirmation page can do: copy, save as a file, e-mail again; for the browser that sent the complaint."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import lost_codes, mailboxes
from helpdesk.enums import EventKind
from helpdesk.models import Delivery, Event, Ticket
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.steps import Deliver, csrf, row_counts, send_complaint, track, tracking_code_in

SENT = "/s/noor/complaints/sent"
AGAIN = "E-mail to me again"


@pytest.fixture
def sent(client: Client, make: Make, deliver: Deliver, mailbox: Mailbox) -> Page:
    """The confirmation page after a complaint, whose acknowledgement has been taken out of the mailbox."""
    make.store()
    send_complaint(client)
    deliver()
    mailbox.take()
    return client.page(SENT)


def codes(page: Page) -> list[str]:
    """Number and tracking code as they are shown."""
    return [one.text for one in page.root.all("bdi") if one.get("class") == "code"]


def again(client: Client) -> TestResponse:
    return client.submit(client.get(SENT), button=AGAIN)


def test_both_can_be_copied_together_and_one_by_one(sent: Page) -> None:
    """S1-33, pages 4.6."""
    number, code = codes(sent)
    copied = {one.get("data-copy") for one in sent.root.all("button") if one.get("data-copy")}
    assert copied == {number, code, f"{number} {code}"}
    spoken = [one.get("aria-label") for one in sent.root.all("bdi") if one.get("role") == "img"]
    assert spoken == [" ".join(code.replace("-", ""))]


def test_the_file_says_what_is_needed_to_come_back(client: Client, sent: Page) -> None:
    """S1-33: number, tracking code, store and link."""
    number, code = codes(sent)
    answer = client.get(f"{SENT}/file")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}.txt"'
    for words in ("Noor", number, code, f"http://desk.test/s/noor/track?number={number}"):
        assert words in answer.text
    assert "sara" not in answer.text.lower()


def test_the_file_is_for_the_browser_that_sent_it_alone(
    client: Client, visitors: Visitors, make: Make, sent: Page
) -> None:
    assert codes(sent)
    make.store("najd")
    for browser, store in ((visitors(), "noor"), (client, "najd")):
        answer = browser.get(f"/s/{store}/complaints/sent/file")
        assert answer.headers["Location"] == f"/s/{store}/complaints/sent"
        assert "CMP-" not in answer.text


def test_e_mailed_again_there_is_a_new_code_in_the_mail_and_on_the_page(
    client: Client,
    visitors: Visitors,
    make: Make,
    sent: Page,
    clock: Clock,
    deliver: Deliver,
    mailbox: Mailbox,
) -> None:
    """S1-33, C18: number, link and a code; the one before is dead."""
    number, old = codes(sent)
    clock.move(seconds=60)
    assert again(client).headers["Location"] == SENT
    page = client.page(SENT)
    assert codes(page)[0] == number
    new = codes(page)[1]
    assert new != old
    deliver()
    mail = mailbox.one(to="sara@example.com")
    assert tracking_code_in(mail) == new.replace("-", "")
    assert number in mail.text
    assert f"/s/noor/track?number={number}" in mail.text or "/s/noor/track?" in mail.text
    assert "bottle" not in mail.text + mail.html
    assert track(visitors(), number, old).status_code == 422
    assert track(visitors(), number, new).status_code == 303
    deliver()
    mailbox.take()
    [delivery] = db.session.scalars(
        select(Delivery).where(Delivery.template_key == "tracking_code_reissued")
    )
    assert new not in delivery.body_text + delivery.body_html
    assert make.find(number)


def test_within_a_minute_nothing_is_sent_and_the_code_stays(
    client: Client, sent: Page, clock: Clock
) -> None:
    """Domain limits, "Resend"; and the page says how long to wait."""
    clock.move(seconds=18)
    page = client.get(SENT)
    assert "in 42 seconds" in page.text
    assert client.submit(page, button=AGAIN).headers["Location"] == SENT
    after = client.page(SENT)
    assert "wait a little" in after.text
    assert codes(after) == codes(sent)


def test_the_third_mail_of_the_hour_is_the_last_and_the_code_stays(
    client: Client, sent: Page, clock: Clock, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Security, 5: the acknowledgement was the first."""
    assert codes(sent)
    for _ in range(2):
        clock.move(minutes=2)
        again(client)
    last = codes(client.page(SENT))
    clock.move(minutes=2)
    again(client)
    page = client.page(SENT)
    assert "three mails" in page.text
    assert codes(page) == last
    deliver()
    assert len(mailbox.take()) == 2


def test_another_browser_cannot_have_it_sent(
    visitors: Visitors, make: Make, sent: Page, clock: Clock
) -> None:
    """X-01: not even with the number."""
    clock.move(minutes=2)
    stranger = visitors()
    token, before = csrf(stranger), row_counts()
    answer = stranger.post(f"{SENT}/again", data={"csrf_token": token, "number": codes(sent)[0]})
    assert answer.headers["Location"] == SENT
    assert row_counts() == before
    assert make.count_tickets() == 1


def test_the_same_press_twice_sends_one_mail_and_shows_the_same_code(
    client: Client, sent: Page, clock: Clock, deliver: Deliver, mailbox: Mailbox
) -> None:
    """X-10: the second post still carries the cookies of the first."""
    assert codes(sent)
    clock.move(minutes=2)
    page = client.get(SENT)
    before = client.get_cookie("helpdesk", domain="desk.test")
    assert before is not None
    client.submit(page, button=AGAIN)
    first = codes(client.page(SENT))
    client.set_cookie("helpdesk", before.value, domain="desk.test")
    client.submit(page, button=AGAIN)
    assert codes(client.page(SENT)) == first
    deliver()
    assert len(mailbox.take()) == 1


def test_a_code_that_was_replaced_elsewhere_is_not_shown_any_more(
    client: Client, make: Make, sent: Page, clock: Clock, deliver: Deliver, mailbox: Mailbox
) -> None:
    """C18: a dead code helps nobody."""
    number, dead = codes(sent)
    clock.move(minutes=2)
    ticket = make.find(number)
    with transaction():
        lost_codes.reissue(ticket, make.shopper(ticket), now=clock())
    page = client.page(SENT)
    assert codes(page) == [number]
    assert dead not in page.text
    assert "last e-mail" in page.text
    deliver()
    mailbox.take()


def test_with_the_receipt_gone_nothing_is_sent(
    client: Client, make: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages 4.6: half an hour."""
    make.store()
    seconds = 1_700_000_000
    monkeypatch.setattr("cryptography.fernet.time", SimpleNamespace(time=lambda: seconds))
    send_complaint(client)
    page = client.get(SENT)
    seconds += 31 * 60
    clock.move(minutes=31)
    assert client.submit(page, button=AGAIN).status_code == 303
    db.session.rollback()
    facts = db.session.query(Event).filter_by(kind=EventKind.TRACKING_CODE_REISSUED)
    assert facts.count() == 0


def test_a_mailbox_that_had_enough_is_said_to_have_got_nothing(client: Client, make: Make) -> None:
    """Security, 5: the page does not claim a mail that was not sent."""
    make.store()
    for time in range(mailboxes.MAILS_PER_HOUR):
        send_complaint(client, description=f"The bottle number {time} arrived broken.")
    assert "s•••@example.com" in client.page(SENT).text
    send_complaint(client, description="One more bottle arrived broken.")
    text = client.page(SENT).text
    assert "s•••@example.com" not in text
    assert "sent none this time" in text


def test_a_wrong_address_is_explained_and_nothing_is_promised_that_cannot_be_done(
    sent: Page, make: Make
) -> None:
    """Pages 4.6: what can be done about it."""
    assert "wrong address?" in sent.text
    assert "We cannot change it here" in sent.text
    assert make.count_tickets() == 1


def test_what_happens_next_has_its_dates_and_a_way_on(sent: Page) -> None:
    """S1-33, pages 5.1."""
    number, _code = codes(sent)
    assert "By Wednesday 7 May" in sent.text
    assert "By Sunday 11 May" in sent.text
    assert sent.link("Track this complaint") == f"/s/noor/track?number={number}"
    assert db.session.scalars(select(Ticket.number)).one() == number
