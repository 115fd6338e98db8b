"""A fact whose words cannot be written and a message whose sending fails, always: set aside and seen, the others go on.

The worker is the real one, but for the fault: facts of a poisonous kind are recorded without what their mail needs, and
`fragile` starts a worker in which sending to one mailbox raises what nobody has thought of.
"""

import sys
import time
from datetime import timedelta
from functools import partial

from flask.cli import FlaskGroup
from sqlalchemy import func, select, update

from helpdesk import clock
from helpdesk.channels import email
from helpdesk.db import db, transaction
from helpdesk.domain import timeline
from helpdesk.domain.deliveries import OPEN, Failure
from helpdesk.domain.permissions import SYSTEM
from helpdesk.enums import DeliveryStatus, EventKind
from helpdesk.models import Delivery, Event
from tests.faults.browser import Browser
from tests.faults.site import DATABASES, STORE, Site, SlowPostOffice, post_office, site, wait_until
from tests.faults.verdict import Verdict, judge
from tests.fixtures.pages import Page

MAILS = 60
EVERY = 6
"""One of so many is poison, in the middle of the others."""
POISON = "poison"
OPERATOR = "operator@example.com"
BOOTED, IN_TIME = 90, 40
"""Seconds until the worker tells anybody, and from then on until the others are told: before it looks by itself."""
UNSEEN_FOR = timedelta(minutes=10)


def run(kind: str) -> Verdict:
    verdict = Verdict("poison_job", kind)
    with post_office() as office, site(kind, office) as here:
        _write(here)
        here.start("tests.faults.poison_job", "fragile")
        _nudge(here)
        wait_until(lambda: bool(office.mails), BOOTED, "the first mail")
        began = time.monotonic()
        healthy = [f"healthy{at}@example.com" for at in range(MAILS) if at % EVERY]
        try:
            wait_until(lambda: not _others_left(here), IN_TIME, "the others")
        except TimeoutError:
            verdict.lost(f"{_others_left(here)} of the others after {IN_TIME} s")
        verdict.notes["others told after s"] = round(time.monotonic() - began, 1)
        _judge(here, office, healthy, verdict)
        _judge_pages(here, verdict)
        verdict.tries = MAILS
    return verdict


def _write(here: Site) -> None:
    """Complaints, some of them with a poisonous mailbox, and after each of these a poisonous fact."""
    with here.inside() as make:
        make.user("platform_admin", email=OPERATOR)
        for at in range(MAILS):
            name = "healthy" if at % EVERY else POISON
            filed = make.complaint(store=make.store(STORE), email=f"{name}{at}@example.com")
            if name == POISON:
                with transaction():
                    told = clock.now() - UNSEEN_FOR
                    timeline.record(EventKind.CODE_ISSUED, SYSTEM, filed.ticket, now=told)


def _nudge(here: Site) -> None:
    with here.app.app_context():
        here.app.extensions["nudge"]["deliver"]()


def _judge(here: Site, office: SlowPostOffice, healthy: list[str], verdict: Verdict) -> None:
    got = [mail.to[0] for mail in office.mails]
    for mailbox in healthy:
        verdict.once(got.count(mailbox), "mail beside a poisonous one")
    with here.inside():
        poisonous = Delivery.recipient.startswith(POISON)
        for row in db.session.scalars(select(Delivery).where(poisonous)):
            wait = row.run_at - clock.now()
            if row.status is not DeliveryStatus.TEMPORARY_FAILURE or not row.last_error:
                verdict.wrong(f"a poisonous message is {row.status}, {row.last_error}")
            if not timedelta() < wait <= timedelta(minutes=2) or row.secret is None:
                verdict.wrong(f"a poisonous message is tried again in {wait}")
        untold = db.session.scalar(select(func.count()).where(Event.dispatched_at.is_(None)))
        if untold != MAILS // EVERY:
            verdict.wrong(f"{untold} facts are set aside instead of {MAILS // EVERY}")


def _others_left(here: Site) -> int:
    """Facts and messages that no poison is in, and that nobody was told of yet."""
    with here.inside():
        facts = select(func.count()).where(Event.dispatched_at.is_(None))
        messages = select(func.count()).where(
            Delivery.status.in_(OPEN), ~Delivery.recipient.startswith(POISON)
        )
        left = (db.session.scalar(facts) or 0) - MAILS // EVERY
        return left + (db.session.scalar(messages) or 0)


def _judge_pages(here: Site, verdict: Verdict) -> None:
    """Operators see both, and, once three days have passed, what is given up."""
    here.start_web(processes=1, threads=2)
    operator = Browser(here.port).sign_in(OPERATOR)
    page = "/platform/deliveries/"
    waiting = Page(operator.get(f"{page}?status={DeliveryStatus.TEMPORARY_FAILURE}").text).text
    if waiting.count(f"{POISON}") < MAILS // EVERY:
        verdict.wrong("the poisonous messages are not among those that failed")
    if f"{MAILS // EVERY} events have waited" not in waiting:
        verdict.wrong("nobody is told that facts wait")
    with here.inside(), transaction():
        old = clock.now() - timedelta(days=4)
        due = update(Delivery).where(Delivery.status.in_(OPEN))
        db.session.execute(due.values(created_at=old, run_at=clock.now()))
    _nudge(here)
    wait_until(lambda: not _open(here), IN_TIME, "the worker to give up")
    failed = Page(operator.get(f"{page}?status={DeliveryStatus.PERMANENT_FAILURE}").text).text
    if failed.count(POISON) < MAILS // EVERY:
        verdict.wrong("the poisonous messages are not among those given up")


def _open(here: Site) -> int:
    with here.inside():
        query = select(func.count()).where(Delivery.status.in_(OPEN))
        return db.session.scalar(query) or 0


def fragile() -> None:
    """A worker in which some sending fails."""
    from app import app  # noqa: PLC0415 - only this process needs it

    send = email.send

    def raise_for_poison(envelope: email.Envelope) -> Failure | None:
        if envelope.recipient.startswith(POISON):
            raise RuntimeError("nobody has thought of this")
        return send(envelope)

    email.send = raise_for_poison
    FlaskGroup(create_app=lambda: app).main(["worker"], "flask")


if __name__ == "__main__":
    if sys.argv[1:] == ["fragile"]:
        fragile()
    else:
        judge(partial(run, kind) for kind in DATABASES)
