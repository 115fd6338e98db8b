"""A shopper sends a complaint (S1-28 to S1-33, S1-48, C11, C18, C49, C50, C51)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, conversation, numbers, orders, tenancy, timeline
from helpdesk.domain.errors import Invalid, LimitReached
from helpdesk.domain.kinds import COMPLAINT_TYPES, DECLARATION_VERSION, DECLARATIONS
from helpdesk.domain.missing import gaps
from helpdesk.enums import (
    ActorType,
    ComplaintType,
    DesiredOutcome,
    EventKind,
    Lang,
    Team,
    TicketStatus,
)
from helpdesk.models import Customer, Event, Order, PlatformSetting, Store, Ticket
from tests.fixtures.factory import Make

S = TicketStatus


def submit(make: Make, store: Store | None = None, ip: str = "ip", **draft: Any) -> Ticket:
    place, visitor = store or make.store(), make.shopper(ip=ip)
    with tenancy.scoped(place), transaction():
        return complaints.submit(place, make.draft(**draft), visitor, now=make.clock()).ticket


def count(table: type[Any]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def order(make: Make, store: Store, email: str, phone: str | None = None) -> Order:
    base = {"store_id": store.id, "created_at": make.clock()}
    with transaction() as session:
        who = Customer(name="S", email=email, email_key=email, phone=phone, lang=Lang.EN, **base)
        session.add(who)
        session.flush()
        facts = {"status": "shipped", "total_minor": 1, "currency": "SAR", **base}
        ordered = Order(number="1021", customer_id=who.id, **facts)
        session.add(ordered)
    return ordered


def test_it_is_kept_as_it_was_sent_and_goes_to_the_platform_first(make: Make) -> None:
    """S1-29, S1-33, S1-48, C10, C18, C53."""
    ticket = submit(
        make,
        type=ComplaintType.LATE,
        desired_outcome=DesiredOutcome.REFUND,
        description=" Late!\r\n",
    )
    assert (ticket.status, ticket.handler_team) == (S.UNDER_PLATFORM_REVIEW, Team.PLATFORM)
    assert numbers.read("CMP", ticket.number) == ticket.number
    assert (ticket.complaint_type, ticket.desired_outcome) == (
        ComplaintType.LATE,
        DesiredOutcome.REFUND,
    )
    assert ticket.subject == COMPLAINT_TYPES[ComplaintType.LATE]
    assert (ticket.contact_name, ticket.contact_phone) == ("Sara O'Connor", "+966551234567")
    assert (ticket.forwarded_at, ticket.due_at) == (None, datetime(2025, 5, 7, 11, 27, tzinfo=UTC))
    assert [
        one.body for one in conversation.read(ticket, make.shopper(ticket), now=make.clock())
    ] == ["Late!"]
    fact = timeline.of_ticket(ticket, public_only=True)[-1]
    assert (fact.kind, fact.became) == (EventKind.COMPLAINT_SUBMITTED, S.UNDER_PLATFORM_REVIEW)
    assert fact.actor_type is ActorType.VISITOR


def test_without_review_it_goes_to_the_store_at_once(make: Make) -> None:
    """C11: the setting complaint_platform_review is off."""
    with transaction() as session:
        session.add(PlatformSetting(key="complaint_platform_review", value=False))
    ticket = submit(make)
    assert (ticket.status, ticket.handler_team) == (S.PENDING_ADMIN, Team.MERCHANT)
    assert ticket.forwarded_at == make.clock()
    assert ticket.due_at == datetime(2025, 5, 8, 11, 27, tzinfo=UTC)
    assert conversation.read(ticket, make.actor("agent"), now=make.clock())


def test_the_declaration_that_was_agreed_to_is_kept(make: Make) -> None:
    """S1-31, C51: version, time and language."""
    ticket = submit(make, lang=Lang.AR)
    assert (ticket.declaration_version, ticket.declaration_lang) == (DECLARATION_VERSION, Lang.AR)
    assert ticket.declared_at == make.clock()
    assert "is correct to the best of my knowledge" in DECLARATIONS[DECLARATION_VERSION]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"declared": False}, "declaration"),
        ({"description": " \u200b "}, "text"),
        ({"description": "a" * 12_001}, "text"),
    ],
)
def test_what_is_not_complete_is_not_sent(make: Make, changes: dict[str, Any], field: str) -> None:
    """S1-31, C13: nothing of it is kept, not even against the limits."""
    facts = count(Event) + bool(make.store().id)
    for _ in range(6):
        with pytest.raises(Invalid) as refused:
            submit(make, email="sara@example.com", **changes)
        assert refused.value.field == field
    assert (count(Ticket), count(Event)) == (0, facts)
    assert submit(make, email="sara@example.com").id


def test_one_mailbox_sends_five_an_hour(make: Make) -> None:
    """Domain limits: also in other spelling, from other addresses; and the sixth is not kept."""
    for number in range(5):
        submit(make, email="sara@example.com", ip=f"ip{number}")
    with pytest.raises(LimitReached) as refused:
        submit(make, email="SARA@example.com", ip="ip9")
    assert (refused.value.wait_seconds, count(Ticket)) == (3600, 5)
    submit(make, email="other@example.com", ip="ip9")
    make.clock.move(hours=1)
    submit(make, email="sara@example.com")


def test_one_address_sends_sixty_an_hour(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Domain limits: carriers share addresses, so it is many."""
    assert complaints.PER_HOUR_AND_ADDRESS == 60
    monkeypatch.setattr(complaints, "PER_HOUR_AND_ADDRESS", 2)
    submit(make), submit(make)
    with pytest.raises(LimitReached):
        submit(make)
    submit(make, ip="another")
    assert count(Ticket) == 3


def linked(make: Make, **draft: Any) -> tuple[bool, str | None]:
    ticket = submit(make, **draft)
    return ticket.order_id is not None, ticket.order_number_text


def test_an_order_is_linked_when_the_same_person_ordered_it(make: Make) -> None:
    """C49, S1-15: by e-mail or telephone; the number is kept in any case."""
    order(make, make.store(), "sara@example.com", "+966551234567")
    assert linked(make, email="SARA@example.com", phone=None) == (True, "1021")
    assert linked(make, email="x@example.com", phone="+966551234567") == (True, "1021")
    assert linked(make, email="x@example.com", phone="+966550000000") == (False, "1021")
    assert linked(make, email="x@example.com", phone=None) == (False, "1021")
    assert linked(make, email="sara@example.com", order_number="7") == (False, "7")
    assert linked(make, email="sara@example.com", order_number="") == (False, None)


def test_staff_are_told_whether_more_than_a_telephone_number_speaks_for_an_order(
    make: Make,
) -> None:
    """C49: whoever knows somebody's number has not proven to be them."""
    ordered = order(make, make.store(), "sara@example.com", "+966551234567")
    both = submit(make, email="SARA@example.com", phone="+966551234567")
    assert orders.matched_by(ordered, both) == orders.BY_EMAIL
    by_phone = submit(make, email="x@example.com", phone="+966551234567")
    assert orders.matched_by(ordered, by_phone) == orders.BY_PHONE
    left = submit(make, email="sara@example.com", phone="+966550000000")
    with transaction():
        left.contact_email_key = "new@example.com"
    assert orders.matched_by(ordered, left) == orders.BY_FORMER_EMAIL
    with transaction():
        ordered.customer.phone = left.contact_phone = None
    assert orders.matched_by(ordered, left) == orders.BY_FORMER_EMAIL


def test_an_order_of_another_store_is_not_linked(make: Make) -> None:
    """C49, X-01: numbers repeat across stores, and so do people."""
    order(make, make.store("other"), "sara@example.com")
    assert linked(make, email="sara@example.com") == (False, "1021")


def test_no_customer_comes_into_being_before_the_mailbox_is_proven(make: Make) -> None:
    """C64."""
    submit(make)
    assert count(Customer) == 0


def test_a_number_that_is_taken_is_drawn_again(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """C18: here the generator repeats itself."""
    drawn = iter(["CMP-1234-5674", "CMP-1234-5674", "CMP-0000-0000", "CMP-1234-5674"])
    draw: Callable[[str], str] = lambda _prefix: next(drawn)  # noqa: E731 - one line is enough
    monkeypatch.setattr("helpdesk.domain.tickets.numbers.draw", draw)
    mine = [submit(make).number, submit(make).number]
    assert [*mine, submit(make, make.store("other")).number] == [
        "CMP-1234-5674",
        "CMP-0000-0000",
        "CMP-1234-5674",
    ]


@pytest.mark.parametrize(("typed", "number"), [("#١٠٢١", "1021"), ("", ""), ("A" * 40, "A" * 40)])
def test_an_order_number_is_read_as_typed(typed: str, number: str) -> None:
    """S1-55, X-07."""
    assert complaints.read_order_number(typed) == number


def test_an_endless_order_number_is_refused() -> None:
    with pytest.raises(Invalid):
        complaints.read_order_number("1" * 41)


def test_what_is_missing_is_listed_for_the_reader(make: Make) -> None:
    """S1-16."""
    little = submit(make, order_number="", phone=None, desired_outcome=None)
    assert len(gaps(little, "Broken.")) == 4
    order(make, make.store(), "sara@example.com")
    whole = {"email": "sara@example.com", "desired_outcome": DesiredOutcome.REFUND}
    assert gaps(submit(make, **whole), "x" * 40) == []
    (unmatched,) = gaps(submit(make, **whole | {"order_number": "7"}), "x" * 40)
    assert "could not be matched" in unmatched.told


def test_a_complaint_about_service_needs_no_order(make: Make) -> None:
    """S1-55, C49."""
    ticket = submit(
        make, type=ComplaintType.SERVICE, order_number="", desired_outcome=DesiredOutcome.OTHER
    )
    assert gaps(ticket, "x" * 40) == []


def test_there_are_the_nine_types(make: Make) -> None:
    """S1-13, C50: each with its words."""
    assert len(ComplaintType) == 9
    assert COMPLAINT_TYPES.keys() == set(ComplaintType)
    assert all(submit(make, type=one, ip=one).complaint_type is one for one in ComplaintType)


@pytest.mark.parametrize(
    ("typed", "field"), [("", "description"), ("\u200b\n", "description"), ("a" * 12_001, "text")]
)
def test_a_description_that_says_nothing_or_too_much_is_refused(typed: str, field: str) -> None:
    """S1-29, C13."""
    with pytest.raises(Invalid) as refused:
        complaints.read_description(typed)
    assert refused.value.field == field
    assert complaints.read_description(" Broken.\r\n") == "Broken."
