"""E-mail: a notice laid out as text and HTML, and handed to the mail server by Flask-Mail."""

import smtplib
from dataclasses import dataclass
from email import charset
from email.utils import quote

import css_inline
from flask import current_app, render_template
from flask_babel import force_locale
from flask_mail import BadHeaderError, Connection, Mail, Message

from helpdesk import colour
from helpdesk.channels import letters
from helpdesk.domain.deliveries import CODE_PLACE, Failure
from helpdesk.domain.notifications import Notice
from helpdesk.enums import Lang
from helpdesk.words import N_

TIMEOUT_SECONDS = 20

mail = Mail()
# Flask-Mail would send the text as it is, and a server may refuse a line of more than 998 bytes (RFC 5322, 2.1.1):
# a paragraph of Arabic is soon as long.
charset.add_charset("utf-8", charset.SHORTEST, charset.BASE64, "utf-8")


@dataclass(frozen=True)
class Composed:
    """A mail ready to be queued; a code's place in it is still empty."""

    sender_name: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Envelope:
    """A queued mail ready to be sent, its code put in."""

    recipient: str
    sender_name: str
    subject: str
    text: str
    html: str
    message_id: str


def compose(notice: Notice) -> Composed:
    """Write the mail of a notice in its reader's language."""
    with force_locale(notice.lang.value):
        letter = letters.write(notice)
        sender = notice.store.name_in(notice.lang)
        context = {
            "letter": letter,
            "lang": notice.lang.value,
            "dir": "rtl" if notice.lang is Lang.AR else "ltr",
            "sender": sender,
            "color": notice.store.color,
            "ink": colour.ink_on(notice.store.color),
        }
        text = render_template("emails/layout.txt", **context)
        html = css_inline.inline(render_template("emails/layout.html", **context))
    return Composed(sender, letter.subject, text, html)


def filled(text: str, code: str | None) -> str:
    """The text with its code in place."""
    return text.replace(CODE_PLACE, code) if code else text


def send(envelope: Envelope) -> Failure | None:
    """Hand the mail over to the server; None when it took it, else why not, in words for operators."""
    # Quoted, not encoded: Flask-Mail encodes the name itself, and twice would be shown to the reader.
    sender = f'"{quote(envelope.sender_name)}" <{current_app.config["MAIL_SENDER"]}>'
    message = Message(
        subject=envelope.subject,
        recipients=[envelope.recipient],
        body=envelope.text,
        html=envelope.html,
        sender=sender,
        extra_headers={"Auto-Submitted": "auto-generated"},
    )
    # Not a header of our own: Flask-Mail would send its msgId as a second Message-ID beside it.
    message.msgId = f"<{envelope.message_id}>"
    try:
        return _hand_over(message)
    except (ValueError, BadHeaderError):
        # An address or a heading that no mail can carry; unhandled, it would stop the worker for all others.
        return Failure(N_("The message cannot be sent as an e-mail."), temporary=False)


def _hand_over(message: Message) -> Failure | None:
    try:
        with _Connection(current_app.extensions["mail"]) as connection:
            connection.send(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = min(code for code, _text in error.recipients.values())
        return _refused(code, N_("The mail server refused the address."))
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, N_("The mail server refused the message."))
    except smtplib.SMTPServerDisconnected:
        return Failure(N_("The mail server broke off the connection."), temporary=True)
    except TimeoutError:
        return Failure(N_("The mail server did not answer in time."), temporary=True)
    except (OSError, smtplib.SMTPException):
        return Failure(N_("The mail server could not be reached."), temporary=True)
    return None


class _Connection(Connection):
    """Flask-Mail's connection with a time limit, or a silent server would hold the worker for ever."""

    def configure_host(self) -> smtplib.SMTP:
        host = smtplib.SMTP(self.mail.server, self.mail.port, timeout=TIMEOUT_SECONDS)
        if self.mail.use_tls:
            host.starttls()
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host


def _refused(code: int, reason: str) -> Failure:
    """A refusal in the 400s asks to try later, one in the 500s is final (RFC 5321, 4.2.1)."""
    return Failure(reason, temporary=400 <= code < 500)  # noqa: PLR2004
