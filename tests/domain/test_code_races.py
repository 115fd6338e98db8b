"""One code, many posts at once: one of them wins (security: codes; S1-26)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from helpdesk.db import db, transaction
from helpdesk.domain import closing, complaints, tenancy, verification
from helpdesk.domain.errors import Refusal, WrongCode
from helpdesk.domain.permissions import Actor
from helpdesk.enums import CodePurpose, EventKind, TicketKind, TicketStatus
from helpdesk.models import Event, Store, Ticket, VerificationCode
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make

THREADS = 20


def close(app: Flask, number: str, code: str, actor: Actor, clock: Clock, start: Barrier) -> str:
    with app.app_context():
        start.wait()
        try:
            with tenancy.unscoped("a test"), transaction():
                query = select(Ticket).where(Ticket.number == number)
                ticket = db.session.scalars(query).one()
                closing.close(ticket, code, actor, now=clock())
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"


def test_of_twenty_posts_with_the_right_code_one_closes(app: Flask, make: Make) -> None:
    """The others are refused in plain words, none of them with an error."""
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)
    code = make.issue(filed.ticket, CodePurpose.CLOSE, customer)
    start = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        jobs = [
            pool.submit(close, app, filed.number, code, customer, make.clock, start)
            for _ in range(THREADS)
        ]
        outcomes = Counter(job.result() for job in jobs)
    assert outcomes["done"] == 1
    assert outcomes.keys() <= {"done", "WrongState", "WrongCode", "LimitReached"}
    db.session.rollback()
    assert filed.ticket.status is TicketStatus.CLOSED
    closed = select(func.count()).where(Event.kind == EventKind.COMPLAINT_CLOSED)
    assert db.session.scalar(closed) == 1


def spend(app: Flask, number: str, code: str, actor: Actor, clock: Clock, start: Barrier) -> str:
    with app.app_context():
        start.wait()
        try:
            with tenancy.unscoped("a test"), transaction():
                query = select(Ticket).where(Ticket.number == number)
                ticket = db.session.scalars(query).one()
                verification.spend(ticket, CodePurpose.VIEW, code, actor, now=clock())
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"


def test_of_twenty_posts_with_the_right_code_one_opens(app: Flask, make: Make) -> None:
    """Nothing but the code itself is in their way here: no status, no lock on the ticket."""
    filed, shopper = make.complaint(), make.shopper()
    code = make.issue(filed.ticket, CodePurpose.VIEW, shopper)
    start = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        jobs = [
            pool.submit(spend, app, filed.number, code, shopper, make.clock, start)
            for _ in range(THREADS)
        ]
        outcomes = Counter(job.result() for job in jobs)
    assert outcomes["done"] == 1
    assert outcomes["WrongCode"] + outcomes["LimitReached"] == THREADS - 1


def test_of_wrong_guesses_at_once_every_one_is_counted(app: Flask, make: Make) -> None:
    """Security, codes: ten at once are ten failures, so the right code has to wait."""
    filed, shopper = make.complaint(), make.shopper()
    code = make.issue(filed.ticket, CodePurpose.VIEW, shopper)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    start = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        jobs = [
            pool.submit(spend, app, filed.number, wrong, shopper, make.clock, start)
            for _ in range(THREADS)
        ]
        outcomes = Counter(job.result() for job in jobs)
    db.session.rollback()
    assert outcomes["done"] == 0
    assert outcomes["WrongCode"] >= 10
    assert db.session.scalars(select(VerificationCode.attempts)).all() == [verification.TRIES]
    start = Barrier(1)
    late = make.shopper(ip="fresh")
    assert spend(app, filed.number, code, late, make.clock, start) in {"LimitReached", "WrongCode"}


def submit(app: Flask, slug: str, make: Make, start: Barrier) -> str:
    with app.app_context():
        draft, visitor = make.draft(email="sara@example.com"), make.shopper()
        start.wait()
        try:
            with tenancy.unscoped("a test"), transaction():
                store = db.session.scalars(select(Store).where(Store.slug == slug)).one()
                complaints.submit(store, draft, visitor, now=make.clock())
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"


def test_of_ten_complaints_at_once_a_mailbox_gets_five_in(app: Flask, make: Make) -> None:
    """Domain limits: counted although none of them has committed yet."""
    make.store()
    start = Barrier(10)
    with ThreadPoolExecutor(10) as pool:
        jobs = [pool.submit(submit, app, "noor", make, start) for _ in range(10)]
        outcomes = Counter(job.result() for job in jobs)
    assert outcomes == {"done": 5, "LimitReached": 5}
    complaints_kept = select(func.count()).where(Ticket.kind == TicketKind.COMPLAINT)
    assert db.session.scalar(complaints_kept) == 5


def test_a_post_that_was_overtaken_after_it_read_the_code_is_refused_too(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should the lock ever fail to hold it back, the guarded UPDATE does."""
    filed, shopper = make.complaint(), make.shopper()
    code = make.issue(filed.ticket, CodePurpose.VIEW, shopper)
    unspent = verification._unspent

    def overtaken(*args: Any) -> list[VerificationCode]:
        found = unspent(*args)
        db.session.execute(update(VerificationCode).values(used_at=make.clock()))
        return found

    monkeypatch.setattr(verification, "_unspent", overtaken)
    with pytest.raises(WrongCode), transaction():
        verification.spend(filed.ticket, CodePurpose.VIEW, code, shopper, now=make.clock())
