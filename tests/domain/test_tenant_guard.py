"""X-01: in the scope of one store, no path of the session leads to another store's row."""

from typing import Any

import pytest
from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased, joinedload, scoped_session, selectinload

from helpdesk.db import TenantLeak, db, insert_once, scope, transaction
from helpdesk.domain import stores, tenancy
from helpdesk.enums import Lang, ThreadKind
from helpdesk.models import Customer, Message, Order, Store, Thread, Ticket
from tests.fixtures.factory import Filed, Make

Sessions = scoped_session[Session]
Other = aliased(Ticket)
IN_STORES = Ticket.store_id == Store.id

TICKETS: dict[str, Select[Any]] = {
    "rows": select(Ticket.id),
    "aliased": select(Other.id),
    "counted": select(func.count()).select_from(Ticket),
    "joined": select(Store.id).join(Ticket, IN_STORES),
    "aliased join": select(Store.id).join(Other, Other.store_id == Store.id),
    "in a subquery": select(Store.id).where(Store.id.in_(select(Ticket.store_id))),
    "in EXISTS": select(Store.id).where(exists().where(IN_STORES)),
    "in a common table expression": select(select(Ticket.id).cte().c.id),
    "in a union": select(Ticket.id).union(select(Ticket.id)),  # type: ignore[dict-item]
}


def customer(store: Store, make: Make) -> dict[str, Any]:
    email = f"customer@{store.slug}.example"
    who = {"store_id": store.id, "name": "Sara", "email": email, "email_key": email}
    return who | {"lang": Lang.EN, "created_at": make.clock()}


@pytest.fixture
def mine(make: Make) -> Filed:
    return make.complaint()


@pytest.fixture
def theirs(make: Make) -> Filed:
    return make.complaint(store=make.store("other"))


@pytest.mark.usefixtures("mine", "theirs")
@pytest.mark.parametrize("query", TICKETS.values(), ids=TICKETS.keys())
def test_a_query_finds_the_rows_of_its_store_alone(
    make: Make, session: Sessions, query: Select[Any]
) -> None:
    everything = session.execute(query).all()
    with tenancy.scoped(make.store()):
        found = session.execute(query).all()
    assert len(found) == 1
    assert everything != found


@pytest.mark.usefixtures("theirs")
@pytest.mark.parametrize("query", TICKETS.values(), ids=TICKETS.keys())
def test_a_query_without_a_store_in_scope_is_an_error(
    session: Sessions, query: Select[Any]
) -> None:
    """However deep a store's table is hidden in it."""
    with scope(None), pytest.raises(TenantLeak, match="ticket"):  # type: ignore[arg-type]
        session.execute(query)


def test_what_no_store_owns_is_read_without_a_scope(make: Make, session: Sessions) -> None:
    make.store()
    with scope(None):  # type: ignore[arg-type]
        assert session.scalars(select(Store.slug).order_by(Store.id)).all() == ["platform", "noor"]


def test_another_stores_row_is_not_got_by_its_id(
    make: Make, session: Sessions, theirs: Filed
) -> None:
    key = theirs.ticket.id
    session.expunge_all()
    with tenancy.scoped(make.store()):
        assert session.get(Ticket, key) is None


@pytest.mark.parametrize("load", [None, joinedload, selectinload])
def test_a_row_that_is_followed_stays_in_its_store(
    make: Make, session: Sessions, load: Any
) -> None:
    """A lazy or eager load of a ticket's customer looks in the store in scope, also when its number is free there."""
    store, other = make.store(), make.store("other")
    with transaction():
        session.add_all([Customer(**customer(store, make)), Customer(**customer(other, make))])
    own, foreign = session.scalars(select(Customer).order_by(Customer.id))
    with transaction():
        order = {
            "status": "shipped",
            "total_minor": 1,
            "currency": "SAR",
            "created_at": make.clock(),
        }
        session.add(Order(store_id=other.id, number="1021", customer_id=foreign.id, **order))
        session.add(Order(store_id=store.id, number="1021", customer_id=own.id, **order))
    query = select(Order).options(load(Order.customer)) if load else select(Order)
    session.expunge_all()
    with tenancy.scoped(stores.platform()):
        assert session.scalars(query).all() == []
    with tenancy.scoped(session.scalars(select(Store).where(Store.slug == "noor")).one()):
        assert [one.customer.email for one in session.scalars(query)] == ["customer@noor.example"]


@pytest.mark.parametrize("statement", [update(Ticket).values(subject="mine now"), delete(Ticket)])
def test_a_bulk_statement_touches_the_rows_of_its_store_alone(
    make: Make, session: Sessions, theirs: Filed, statement: Any
) -> None:
    kept = (theirs.ticket.id, theirs.ticket.subject)
    with tenancy.scoped(make.store()), transaction():
        session.execute(statement)
    session.rollback()
    assert session.execute(select(Ticket.id, Ticket.subject)).all() == [kept]


@pytest.mark.parametrize("statement", [update(Ticket).values(subject="x"), delete(Ticket)])
def test_a_bulk_statement_without_a_store_in_scope_is_an_error(
    session: Sessions, statement: Any
) -> None:
    with scope(None), pytest.raises(TenantLeak), transaction():  # type: ignore[arg-type]
        session.execute(statement)


def _change(theirs: Filed) -> None:
    theirs.ticket.subject = "mine now"


def _delete(theirs: Filed) -> None:
    db.session.delete(theirs.ticket)


def _insert(theirs: Filed) -> None:
    db.session.add(
        Thread(
            store_id=theirs.ticket.store_id,
            ticket_id=theirs.ticket.id,
            kind=ThreadKind.NOTES,
            created_at=theirs.ticket.created_at,
        )
    )


@pytest.mark.parametrize("write", [_change, _delete, _insert])
@pytest.mark.parametrize("in_scope", ["another store", "none"])
def test_another_stores_row_is_not_written(
    make: Make, session: Sessions, theirs: Filed, write: Any, in_scope: str
) -> None:
    """Even when a defect elsewhere got hold of it."""
    place = make.store().id if in_scope == "another store" else None
    subject, threads = theirs.ticket.subject, session.scalars(select(Thread.id)).all()

    def leak() -> None:
        with transaction():
            assert theirs.ticket.store.slug == "other"
            with scope(place):  # type: ignore[arg-type]
                write(theirs)
                session.flush()

    with pytest.raises(TenantLeak, match="written"):
        leak()
    assert session.scalars(select(Ticket.subject)).all() == [subject]
    assert session.scalars(select(Thread.id)).all() == threads


def test_a_row_does_not_change_its_store(make: Make, session: Sessions, mine: Filed) -> None:
    other, home = make.store("other").id, mine.ticket.store_id
    with pytest.raises(TenantLeak), tenancy.scoped(make.store()), transaction():
        mine.ticket.store_id = other
    session.rollback()
    assert mine.ticket.store_id == home


@pytest.mark.parametrize("in_scope", ["another store", "none"])
def test_insert_once_writes_in_scope_alone(make: Make, session: Sessions, in_scope: str) -> None:
    other, noor = make.store("other"), make.store()
    place = noor.id if in_scope == "another store" else None
    values = customer(other, make)
    with pytest.raises(TenantLeak), scope(place), transaction():  # type: ignore[arg-type]
        insert_once(Customer, **values)
    assert session.scalars(select(Customer.id)).all() == []
    with tenancy.scoped(other), transaction():
        assert insert_once(Customer, **values)


def test_a_scope_ends_with_its_block_also_after_an_error(
    make: Make, mine: Filed, theirs: Filed
) -> None:
    def sees() -> set[str]:
        return set(db.session.scalars(select(Ticket.number)))

    def stumble() -> None:
        with tenancy.scoped(make.store("other")):
            assert sees() == {theirs.number}
            raise RuntimeError

    with tenancy.scoped(make.store()):
        assert sees() == {mine.number}
        with pytest.raises(RuntimeError):
            stumble()
        assert sees() == {mine.number}
    assert sees() == {mine.number, theirs.number}


def test_every_store_is_opened_with_a_reason_alone(session: Sessions) -> None:
    with pytest.raises(ValueError, match="say why"), tenancy.unscoped(""):
        session.scalars(select(Message))
