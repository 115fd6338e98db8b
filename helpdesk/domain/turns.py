"""Whose turn it is with a ticket, and until when: the clocks that run for the platform, the store and the customer."""

from datetime import datetime
from math import ceil
from typing import Any

from helpdesk.domain import held, sla, stores, unassigned
from helpdesk.enums import Side, Team, TicketStatus
from helpdesk.models import Store, Ticket

MOMENTS = ("due_at", "overdue_told_at", "waiting_since", "warn_at")
"""What a snapshot keeps as ISO texts; the rest are plain values."""
WARNED_BEFORE_END = 1 / 4
"""What is left of the promised time when it is said that it runs out (domain 2.6)."""


def to_staff(ticket: Ticket, *, now: datetime) -> None:
    """The platform or the store has to act, as the status says (S1-48, S1-49).

    A new due time begins. After a question the clock goes on with what was left of it when the customer was asked.
    """
    reviewed = ticket.status is TicketStatus.UNDER_PLATFORM_REVIEW
    ticket.handler_team = Team.PLATFORM if reviewed else Team.MERCHANT
    _start(ticket, now)
    ticket.due_left = ticket.overdue_told_at = None
    held.pass_on(ticket, Side.PLATFORM if reviewed else Side.STORE, now=now)
    unassigned.watch(ticket, now=now)


def to_customer(ticket: Ticket, *, asked: bool, now: datetime) -> None:
    """The customer has to act (S1-50). Where they were asked something, the clock of the side that asked is paused.

    Said while the customer's turn lasts, it begins no new wait (C46); an answer added to a question ends the pause.
    """
    if not asked:
        ticket.due_left = ticket.warn_at = None
    elif ticket.due_at is not None:
        ticket.due_left = sla.business_minutes(now, ticket.due_at, _calendar(ticket))
    ticket.due_at = ticket.overdue_told_at = None
    if held.pass_on(ticket, Side.CUSTOMER, now=now):
        ticket.reminded_days = 0
    unassigned.watch(ticket, now=now)


def end(ticket: Ticket, *, now: datetime) -> None:
    """Nobody has to act any more (S1-51)."""
    ticket.due_at = ticket.due_left = ticket.overdue_told_at = ticket.warn_at = None
    held.end(ticket, now=now)
    unassigned.watch(ticket, now=now)


def overdue(ticket: Ticket, *, now: datetime) -> bool:
    """Whether the side whose turn it is let its time pass. At the due moment itself it is not late yet."""
    return ticket.due_at is not None and ticket.due_at < now


def snapshot(ticket: Ticket) -> dict[str, Any]:
    """Whose turn it is and all its clocks, fit for JSON, before a step that may be taken back (S2-87)."""
    moments = {name: getattr(ticket, name) for name in MOMENTS}
    return {
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        "due_left": ticket.due_left,
        "reminded_days": ticket.reminded_days,
        "handler_team": ticket.handler_team.value,
        "held": held.newest(ticket),
    }


def restore(ticket: Ticket, kept: dict[str, Any], *, now: datetime) -> None:
    """Put everything back to what it was at the snapshot, as if the step had never been taken."""
    for name in MOMENTS:
        setattr(ticket, name, datetime.fromisoformat(kept[name]) if kept[name] else None)
    ticket.due_left = kept["due_left"]
    ticket.reminded_days = kept["reminded_days"]
    ticket.handler_team = Team(kept["handler_team"])
    held.go_back_to(ticket, kept["held"])
    unassigned.watch(ticket, now=now)


def _start(ticket: Ticket, now: datetime) -> None:
    """Let the clock run until it is due. That it runs out is told once, also where a question interrupted it."""
    calendar, fresh = _calendar(ticket), ticket.due_left is None
    ours = ticket.handler_team is Team.PLATFORM
    promised = sla.review_minutes(calendar) if ours else sla.reply_minutes(calendar)
    left = promised if ticket.due_left is None else ticket.due_left
    ticket.due_at = sla.after(now, left, calendar)
    if fresh or ticket.warn_at is not None:
        until_warning = max(left - ceil(promised * WARNED_BEFORE_END), 0)
        ticket.warn_at = sla.after(now, until_warning, calendar)


def _calendar(ticket: Ticket) -> Store:
    """The calendar of the side that handles it."""
    return stores.platform() if ticket.handler_team is Team.PLATFORM else ticket.store
