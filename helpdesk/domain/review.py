"""What the platform does with a complaint besides answering it: forward, decide, archive, restore (C9, C45)."""

from datetime import datetime
from typing import Any

from helpdesk import normalise
from helpdesk.domain import complaints, counters, tickets, timeline, turns, unassigned
from helpdesk.domain.errors import WrongState
from helpdesk.domain.kinds import Move
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import ArchiveReason, Decision, EventKind, TicketStatus
from helpdesk.models import Message, Ticket
from helpdesk.words import N_

NOT_LATE = N_(
    "The store is not late with this complaint (any more), so there is nothing to decide."
)


def forward(ticket: Ticket, note: str, actor: Actor, *, now: datetime) -> None:
    """Hand the complaint to the store, with a note for the store's staff if there is something to say (S1-48).

    Raises:
        WrongState: it is not under review (any more), or archived.
    """
    require(actor, Permission.COMPLAINT_REVIEW, ticket)
    change = tickets.move(ticket, Move.FORWARD, now=now)
    ticket.forwarded_at = now
    unassigned.forget(ticket)
    turns.to_staff(ticket, now=now)
    timeline.record(
        EventKind.COMPLAINT_FORWARDED,
        actor,
        ticket,
        now=now,
        was=change.was,
        became=change.became,
        public=True,
        data=_noted(note),
    )


def awaits_decision(ticket: Ticket, *, now: datetime) -> bool:
    """Whether the store let its time pass, so that the platform may decide in its place (domain 2.3, row 12)."""
    return (
        ticket.status is TicketStatus.PENDING_ADMIN
        and ticket.archived_at is None
        and turns.overdue(ticket, now=now)
    )


def decide(
    ticket: Ticket,
    decision: Decision | None,
    text: str,
    actor: Actor,
    *,
    last_seen: int | None,
    now: datetime,
) -> Message:
    """Uphold or reject a complaint that the store left unanswered; without a decision, ask the customer first.

    Like an answer it is followed by the customer's turn: they reply, or accept it and close. After a question the
    complaint is as late as it was when they were asked, so it comes back here.

    Raises:
        Invalid: an empty or too long text.
        WrongState: the store is not late, or somebody wrote meanwhile.
    """
    require(actor, Permission.COMPLAINT_REVIEW, ticket)
    if not awaits_decision(ticket, now=now):
        raise WrongState(NOT_LATE)
    if decision is None:
        return complaints.ask(ticket, text, actor, last_seen=last_seen, now=now)
    return complaints.decide(ticket, text, decision, actor, last_seen=last_seen, now=now)


def archive(
    ticket: Ticket, reason: ArchiveReason, note: str, actor: Actor, *, now: datetime
) -> None:
    """Put spam or a duplicate aside (C9): out of every list and count, its status untouched, its customer not shut out.

    Raises:
        WrongState: it is archived already.
    """
    require(actor, Permission.COMPLAINT_ARCHIVE, ticket)
    if ticket.archived_at is not None:
        raise WrongState(N_("This complaint is archived already."))
    counters.count_move(ticket, ticket.status, None)
    ticket.archived_at, ticket.archive_reason = now, reason
    unassigned.watch(ticket, now=now)
    timeline.record(
        EventKind.COMPLAINT_ARCHIVED, actor, ticket, now=now, became=reason, data=_noted(note)
    )


def restore(ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """Take it back among the others, as it stands; what became due meanwhile is told now.

    Raises:
        WrongState: it is not archived.
    """
    require(actor, Permission.COMPLAINT_ARCHIVE, ticket)
    if ticket.archived_at is None:
        raise WrongState(N_("This complaint is not archived."))
    was, ticket.archived_at, ticket.archive_reason = ticket.archive_reason, None, None
    counters.count_move(ticket, None, ticket.status)
    unassigned.watch(ticket, now=now)
    timeline.record(EventKind.COMPLAINT_RESTORED, actor, ticket, now=now, was=was)


def _noted(note: str) -> dict[str, Any] | None:
    tidied = normalise.prose(note)
    return {"note": tidied} if tidied else None
