"""After a restore nothing is sent that may have been sent since the backup (security, faults: backup)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import deliveries
from helpdesk.domain.deliveries import Failure
from helpdesk.enums import DeliveryStatus
from helpdesk.models import Delivery, Event
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

D = DeliveryStatus


@pytest.mark.parametrize("state", ["no mail yet", "queued", "being sent", "to be tried again"])
def test_what_was_on_its_way_at_the_backup_is_held(
    app: Flask,
    session: scoped_session[Session],  # noqa: ARG001 - it opens the context
    make: Make,
    mailbox: Mailbox,
    state: str,
) -> None:
    """Whatever had become of it: not a mail goes out, then or when its lease or its wait has run out."""
    make.complaint()
    if state != "no mail yet":
        jobs.dispatch(make.clock())
    if state in {"being sent", "to be tried again"}:
        _take(make, state)
    assert app.test_cli_runner().invoke(args=["hold-mails"]).exit_code == 0
    make.clock.move(hours=5)
    jobs.deliver(make.clock)
    db.session.rollback()
    mails = db.session.scalars(select(Delivery).where(Delivery.recipient.like("shopper%"))).all()
    assert [one.status for one in mails] == [D.HELD]
    assert mails[0].last_error == jobs.MAYBE_SENT
    assert db.session.scalars(select(Event.id).where(Event.dispatched_at.is_(None))).all() == []
    assert mailbox.unread == []


def test_what_happens_afterwards_is_told_as_ever(
    app: Flask,
    session: scoped_session[Session],  # noqa: ARG001 - it opens the context
    make: Make,
    mailbox: Mailbox,
) -> None:
    make.complaint()
    app.test_cli_runner().invoke(args=["hold-mails"])
    filed = make.complaint()
    jobs.deliver(make.clock)
    mailbox.one(to=filed.email)


def _take(make: Make, state: str) -> None:
    """A worker has it in hand, or had no luck with it."""
    with transaction():
        delivery_id = deliveries.claim(now=make.clock())
        assert delivery_id is not None
    if state == "to be tried again":
        with transaction():
            one = db.session.get_one(Delivery, delivery_id)
            failure = Failure("Later.", temporary=True)
            deliveries.fail(one, one.attempts, failure, now=make.clock() + timedelta(hours=1))
