"""What staff may do with a message: try it again, or send it again (X-05)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.domain import deliveries
from helpdesk.domain.errors import NotAllowed, NotFound, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import DeliveryStatus, EventKind
from helpdesk.models import Delivery, Event
from tests.domain.test_deliveries import queue
from tests.fixtures.factory import Make

D = DeliveryStatus
PLAIN: dict[str, Any] = {"body_text": "No code.", "body_html": "<p>No code.", "secret": None}


@pytest.fixture
def manager(make: Make) -> Actor:
    return make.actor("store_manager")


def retry(make: Make, delivery: Delivery, actor: Actor) -> None:
    with transaction():
        deliveries.retry(delivery, actor, now=make.clock())


def resend(make: Make, delivery: Delivery, actor: Actor) -> None:
    with transaction():
        deliveries.resend(delivery, actor, now=make.clock())


def facts() -> list[tuple[EventKind, str | None]]:
    db.session.rollback()
    about = Event.kind.in_([EventKind.DELIVERY_RETRIED, EventKind.DELIVERY_RESENT])
    return [(one.kind, one.was) for one in db.session.scalars(select(Event).where(about))]


@pytest.mark.parametrize("status", [D.TEMPORARY_FAILURE, D.PERMANENT_FAILURE, D.HELD])
@pytest.mark.parametrize("fields", [{}, PLAIN])
def test_what_failed_or_is_held_is_tried_again_at_once(
    make: Make, manager: Actor, status: D, fields: dict[str, Any]
) -> None:
    later = make.clock() + timedelta(hours=4)
    delivery = queue(make, status=status, run_at=later, **fields)
    assert deliveries.may_retry(delivery, now=make.clock())
    retry(make, delivery, manager)
    assert (delivery.status, delivery.run_at) == (D.QUEUED, make.clock())
    assert facts() == [(EventKind.DELIVERY_RETRIED, status)]
    with transaction():
        assert deliveries.claim(now=make.clock()) == delivery.id


@pytest.mark.parametrize(
    "fields",
    [
        {"status": D.QUEUED},
        {"status": D.SENDING},
        {"status": D.SENT},
        {"status": D.SUPPRESSED},
        {"status": D.PERMANENT_FAILURE, "secret": None},
        {"status": D.HELD, "expires_at": "now"},
    ],
)
def test_what_did_not_fail_or_is_of_no_use_is_not_tried_again(
    make: Make, manager: Actor, fields: dict[str, Any]
) -> None:
    """An old code, or one that is wiped, would only confuse."""
    if "expires_at" in fields:
        fields = fields | {"expires_at": make.clock()}
    delivery = queue(make, **fields)
    assert not deliveries.may_retry(delivery, now=make.clock())
    with pytest.raises(WrongState):
        retry(make, delivery, manager)
    db.session.rollback()
    assert delivery.status is fields["status"]
    assert facts() == []


def test_what_was_sent_is_sent_again_as_a_new_message(make: Make, manager: Actor) -> None:
    delivery = queue(make, status=D.SENT, **PLAIN)
    assert deliveries.may_resend(delivery)
    resend(make, delivery, manager)
    first, second = db.session.scalars(select(Delivery).order_by(Delivery.id))
    assert (first.status, second.status, second.attempts) == (D.SENT, D.QUEUED, 0)
    assert second.message_id != first.message_id
    assert second.message_id.endswith("@desk.test")
    same = ("store_id", "recipient", "lang", "subject", "body_text", "body_html", "sender_name")
    assert all(getattr(first, name) == getattr(second, name) for name in same)
    assert facts() == [(EventKind.DELIVERY_RESENT, None)]


@pytest.mark.parametrize("status", [D.QUEUED, D.HELD, D.PERMANENT_FAILURE, D.SUPPRESSED])
def test_what_was_never_sent_is_not_sent_again(make: Make, manager: Actor, status: D) -> None:
    delivery = queue(make, status=status, **PLAIN)
    with pytest.raises(WrongState):
        resend(make, delivery, manager)
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_a_message_with_a_code_is_not_sent_again(make: Make, manager: Actor) -> None:
    """Not even where demo mode kept the code."""
    delivery = queue(make, status=D.SENT)
    assert not deliveries.may_resend(delivery)
    with pytest.raises(WrongState):
        resend(make, delivery, manager)


@pytest.mark.parametrize("role", ["agent", "analyst", "platform_reviewer", "tech_support"])
def test_deliveries_are_for_managers(make: Make, role: str) -> None:
    """X-03."""
    failed, sent = queue(make, status=D.HELD), queue(make, "b", status=D.SENT, **PLAIN)
    actor = make.actor(role)
    with pytest.raises(NotAllowed):
        retry(make, failed, actor)
    with pytest.raises(NotAllowed):
        resend(make, sent, actor)
    assert facts() == []


def test_another_stores_message_does_not_exist(make: Make) -> None:
    """X-01."""
    delivery = queue(make, status=D.HELD)
    owner = make.actor("store_owner", make.store("other"))
    with pytest.raises(NotFound):
        retry(make, delivery, owner)
    retry(make, delivery, make.actor("platform_admin"))
    assert delivery.status is D.QUEUED
