"""What staff are told inside the back office: told once, to one person in one place, and read by nobody else."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import complaints, deliveries, notices, notifications, review, tenancy
from helpdesk.domain.errors import NotFound, WrongState
from helpdesk.enums import Channel, DeliveryStatus, TicketStatus
from helpdesk.models import Delivery, Event, Notification, Store, Ticket, User
from tests.domain.notices import assign, respond
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.views.steps import Deliver

S = TicketStatus


def tell(make: Make, user: User, place: Store, *, about: str | None = None) -> int:
    """Something new for this person; its id."""
    key = f"test:{next(make.serial)}"
    with transaction():
        assert notices.tell(
            user.id,
            place,
            "complaint_forwarded",
            about=about,
            facts={},
            event_id=None,
            dedup_key=key,
            now=make.clock(),
        )
    return db.session.scalars(select(Notification.id).where(Notification.dedup_key == key)).one()


def told() -> list[tuple[int, int, str, str | None]]:
    """Every notice there is: person, place, template, ticket."""
    db.session.rollback()
    rows = db.session.scalars(select(Notification).order_by(Notification.id))
    return [(one.user_id, one.store_id, one.template_key, one.about) for one in rows]


def unread() -> set[int]:
    db.session.rollback()
    query = select(Notification.id).where(Notification.read_at.is_(None))
    return set(db.session.scalars(query))


def in_app() -> list[Delivery]:
    db.session.rollback()
    query = select(Delivery).where(Delivery.channel == Channel.IN_APP).order_by(Delivery.id)
    return list(db.session.scalars(query))


# Telling


def test_what_is_mailed_to_staff_is_told_inside_and_written_down_as_sent(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """X-05, domain 2.6: every outbound message lands in Deliveries; nothing of this one needs the network."""
    agent = make.user()
    filed = make.complaint(S.PENDING_ADMIN)
    deliver()
    noor = filed.ticket.store_id
    assert told() == [(agent.id, noor, "complaint_forwarded", f"noor/{filed.number}")]
    (delivery,) = in_app()
    assert (delivery.store_id, delivery.ticket_id) == (noor, filed.ticket.id)
    assert (delivery.recipient, delivery.template_key) == (agent.email, "complaint_forwarded")
    assert (delivery.status, delivery.sent_at) == (DeliveryStatus.SENT, make.clock())
    assert filed.number in delivery.subject
    assert len([mail for mail in mailbox.take() if mail.to == (agent.email,)]) == 1


def test_an_event_that_is_dispatched_again_tells_nobody_again(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """A worker that was killed between writing and remembering would leave this behind."""
    make.user()
    make.complaint(S.PENDING_ADMIN)
    deliver()
    before, written = told(), len(in_app())
    with tenancy.unscoped("as the worker does"):
        event = db.session.scalars(select(Event).where(Event.id == in_app()[0].event_id)).one()
        again = [(one, jobs._compose(one)) for one in notifications.of_event(event)]
        with transaction():
            for notice, composed in again:
                jobs._queue(notice, composed, make.clock())
    assert told() == before
    assert len(in_app()) == written == 1
    mailbox.take()


def test_two_workers_at_once_tell_once(app: Flask, make: Make, mailbox: Mailbox) -> None:
    agent = make.user()
    filed = [make.complaint(S.PENDING_ADMIN).number for _ in range(3)]
    start = Barrier(4)

    def work(_worker: int) -> None:
        with app.app_context():
            start.wait()
            jobs.deliver(make.clock)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    expected = {(agent.id, f"noor/{number}") for number in filed}
    assert {(user, about) for user, _, _, about in told()} == expected
    assert len(told()) == len(in_app()) == 3
    mailbox.take()


def test_what_was_told_before_is_no_news(make: Make) -> None:
    agent, noor = make.user(), make.store()
    words = {"about": None, "event_id": None, "dedup_key": "same", "now": make.clock()}
    with transaction():
        assert notices.tell(agent.id, noor, "complaint_forwarded", facts={"a": 1}, **words)
        assert not notices.tell(agent.id, noor, "ticket_assigned", facts={"a": 2}, **words)
    (kept,) = db.session.scalars(select(Notification))
    assert (kept.template_key, kept.facts) == ("complaint_forwarded", {"a": 1})


def test_a_digest_that_no_worker_told_in_time_is_told_once(make: Make, mailbox: Mailbox) -> None:
    """Two windows missed, the job run twice and by two names: one notice a window and reviewer."""
    reviewer, admin = make.user("platform_reviewer"), make.user("platform_admin")
    make.user("tech_support")
    for _ in range(2):
        make.complaint()
        make.complaint(store=make.store("najd"))
        make.clock.move(hours=1)
    for job in (jobs.digest, jobs.minutely, jobs.digest):
        job(make.clock)
    platform = make.platform().id
    assert sorted(told()) == sorted(
        (one.id, platform, "complaint_new_platform", None) for one in (reviewer, admin) * 2
    )
    assert len(in_app()) == 4
    facts = db.session.scalars(select(Notification.facts)).all()
    assert {one["count"] for one in facts} == {2}
    assert all([store["en"] for store in one["stores"]] == ["Noor", "Najd"] for one in facts)
    mailbox.take()


def test_a_notice_never_carries_what_the_customer_wrote(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """S1-52, security: neither its facts nor its words, through a complaint's whole life."""
    owner, agent, _ = make.user("store_owner"), make.user(), make.user("platform_reviewer")
    filed = make.complaint(
        name="Canary Name",
        email="canary@example.com",
        phone="+966559998877",
        order_number="CANARY",
        description="Canary text about the shop.",
    )
    respond(make, filed.ticket)
    make.clock.move(minutes=15)
    jobs.minutely(make.clock)
    reviewer = make.actor("platform_reviewer")
    with transaction():
        review.forward(filed.ticket, "Canary note.", reviewer, now=make.clock())
    assign(make, filed.ticket, agent, owner)
    make.answer(filed.ticket, "Canary answer.")
    with transaction():
        text = "Canary reply."
        complaints.respond(filed.ticket, text, make.shopper(filed.ticket), now=make.clock())
    make.answer(filed.ticket)
    make.close(filed.ticket)
    deliver()
    rows = db.session.scalars(select(Notification)).all()
    assert {one.template_key for one in rows} == {
        "complaint_closed",
        "complaint_customer_reply",
        "complaint_forwarded",
        "complaint_new_platform",
        "ticket_assigned",
    }
    said = [f"{one.about} {one.facts}" for one in rows]
    said += [f"{one.subject} {one.body_text} {one.body_html}" for one in in_app()]
    for text in said:
        assert "canary" not in text.casefold()
        assert "966559998877" not in text
    mailbox.take()


def test_a_notice_in_the_app_is_not_mailed_after_all(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """*Send once more* would queue a copy, and the worker mails what is queued."""
    make.user()
    make.complaint(S.PENDING_ADMIN)
    deliver()
    mailbox.take()
    manager, (delivery,) = make.actor("store_manager"), in_app()
    assert not deliveries.may_resend(delivery)
    assert not deliveries.may_retry(delivery, now=make.clock())
    with pytest.raises(WrongState), transaction():
        deliveries.resend(delivery, manager, now=make.clock())
    with transaction():
        assert deliveries.claim(now=make.clock()) is None


# Reading


@pytest.fixture
def scope(request: pytest.FixtureRequest, make: Make) -> AbstractContextManager[None]:
    """The scope a request may be in when it asks for notices."""
    scopes = {
        "own store": lambda: tenancy.scoped(make.store()),
        "another store": lambda: tenancy.scoped(make.store("najd")),
        "every store": lambda: tenancy.unscoped("the platform's pages"),
    }
    found: AbstractContextManager[None] = scopes[request.param]()
    return found


@pytest.mark.parametrize("scope", ["own store", "another store", "every store"], indirect=True)
def test_nobody_sees_counts_or_marks_what_others_were_told_elsewhere(
    make: Make, scope: AbstractContextManager[None]
) -> None:
    """X-01: another person's here, the same person's in another store, the platform's; whatever the scope is."""
    me, colleague, noor, najd = make.user(), make.user(), make.store(), make.store("najd")
    mine = tell(make, me, noor, about="noor/1")
    others = {
        tell(make, colleague, noor, about="noor/1"),
        tell(make, me, najd, about="noor/1"),
        tell(make, me, make.platform(), about="noor/1"),
    }
    with scope:
        assert [one.id for one in notices.recent(me.id, noor).rows] == [mine]
        assert notices.unread_count(me.id, noor) == 1
        assert notices.newest_unread(me.id, noor) == mine
        for other in others:
            with pytest.raises(NotFound), transaction():
                notices.mark_read(other, me.id, noor, now=make.clock())
        with transaction():
            notices.mark_read_about(me.id, noor, "noor/1", now=make.clock())
            notices.mark_all_read(me.id, noor, until=max(others), now=make.clock())
        assert not notices.has_unread_about(me.id, noor, "noor/1")
    assert unread() == others


def test_one_notice_is_read_and_keeps_the_moment(make: Make) -> None:
    me, noor = make.user(), make.store()
    first, second = tell(make, me, noor), tell(make, me, noor)
    at = make.clock()
    for _ in range(2):
        with transaction():
            assert notices.mark_read(first, me.id, noor, now=make.clock()).id == first
        make.clock.move(hours=1)
    db.session.rollback()
    assert db.session.get_one(Notification, first).read_at == at
    assert unread() == {second}


def test_what_is_about_one_ticket_is_read_with_it_alone(make: Make) -> None:
    """The same number may exist in another store."""
    me, platform = make.user("platform_reviewer"), make.platform()
    about = [tell(make, me, platform, about=one) for one in ("noor/1", "noor/1", "najd/1", None)]
    assert notices.has_unread_about(me.id, platform, "noor/1")
    with transaction():
        notices.mark_read_about(me.id, platform, "noor/1", now=make.clock())
    assert not notices.has_unread_about(me.id, platform, "noor/1")
    assert unread() == set(about[2:])


def test_what_came_after_the_page_was_shown_stays_unread(make: Make) -> None:
    me, noor = make.user(), make.store()
    shown = [tell(make, me, noor) for _ in range(2)]
    until = notices.newest_unread(me.id, noor)
    later = tell(make, me, noor)
    assert until == shown[-1]
    with transaction():
        notices.mark_all_read(me.id, noor, until=until, now=make.clock())
    assert unread() == {later}


def test_a_bell_counts_to_a_hundred(make: Make) -> None:
    me, noor = make.user(), make.store()
    assert notices.unread_count(me.id, noor) == 0
    assert notices.newest_unread(me.id, noor) is None
    for wanted in (99, 100, 101):
        while len(unread()) < wanted:
            tell(make, me, noor)
        assert notices.unread_count(me.id, noor) == min(wanted, notices.COUNT_LIMIT)


def test_pages_show_every_notice_once_in_both_directions(make: Make) -> None:
    """Many of one moment among them, as a digest makes them."""
    me, noor = make.user(), make.store()
    ids = [tell(make, me, noor) for _ in range(40)]
    make.clock.move(minutes=1)
    ids += [tell(make, me, noor) for _ in range(13)]
    ids.reverse()
    first = notices.recent(me.id, noor)
    second = notices.recent(me.id, noor, before=first.rows[-1].id)
    third = notices.recent(me.id, noor, before=second.rows[-1].id)
    pages = [first, second, third]
    assert [[row.id for row in one.rows] for one in pages] == [ids[:25], ids[25:50], ids[50:]]
    assert [(one.newer, one.older) for one in pages] == [(False, True), (True, True), (True, False)]
    back = notices.recent(me.id, noor, after=third.rows[0].id)
    assert ([row.id for row in back.rows], back.newer, back.older) == (ids[25:50], True, True)
    home = notices.recent(me.id, noor, after=back.rows[0].id)
    assert ([row.id for row in home.rows], home.newer, home.older) == (ids[:25], False, True)


@pytest.mark.parametrize("direction", ["before", "after"])
def test_a_notice_that_is_not_theirs_marks_no_page(make: Make, direction: str) -> None:
    me, noor = make.user(), make.store()
    foreign = tell(make, make.user(), noor)
    mine = tell(make, me, noor)
    for unknown in (foreign, 2**31 - 1):
        found = notices.recent(me.id, noor, **{direction: unknown})
        assert ([row.id for row in found.rows], found.newer, found.older) == ([mine], False, False)


def test_a_ticket_is_named_with_its_store(make: Make) -> None:
    filed = make.complaint()
    ticket = db.session.get_one(Ticket, filed.ticket.id)
    assert notices.subject(ticket) == f"noor/{filed.number}"
