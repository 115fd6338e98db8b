"""The way back to one's complaint: number and tracking code, then a code from the mailbox (S1-34 to S1-38).

And out again: *Finish and lock* ends what a browser has proven.
"""

from datetime import datetime

from helpdesk import normalise, vault
from helpdesk.domain import customers, numbers, throttle, tickets, timeline, verification
from helpdesk.domain.errors import NotFound, WrongCode
from helpdesk.domain.kinds import COMPLAINT
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import CodePurpose, EventKind, TicketKind
from helpdesk.models import Store, Ticket
from helpdesk.words import N_

WRONG_PAIR = N_(
    "This number and tracking code do not belong together. Check both: they are on the page and in the e-mail"
    " that confirmed your complaint."
)


def set_code(ticket: Ticket, code: str) -> None:
    """From now on this code, and no other, opens the complaint; only its hash is kept."""
    ticket.tracking_hash = _tracking_hash(ticket.store_id, ticket.number, code)


def opens(ticket: Ticket, code: str) -> bool:
    """Whether this is the complaint's present tracking code, however it is typed."""
    typed = _tracking_hash(ticket.store_id, ticket.number, normalise.code(code))
    return vault.same(ticket.tracking_hash or "", typed)


def track(store: Store, number: str, tracking_code: str, actor: Actor, *, now: datetime) -> Ticket:
    """The complaint that number and tracking code open, so that a code may be sent to its mailbox.

    A wrong number, a wrong code and another store's pair get the same answer after the same work.

    Raises:
        Invalid: the number was mistyped (its check digit says so).
        WrongCode: the pair fits nothing here; the failure is counted.
        LimitReached: after ten failures for this number or this address.
    """
    number = numbers.read(COMPLAINT.prefix, number)
    keys = (f"track:{vault.keyed_hash('track', store.id, number)}", f"track-ip:{actor.ip_hash}")
    throttle.refuse_locked(*keys, now=now)
    try:
        ticket = tickets.find(TicketKind.COMPLAINT, number)
    except NotFound:
        ticket = None
    typed = _tracking_hash(store.id, number, normalise.code(tracking_code))
    kept = (ticket.tracking_hash if ticket else None) or vault.keyed_hash("no such complaint")
    if not vault.same(kept, typed) or ticket is None:
        throttle.count_failure(*keys, now=now)
        raise WrongCode(WRONG_PAIR)
    return ticket


def prove(ticket: Ticket, code: str, actor: Actor, *, now: datetime) -> None:
    """The mailbox's code was typed: this browser may read the complaint, and the contact is a customer.

    Raises:
        WrongCode, Invalid, LimitReached: see `verification.spend`.
    """
    verification.spend(ticket, CodePurpose.VIEW, code, actor, now=now)
    verification.grant(ticket, actor, now=now)
    customers.prove(ticket, now=now)
    timeline.record(EventKind.CONTACT_PROVEN, actor, ticket, now=now)


def leave(actor: Actor, *, now: datetime) -> list[Ticket]:
    """Finish and lock: this browser may read nothing more in the store in scope until it proves it again."""
    locked = verification.revoke(actor.browser_hash, now=now)
    for ticket in locked:
        require(actor, Permission.COMPLAINT_READ, ticket)
        timeline.record(EventKind.CONTACT_LEFT, actor, ticket, now=now)
    return locked


def _tracking_hash(store_id: int, number: str, code: str) -> str:
    return vault.keyed_hash("tracking", store_id, number, code)
