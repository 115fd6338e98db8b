"""Words planted where few may read, looked for everywhere: pages of every person, all mails, the whole log."""

import io
import logging
import zipfile
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import review
from helpdesk.enums import CodePurpose, TicketStatus
from helpdesk.models import Delivery, Ticket
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mail, Mailbox
from tests.fixtures.pages import Page
from tests.views.matrix import PRINCIPALS, ROUTES
from tests.views.steps import Deliver, row_counts, sign_in
from tests.views.world import FOR_A_SCRIPT, Visit, World, build, enter

NOTE = "canarynote"
OF_THE_TEAM, OF_THE_PLATFORM = "canaryteamnote", "canaryreviewnote"
"""Internal notes of the store and of the platform; the latter opens the store's by a post, and none is made here."""
REVIEWER = "Canaryreviewer Person"
ASSIGNEE = "Canaryassignee Person"
SECRET = {
    "name": "Canaryname Person",
    "email": "canarymail@example.com",
    "phone": "+966559998877",
    "order_number": "CANARYORDER",
    "description": "canarytext about the service of this shop, in some length.",
}
OF_STORE_B = tuple(SECRET.values())
EVERYTHING = {NOTE, OF_THE_TEAM, OF_THE_PLATFORM, REVIEWER, ASSIGNEE, *OF_STORE_B}


@pytest.fixture
def world(make: Make, deliver: Deliver) -> World:
    """Two stores; in noor a note and staff names are planted, in najd a whole complaint."""
    built = build(make, deliver)
    reviewer = make.acting(make.user("platform_reviewer", name=REVIEWER))
    filed = make.complaint()
    ticket = filed.ticket
    with transaction():
        review.forward(ticket, NOTE, reviewer, now=make.clock())
    assignee = make.user("agent", name=ASSIGNEE)
    with transaction():
        db.session.get_one(Ticket, ticket.id).assignee_id = assignee.id
    make.answer(ticket)
    make.note(ticket, make.acting(assignee), OF_THE_TEAM)
    make.note(ticket, reviewer, OF_THE_PLATFORM)
    built.complaints["own"] = filed
    built.complaints["other"] = make.complaint(
        TicketStatus.PENDING_CUSTOMER, make.store("najd"), **SECRET
    )
    deliver()
    db.session.rollback()
    return built


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """What the application logged; the mail server of the tests notes every line that it is given."""
    return "\n".join(one.getMessage() for one in caplog.records if one.name != "mail.log")


def may_read(principal: str) -> set[str]:
    """The canaries that this person is entitled to."""
    at_store = {"store_owner", "store_manager", "agent", "analyst"}
    if principal in {"platform_admin", "platform_reviewer"}:
        return {NOTE, REVIEWER, ASSIGNEE, OF_THE_PLATFORM, *OF_STORE_B}
    if principal in at_store:
        return {NOTE, REVIEWER, ASSIGNEE, OF_THE_TEAM}
    return set(OF_STORE_B) if principal == "other_agent" else set()


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_no_page_shows_anybody_a_word_that_is_not_for_them(
    principal: str,
    world: World,
    make: Make,
    visitors: Visitors,
    mailbox: Mailbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    visit = Visit(enter(principal, world, make, [visitors(), visitors()]), world)
    forbidden = EVERYTHING - may_read(principal)
    if not may_read(principal) & set(OF_STORE_B):
        forbidden.add(world.complaints["other"].number)
    seen, rows = [], [(endpoint, row) for endpoint, rows in ROUTES.items() for row in rows]
    for endpoint, row in rows:
        method, _, target = row.partition(" ")
        if method == "GET":
            part = FOR_A_SCRIPT if endpoint.endswith((".preview", ".presence")) else {}
            for address in _with_searches(visit.address(endpoint, target)):
                found = visit.client.get(address, buffered=True, headers=part)
                text = found.get_data().decode(errors="replace")  # files are not all text
                words = {word for word in forbidden if word not in unquote(address)}
                seen += [(address, word) for word in words if word in text]
    assert not seen
    assert not [word for word in forbidden if word in logged(caplog)]
    mailbox.take()


def _with_searches(address: str) -> list[str]:
    """The address, and for the lists the same with every planted word searched for."""
    if not address.endswith(("/complaints/", "/deliveries/", "/lookup/customer")):
        return [address]
    words = ("Canary", "canarymail%40example.com", "CANARYORDER")
    return [address, *(f"{address}?q={word}" for word in words)]


EXPORTS = [
    (endpoint, row.partition(" ")[2])
    for endpoint, rows in ROUTES.items()
    for row in rows
    if endpoint.endswith(".export")
]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("principal", PRINCIPALS)
def test_no_file_holds_a_word_that_is_not_for_whoever_takes_it_out(
    principal: str,
    file_format: str,
    world: World,
    make: Make,
    visitors: Visitors,
    mailbox: Mailbox,
) -> None:
    visit = Visit(enter(principal, world, make, [visitors(), visitors()]), world)
    never = {NOTE, OF_THE_TEAM, OF_THE_PLATFORM, REVIEWER, SECRET["description"], SECRET["phone"]}
    forbidden = (EVERYTHING - may_read(principal)) | never
    if not may_read(principal) & set(OF_STORE_B):
        forbidden.add(world.complaints["other"].number)
    files = 0
    for endpoint, target in EXPORTS:
        data = {"csrf_token": visit.token, "format": file_format}
        answer = visit.client.post(visit.address(endpoint, target), data=data, buffered=True)
        text = _unpacked(answer.get_data())
        assert not [word for word in forbidden if word in text], (endpoint, target)
        files += "attachment" in answer.headers.get("Content-Disposition", "")
    assert files == FILES.get(principal, 0)
    mailbox.take()


FILES = {
    "store_owner": 3,
    "store_manager": 3,
    "analyst": 1,
    "platform_admin": 3,
    "platform_reviewer": 1,
}
"""How many lists each of them may take out at all."""


def _unpacked(body: bytes) -> str:
    if not body.startswith(b"PK"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def test_a_bulk_page_names_no_other_stores_complaint(
    world: World, make: Make, client: Client, mailbox: Mailbox
) -> None:
    sign_in(client, make.user("agent"))
    number, own = world.complaints["other"].number, world.complaints["own"].number
    page = client.get(f"/desk/noor/complaints/bulk/assign?key={own}&key={number}")
    assert own in page.text
    assert number not in Page(page.text).text
    assert not [word for word in OF_STORE_B if word in page.text]
    mailbox.take()


def test_the_canaries_are_there_for_those_who_may_read_them(
    world: World, make: Make, client: Client, visitors: Visitors, mailbox: Mailbox
) -> None:
    """Otherwise the crawl above could not fail."""
    sign_in(client, make.user("agent"))
    own = client.page(f"/desk/noor/complaints/{world.complaints['own'].number}").text
    assert all(word in own for word in (NOTE, REVIEWER, ASSIGNEE, OF_THE_TEAM))
    admin = visitors()
    sign_in(admin, make.user("platform_admin"))
    other = admin.page(f"/platform/complaints/najd/{world.complaints['other'].number}").text
    assert all(word in other for word in OF_STORE_B)
    address = f"/platform/complaints/noor/{world.complaints['own'].number}"
    reviewed = admin.page(address).text
    assert OF_THE_PLATFORM in reviewed
    assert OF_THE_TEAM not in reviewed
    admin.submit(admin.get(f"{address}/open-notes"), button="Open the store's notes")
    assert OF_THE_TEAM in admin.page(address).text
    mailbox.take()


@pytest.mark.usefixtures("world")
def test_no_mail_carries_a_note_a_text_or_what_somebody_typed(
    deliver: Deliver, clock: Clock, mailbox: Mailbox, app: Flask
) -> None:
    """Mails about complaints carry numbers and links; only codes go to the mailbox that they prove."""
    clock.move(minutes=20)
    with app.app_context():
        jobs.digest(clock)
    deliver()
    mails = mailbox.take()
    assert any("New complaints" in mail.subject for mail in mails)
    typed = EVERYTHING - {SECRET["email"]}
    for mail in mails:
        text = _whole(mail)
        assert not [word for word in typed if word in text], mail.subject
        if SECRET["email"] not in mail.to:
            assert SECRET["email"] not in text


def test_codes_stand_in_one_mail_and_nowhere_else(
    client: Client,
    make: Make,
    deliver: Deliver,
    mailbox: Mailbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Security, 4: never logged, never on a page, never kept readable."""
    caplog.set_level(logging.DEBUG)
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    view = make.issue(filed.ticket, CodePurpose.VIEW, make.shopper())
    deliver()
    secrets = (view, filed.tracking_code)
    mails = [(mail.to, _whole(mail).replace("-", "")) for mail in mailbox.take()]
    carrying = [to for to, text in mails if any(one in text for one in secrets)]
    assert carrying == [(filed.email,)] * 2
    sign_in(client, make.user("store_owner"))
    db.session.rollback()
    rows = db.session.execute(select(Delivery.id, Delivery.secret)).all()
    pages = [client.get(f"/desk/noor/deliveries/{row.id}").text for row in rows]
    pages.append(client.get("/desk/noor/deliveries/").text)
    for secret in secrets:
        assert not [page for page in pages if secret in page.replace("-", "")]
        assert secret not in logged(caplog).replace("-", "")
    assert all(row.secret is None for row in rows)
    assert "••••••" in "".join(pages)


def test_in_a_demo_without_a_mail_server_deliveries_show_the_codes(
    client: Client, make: Make, deliver: Deliver, app: Flask
) -> None:
    app.config.update(DEMO=True, MAIL_SERVER=None)
    filed = make.complaint()
    view = make.issue(filed.ticket, CodePurpose.VIEW, make.shopper())
    deliver()
    sign_in(client, make.user("platform_admin"))
    db.session.rollback()
    ids = db.session.scalars(select(Delivery.id)).all()
    pages = "".join(client.get(f"/platform/deliveries/{one}").text for one in ids)
    assert view in pages
    assert filed.tracking_code in pages.replace("-", "")
    app.config["DEMO"] = False
    pages = "".join(client.get(f"/platform/deliveries/{one}").text for one in ids)
    assert view not in pages
    assert filed.tracking_code not in pages.replace("-", "")


def test_crawling_writes_nothing(make: Make, client: Client) -> None:
    """Architecture, rule 2: a GET never writes; the sign-in's own rows are there before."""
    make.complaint(TicketStatus.PENDING_CUSTOMER)
    sign_in(client, make.user("store_owner"))
    before = row_counts()
    for place in ("", "complaints/", "deliveries/"):
        client.page(f"/desk/noor/{place}")
    for place in ("", "complaints", "complaints/new", "track"):
        client.page(f"/s/noor/{place}")
    assert row_counts() == before


def _whole(mail: Mail) -> str:
    return "\n".join([mail.subject, mail.text, mail.html, *map(str, mail.message.values())])
