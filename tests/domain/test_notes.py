"""Internal notes: who writes them, who reads them, and that nothing else moves (S0-51, S2-15, S2-65, S2-84, C24)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import complaints, conversation, notes, notifications, tenancy, timeline
from helpdesk.domain.errors import Invalid, NotAllowed, NotFound, Refusal, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind, Team, ThreadKind, TicketKind, TicketStatus
from helpdesk.models import Delivery, Event, Message, Notification, Thread, Ticket
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

S = TicketStatus
TEXT = "The box was packed by the new colleague."
STORE = ("store_owner", "store_manager", "agent")
PLATFORM = ("platform_admin", "platform_reviewer")
Deliver = Callable[[], None]


def read(make: Make, ticket: Ticket, actor: Actor) -> list[str]:
    db.session.rollback()
    return [one.body for one in notes.read(ticket, actor, now=make.clock())]


def open_notes(make: Make, ticket: Ticket, actor: Actor) -> None:
    with transaction():
        notes.open_for_platform(ticket, actor, now=make.clock())


@pytest.mark.parametrize("status", [S.PENDING_ADMIN, S.PENDING_CUSTOMER, S.CLOSED])
def test_a_note_changes_nothing_but_the_notes(make: Make, status: S) -> None:
    """C24, S2-23: neither status nor clocks nor the last reply; also on a closed complaint."""
    ticket, agent = make.complaint(status).ticket, make.actor("agent")
    make.clock.move(hours=1)
    names = [column.key for column in Ticket.__mapper__.column_attrs]
    before = {name: getattr(ticket, name) for name in names}
    said = conversation.read(ticket, agent, now=make.clock())
    make.note(ticket, agent, TEXT)
    db.session.expire_all()
    assert {name: getattr(ticket, name) for name in names} == before
    assert conversation.read(ticket, agent, now=make.clock()) == said
    assert read(make, ticket, agent) == [TEXT]


def test_a_note_is_recorded_without_its_text_and_not_for_the_customer(make: Make) -> None:
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    make.note(ticket, agent, TEXT)
    db.session.rollback()
    fact = timeline.of_ticket(ticket, public_only=False)[-1]
    assert (fact.kind, fact.public, fact.data) == (
        *(EventKind.NOTE_WRITTEN, False),
        {"team": "merchant"},
    )
    assert fact not in timeline.told(ticket, now=make.clock())


def test_a_note_is_told_to_nobody(make: Make, deliver: Deliver, mailbox: Mailbox) -> None:
    """C24, S2-84: no mail, no bell, for the customer or anybody."""
    ticket, agent = make.complaint(S.PENDING_ADMIN).ticket, make.actor("agent")
    deliver()
    mailbox.take()

    def told() -> tuple[int | None, ...]:
        db.session.rollback()
        counts = (select(func.count()).select_from(one) for one in (Delivery, Notification))
        return tuple(map(db.session.scalar, counts))

    before = told()
    make.note(ticket, agent, TEXT)
    make.note(ticket, make.actor("platform_reviewer"), TEXT)
    assert jobs.seconds_until_next(make.clock()) is None
    deliver()
    assert told() == before
    for fact in db.session.scalars(select(Event).where(Event.kind == EventKind.NOTE_WRITTEN)):
        assert notifications.of_event(fact) == []


def test_each_side_reads_its_own_notes_and_nobody_elses(make: Make) -> None:
    """S2-84, domain 2.2."""
    filed = make.complaint(S.PENDING_ADMIN)
    ticket = filed.ticket
    make.note(ticket, make.actor("agent"), "of the store")
    make.note(ticket, make.actor("platform_reviewer"), "of the platform")
    for role in (*STORE, "analyst"):
        assert read(make, ticket, make.actor(role)) == ["of the store"]
    for role in PLATFORM:
        assert read(make, ticket, make.actor(role)) == ["of the platform"]
    others = (make.actor("tech_support"), make.actor("agent", make.store("other")))
    for nobody in (*others, make.shopper(ticket), make.shopper()):
        assert read(make, ticket, nobody) == []
    for reader in (make.shopper(ticket), make.actor("agent"), make.actor("platform_admin")):
        said = conversation.read(ticket, reader, now=make.clock())
        assert not [one for one in said if "of the" in one.body]


@pytest.mark.parametrize(
    ("role", "refusal"), [("analyst", NotAllowed), ("tech_support", NotAllowed)]
)
def test_who_only_reads_writes_no_note(make: Make, role: str, refusal: type[Refusal]) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    with pytest.raises(refusal):
        make.note(ticket, make.actor(role))
    assert db.session.scalar(select(Thread.id).where(Thread.kind == ThreadKind.NOTES)) is None


def test_a_customer_and_another_store_write_no_note(make: Make) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    with pytest.raises(NotAllowed):
        make.note(ticket, make.shopper(ticket))
    for stranger in (make.shopper(), make.actor("agent", make.store("other"))):
        with pytest.raises(NotFound):
            make.note(ticket, stranger)


def test_before_forwarding_the_store_has_no_notes_and_the_platform_has(make: Make) -> None:
    """S1-48."""
    ticket, agent, reviewer = (
        make.complaint().ticket,
        make.actor("agent"),
        make.actor("platform_reviewer"),
    )
    with pytest.raises(NotAllowed):
        make.note(ticket, agent)
    make.note(ticket, reviewer, "Looks like a duplicate.")
    assert read(make, ticket, reviewer) == ["Looks like a duplicate."]
    assert read(make, ticket, agent) == []


@pytest.mark.parametrize("text", ["", " \u200b", "x" * 12_001, "Card 4111 1111 1111 1111"])
def test_a_note_that_says_nothing_too_much_or_a_card_number_is_refused(
    make: Make, text: str
) -> None:
    """S2-97, S2-98."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    with pytest.raises(Invalid) as refused:
        make.note(ticket, make.actor("agent"), text)
    assert refused.value.field == "text"


# The platform and the store's notes


def test_the_platform_opens_a_stores_notes_by_saying_so_for_half_an_hour(make: Make) -> None:
    """Domain 2.2: a logged action, for that person and that complaint alone."""
    ticket, other = (make.complaint(S.PENDING_ADMIN).ticket for _ in range(2))
    admin, colleague = make.actor("platform_admin"), make.actor("platform_reviewer")
    for one in (ticket, other):
        make.note(one, make.actor("agent"), TEXT)
    open_notes(make, ticket, admin)
    fact = timeline.of_ticket(ticket, public_only=False)[-1]
    assert (fact.kind, fact.actor_id, fact.public) == (
        *(EventKind.NOTES_OPENED, admin.user_id),
        False,
    )
    assert read(make, ticket, admin) == [TEXT]
    assert read(make, other, admin) == read(make, ticket, colleague) == []
    make.clock.move(minutes=29, seconds=59)
    assert read(make, ticket, admin) == [TEXT]
    make.clock.move(seconds=1)
    assert read(make, ticket, admin) == []


def test_nobody_else_opens_notes(make: Make) -> None:
    """A store never sees the platform's, whatever it says."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    make.note(ticket, make.actor("platform_admin"), "of the platform")
    owner = make.actor("store_owner")
    for actor in (owner, make.actor("analyst"), make.actor("tech_support"), make.shopper(ticket)):
        with pytest.raises(NotAllowed):
            open_notes(make, ticket, actor)
    assert read(make, ticket, owner) == []
    assert not notes.may_read(ticket, Team.PLATFORM, owner, now=make.clock())


# Two at once


def test_a_note_written_without_seeing_a_colleagues_is_told_first(make: Make) -> None:
    """X-11: for a note as for a reply; the other side's notes are no news."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    first, second = make.actor("agent"), make.actor("agent")
    seen = conversation.newest_message_id(ticket)
    make.note(ticket, make.actor("platform_admin"), "of the platform")
    with transaction():
        notes.write(ticket, "One.", first, last_seen=seen, now=make.clock())
    for say in (notes.write, complaints.answer, complaints.ask):
        with pytest.raises(WrongState) as refused, transaction():
            say(ticket, "Two.", second, last_seen=seen, now=make.clock())
        assert refused.value.text == conversation.STALE
    seen = conversation.newest_message_id(ticket)
    with transaction():
        notes.write(ticket, "Two.", second, last_seen=seen, now=make.clock())
    assert read(make, ticket, second) == ["One.", "Two."]


def test_two_first_notes_at_once_share_one_thread(app: Flask, make: Make) -> None:
    filed, agents = make.complaint(S.PENDING_ADMIN), [make.actor("agent") for _ in range(4)]
    start = Barrier(len(agents))

    def write(actor: Actor) -> None:
        with app.app_context(), tenancy.unscoped("a test"):
            start.wait()
            with transaction():
                query = select(Ticket).where(
                    Ticket.number == filed.number, Ticket.kind == TicketKind.COMPLAINT
                )
                ticket = db.session.scalars(query).one()
                notes.write(ticket, TEXT, actor, last_seen=None, now=make.clock())

    with ThreadPoolExecutor(len(agents)) as pool:
        list(pool.map(write, agents))
    db.session.rollback()
    threads = select(func.count()).where(Thread.kind == ThreadKind.NOTES)
    assert db.session.scalar(threads) == 1
    assert db.session.scalar(select(func.count()).where(Message.body == TEXT)) == len(agents)
