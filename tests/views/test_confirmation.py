"""The confirmation after sending: shown once, to one browser, for half an hour."""

from types import SimpleNamespace

import pytest

from helpdesk.db import db, transaction
from helpdesk.domain import tenancy
from helpdesk.models import Customer, Order, PlatformSetting, Ticket
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.steps import (
    COMPLAINT,
    Deliver,
    row_counts,
    send_complaint,
    tracking_code_in,
    typed,
)

SENT = "/s/noor/complaints/sent"


def code_of(page: Page) -> str:
    return next(
        one.text for one in page.root.all("bdi") if one.get("class") == "code" and one.get("role")
    )


def test_it_survives_a_reload_and_a_change_of_language(client: Client, make: Make) -> None:
    """S1-32, S1-33."""
    make.store()
    assert send_complaint(client).headers["Location"] == SENT
    code = code_of(client.page(SENT))
    assert code_of(client.page(SENT)) == code
    assert code_of(client.page(f"{SENT}?lang=ar")) == code


def test_another_browser_is_shown_neither_number_nor_code(
    client: Client, visitors: Visitors, make: Make
) -> None:
    make.store()
    send_complaint(client)
    code = code_of(client.page(SENT))
    page = visitors().page(SENT)
    assert code not in page.text
    assert "CMP-" not in page.text
    assert page.link("Track Complaint") == "/s/noor/track"


def test_another_store_shows_nothing_of_it(client: Client, make: Make) -> None:
    make.store()
    make.store("najd")
    send_complaint(client)
    assert "CMP-" not in client.page("/s/najd/complaints/sent").text


def test_after_thirty_minutes_it_is_gone(
    client: Client, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.store()
    seconds = 1_700_000_000
    monkeypatch.setattr("cryptography.fernet.time", SimpleNamespace(time=lambda: seconds))
    send_complaint(client)
    seconds += 30 * 60
    assert "CMP-" in client.page(SENT).text
    seconds += 1
    assert "CMP-" not in client.page(SENT).text


def test_it_shows_dates_without_the_review_where_the_platform_does_not_review(
    client: Client, make: Make
) -> None:
    make.store()
    with transaction():
        db.session.merge(PlatformSetting(key="complaint_platform_review", value=False))
    send_complaint(client)
    assert "answers" in client.page(SENT).text


def test_the_address_is_masked_and_the_rest_of_what_was_typed_is_not_repeated(
    client: Client, make: Make
) -> None:
    make.store()
    send_complaint(client)
    text = client.page(SENT).text
    assert "s•••@example.com" in text
    for word in ("sara@example.com", COMPLAINT["name"], COMPLAINT["description"]):
        assert word not in text


def test_a_known_and_an_unknown_order_number_get_the_same_page(
    visitors: Visitors, make: Make, clock: Clock
) -> None:
    """C49: whether an order exists is nobody else's business."""
    store = make.store()
    with tenancy.scoped(store), transaction():
        customer = Customer(
            store_id=store.id,
            name="Sara",
            email="sara@example.com",
            email_key="sara@example.com",
            lang="en",
            created_at=clock(),
        )
        db.session.add(customer)
        db.session.flush()
        order = Order(
            store_id=store.id,
            number="1021",
            customer_id=customer.id,
            status="completed",
            total_minor=24000,
            currency="SAR",
            created_at=clock(),
        )
        db.session.add(order)
    pages = []
    for number in ("1021", "9999"):
        browser = visitors()
        send_complaint(browser, order_number=number)
        page = browser.page(SENT)
        shown = page.text
        [body] = page.root.all("main")
        pages.append(
            [one.text for one in body.all("h1", "h2", "dt", "li", "p", "a", "button", "span")]
        )
        assert number not in shown
    assert pages[0] == pages[1]
    db.session.rollback()
    linked = {one.order_number_text: one.order_id for one in db.session.query(Ticket)}
    assert linked["1021"] is not None
    assert linked["9999"] is None


@pytest.mark.parametrize(
    ("name", "escaped"),
    [("Sara O'Connor", "Sara O&#39;Connor"), ("<b>Bold</b>", "&lt;b&gt;Bold&lt;/b&gt;")],
)
def test_a_name_with_signs_in_it_is_kept_and_shown_as_it_is(
    name: str, escaped: str, client: Client, make: Make
) -> None:
    make.store()
    client.submit(client.get("/login"), sign_in_of(make))
    send_complaint(client, name=name)
    log = client.get("/desk/noor/complaints/")
    assert escaped in log.text
    assert name in Page(log.text).text
    assert "<b>Bold" not in log.text


def sign_in_of(make: Make) -> dict[str, str]:
    return {"email": make.user("agent").email, "password": "correct horse battery"}


def test_without_the_declaration_nothing_is_sent_and_nothing_typed_is_lost(
    client: Client, make: Make
) -> None:
    """S1-31: un-ticked by default, and required."""
    make.store()
    form = client.get("/s/noor/complaints/new")
    assert "declaration" not in Page(form.text).form().data
    before = row_counts()
    values = {name: value for name, value in COMPLAINT.items() if name != "declaration"}
    refused = client.submit(form, values)
    assert refused.status_code == 422
    kept = typed(refused)
    assert kept | values == kept
    assert "declaration" not in kept
    assert "Error:" in refused.text
    assert row_counts() == before


def test_the_mail_carries_number_code_and_next_steps_and_nothing_that_was_typed(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Or the form would be a relay for other people's texts (security, 5)."""
    make.store()
    send_complaint(client, name="BUY CHEAP PILLS", order_number="CHEAPPILLS")
    code = code_of(client.page(SENT))
    deliver()
    mail = mailbox.one(to="sara@example.com")
    assert tracking_code_in(mail) == code.replace("-", "")
    for body in (mail.subject, mail.text, mail.html, str(mail.message)):
        assert "PILLS" not in body.upper().replace(" ", "")
        assert "bottle arrived broken" not in body


def test_the_same_form_sent_twice_makes_one_complaint_and_gives_the_same_page(
    client: Client, make: Make
) -> None:
    """X-10, the answer lost on its way: the second post still carries the cookies of the first."""
    make.store()
    form = client.get("/s/noor/complaints/new")
    before = client.get_cookie("helpdesk", domain="desk.test")
    assert before is not None
    client.submit(form, COMPLAINT)
    first = client.page(SENT).text
    client.set_cookie("helpdesk", before.value, domain="desk.test")
    assert client.submit(form, COMPLAINT).headers["Location"] == SENT
    assert client.page(SENT).text == first
    db.session.rollback()
    assert db.session.query(Ticket).count() == 1
