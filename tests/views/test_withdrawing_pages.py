"""Withdrawing a complaint that nobody has answered: alert, code, closed; and what a closed complaint offers."""

import pytest
from sqlalchemy import select

from helpdesk.db import db
from helpdesk.enums import CloseReason, EventKind, TicketStatus
from helpdesk.models import Event, Ticket
from tests.fixtures.client import Client
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.steps import Deliver, ask_to_close, prove, sign_in, typed

S = TicketStatus
CONFIRM = "Withdraw complaint"


def ticket_of(filed: Filed) -> Ticket:
    db.session.rollback()
    return db.session.scalars(select(Ticket).where(Ticket.id == filed.ticket.id)).one()


def address(filed: Filed, place: str = "") -> str:
    return f"/s/noor/complaints/{filed.number}{place}"


@pytest.mark.parametrize("status", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN])
def test_a_complaint_without_an_answer_is_withdrawn_with_a_code(
    status: TicketStatus, client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Domain 2.3, row 9: the same steps as closing, with words of their own; all of it without JavaScript (X-09)."""
    filed = make.complaint(status)
    prove(client, filed, make)
    page = client.page(address(filed))
    alert = client.get(page.link("Withdraw complaint"))
    assert Page(alert.text).heading == f"Withdraw {filed.number} ? It cannot be reopened."
    assert client.submit(alert, button="Yes").headers["Location"] == address(filed, "/close/code")
    form = client.get(address(filed, "/close/code"))
    assert "withdraw" in Page(form.text).heading
    assert ticket_of(filed).status is status
    code = make.code(filed.ticket)
    assert client.submit(form, {"code": code}, button=CONFIRM).headers["Location"] == address(filed)
    ticket = ticket_of(filed)
    assert (ticket.status, ticket.close_reason) == (S.CLOSED, CloseReason.WITHDRAWN)
    after = client.page(address(filed))
    assert "You withdrew this complaint" in after.text
    assert "You accepted" not in after.text
    steps = [one.text for one in after.root.all("li") if "step" in one.get("class").split()]
    assert "Answer (done)" not in steps
    assert steps[-1] == "Withdrawn (done)"
    assert not [one for one in after.root.all("textarea") if one.get("name") == "text"]
    deliver()
    mail = mailbox.one(to=filed.email, subject_contains="withdrew")
    assert filed.number in mail.text
    assert f"/s/noor/track?number={filed.number}" in mail.text.replace("lang=en&", "")
    mailbox.take()


def test_a_closed_complaint_offers_a_follow_up_about_the_same_order(
    client: Client, make: Make
) -> None:
    """Domain 2.3, row 10; C25."""
    filed = make.complaint(S.CLOSED, order_number="1021 A")
    prove(client, filed, make)
    link = client.page(address(filed)).link("Start a follow-up")
    assert typed(client.get(link))["order_number"] == "1021 A"


def test_an_answer_that_comes_before_yes_is_read_first(client: Client, make: Make) -> None:
    """Row 9: nothing is withdrawn that has just been answered, and no code is sent."""
    filed = make.complaint(S.PENDING_ADMIN)
    prove(client, filed, make)
    alert = client.get(address(filed, "/close"))
    make.answer(filed.ticket)
    codes = select(Event.id).where(Event.kind == EventKind.CODE_ISSUED)
    before = len(db.session.scalars(codes).all())
    assert client.submit(alert, button="Yes").headers["Location"] == address(filed)
    page = client.page(address(filed))
    assert "There is an answer now" in page.text
    assert page.link("Click Here")
    assert len(db.session.scalars(codes).all()) == before


def test_an_answer_that_comes_before_the_code_is_read_first_too(client: Client, make: Make) -> None:
    """Row 9: and neither is it taken for accepted."""
    filed = make.complaint(S.PENDING_ADMIN)
    prove(client, filed, make)
    ask_to_close(client, filed.number)
    form = client.get(address(filed, "/close/code"))
    code = make.code(filed.ticket)
    make.answer(filed.ticket)
    answer = client.submit(form, {"code": code}, button=CONFIRM)
    assert answer.headers["Location"] == address(filed)
    assert "There is an answer now" in client.page(address(filed)).text
    assert ticket_of(filed).status is S.PENDING_CUSTOMER


def test_a_wrong_code_withdraws_nothing_and_the_way_stays_open(client: Client, make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    prove(client, filed, make)
    ask_to_close(client, filed.number)
    form = client.get(address(filed, "/close/code"))
    code = make.code(filed.ticket)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    refused = client.submit(form, {"code": wrong}, button=CONFIRM)
    assert refused.status_code == 422
    assert ticket_of(filed).status is S.PENDING_ADMIN
    client.submit(refused, {"code": code}, button=CONFIRM)
    assert ticket_of(filed).close_reason is CloseReason.WITHDRAWN


def test_the_same_form_twice_withdraws_once(client: Client, make: Make) -> None:
    """X-10."""
    filed = make.complaint(S.PENDING_ADMIN)
    prove(client, filed, make)
    ask_to_close(client, filed.number)
    form = client.get(address(filed, "/close/code"))
    code = {"code": make.code(filed.ticket)}
    answers = [client.submit(form, code, button=CONFIRM) for _ in range(2)]
    assert {one.headers["Location"] for one in answers} == {address(filed)}
    db.session.rollback()
    assert db.session.query(Event).filter_by(kind=EventKind.COMPLAINT_WITHDRAWN).count() == 1


def test_the_store_sees_that_it_was_withdrawn_and_can_add_nothing(
    client: Client, make: Make
) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    prove(client, filed, make)
    ask_to_close(client, filed.number)
    form = client.get(address(filed, "/close/code"))
    client.submit(form, {"code": make.code(filed.ticket)}, button=CONFIRM)
    sign_in(client, make.user("agent"))
    page = client.page(f"/desk/noor/complaints/{filed.number}")
    assert "The customer withdrew the complaint" in page.text
    assert not [one for one in page.root.all("button") if one.text == "Add"]
