"""Outgoing messages as rows: queued with their cause, leased for sending, and what came of it (X-05).

At least once: a worker that dies in mid-send leaves a lease that runs out, and the next one sends the same
message under the same Message-ID.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from helpdesk import vault
from helpdesk.db import changed, db, insert_once
from helpdesk.domain import timeline
from helpdesk.domain.errors import WrongState
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import Channel, DeliveryStatus, EventKind
from helpdesk.models import Delivery, Heartbeat
from helpdesk.words import N_

LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
GIVE_UP = timedelta(hours=72)
CODE_PLACE = "[[code]]"
"""Where a sealed code is put into a text at the moment of sending."""

D = DeliveryStatus
OPEN = (D.QUEUED, D.SENDING, D.TEMPORARY_FAILURE)
FAILED = (D.TEMPORARY_FAILURE, D.PERMANENT_FAILURE, D.HELD)
SENT = (D.SENT,)


@dataclass(frozen=True)
class Failure:
    """Why a message could not be handed over, in plain words, and whether trying again makes sense."""

    reason: str
    temporary: bool


def queue(*, now: datetime, **fields: Any) -> None:
    """Write a message to be sent, unless the same one (`dedup_key`) was written before."""
    insert_once(
        Delivery,
        created_at=now,
        run_at=fields.pop("run_at", now),
        attempts=0,
        **fields,
    )


def claim(*, now: datetime) -> int | None:
    """Lease the next message that is due, so that no other worker takes it; its id, or None."""
    query = (
        select(Delivery)
        .where(
            Delivery.status.in_(OPEN),
            Delivery.run_at <= now,
            or_(Delivery.lease_until.is_(None), Delivery.lease_until <= now),
        )
        .order_by(Delivery.run_at, Delivery.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    chosen = db.session.scalar(query)
    if chosen is None:
        return None
    chosen.status = D.SENDING
    chosen.lease_until = now + LEASE
    chosen.attempts += 1
    return chosen.id


def expired(delivery: Delivery, *, now: datetime) -> bool:
    """Whether it is too late to be of use, as an old code is."""
    return delivery.expires_at is not None and delivery.expires_at <= now


def lost_its_code(delivery: Delivery) -> bool:
    """Whether a code belongs into it that is not kept any more, or was sealed under another key of the server's.

    Without it the message is of no use.
    """
    if CODE_PLACE not in delivery.body_text:
        return False
    return delivery.secret is None or vault.unseal(delivery.secret) is None


def succeed(delivery_id: int, attempt: int, *, keep_secret: bool, now: datetime) -> None:
    """The server took it. The code in it is wiped."""
    wiped = {} if keep_secret else {"secret": None}
    _settle(delivery_id, attempt, status=D.SENT, sent_at=now, last_error=None, **wiped)


def suppress(delivery_id: int, attempt: int, reason: str) -> None:
    """Drop it, and say why."""
    _settle(delivery_id, attempt, status=D.SUPPRESSED, last_error=reason, secret=None)


def hold(delivery_id: int, attempt: int, reason: str) -> None:
    """Keep it until somebody sets up the way to send it."""
    _settle(delivery_id, attempt, status=D.HELD, last_error=reason)


def hold_all(reason: str) -> int:
    """Keep whatever is on its way until somebody has looked at it; how many messages that were."""
    open_ones = update(Delivery).where(Delivery.status.in_(OPEN))
    return changed(open_ones.values(status=D.HELD, last_error=reason, lease_until=None))


def fail(delivery: Delivery, attempt: int, failure: Failure, *, now: datetime) -> None:
    """Try again later, doubling the wait up to four hours, for three days; then, or when it is no use, give up."""
    if failure.temporary and now - delivery.created_at < GIVE_UP:
        wait = min(FIRST_WAIT * 2 ** min(attempt - 1, 10), LONGEST_WAIT)
        _settle(
            delivery.id,
            attempt,
            status=D.TEMPORARY_FAILURE,
            last_error=failure.reason,
            run_at=now + wait,
        )
    else:
        _settle(
            delivery.id,
            attempt,
            status=D.PERMANENT_FAILURE,
            last_error=failure.reason,
            secret=None,
        )


def retry(delivery: Delivery, actor: Actor, *, now: datetime) -> None:
    """Try a failed or held message again at once.

    Raises:
        WrongState: it did not fail.
    """
    require(actor, Permission.DELIVERY_SEND, delivery)
    if delivery.status not in FAILED or expired(delivery, now=now) or lost_its_code(delivery):
        raise WrongState(
            N_("Only a message that failed or is held, and is still of use, can be tried again.")
        )
    timeline.record(
        EventKind.DELIVERY_RETRIED, actor, delivery, now=now, was=delivery.status, became=D.QUEUED
    )
    delivery.status, delivery.run_at, delivery.lease_until = D.QUEUED, now, None


def resend(delivery: Delivery, actor: Actor, *, now: datetime) -> None:
    """Send a message that was sent before once more, as a new one.

    Raises:
        WrongState: it was never sent, is no mail, or carried a code, which is not kept.
    """
    require(actor, Permission.DELIVERY_SEND, delivery)
    if not may_resend(delivery):
        raise WrongState(N_("Only a mail that was sent, and carried no code, can be sent again."))
    event = timeline.record(EventKind.DELIVERY_RESENT, actor, delivery, now=now)
    token = vault.new_token()
    copied = (
        "store_id",
        "ticket_id",
        "channel",
        "recipient",
        "lang",
        "template_key",
        "sender_name",
        "subject",
        "body_text",
        "body_html",
    )
    queue(
        now=now,
        event_id=event.id,
        status=D.QUEUED,
        dedup_key=f"resend:{event.id}",
        message_id=f"{token}@{delivery.message_id.rpartition('@')[2]}",
        **{name: getattr(delivery, name) for name in copied},
    )


def may_retry(delivery: Delivery, *, now: datetime) -> bool:
    """Whether `retry` would accept it."""
    return (
        delivery.status in FAILED and not expired(delivery, now=now) and not lost_its_code(delivery)
    )


def may_resend(delivery: Delivery) -> bool:
    """Whether `resend` would accept it."""
    return (
        delivery.status in SENT
        and delivery.channel is Channel.EMAIL
        and CODE_PLACE not in delivery.body_text
    )


def shown_text(delivery: Delivery, *, show_codes: bool) -> str:
    """The message as an operator may read it: with its code in demo mode only."""
    code = vault.unseal(delivery.secret) if show_codes and delivery.secret else None
    return delivery.body_text.replace(CODE_PLACE, code or "••••••")


def beat(name: str, *, now: datetime) -> None:
    """A background part says that it is alive."""
    if not insert_once(Heartbeat, name=name, at=now):
        db.session.execute(update(Heartbeat).where(Heartbeat.name == name).values(at=now))


def last_beat(name: str) -> datetime | None:
    """When that part was last alive."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))


def _settle(delivery_id: int, attempt: int, **values: Any) -> None:
    """Write the outcome, unless the lease ran out and another worker has taken the message since."""
    mine = (Delivery.id == delivery_id, Delivery.status == D.SENDING, Delivery.attempts == attempt)
    db.session.execute(update(Delivery).where(*mine).values(lease_until=None, **values))
