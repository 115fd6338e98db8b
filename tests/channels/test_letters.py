"""What the mails say: what happened, what it means, and what to do now (S1-33, S1-44, S1-52)."""

from collections.abc import Callable

import pytest
from flask import Flask

from helpdesk.channels import email, links
from helpdesk.db import transaction
from helpdesk.domain import complaints, tickets
from helpdesk.domain.deliveries import CODE_PLACE
from helpdesk.enums import CodePurpose, TicketStatus
from helpdesk.models import PlatformSetting
from helpdesk.vault import shown_tracking_code
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

S = TicketStatus
Deliver = Callable[[], None]


def test_the_acknowledgement_says_what_happens_next(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """S1-33, S1-52, C18: number, code, status, two dates in the store's week and zone, and a link."""
    filed = make.complaint()
    deliver()
    text = mailbox.one().text
    assert f"Complaint number: {filed.number}" in text
    assert f"Tracking code: {shown_tracking_code(filed.tracking_code)}" in text
    assert f"Status: Under Review by {make.platform().name_en}" in text
    assert f"{make.platform().name_en} checks it by Wednesday 7 May." in text
    assert "The store answers by Sunday 11 May." in text
    assert filed.number in text.split("Track Complaint:")[1].splitlines()[1]
    assert "mistyped an address" in text


def test_without_review_the_acknowledgement_promises_the_stores_answer_alone(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """C11."""
    with transaction() as session:
        session.add(PlatformSetting(key="complaint_platform_review", value=False))
    make.complaint()
    deliver()
    text = mailbox.one().text
    assert "Status: Waiting for Merchant Response" in text
    assert "checks it by" not in text
    assert "The store answers by Thursday 8 May." in text


@pytest.mark.parametrize(
    ("purpose", "words"), [(CodePurpose.VIEW, "to open your"), (CodePurpose.CLOSE, "to close your")]
)
def test_a_code_says_what_it_is_for_and_that_nobody_asks_for_it(
    make: Make, deliver: Deliver, mailbox: Mailbox, purpose: CodePurpose, words: str
) -> None:
    """S1-44, C17."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    deliver()
    mailbox.take()
    code = make.issue(filed.ticket, purpose, make.shopper(filed.ticket))
    deliver()
    mail = mailbox.one(to=filed.email)
    assert code in mail.text
    assert code in mail.html
    assert code not in mail.subject
    assert words in mail.text
    assert "10 minutes" in mail.text
    assert "never ask for it by phone" in mail.text
    assert shown_tracking_code(filed.tracking_code) not in mail.text


def test_a_new_status_is_told_with_the_old_one_and_what_to_do(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """S1-52."""
    filed = make.complaint(S.PENDING_ADMIN)
    deliver()
    mail = mailbox.one(to=filed.email, subject_contains="new status")
    assert f"Status until now: Under Review by {make.platform().name_en}" in mail.text
    assert "New status: Waiting for Merchant Response" in mail.text
    assert "owes you an answer" in mail.text
    assert "You need to do nothing now" in mail.text
    mailbox.take()


def test_the_store_is_told_until_when_it_has_to_answer(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Domain 2.6: number, type and due time, in the store's own zone."""
    agent = make.user("agent")
    filed = make.complaint(S.PENDING_ADMIN)
    deliver()
    mail = mailbox.one(to=agent.email)
    assert mail.subject == f"Complaint {filed.number} waits for Noor"
    assert "Type: Damaged or wrong item" in mail.text
    assert "Answer due: 08 May 2025 2:27" in mail.text
    assert "/desk/noor/" in mail.text
    mailbox.take()


def test_once_it_is_answered_no_due_time_is_told(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    agent = make.user("agent")
    make.complaint(S.PENDING_CUSTOMER)
    deliver()
    assert "Answer due" not in mailbox.one(to=agent.email, subject_contains="waits for").text
    mailbox.take()


def test_the_platform_is_led_to_its_own_page(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """X-02: the store is shown."""
    reviewer = make.user("platform_reviewer")
    filed = make.complaint()
    with transaction():
        complaints.respond(filed.ticket, "More.", make.shopper(filed.ticket), now=make.clock())
    deliver()
    mail = mailbox.one(to=reviewer.email)
    assert "Store: Noor" in mail.text
    assert "http://desk.test/platform" in mail.text
    assert "/desk/" not in mail.text
    mailbox.take()


def test_links_always_lead_to_the_public_address(app: Flask) -> None:
    """Security, 7: whatever host a request came in on."""
    with app.test_request_context("/", base_url="http://evil.example"):
        assert links.public("login.sign_in").startswith("http://desk.test/")
        assert links.mail_domain() == "desk.test"


def test_a_code_is_put_in_everywhere_it_belongs() -> None:
    assert email.filled(f"{CODE_PLACE} and {CODE_PLACE}", "123456") == "123456 and 123456"
    assert email.filled("no place", "123456") == "no place"
    assert email.filled("no code", None) == "no code"


def test_an_assignment_says_until_when_as_long_as_it_is_due(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Domain 2.6."""
    agent, owner = make.user("agent"), make.actor("store_owner")
    open_one, answered = make.complaint(S.PENDING_ADMIN), make.complaint(S.PENDING_CUSTOMER)
    for filed in (open_one, answered):
        with transaction():
            tickets.assign(filed.ticket, agent.id, owner, now=make.clock())
    deliver()
    due = mailbox.one(to=agent.email, subject_contains=f"{open_one.number} is now yours")
    done = mailbox.one(to=agent.email, subject_contains=f"{answered.number} is now yours")
    assert "Answer due: 08 May 2025" in due.text
    assert "Answer due" not in done.text
    mailbox.take()
