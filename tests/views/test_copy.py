"""Download copy: one file with all that the customer may read, in their language, and nothing else (C51)."""

import pytest
from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import complaints
from helpdesk.domain.conversation import Resolution
from helpdesk.enums import DesiredOutcome, EventKind, Lang, ResolutionType, TicketStatus
from helpdesk.models import Event
from tests.fixtures.client import Client
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Page
from tests.views.steps import csrf, prove

S = TicketStatus
BUTTON = "Download copy"


def copy(client: Client, filed: Filed) -> TestResponse:
    return client.submit(client.get(f"/s/noor/complaints/{filed.number}"), button=BUTTON)


@pytest.fixture
def answered(client: Client, make: Make) -> Filed:
    filed = make.complaint(
        S.PENDING_ADMIN,
        order_number="1021",
        desired_outcome=DesiredOutcome.REFUND,
        description="It <b>broke</b>.\nTwice.",
    )
    agent = make.actor("agent")
    make.note(filed.ticket, agent, "CANARY-NOTE between us")
    with transaction():
        complaints.answer(
            filed.ticket,
            "Your money comes back.",
            agent,
            last_seen=None,
            resolution=Resolution(ResolutionType.REFUND, "120 SAR to your card"),
            now=make.clock(),
        )
    make.release()
    prove(client, filed, make)
    return filed


def test_the_copy_has_everything_that_was_said_and_what_was_declared(
    client: Client, answered: Filed
) -> None:
    """C51: declaration with version, time and language; number, store, dates, status, type, order, wish, messages."""
    answer = copy(client, answered)
    disposition = f'attachment; filename="{answered.number}.html"'
    assert answer.headers["Content-Disposition"] == disposition
    page = Page(answer.text)
    assert page.heading == f"Complaint {answered.number}"
    for words in (
        *("Noor", "Waiting for Customer Response", "Damaged or wrong item", "1021", "A refund"),
        *("It <b>broke</b>. Twice.", "Your money comes back.", "(Agent)"),
        *("Proposed: Refund", "120 SAR to your card"),
        *("I declare that the information is correct", "version 1"),
        *("06 May 2025 2:27", "You sent the complaint", "You got an answer"),
    ):
        assert words in page.text.replace("\u202f", " "), words


def test_the_copy_has_no_notes_no_codes_and_nothing_to_load(
    client: Client, answered: Filed
) -> None:
    """S2-84: notes are for one side of the staff; and the file works without us."""
    answer = copy(client, answered)
    for absent in ("CANARY", answered.tracking_code, "<script", "src=", "href=", "@"):
        assert absent not in answer.text.replace("@media", ""), absent


def test_the_copy_is_in_the_customers_language_whatever_the_page_has(
    client: Client, make: Make
) -> None:
    """X-06: the declaration stays in the language in which it was agreed to."""
    filed = make.complaint(lang=Lang.AR, store=make.store("noor", name_ar="نور"))
    prove(client, filed, make)
    client.get("/s/noor/?lang=en")
    page = Page(copy(client, filed).text)
    [html] = page.root.all("html")
    assert (html.get("lang"), html.get("dir")) == ("ar", "rtl")
    assert "نور" in page.text
    [declared] = page.root.all("blockquote")
    assert (declared.get("lang"), declared.get("dir")) == ("ar", "rtl")
    assert "I declare" not in declared.text
    assert "Your complaint" not in page.text
    assert "Track" in client.page("/s/noor/track").heading


def test_taking_a_copy_is_written_down_once_a_press(client: Client, answered: Filed) -> None:
    """X-04, X-10: a post, for a GET must not write."""
    page = client.get(f"/s/noor/complaints/{answered.number}")
    answers = [client.submit(page, button=BUTTON) for _ in range(2)]
    assert {one.status_code for one in answers} == {200}
    db.session.rollback()
    assert db.session.query(Event).filter_by(kind=EventKind.COPY_TAKEN).count() == 1
    assert client.get(f"/s/noor/complaints/{answered.number}/copy").status_code == 405


def test_another_browser_gets_no_copy(client: Client, make: Make) -> None:
    filed = make.complaint()
    data = {"csrf_token": csrf(client)}
    answer = client.post(f"/s/noor/complaints/{filed.number}/copy", data=data)
    assert answer.headers["Location"].startswith("/s/noor/track")
    assert "bottle" not in answer.text


def test_a_copy_can_be_taken_of_a_closed_complaint(client: Client, make: Make) -> None:
    filed = make.complaint(S.CLOSED)
    prove(client, filed, make)
    assert "Closed on" in Page(copy(client, filed).text).text
