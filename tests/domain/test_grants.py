"""A browser that has proven a mailbox may read that complaint until it is idle for half an hour (S1-37, S1-38)."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.domain import tenancy, timeline, tracking, verification
from helpdesk.domain.errors import WrongCode
from helpdesk.enums import CodePurpose, CustomerType, EventKind
from helpdesk.models import AccessGrant, Customer
from tests.fixtures.factory import Filed, Make

Prove = Callable[..., Filed]


@pytest.fixture
def prove(make: Make) -> Prove:
    def run(filed: Filed | None = None, browser: str = "browser") -> Filed:
        filed, shopper = filed or make.complaint(), make.shopper(browser=browser)
        code = make.issue(filed.ticket, CodePurpose.VIEW, shopper)
        with transaction():
            tracking.prove(filed.ticket, code, shopper, now=make.clock())
        return filed

    return run


def granted(make: Make, browser: str = "browser") -> list[int]:
    db.session.rollback()
    return [one.ticket_id for one in verification.granted(browser, now=make.clock())]


def test_the_browser_may_read_until_it_was_idle_for_half_an_hour(make: Make, prove: Prove) -> None:
    """Domain limits, "Complaint session"."""
    filed = prove()
    make.clock.move(minutes=29)
    assert granted(make) == [filed.ticket.id]
    assert granted(make, "another") == []
    with transaction():
        verification.extend("browser", now=make.clock())
    make.clock.move(minutes=29)
    assert granted(make) == [filed.ticket.id]
    make.clock.move(minutes=1)
    assert granted(make) == []
    with transaction():
        verification.extend("browser", now=make.clock())
    assert granted(make) == []


def test_a_second_proof_begins_a_new_half_hour(make: Make, prove: Prove) -> None:
    filed = prove()
    make.clock.move(minutes=40)
    prove(filed)
    assert granted(make) == [filed.ticket.id]
    assert db.session.scalar(select(func.count()).select_from(AccessGrant)) == 1


def test_a_wrong_code_grants_nothing(make: Make) -> None:
    filed, shopper = make.complaint(), make.shopper()
    with pytest.raises(WrongCode), transaction():
        tracking.prove(filed.ticket, "000000", shopper, now=make.clock())
    assert granted(make) == []
    assert filed.ticket.customer is None


def test_a_grant_is_for_the_store_in_scope(make: Make, prove: Prove) -> None:
    """X-01."""
    mine, theirs = prove(), prove(make.complaint(store=make.store("other")))
    with tenancy.scoped(make.store()):
        assert granted(make) == [mine.ticket.id]
    assert granted(make) == [mine.ticket.id, theirs.ticket.id]


def test_grants_follow_the_browser_to_its_new_session(make: Make, prove: Prove) -> None:
    """Security, sessions: a new id after a code, and the old one opens nothing."""
    filed, other = prove(), prove(browser="other")
    with transaction():
        verification.move_grants("browser", "new")
    assert granted(make, "new") == [filed.ticket.id]
    assert granted(make, "browser") == []
    assert granted(make, "other") == [other.ticket.id]


def test_proving_makes_the_contact_a_customer(prove: Prove) -> None:
    """C64."""
    filed = prove()
    customer = filed.ticket.customer
    assert customer is not None
    assert (customer.store_id, customer.email) == (filed.ticket.store_id, filed.email)
    assert (customer.name, customer.type) == ("Sara O'Connor", CustomerType.PROSPECT)
    assert timeline.of_ticket(filed.ticket, public_only=False)[-1].kind is EventKind.CONTACT_PROVEN


def test_one_person_is_one_customer_a_store(make: Make, prove: Prove) -> None:
    """C64: whatever the spelling; another store's row is another."""
    first = prove(make.complaint(email="sara@example.com"))
    again = prove(make.complaint(email="SARA@example.com", name="Sara B."))
    elsewhere = prove(make.complaint(store=make.store("other"), email="sara@example.com"))
    make.clock.move(minutes=1)
    prove(again)
    assert again.ticket.customer_id == first.ticket.customer_id
    assert elsewhere.ticket.customer_id != first.ticket.customer_id
    assert (
        db.session.scalars(select(Customer.name).order_by(Customer.id)).all()
        == ["Sara O'Connor"] * 2
    )
