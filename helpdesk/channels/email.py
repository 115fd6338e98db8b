"""E-mail: a notice laid out as text and HTML, and handed to the mail server by Flask-Mail."""

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from email import charset
from email.utils import quote
from typing import Any

import css_inline
from flask import current_app, render_template
from flask_mail import BadHeaderError, Connection, Mail, Message

from helpdesk import colour
from helpdesk.channels import letters
from helpdesk.domain.deliveries import CODE_PLACE, Failure
from helpdesk.domain.recipients import Notice
from helpdesk.enums import Lang
from helpdesk.language import speaking
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
    with speaking(notice.lang.value):
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
    except (OSError, smtplib.SMTPException) as error:
        return _failure(error)
    return None


_BEFORE_ANY_MAIL = (
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
)
"""Whatever the code, it is about us or the server: no mail may die of it, for it can be mended."""
_OUTAGES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (_BEFORE_ANY_MAIL, N_("The mail server refused the connection.")),
    (smtplib.SMTPServerDisconnected, N_("The mail server broke off the connection.")),
    (TimeoutError, N_("The mail server did not answer in time.")),
    (Exception, N_("The mail server could not be reached.")),
)


def _failure(error: Exception) -> Failure:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = min(code for code, _text in error.recipients.values())
        return _refused(code, N_("The mail server refused the address."))
    if isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, _BEFORE_ANY_MAIL):
        return _refused(error.smtp_code, N_("The mail server refused the message."))
    reason = next(text for kinds, text in _OUTAGES if isinstance(error, kinds))
    return Failure(reason, temporary=True)


class _Connection(Connection):
    """Flask-Mail's connection with a time limit, or a silent server would hold the worker for ever."""

    def configure_host(self) -> smtplib.SMTP:
        host = smtplib.SMTP(self.mail.server, self.mail.port, timeout=TIMEOUT_SECONDS)
        try:
            if self.mail.use_tls:
                host.starttls()
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(self, *error: Any) -> None:
        """Say goodbye. The server's word on the mail stands, and a line that breaks now must not send it again."""
        with suppress(smtplib.SMTPException, OSError):
            super().__exit__(*error)


def _refused(code: int, reason: str) -> Failure:
    """A refusal in the 500s is final (RFC 5321, 4.2.1); one in the 400s, and nonsense, may be over later."""
    return Failure(reason, temporary=not 500 <= code < 600)  # noqa: PLR2004
