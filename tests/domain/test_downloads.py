"""Who may fetch a file: whoever may read its message, and for everybody else it is not there (security, 6)."""

from dataclasses import replace

import pytest

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, downloads, notes
from helpdesk.domain.errors import NotFound
from helpdesk.domain.permissions import SYSTEM, Actor
from helpdesk.enums import Team, ThreadKind, TicketStatus
from helpdesk.models import Attachment, Message, Thread
from tests.domain.test_attachments import bring, reply, staff
from tests.fixtures.factory import Filed, Make

S = TicketStatus


def the_file(message: Message) -> Attachment:
    db.session.rollback()
    return db.session.query(Attachment).filter_by(message_id=message.id).one()


def may(file: Attachment, *actors: Actor, make: Make) -> bool:
    db.session.rollback()
    try:
        downloads.permitted(file, actors, now=make.clock())
    except NotFound:
        return False
    return True


def from_customer(make: Make, filed: Filed) -> Attachment:
    customer = make.shopper(filed.ticket)
    return the_file(reply(make, filed.ticket, bring(make, customer, "a.jpg"), customer))


def everybody(make: Make, filed: Filed) -> dict[str, Actor]:
    other = make.complaint(S.PENDING_CUSTOMER).ticket
    return {
        "own grant": make.shopper(filed.ticket),
        "other grant": make.shopper(other),
        "nobody": make.shopper(),
        "system": SYSTEM,
        "agent": make.actor("agent"),
        "analyst": make.actor("analyst"),
        "elsewhere": make.actor("agent", make.store("najd")),
        "reviewer": make.actor("platform_reviewer"),
        "it": make.actor("tech_support"),
    }


@pytest.mark.parametrize(
    ("status", "readers"),
    [
        (S.UNDER_PLATFORM_REVIEW, {"own grant", "reviewer"}),
        (S.PENDING_CUSTOMER, {"own grant", "agent", "analyst", "reviewer"}),
    ],
)
def test_a_customers_file_is_for_who_may_read_the_conversation(
    status: TicketStatus, readers: set[str], make: Make
) -> None:
    """Before the platform has forwarded it, the store has no files either (domain 2.2)."""
    filed = make.complaint(status)
    file = from_customer(make, filed)
    people = everybody(make, filed)
    assert {name for name, who in people.items() if may(file, who, make=make)} == readers


def test_of_all_that_a_browser_stands_for_the_one_that_may_read_wins(make: Make) -> None:
    """Domain 2.1: on `/files` the one that may read wins."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    file = from_customer(make, filed)
    people = everybody(make, filed)
    assert may(file, people["elsewhere"], people["own grant"], make=make)
    assert may(file, people["nobody"], people["agent"], make=make)
    assert not may(file, people["nobody"], people["elsewhere"], people["it"], make=make)
    assert not may(file, make=make)


def test_the_customer_gets_a_replys_file_with_the_reply_and_not_before(make: Make) -> None:
    """S2-87: within the first ten seconds it can still be taken back."""
    filed = make.complaint(S.PENDING_ADMIN)
    agent, customer = staff(make), make.shopper(filed.ticket)
    tokens = bring(make, agent, "a.pdf")
    with transaction():
        message = complaints.answer(
            filed.ticket, "Look.", agent, last_seen=None, files=tokens, now=make.clock()
        )
    file = the_file(message)
    assert may(file, agent, make=make)
    assert not may(file, customer, make=make)
    make.clock.set(message.released_at)
    assert may(file, customer, make=make)


def test_a_notes_file_stays_with_its_own_side(make: Make) -> None:
    """S2-84: the platform reads a store's notes only after saying so, and never shows its own."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    agent, reviewer = staff(make), replace(make.actor("platform_reviewer"), browser_hash="hq")
    files = {}
    for team, who in ((Team.MERCHANT, agent), (Team.PLATFORM, reviewer)):
        tokens = bring(make, who, f"{team}.txt")
        with transaction():
            note = notes.write(
                filed.ticket, "See.", who, last_seen=None, files=tokens, now=make.clock()
            )
        files[team] = the_file(note)
    people = everybody(make, filed)
    for team, readers in ((Team.MERCHANT, {"agent", "analyst"}), (Team.PLATFORM, {"reviewer"})):
        reading = {name for name, who in people.items() if may(files[team], who, make=make)}
        assert reading == readers
    with transaction():
        notes.open_for_platform(filed.ticket, reviewer, now=make.clock())
    assert may(files[Team.MERCHANT], reviewer, make=make)
    make.clock.move(minutes=31)
    assert not may(files[Team.MERCHANT], reviewer, make=make)


def test_a_file_between_two_levels_of_staff_is_for_nobody_yet(make: Make) -> None:
    filed = make.complaint(S.PENDING_CUSTOMER)
    file = from_customer(make, filed)
    with transaction() as session:
        message = session.get_one(Message, file.message_id)
        thread = Thread(
            store_id=message.store_id,
            ticket_id=filed.ticket.id,
            kind=ThreadKind.INTERNAL,
            created_at=make.clock(),
        )
        session.add(thread)
        session.flush()
        message.thread_id = thread.id
    people = everybody(make, filed)
    assert not [name for name, who in people.items() if may(file, who, make=make)]


def test_a_file_is_found_by_its_address_with_its_store(make: Make) -> None:
    filed = make.complaint(S.PENDING_CUSTOMER)
    file = from_customer(make, filed)
    found = downloads.find(file.token)
    assert (found.id, downloads.store_of(found).slug) == (file.id, "noor")
    for token in ("nosuch", "", file.stored_name):
        with pytest.raises(NotFound):
            downloads.find(token)
