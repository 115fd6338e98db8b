"""Letters that bring a complainant back, and those that say that a complaint has ended (domain 2.6)."""

from collections.abc import Callable

import pytest

from helpdesk.db import transaction
from helpdesk.domain import closing, lost_codes, tenancy
from helpdesk.enums import Lang, TicketStatus
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mail, Mailbox

S = TicketStatus
Deliver = Callable[[], None]
TEMPLATES = {"complaint_links", "complaint_withdrawn", "tracking_code_reissued"}
CANARIES = {
    "name": "Canary-Name",
    "description": "Canary-Description of what happened, long enough to be one.",
    "order_number": "Canary-Order",
    "phone": "+966559998877",
}


@pytest.fixture
def old(make: Make, deliver: Deliver, mailbox: Mailbox) -> Filed:
    """A complaint of two hours ago; its mails are read."""
    filed = make.complaint(S.PENDING_ADMIN)
    deliver()
    mailbox.take()
    make.clock.move(hours=2)
    return filed


def flat(mail: Mail) -> str:
    return " ".join(mail.text.split())


def test_a_new_tracking_code_says_that_the_old_one_is_dead(
    make: Make, old: Filed, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Domain 2.6, C18."""
    with transaction():
        code = lost_codes.reissue(old.ticket, make.shopper(old.ticket), now=make.clock())
    deliver()
    mail = mailbox.one(to=old.email)
    assert mail.subject == f"Your new tracking code for complaint {old.number}"
    assert f"Tracking code: {code}" in mail.text
    assert code in mail.html
    assert "The old one no longer works." in flat(mail)
    assert old.number in mail.text.split("Track Complaint:")[1]


@pytest.mark.parametrize("lang", list(Lang))
def test_the_links_stand_at_their_numbers_in_text_and_html(
    make: Make, deliver: Deliver, mailbox: Mailbox, lang: Lang
) -> None:
    """S1-56, X-06: each leads to its own complaint, and works for a day."""
    filed = [make.complaint(email="sara@example.com", lang=lang) for _ in range(2)]
    deliver()
    mailbox.take()
    noor = make.store()
    with tenancy.scoped(noor), transaction():
        lost_codes.ask_for_numbers(noor, "sara@example.com", make.shopper(), now=make.clock())
    deliver()
    mail = mailbox.one(to="sara@example.com")
    for one in filed:
        address = f"http://desk.test/s/noor/track/renew/{one.number}/"
        assert mail.text.count(address) == mail.html.count(f'href="{address}') == 1
    assert "[[code]]" not in mail.text + mail.html
    assert f"lang={lang.value}" in mail.text
    assert "24" in mail.text


@pytest.mark.parametrize("lang", list(Lang))
def test_none_of_these_mails_carries_what_anybody_typed_and_all_can_travel(
    make: Make, deliver: Deliver, mailbox: Mailbox, lang: Lang
) -> None:
    """Security, 5, X-06: and each is laid out in its reader's direction."""
    filed = make.complaint(lang=lang, **CANARIES)
    deliver()
    mailbox.take()
    make.clock.move(minutes=2)
    noor, shopper = make.store(), make.shopper(filed.ticket)
    with tenancy.scoped(noor), transaction():
        lost_codes.ask_for_numbers(noor, filed.email, shopper, now=make.clock())
        lost_codes.reissue(filed.ticket, shopper, now=make.clock())
        closing.ask_to_withdraw(filed.ticket, shopper, now=make.clock())
    code = make.code(filed.ticket)
    with transaction():
        closing.withdraw(filed.ticket, code, shopper, now=make.clock())
    deliver()
    mails = mailbox.take()
    assert len(mails) == len(TEMPLATES) + 1  # and the code to withdraw
    for mail in mails:
        everything = f"{mail.message.as_string()}{mail.subject}{mail.text}{mail.html}".casefold()
        assert "canary" not in everything, mail.subject
        assert "9998877" not in everything, mail.subject
        assert f'dir="{"rtl" if lang is Lang.AR else "ltr"}"' in mail.html.replace("'", '"')
        assert max(map(len, mail.message.as_bytes().splitlines())) <= 998


def test_a_closed_complaint_asks_how_it_went_and_a_withdrawn_one_says_what_it_is(
    make: Make, old: Filed, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Domain 2.6, row 9: number, date and the link to rate; both lead to a new complaint as well."""
    customer = make.shopper(old.ticket)
    with transaction():
        closing.ask_to_withdraw(old.ticket, customer, now=make.clock())
    code = make.code(old.ticket)
    with transaction():
        closing.withdraw(old.ticket, code, customer, now=make.clock())
    accepted = make.complaint(S.CLOSED)
    deliver()
    gone = mailbox.one(to=old.email, subject_contains="withdrew")
    done = mailbox.one(to=accepted.email, subject_contains="is closed")
    for mail, filed in ((gone, old), (done, accepted)):
        assert f"Complaint number: {filed.number}" in mail.text
        assert "Closed on: 06 May 2025" in mail.text
        assert filed.number in mail.text.split("Rate how it went:")[1].splitlines()[1]
        assert "/s/noor/complaints/new" in mail.text.split("Start a new complaint:")[1]
    assert "accepted" not in gone.text
    assert "Nobody works on it any more" in flat(gone)
    mailbox.take()
