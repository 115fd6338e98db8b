"""The lines in which a search was found, with what was looked for marked (S1-10).

Only what the person may read is looked through, and of that no more than a page of a list can afford.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from helpdesk import normalise
from helpdesk.db import db
from helpdesk.domain import search, terms
from helpdesk.domain.permissions import Actor
from helpdesk.domain.search import Part
from helpdesk.domain.terms import Choice, Query, Term
from helpdesk.enums import Team, ThreadKind
from helpdesk.models import Message, Thread, Ticket

NEWEST = 12
"""Messages of a thread that are looked through."""
LETTERS_OF_A_MESSAGE = 4_000
LETTERS_IN_ALL = 100_000
LINE = 160
"""Letters of an excerpt."""
BEFORE = 50
"""Letters of it that stand before the first word that was found."""


@dataclass(frozen=True)
class Excerpt:
    """A line of what was said."""

    part: Part
    pieces: tuple[tuple[str, bool], ...]
    """Its text in pieces, and of each whether it was looked for."""


@dataclass(frozen=True)
class _Said:
    part: Part
    text: str
    hits: tuple[re.Match[str], ...]

    @property
    def variety(self) -> int:
        """How many of the words that were typed stand in it."""
        return len({hit.lastindex for hit in self.hits})


def of(ticket_ids: Collection[int], typed: str, actor: Actor) -> dict[int, Excerpt]:
    """By ticket, the line that holds most of what was typed; none where no message and no note holds any."""
    query = terms.read(typed)
    if not query or not ticket_ids:
        return {}
    pattern = _pattern(query)
    best = {}
    for ticket_id, said in groupby(_readable(ticket_ids, actor), lambda row: row.ticket_id):
        closest = max((_looked_through(pattern, row) for row in said), key=lambda one: one.variety)
        if closest.hits:
            best[ticket_id] = Excerpt(closest.part, tuple(_line(closest)))
    return best


def _looked_through(pattern: re.Pattern[str], row: Any) -> _Said:
    text = " ".join(f"{row.body} {row.resolution_text or ''}".split())
    part = search.part_of(row.kind, row.team) or Part.CONVERSATION
    return _Said(part, text, tuple(pattern.finditer(text)))


# What may be looked through


def _readable(ticket_ids: Collection[int], actor: Actor) -> Iterator[Any]:
    """The latest messages that the person may read of each ticket, newest first, up to a length in all."""
    left = LETTERS_IN_ALL
    for row in db.session.execute(_latest(ticket_ids, actor)):
        left -= len(row.body)
        if left < 0:
            return
        yield row


def _latest(ticket_ids: Collection[int], actor: Actor) -> Select[*tuple[Any, ...]]:
    told = actor.team is Team.PLATFORM
    place = func.row_number().over(partition_by=Message.thread_id, order_by=Message.id.desc())
    said = (
        select(
            Thread.ticket_id,
            Thread.kind,
            Thread.team,
            func.substr(Message.body, 1, LETTERS_OF_A_MESSAGE).label("body"),
            Message.resolution_text,
            Message.id,
            place.label("place"),
        )
        .select_from(Ticket)
        .join(Thread, (Thread.store_id == Ticket.store_id) & (Thread.ticket_id == Ticket.id))
        .join(Message, (Message.store_id == Thread.store_id) & (Message.thread_id == Thread.id))
        .where(Ticket.id.in_(ticket_ids), _open_to(actor))
        .where(*(() if told else (Ticket.forwarded_at.is_not(None),)))
        .subquery()
    )
    return select(said).where(said.c.place <= NEWEST).order_by(said.c.ticket_id, said.c.id.desc())


def _open_to(actor: Actor) -> ColumnElement[bool]:
    parts = search.readable(actor, forwarded=True)
    threads = [(kind, team) for kind, team in _THREADS if search.part_of(kind, team) in parts]
    return or_(false(), *(_is_thread(kind, team) for kind, team in threads))


def _is_thread(kind: ThreadKind, team: Team | None) -> ColumnElement[bool]:
    of_team = Thread.team.is_(None) if team is None else Thread.team == team
    return and_(Thread.kind == kind, of_team)


_THREADS: Sequence[tuple[ThreadKind, Team | None]] = (
    (ThreadKind.MAIN, None),
    (ThreadKind.NOTES, Team.MERCHANT),
    (ThreadKind.NOTES, Team.PLATFORM),
)


# Where the words stand, however they are spelled there. A pattern reads a text much faster than folding does.

_BETWEEN = r"(?:[^\w\s]|[_\u0640])*"
"""What may stand between two letters of a word: marks, signs of a compound, the stretching sign."""
_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_REST = r"[\w\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]*"
_SCRIPTS = (
    *(range(0x250), range(0x370, 0x530), range(0x600, 0x700), range(0x750, 0x780)),
    *(range(0x1E00, 0x2000), range(0xFB50, 0xFE00), range(0xFE70, 0xFF00), range(0xFF00, 0xFFF0)),
)


def _pattern(query: Query) -> re.Pattern[str]:
    """One group for each word that was typed."""
    return re.compile("|".join(f"({_any_of(choice)})" for choice in query))


def _any_of(choice: Choice) -> str:
    return "|".join(_spelled(term) for way in choice for term in way)


def _spelled(term: Term) -> str:
    letters = _letters(term.word)
    if "\u0600" <= term.word[0] <= "\u06ff":
        letters = f"(?:{'|'.join(map(_letters, normalise.PARTICLES))})?{_BETWEEN}{letters}"
    return f"{_START}{letters}{_REST if term.beginning else _END}"


def _letters(word: str) -> str:
    return _BETWEEN.join(f"[{re.escape(letter + _spellings().get(letter, ''))}]" for letter in word)


@cache
def _spellings() -> dict[str, str]:
    """Letter → the others that are folded to it."""
    found: dict[str, str] = {}
    for char in map(chr, chain(*_SCRIPTS)):
        letter = normalise.folded(char)
        if len(letter) == 1 and letter != char:
            found[letter] = found.get(letter, "") + char
    return found


# The line


def _line(said: _Said) -> Iterator[tuple[str, bool]]:
    """The text around the first hit, cut between words where there is a space to cut at."""
    start, end = _window(said.text, said.hits[0])
    at, marks = start, [hit.span() for hit in said.hits if hit.start() < end]
    yield ("…" if start else ""), False
    for begins, ends in marks:
        yield said.text[at:begins], False
        yield said.text[begins : min(ends, end)], True
        at = min(ends, end)
    yield said.text[at:end] + ("…" if end < len(said.text) else ""), False


def _window(text: str, hit: re.Match[str]) -> tuple[int, int]:
    start = max(0, hit.start() - BEFORE)
    if start:
        start = text.find(" ", start, hit.start()) + 1 or start
    end = start + LINE
    if end >= len(text):
        return start, len(text)
    return start, max(text.rfind(" ", hit.end(), end), min(hit.end(), end))
