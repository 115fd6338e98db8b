"""One made-up complaint after the other, from its form to wherever it has come, as rows of every table it touches."""

import json
from collections import Counter, deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from bench.seed import places, texts
from bench.seed.places import Person, Row, staff, store_of
from bench.seed.tables import COLUMNS
from helpdesk.domain import numbers
from helpdesk.domain.kinds import COMPLAINT, COMPLAINT_TYPES

SPAN = timedelta(days=730)
NEWEST = timedelta(minutes=10)
SHARES = {"closed": 70, "pending_customer": 13, "pending_admin": 11, "review": 4, "archived": 2}
MESSAGES = {"closed": (2, 4, 6), "pending_customer": (2, 4, 6), "pending_admin": (1, 3, 5)}
URGENCY = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
ORDER_STATUSES = ("shipped", "delivered", "delivered", "completed", "in_progress", "returned")
KNOWN_SHARE, NEW_SHARE, ASSIGNED_SHARE = 0.6, 0.5, 0.7
NOTE_SHARE, TAG_SHARE, RATING_SHARE, RESOLUTION_SHARE = 0.1, 0.25, 0.3, 0.2
REMEMBERED = 500
"""Customers of a store who may complain again: a million complaints need no more memory than a thousand."""
SCATTER = 7_919
"""Prime to ten, so that every complaint gets a number of its own."""
REVIEW, STORE_TURN, CUSTOMER_TURN = "under_platform_review", "pending_admin", "pending_customer"


@dataclass(frozen=True)
class Contact:
    """Who complains."""

    name: str
    email: str
    phone: str | None
    lang: str
    customer_id: int | None = None
    orders: tuple[tuple[int, str], ...] = ()


@dataclass
class Story:
    """A complaint while it is being told."""

    number: int
    id: int
    store_id: int
    fate: str
    contact: Contact
    person: Person
    thread_id: int
    at: datetime
    pace: timedelta
    words: set[str]
    order: tuple[int | None, str | None]
    first_reply_at: datetime | None = None
    held: list[tuple[str, datetime]] = field(default_factory=list)

    def later(self) -> datetime:
        """Some time passes."""
        self.at += self.pace
        return self.at


class Stories:
    """All of them, always the same for the same size."""

    def __init__(self, size: int, now: datetime) -> None:
        self.size, self.now = size, now
        self.luck = Random(size)  # noqa: S311 - made-up people, no secrets
        self.speech = texts.Speech(self.luck)
        self.staff = staff()
        self.ids = {name: count(1) for name in COLUMNS}
        self.remembered: dict[int, deque[Contact]] = {
            store_id: deque(maxlen=REMEMBERED) for store_id in self.staff
        }
        self.counts: Counter[tuple[int, str]] = Counter()
        step = size // 2 / texts.RARE_IN
        self.rare = {2 * int((place + 0.5) * step) for place in range(texts.RARE_IN)}

    def tell(self, number: int) -> Iterator[Row]:
        """The rows of one complaint, parents first within each table."""
        store_id = store_of(number)
        created = self.now - NEWEST - SPAN * ((self.size - 1 - number) / self.size)
        contact = yield from self._contact(store_id, created)
        fate = "closed" if number in self.rare else self._one_of(SHARES)
        messages = self.luck.choice(MESSAGES.get(fate, (1,)))
        hours = timedelta(hours=self.luck.uniform(1, 30))
        story = Story(
            number=number,
            id=number + 1,
            store_id=store_id,
            fate=fate,
            contact=contact,
            person=self.luck.choice(self.staff[store_id]),
            thread_id=next(self.ids["thread"]),
            at=created,
            pace=min(hours, (self.now - created) / (messages + 3)),
            words=set(),
            order=self._order_of(contact),
        )
        yield "thread", (story.thread_id, store_id, story.id, "main", None, created)
        yield from self._conversation(story, messages)
        yield from self._ending(story, created)

    def counters(self) -> Iterator[Row]:
        """How many complaints each store has in each status; what is archived is not counted."""
        for (store_id, status), n in sorted(self.counts.items()):
            yield "status_counter", (store_id, "complaint", status, n)

    # People

    def _contact(self, store_id: int, created: datetime) -> Generator[Row, None, Contact]:
        known = self.remembered[store_id]
        if self.luck.random() >= KNOWN_SHARE:
            return self._stranger()
        if known and self.luck.random() >= NEW_SHARE:
            return self.luck.choice(known)
        contact = yield from self._customer(store_id, created)
        known.append(contact)
        return contact

    def _stranger(self) -> Contact:
        luck = self.luck
        lang = "ar" if luck.random() < texts.ARABIC_SHARE else "en"
        given, family = luck.choice(texts.GIVEN[lang]), luck.choice(texts.FAMILY[lang])
        address = f"{texts.LATIN.get(given, given.lower())}{luck.randrange(10**7)}@mail.example"
        phone = f"+9665{luck.randrange(10**8):08}" if luck.random() < KNOWN_SHARE else None
        return Contact(f"{given} {family}", address, phone, lang)

    def _customer(self, store_id: int, created: datetime) -> Generator[Row, None, Contact]:
        one, since = self._stranger(), created - timedelta(days=20)
        customer_id = next(self.ids["customer"])
        email = f"c{customer_id}.{one.email}"
        called = (one.name, email, email, one.phone, one.lang)
        yield "customer", (customer_id, store_id, *called, "customer", since)
        orders = []
        for _ in range(self.luck.randint(1, 3)):
            order_id = next(self.ids["order"])
            orders.append((order_id, str(100_000 + order_id)))
            status, total = self.luck.choice(ORDER_STATUSES), self.luck.randrange(1_000, 90_000)
            paid = (*orders[-1][1:], customer_id, status, total, "SAR", '["Perfume", "Box"]')
            yield "order", (order_id, store_id, *paid, since)
        return Contact(one.name, email, one.phone, one.lang, customer_id, tuple(orders))

    def _order_of(self, contact: Contact) -> tuple[int | None, str | None]:
        if contact.orders:
            return self.luck.choice(contact.orders)
        typed = str(self.luck.randrange(10_000, 99_999)) if self.luck.random() < NEW_SHARE else None
        return None, typed

    # What was said

    def _conversation(self, story: Story, messages: int) -> Iterator[Row]:
        lang = story.contact.lang
        story.held.append(("platform", story.at))
        rare = story.number in self.rare
        yield from self._by_customer(story, self.speech.complaint(lang, rare=rare))
        yield self._event(story, "complaint_submitted", None, REVIEW)
        if story.fate in {"review", "archived"}:
            return
        story.held.append(("store", story.later()))
        yield self._event(story, "complaint_forwarded", REVIEW, STORE_TURN, by="reviewer")
        if self.luck.random() < NOTE_SHARE:
            yield from self._note(story)
        for place in range(1, messages):
            story.later()
            if place % 2:
                yield from self._answer(story)
            else:
                yield from self._reply(story)

    def _answer(self, story: Story) -> Iterator[Row]:
        said = self.speech.answer(story.contact.lang)
        proposed = "apology" if self.luck.random() < RESOLUTION_SHARE else None
        by = ("staff", None, story.person.id, "merchant")
        message_id, row = self._message(story, story.thread_id, by, said.text, proposed)
        story.words |= said.words
        story.first_reply_at = story.first_reply_at or story.at
        story.held.append(("customer", story.at))
        yield row
        data = {"message_id": message_id}
        kind = "complaint_answered"
        yield self._event(story, kind, STORE_TURN, CUSTOMER_TURN, by="staff", data=data)

    def _reply(self, story: Story) -> Iterator[Row]:
        message_id, row = self._said_by_customer(story, self.speech.reply(story.contact.lang))
        story.held.append(("store", story.at))
        yield row
        data = {"message_id": message_id}
        yield self._event(story, "complaint_customer_replied", CUSTOMER_TURN, STORE_TURN, data=data)

    def _by_customer(self, story: Story, said: texts.Said) -> Iterator[Row]:
        _id, row = self._said_by_customer(story, said)
        yield row

    def _said_by_customer(self, story: Story, said: texts.Said) -> tuple[int, Row]:
        story.words |= said.words
        known = story.contact.customer_id
        by = ("customer" if known else "contact", known, None, None)
        return self._message(story, story.thread_id, by, said.text, None)

    def _note(self, story: Story) -> Iterator[Row]:
        thread_id = next(self.ids["thread"])
        yield "thread", (thread_id, story.store_id, story.id, "notes", "merchant", story.at)
        by = ("staff", None, story.person.id, "merchant")
        yield self._message(story, thread_id, by, texts.NOTE, None)[1]
        story.words |= texts.words_of_note()

    def _message(
        self, story: Story, thread_id: int, by: tuple[Any, ...], text: str, proposed: str | None
    ) -> tuple[int, Row]:
        message_id, at = next(self.ids["message"]), story.at
        lang = "en" if text == texts.NOTE else story.contact.lang
        said = (*by, text, lang, proposed, None, at, at)
        return message_id, ("message", (message_id, story.store_id, thread_id, *said))

    def _event(
        self,
        story: Story,
        kind: str,
        was: str | None,
        became: str,
        *,
        by: str = "contact",
        data: dict[str, Any] | None = None,
    ) -> Row:
        person = story.person if by == "staff" else Person(places.REVIEWER, 0, "Reviewer")
        actor = ("contact", None, "") if by == "contact" else ("staff", person.id, person.name)
        subject = ("ticket", story.id, story.id, was, became, *actor, "bench", True)
        facts = json.dumps(data or {})
        known = (next(self.ids["event"]), story.store_id, kind, *subject, facts, story.at, story.at)
        return "event", known

    # What became of it

    def _ending(self, story: Story, created: datetime) -> Iterator[Row]:
        said_at = story.at if story.fate not in {"review", "archived"} else created
        ticket = self._ticket(story, created, said_at)
        if story.fate == "closed":
            story.later()
            ticket |= {"closed_at": story.at, "closed_by": "customer", "close_reason": "accepted"}
            yield self._event(story, "complaint_closed", CUSTOMER_TURN, "closed")
        if story.fate == "archived":
            ticket |= {"archived_at": story.later(), "archive_reason": "spam"}
        else:
            self.counts[story.store_id, ticket["status"]] += 1
        yield "ticket", tuple(map(ticket.get, COLUMNS["ticket"]))
        yield from self._held(story)
        yield from self._around(story)
        card = (ticket["number"], ticket["order_number_text"], story.contact.name)
        words = texts.card_of(*card, story.contact.email, story.contact.phone) | story.words
        yield "search_document", (story.id, story.store_id, " ".join(sorted(words)), False)

    def _ticket(self, story: Story, created: datetime, said_at: datetime) -> dict[str, Any]:
        luck, one = self.luck, story.contact
        body = f"{story.number * SCATTER % 10**numbers.BODY_DIGITS:0{numbers.BODY_DIGITS}}"
        kind = luck.choice(list(COMPLAINT_TYPES))
        ours = story.fate in {"review", "archived"}
        status = REVIEW if ours else story.fate
        priority = self._one_of({"normal": 75, "high": 15, "urgent": 5, "low": 5})
        due = self.now + timedelta(days=luck.uniform(-1, 4))
        waits = status in {REVIEW, STORE_TURN}
        return {
            "id": story.id,
            "store_id": story.store_id,
            "kind": "complaint",
            "number": numbers.compose(COMPLAINT.prefix, body),
            "tracking_hash": f"{luck.getrandbits(256):064x}",
            "source": "complaint_page",
            "customer_id": one.customer_id,
            "contact_name": one.name,
            "contact_email": one.email,
            "contact_email_key": one.email,
            "contact_phone": one.phone,
            "contact_lang": one.lang,
            "subject": COMPLAINT_TYPES[kind],
            "complaint_type": kind.value,
            "desired_outcome": luck.choice(("refund", "replacement", None)),
            "order_id": story.order[0],
            "order_number_text": story.order[1],
            "declaration_version": 1,
            "declared_at": created,
            "declaration_lang": one.lang,
            "status": status,
            "return_to": STORE_TURN if status == CUSTOMER_TURN else None,
            "waiting_since": said_at,
            "priority": priority,
            "urgency": URGENCY[priority],
            "handler_team": "platform" if ours else "merchant",
            "assignee_id": story.person.id if not ours and luck.random() < ASSIGNED_SHARE else None,
            "version": 1,
            "created_at": created,
            "forwarded_at": None if ours else story.held[1][1],
            "first_reply_at": story.first_reply_at,
            "last_public_message_at": said_at,
            "due_at": due if waits else None,
            "reminded_days": 0,
        }

    def _held(self, story: Story) -> Iterator[Row]:
        ends: list[datetime | None] = [at for _side, at in story.held[1:]]
        ends.append(story.at if story.fate == "closed" else None)
        for (side, began), ended in zip(story.held, ends, strict=True):
            held_id = next(self.ids["held_interval"])
            yield "held_interval", (held_id, story.store_id, story.id, side, began, ended)

    def _around(self, story: Story) -> Iterator[Row]:
        luck = self.luck
        if luck.random() < TAG_SHARE:
            tag_id = places.tag_id(story.store_id, luck.randrange(len(places.TAGS)))
            yield "ticket_tag", (story.store_id, story.id, tag_id)
        if story.fate == "closed" and luck.random() < RATING_SHARE:
            yield "rating", (story.store_id, story.id, luck.randint(1, 5), "", story.at)

    def _one_of(self, shares: dict[str, int]) -> str:
        return self.luck.choices(list(shares), list(shares.values()))[0]
