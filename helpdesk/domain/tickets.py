"""The ticket engine: open, find, move (the only writer of `status`) and assign, for every kind."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from helpdesk.db import db, writing
from helpdesk.domain import counters, members, numbers, search, timeline, unassigned
from helpdesk.domain.errors import Invalid, NotFound, WrongState
from helpdesk.domain.kinds import KINDS, STAFF_MOVES, Kind, Move
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.enums import EventKind, ThreadKind, TicketKind, TicketStatus
from helpdesk.models import Store, Thread, Ticket, User
from helpdesk.words import N_

STAYS_CLOSED = N_("This complaint is closed and stays closed.")
FINISHED = N_(
    "This complaint is closed and stays closed. You can start a new one about the same matter."
)
ARCHIVED = N_("This complaint is archived. It has to be restored before anybody can work on it.")
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
    search.begin(ticket)
    db.session.flush()
    counters.count_move(ticket, None, ticket.status)
    return ticket


_OF_KIND = select(Ticket).where(Ticket.kind == bindparam("kind"))
_FIND = _OF_KIND.where(Ticket.number == bindparam("number"))
_FIND_TO_CHANGE = _FIND.with_for_update(of=Ticket)
_FIND_ALL = _OF_KIND.where(Ticket.number.in_(bindparam("numbers", expanding=True))).order_by(
    Ticket.store_id, Ticket.id
)
_FIND_ALL_TO_CHANGE = _FIND_ALL.with_for_update(of=Ticket)


def find(kind: TicketKind, number: str) -> Ticket:
    """The ticket of the store in scope with this number, locked when a transaction is open.

    Raises:
        NotFound: there is none, or it is another store's.
    """
    asked = {"kind": kind, "number": number}
    ticket = db.session.scalar(_FIND_TO_CHANGE if writing() else _FIND, asked)
    if ticket is None:
        raise NotFound
    return ticket


def find_all(kind: TicketKind, wanted: Collection[str]) -> list[Ticket]:
    """The tickets in scope with these numbers, locked in one order when a transaction is open."""
    asked = {"kind": kind, "numbers": list(wanted)}
    return list(db.session.scalars(_FIND_ALL_TO_CHANGE if writing() else _FIND_ALL, asked))


def move(ticket: Ticket, event: Move, *, now: datetime) -> Change:
    """Walk one step of the kind's table; nothing else writes `status`.

    Raises:
        WrongState: the table has no such step from here, or staff step in an archived ticket.
    """
    step = policy(ticket).steps[event]
    was = ticket.status
    if was is TicketStatus.CLOSED:
        raise WrongState(FINISHED)
    if event in STAFF_MOVES:
        _refuse_archived(ticket)
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
        counters.count_move(ticket, was, target)
    return Change(was, target)


def standing(ticket: Ticket) -> dict[str, Any]:
    """Where the ticket stands in its table of moves, fit for JSON."""
    back = ticket.return_to
    return {"status": ticket.status.value, "return_to": back.value if back else None}


def put_back(ticket: Ticket, kept: dict[str, Any]) -> Change:
    """Undo the latest move: the ticket stands again where `standing` found it."""
    was, before = ticket.status, TicketStatus(kept["status"])
    ticket.return_to = TicketStatus(kept["return_to"]) if kept["return_to"] else None
    if before is not was:
        ticket.status = before
        counters.count_move(ticket, was, before)
    return Change(was, before)


def assignable(ticket: Ticket) -> list[User]:
    """Who may be made responsible: active staff of the store that may answer it (C26)."""
    return members.staff_with(Permission.COMPLAINT_REPLY, ticket.store_id)


def assign(ticket: Ticket, assignee_id: int | None, actor: Actor, *, now: datetime) -> None:
    """Make somebody responsible, or nobody.

    Raises:
        Invalid: the person does not work here (any more).
        WrongState: the ticket is closed or archived.
    """
    require(actor, Permission.COMPLAINT_ASSIGN, ticket)
    refuse_ended(ticket)
    people = {person.id: person for person in assignable(ticket)}
    if assignee_id is not None and assignee_id not in people:
        raise Invalid(ASSIGNEE, field="assignee")
    if assignee_id == ticket.assignee_id:
        return
    was = ticket.assignee.name if ticket.assignee else None
    ticket.assignee_id = assignee_id
    unassigned.watch(ticket, now=now)
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


def refuse_ended(ticket: Ticket) -> None:
    """Refuse to sort or hand over what nobody works on any more.

    Raises:
        WrongState: the ticket is closed or archived.
    """
    if ticket.status is TicketStatus.CLOSED:
        raise WrongState(STAYS_CLOSED)
    _refuse_archived(ticket)


def _refuse_archived(ticket: Ticket) -> None:
    if ticket.archived_at is not None:
        raise WrongState(ARCHIVED)


def _free_number(prefix: str, store: Store) -> str:
    while True:
        number = numbers.draw(prefix)
        taken = select(Ticket.id).where(Ticket.store_id == store.id, Ticket.number == number)
        if db.session.scalar(taken) is None:
            return number
