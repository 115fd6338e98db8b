"""Is anything half-written? What must hold of every row when nobody writes any more, whatever was killed before."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, text

from helpdesk import clock, jobs
from helpdesk.db import Base, db
from helpdesk.domain.deliveries import OPEN
from helpdesk.enums import (
    AuthorType,
    ClosedBy,
    CodePurpose,
    EventKind,
    ThreadKind,
    TicketStatus,
)
from helpdesk.models import (
    Attachment,
    Delivery,
    Event,
    EventSecret,
    HeldInterval,
    Message,
    SearchDocument,
    StagedUpload,
    StatusCounter,
    Thread,
    Ticket,
    VerificationCode,
)
from helpdesk.uploads import cleaning, storage
from tests.faults.site import Site
from tests.faults.verdict import Verdict

RELEASED = timedelta(seconds=30)
STAGED_NO_MORE = timedelta(hours=7)
LOST = timedelta(days=2)
STATUSES = {status.value for status in TicketStatus}
TELLS_CONTACT = {EventKind.COMPLAINT_SUBMITTED, EventKind.CODE_ISSUED}
ENDS = {EventKind.COMPLAINT_CLOSED, EventKind.COMPLAINT_WITHDRAWN}


def judge_whole(here: Site, verdict: Verdict) -> None:
    """Let the worker's part be done, then look at every ticket, message, file and counter."""
    with here.app.app_context():
        jobs.deliver(lambda: clock.now() + RELEASED)
        cleaning.drop_waiting(now=clock.now() + STAGED_NO_MORE)
        cleaning.tidy(now=clock.now() + LOST)
    with here.inside():
        for fault in _faults():
            verdict.wrong(fault)
    for line in here.complaints_in_logs():
        if "was sent SIGKILL" not in line:
            verdict.wrong(f"log: {line}")


def _faults() -> Iterator[str]:
    events: dict[int | None, list[Event]] = defaultdict(list)
    for event in db.session.scalars(select(Event).order_by(Event.id)):
        events[event.ticket_id].append(event)
    for ticket in db.session.scalars(select(Ticket)):
        yield from (f"{fault} ({ticket.number})" for fault in _faults_of(ticket, events[ticket.id]))
    yield from _faults_in_messages(events)
    yield from _faults_in_deliveries()
    yield from _faults_in_counters()
    yield from _faults_in_files()
    yield from _faults_in_the_database_itself()


def _faults_of(ticket: Ticket, events: list[Event]) -> Iterable[str]:
    kinds = Counter(event.kind for event in events)
    closed = ticket.status is TicketStatus.CLOSED
    expected = {
        "main thread": (_count(Thread, ticket, Thread.kind == ThreadKind.MAIN), 1),
        "fact of its submission": (kinds[EventKind.COMPLAINT_SUBMITTED], 1),
        "place in the search": (_count(SearchDocument, ticket), 1),
        "fact of its end": (sum(kinds[kind] for kind in ENDS), int(closed)),
        "open interval": (
            _count(HeldInterval, ticket, HeldInterval.ended_at.is_(None)),
            not closed,
        ),
        "code": (_count(VerificationCode, ticket), kinds[EventKind.CODE_ISSUED]),
    }
    yield from (
        f"{n} instead of {wanted}: {what}" for what, (n, wanted) in expected.items() if n != wanted
    )
    if closed and (ticket.closed_by is not ClosedBy.CUSTOMER or not _spent_a_code(ticket)):
        yield "closed by somebody else than its customer with a code"
    yield from _faults_in_moves(ticket, events)


def _faults_in_moves(ticket: Ticket, events: list[Event]) -> Iterable[str]:
    """Every fact begins where the one before ended, and the last one ends where the ticket stands."""
    status = None
    for event in events:
        if event.became not in STATUSES:
            continue
        if event.was != status:
            yield f"{event.kind} went from {event.was}, but the ticket was {status}"
        status = event.became
    if status != ticket.status:
        yield f"its facts say {status}, but it is {ticket.status}"


def _faults_in_messages(events: dict[int | None, list[Event]]) -> Iterable[str]:
    """One fact a message but the first, one message a fact; no conversation without its first message."""
    told = Counter(
        event.data["message_id"]
        for facts in events.values()
        for event in facts
        if "message_id" in event.data
    )
    threads: dict[int, list[Message]] = defaultdict(list)
    main = select(Message).join(Thread, Thread.id == Message.thread_id)
    for message in db.session.scalars(
        main.where(Thread.kind == ThreadKind.MAIN).order_by(Message.id)
    ):
        threads[message.thread_id].append(message)
    if len(threads) != db.session.scalar(
        select(func.count()).where(Thread.kind == ThreadKind.MAIN)
    ):
        yield "a conversation has no message"
    later = {message.id for found in threads.values() for message in found[1:]}
    yield from (f"a message has {told[one]} facts" for one in later if told[one] != 1)
    yield from ("a fact has no message" for one in told if one not in later)
    if any(found[0].author_type is AuthorType.STAFF for found in threads.values()):
        yield "a conversation begins with its answer"


def _faults_in_deliveries() -> Iterable[str]:
    """Everything is told, each fact that its customer must hear of in one message."""
    if left := db.session.scalar(select(func.count()).where(Event.dispatched_at.is_(None))):
        yield f"{left} facts were never told"
    if left := db.session.scalar(select(func.count()).select_from(EventSecret)):
        yield f"{left} secrets of facts are left"
    if left := db.session.scalar(select(func.count()).where(Delivery.status.in_(OPEN))):
        yield f"{left} messages were never sent"
    told = (
        select(Event.id, func.count(Delivery.id))
        .outerjoin(Delivery, Delivery.event_id == Event.id)
        .where(Event.kind.in_(TELLS_CONTACT))
        .group_by(Event.id)
    )
    yield from (f"a fact has {n} messages" for _event, n in db.session.execute(told) if n != 1)


def _faults_in_counters() -> Iterable[str]:
    tickets = select(Ticket.store_id, Ticket.status, func.count()).group_by(
        Ticket.store_id, Ticket.status
    )
    counted = select(StatusCounter.store_id, StatusCounter.status, StatusCounter.n)
    there = {(store, status): n for store, status, n in db.session.execute(tickets)}
    said = {(store, status): n for store, status, n in db.session.execute(counted) if n}
    if there != said:
        yield f"the counters say {said}, there are {there}"


def _faults_in_files() -> Iterable[str]:
    """Every row has its file as it was brought, and every file its row."""
    rows = list(db.session.scalars(select(Attachment)))
    for row in rows:
        if not storage.exists(row.stored_name):
            yield "a file is gone"
        elif hashlib.sha256(storage.opened(row.stored_name).read()).hexdigest() != row.sha256:
            yield "a file is not what was brought"
    if db.session.scalar(select(func.count()).select_from(StagedUpload)):
        yield "a file waits for ever"
    kept = {row.stored_name for row in rows}
    for names in storage.names_before(clock.now() + LOST):
        yield from ("a file has no row" for name in names - kept)


def _faults_in_the_database_itself() -> Iterable[str]:
    if db.engine.dialect.name != "sqlite":
        return
    if (said := db.session.scalar(text("PRAGMA integrity_check"))) != "ok":
        yield f"SQLite says {said}"
    if db.session.execute(text("PRAGMA foreign_key_check")).first() is not None:
        yield "SQLite finds a link that leads nowhere"


def _spent_a_code(ticket: Ticket) -> bool:
    used = VerificationCode.used_at.is_not(None), VerificationCode.purpose == CodePurpose.CLOSE
    return _count(VerificationCode, ticket, *used) > 0


def _count(table: type[Base], ticket: Ticket, *conditions: Any) -> int:
    mine = select(func.count()).select_from(table).where(table.ticket_id == ticket.id, *conditions)  # type: ignore[attr-defined]
    return db.session.scalar(mine) or 0
