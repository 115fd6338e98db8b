"""A customer who lost their mailbox gets another address, and a day in which nobody can close (C47)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import (
    closing,
    complaints,
    contact_change,
    conversation,
    notifications,
    timeline,
    tracking,
    verification,
)
from helpdesk.domain.errors import Invalid, NotAllowed, NotFound, WrongCode, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import AuthorType, CodePurpose, EventKind, TicketStatus
from helpdesk.models import AccessGrant, Customer, Event, EventSecret, Ticket
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

S = TicketStatus
NEW = "sara.new@example.org"
REASON = "She lost her mailbox, and named order and address on the phone."


def change(
    make: Make,
    ticket: Ticket,
    email: str = NEW,
    reason: str = REASON,
    *,
    role: str = "platform_admin",
    checked: bool = True,
) -> None:
    actor = make.actor(role)
    with transaction():
        contact_change.change(ticket, email, reason, actor, checked=checked, now=make.clock())


def proven(make: Make, ticket: Ticket) -> Actor:
    """A browser that has opened the complaint."""
    browser = make.shopper(browser="first")
    code = make.issue(ticket, CodePurpose.VIEW, browser)
    with transaction():
        tracking.prove(ticket, code, browser, now=make.clock())
    return make.shopper(ticket, browser="first")


def test_the_complaint_goes_on_with_the_new_address(make: Make) -> None:
    ticket = make.complaint(S.PENDING_CUSTOMER).ticket
    before = (ticket.status, ticket.due_at, ticket.contact_name, ticket.contact_phone)
    change(make, ticket, " Sara.New@EXAMPLE.org ")
    assert ticket.contact_email == "Sara.New@example.org"
    assert ticket.contact_email_key == NEW
    assert ticket.contact_changed_at == make.clock()
    assert (ticket.status, ticket.due_at, ticket.contact_name, ticket.contact_phone) == before


def test_who_changed_it_and_why_is_kept_without_either_address(make: Make) -> None:
    """X-04: for ever, so nobody's address stands in it."""
    ticket = make.complaint().ticket
    old = ticket.contact_email
    change(make, ticket)
    fact = timeline.of_ticket(ticket, public_only=True)[-1]
    assert (fact.kind, fact.actor_name) == (EventKind.CONTACT_CHANGED, "Platform Admin")
    assert (fact.was, fact.became) == ("s•••@example.com", "s•••@example.org")
    assert fact.data == {"reason": REASON}
    columns = [str(getattr(fact, one.key)) for one in Event.__mapper__.column_attrs]
    assert not any(old in text or NEW in text for text in columns)


def test_whatever_the_old_mailbox_had_opened_is_shut(make: Make) -> None:
    """Codes that are on their way die, and every browser has to prove the new mailbox."""
    ticket, other = make.complaint(S.PENDING_CUSTOMER).ticket, make.complaint(S.PENDING_CUSTOMER)
    make.clock.move(minutes=1)
    customer = proven(make, ticket)
    proven(make, other.ticket)
    make.clock.move(minutes=2)
    view = make.issue(ticket, CodePurpose.VIEW, customer)
    close = make.issue(ticket, CodePurpose.CLOSE, customer)
    change(make, ticket)
    grants = db.session.scalars(select(AccessGrant)).all()
    assert [one.ticket_id for one in grants] == [other.ticket.id]
    for purpose, code in ((CodePurpose.VIEW, view), (CodePurpose.CLOSE, close)):
        assert not verification.awaited(ticket, purpose, customer, now=make.clock())
        with pytest.raises(WrongCode), transaction():
            verification.spend(ticket, purpose, code, customer, now=make.clock())


def test_a_code_for_the_new_mailbox_opens_it_again(make: Make) -> None:
    ticket = make.complaint(S.PENDING_CUSTOMER).ticket
    proven(make, ticket)
    make.clock.move(minutes=2)
    change(make, ticket)
    proven(make, ticket)
    grants = db.session.scalars(select(AccessGrant)).all()
    assert [one.ticket_id for one in grants] == [ticket.id]


def test_the_contact_is_no_known_customer_until_the_new_mailbox_is_proven(make: Make) -> None:
    """C64: the old row stays whose it is; what was said stays as it was said."""
    ticket = make.complaint().ticket
    customer = proven(make, ticket)
    old = ticket.customer_id
    with transaction():
        complaints.respond(ticket, "Before.", customer, now=make.clock())
    make.clock.move(minutes=2)
    change(make, ticket)
    assert (ticket.customer_id, ticket.store_id) == (None, make.store().id)
    with transaction():
        complaints.respond(ticket, "After.", customer, now=make.clock())
    said = conversation.read(ticket, make.actor("platform_admin"), now=make.clock())
    assert [(one.author_type, one.author_customer_id) for one in said[1:]] == [
        (AuthorType.CUSTOMER, old),
        (AuthorType.CONTACT, None),
    ]
    proven(make, ticket)
    assert ticket.customer_id not in {None, old}
    known = db.session.scalars(select(Customer.email_key).order_by(Customer.id)).all()
    assert known[-1] == NEW
    assert len(known) == 2


@pytest.mark.parametrize(
    ("given", "field", "text"),
    [
        ({"reason": " \u200b "}, "reason", contact_change.REASON),
        ({"checked": False}, "checked", contact_change.UNCHECKED),
    ],
)
def test_it_has_to_be_explained_and_checked(
    make: Make, given: dict[str, Any], field: str, text: str
) -> None:
    ticket = make.complaint().ticket
    before = (ticket.contact_email, ticket.version)
    with pytest.raises(Invalid) as refused:
        change(make, ticket, **given)
    db.session.rollback()
    assert (refused.value.field, refused.value.text) == (field, text)
    assert (ticket.contact_email, ticket.version, ticket.contact_changed_at) == (*before, None)


@pytest.mark.parametrize("email", ["", "nobody", "a@b.example, c@d.example", "سارة@example.com"])
def test_what_is_no_address_is_refused(make: Make, email: str) -> None:
    ticket = make.complaint().ticket
    with pytest.raises(Invalid):
        change(make, ticket, email)


def test_the_same_address_in_other_letters_is_refused(make: Make) -> None:
    ticket = make.complaint(email="sara@example.com").ticket
    with pytest.raises(Invalid) as refused:
        change(make, ticket, "SARA@Example.com")
    assert (refused.value.field, refused.value.text) == ("email", contact_change.SAME)


@pytest.mark.parametrize(
    "role", ["platform_reviewer", "tech_support", "store_owner", "store_manager", "agent"]
)
def test_nobody_but_the_platforms_administrators_changes_it(make: Make, role: str) -> None:
    """Domain 2.2."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    before = ticket.contact_email
    with pytest.raises(NotAllowed):
        change(make, ticket, role=role)
    db.session.rollback()
    assert ticket.contact_email == before


def test_neither_the_customer_nor_another_store_changes_it(make: Make) -> None:
    ticket, other = make.complaint().ticket, make.actor("store_owner", make.store("other"))
    for actor, refusal in ((make.shopper(ticket), NotAllowed), (other, NotFound)):
        with pytest.raises(refusal), transaction():
            contact_change.change(ticket, NEW, REASON, actor, checked=True, now=make.clock())


# The day after


@pytest.mark.parametrize("status", [S.PENDING_CUSTOMER, S.PENDING_ADMIN])
def test_for_a_day_nobody_can_close_or_withdraw(make: Make, status: S) -> None:
    """C47: to the second, and the refusal says from when on."""
    ticket = make.complaint(status).ticket
    make.clock.move(hours=1)
    change(make, ticket)
    until = make.clock() + timedelta(hours=24)
    customer = make.shopper(ticket)
    answered = status is S.PENDING_CUSTOMER
    ask = closing.ask_to_close if answered else closing.ask_to_withdraw
    end = closing.close if answered else closing.withdraw
    code = make.issue(ticket, CodePurpose.CLOSE, customer)
    for attempt in (
        lambda: ask(ticket, customer, now=make.clock()),
        lambda: end(ticket, code, customer, now=make.clock()),
    ):
        with pytest.raises(WrongState) as refused, transaction():
            attempt()
        db.session.rollback()
        assert refused.value.text == closing.CONTACT_IS_NEW
        assert refused.value.values == {"moment": until}
    make.clock.set(until - timedelta(seconds=1))
    assert closing.closable_from(ticket, now=make.clock()) == until
    make.clock.move(seconds=1)
    assert closing.closable_from(ticket, now=make.clock()) is None
    code = make.issue(ticket, CodePurpose.CLOSE, customer)
    with transaction():
        end(ticket, code, customer, now=make.clock())
    assert ticket.status is S.CLOSED


def test_a_second_change_begins_a_new_day(make: Make) -> None:
    ticket = make.complaint(S.PENDING_CUSTOMER).ticket
    change(make, ticket)
    make.clock.move(hours=23)
    change(make, ticket, "another@example.org")
    until = make.clock() + timedelta(hours=24)
    make.clock.move(hours=2)
    assert closing.closable_from(ticket, now=make.clock()) == until


# Who hears of it


def test_both_mailboxes_are_told_in_different_words(make: Make, mailbox: Mailbox) -> None:
    """Domain 2.6: what changed, and how to object; the old address is kept no longer than the mail needs it."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    jobs.deliver(make.clock)
    make.clock.move(hours=1)
    jobs.deliver(make.clock)
    mailbox.take()
    change(make, filed.ticket)
    jobs.deliver(make.clock)
    old, new = mailbox.one(to=filed.email), mailbox.one(to=NEW)
    for mail in (old, new):
        assert filed.number in mail.subject
        assert "s•••@example.com" in mail.text
        assert "s•••@example.org" in mail.text
        assert "07 May 2025" in mail.text  # until when nobody can close it
        assert REASON not in mail.text + mail.html
    assert NEW not in old.text + old.html
    assert filed.email not in new.text + new.html
    assert "object at once" in old.text
    assert "/s/noor/complaints/new" in old.text
    assert "/s/noor/track" in new.text
    assert "/s/noor/track" not in old.text
    db.session.rollback()
    assert db.session.scalars(select(EventSecret)).all() == []
    mailbox.take()


def test_what_happens_later_is_told_to_the_new_mailbox_alone(make: Make, mailbox: Mailbox) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    jobs.deliver(make.clock)
    change(make, filed.ticket)
    jobs.deliver(make.clock)
    mailbox.take()
    make.answer(filed.ticket)
    make.clock.move(minutes=1)
    jobs.deliver(make.clock)
    assert {one.to for one in mailbox.take()} == {(NEW,)}


def test_without_the_old_address_the_new_one_is_told_all_the_same(make: Make) -> None:
    """As when the event is looked at once more after its mails were written."""
    ticket = make.complaint().ticket
    change(make, ticket)
    fact = timeline.of_ticket(ticket, public_only=False)[-1]
    assert len(notifications.of_event(fact)) == 2
    with transaction() as session:
        session.delete(session.get_one(EventSecret, fact.id))
    (told,) = notifications.of_event(fact)
    assert (told.recipient, told.facts["old"]) == (NEW, False)
