"""A complaint in the back office: what a refusal keeps, what an operation may not do, what extra keys change."""

import pytest
from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import tickets
from helpdesk.enums import AuthorType, Team, TicketStatus
from helpdesk.models import Message, Ticket
from tests.domain.test_complaint_submission import order
from tests.fixtures.client import Client
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Page
from tests.views.steps import csrf, sign_in, typed

S = TicketStatus
TEXT = "We send a new bottle on Monday."


@pytest.fixture
def filed(client: Client, make: Make) -> Filed:
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    return filed


def details(client: Client, filed: Filed) -> TestResponse:
    return client.get(f"/desk/noor/complaints/{filed.number}")


def bodies() -> list[str]:
    db.session.rollback()
    return [body for (body,) in db.session.query(Message.body).order_by(Message.id)]


def test_an_analyst_is_told_that_a_phone_is_hidden_and_not_that_there_is_none(
    client: Client, make: Make
) -> None:
    """X-03: read-only, without contacts."""
    called = make.complaint(S.PENDING_ADMIN, phone="+966551234567")
    silent = make.complaint(S.PENDING_ADMIN, phone=None)
    sign_in(client, make.user("analyst"))
    text = Page(details(client, called).text).text
    assert "Hidden from your role" in text
    assert "551234567" not in text
    assert "Hidden from your role" not in Page(details(client, silent).text).text


def test_an_order_that_only_a_telephone_number_speaks_for_says_so(
    client: Client, make: Make
) -> None:
    """C49: it is shown, and nobody takes it for proven."""
    phone, said = "+966551234567", "Telephone number alone, which proves nothing"
    order(make, make.store(), "sara@example.com", phone)
    owner = make.complaint(S.PENDING_ADMIN, email="sara@example.com", phone=phone)
    somebody = make.complaint(S.PENDING_ADMIN, email="x@example.com", phone=phone)
    sign_in(client, make.user("agent"))
    assert said in Page(details(client, somebody).text).text
    page = Page(details(client, owner).text)
    assert "Matched by" in page.text
    assert said not in page.text


def test_a_reply_written_without_seeing_the_newest_message_is_shown_it_first(
    client: Client, make: Make, filed: Filed
) -> None:
    """X-11: the second writer is told, loses nothing, and may then send."""
    page = details(client, filed)
    make.answer(filed.ticket, "A colleague was faster.")
    refused = client.submit(page, {"text": TEXT}, button="Add")
    assert refused.status_code == 409
    assert "A colleague was faster." in Page(refused.text).text
    assert typed(refused, "Add")["text"] == TEXT
    assert TEXT not in bodies()
    assert client.submit(refused, button="Add").status_code == 303
    assert bodies()[-1] == TEXT


def test_after_a_refused_reply_the_assignee_is_still_the_one_who_was_chosen(
    client: Client, make: Make, filed: Filed
) -> None:
    agent = make.user("agent")
    with transaction():
        ticket = db.session.get_one(Ticket, filed.ticket.id)
        tickets.assign(ticket, agent.id, make.acting(agent), now=make.clock())
    refused = client.submit(details(client, filed), {"text": " "}, button="Add")
    assert refused.status_code == 422
    assert typed(refused, "Assign")["assignee"] == str(agent.id)


@pytest.mark.parametrize("who", ["stranger", "deactivated", "analyst", "nobody's id"])
def test_only_people_who_may_answer_here_can_be_made_responsible(
    who: str, client: Client, make: Make, filed: Filed
) -> None:
    chosen = {
        "stranger": lambda: make.user("agent", make.store("najd")).id,
        "deactivated": lambda: make.user("agent", active=False).id,
        "analyst": lambda: make.user("analyst").id,
        "nobody's id": lambda: 2**31 - 1,
    }[who]()
    page = client.get(f"/desk/noor/complaints/{filed.number}/assign")
    assert str(chosen) not in [
        one.get("value") for one in Page(page.text).root.all("option") if one.get("value")
    ]
    refused = client.submit(page, {"assignee": str(chosen)}, button="Assign")
    assert refused.status_code == 422
    db.session.rollback()
    assert db.session.get_one(Ticket, filed.ticket.id).assignee_id is None


def test_extra_keys_in_a_reply_change_nothing(client: Client, make: Make, filed: Filed) -> None:
    """Security, 9."""
    other = make.user("store_owner")
    before = db.session.get_one(Ticket, filed.ticket.id)
    kept = (before.store_id, before.number, before.contact_email, before.kind, before.priority)
    client.post(
        f"/desk/noor/complaints/{filed.number}/reply",
        data={
            "csrf_token": csrf(client),
            "text": TEXT,
            "last_seen": str(2**31 - 1),
            "author_user_id": str(other.id),
            "author_type": "system",
            "team": "platform",
            "store_id": "1",
            "status": "closed",
            "priority": "urgent",
            "contact_email": "thief@example.com",
            "internal": "1",
        },
    )
    db.session.rollback()
    ticket = db.session.get_one(Ticket, filed.ticket.id)
    assert kept == (
        *(ticket.store_id, ticket.number, ticket.contact_email, ticket.kind, ticket.priority),
    )
    assert ticket.status is S.PENDING_CUSTOMER
    said = db.session.query(Message).order_by(Message.id.desc()).first()
    assert said is not None
    assert (said.author_type, said.team) == (AuthorType.STAFF, Team.MERCHANT)
    assert said.author_user_id != other.id


def test_a_supplement_is_added_and_the_turn_stays_with_the_customer(
    client: Client, make: Make
) -> None:
    """C46, S1-25."""
    waiting = make.complaint(S.PENDING_CUSTOMER)
    sign_in(client, make.user("agent"))
    page = details(client, waiting)
    assert "Waiting for the customer" in page.text
    assert client.submit(page, {"text": TEXT}, button="Add").status_code == 303
    db.session.rollback()
    assert db.session.get_one(Ticket, waiting.ticket.id).status is S.PENDING_CUSTOMER
    assert bodies()[-1] == TEXT
