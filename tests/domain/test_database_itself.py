"""What the database itself refuses, whoever asks: links across stores, foreign words, a complaint closed by staff."""

from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from helpdesk.db import transaction
from helpdesk.domain import tracking
from helpdesk.enums import AuthorType, CodePurpose, Lang, TicketStatus
from helpdesk.models import (
    AccessGrant,
    Customer,
    Message,
    Order,
    Store,
    Thread,
    Ticket,
    VerificationCode,
)
from tests.fixtures.factory import Filed, Make

Sessions = scoped_session[Session]
LONGEST = 12_000


def write(statement: Any, values: dict[str, Any] | None = None) -> None:
    """One statement in a transaction of its own."""
    with transaction() as session:
        session.execute(statement, values)


@pytest.fixture
def mine(make: Make) -> Filed:
    return make.complaint()


@pytest.fixture
def other(make: Make) -> Store:
    return make.store("other")


def customer_and_order(store: Store, make: Make) -> tuple[int, int]:
    base = {"store_id": store.id, "created_at": make.clock()}
    with transaction() as session:
        who = Customer(name="Sara", email="s@x.com", email_key="s@x.com", lang=Lang.EN, **base)
        session.add(who)
        session.flush()
        order = {"status": "shipped", "total_minor": 1, "currency": "SAR", **base}
        session.add(Order(number="1021", customer_id=who.id, **order))
        session.flush()
        return who.id, session.scalars(select(Order.id)).one()


def test_a_message_cannot_stand_in_another_stores_thread(
    session: Sessions, mine: Filed, other: Store
) -> None:
    """X-01."""
    thread = session.scalars(select(Thread)).one()
    values = {
        "store_id": other.id,
        "thread_id": thread.id,
        "author_type": AuthorType.SYSTEM,
        "body": "x",
        "lang": Lang.EN,
        "created_at": mine.ticket.created_at,
        "released_at": mine.ticket.created_at,
    }
    with pytest.raises(IntegrityError):
        write(insert(Message).values(**values))
    write(insert(Message).values(**values | {"store_id": mine.ticket.store_id}))


@pytest.mark.parametrize("column", ["customer_id", "order_id"])
def test_a_ticket_cannot_point_to_another_stores_customer_or_order(
    make: Make, session: Sessions, mine: Filed, other: Store, column: str
) -> None:
    """X-01, C64."""
    foreign = dict(zip(("customer_id", "order_id"), customer_and_order(other, make), strict=True))
    with pytest.raises(IntegrityError):
        write(update(Ticket).values({column: foreign[column]}))
    session.rollback()
    assert (mine.ticket.customer_id, mine.ticket.order_id) == (None, None)


@pytest.mark.parametrize("table", [Thread, VerificationCode, AccessGrant])
def test_what_hangs_on_a_ticket_does_not_move_to_another_store_without_it(
    make: Make, session: Sessions, mine: Filed, other: Store, table: Any
) -> None:
    """X-01."""
    shopper = make.shopper()
    code = make.issue(mine.ticket, CodePurpose.VIEW, shopper)
    with transaction():
        tracking.prove(mine.ticket, code, shopper, now=make.clock())
    assert session.scalars(select(table.store_id)).all()
    with pytest.raises(IntegrityError):
        write(update(table).values(store_id=other.id))


def test_closed_is_what_the_customer_did_and_nobody_else(session: Sessions, mine: Filed) -> None:
    """S1-26, C9: not even raw SQL closes a complaint without saying that the customer did."""
    for by in ("NULL", "'staff'", "'system'"):
        with pytest.raises(IntegrityError):
            write(text(f"UPDATE ticket SET status = 'closed', closed_by = {by}"))
    session.rollback()
    assert mine.ticket.status is TicketStatus.UNDER_PLATFORM_REVIEW


@pytest.mark.parametrize("status", ["open", "resolved", "done", ""])
def test_a_complaint_has_the_four_statuses_of_complaints_alone(mine: Filed, status: str) -> None:
    """C10, S1-48 to S1-51."""
    assert mine.number
    with pytest.raises(IntegrityError):
        write(text("UPDATE ticket SET status = :status"), {"status": status})


def test_a_message_has_12000_characters_at_the_most(session: Sessions, mine: Filed) -> None:
    """C13."""
    with pytest.raises(IntegrityError):
        write(update(Message).values(body="ب" * (LONGEST + 1)))
    write(update(Message).values(body="ب" * LONGEST))
    session.rollback()
    assert mine.ticket.subject


@pytest.mark.parametrize(
    "author",
    ["'staff', NULL, NULL", "'contact', 1, NULL", "'staff', 1, NULL", "'system', NULL, 'merchant'"],
)
def test_a_message_is_by_whom_it_says(make: Make, mine: Filed, author: str) -> None:
    assert make.user().id
    assert mine.number
    columns = "(author_type, author_user_id, team)"
    with pytest.raises(IntegrityError):
        write(text(f"UPDATE message SET {columns} = ({author})"))


def test_there_is_one_platform(make: Make) -> None:
    make.store()
    with pytest.raises(IntegrityError):
        write(text("UPDATE store SET kind = 'platform'"))


def test_a_number_is_there_once_a_store_but_in_several_stores(
    make: Make, session: Sessions, mine: Filed, other: Store
) -> None:
    """C18, C64."""
    theirs, again = make.complaint(store=other), make.complaint()
    write(update(Ticket).where(Ticket.id == theirs.ticket.id).values(number=mine.number))
    with pytest.raises(IntegrityError):
        write(update(Ticket).where(Ticket.id == again.ticket.id).values(number=mine.number))
    session.rollback()
    assert theirs.ticket.number == mine.number != again.ticket.number
