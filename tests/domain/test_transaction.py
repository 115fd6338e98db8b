"""The one writer: nothing is written but inside `transaction()`, and all of it or none."""

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from helpdesk.db import UnsafeWrite, insert_once, transaction, writing
from helpdesk.domain.errors import Invalid, WrongCode
from helpdesk.models import Heartbeat, Store
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make

Sessions = scoped_session[Session]


def write(name: str, clock: Clock, error: BaseException | None = None) -> None:
    """A transaction with one row in it, and an error after that if there is one."""
    with transaction() as inside:
        inside.add(Heartbeat(name=name, at=clock()))
        inside.flush()
        if error is not None:
            raise error


def beats(session: Sessions) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Heartbeat.name).order_by(Heartbeat.name)))


def test_what_is_written_inside_is_there_afterwards(session: Sessions, clock: Clock) -> None:
    with transaction() as inside:
        assert writing()
        inside.add(Heartbeat(name="worker", at=clock()))
    assert not writing()
    assert beats(session) == ["worker"]


def test_a_transaction_inside_another_is_refused(session: Sessions, clock: Clock) -> None:
    """And it takes nothing of the outer one with it, for the error undoes that as well."""

    def both() -> None:
        with transaction() as outer:
            outer.add(Heartbeat(name="outer", at=clock()))
            write("inner", clock)

    with pytest.raises(UnsafeWrite, match="inside"):
        both()
    assert beats(session) == []
    write("again", clock)
    assert beats(session) == ["again"]


@pytest.mark.parametrize("change", ["new", "dirty", "deleted"])
def test_rows_changed_before_it_are_refused(make: Make, session: Sessions, change: str) -> None:
    store = make.store()
    if change == "new":
        session.add(Heartbeat(name="worker", at=make.clock()))
    elif change == "dirty":
        store.color = "#000000"
    else:
        session.delete(store)
    with pytest.raises(UnsafeWrite, match="before"), transaction():
        pytest.fail("the block must not run")
    session.rollback()
    assert beats(session) == []
    assert store.color != "#000000"


def test_a_flush_outside_is_refused(session: Sessions, clock: Clock) -> None:
    session.add(Heartbeat(name="worker", at=clock()))
    with pytest.raises(UnsafeWrite):
        session.flush()
    assert beats(session) == []


def test_a_query_does_not_flush_by_itself_outside(session: Sessions, clock: Clock) -> None:
    session.add(Heartbeat(name="worker", at=clock()))
    with pytest.raises(UnsafeWrite):
        session.scalars(select(Store)).all()
    assert beats(session) == []


def test_a_commit_outside_is_refused(session: Sessions) -> None:
    """Also of a statement that no flush has seen."""
    session.execute(text("UPDATE store SET color = '#000000'"))
    with pytest.raises(UnsafeWrite):
        session.commit()
    session.rollback()
    assert set(session.scalars(select(Store.color))) == {"#3A5BA0"}


def test_insert_once_outside_is_refused(session: Sessions, clock: Clock) -> None:
    with pytest.raises(UnsafeWrite):
        insert_once(Heartbeat, name="worker", at=clock())
    assert beats(session) == []


@pytest.mark.parametrize("error", [RuntimeError(), KeyboardInterrupt(), Invalid("no")])
def test_an_error_undoes_everything(session: Sessions, clock: Clock, error: BaseException) -> None:
    with pytest.raises(type(error)):
        write("worker", clock, error)
    assert beats(session) == []
    assert not writing()


def test_a_refusal_that_is_a_fact_keeps_what_was_written(session: Sessions, clock: Clock) -> None:
    """A wrong code is refused, and counted."""
    with pytest.raises(WrongCode):
        write("counted", clock, WrongCode("no"))
    assert beats(session) == ["counted"]
    assert not writing()


def test_what_was_read_before_is_read_again_inside(app: Flask, make: Make) -> None:
    """A decision never rests on an old row: here another session writes in between."""
    store = make.store()
    assert store.color == "#3A5BA0"
    with app.app_context(), transaction() as elsewhere:
        elsewhere.get_one(Store, store.id).color = "#111111"
    assert store.color == "#3A5BA0"
    with transaction():
        assert store.color == "#111111"


def test_insert_once_says_whether_it_inserted(session: Sessions, clock: Clock) -> None:
    with transaction():
        assert insert_once(Heartbeat, name="worker", at=clock())
        assert not insert_once(Heartbeat, name="worker", at=clock.move(hours=1))
    kept = session.scalars(select(Heartbeat)).one()
    assert kept.at == clock.move(hours=-1)
