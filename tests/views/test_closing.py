"""Closing a complaint (S1-26, C9): its verified customer with a fresh code, and nobody else by any way."""

import pytest
from sqlalchemy import select

from helpdesk.db import db
from helpdesk.enums import CodePurpose, EventKind, TicketStatus
from helpdesk.models import Event, Message, Ticket
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Page
from tests.views.steps import ask_to_close, csrf, prove, sign_in

S = TicketStatus
FORGED = {
    "text": "Forged.",
    "assignee": "",
    "note": "Forged.",
    "status": "closed",
    "closed_by": "customer",
    "close_reason": "accepted",
    "closed_at": "2025-05-06T12:00:00",
    "kind": "support",
    "move": "accept",
    "operation": "close",
    "action": "close",
    "store_id": "1",
    "author_id": "1",
    "team": "platform",
    "internal": "1",
    "code": "000000",
}
WORDS = ("close", "resolve", "archive", "accept", "delete", "edit", "status", "merge", "reopen")
METHODS = ("PUT", "DELETE", "PATCH")


def status(filed: Filed) -> TicketStatus:
    db.session.rollback()
    return db.session.scalars(select(Ticket.status).where(Ticket.id == filed.ticket.id)).one()


def answered(client: Client, make: Make) -> Filed:
    """A complaint with an answer, proven by this browser."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    prove(client, filed, make)
    return filed


@pytest.mark.parametrize(
    "role",
    ["store_owner", "store_manager", "agent", "analyst", "platform_admin", "platform_reviewer"],
)
@pytest.mark.parametrize("start", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.PENDING_CUSTOMER])
def test_no_back_office_post_however_forged_closes_a_complaint(
    role: str, start: TicketStatus, client: Client, make: Make
) -> None:
    filed = make.complaint(start)
    at_platform = role.startswith("platform")
    side = "platform/complaints/noor" if at_platform else "desk/noor/complaints"
    sign_in(client, make.user(role))
    token = csrf(client)
    operations = ("reply", "assign", "forward", "ask", "answer")
    for word in (*WORDS, *operations):
        address = f"/{side}/{filed.number}/{word}"
        for query in ("", "?status=closed&operation=close"):
            client.post(address + query, data=FORGED | {"csrf_token": token})
            assert status(filed) is not S.CLOSED, address
        for method in METHODS:
            answer = client.open(address, method=method, data=FORGED | {"csrf_token": token})
            assert answer.status_code == 405
    for method in (*METHODS, "POST"):
        for address in (f"/{side}/{filed.number}", f"/{side}/"):
            answer = client.open(address, method=method, data=FORGED | {"csrf_token": token})
            assert answer.status_code in {404, 405}
    assert status(filed) is not S.CLOSED
    assert filed.ticket.closed_by is None


def test_the_shopper_pages_do_not_let_staff_close_either(client: Client, make: Make) -> None:
    filed = make.complaint(S.PENDING_CUSTOMER)
    sign_in(client, make.user("store_owner"))
    token = csrf(client)
    for place in ("close", "close/code", "reply"):
        address = f"/s/noor/complaints/{filed.number}/{place}"
        client.post(address, data=FORGED | {"csrf_token": token})
    assert status(filed) is S.PENDING_CUSTOMER
    assert db.session.query(Message).filter_by(body="Forged.").count() == 0


def close_with(client: Client, filed: Filed, code: str) -> int:
    """Post a code, whether or not the page offers it."""
    address = f"/s/noor/complaints/{filed.number}/close/code"
    return client.post(address, data={"csrf_token": csrf(client), "code": code}).status_code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_customer_without_the_code_does_not_close(client: Client, make: Make) -> None:
    filed = answered(client, make)
    assert close_with(client, filed, "000000") == 422
    ask_to_close(client, filed.number)
    for code in ("", "abcdef", "12345", "1234567", wrong(make.code(filed.ticket))):
        assert close_with(client, filed, code) == 422
    assert status(filed) is S.PENDING_CUSTOMER


def test_a_code_for_reading_does_not_close(client: Client, make: Make, clock: Clock) -> None:
    filed = answered(client, make)
    clock.move(minutes=2)
    client.submit(
        client.get("/s/noor/track"), {"number": filed.number, "tracking_code": filed.tracking_code}
    )
    reading = make.code(filed.ticket)
    ask_to_close(client, filed.number)
    closing = make.code(filed.ticket)
    assert reading != closing
    form = client.get(f"/s/noor/complaints/{filed.number}/close/code")
    assert client.submit(form, {"code": reading}, button="Close Complaint").status_code == 422
    assert status(filed) is S.PENDING_CUSTOMER
    assert client.submit(form, {"code": closing}, button="Close Complaint").status_code == 303
    assert status(filed) is S.CLOSED


@pytest.mark.parametrize(("minutes", "expected"), [(9, 303), (10, 422), (60, 303)])
def test_a_code_for_closing_is_good_for_ten_minutes(
    minutes: int, expected: int, client: Client, make: Make, clock: Clock
) -> None:
    filed = answered(client, make)
    ask_to_close(client, filed.number)
    code = make.code(filed.ticket)
    form = client.get(f"/s/noor/complaints/{filed.number}/close/code")
    clock.move(minutes=minutes)
    response = client.submit(form, {"code": code}, button="Close Complaint")
    assert response.status_code == expected
    if minutes != 9:  # after an hour the browser's proof is gone too, and it is sent to track again
        assert status(filed) is S.PENDING_CUSTOMER


def test_after_five_wrong_tries_the_right_code_is_dead(client: Client, make: Make) -> None:
    filed = answered(client, make)
    ask_to_close(client, filed.number)
    code = make.code(filed.ticket)
    for typed in (*[wrong(code)] * 5, code):
        assert close_with(client, filed, typed) == 422
    assert status(filed) is S.PENDING_CUSTOMER


def test_a_code_that_is_too_old_is_told_to_be_so(client: Client, make: Make, clock: Clock) -> None:
    """Domain, 2.7: "expired – ask for a new one", and not that it is wrong."""
    filed = answered(client, make)
    ask_to_close(client, filed.number)
    form = client.get(f"/s/noor/complaints/{filed.number}/close/code")
    clock.move(minutes=10)
    code = {"code": make.code(filed.ticket)}
    refused = client.submit(form, code, button="Close Complaint")
    assert "has expired" in refused.text
    assert "Send again" in refused.text


def test_a_code_asked_for_in_one_browser_does_not_close_in_another(
    client: Client, visitors: Visitors, make: Make, clock: Clock
) -> None:
    filed = answered(client, make)
    clock.move(minutes=2)
    other = visitors()
    prove(other, filed, make)
    ask_to_close(client, filed.number)
    assert close_with(other, filed, make.code(filed.ticket)) == 422
    assert status(filed) is S.PENDING_CUSTOMER


@pytest.mark.parametrize("start", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN])
def test_before_there_is_an_answer_there_is_nothing_to_accept(
    start: TicketStatus, client: Client, make: Make
) -> None:
    filed = make.complaint(start)
    prove(client, filed, make)
    address = f"/s/noor/complaints/{filed.number}"
    assert "Click Here" not in client.page(address).text
    assert "Withdraw" in client.page(f"{address}/close").heading
    for reason in ({}, {"reason": "accepted"}):
        post = client.post(f"{address}/close", data={"csrf_token": csrf(client), **reason})
        assert post.status_code == 409
    code = make.issue(filed.ticket, CodePurpose.CLOSE, make.shopper(filed.ticket))
    client.post(f"{address}/close/code", data={"csrf_token": csrf(client), "code": code})
    assert status(filed) is start


def test_closed_stays_closed_for_everybody(client: Client, visitors: Visitors, make: Make) -> None:
    """S1-51."""
    filed = make.complaint(S.CLOSED)
    prove(client, filed, make)
    token = csrf(client)
    said = db.session.query(Message).count()
    for place, expected in (("reply", 409), ("close", 409)):
        post = client.post(
            f"/s/noor/complaints/{filed.number}/{place}", data=FORGED | {"csrf_token": token}
        )
        assert post.status_code == expected
    desk = visitors()
    sign_in(desk, make.user("store_owner"))
    for word in ("reply", "assign"):
        address = f"/desk/noor/complaints/{filed.number}/{word}"
        post = desk.post(address, data=FORGED | {"csrf_token": csrf(desk)})
        assert post.status_code == 409
    assert status(filed) is S.CLOSED
    assert db.session.query(Message).count() == said


def test_the_same_close_form_sent_twice_closes_once_and_shows_the_same_page(
    client: Client, make: Make
) -> None:
    """X-10."""
    filed = answered(client, make)
    ask_to_close(client, filed.number)
    form = client.get(f"/s/noor/complaints/{filed.number}/close/code")
    code = {"code": make.code(filed.ticket)}
    first = client.submit(form, code, button="Close Complaint")
    second = client.submit(form, code, button="Close Complaint")
    assert first.headers["Location"] == second.headers["Location"]
    assert first.status_code == second.status_code == 303
    db.session.rollback()
    closed = db.session.query(Event).filter_by(kind=EventKind.COMPLAINT_CLOSED)
    assert closed.count() == 1


def test_the_same_reply_sent_twice_is_said_once(client: Client, make: Make) -> None:
    """X-10, for the customer and for the merchant."""
    filed = answered(client, make)
    page = client.get(f"/s/noor/complaints/{filed.number}")
    for _ in range(2):
        assert client.submit(page, {"text": "Once, please."}, button="Send").status_code == 303
    sign_in(client, make.user("agent"))
    details = client.get(f"/desk/noor/complaints/{filed.number}")
    for _ in range(2):
        assert client.submit(details, {"text": "Once only."}, button="Add").status_code == 303
    db.session.rollback()
    bodies = [body for (body,) in db.session.query(Message.body)]
    assert (bodies.count("Once, please."), bodies.count("Once only.")) == (1, 1)
    assert "Once only." in Page(client.get(f"/desk/noor/complaints/{filed.number}").text).text
