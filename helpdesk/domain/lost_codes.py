"""Lost numbers and codes: a new tracking code in place of the old one, and a mail that names what is there (S1-56).

Everything here goes to the complaint's own mailbox, whoever asks for it.
"""

from datetime import UTC, datetime, timedelta
from math import ceil

from sqlalchemy import select

from helpdesk import normalise, vault
from helpdesk.db import db
from helpdesk.domain import mailboxes, throttle, tickets, timeline, tracking
from helpdesk.domain.errors import Invalid, LimitReached, NotFound
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import EventKind, TicketKind
from helpdesk.models import Event, Store, Ticket
from helpdesk.words import N_

REISSUE_AFTER = timedelta(seconds=60)
PER_HOUR = 4
HOUR = timedelta(hours=1)
ASKED_PER_ADDRESS = 10
NAMED_AT_MOST = 20
NAMED_PER_HOUR = 3
LINK_LIFETIME = timedelta(hours=24)
SECONDS_DIGITS = 10

WAIT = N_("We have just sent a mail. Please wait a little before you ask again.")
ASKED_TOO_OFTEN = N_(
    "Your complaints were asked for from here too often. Please wait and try again."
)
OLD_LINK = N_(
    "This link has expired, or a part of it is missing. Ask for your complaints again to get a new one."
)


def reissue(ticket: Ticket, actor: Actor, *, now: datetime) -> str:
    """Send the complaint's mailbox a new tracking code, which is returned as it is shown; the old one is dead (C18).

    Raises:
        LimitReached: within a minute of the last mail, the fifth within an hour, or the mailbox has had enough.
    """
    require(actor, Permission.COMPLAINT_TRACK, ticket)
    wait = seconds_until_reissue(ticket, now=now)
    if wait:
        raise LimitReached(WAIT, wait_seconds=wait)
    mailboxes.spend(ticket.contact_email_key, now=now)
    code = vault.new_tracking_code()
    tracking.set_code(ticket, code)
    shown = vault.shown_tracking_code(code)
    timeline.record(
        EventKind.TRACKING_CODE_REISSUED, actor, ticket, now=now, public=True, secret=shown
    )
    return shown


def seconds_until_reissue(ticket: Ticket, *, now: datetime) -> int:
    """How long to wait before another code may be sent; 0 when it may be now."""
    query = (
        select(Event.at)
        .where(
            Event.ticket_id == ticket.id,
            Event.kind == EventKind.TRACKING_CODE_REISSUED,
            Event.at > now - HOUR,
        )
        .order_by(Event.id.desc())
    )
    sent = list(db.session.scalars(query))
    waits = [(sent[0] if sent else ticket.created_at) + REISSUE_AFTER - now]
    if len(sent) >= PER_HOUR:
        waits.append(sent[PER_HOUR - 1] + HOUR - now)
    return max([0, *(ceil(wait.total_seconds()) for wait in waits)])


def ask_for_numbers(store: Store, email: str, actor: Actor, *, now: datetime) -> None:
    """Have a mailbox sent the numbers of its complaints to this store, three times an hour at the most.

    Known, unknown or served too often: the answer, the work and the rows written are the same.

    Raises:
        LimitReached: asked for too often from this address, whatever the mailbox.
    """
    throttle.spend(f"numbers-ip:{actor.ip_hash}", ASKED_PER_ADDRESS, now=now, text=ASKED_TOO_OFTEN)
    email_key = normalise.email_key(email)
    query = (
        select(Ticket.id)
        .where(Ticket.kind == TicketKind.COMPLAINT, Ticket.contact_email_key == email_key)
        .order_by(Ticket.created_at.desc(), Ticket.id.desc())
        .limit(NAMED_AT_MOST)
    )
    found = list(db.session.scalars(query))
    if not _may_be_mailed(email_key, now):
        found = []
    expires_at = now + LINK_LIFETIME
    timeline.record(
        EventKind.NUMBERS_ASKED,
        actor,
        store,
        now=now,
        data={"ticket_ids": found, "expires_at": expires_at.isoformat()},
        secret=link_key(store.id, email_key, expires_at),
    )


def link_key(store_id: int, email_key: str, expires_at: datetime) -> str:
    """What makes the links in a mail work until then: nobody else can write it."""
    until = int(expires_at.timestamp())
    return f"{until}-{vault.keyed_hash('link', store_id, mailboxes.known_as(email_key), until)}"


def follow(number: str, key: str, *, now: datetime) -> Ticket:
    """The complaint that a link from its mailbox is about.

    Raises:
        Invalid: the link is too old, forged, or of another mailbox or store.
    """
    try:
        ticket = tickets.find(TicketKind.COMPLAINT, number)
    except NotFound:
        ticket = None
    until = _moment(key.partition("-")[0])
    wanted = link_key(ticket.store_id, ticket.contact_email_key, until) if ticket else ""
    if ticket is None or until <= now or not vault.same(wanted, key):
        raise Invalid(OLD_LINK)
    return ticket


def _may_be_mailed(email_key: str, now: datetime) -> bool:
    key = f"numbers:{mailboxes.known_as(email_key)}"
    try:
        throttle.spend(key, NAMED_PER_HOUR, now=now, text=ASKED_TOO_OFTEN)
    except LimitReached:
        return False
    return True


def _moment(typed: str) -> datetime:
    """The moment that a link names; the oldest one for what names none."""
    seconds = (
        int(typed) if len(typed) <= SECONDS_DIGITS and typed.isdecimal() and typed.isascii() else 0
    )
    return datetime.fromtimestamp(seconds, UTC)
