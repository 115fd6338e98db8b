"""The end of a complaint: its customer's alone, with a code from their mailbox (S1-26, C9).

Once somebody has answered they accept the resolution; before that they can only withdraw the complaint.
"""

from datetime import datetime, timedelta

from helpdesk.domain import tickets, timeline, turns, verification
from helpdesk.domain.errors import WrongState
from helpdesk.domain.kinds import Move
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import ClosedBy, CloseReason, CodePurpose, EventKind, TicketStatus
from helpdesk.models import Ticket
from helpdesk.words import N_

NOT_ANSWERED = N_("You can accept a resolution as soon as the store or the platform has answered.")
ANSWERED = N_(
    "There is an answer now. Please read it: you can accept it and close the complaint, or reply."
)
ONLY_CUSTOMER = N_("Only the customer can close a complaint.")
CONTACT_IS_NEW = N_(
    "The e-mail address of this complaint was changed. To keep it safe it can be closed from %(moment)s on."
)
COOLING = timedelta(hours=24)
"""After a change of the contact address, so that whoever had the old one can object (C47)."""


def is_answered(ticket: Ticket, *, now: datetime) -> bool:
    """Whether the customer has an answer to read; one that can still be taken back is none yet (S2-87)."""
    return ticket.first_reply_at is not None and ticket.first_reply_at <= now


def may_be_closed(ticket: Ticket, *, now: datetime) -> bool:
    """Whether there is an answer that the customer could accept."""
    return ticket.status is not TicketStatus.CLOSED and is_answered(ticket, now=now)


def may_be_withdrawn(ticket: Ticket, *, now: datetime) -> bool:
    """Whether the customer could still withdraw the complaint: nobody has answered it (domain 2.3, row 9)."""
    return ticket.status is not TicketStatus.CLOSED and not is_answered(ticket, now=now)


def closable_from(ticket: Ticket, *, now: datetime) -> datetime | None:
    """When closing becomes possible again after a change of the contact address; None when that is no hindrance."""
    changed_at = ticket.contact_changed_at
    return changed_at + COOLING if changed_at and now < changed_at + COOLING else None


def refuse_new_contact(ticket: Ticket, *, now: datetime) -> None:
    """Let nobody end a complaint within a day of a change of its contact address (C47).

    Raises:
        WrongState: it is less than a day; the refusal says from when on it is possible.
    """
    moment = closable_from(ticket, now=now)
    if moment is not None:
        raise WrongState(CONTACT_IS_NEW, moment=moment)


def ask_to_close(ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """The customer said **Yes**: send the code that closing needs (S1-43, S1-44).

    Raises:
        WrongState: there is no answer to accept yet, or the complaint is closed.
        LimitReached: codes were asked for too quickly.
    """
    require(actor, Permission.COMPLAINT_CLOSE, ticket)
    _refuse_unclosable(ticket, now)
    verification.issue(ticket, CodePurpose.CLOSE, actor, now=now)


def ask_to_withdraw(ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """The customer said **Yes** before anybody had answered: send the code.

    Raises:
        WrongState: there is an answer to read, or the complaint is closed.
        LimitReached: codes were asked for too quickly.
    """
    require(actor, Permission.COMPLAINT_CLOSE, ticket)
    _refuse_unwithdrawable(ticket, now)
    verification.issue(ticket, CodePurpose.CLOSE, actor, now=now)


def close(ticket: Ticket, code: str, actor: Actor, *, now: datetime) -> None:
    """Accept the resolution, with a fresh `close` code from the customer's mailbox (S1-26, C9).

    Raises:
        NotAllowed: anybody else.
        WrongState: there is no answer to accept yet, or the complaint is closed.
        WrongCode, Invalid, LimitReached: see `verification.spend`.
    """
    require(actor, Permission.COMPLAINT_CLOSE, ticket)
    _refuse_unclosable(ticket, now)
    verification.spend(ticket, CodePurpose.CLOSE, code, actor, now=now)
    _end(ticket, CloseReason.ACCEPTED, actor, now=now)


def withdraw(ticket: Ticket, code: str, actor: Actor, *, now: datetime) -> None:
    """Take the complaint back before anybody has answered it, with the same kind of code (domain 2.3, row 9).

    Raises:
        NotAllowed: anybody else.
        WrongState: there is an answer to read, or the complaint is closed.
        WrongCode, Invalid, LimitReached: see `verification.spend`.
    """
    require(actor, Permission.COMPLAINT_CLOSE, ticket)
    _refuse_unwithdrawable(ticket, now)
    verification.spend(ticket, CodePurpose.CLOSE, code, actor, now=now)
    _end(ticket, CloseReason.WITHDRAWN, actor, now=now)


_ENDINGS = {
    CloseReason.ACCEPTED: (Move.ACCEPT, EventKind.COMPLAINT_CLOSED),
    CloseReason.WITHDRAWN: (Move.WITHDRAW, EventKind.COMPLAINT_WITHDRAWN),
}


def _end(ticket: Ticket, reason: CloseReason, actor: Actor, *, now: datetime) -> None:
    """The one path to "closed", for the two functions above that have spent a code."""
    step, kind = _ENDINGS[reason]
    # Before the status is written: the database itself refuses a complaint closed by anybody else.
    ticket.closed_by, ticket.close_reason, ticket.closed_at = ClosedBy.CUSTOMER, reason, now
    change = tickets.move(ticket, step, now=now)
    turns.end(ticket, now=now)
    timeline.record(kind, actor, ticket, now=now, was=change.was, became=change.became, public=True)


def _refuse_unclosable(ticket: Ticket, now: datetime) -> None:
    if ticket.status is TicketStatus.CLOSED:
        raise WrongState(tickets.FINISHED)
    if not may_be_closed(ticket, now=now):
        raise WrongState(NOT_ANSWERED)
    refuse_new_contact(ticket, now=now)


def _refuse_unwithdrawable(ticket: Ticket, now: datetime) -> None:
    if ticket.status is TicketStatus.CLOSED:
        raise WrongState(tickets.FINISHED)
    if not may_be_withdrawn(ticket, now=now):
        raise WrongState(ANSWERED)
    refuse_new_contact(ticket, now=now)
