"""Finish and lock, and a copy to keep: what the customer does beside the conversation."""

import pytest

from helpdesk.db import db, transaction
from helpdesk.domain import copies, timeline, tracking, verification
from helpdesk.domain.errors import NotFound
from helpdesk.domain.tenancy import scoped
from helpdesk.enums import CodePurpose, EventKind
from helpdesk.models import Store, Ticket
from tests.fixtures.factory import Make


def prove(make: Make, ticket: Ticket, browser: str = "browser") -> None:
    shopper = make.shopper(browser=browser)
    code = make.issue(ticket, CodePurpose.VIEW, shopper)
    with transaction():
        tracking.prove(ticket, code, shopper, now=make.clock())


def granted(make: Make, browser: str, store: Store) -> list[int]:
    db.session.rollback()
    with scoped(store):
        return [one.ticket_id for one in verification.granted(browser, now=make.clock())]


def test_finish_and_lock_ends_what_this_browser_proved_in_this_store_and_nothing_else(
    make: Make,
) -> None:
    """Domain limits, "Complaint session"."""
    noor, other = make.store(), make.store("other")
    mine, second = make.complaint().ticket, make.complaint().ticket
    elsewhere = make.complaint(store=other).ticket
    for ticket in (mine, second, elsewhere):
        prove(make, ticket)
    make.clock.move(minutes=2)
    prove(make, mine, "another browser")
    actor = make.shopper(mine, second)
    with scoped(noor), transaction():
        locked = tracking.leave(actor, now=make.clock())
    assert locked == [mine, second]
    assert granted(make, "browser", noor) == []
    assert granted(make, "browser", other) == [elsewhere.id]
    assert granted(make, "another browser", noor) == [mine.id]
    for ticket in locked:
        fact = timeline.of_ticket(ticket, public_only=False)[-1]
        assert (fact.kind, fact.public) == (EventKind.CONTACT_LEFT, False)


def test_a_browser_that_proved_nothing_leaves_nothing_behind(make: Make) -> None:
    with scoped(make.store()), transaction():
        assert tracking.leave(make.shopper(), now=make.clock()) == []


def test_it_is_known_when_a_proof_ends(make: Make) -> None:
    """WCAG 2.2.1: so that the page can warn."""
    ticket = make.complaint().ticket
    assert verification.locks_at(ticket, "browser", now=make.clock()) == make.clock()
    prove(make, ticket)
    ends = make.clock() + verification.GRANT_IDLE
    make.clock.move(minutes=5)
    assert verification.locks_at(ticket, "browser", now=make.clock()) == ends


def test_taking_a_copy_is_written_down_and_is_for_readers_alone(make: Make) -> None:
    """X-04, X-01."""
    ticket = make.complaint().ticket
    with transaction():
        copies.take(ticket, make.shopper(ticket), now=make.clock())
    fact = timeline.of_ticket(ticket, public_only=False)[-1]
    assert (fact.kind, fact.public) == (EventKind.COPY_TAKEN, False)
    with pytest.raises(NotFound), transaction():
        copies.take(ticket, make.shopper(), now=make.clock())
