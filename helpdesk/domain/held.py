"""Who held a ticket and for how long: one interval after the other, the last one open until the ticket ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, update

from helpdesk.db import db
from helpdesk.enums import Side
from helpdesk.models import HeldInterval, Ticket


@dataclass(frozen=True)
class Share:
    """What one side had of a ticket's time."""

    side: Side
    time: timedelta
    percent: int
    """Of the whole; the shares of all sides make 100, or 0 before any time has passed."""


def pass_on(ticket: Ticket, side: Side, *, now: datetime) -> bool:
    """From now on `side` has the ticket; whether it had not before.

    A clock that was set back makes no time negative: the next interval begins where the last one ends.
    """
    held = _open(ticket)
    if held is not None and held.side is side:
        return False
    began_at = now if held is None else _end(held, now)
    db.session.add(
        HeldInterval(store_id=ticket.store_id, ticket_id=ticket.id, side=side, began_at=began_at)
    )
    db.session.flush()
    return True


def end(ticket: Ticket, *, now: datetime) -> None:
    """Nobody has the ticket any more."""
    held = _open(ticket)
    if held is not None:
        _end(held, now)


def newest(ticket: Ticket) -> int:
    """The interval that began last; 0 before the first."""
    query = select(func.max(HeldInterval.id)).where(HeldInterval.ticket_id == ticket.id)
    return db.session.scalar(query) or 0


def go_back_to(ticket: Ticket, interval_id: int) -> None:
    """Open this interval again, as if nobody else had had the ticket since."""
    mine = HeldInterval.ticket_id == ticket.id
    db.session.execute(delete(HeldInterval).where(mine, HeldInterval.id > interval_id))
    db.session.execute(
        update(HeldInterval).where(mine, HeldInterval.id == interval_id).values(ended_at=None)
    )


def shares(ticket: Ticket, *, now: datetime) -> list[Share]:
    """What each side had of the ticket's time until now, or until its end: platform, store, customer."""
    times = dict.fromkeys(Side, timedelta())
    for held in _of(ticket):
        times[held.side] += max((held.ended_at or now) - held.began_at, timedelta())
    return _shared(times)


def _shared(times: dict[Side, timedelta]) -> list[Share]:
    """Rounded along the bar, so that the parts always fill it."""
    whole = sum(times.values(), timedelta())
    found, filled, reached = [], timedelta(), 0
    for side, time in times.items():
        filled += time
        edge = round(100 * (filled / whole)) if whole else 0
        found.append(Share(side, time, edge - reached))
        reached = edge
    return found


_OF = (
    select(HeldInterval)
    .where(HeldInterval.ticket_id == bindparam("ticket"))
    .order_by(HeldInterval.id)
)


def _of(ticket: Ticket) -> Sequence[HeldInterval]:
    return db.session.scalars(_OF, {"ticket": ticket.id}).all()


def _open(ticket: Ticket) -> HeldInterval | None:
    query = select(HeldInterval).where(
        HeldInterval.ticket_id == ticket.id, HeldInterval.ended_at.is_(None)
    )
    return db.session.scalar(query)


def _end(held: HeldInterval, now: datetime) -> datetime:
    held.ended_at = max(now, held.began_at)
    db.session.flush()  # a ticket has one open interval at the most, also while it is passed on
    return held.ended_at
