"""Outgoing messages: leased, sent at least once, tried again with patience, and given up in time (X-05)."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from helpdesk import vault
from helpdesk.db import db, transaction
from helpdesk.domain import deliveries
from helpdesk.domain.deliveries import CODE_PLACE, Failure
from helpdesk.enums import Channel, DeliveryStatus, Lang
from helpdesk.models import Delivery
from tests.fixtures.factory import Make

D = DeliveryStatus
Sessions = scoped_session[Session]
LATER, NEVER = Failure("Later.", temporary=True), Failure("Never.", temporary=False)


def queue(make: Make, key: str = "a", **changes: Any) -> Delivery:
    """A message with a code in it."""
    place = make.store()
    fields = {
        "store_id": place.id,
        "channel": Channel.EMAIL,
        "recipient": "sara@example.com",
        "lang": Lang.EN,
        "template_key": "code_view",
        "sender_name": "Noor",
        "subject": "Hello",
        "body_text": f"Code {CODE_PLACE}",
        "body_html": f"<p>{CODE_PLACE}",
        "secret": vault.seal("123456"),
        "status": D.QUEUED,
        "dedup_key": key,
        "message_id": f"{vault.new_token()}@desk.test",
    }
    with transaction():
        deliveries.queue(now=make.clock(), **(fields | changes))
    return db.session.scalars(select(Delivery).where(Delivery.dedup_key == key)).one()


def claim(make: Make) -> int | None:
    with transaction():
        return deliveries.claim(now=make.clock())


def fail(make: Make, delivery: Delivery, failure: Failure = LATER) -> None:
    with transaction():
        deliveries.fail(delivery, delivery.attempts, failure, now=make.clock())


def test_the_same_message_is_queued_once(make: Make) -> None:
    first = queue(make)
    again = queue(make, subject="Another")
    assert again is first
    assert again.subject == "Hello"


def test_what_is_due_longest_goes_first_and_is_leased(make: Make) -> None:
    late, soon = queue(make, "late"), queue(make, "soon", run_at=make.clock() - timedelta(1))
    queue(make, "not yet", run_at=make.clock() + timedelta(seconds=1))
    assert [claim(make), claim(make), claim(make)] == [soon.id, late.id, None]
    assert (soon.status, soon.attempts) == (D.SENDING, 1)
    assert soon.lease_until == make.clock() + timedelta(minutes=5)


@pytest.mark.parametrize("status", [D.SENT, D.PERMANENT_FAILURE, D.SUPPRESSED, D.HELD])
def test_what_is_finished_is_not_claimed(make: Make, status: D) -> None:
    queue(make, status=status)
    assert claim(make) is None


def test_a_lease_that_ran_out_is_taken_over_with_the_same_message_id(make: Make) -> None:
    """A worker died: the next one sends the same message, so a mailbox can tell it is the same."""
    delivery = queue(make)
    message_id = delivery.message_id
    claim(make)
    make.clock.move(minutes=4, seconds=59)
    assert claim(make) is None
    make.clock.move(seconds=1)
    assert claim(make) == delivery.id
    assert (delivery.attempts, delivery.message_id) == (2, message_id)


def test_the_wait_doubles_from_a_minute_to_four_hours_and_ends_after_three_days(make: Make) -> None:
    """X-05, security: 4xx is tried again for 72 hours."""
    delivery, start = queue(make), make.clock()
    waits = []
    while delivery.status is not D.PERMANENT_FAILURE:
        assert claim(make) == delivery.id
        fail(make, delivery)
        if delivery.status is D.TEMPORARY_FAILURE:
            waits.append((delivery.run_at - make.clock()).total_seconds() / 60)
            assert claim(make) is None
            make.clock.set(delivery.run_at)
    assert waits[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]
    assert set(waits[10:]) == {240}
    assert make.clock() - start >= timedelta(hours=72)
    assert make.clock() - start < timedelta(hours=76)
    assert (delivery.secret, delivery.last_error) == (None, "Later.")


def test_a_final_refusal_is_final_at_once(make: Make) -> None:
    delivery = queue(make)
    claim(make)
    fail(make, delivery, NEVER)
    assert (delivery.status, delivery.last_error, delivery.secret) == (
        D.PERMANENT_FAILURE,
        "Never.",
        None,
    )
    make.clock.move(days=1)
    assert claim(make) is None


def test_a_waiting_message_keeps_its_code(make: Make) -> None:
    delivery = queue(make)
    claim(make)
    fail(make, delivery)
    assert vault.unseal(delivery.secret or "") == "123456"
    assert delivery.lease_until is None


@pytest.mark.parametrize("keep", [True, False])
def test_a_sent_message_keeps_its_code_in_demo_mode_alone(make: Make, keep: bool) -> None:
    delivery = queue(make)
    claim(make)
    with transaction():
        deliveries.succeed(delivery.id, 1, keep_secret=keep, now=make.clock())
    assert (delivery.status, delivery.sent_at) == (D.SENT, make.clock())
    assert (delivery.last_error, delivery.lease_until) == (None, None)
    assert (delivery.secret is not None) == keep


def test_what_is_dropped_says_why_and_loses_its_code(make: Make) -> None:
    delivery = queue(make)
    claim(make)
    with transaction():
        deliveries.suppress(delivery.id, 1, "Too late.")
    assert (delivery.status, delivery.last_error, delivery.secret) == (
        D.SUPPRESSED,
        "Too late.",
        None,
    )


def test_what_is_held_keeps_its_code_for_the_day_it_can_be_sent(make: Make) -> None:
    delivery = queue(make)
    claim(make)
    with transaction():
        deliveries.hold(delivery.id, 1, "No server.")
    assert (delivery.status, delivery.last_error) == (D.HELD, "No server.")
    assert delivery.secret is not None


def test_a_worker_whose_lease_ran_out_writes_nothing(make: Make) -> None:
    """It comes back after the other has sent the message: that outcome stays."""
    delivery = queue(make)
    claim(make)
    make.clock.move(minutes=5)
    claim(make)
    with transaction():
        deliveries.fail(delivery, 1, NEVER, now=make.clock())
        deliveries.hold(delivery.id, 1, "No server.")
    assert (delivery.status, delivery.attempts) == (D.SENDING, 2)
    with transaction():
        deliveries.succeed(delivery.id, 2, keep_secret=False, now=make.clock())
    with transaction():
        deliveries.suppress(delivery.id, 1, "Too late.")
    assert (delivery.status, delivery.last_error) == (D.SENT, None)


def test_a_message_without_its_code_is_known_as_such(make: Make) -> None:
    """It must not go out with an empty place in it."""
    assert not deliveries.lost_its_code(queue(make))
    assert deliveries.lost_its_code(queue(make, "b", secret=None))
    assert not deliveries.lost_its_code(queue(make, "c", secret=None, body_text="No code."))


def test_it_is_too_late_at_the_moment_it_ends(make: Make) -> None:
    """An old code is dropped, not sent late."""
    delivery = queue(make, expires_at=make.clock() + timedelta(minutes=10))
    assert not deliveries.expired(delivery, now=make.clock.move(minutes=9, seconds=59))
    assert deliveries.expired(delivery, now=make.clock.move(seconds=1))
    assert not deliveries.expired(queue(make, "for ever"), now=make.clock.move(days=1_000))


def test_a_code_is_shown_to_operators_in_demo_mode_alone(make: Make) -> None:
    """Domain, `delivery`."""
    delivery = queue(make)
    assert deliveries.shown_text(delivery, show_codes=False) == "Code ••••••"
    assert deliveries.shown_text(delivery, show_codes=True) == "Code 123456"
    with transaction():
        delivery.secret = None
    assert deliveries.shown_text(delivery, show_codes=True) == "Code ••••••"


def test_a_part_says_when_it_was_last_alive(make: Make) -> None:
    assert deliveries.last_beat("worker") is None
    for _ in range(2):
        make.clock.move(minutes=1)
        with transaction():
            deliveries.beat("worker", now=make.clock())
    assert deliveries.last_beat("worker") == make.clock().astimezone(UTC)
