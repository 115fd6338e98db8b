"""Play the demo's scripts through the real rules, with the clock turned back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from helpdesk import jobs, normalise, vault
from helpdesk.db import db, transaction
from helpdesk.demo.people import CUSTOMERS, PASSWORD, STAFF, STORES
from helpdesk.demo.stories import ORDERS, STORIES, Line, Story
from helpdesk.domain import complaints, members, numbers, stores, tickets
from helpdesk.domain.errors import Invalid
from helpdesk.domain.kinds import COMPLAINT
from helpdesk.domain.permissions import SYSTEM, Actor
from helpdesk.enums import ActorType, CustomerType, EventKind, TicketKind
from helpdesk.models import Customer, Event, EventSecret, Order, Ticket, User
from helpdesk.words import N_

REVIEWER = "reviewer@platform.example"
ANSWERS_FOR = {"noor": "omar@noor.example", "najd": "priya@najd.example"}


def load(now: datetime, password_hash: str, *, reset: bool) -> str:
    """Fill the database unless that was done before; a sentence about what happened.

    Raises:
        Invalid: real people work here already; demo passwords are no company for them.
    """
    _refuse_real_installation()
    if reset:
        db.session.rollback()
        downgrade(revision="base")
        upgrade()
    if stores.find(STORES[0].slug) is not None:
        return "The demo data is there already."
    with transaction():
        _open_stores(now)
        _hire_staff(password_hash, now)
        _welcome_customers(now)
    for at, play in sorted(_scenes(now), key=lambda scene: scene[0]):
        with transaction():
            play()
        jobs.deliver(partial(_stopped, at))
    return f"Demo data is loaded: {len(STORES)} stores, {len(STORIES)} complaints."


def _stopped(at: datetime) -> datetime:
    """A clock that stands still, for mails as old as their story."""
    return at


def accounts(now: datetime) -> dict[str, Any]:
    """Who can sign in with what, and what there is to try."""
    return {
        "staff": [
            {"role": one.role, "store": one.store, "email": one.email, "password": PASSWORD}
            for one in STAFF
            if one.active
        ],
        "customers": [
            {"store": one.store, "email": one.email, "name": one.name} for one in CUSTOMERS
        ],
        "complaints": [
            {
                "store": story.store,
                "number": _number(story),
                "tracking_code": _shown(story),
                "email": story.email,
                "status": _status(story),
            }
            for story in STORIES
            if story.body
        ],
        "orders": [_order_facts(number, store, now) for store, number, *_rest in ORDERS],
    }


def tour(address: str) -> str:
    """The accounts and a first walk, as text for the terminal."""
    lines = ["", f"STAFF      {address}/login        password: {PASSWORD}"]
    seen: set[str] = set()
    for one in STAFF:
        if one.email not in seen:
            lines.append(
                f"  {one.label:<28}{one.email}" + ("" if one.active else "  (sign-in is refused)")
            )
        seen.add(one.email)
    lines += ["", f"COMPLAINTS TO TRACK      {address}/s/noor/track"]
    lines += [
        f"  {_number(story)}   {_shown(story)}   {story.email}" for story in STORIES if story.body
    ]
    lines += [
        "",
        f"MAILS AND CODES      {address}/platform/deliveries/   (as platform admin)",
        "",
        "A WALK  1. Track the first complaint; its code is in Deliveries. Read, Click Here, close it.",
        f"        2. Send a complaint at {address}/s/noor/complaints/new and review it as the platform reviewer.",
        "        3. Forward it, answer it as omar@noor.example, then close it as the customer.",
        "",
    ]
    return "\n".join(lines)


def age(store_slug: str, number: str, by: timedelta) -> None:
    """Make an order older.

    Raises:
        Invalid: there is no such store or order.
    """
    store = stores.find(store_slug)
    query = select(Order).where(Order.number == number)
    order = db.session.scalar(query.where(Order.store_id == store.id)) if store else None
    if order is None:
        raise Invalid(N_("There is no such order in this store."))
    order.created_at -= by


def _refuse_real_installation() -> None:
    known = {one.email for one in STAFF}
    if any(email not in known for email in db.session.scalars(select(User.email))):
        raise Invalid(
            N_("Real people work in this installation, so no demo data is loaded into it.")
        )


def _open_stores(now: datetime) -> None:
    for one in STORES:
        store = stores.create(
            one.slug, one.name_en, one.name_ar, SYSTEM, now=now - timedelta(days=400)
        )
        store.color, store.default_lang = one.color, one.lang
    platform = stores.platform()
    platform.name_en, platform.name_ar = "Souq Platform", "منصة سوق"


def _hire_staff(password_hash: str, now: datetime) -> None:
    for one in STAFF:
        store = stores.find(one.store) if one.store else stores.platform()
        if store is None:
            continue
        hired = now - timedelta(days=300)
        user = members.create(
            one.email,
            one.name,
            password_hash,
            store,
            one.role,
            actor=SYSTEM,
            lang=one.lang,
            now=hired,
        )
        user.active = one.active


def _welcome_customers(now: datetime) -> None:
    customers: dict[tuple[str, str], Customer] = {}
    for one in CUSTOMERS:
        store = stores.find(one.store)
        if store is None:
            continue
        customer = Customer(
            store_id=store.id,
            name=one.name,
            email=one.email,
            email_key=normalise.email_key(one.email),
            phone=one.phone,
            lang=one.lang,
            type=CustomerType.CUSTOMER,
            created_at=now - timedelta(days=200),
        )
        db.session.add(customer)
        customers[one.store, one.email] = customer
    db.session.flush()
    for slug, number, email, status, total, items, hours in ORDERS:
        owner = customers[slug, email]
        db.session.add(
            Order(
                store_id=owner.store_id,
                number=number,
                customer_id=owner.id,
                status=status,
                total_minor=total,
                currency="SAR",
                items=items,
                created_at=now - timedelta(hours=hours),
            )
        )


def _scenes(now: datetime) -> list[tuple[datetime, Callable[[], None]]]:
    """Every step of every story with its moment; played in order, so that ids grow with time."""
    scenes: list[tuple[datetime, Callable[[], None]]] = []
    for story in STORIES:
        told = _Told(story)
        at = now - timedelta(hours=story.hours_ago)
        scenes.append((at, partial(told.begin, at)))
        for line in story.lines:
            then = now - timedelta(hours=line.hours_ago)
            scenes.append((then, partial(told.go_on, line, then)))
    return scenes


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
    store = stores.find(story.store)
    if store is None:
        raise Invalid(N_("There is no such store."))
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
    )
    ticket = complaints.submit(store, draft, _shopper(), now=at).ticket
    if story.body:
        ticket.number = _number(story)
        complaints.set_tracking_code(ticket, story.tracking_code)
        event = db.session.scalars(select(Event).where(Event.ticket_id == ticket.id)).one()
        db.session.get_one(EventSecret, event.id).sealed = vault.seal(_shown(story))
    return ticket.number


def _play(story: Story, number: str, line: Line, at: datetime) -> None:
    store = stores.find(story.store)
    ticket = db.session.scalars(
        select(Ticket).where(Ticket.kind == TicketKind.COMPLAINT, Ticket.number == number)
    ).one()
    if store is None or ticket.store_id != store.id:
        raise Invalid(N_("There is no such complaint."))
    actor = _who(line.who, story, ticket)
    steps: dict[str, Callable[[], object]] = {
        "forward": lambda: complaints.forward(ticket, line.text, actor, now=at),
        "ask": lambda: complaints.ask(ticket, line.text, actor, last_seen=None, now=at),
        "answer": lambda: complaints.answer(ticket, line.text, actor, last_seen=None, now=at),
        "reply": lambda: complaints.respond(ticket, line.text, actor, last_seen=None, now=at),
        "assign": lambda: tickets.assign(ticket, actor.user_id, actor, now=at),
        "close": lambda: _close(ticket, actor, at),
    }
    steps[line.what]()


def _close(ticket: Ticket, actor: Actor, at: datetime) -> None:
    """As the customer does it: ask for the code, read it from the mail, type it in."""
    complaints.ask_to_close(ticket, actor, now=at)
    asked = select(Event).where(Event.ticket_id == ticket.id, Event.kind == EventKind.CODE_ISSUED)
    event = db.session.scalars(asked.order_by(Event.id.desc()).limit(1)).one()
    code = vault.unseal(db.session.get_one(EventSecret, event.id).sealed)
    complaints.close(ticket, code or "", actor, now=at)


def _who(who: str, story: Story, ticket: Ticket) -> Actor:
    if who == "customer":
        return _shopper(ticket.id)
    email = REVIEWER if who == "platform" else ANSWERS_FOR[story.store]
    user = members.find_by_email(email)
    place = stores.platform() if who == "platform" else stores.find(story.store)
    if user is None or place is None:
        raise Invalid(N_("There is no such person."))
    return members.acting_in(user, place, ip_hash="demo")


def _shopper(*ticket_ids: int) -> Actor:
    # Addresses of their own, or five stories by one mailbox would meet the limits that real shoppers have.
    kind = ActorType.CONTACT if ticket_ids else ActorType.VISITOR
    return Actor(
        type=kind,
        ticket_ids=frozenset(ticket_ids),
        ip_hash=vault.new_token()[:20],
        browser_hash="demo",
    )


def _number(story: Story) -> str:
    return numbers.compose(COMPLAINT.prefix, story.body)


def _shown(story: Story) -> str:
    return vault.shown_tracking_code(story.tracking_code)


def _status(story: Story) -> str | None:
    query = select(Ticket.status).where(Ticket.number == _number(story))
    return db.session.scalar(query)


def _order_facts(number: str, store_slug: str, now: datetime) -> dict[str, Any]:
    store = stores.find(store_slug)
    store_id = store.id if store else 0
    order = db.session.scalars(
        select(Order).where(Order.number == number, Order.store_id == store_id)
    ).one()
    return {
        "store": store_slug,
        "number": number,
        "customer_email": order.customer.email,
        "status": order.status,
        "age_hours": round((now - order.created_at).total_seconds() / 3600, 2),
        "expect": None,
    }
