"""What happens in the background. The worker runs these jobs; so does `flask job NAME`.

A job is given the clock, not the moment: it may work for longer than a lease lasts, and every message it sends is
leased and judged at its own time.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, or_, select, update

from helpdesk import exports, vault
from helpdesk.channels import email, inapp, links
from helpdesk.db import changed, db, transaction
from helpdesk.domain import (
    deliveries,
    drafts,
    due_soon,
    idempotency,
    notices,
    notifications,
    overdue,
    presence,
    reminders,
    search,
    tenancy,
    unassigned,
)
from helpdesk.domain.deliveries import Failure
from helpdesk.domain.recipients import Notice
from helpdesk.enums import Channel, DeliveryStatus
from helpdesk.models import Delivery, Event, EventSecret
from helpdesk.uploads import cleaning
from helpdesk.words import N_

log = logging.getLogger(__name__)
WORKER = "worker"
EVERY_STORE = "the worker serves every store"
INDEXING = timedelta(seconds=20)
INDEXED_AT_ONCE = 100
MAYBE_SENT = N_("It comes from a backup, and may have been sent since.")

FAULT = N_("It could not be sent because of a fault in the help desk itself; its log says which.")

Clock = Callable[[], datetime]
Outcome = Callable[[int, int], None]
"""How to write down what came of a message: called with its id and the attempt."""


def deliver(clock: Clock) -> None:
    """Turn recorded events into messages, and send what is due."""
    with tenancy.unscoped(EVERY_STORE):
        dispatch(clock())
        while send_next(clock()):
            pass


def minutely(clock: Clock) -> None:
    """Everything that looks at the clock: the sign of life, digests, reminders, what is due, old keys and files.

    What fails, as deleting files does while their storage is away, keeps nothing else from being done.
    """
    for part in (_forget_old, _clean_up, digest, remind, deliver, index):
        try:
            part(clock)
        except Exception:
            db.session.rollback()
            log.exception("%s failed; it is tried again within a minute", part.__name__)


def digest(clock: Clock) -> None:
    """Tell the platform's reviewers of new complaints."""
    now = clock()
    with tenancy.unscoped(EVERY_STORE):
        letters = [(notice, _compose(notice)) for notice in notifications.digests(now=now)]
        with transaction():
            for notice, composed in letters:
                _queue(notice, composed, now)


def remind(clock: Clock) -> None:
    """Tell staff what is late, runs out or is nobody's, and remind customers; some complaints in a transaction.

    What is late comes first: of it nobody needs to hear any more that it runs out.
    """
    with tenancy.unscoped(EVERY_STORE):
        for some in (
            overdue.tell_some,
            due_soon.tell_some,
            unassigned.tell_some,
            reminders.remind_some,
        ):
            while _some_done(some, clock()):
                pass


def index(clock: Clock) -> None:
    """Gather the words of tickets that were there before the search; for some seconds, so that no mail waits long."""
    until = clock() + INDEXING
    with tenancy.unscoped(EVERY_STORE):
        while clock() < until and _some_indexed():
            pass


def hold_mails(clock: Clock) -> int:
    """Send nothing of what is due now; how many messages wait in Deliveries. For what is restored from a backup."""
    digest(clock)
    remind(clock)
    with tenancy.unscoped(EVERY_STORE):
        dispatch(clock())
        with transaction():
            return deliveries.hold_all(MAYBE_SENT)


def tidy(clock: Clock) -> None:
    """Once a day: files that were left behind."""
    cleaning.tidy(now=clock())


def export(clock: Clock) -> None:
    """Write the lists that were too long to wait for, and tell their owners."""
    while exports.write_next(clock):
        deliver(clock)


JOBS: dict[str, Callable[[Clock], None]] = {
    "deliver": deliver,
    "digest": digest,
    "export": export,
    "index": index,
    "minutely": minutely,
    "remind": remind,
    "tidy": tidy,
}


def _forget_old(clock: Clock) -> None:
    with tenancy.unscoped(EVERY_STORE), transaction():
        deliveries.beat(WORKER, now=clock())
        idempotency.forget_old(now=clock())
        drafts.forget_old(now=clock())
        presence.forget_old(now=clock())


def _clean_up(clock: Clock) -> None:
    exports.clean_up(now=clock())
    cleaning.drop_waiting(now=clock())


def _some_done(some: Callable[..., int], now: datetime) -> bool:
    with transaction():
        return some(now=now) > 0


def _some_indexed() -> bool:
    with transaction():
        return search.catch_up(INDEXED_AT_ONCE) > 0


def dispatch(now: datetime) -> None:
    """Write the messages of every event that has none yet. One that fails is set aside; the others go on.

    What can still be taken back waits for its time.
    """
    failed: set[int] = set()
    ripe = or_(Event.dispatch_after.is_(None), Event.dispatch_after <= now)
    while True:
        query = (
            select(Event.id)
            .where(Event.dispatched_at.is_(None), ripe, Event.id.not_in(failed))
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


def seconds_until_next(now: datetime) -> float | None:
    """How long until the next event may be told that can still be taken back; None when there is none."""
    query = select(func.min(Event.dispatch_after)).where(
        Event.dispatched_at.is_(None), Event.dispatch_after > now
    )
    with tenancy.unscoped(EVERY_STORE):
        moment = db.session.scalar(query)
    return (moment - now).total_seconds() if moment else None


def _dispatch_one(event_id: int, now: datetime) -> None:
    event = db.session.get_one(Event, event_id)
    letters = [(notice, _compose(notice)) for notice in notifications.of_event(event)]
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


def _compose(notice: Notice) -> email.Composed:
    if notice.channel is Channel.IN_APP:
        return inapp.compose(notice)
    return email.compose(notice)


def _queue(notice: Notice, composed: email.Composed, now: datetime) -> None:
    if isinstance(composed, inapp.Entry):
        _tell(notice, composed, now)
    deliveries.queue(
        now=now,
        store_id=notice.store.id,
        event_id=notice.event_id,
        ticket_id=notice.ticket.id
        if notice.ticket and notice.ticket.store_id == notice.store.id
        else None,
        channel=notice.channel,
        recipient=notice.recipient,
        lang=notice.lang,
        template_key=notice.template,
        sender_name=composed.sender_name,
        subject=composed.subject,
        body_text=composed.text,
        body_html=composed.html,
        expires_at=notice.expires_at,
        dedup_key=notice.dedup_key,
        message_id=f"{vault.new_token()}@{links.mail_domain()}",
        **_beginning(notice, now),
    )


def _tell(notice: Notice, entry: inapp.Entry, now: datetime) -> None:
    assert notice.user_id is not None, notice.template  # noqa: S101 - only staff are told in the app
    notices.tell(
        notice.user_id,
        notice.store,
        notice.template,
        about=entry.about,
        facts=entry.facts,
        event_id=notice.event_id,
        dedup_key=notice.dedup_key,
        now=now,
    )


def _beginning(notice: Notice, now: datetime) -> dict[str, Any]:
    """How its delivery starts: told with this very row, held back, or waiting to be sent."""
    if notice.channel is Channel.IN_APP:
        return {"status": DeliveryStatus.SENT, "sent_at": now}
    if notice.suppressed:
        enough = N_("This mailbox has had enough mails of this kind for now.")
        return {"status": DeliveryStatus.SUPPRESSED, "last_error": enough}
    secret = vault.seal(notice.secret) if notice.secret else None
    return {"status": DeliveryStatus.QUEUED, "secret": secret}


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
    try:
        verdict = _try(delivery, now)
    except Exception:
        db.session.rollback()
        log.exception("message %s could not be sent; it is tried again later", delivery_id)
        verdict = _failed(Failure(FAULT, temporary=True), now)
    with transaction():
        verdict(delivery_id, attempt)
    return True


def _try(delivery: Delivery, now: datetime) -> Outcome:
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
    return _failed(failure, now)


def _failed(failure: Failure, now: datetime) -> Outcome:
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
