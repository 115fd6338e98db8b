"""From recorded events to messages, and one that fails stops no other (X-05, security: faults)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from helpdesk import jobs
from helpdesk.channels import email
from helpdesk.db import db, transaction
from helpdesk.domain import complaints, deliveries, timeline
from helpdesk.domain.recipients import Notice
from helpdesk.enums import CodePurpose, DeliveryStatus, TicketStatus
from helpdesk.models import Delivery, Event, EventSecret
from helpdesk.uploads import cleaning
from helpdesk.vault import shown_tracking_code
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

Deliver = Callable[[], None]
D = DeliveryStatus
S = TicketStatus


def sent() -> list[tuple[str, D]]:
    db.session.rollback()
    query = select(Delivery.template_key, Delivery.status).order_by(Delivery.id)
    return [(one.template_key, one.status) for one in db.session.execute(query)]


def undispatched() -> int:
    db.session.rollback()
    query = select(func.count()).select_from(Event).where(Event.dispatched_at.is_(None))
    return db.session.scalar(query) or 0


def untold(make: Make) -> int:
    db.session.rollback()
    return timeline.untold(now=make.clock())


def test_an_event_becomes_a_message_and_is_never_told_again(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    filed = make.complaint()
    deliver()
    assert shown_tracking_code(filed.tracking_code) in mailbox.one(to=filed.email).text
    assert undispatched() == 0
    assert db.session.scalars(select(EventSecret.event_id)).all() == []
    delivery = db.session.scalars(select(Delivery)).one()
    assert (delivery.ticket_id, delivery.store_id) == (filed.ticket.id, filed.ticket.store_id)
    assert (delivery.status, delivery.secret) == (D.SENT, None)
    deliver()
    assert mailbox.take() == []


def test_a_poison_event_is_set_aside_and_the_others_go_on(
    make: Make, deliver: Deliver, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And as soon as it can be told, it is."""
    first, poison, last = make.complaint(), make.complaint(), make.complaint()
    healthy = email.compose

    def compose(notice: Notice) -> email.Composed:
        if notice.ticket and notice.ticket.number == poison.number:
            raise RuntimeError("poison")
        return healthy(notice)

    monkeypatch.setattr(email, "compose", compose)
    deliver()
    assert {mail.to for mail in mailbox.take()} == {(first.email,), (last.email,)}
    assert undispatched() == 1
    assert len(db.session.scalars(select(EventSecret.event_id)).all()) == 1
    monkeypatch.setattr(email, "compose", healthy)
    deliver()
    assert shown_tracking_code(poison.tracking_code) in mailbox.one(to=poison.email).text
    assert undispatched() == 0


def test_a_message_that_no_server_can_be_given_stops_no_other(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """An address that got in before addresses were checked for it; the line was blocked for ever once."""
    poison, healthy = make.complaint(email="سارة@example.com"), make.complaint()
    deliver()
    assert mailbox.one().to == (healthy.email,)
    query = select(Delivery.status, Delivery.secret).where(Delivery.recipient == poison.email)
    assert (sent()[0], db.session.execute(query).one()[1]) == (
        ("complaint_received", D.PERMANENT_FAILURE),
        None,
    )


def test_a_message_that_fails_in_an_unknown_way_stops_no_other(
    make: Make, deliver: Deliver, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set aside and tried again later, like one that the server puts off; and operators see why it waits."""
    poison, healthy = make.complaint(), make.complaint()
    send = email.send

    def fragile(envelope: email.Envelope) -> deliveries.Failure | None:
        if envelope.recipient == poison.email:
            raise RuntimeError("poison")
        return send(envelope)

    with monkeypatch.context() as patch:
        patch.setattr(email, "send", fragile)
        deliver()
    assert mailbox.one().to == (healthy.email,)
    db.session.rollback()
    failed = db.session.scalars(select(Delivery).where(Delivery.recipient == poison.email)).one()
    assert (failed.status, failed.last_error) == (D.TEMPORARY_FAILURE, jobs.FAULT)
    make.clock.move(minutes=1)
    deliver()
    assert shown_tracking_code(poison.tracking_code) in mailbox.one(to=poison.email).text


def test_a_code_that_was_sealed_under_another_key_is_not_sent_as_an_empty_place(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """After SECRET_KEY was changed, what is on its way can no longer be read."""
    make.complaint()
    mailbox.mood(data="451 Later")
    deliver()
    mailbox.mood()
    with transaction() as session:
        session.execute(update(Delivery).values(secret="gAAAA of another key"))
    make.clock.move(minutes=1)
    deliver()
    assert mailbox.take() == []
    assert sent() == [("complaint_received", D.SUPPRESSED)]


def test_what_fails_in_the_minute_stops_nothing_else(
    make: Make, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The storage of files is away: reminders and mails go on."""
    filed = make.complaint()

    def away(**_now: object) -> None:
        raise OSError("the storage is away")

    monkeypatch.setattr(cleaning, "drop_waiting", away)
    jobs.minutely(make.clock)
    assert mailbox.one().to == (filed.email,)


def test_a_fact_that_nobody_was_told_of_in_time_is_counted(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Not before five minutes have passed, and an answer not before it can no longer be taken back."""
    filed = make.complaint(S.PENDING_ADMIN)
    agent = make.actor("agent", filed.ticket.store)
    deliver()
    mailbox.take()
    with transaction():
        complaints.answer(filed.ticket, "Hi", agent, last_seen=None, now=make.clock())
    make.clock.move(minutes=5)
    assert untold(make) == 0
    make.clock.move(seconds=10)
    assert untold(make) == 1
    deliver()
    mailbox.one(to=filed.email)
    assert untold(make) == 0


def test_an_old_code_is_dropped_instead_of_sent_late(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Security: expired codes are suppressed."""
    filed = make.complaint()
    make.issue(filed.ticket, CodePurpose.VIEW, make.shopper())
    make.clock.move(minutes=10)
    deliver()
    assert [mail.subject for mail in mailbox.take()] == [f"We have your complaint {filed.number}"]
    assert sent() == [("complaint_received", D.SENT), ("code_view", D.SUPPRESSED)]


def test_a_message_that_lost_its_code_is_dropped(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Nobody gets a mail with an empty place where the code should be."""
    make.complaint()
    mailbox.mood(data="451 Later")
    deliver()
    mailbox.mood()
    with transaction() as session:
        session.execute(update(Delivery).values(secret=None))
    make.clock.move(minutes=1)
    deliver()
    assert mailbox.take() == []
    assert sent() == [("complaint_received", D.SUPPRESSED)]


def test_the_fourth_acknowledgement_is_written_down_but_not_sent(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """Security, 5."""
    for _ in range(4):
        make.complaint(email="sara@example.com")
        make.clock.move(seconds=1)
    deliver()
    assert len(mailbox.take()) == 3
    assert sent()[3] == ("complaint_received", D.SUPPRESSED)
    held = db.session.scalars(select(Delivery).where(Delivery.status == D.SUPPRESSED)).one()
    assert held.secret is None
    assert held.last_error


@pytest.mark.parametrize("server", ["none", "demo"])
def test_without_a_mail_server_messages_wait_or_are_shown(
    app: Flask, make: Make, deliver: Deliver, server: str
) -> None:
    """X-05: held with their code; in demo mode they count as sent, and the code can be read."""
    app.config["MAIL_SERVER"], app.config["DEMO"] = None, server == "demo"
    filed = make.complaint()
    deliver()
    assert sent() == [("complaint_received", D.SENT if server == "demo" else D.HELD)]
    delivery = db.session.scalars(select(Delivery)).one()
    code = shown_tracking_code(filed.tracking_code)
    assert code not in deliveries.shown_text(delivery, show_codes=False)
    assert shown_tracking_code(filed.tracking_code) in deliveries.shown_text(
        delivery, show_codes=True
    )


def test_with_a_mail_server_demo_mode_sends_and_shows(
    app: Flask, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    app.config["DEMO"] = True
    filed = make.complaint()
    deliver()
    assert shown_tracking_code(filed.tracking_code) in mailbox.one().text
    assert sent() == [("complaint_received", D.SENT)]
    delivery = db.session.scalars(select(Delivery)).one()
    assert shown_tracking_code(filed.tracking_code) in deliveries.shown_text(
        delivery, show_codes=True
    )


def test_two_workers_at_once_send_each_message_once(
    app: Flask, make: Make, mailbox: Mailbox
) -> None:
    """Domain 2.6."""
    numbers = {make.complaint().number for _ in range(6)}
    start = Barrier(4)

    def work(_worker: int) -> None:
        with app.app_context():
            start.wait()
            jobs.deliver(make.clock)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    subjects = sorted(mail.subject for mail in mailbox.take())
    assert subjects == sorted(f"We have your complaint {number}" for number in numbers)
    assert {status for _, status in sent()} == {D.SENT}


def test_a_dead_workers_message_is_sent_by_the_next_under_the_same_id(
    make: Make, deliver: Deliver, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X-05: at least once; killed after the server took it, before that was written down."""
    make.complaint()

    def die(*_args: object, **_named: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "succeed", die)
        with pytest.raises(SystemExit):
            deliver()
    first = mailbox.one()
    deliver()
    assert mailbox.take() == []
    make.clock.move(minutes=5)
    deliver()
    assert mailbox.one().message["Message-ID"] == first.message["Message-ID"]
    assert sent() == [("complaint_received", D.SENT)]


def test_the_minute_looks_after_everything(make: Make, mailbox: Mailbox) -> None:
    filed = make.complaint()
    jobs.minutely(make.clock)
    assert mailbox.one().to == (filed.email,)
    assert deliveries.last_beat(jobs.WORKER) == make.clock()
    assert undispatched() == 0


def test_each_job_can_be_run_by_its_name(make: Make, mailbox: Mailbox) -> None:
    make.complaint()
    for job in jobs.JOBS.values():
        job(make.clock)
    assert jobs.JOBS.keys() == {
        *("deliver", "digest", "export", "index", "minutely", "remind", "tidy"),
    }
    assert len(mailbox.take()) == 1
