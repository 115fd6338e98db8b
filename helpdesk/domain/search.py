"""Finding tickets by number, people, order, conversation and notes (S1-10).

Every ticket has one document of folded words. In front of each word stands who may read it, so one index answers
everybody, and nobody's search finds what they could not read on the page: a hit is information (X-01, S2-84).
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    Text,
    and_,
    cast,
    column,
    false,
    func,
    literal,
    or_,
    select,
    table,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk import normalise
from helpdesk.db import db
from helpdesk.domain import terms
from helpdesk.domain.permissions import Actor, Permission, may
from helpdesk.domain.terms import Query, Term
from helpdesk.enums import Team, ThreadKind
from helpdesk.models import Message, SearchDocument, Thread, Ticket

SAMPLE = 500
"""The newest tickets, which tell common words from rare ones."""
ENOUGH = 3
"""So many of them with all words: looking along the list finds a page full soon."""
COMMON = 25
"""So many of them with a word: the index is not asked for it, if there is a rarer one."""
SIZE_LIMIT = 200_000
"""Bytes of words kept of one ticket: however much is written in it, the databases' own limits stay far."""

P = Permission


class Part(StrEnum):
    """Where a word stands. The sign is kept in front of it."""

    CARD = "c"
    """Number and order."""
    NAME = "n"
    CONTACT = "m"
    """Mailbox and telephone."""
    CONVERSATION = "t"
    STORE_NOTES = "s"
    PLATFORM_NOTES = "p"


def begin(ticket: Ticket, *, stale: bool = False) -> SearchDocument:
    """Give a ticket its document, with what its card says; `stale` where more was said in it already."""
    document = SearchDocument(
        store_id=ticket.store_id, ticket_id=ticket.id, words=_card(ticket), stale=stale
    )
    db.session.add(document)
    return document


def add(ticket: Ticket, thread: Thread, message: Message) -> None:
    """A message was written: the ticket is found by its words from now on."""
    document = db.session.get(SearchDocument, ticket.id) or begin(ticket, stale=True)
    document.words = _grown(document.words, _said(thread, message))


def rebuild(ticket: Ticket) -> None:
    """Something changed or went away: the ticket is found by what is there now, and by nothing else."""
    query = (
        select(Thread, Message)
        .join(Message, (Message.thread_id == Thread.id) & (Message.store_id == Thread.store_id))
        .where(Thread.store_id == ticket.store_id, Thread.ticket_id == ticket.id)
        .order_by(Message.id)
    )
    words = _card(ticket)
    for thread, message in db.session.execute(query):
        words = _grown(words, _said(thread, message))
    document = db.session.get(SearchDocument, ticket.id) or begin(ticket)
    document.words = words
    document.stale = False


def catch_up(limit: int) -> int:
    """Gather the words of some tickets that were there before the search was; how many there were."""
    stale = select(SearchDocument.ticket_id).where(SearchDocument.stale)
    some = db.session.scalars(stale.order_by(SearchDocument.ticket_id).limit(limit)).all()
    # Whoever writes in a ticket holds it: nothing can be said between the reading and the keeping.
    held = select(Ticket).where(Ticket.id.in_(some)).order_by(Ticket.id).with_for_update(of=Ticket)
    for ticket in db.session.scalars(held):
        rebuild(ticket)
    return len(some)


def matching(typed: str, actor: Actor) -> ColumnElement[bool]:
    """The tickets in which every word is found that `actor` typed, in whatever they may read of each.

    Of a complaint that was not forwarded, its store knows number, order and, with the right, the customer's name.

    Words that many tickets have are looked for along the list's order, which soon has a page full; others in the
    index. The databases cannot tell the two apart well enough: a rare word cost a second of walking.
    """
    query, parts = terms.read(typed), readable(actor, forwarded=True)
    if not query or not parts:
        return false()
    early = readable(actor, forwarded=False)
    told = Ticket.forwarded_at.is_not(None) if early != parts else true()
    found = _in_its_document(query, parts) & (told | _in_its_document(query, early))
    rare = _rare(query, parts)
    return _in_the_index(rare, parts) & found if rare else found


def readable(actor: Actor, *, forwarded: bool) -> list[Part]:
    """The parts of a ticket's document that this person may read."""
    platform = actor.team is Team.PLATFORM
    told = platform or forwarded
    allowed = {
        Part.CARD: may(actor, P.COMPLAINT_LIST),
        Part.NAME: may(actor, P.CONTACT_READ),
        Part.CONTACT: told and may(actor, P.CONTACT_READ),
        Part.CONVERSATION: told and may(actor, P.COMPLAINT_READ),
        Part.STORE_NOTES: told and not platform and may(actor, P.NOTE_READ),
        Part.PLATFORM_NOTES: platform and may(actor, P.NOTE_READ),
    }
    return [part for part, yes in allowed.items() if yes]


def part_of(kind: ThreadKind, team: Team | None) -> Part | None:
    """The part that what is said in such a thread belongs to; None: nobody finds it."""
    if kind is ThreadKind.MAIN:
        return Part.CONVERSATION
    if kind is ThreadKind.NOTES:
        return Part.PLATFORM_NOTES if team is Team.PLATFORM else Part.STORE_NOTES
    return None


# What the document holds


def _card(ticket: Ticket) -> frozenset[str]:
    number = {normalise.digits(ticket.number)}
    card = number | terms.words(ticket.order_number_text or "")
    reached = terms.words(ticket.contact_email) | terms.telephone(ticket.contact_phone or "")
    parts = ((Part.CARD, card), (Part.NAME, terms.words(ticket.contact_name)))
    marked = [_marked(part, words) for part, words in (*parts, (Part.CONTACT, reached))]
    return frozenset().union(*marked)


def _said(thread: Thread, message: Message) -> frozenset[str]:
    part = part_of(thread.kind, thread.team)
    if part is None:
        return frozenset()
    return _marked(part, terms.words(f"{message.body} {message.resolution_text or ''}"))


def _marked(part: Part, words: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{part}{word}" for word in words)


def _grown(words: frozenset[str], more: frozenset[str]) -> frozenset[str]:
    """The words with as many further ones as there is room for."""
    room = SIZE_LIMIT - sum(len(word.encode()) + 1 for word in words)
    taken = set(words)
    for word in sorted(more - words):
        room -= len(word.encode()) + 1
        if room < 0:
            break
        taken.add(word)
    return frozenset(taken)


# How the databases are asked. Words hold letters and digits alone, so nothing in them can end a quotation.


def _rare(query: Query, parts: list[Part]) -> Query:
    """The words to ask the index for: those that few of the newest tickets have.

    None where some of these have all words: then a page full of such tickets is never far. An index would gather
    every ticket that has a common word before it could look at the next.
    """
    newest = (
        select(SearchDocument.words)
        .order_by(SearchDocument.ticket_id.desc())
        .limit(SAMPLE)
        .subquery()
    )
    asked = (query, *((choice,) for choice in query))
    counts = (func.count().filter(_holds(newest.c.words, one, parts)) for one in asked)
    together, *each = db.session.execute(select(*counts).select_from(newest)).one()
    if together >= ENOUGH:
        return ()
    return tuple(one for one, n in zip(query, each, strict=True) if n < COMMON) or query


def _in_its_document(query: Query, parts: list[Part]) -> ColumnElement[bool]:
    """Asked of one ticket after the other."""
    held = select(_holds(SearchDocument.words, query, parts))
    return held.where(SearchDocument.ticket_id == Ticket.id).scalar_subquery()


def _in_the_index(query: Query, parts: list[Part]) -> ColumnElement[bool]:
    if _on_postgres():
        hits = select(SearchDocument.ticket_id).where(_holds(SearchDocument.words, query, parts))
        # An array is gathered first, and taken for a short one: its tickets are fetched by their ids, then sorted.
        return Ticket.id == func.any(func.array(hits.scalar_subquery()))
    asked = _written(
        query, " AND ", " OR ", lambda term: _quoted(parts, term, '"{}"*', '"{}"', " OR ")
    )
    index = table("search_index", column("rowid"))
    return Ticket.id.in_(select(index.c.rowid).where(column("search_index").match(asked)))


def _holds(
    words: ColumnElement[Any] | InstrumentedAttribute[Any], query: Query, parts: list[Part]
) -> ColumnElement[bool]:
    """Whether a document's words are what is looked for, among those in `parts`."""
    if not parts:
        return false()
    if _on_postgres():
        asked = _written(
            query, " & ", " | ", lambda term: _quoted(parts, term, "'{}':*", "'{}'", " | ")
        )
        # The words stand in the statement itself: a plan made for any words reads a million rows for rare ones.
        return words.bool_op("@@")(cast(literal(asked, String, literal_execute=True), TSQUERY))
    spaced = literal(" ").concat(type_coerce(words, Text)).concat(" ")
    return and_(
        *(
            or_(*(and_(*(_stands(spaced, parts, term) for term in way)) for way in choice))
            for choice in query
        )
    )


def _stands(spaced: ColumnElement[str], parts: list[Part], term: Term) -> ColumnElement[bool]:
    end = "" if term.beginning else " "
    return or_(*(func.instr(spaced, f" {part}{term.word}{end}") > 0 for part in parts))


def _on_postgres() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def _written(query: Query, every: str, any_of: str, written: Callable[[Term], str]) -> str:
    choices = (
        any_of.join(f"({every.join(written(term) for term in way)})" for way in choice)
        for choice in query
    )
    return every.join(f"({choice})" for choice in choices)


def _quoted(parts: list[Part], term: Term, beginning: str, whole: str, any_of: str) -> str:
    form = beginning if term.beginning else whole
    return f"({any_of.join(form.format(f'{part}{term.word}') for part in parts)})"
