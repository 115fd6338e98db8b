"""Handing mails to a real server in every mood (X-05, security: faults)."""

import socket
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.channels import email
from helpdesk.channels.email import Envelope
from helpdesk.db import db
from helpdesk.domain.deliveries import Failure
from helpdesk.enums import DeliveryStatus
from helpdesk.models import Delivery
from helpdesk.vault import shown_tracking_code
from tests.fixtures.application import MakeApp
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.moody import Mood, MoodyServer

D = DeliveryStatus


def envelope(**changes: str) -> Envelope:
    fields = {
        "recipient": "sara@example.com",
        "sender_name": "متجر نور",
        "subject": "وصلت شكواك CMP-1234-5674",
        "text": "نص\n",
        "html": "<p>نص</p>\n",
        "message_id": "one@desk.test",
    }
    return Envelope(**(fields | changes))


@pytest.fixture
def send(app: Flask) -> Callable[..., Failure | None]:
    def run(**changes: str) -> Failure | None:
        with app.app_context():
            return email.send(envelope(**changes))

    return run


Send = Callable[..., Failure | None]


def test_a_mail_arrives_as_it_was_written(send: Send, mailbox: Mailbox) -> None:
    """X-06."""
    assert send() is None
    mail = mailbox.one(to="sara@example.com")
    assert mail.subject == "وصلت شكواك CMP-1234-5674"
    assert (mail.text.strip(), mail.html.strip()) == ("نص", "<p>نص</p>")
    assert mail.message["From"].addresses[0].display_name == "متجر نور"
    assert mail.message["From"].addresses[0].addr_spec == mail.sender == "no-reply@desk.test"


def test_a_paragraph_longer_than_a_line_of_mail_arrives_whole(send: Send, mailbox: Mailbox) -> None:
    """RFC 5322, 2.1.1: a server may refuse a line of more than 998 bytes, and Arabic takes two a letter."""
    paragraph = "شكوى " * 400
    assert send(text=paragraph, html=f"<p>{paragraph}</p>") is None
    mail = mailbox.one(to="sara@example.com")
    assert mail.text.strip() == paragraph.strip()
    assert max(len(line) for line in mail.message.as_bytes().splitlines()) <= 998


@pytest.mark.parametrize(
    "name", ["متجر", 'Noor, "the" shop', "O'Neil (x) <y>", "a\\b", "Ünïcode, Inc."]
)
def test_the_senders_name_is_shown_as_it_is(send: Send, mailbox: Mailbox, name: str) -> None:
    """X-06: encoded once; twice, and the reader would see =?utf-8?b?…?=."""
    send(sender_name=name)
    (sender,) = mailbox.one().message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "no-reply@desk.test")


def test_a_mail_has_exactly_the_headers_it_needs(send: Send, mailbox: Mailbox) -> None:
    """One Message-ID, ours: a second send is recognised. And no answering machine answers."""
    send()
    message = mailbox.one().message
    assert message.get_all("Message-ID") == ["<one@desk.test>"]
    assert message.get_all("Auto-Submitted") == ["auto-generated"]
    for name in ("From", "To", "Subject", "Date", "MIME-Version", "Content-Type"):
        assert len(message.get_all(name, [])) == 1, name
    both = next(one for one in message.walk() if one.get_content_type() == "multipart/alternative")
    assert [part.get_content_type() for part in both.iter_parts()] == ["text/plain", "text/html"]
    assert not list(message.iter_attachments())[1:]


@pytest.mark.parametrize(
    ("mood", "temporary"),
    [
        ({"data": "451 Try again later"}, True),
        ({"data": "421 Shutting down"}, True),
        ({"data": "452 Full"}, True),
        ({"data": "554 Spam"}, False),
        ({"data": "552 Too large"}, False),
        ({"rcpt": "450 Busy"}, True),
        ({"rcpt": "550 No such user"}, False),
        ({"rcpt": {"sara@example.com": "553 Not here"}}, False),
    ],
)
def test_a_refusal_in_the_400s_is_temporary_and_in_the_500s_final(
    send: Send, mailbox: Mailbox, mood: dict[str, str], temporary: bool
) -> None:
    """RFC 5321, 4.2.1."""
    mailbox.mood(**mood)
    failure = send()
    assert failure is not None
    assert failure.temporary is temporary
    assert ("address" in failure.reason) == ("rcpt" in mood)
    assert mailbox.take() == []
    mailbox.mood()
    assert send() is None
    mailbox.one()


def test_a_server_that_says_nothing_is_left_after_a_while(
    send: Send, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has taken the whole mail, and hangs: trying again may bring it twice, under one Message-ID."""
    assert email.TIMEOUT_SECONDS <= 30
    monkeypatch.setattr(email, "TIMEOUT_SECONDS", 0.2)
    mailbox.mood(hang=True)
    failure = send()
    assert failure is not None
    assert failure.temporary
    mailbox.one()


def test_a_server_that_is_not_there_is_tried_again(app: Flask, make_app: MakeApp) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = make_app(MAIL_PORT=str(closed.getsockname()[1]))
        with nowhere.app_context():
            failure = email.send(envelope())
    assert app.testing
    assert failure == Failure("The mail server could not be reached.", temporary=True)


@pytest.fixture
def moody() -> Iterator[MoodyServer]:
    server = MoodyServer()
    yield server
    server.close()


@pytest.mark.parametrize("goodbye", ["drop", "421 Shutting down", "hang"])
def test_a_mail_that_was_taken_is_not_sent_again_however_the_server_says_goodbye(
    make_app: MakeApp, moody: MoodyServer, monkeypatch: pytest.MonkeyPatch, goodbye: str
) -> None:
    """Its yes to the mail counts; a line that broke after it was taken for a failure once."""
    monkeypatch.setattr(email, "TIMEOUT_SECONDS", 0.5)
    moody.mood = Mood({"quit": goodbye})
    with make_app(MAIL_PORT=str(moody.port)).app_context():
        assert email.send(envelope()) is None
    assert [mail.to for mail in moody.taken] == [("sara@example.com",)]


@pytest.mark.parametrize(
    "says",
    [
        {"greeting": "554 No service here"},
        {"ehlo": "550 Not for you"},
        {"greeting": "\x16\x03\x01"},
        {"body": "HTTP/1.1 400 Bad Request"},
    ],
)
def test_what_is_not_about_the_mail_is_not_its_end(
    make_app: MakeApp, moody: MoodyServer, says: dict[str, str]
) -> None:
    """A server that refuses everybody for an hour would end every mail of that hour, and its code with it."""
    moody.mood = Mood(says)
    with make_app(MAIL_PORT=str(moody.port)).app_context():
        failure = email.send(envelope())
    assert failure is not None
    assert failure.temporary
    assert moody.taken == []


def test_a_wrong_password_of_ours_ends_no_mail(make_app: MakeApp, moody: MoodyServer) -> None:
    """It can be mended, and what waited is sent then."""
    moody.mood = Mood({"auth": "535 Wrong"})
    app = make_app(MAIL_PORT=str(moody.port), MAIL_USERNAME="desk", MAIL_PASSWORD="old")
    with app.app_context():
        failure = email.send(envelope())
    assert failure == Failure("The mail server refused the connection.", temporary=True)


def hang_up(server: socket.socket) -> None:
    server.accept()[0].close()


def test_a_server_that_hangs_up_is_tried_again(make_app: MakeApp) -> None:
    """It takes the connection and says nothing but goodbye."""
    with socket.create_server(("127.0.0.1", 0)) as rude:
        app = make_app(MAIL_PORT=str(rude.getsockname()[1]))
        thread = Thread(target=hang_up, args=(rude,))
        thread.start()
        with app.app_context():
            failure = email.send(envelope())
        thread.join()
    assert failure is not None
    assert failure.temporary


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hello\r\nBcc: x@example.com"},
        {"sender_name": "Noor\r\nBcc: x@example.com"},
        {"recipient": "sara@example.com\r\nRCPT TO:<x@example.com>"},
        {"recipient": "سارة@example.com"},
    ],
)
def test_what_no_mail_can_carry_is_a_final_failure_and_reaches_nobody(
    send: Send, mailbox: Mailbox, changes: dict[str, str]
) -> None:
    """CR and LF bring no further header and no further recipient."""
    failure = send(**changes)
    if failure is not None:
        assert not failure.temporary
        assert mailbox.take() == []
        return
    mail = mailbox.one()
    assert mail.to == ("sara@example.com",)
    assert mail.message["Bcc"] is None


@pytest.mark.parametrize("mood", [{"data": "451 Later"}, {"rcpt": "450 Later"}])
def test_what_the_server_puts_off_is_sent_later(
    make: Make, deliver: Callable[[], None], mailbox: Mailbox, mood: dict[str, str]
) -> None:
    """X-05: after a minute, with the code in it, once."""
    filed = make.complaint()
    mailbox.mood(**mood)
    deliver()
    assert statuses() == [D.TEMPORARY_FAILURE]
    mailbox.mood()
    make.clock.move(seconds=59)
    deliver()
    assert mailbox.take() == []
    make.clock.move(seconds=1)
    deliver()
    assert shown_tracking_code(filed.tracking_code) in mailbox.one().text
    assert statuses() == [D.SENT]


def test_one_bad_recipient_of_three_stops_no_other(
    make: Make, deliver: Callable[[], None], mailbox: Mailbox
) -> None:
    """Security: faults."""
    first, bad, last = make.complaint(), make.complaint(), make.complaint()
    mailbox.mood(rcpt={bad.email: "550 No such user"})
    deliver()
    assert {mail.to[0] for mail in mailbox.take()} == {first.email, last.email}
    assert statuses() == [D.SENT, D.PERMANENT_FAILURE, D.SENT]


def statuses() -> list[D]:
    db.session.rollback()
    return list(db.session.scalars(select(Delivery.status).order_by(Delivery.id)))
