"""Fill an installation with the demo: stores, people, and scripts that the real rules play."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, select, update

from helpdesk import jobs, normalise
from helpdesk.db import db, transaction
from helpdesk.demo import play
from helpdesk.demo.canned_replies import CANNED_REPLIES
from helpdesk.demo.history import history
from helpdesk.demo.long_thread import long_thread
from helpdesk.demo.people import CUSTOMERS, PASSWORD, STAFF, STORES, VIEWS
from helpdesk.demo.stories import ORDERS, STORIES, Story
from helpdesk.domain import canned_replies, members, replies, saved_views, stores
from helpdesk.domain.errors import Invalid
from helpdesk.domain.permissions import SYSTEM
from helpdesk.enums import CustomerType
from helpdesk.models import Customer, Event, EventSecret, Order, Ticket, User
from helpdesk.words import N_

AUTHORS = {
    "noor": "salem@noor.example",
    "najd": "faisal@najd.example",
    None: "admin@platform.example",
}


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
    older, told = history(), (*STORIES, long_thread())
    for at, scene in play.scenes(older, now):
        with transaction():
            scene()
            _leave_untold(at)
    for at, scene in play.scenes(told, now):
        with transaction():
            scene()
        jobs.deliver(partial(_stopped, at + replies.UNDO_FOR))
    with transaction():
        _keep_views(now)
        _keep_canned_replies(now)
    complaints_told = len(told) + len(older)
    return f"Demo data is loaded: {len(STORES)} stores, {complaints_told} complaints."


def _leave_untold(at: datetime) -> None:
    """History is over: nobody is written to about it."""
    db.session.execute(update(Event).where(Event.dispatched_at.is_(None)).values(dispatched_at=at))
    db.session.execute(delete(EventSecret))


def _keep_views(now: datetime) -> None:
    """Saved views, of which the owner shares two with everybody."""
    for store_slug, email, name, query, shared in VIEWS:
        store, user = stores.find(store_slug), members.find_by_email(email)
        if store is not None and user is not None:
            actor = members.acting_in(user, store, ip_hash="demo")
            saved_views.save("complaints", name, query, store, actor, shared=shared, now=now)


def _keep_canned_replies(now: datetime) -> None:
    for slug, texts in CANNED_REPLIES.items():
        place = stores.find(slug) if slug else stores.platform()
        author = members.find_by_email(AUTHORS[slug])
        if place is None or author is None:
            continue
        actor = members.acting_in(author, place, ip_hash="demo")
        for one in texts:
            wording = canned_replies.Wording(title=one.title, body_en=one.en, body_ar=one.ar)
            canned_replies.save(place, wording, actor, now=now)


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
                "number": play.number(story),
                "tracking_code": play.shown_code(story),
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
        f"  {play.number(story)}   {play.shown_code(story)}   {story.email}"
        for story in STORIES
        if story.body
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
    welcomed: dict[tuple[str, str], Customer] = {}
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
        welcomed[one.store, one.email] = customer
    db.session.flush()
    for slug, number, email, status, total, items, hours in ORDERS:
        owner = welcomed[slug, email]
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


def _status(story: Story) -> str | None:
    query = select(Ticket.status).where(Ticket.number == play.number(story))
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
