"""How many tickets of a kind have which status, kept with every change, so that no page counts rows."""

from sqlalchemy import bindparam, func, select, update

from helpdesk.db import changed, db, insert_once
from helpdesk.enums import TicketKind, TicketStatus
from helpdesk.models import StatusCounter, Ticket

_BY_STATUS = (
    select(StatusCounter.status, func.sum(StatusCounter.n))
    .where(StatusCounter.kind == bindparam("kind"))
    .group_by(StatusCounter.status)
)


def count_move(ticket: Ticket, was: TicketStatus | None, became: TicketStatus | None) -> None:
    """Note that a ticket left one status (None: it was not counted) for another, in the transaction of the move.

    `became` is None for one that is counted no more; what is archived is not counted, wherever it moves.
    """
    if ticket.archived_at is not None:
        return
    steps = {status: step for status, step in ((was, -1), (became, 1)) if status is not None}
    # Always in the same order, or two moves in opposite directions could wait for each other.
    for status in sorted(steps):
        _step(ticket, status, steps[status])


def by_status(kind: TicketKind) -> dict[TicketStatus, int]:
    """The tickets of every store in scope, by status; a status that nobody has is missing or 0."""
    return {status: int(n) for status, n in db.session.execute(_BY_STATUS, {"kind": kind})}


def _step(ticket: Ticket, status: TicketStatus, step: int) -> None:
    counter = (
        StatusCounter.store_id == ticket.store_id,
        StatusCounter.kind == ticket.kind,
        StatusCounter.status == status,
    )
    count = update(StatusCounter).where(*counter).values(n=StatusCounter.n + step)
    if changed(count.execution_options(synchronize_session=False)) == 0:
        insert_once(StatusCounter, store_id=ticket.store_id, kind=ticket.kind, status=status, n=0)
        changed(count.execution_options(synchronize_session=False))
