"""Kept counts equal true counts, whatever happens to a complaint (S1-05, S1-09, X-01)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, counters, review, tenancy, tickets
from helpdesk.domain.errors import WrongState
from helpdesk.domain.kinds import Move
from helpdesk.enums import TicketKind, TicketStatus
from helpdesk.models import StatusCounter, Store, Ticket
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make

S = TicketStatus
COMPLAINT = TicketKind.COMPLAINT
ROUNDS = 10


def kept(store: Store | None = None) -> dict[S, int]:
    """What the counters say, of one store or of all; what nobody has is left out."""
    db.session.rollback()
    if store is None:
        return {status: n for status, n in counters.by_status(COMPLAINT).items() if n}
    with tenancy.scoped(store):
        return {status: n for status, n in counters.by_status(COMPLAINT).items() if n}


def true_counts(store: Store | None = None) -> dict[S, int]:
    """What counting the rows says."""
    query = select(Ticket.status, func.count()).where(Ticket.kind == COMPLAINT)
    if store is not None:
        query = query.where(Ticket.store_id == store.id)
    return dict(db.session.execute(query.group_by(Ticket.status)).all())


def life(make: Make) -> Iterator[tuple[Callable[[], None], dict[S, int]]]:
    """Each step of a complaint's life, and what the store's counts are after it."""
    filed: list[Filed] = []

    def forward() -> None:
        reviewer = make.actor("platform_reviewer")
        with transaction():
            review.forward(filed[0].ticket, "", reviewer, now=make.clock())

    def ask() -> None:
        reviewer = make.actor("platform_reviewer")
        with transaction():
            complaints.ask(
                filed[0].ticket, "Which parcel?", reviewer, last_seen=None, now=make.clock()
            )

    def respond() -> None:
        shopper = make.shopper(filed[0].ticket)
        with transaction():
            complaints.respond(filed[0].ticket, "The blue one.", shopper, now=make.clock())

    yield lambda: filed.append(make.complaint()), {S.UNDER_PLATFORM_REVIEW: 1}
    yield ask, {S.PENDING_CUSTOMER: 1}
    yield respond, {S.UNDER_PLATFORM_REVIEW: 1}
    yield forward, {S.PENDING_ADMIN: 1}
    yield lambda: make.answer(filed[0].ticket), {S.PENDING_CUSTOMER: 1}
    yield lambda: make.answer(filed[0].ticket, "And a voucher."), {S.PENDING_CUSTOMER: 1}
    yield respond, {S.PENDING_ADMIN: 1}
    yield lambda: make.answer(filed[0].ticket), {S.PENDING_CUSTOMER: 1}
    yield lambda: make.close(filed[0].ticket), {S.CLOSED: 1}


def test_after_every_step_the_kept_count_is_the_true_one(make: Make) -> None:
    noor, najd = make.store("noor"), make.store("najd")
    make.complaint(S.PENDING_ADMIN, najd)
    for step, expected in life(make):
        step()
        assert kept(noor) == expected == true_counts(noor)
        assert kept(najd) == {S.PENDING_ADMIN: 1}
        assert kept() == true_counts()


def test_a_refused_move_counts_nothing(make: Make) -> None:
    closed, waiting = make.complaint(S.CLOSED), make.complaint(S.PENDING_CUSTOMER)
    reviewer = make.actor("platform_reviewer")
    before = kept()
    for filed in (closed, waiting):
        with pytest.raises(WrongState), transaction():
            review.forward(filed.ticket, "", reviewer, now=make.clock())
    with pytest.raises(WrongState), transaction():
        tickets.move(closed.ticket, Move.STAFF_REPLY, now=make.clock())
    assert kept() == before == true_counts()


def test_what_is_undone_is_not_counted(make: Make) -> None:
    """Neither a move nor a new complaint."""
    filed, store = make.complaint(S.PENDING_ADMIN), make.store()
    agent, before = make.actor("agent"), kept()

    def stumble() -> None:
        with transaction():
            complaints.answer(filed.ticket, "We look.", agent, last_seen=None, now=make.clock())
            complaints.submit(store, make.draft(), make.shopper(ip="new"), now=make.clock())
            assert counters.by_status(COMPLAINT)[S.PENDING_CUSTOMER] == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stumble()
    assert kept() == before == true_counts()


def test_no_count_can_fall_below_nothing(make: Make) -> None:
    """The database itself would refuse the move rather than keep a wrong number."""
    make.complaint(S.PENDING_ADMIN)
    below = update(StatusCounter).where(StatusCounter.status == S.PENDING_ADMIN).values(n=-1)
    with pytest.raises(Exception, match="n_counts"), transaction() as session:
        session.execute(below)
    assert kept() == {S.PENDING_ADMIN: 1}


def _back_and_forth(app: Flask, number: str, clock: Clock, start: Barrier, first: str) -> None:
    """Answer and respond in turns; `first` says with which of the two it begins."""
    moves = {"answer": Move.STAFF_REPLY, "respond": Move.CUSTOMER_REPLY}
    order = ["answer", "respond"] if first == "answer" else ["respond", "answer"]
    with app.app_context(), tenancy.unscoped("a test"):
        start.wait()
        for turn in range(2 * ROUNDS):
            with transaction():
                query = select(Ticket).where(Ticket.number == number).with_for_update()
                ticket = db.session.scalars(query).one()
                tickets.move(ticket, moves[order[turn % 2]], now=clock())


def test_moves_in_opposite_directions_neither_wait_for_ever_nor_drift(
    app: Flask, make: Make
) -> None:
    """One complaint goes from A to B while another goes from B to A, many times over."""
    there, back = make.complaint(S.PENDING_ADMIN), make.complaint(S.PENDING_CUSTOMER)
    before, start = kept(), Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(_back_and_forth, app, filed.number, make.clock, start, first)
            for filed, first in ((there, "answer"), (back, "respond"))
        ]
        for job in jobs:
            job.result(timeout=60)
    assert kept() == before == true_counts() == {S.PENDING_ADMIN: 1, S.PENDING_CUSTOMER: 1}


def _submit(app: Flask, slug: str, make: Make, ip: str, start: Barrier) -> None:
    with app.app_context(), tenancy.unscoped("a test"):
        draft, visitor = make.draft(), make.shopper(ip=ip)
        start.wait()
        with transaction():
            store = db.session.scalars(select(Store).where(Store.slug == slug)).one()
            complaints.submit(store, draft, visitor, now=make.clock())


def test_the_first_complaints_of_a_store_that_come_at_once_are_all_counted(
    app: Flask, make: Make
) -> None:
    """No counter is there yet, so each of them may try to make it."""
    make.store()
    start = Barrier(6)
    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(_submit, app, "noor", make, f"ip{n}", start) for n in range(6)]
        for job in jobs:
            job.result(timeout=60)
    assert kept() == {S.UNDER_PLATFORM_REVIEW: 6} == true_counts()
