"""What happens in the background. The worker runs these jobs; so does `flask job NAME`.

A job is given the clock, not the moment: it may work for longer than a lease lasts, and every message it sends is
leased and judged at its own time.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, select, update

from helpdesk import vault
from helpdesk.channels import email, links
from helpdesk.db import changed, db, transaction
from helpdesk.domain import deliveries, idempotency, notifications, tenancy
from helpdesk.domain.notifications import Notice
from helpdesk.enums import Channel, DeliveryStatus
from helpdesk.models import Delivery, Event, EventSecret
from helpdesk.words import N_

log = logging.getLogger(__name__)
WORKER = "worker"
EVERY_STORE = "the worker serves every store"

Clock = Callable[[], datetime]


def deliver(clock: Clock) -> None:
    """Turn recorded events into messages, and send what is due."""
    with tenancy.unscoped(EVERY_STORE):
        dispatch(clock())
        while send_next(clock()):
            pass


def minutely(clock: Clock) -> None:
    """Everything that looks at the clock: the sign of life, digests, what is due, old keys."""
    with tenancy.unscoped(EVERY_STORE), transaction():
        deliveries.beat(WORKER, now=clock())
        idempotency.forget_old(now=clock())
    digest(clock)
    deliver(clock)


def digest(clock: Clock) -> None:
    """Tell the platform's reviewers of new complaints."""
    now = clock()
    with tenancy.unscoped(EVERY_STORE):
        letters = [(notice, email.compose(notice)) for notice in notifications.digests(now=now)]
        with transaction():
            for notice, composed in letters:
                _queue(notice, composed, now)


JOBS: dict[str, Callable[[Clock], None]] = {
    "deliver": deliver,
    "digest": digest,
    "minutely": minutely,
}


def dispatch(now: datetime) -> None:
    """Write the messages of every event that has none yet. One that fails is set aside; the others go on."""
    failed: set[int] = set()
    while True:
        query = (
            select(Event.id)
            .where(Event.dispatched_at.is_(None), Event.id.not_in(failed))
            .order_by(Event.id)
        )
        event_id = db.session.scalar(query.limit(1))
        if event_id is None:
            break
        try:
            _dispatch_one(event_id, now)
        except Exception:
            db.session.rollback()
            log.exception(
                "event %s could not be dispatched; it is tried again within a minute", event_id
            )
            failed.add(event_id)


def _dispatch_one(event_id: int, now: datetime) -> None:
    event = db.session.get_one(Event, event_id)
    letters = [(notice, email.compose(notice)) for notice in notifications.of_event(event)]
    with transaction():
        claim = (
            update(Event)
            .where(Event.id == event_id, Event.dispatched_at.is_(None))
            .values(dispatched_at=now)
        )
        if changed(claim) != 1:
            return  # another worker was faster
        for notice, composed in letters:
            _queue(notice, composed, now)
        db.session.execute(delete(EventSecret).where(EventSecret.event_id == event_id))


def _queue(notice: Notice, composed: email.Composed, now: datetime) -> None:
    deliveries.queue(
        now=now,
        store_id=notice.store.id,
        event_id=notice.event_id,
        ticket_id=notice.ticket.id
        if notice.ticket and notice.ticket.store_id == notice.store.id
        else None,
        channel=Channel.EMAIL,
        recipient=notice.recipient,
        lang=notice.lang,
        template_key=notice.template,
        sender_name=composed.sender_name,
        subject=composed.subject,
        body_text=composed.text,
        body_html=composed.html,
        secret=vault.seal(notice.secret) if notice.secret and not notice.suppressed else None,
        status=DeliveryStatus.SUPPRESSED if notice.suppressed else DeliveryStatus.QUEUED,
        last_error=N_("This mailbox has had enough mails of this kind for now.")
        if notice.suppressed
        else None,
        expires_at=notice.expires_at,
        dedup_key=notice.dedup_key,
        message_id=f"{vault.new_token()}@{links.mail_domain()}",
    )


def send_next(now: datetime) -> bool:
    """Send one message that is due; whether there was one.

    Claimed and committed, then the network, then the outcome committed: nobody waits for a mail server with a
    transaction open, and a death in between leaves a lease that runs out.
    """
    with transaction():
        delivery_id = deliveries.claim(now=now)
        if delivery_id is None:
            return False
        attempt = db.session.get_one(Delivery, delivery_id).attempts
    delivery = db.session.get_one(Delivery, delivery_id)
    if delivery.attempts != attempt:
        return True  # this process slept past its lease, and another worker has taken the message
    verdict = _try(delivery, now)
    with transaction():
        verdict(delivery_id, attempt)
    return True


def _try(delivery: Delivery, now: datetime) -> Callable[[int, int], None]:
    """Send it if that makes sense; returns how to write down what came of it."""
    demo = bool(current_app.config["DEMO"])
    if deliveries.expired(delivery, now=now):
        return lambda key, attempt: deliveries.suppress(
            key, attempt, N_("It was too late to be of use.")
        )
    if deliveries.lost_its_code(delivery):
        gone = N_("The code that belongs into it is no longer there.")
        return lambda key, attempt: deliveries.suppress(key, attempt, gone)
    if not current_app.config["MAIL_SERVER"]:
        if demo:
            return lambda key, attempt: deliveries.succeed(key, attempt, keep_secret=True, now=now)
        return lambda key, attempt: deliveries.hold(
            key, attempt, N_("No mail server is set up (MAIL_SERVER).")
        )
    failure = email.send(_envelope(delivery))
    if failure is None:
        return lambda key, attempt: deliveries.succeed(key, attempt, keep_secret=demo, now=now)
    return lambda key, attempt: deliveries.fail(
        db.session.get_one(Delivery, key), attempt, failure, now=now
    )


def _envelope(delivery: Delivery) -> email.Envelope:
    """The message with its code put in; the read ends here, before the network."""
    code = vault.unseal(delivery.secret) if delivery.secret else None
    envelope = email.Envelope(
        recipient=delivery.recipient,
        sender_name=delivery.sender_name,
        subject=delivery.subject,
        text=email.filled(delivery.body_text, code),
        html=email.filled(delivery.body_html, code),
        message_id=delivery.message_id,
    )
    db.session.rollback()
    return envelope
