"""How soon a complaint wants an answer: four priorities in order of severity (S2-13, S2-47…S2-51)."""

from itertools import pairwise

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from helpdesk.db import db, transaction
from helpdesk.domain import priorities
from helpdesk.domain.errors import Invalid, NotAllowed, NotFound, Refusal, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind, Priority, TicketStatus
from helpdesk.models import Event, Ticket
from tests.fixtures.factory import Filed, Make

S = TicketStatus


def put(make: Make, filed: Filed, priority: Priority, actor: Actor) -> None:
    with transaction():
        priorities.put(make.find(filed.number), priority, actor, now=make.clock())


def recorded() -> list[tuple[str | None, str | None, int | None]]:
    db.session.rollback()
    query = select(Event).where(Event.kind == EventKind.PRIORITY_SET).order_by(Event.id)
    return [(one.was, one.became, one.actor_id) for one in db.session.scalars(query)]


def test_a_complaint_is_of_normal_priority_until_somebody_says_otherwise(make: Make) -> None:
    """S2-48."""
    ticket = make.complaint().ticket
    assert (ticket.priority, ticket.urgency) == (Priority.NORMAL, 2)


@pytest.mark.parametrize("role", ["store_owner", "agent", "platform_admin", "platform_reviewer"])
def test_either_side_may_set_it_and_the_log_says_who_from_what_to_what(
    role: str, make: Make
) -> None:
    """S2-13, X-04."""
    filed, actor = make.complaint(S.PENDING_ADMIN), make.actor(role)
    put(make, filed, Priority.URGENT, actor)
    assert make.find(filed.number).priority is Priority.URGENT
    assert recorded() == [("normal", "urgent", actor.user_id)]


def test_the_order_is_that_of_severity_and_not_of_the_alphabet(make: Make) -> None:
    """S2-51: the alphabet would put high before low and urgent last."""
    made = {priority: make.complaint(S.PENDING_ADMIN) for priority in Priority}
    for priority, filed in made.items():
        put(make, filed, priority, make.actor("agent"))
    ordered = db.session.scalars(select(Ticket.priority).order_by(Ticket.urgency)).all()
    assert ordered == [Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW]
    assert all(
        priorities.urgency(mild) > priorities.urgency(grave) for mild, grave in pairwise(Priority)
    )


def test_setting_the_same_again_is_no_fact(make: Make) -> None:
    filed, actor = make.complaint(S.PENDING_ADMIN), make.actor("agent")
    put(make, filed, Priority.NORMAL, actor)
    assert recorded() == []


@pytest.mark.parametrize(
    ("role", "status", "refusal"),
    [
        ("analyst", S.PENDING_ADMIN, NotAllowed),
        ("tech_support", S.PENDING_ADMIN, NotAllowed),
        ("agent", S.UNDER_PLATFORM_REVIEW, NotAllowed),
        ("agent", S.CLOSED, WrongState),
        ("platform_admin", S.CLOSED, WrongState),
    ],
)
def test_a_refused_priority_leaves_no_trace(
    role: str, status: TicketStatus, refusal: type[Refusal], make: Make
) -> None:
    filed = make.complaint(status)
    with pytest.raises(refusal):
        put(make, filed, Priority.HIGH, make.actor(role))
    assert make.find(filed.number).priority is Priority.NORMAL
    assert recorded() == []


def test_another_stores_complaint_does_not_exist(make: Make) -> None:
    """X-01."""
    filed = make.complaint(S.PENDING_ADMIN)
    with pytest.raises(NotFound):
        put(make, filed, Priority.HIGH, make.actor("agent", make.store("najd")))


@pytest.mark.parametrize("typed", ["", "URGENT", "urgent ", "critical", "0", "عاجل", "\x00"])
def test_a_forged_priority_is_refused_in_a_sentence(typed: str) -> None:
    """S2-95."""
    with pytest.raises(Invalid, match="one of the four priorities"):
        priorities.read(typed)


@pytest.mark.parametrize("priority", Priority)
def test_each_of_the_four_is_read_and_has_a_name(priority: Priority) -> None:
    """S2-47…S2-50."""
    assert priorities.read(priority.value) is priority
    assert priorities.NAMES[priority] == priority.value.title()


def test_the_database_refuses_a_place_that_is_not_the_prioritys(make: Make) -> None:
    filed = make.complaint()
    wrong = update(Ticket).where(Ticket.id == filed.ticket.id).values(urgency=0)
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(wrong)
