"""How much a page asks the database: a ceiling, and the same for three rows as for a full page."""

import pytest
from flask import Flask

from helpdesk.db import transaction
from helpdesk.domain import complaints
from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket
from tests.fixtures.client import Client
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.views.steps import Deliver, prove, sign_in, statements

S = TicketStatus
CEILINGS = {
    "/": 3,
    "/s/noor/": 2,
    "/s/noor/complaints": 3,
    "/s/noor/complaints/new": 4,
    "/s/noor/track": 3,
    "/s/noor/track/lost": 3,
    "/login": 2,
    "/nowhere": 2,
    "/terms": 2,
    "/privacy": 2,
}
STAFF_CEILINGS = {
    "/desk/noor/": 13,
    "/desk/noor/complaints/": 10,
    "/desk/noor/deliveries/": 10,
    "/desk/noor/all/": 8,
    "/desk/noor/chats/": 8,
    "/login/sessions": 5,
    "/login/password": 4,
}


def count(app: Flask, client: Client, address: str) -> int:
    """Statements of one visit, after one that fills what is kept between requests."""
    client.page(address)
    with statements(app) as seen:
        client.page(address)
    return len([one for one in seen if one.lstrip().upper().startswith("SELECT")])


@pytest.mark.parametrize("address", CEILINGS)
def test_a_public_page_stays_under_its_ceiling(
    address: str, client: Client, app: Flask, make: Make
) -> None:
    make.complaint()
    if address == "/nowhere":
        with statements(app) as seen:
            client.get(address)
        assert len(seen) <= CEILINGS[address] + 2  # with BEGIN and the driver's ping
        return
    assert count(app, client, address) <= CEILINGS[address]


@pytest.mark.parametrize("address", STAFF_CEILINGS)
def test_a_back_office_page_stays_under_its_ceiling(
    address: str, client: Client, app: Flask, make: Make
) -> None:
    make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("store_owner"))
    assert count(app, client, address) <= STAFF_CEILINGS[address]


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("store_owner", "/desk/noor/complaints/"),
        ("store_owner", "/desk/noor/deliveries/"),
        ("store_owner", "/desk/noor/"),
        ("platform_admin", "/platform/complaints/"),
        ("platform_admin", "/platform/deliveries/"),
    ],
)
def test_a_list_asks_the_same_for_three_rows_and_for_twenty_five(
    role: str,
    address: str,
    client: Client,
    app: Flask,
    make: Make,
    deliver: Deliver,
    mailbox: Mailbox,
) -> None:
    sign_in(client, make.user(role))
    stores = [make.store("noor"), make.store("najd")]
    counts, there = [], 0
    for wanted in (3, 25):
        while there < wanted:
            make.complaint(store=stores[0] if role == "store_owner" else stores[there % 2])
            there += 1
        deliver()
        counts.append(count(app, client, address))
    assert client.page(address).text.count("CMP-") >= (25 if "home" not in address else 0) or (
        address == "/desk/noor/"
    )
    assert counts[0] == counts[1]
    mailbox.take()


@pytest.mark.parametrize(("place", "preview"), [("desk", 9), ("platform", 9)])
def test_a_preview_and_a_bulk_page_ask_always_the_same(
    place: str, preview: int, client: Client, app: Flask, make: Make
) -> None:
    """The records of a bulk page are looked up together."""
    desk = place == "desk"
    sign_in(client, make.user("store_owner" if desk else "platform_admin"))
    filed = [make.complaint(S.PENDING_ADMIN if desk else S.UNDER_PLATFORM_REVIEW) for _ in range(9)]
    log = "/desk/noor/complaints/" if desk else "/platform/complaints/"
    keys = [one.number if desk else f"noor/{one.number}" for one in filed]
    previews = {_asked(app, client, f"{log}{key}/preview") for key in keys}
    assert len(previews) == 1
    assert max(previews) <= preview
    word = "assign" if desk else "forward"
    three, nine = (
        _asked(app, client, f"{log}bulk/{word}?" + "&".join(f"key={key}" for key in keys[:many]))
        for many in (3, 9)
    )
    assert nine == three <= 13


def _asked(app: Flask, client: Client, address: str) -> int:
    with statements(app) as seen:
        assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
    return len([one for one in seen if one.lstrip().upper().startswith("SELECT")])


@pytest.mark.parametrize("size", [1, 30])
def test_a_file_asks_once_a_batch(size: int, client: Client, app: Flask, make: Make) -> None:
    """A thousand rows a question: thirty cost what one does."""
    for _ in range(size):
        make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("store_owner"))
    form = client.get("/desk/noor/complaints/")
    with statements(app) as seen:
        client.submit(form, {"format": "csv"}, button="CSV", buffered=True)
    assert len([one for one in seen if "contact_name" in one and "cursor_key" in one]) == 1
    assert len([one for one in seen if one.lstrip().upper().startswith("SELECT")]) <= 8


def test_a_complaint_asks_the_same_for_three_messages_and_for_twenty_five(
    client: Client, app: Flask, make: Make
) -> None:
    """The shopper's page and the back office's, each message by another person of staff."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    prove(client, filed, make)
    desk = Client(app, app.response_class, use_cookies=True)
    sign_in(desk, make.user("agent"))
    pages = ((client, "/s/noor"), (desk, "/desk/noor"))
    counts = []
    for wanted in (3, 25):
        while _answers(filed.ticket) < wanted:
            make.answer(filed.ticket, f"Answer {_answers(filed.ticket)}")
        counts.append([count(app, who, f"{at}/complaints/{filed.number}") for who, at in pages])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 24


def test_a_full_desk_of_assignees_costs_no_query_each(
    client: Client, app: Flask, make: Make
) -> None:
    sign_in(client, make.user("store_owner"))
    filed = make.complaint(S.PENDING_ADMIN)
    counts = []
    for _ in range(2):
        counts.append(count(app, client, f"/desk/noor/complaints/{filed.number}"))
        for _ in range(20):
            make.user("agent")
    assert counts[0] == counts[1]


def _answers(ticket: Ticket) -> int:
    with transaction():
        customer = complaints.conversation.newest_message_id(ticket)
    return customer - 1
