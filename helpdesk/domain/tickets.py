"""The ticket engine: open, find, move (the only writer of `status`) and assign, for every kind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from helpdesk.db import db, writing
from helpdesk.domain import members, numbers, timeline
from helpdesk.domain.errors import Invalid, NotFound, WrongState
from helpdesk.domain.kinds import KINDS, Kind, Move
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import EventKind, Team, ThreadKind, TicketKind, TicketStatus
from helpdesk.models import Store, Thread, Ticket, User
from helpdesk.words import N_

FINISHED = N_(
    "This complaint is closed and stays closed. You can start a new one about the same matter."
)
ASSIGNEE = N_("Choose somebody who works here now.")


@dataclass(frozen=True)
class Change:
    """What a move did to the status."""

    was: TicketStatus
    became: TicketStatus


def policy(ticket: Ticket) -> Kind:
    """The rules of this ticket's kind."""
    return KINDS[ticket.kind]


def open_ticket(kind: TicketKind, store: Store, *, now: datetime, **fields: Any) -> Ticket:
    """Start a conversation: a ticket with a number nobody can guess, and its main thread."""
    ticket = Ticket(
        store_id=store.id,
        kind=kind,
        number=_free_number(KINDS[kind].prefix, store),
        created_at=now,
        waiting_since=now,
        last_public_message_at=now,
        **fields,
    )
    db.session.add(ticket)
    db.session.flush()
    db.session.add(
        Thread(store_id=store.id, ticket_id=ticket.id, kind=ThreadKind.MAIN, created_at=now)
    )
    db.session.flush()
    return ticket


def find(kind: TicketKind, number: str) -> Ticket:
    """The ticket of the store in scope with this number, locked when a transaction is open.

    Raises:
        NotFound: there is none, or it is another store's.
    """
    query = select(Ticket).where(Ticket.kind == kind, Ticket.number == number)
    if writing():
        query = query.with_for_update(of=Ticket)
    ticket = db.session.scalar(query)
    if ticket is None:
        raise NotFound
    return ticket


def move(ticket: Ticket, event: Move, *, now: datetime) -> Change:
    """Walk one step of the kind's table; nothing else writes `status`.

    Raises:
        WrongState: the table has no such step from here.
    """
    step = policy(ticket).steps[event]
    was = ticket.status
    if was is TicketStatus.CLOSED:
        raise WrongState(FINISHED)
    if was not in step.sources:
        raise WrongState(policy(ticket).refusal)
    target = step.target or was
    if step.returns and was is TicketStatus.PENDING_CUSTOMER:
        target = ticket.return_to or was
    if step.remembers:
        ticket.return_to = was
    if target is not was:
        ticket.status = target
        ticket.waiting_since = now
    return Change(was, target)


def assignable(ticket: Ticket) -> list[User]:
    """Who may be made responsible: active staff of the store that may answer it (C26)."""
    return members.staff_with(Permission.COMPLAINT_REPLY, ticket.store_id)


def assign(ticket: Ticket, assignee_id: int | None, actor: Actor, *, now: datetime) -> None:
    """Make somebody responsible, or nobody.

    Raises:
        Invalid: the person does not work here (any more).
        WrongState: the ticket is closed.
    """
    require(actor, Permission.COMPLAINT_ASSIGN, ticket)
    if ticket.status is TicketStatus.CLOSED:
        raise WrongState(FINISHED)
    people = {person.id: person for person in assignable(ticket)}
    if assignee_id is not None and assignee_id not in people:
        raise Invalid(ASSIGNEE, field="assignee")
    if assignee_id == ticket.assignee_id:
        return
    was = ticket.assignee.name if ticket.assignee else None
    ticket.assignee_id = assignee_id
    became = people[assignee_id].name if assignee_id is not None else None
    timeline.record(
        EventKind.TICKET_ASSIGNED,
        actor,
        ticket,
        now=now,
        was=was,
        became=became,
        data={"assignee_id": assignee_id},
    )


def hand_to(ticket: Ticket, team: Team, due_at: datetime | None) -> None:
    """Note which side has to act next, and until when."""
    ticket.handler_team = team
    ticket.due_at = due_at


def _free_number(prefix: str, store: Store) -> str:
    while True:
        number = numbers.draw(prefix)
        taken = select(Ticket.id).where(Ticket.store_id == store.id, Ticket.number == number)
        if db.session.scalar(taken) is None:
            return number
