"""Play the demo's scripts through the real rules, one step after the other."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from helpdesk import uploads, vault
from helpdesk.db import db
from helpdesk.demo.papers import PAPERS
from helpdesk.demo.stories import Line, Story
from helpdesk.domain import (
    attachments,
    closing,
    complaints,
    customers,
    follow_ups,
    members,
    notes,
    numbers,
    priorities,
    ratings,
    review,
    stores,
    tags,
    tickets,
    tracking,
)
from helpdesk.domain.conversation import Resolution
from helpdesk.domain.errors import Invalid
from helpdesk.domain.kinds import COMPLAINT
from helpdesk.domain.permissions import Actor
from helpdesk.enums import (
    ActorType,
    ArchiveReason,
    Decision,
    EventKind,
    Priority,
    ResolutionType,
    TicketKind,
)
from helpdesk.models import Event, EventSecret, Store, Ticket
from helpdesk.words import N_

REVIEWER, ADMINISTRATOR = "reviewer@platform.example", "admin@platform.example"
ANSWERS_FOR = {"noor": "omar@noor.example", "najd": "priya@najd.example"}
FILE_LIMIT_MB = 10

Scene = tuple[datetime, Callable[[], None]]


def scenes(stories: Iterable[Story], now: datetime) -> list[Scene]:
    """Every step of every story with its moment; in order, so that ids grow with time."""
    found: list[Scene] = []
    for story in stories:
        told = _Told(story)
        at = now - timedelta(hours=story.hours_ago)
        found.append((at, partial(told.begin, at)))
        for line in story.lines:
            then = now - timedelta(hours=line.hours_ago)
            found.append((then, partial(told.go_on, line, then)))
    return sorted(found, key=lambda scene: scene[0])


def number(story: Story) -> str:
    """The fixed number of a complaint that the tour follows."""
    return numbers.compose(COMPLAINT.prefix, story.body)


def shown_code(story: Story) -> str:
    """Its tracking code, as people read it."""
    return vault.shown_tracking_code(story.tracking_code)


class _Told:
    """A story that is being played: it knows the number that its complaint was given."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.number = ""

    def begin(self, at: datetime) -> None:
        self.number = _submit(self.story, at)

    def go_on(self, line: Line, at: datetime) -> None:
        _play(self.story, self.number, line, at)


def _submit(story: Story, at: datetime) -> str:
    store, shopper = _store(story), _shopper()
    draft = complaints.Draft(
        name=story.name,
        email=story.email,
        phone=story.phone or None,
        type=story.type,
        order_number=story.order,
        description=story.text,
        desired_outcome=story.outcome,
        declared=True,
        lang=story.lang,
        files=_staged(story.files, store, shopper, at),
    )
    if story.goes_on_from:
        return _follow_up(story, draft, at)
    ticket = complaints.submit(store, draft, shopper, now=at).ticket
    if story.body:
        _fix_number(ticket, story)
    return ticket.number


def _follow_up(story: Story, draft: complaints.Draft, at: datetime) -> str:
    """Sent by whoever has the closed complaint open."""
    earlier = _find(story, numbers.compose(COMPLAINT.prefix, story.goes_on_from))
    customer = _who("customer", story, earlier)
    return follow_ups.start(earlier, draft, customer, now=at).ticket.number


def _find(story: Story, found: str) -> Ticket:
    return db.session.scalars(
        select(Ticket).where(
            Ticket.kind == TicketKind.COMPLAINT,
            Ticket.number == found,
            Ticket.store_id == _store(story).id,
        )
    ).one()


def _fix_number(ticket: Ticket, story: Story) -> None:
    ticket.number = number(story)
    tracking.set_code(ticket, story.tracking_code)
    event = db.session.scalars(select(Event).where(Event.ticket_id == ticket.id)).one()
    db.session.get_one(EventSecret, event.id).sealed = vault.seal(shown_code(story))


def _play(story: Story, found: str, line: Line, at: datetime) -> None:
    ticket = _find(story, found)
    actor = _who(line.who, story, ticket)
    if line.who == "customer":
        customers.prove(ticket, now=at)  # whoever writes or closes has opened it with a code
    _STEPS[line.what](ticket, line, actor, at)


def _ask(ticket: Ticket, line: Line, actor: Actor, at: datetime) -> None:
    complaints.ask(ticket, line.text, actor, last_seen=None, now=at)


def _answer(ticket: Ticket, line: Line, actor: Actor, at: datetime) -> None:
    resolution = None
    if line.resolution:
        kind, text = line.resolution
        resolution = Resolution(ResolutionType(kind), text)
    complaints.answer(
        ticket,
        line.text,
        actor,
        last_seen=None,
        files=_staged(line.files, ticket.store, actor, at),
        resolution=resolution,
        now=at,
    )


def _reply(ticket: Ticket, line: Line, actor: Actor, at: datetime) -> None:
    files = _staged(line.files, ticket.store, actor, at)
    complaints.respond(ticket, line.text, actor, last_seen=None, files=files, now=at)


def _close(ticket: Ticket, _line: Line, actor: Actor, at: datetime) -> None:
    """As the customer does it: ask for the code, read it from the mail, type it in."""
    closing.ask_to_close(ticket, actor, now=at)
    asked = select(Event).where(Event.ticket_id == ticket.id, Event.kind == EventKind.CODE_ISSUED)
    event = db.session.scalars(asked.order_by(Event.id.desc()).limit(1)).one()
    code = vault.unseal(db.session.get_one(EventSecret, event.id).sealed)
    closing.close(ticket, code or "", actor, now=at)


_STEPS: dict[str, Callable[[Ticket, Line, Actor, datetime], object]] = {
    "forward": lambda ticket, line, actor, at: review.forward(ticket, line.text, actor, now=at),
    "assign": lambda ticket, _, actor, at: tickets.assign(ticket, actor.user_id, actor, now=at),
    "ask": _ask,
    "answer": _answer,
    "reply": _reply,
    "note": lambda ticket, line, actor, at: notes.write(
        ticket, line.text, actor, last_seen=None, now=at
    ),
    "uphold": lambda ticket, line, actor, at: review.decide(
        ticket, Decision.UPHELD, line.text, actor, last_seen=None, now=at
    ),
    "archive": lambda ticket, line, actor, at: review.archive(
        ticket, ArchiveReason.SPAM, line.text, actor, now=at
    ),
    "urgent": lambda ticket, _, actor, at: priorities.put(ticket, Priority.URGENT, actor, now=at),
    "tag": lambda ticket, line, actor, at: tags.add(ticket, [line.text], actor, now=at),
    "close": _close,
    "rate": lambda ticket, line, actor, at: ratings.rate(
        ticket, line.stars, line.text, actor, now=at
    ),
}


def _staged(names: Iterable[str], store: Store, actor: Actor, at: datetime) -> tuple[str, ...]:
    taken = (uploads.take(name, PAPERS[name](), limit_mb=FILE_LIMIT_MB) for name in names)
    return tuple(attachments.stage(store, one, actor, now=at).token for one in taken)


def _store(story: Story) -> Store:
    store = stores.find(story.store)
    if store is None:
        raise Invalid(N_("There is no such store."))
    return store


def _who(who: str, story: Story, ticket: Ticket) -> Actor:
    if who == "customer":
        return _shopper(ticket.id)
    emails = {"platform": REVIEWER, "administrator": ADMINISTRATOR}
    user = members.find_by_email(emails.get(who, ANSWERS_FOR[story.store]))
    place = stores.platform() if who in emails else _store(story)
    if user is None:
        raise Invalid(N_("There is no such person."))
    return members.acting_in(user, place, ip_hash="demo", browser_hash="demo")


def _shopper(*ticket_ids: int) -> Actor:
    # Addresses of their own, or five stories by one mailbox would meet the limits that real shoppers have.
    kind = ActorType.CONTACT if ticket_ids else ActorType.VISITOR
    return Actor(
        type=kind,
        ticket_ids=frozenset(ticket_ids),
        ip_hash=vault.new_token()[:20],
        browser_hash="demo",
    )
