"""The mails that clocks and the platform's decisions cause: what they say, and that they quote nobody (domain 2.6)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.db import transaction
from helpdesk.domain import (
    complaints,
    contact_change,
    due_soon,
    overdue,
    priorities,
    reminders,
    review,
    tenancy,
    unassigned,
)
from helpdesk.enums import Decision, Lang, Priority, TicketStatus
from helpdesk.models import Ticket, User
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mail, Mailbox

S = TicketStatus
REVIEW = S.UNDER_PLATFORM_REVIEW
Deliver = Callable[[], None]
TEMPLATES = frozenset(
    {
        *("complaint_decided", "complaint_decided_store", "complaint_overdue"),
        *("contact_email_changed", "reminder_customer", "sla_warning", "urgent_unassigned"),
    }
)
"""The keys of these mails."""


def look(make: Make, find: Callable[..., int]) -> None:
    """Let the worker find what is due now."""
    with tenancy.unscoped("a test"), transaction():
        find(now=make.clock())


def fresh(make: Make, deliver: Deliver, mailbox: Mailbox, status: S, lang: Lang) -> Ticket:
    """A complaint in this status whose earlier mails have all been sent."""
    ticket = make.complaint(status, lang=lang, description="Canary-Description, and more.").ticket
    make.clock.move(minutes=1)
    deliver()
    mailbox.take()
    return ticket


def reminder(
    make: Make, deliver: Deliver, mailbox: Mailbox, *, days: int, asked: bool, lang: Lang = Lang.EN
) -> Mail:
    """The mail that a silent customer gets after so many days."""
    status = S.UNDER_PLATFORM_REVIEW if asked else S.PENDING_CUSTOMER
    ticket = fresh(make, deliver, mailbox, status, lang)
    if asked:
        reviewer = make.actor("platform_reviewer")
        with transaction():
            complaints.ask(ticket, "Canary-Ask", reviewer, last_seen=None, now=make.clock())
        make.clock.move(minutes=1)
        deliver()
        mailbox.take()
    make.clock.set(ticket.waiting_since + timedelta(days=days))
    look(make, reminders.remind_some)
    deliver()
    (mail,) = [one for one in mailbox.take() if one.to == (ticket.contact_email,)]
    assert ticket.number in mail.subject
    return mail


@pytest.mark.parametrize(
    ("asked", "wanted", "todo"),
    [
        (True, "A question about your complaint to Noor waits", "read the question and reply"),
        (False, "An answer to your complaint to Noor waits", "accept the resolution and close"),
    ],
)
def test_a_reminder_says_what_is_waited_for_and_that_nothing_closes_by_itself(
    make: Make, deliver: Deliver, mailbox: Mailbox, asked: bool, wanted: str, todo: str
) -> None:
    """C9, S1-57, domain 2.6."""
    mail = reminder(make, deliver, mailbox, days=3, asked=asked)
    assert wanted in mail.text
    assert todo in mail.text
    assert "If you do nothing, the complaint stays open" in mail.text
    assert "We will remind you once more, after 7 days." in mail.text
    assert "/s/noor/track" in mail.text
    assert "canary" not in f"{mail.subject}{mail.text}{mail.html}".casefold()


def test_the_last_reminder_says_that_it_is_the_last(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    mail = reminder(make, deliver, mailbox, days=7, asked=False)
    assert "We do not remind you again." in mail.text
    assert "once more" not in mail.text


@pytest.mark.parametrize("lang", Lang)
def test_a_reminder_is_in_its_readers_language(
    make: Make, deliver: Deliver, mailbox: Mailbox, lang: Lang
) -> None:
    """X-06, X-08: and the moment on the store's clock."""
    mail = reminder(make, deliver, mailbox, days=3, asked=False, lang=lang)
    assert f'dir="{"rtl" if lang is Lang.AR else "ltr"}"' in mail.html.replace("'", '"')
    assert ("06 May 2025 2:27" in mail.text) is (lang is Lang.EN)


def test_a_late_answer_is_told_to_each_side_in_its_own_words(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Row 12: the store is to answer, the platform may decide; each is led to its own page."""
    owner, reviewer = make.user("store_owner"), make.user("platform_reviewer")
    ticket = fresh(make, deliver, mailbox, S.PENDING_ADMIN, Lang.EN)
    make.clock.move(days=7)
    look(make, overdue.tell_some)
    deliver()
    store = mailbox.one(to=owner.email, subject_contains=f"{ticket.number} is overdue")
    platform = mailbox.one(to=reviewer.email, subject_contains=f"{ticket.number} is overdue")
    assert "An answer to a complaint is late. Please answer it now." in store.text
    assert f"/desk/noor/complaints/{ticket.number}" in store.text
    assert "You can decide in its place." in platform.text
    assert f"/platform/complaints/noor/{ticket.number}" in platform.text
    for mail in (store, platform):
        assert "Was due: 08 May 2025 2:27" in mail.text
        assert "Store: Noor" in mail.text
        assert "canary" not in mail.text.casefold()
    mailbox.take()


def test_what_runs_out_is_told_with_its_due_time(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Domain 2.6: to the side that has to act, with the way to its own page."""
    owner, reviewer = make.user("store_owner"), make.user("platform_reviewer")
    ticket = fresh(make, deliver, mailbox, S.PENDING_ADMIN, Lang.EN)
    review = make.complaint().ticket
    make.clock.set(datetime(2025, 5, 7, 9, 13, tzinfo=UTC))
    look(make, due_soon.tell_some)
    deliver()
    ours = mailbox.one(to=reviewer.email, subject_contains="is due soon")
    make.clock.set(datetime(2025, 5, 8, 6, 57, tzinfo=UTC))
    look(make, due_soon.tell_some)
    deliver()
    theirs = mailbox.one(to=owner.email, subject_contains=f"Complaint {ticket.number} is due soon")
    assert "for the review of a complaint have passed" in ours.text
    assert f"/platform/complaints/noor/{review.number}" in ours.text
    assert "for the answer to a complaint have passed" in theirs.text
    assert f"/desk/noor/complaints/{ticket.number}" in theirs.text
    assert "Due: 08 May 2025 2:27" in theirs.text
    for mail in (ours, theirs):
        assert "canary" not in f"{mail.subject}{mail.text}{mail.html}".casefold()
    mailbox.take()


@pytest.mark.parametrize("lang", Lang)
def test_urgent_complaints_that_are_nobodys_are_told_as_a_list_of_links(
    make: Make, deliver: Deliver, mailbox: Mailbox, lang: Lang
) -> None:
    """C48: each side with its own complaints, its own addresses and what it can do about them."""
    owner = make.user("store_owner", lang=lang)
    reviewer = make.user("platform_reviewer", lang=lang)
    numbers = {status: make.complaint(status).ticket for status in (S.PENDING_ADMIN, REVIEW)}
    second = make.complaint(S.PENDING_ADMIN).ticket
    hurry(make, reviewer, *numbers.values(), second)
    deliver()
    make.clock.move(minutes=1)
    deliver()
    mailbox.take()
    make.clock.move(minutes=60)
    for _ in range(2):
        look(make, unassigned.tell_some)
    deliver()
    at_store, ours = mailbox.one(to=owner.email), mailbox.one(to=reviewer.email)
    theirs = (numbers[S.PENDING_ADMIN], second)
    for ticket in theirs:
        assert f"/desk/noor/complaints/{ticket.number}" in at_store.text
        assert f"/desk/noor/complaints/{ticket.number}" in at_store.html
        assert ticket.number not in ours.text
    assert numbers[REVIEW].number not in at_store.text
    assert f"/platform/complaints/noor/{numbers[REVIEW].number}" in ours.text
    assert ("Please assign somebody to each." in at_store.text) is (lang is Lang.EN)
    assert ("Please review them now." in ours.text) is (lang is Lang.EN)
    assert f'dir="{"rtl" if lang is Lang.AR else "ltr"}"' in ours.html.replace("'", '"')
    for mail in (at_store, ours):
        assert "canary" not in f"{mail.subject}{mail.text}{mail.html}".casefold()
    mailbox.take()


def hurry(make: Make, person: User, *found: Ticket) -> None:
    actor = make.acting(person)
    with transaction():
        for ticket in found:
            priorities.put(ticket, Priority.URGENT, actor, now=make.clock())


def test_a_late_review_is_told_as_one(make: Make, deliver: Deliver, mailbox: Mailbox) -> None:
    reviewer = make.user("platform_reviewer")
    fresh(make, deliver, mailbox, S.UNDER_PLATFORM_REVIEW, Lang.EN)
    make.clock.move(days=7)
    look(make, overdue.tell_some)
    deliver()
    assert "The review of a complaint is late." in mailbox.one(to=reviewer.email).text
    mailbox.take()


@pytest.mark.parametrize("decision", Decision)
def test_a_decision_is_told_to_customer_and_store_without_its_words(
    make: Make, deliver: Deliver, mailbox: Mailbox, decision: Decision
) -> None:
    """Domain 2.6: that there is one, where to read it, and what to do then."""
    owner, reviewer = make.user("store_owner"), make.actor("platform_reviewer")
    ticket = fresh(make, deliver, mailbox, S.PENDING_ADMIN, Lang.EN)
    now = make.clock.move(days=7)
    with transaction():
        review.decide(ticket, decision, "Canary-Decision", reviewer, last_seen=None, now=now)
    deliver()
    assert mailbox.take() == []  # it can still be taken back
    make.clock.move(minutes=1)
    deliver()
    customer = mailbox.one(to=ticket.contact_email)
    assert customer.subject == f"Your complaint {ticket.number} was decided"
    assert "did not answer your complaint in time" in customer.text
    assert "New status: Waiting for Customer Response" in customer.text
    assert "Read the decision" in customer.text
    store = mailbox.one(to=owner.email)
    assert f"decided complaint {ticket.number}" in store.subject
    assert f"/desk/noor/complaints/{ticket.number}" in store.text
    for mail in (customer, store):
        everything = f"{mail.subject}{mail.text}{mail.html}".casefold()
        assert "canary" not in everything
        assert not {"upheld", "rejected"} & set(everything.split())
    mailbox.take()


def test_a_change_of_address_is_told_with_what_to_do_in_either_mailbox(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """C47, domain 2.6."""
    ticket = fresh(make, deliver, mailbox, S.PENDING_CUSTOMER, Lang.EN)
    old, admin = ticket.contact_email, make.actor("platform_admin")
    why = "Canary-Reason"
    with transaction():
        contact_change.change(
            ticket, "sara.new@example.org", why, admin, checked=True, now=make.clock()
        )
    deliver()
    first, second = mailbox.one(to=old), mailbox.one(to="sara.new@example.org")
    assert "This mailbox gets no more codes and no more mails about it." in first.text
    assert "Object to the change" in first.text
    assert "From now on codes and mails about it come to this mailbox." in second.text
    assert "Object to the change" not in second.text
    assert "canary" not in f"{first.text}{first.html}{second.text}{second.html}".casefold()
    mailbox.take()
