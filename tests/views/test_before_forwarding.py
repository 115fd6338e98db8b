"""Before the platform has forwarded a complaint, its store sees number, customer, order and status, and no more."""

import pytest
from sqlalchemy import select

from helpdesk.db import db
from helpdesk.models import Delivery
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.steps import Deliver, sign_in

HIDDEN = {
    "email": "hidden.person@example.com",
    "phone": "+966558887766",
    "description": "A hidden description of what went wrong with this parcel.",
}
ROLES = ["store_owner", "store_manager", "agent", "analyst"]


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(name="Sara Shown", order_number="4711", **HIDDEN)


def told(client: Client, address: str) -> list[str]:
    """What of the hidden values a page gives away, in any writing."""
    response = client.get(address)
    text = (
        response.text.replace(address.partition("?q=")[2], "")
        if "?q=" in address
        else response.text
    )
    return [value for value in (*HIDDEN.values(), "hidden.person", "55 888 7766") if value in text]


@pytest.mark.parametrize("role", ROLES)
def test_the_store_is_shown_what_it_may_know_and_nothing_else(
    role: str, filed: Filed, client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    deliver()
    mailbox.take()
    sign_in(client, make.user(role))
    db.session.rollback()
    details = f"/desk/noor/complaints/{filed.number}"
    page = client.page(details).text
    assert "under review" in page.lower()
    assert "4711" in page
    assert ("Sara Shown" in page) is (role != "analyst")
    assert filed.number in client.page("/desk/noor/complaints/").text
    mails = db.session.scalars(select(Delivery.id)).all()
    for address in (
        "/desk/noor/",
        details,
        "/desk/noor/complaints/",
        "/desk/noor/complaints/?q=Sara",
        "/desk/noor/deliveries/",
        *(f"/desk/noor/deliveries/{one}" for one in mails),
        *(f"{details}/{word}" for word in ("reply", "assign")),
    ):
        assert told(client, address) == [], address


@pytest.mark.parametrize("role", ["store_owner", "agent"])
def test_searching_for_the_address_does_not_confirm_it(
    role: str, filed: Filed, client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Search is a side door: a hit would say "this is the address"."""
    deliver()
    mailbox.take()
    sign_in(client, make.user(role))
    log = client.page(f"/desk/noor/complaints/?q={HIDDEN['email']}")
    assert filed.number not in log.text
    if role == "store_owner":
        sent = client.page(f"/desk/noor/deliveries/?q={HIDDEN['email']}")
        assert filed.number not in sent.text


def test_no_mail_tells_the_store_of_it(
    filed: Filed, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    make.user("agent")
    make.user("store_owner")
    deliver()
    assert [mail.to for mail in mailbox.take()] == [(filed.email,)]


def test_nobody_in_the_store_may_answer_or_assign_it(
    filed: Filed, client: Client, make: Make
) -> None:
    sign_in(client, make.user("store_owner"))
    details = client.get(f"/desk/noor/complaints/{filed.number}")
    main = next(Page(details.text).root.all("main"))
    assert not [form for form in main.all("form") if form.get("method") == "post"]
    token = Page(client.get("/s/noor/complaints/new").text).form().data["csrf_token"]
    for word in ("reply", "assign"):
        post = client.post(
            f"/desk/noor/complaints/{filed.number}/{word}",
            data={"csrf_token": token, "text": "Too early.", "assignee": ""},
        )
        assert post.status_code == 403


def test_once_forwarded_the_store_reads_it_all(
    filed: Filed,
    client: Client,
    visitors: Visitors,
    make: Make,
    deliver: Deliver,
    mailbox: Mailbox,
) -> None:
    platform = visitors()
    sign_in(platform, make.user("platform_reviewer"))
    form = platform.get(f"/platform/complaints/noor/{filed.number}/forward")
    platform.submit(form, button="Forward to merchant")
    sign_in(client, make.user("agent"))
    page = client.page(f"/desk/noor/complaints/{filed.number}").text
    assert all(value in page for value in HIDDEN.values())
    assert filed.number in client.page(f"/desk/noor/complaints/?q={HIDDEN['email']}").text
    deliver()
    mailbox.take()


@pytest.mark.parametrize("q", ["Sara", "hidden.person@example.com"])
def test_an_analyst_finds_no_one_by_what_is_masked_for_them(
    q: str, filed: Filed, client: Client, make: Make
) -> None:
    """Names are masked for analysts; a search by name would spell them out letter by letter."""
    sign_in(client, make.user("analyst"))
    assert filed.number not in client.page(f"/desk/noor/complaints/?q={q}").text
    assert filed.number in client.page("/desk/noor/complaints/?q=4711").text
