"""Looking customers up: in one store, by name or mailbox, and only those whom the store may know (X-01)."""

import pytest

from helpdesk.db import db, transaction
from helpdesk.domain import customers, review, tenancy, tracking
from helpdesk.enums import CodePurpose, TicketStatus
from helpdesk.models import Store, Ticket
from tests.fixtures.factory import Filed, Make

S = TicketStatus


def proven(make: Make, status: S = S.PENDING_CUSTOMER, **draft: object) -> Filed:
    filed = make.complaint(status, **draft)  # type: ignore[arg-type]
    code = make.issue(filed.ticket, CodePurpose.VIEW, make.shopper())
    with transaction():
        tracking.prove(filed.ticket, code, make.shopper(), now=make.clock())
    return filed


def found(store: Store, typed: str) -> list[str]:
    db.session.rollback()
    with tenancy.scoped(store):
        return [text for _id, text in customers.look_up(typed)]


@pytest.mark.parametrize(
    "typed", ["huda", "HUDA", "alq", " Alq ", "huda@example.com", "HUDA@EXAMPLE.COM"]
)
def test_a_customer_is_found_by_part_of_the_name_or_the_whole_mailbox(
    typed: str, make: Make
) -> None:
    proven(make, name="Huda Alqahtani", email="huda@example.com")
    assert found(make.store(), typed) == ["Huda Alqahtani · huda@example.com"]


@pytest.mark.parametrize("typed", ["", "  ", "\u200b", "%", "_", "\\", "huda@", "h%a", "H_da"])
def test_nobody_is_found_by_nothing_or_by_a_wildcard(typed: str, make: Make) -> None:
    proven(make, name="Huda Alqahtani", email="huda@example.com")
    assert found(make.store(), typed) == []


def test_a_customer_is_known_in_their_store_alone(make: Make) -> None:
    filed = proven(make, name="Huda", store=make.store("najd"))
    assert len(found(make.store("najd"), "huda")) == 1
    assert found(make.store("noor"), "huda") == []
    customer = db.session.get_one(Ticket, filed.ticket.id).customer_id
    assert customer is not None
    for store, name in ((make.store("najd"), "Huda"), (make.store("noor"), None)):
        with tenancy.scoped(store):
            assert customers.name_of(customer) == name


def test_a_mailbox_is_unknown_until_a_complaint_of_it_was_forwarded(make: Make) -> None:
    """Before that its store may not read it; proving the mailbox changes nothing about that."""
    filed = proven(make, S.UNDER_PLATFORM_REVIEW, name="Huda")
    customer = db.session.get_one(Ticket, filed.ticket.id).customer_id
    assert customer is not None
    assert found(make.store(), "huda") == []
    assert customers.name_of(customer) is None
    reviewer = make.actor("platform_reviewer")
    with transaction():
        review.forward(filed.ticket, "", reviewer, now=make.clock())
    assert len(found(make.store(), "huda")) == 1
    assert customers.name_of(customer) == "Huda"


def test_no_more_than_twenty_are_found(make: Make) -> None:
    for number in range(21):
        proven(make, name=f"Huda {number:02}")
        make.clock.move(hours=1)
    names = found(make.store(), "huda")
    assert len(names) == customers.LOOK_UP_LIMIT
    assert names == sorted(names)
