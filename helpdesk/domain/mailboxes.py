"""What may be sent to a mailbox whose owner has not asked for it with a code: three mails an hour (security, 5)."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from helpdesk import vault
from helpdesk.db import db
from helpdesk.domain import tenancy, throttle
from helpdesk.models import Ticket
from helpdesk.words import N_

MAILS_PER_HOUR = 3
HOUR = timedelta(hours=1)
ENOUGH = N_(
    "We have sent three mails to this mailbox within the hour, and that is the most."
    " Look in the spam folder, or try again later."
)


def known_as(email_key: str) -> str:
    """A mailbox as counters and links know it: without its address."""
    return vault.keyed_hash("mailbox", email_key)


def had_enough(ticket: Ticket) -> bool:
    """Whether this mailbox had its three mails of the hour before this complaint was acknowledged."""
    before = _acknowledged(ticket.contact_email_key, ticket.created_at, Ticket.id < ticket.id)
    return before + throttle.spent(_key(ticket.contact_email_key), now=ticket.created_at) >= (
        MAILS_PER_HOUR
    )


def spend(email_key: str, *, now: datetime) -> None:
    """Use up one of the mailbox's three mails of the hour; every store's acknowledgements count.

    Raises:
        LimitReached: none is left.
    """
    left = MAILS_PER_HOUR - _acknowledged(email_key, now)
    throttle.spend(_key(email_key), max(left, 0), now=now, text=ENOUGH)


def _acknowledged(email_key: str, now: datetime, *narrower: ColumnElement[bool]) -> int:
    lately = (
        select(func.count())
        .select_from(Ticket)
        .where(
            Ticket.contact_email_key == email_key,
            Ticket.created_at > now - HOUR,
            *narrower,
        )
    )
    with tenancy.unscoped("a mailbox is the same one in every store"):
        return db.session.scalar(lately) or 0


def _key(email_key: str) -> str:
    return f"mails:{known_as(email_key)}"
