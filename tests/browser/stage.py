"""The product on demo data, crowded enough to fill its lists, with everybody's key to it.

The tests of every page and the pictures of every page both play here, so what was tested is what is pictured.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from flask import Flask
from flask_security import hash_password
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from helpdesk import clock, jobs, vault
from helpdesk.db import db, transaction
from helpdesk.demo import load, people, stories
from helpdesk.domain import (
    complaints,
    drafts,
    exports,
    lost_codes,
    members,
    numbers,
    presence,
    priorities,
    review,
    stores,
    tags,
    tenancy,
    tickets,
    tracking,
)
from helpdesk.domain.kinds import COMPLAINT
from helpdesk.domain.permissions import Actor
from helpdesk.enums import (
    ActorType,
    ComplaintType,
    DeliveryStatus,
    DraftMode,
    EventKind,
    ExportFormat,
    Lang,
    PresenceState,
    Priority,
)
from helpdesk.lists.complaints import COMPLAINTS
from helpdesk.models import CannedReply, Delivery, Event, EventSecret, Store, Ticket
from tests.fixtures.client import Client
from tests.views import steps

NOW = datetime(2025, 5, 6, 11, 27, tzinfo=UTC)
CROWD = 30
"""More than a page of the log holds."""
STAFF = {
    "owner": "huda@noor.example",
    "manager": "salem@noor.example",
    "agent": "omar@noor.example",
    "analyst": "view@noor.example",
    "agency": "rana@agency.example",
    "admin": "admin@platform.example",
    "reviewer": "reviewer@platform.example",
    "it": "it@platform.example",
}
ANYONE, SENDER, TRACKER, SHOPPER = "anyone", "sender", "tracker", "shopper"
"""Shoppers: nothing done yet, just sent, the code awaited, the code typed (and one to close awaited)."""
NAMES = ("نورة بنت عبدالله الدوسري", "Maximiliane von Hohenstein-Aldabbagh", "Li", "فهد العتيبي")
TEXTS = (
    "The lid does not close and half of the bottle ran out on the way.",
    "وصل الطلب ناقصًا، والفاتورة تذكر منتجين لم أجدهما في الصندوق.",
)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Safari/537.36"
OPEN_CODE = "AAAA2222"
REASON = "the whole product is shown"


@dataclass(frozen=True)
class Stage:
    """A running installation; `words` fills the addresses of the catalogue."""

    app: Flask
    words: dict[str, str]
    _inside: dict[str, Client] = field(default_factory=dict)

    def enter(self, who: str, lang: str = "en") -> Client:
        """The browser, still without a screen, of somebody who has signed in or shown what they know."""
        if who not in self._inside:
            client = Client(self.app, self.app.response_class, use_cookies=True)
            client.environ_base["HTTP_USER_AGENT"] = BROWSER
            client.set_cookie("lang", "en", domain="desk.test")
            with clock.override(lambda: NOW):
                self._let_in(who, client)
            self._inside[who] = client
        self._inside[who].set_cookie("lang", lang, domain="desk.test")
        return self._inside[who]

    def cookies(self, who: str, lang: str) -> dict[str, str]:
        """What the browser of somebody who is in keeps."""
        client = self.enter(who, lang)
        names = ("lang", self.app.config["SESSION_COOKIE_NAME"])
        found = {name: client.get_cookie(name, domain="desk.test") for name in names}
        return {name: cookie.value for name, cookie in found.items() if cookie}

    def code(self, number: str) -> str:
        """The newest code on its way to a complaint's mailbox."""
        with self.app.app_context(), tenancy.unscoped(REASON):
            return _code(_ticket(number))

    def _let_in(self, who: str, client: Client) -> None:
        if who == SENDER:
            steps.send_complaint(client, order_number="")
        elif who == TRACKER:
            steps.track(client, self.words["waiting"], self.words["waiting_code"])
        elif who == SHOPPER:
            self._prove(client, self.words["answered"], self.words["answered_code"])
            self._prove(client, self.words["closed"], self.words["closed_code"])
            self._prove(client, self.words["open"], OPEN_CODE)
            self._withdraw(client, self.words["withdrawn"])
            steps.ask_to_close(client, self.words["answered"])
        elif who != ANYONE:
            steps.sign_in(client, STAFF[who], people.PASSWORD)

    def _withdraw(self, client: Client, number: str) -> None:
        self._prove(client, number, OPEN_CODE)
        steps.ask_to_close(client, number)
        form = client.get(f"/s/noor/complaints/{number}/close/code")
        client.submit(form, {"code": self.code(number)}, button="Withdraw complaint")

    def _prove(self, client: Client, number: str, tracking_code: str) -> None:
        steps.track(client, number, tracking_code)
        page = client.get("/s/noor/track/verify")
        client.submit(page, {"code": self.code(number)}, button="Continue")


def fill(app: Flask) -> Stage:
    """Load the demo into an empty, migrated database and crowd it; the clock stands at `NOW`."""
    with app.app_context(), tenancy.unscoped(REASON), clock.override(lambda: NOW):
        load.load(NOW, _password(), reset=False)
        noor = stores.find("noor")
        assert noor is not None
        for serial in range(CROWD):
            _complain(noor, serial)
        jobs.deliver(lambda: NOW)
        jobs.minutely(lambda: NOW)
        _take_lists_out(noor)
        _fail_to_send(noor)
        _know_the_code(noor)
        _sort_and_write(noor)
        return Stage(app, _words(noor))


@cache
def _password() -> str:
    return hash_password(people.PASSWORD)


def _complain(store: Store, serial: int) -> None:
    """One more complaint that the store may read; every third has somebody responsible."""
    at = NOW - timedelta(hours=7 * (CROWD - serial))
    shopper = Actor(type=ActorType.VISITOR, ip_hash=f"crowd{serial}", browser_hash="crowd")
    types = list(ComplaintType)
    draft = complaints.Draft(
        name=NAMES[serial % len(NAMES)],
        email=f"customer.{serial}@mail-of-a-customer.example",
        phone="+966551234567",
        type=types[serial % len(types)],
        order_number=f"10{serial:02d}",
        description=TEXTS[serial % len(TEXTS)],
        desired_outcome=None,
        declared=True,
        lang=list(Lang)[serial % 2],
    )
    reviewer = _staff("reviewer", stores.platform())
    agent = _staff("agent", store)
    with transaction():
        ticket = complaints.submit(store, draft, shopper, now=at).ticket
    with transaction():
        review.forward(ticket, "", reviewer, now=at)
        if serial % 3 == 0:
            tickets.assign(ticket, agent.user_id, agent, now=at)


def _take_lists_out(store: Store) -> None:
    """One file that is ready, and one that waits."""
    for file_format in (ExportFormat.CSV, ExportFormat.XLSX):
        jobs.export(lambda: NOW)
        with transaction():
            exports.order(
                COMPLAINTS.name,
                {},
                file_format,
                store,
                _staff("owner", store),
                lang=Lang.EN,
                now=NOW,
            )


def _fail_to_send(store: Store) -> None:
    """The newest message, whose mailbox does not exist."""
    with transaction():
        query = select(Delivery).where(Delivery.store_id == store.id, Delivery.channel == "email")
        failed = db.session.scalars(query.order_by(Delivery.id.desc()).limit(1)).one()
        failed.status = DeliveryStatus.PERMANENT_FAILURE
        failed.last_error = "550 5.1.1 No such user here"


def _know_the_code(store: Store) -> None:
    """Complaints that the store has not answered get a tracking code that their shopper knows."""
    with transaction():
        for serial in range(2):
            tracking.set_code(_of_crowd(store, serial), OPEN_CODE)


def _sort_and_write(store: Store) -> None:
    """One complaint is urgent and tagged; a manager writes about it, and an agent has begun to."""
    manager, agent = _staff("manager", store), _staff("agent", store)
    with transaction():
        ticket = _of_crowd(store, 2)
        priorities.put(ticket, Priority.URGENT, manager, now=NOW)
        tags.put(ticket, ["VIP", "تالف", "wholesale"], manager, now=NOW)
        presence.note(ticket, PresenceState.WRITING, manager, now=NOW)
        drafts.keep(ticket, DraftMode.REPLY, "We are sorry, and", agent, now=NOW)


def _of_crowd(store: Store, serial: int) -> Ticket:
    email = Ticket.contact_email.startswith(f"customer.{serial}@")
    return db.session.scalars(select(Ticket).where(Ticket.store_id == store.id, email)).one()


def _staff(who: str, place: Store) -> Actor:
    user = members.find_by_email(STAFF[who])
    assert user is not None
    return members.acting_in(user, place, ip_hash="crowd")


def _words(noor: Store) -> dict[str, str]:
    told = {one.body: one for one in stories.STORIES if one.body}
    answered, waiting, closed = sorted(told.values(), key=lambda one: one.body)
    of_noor = select(Ticket.number).where(Ticket.store_id == noor.id)
    agent = members.find_by_email(STAFF["agent"])
    assert agent is not None
    return {
        "answered": numbers.compose(COMPLAINT.prefix, answered.body),
        "answered_code": answered.tracking_code,
        "waiting": numbers.compose(COMPLAINT.prefix, waiting.body),
        "waiting_code": waiting.tracking_code,
        "closed": numbers.compose(COMPLAINT.prefix, closed.body),
        "closed_code": closed.tracking_code,
        "open": _of_crowd(noor, 0).number,
        "withdrawn": _of_crowd(noor, 1).number,
        "link_key": _link_key(_ticket(numbers.compose(COMPLAINT.prefix, answered.body))),
        "review": db.session.scalars(of_noor.where(Ticket.forwarded_at.is_(None)).limit(1)).one(),
        "sorted": _of_crowd(noor, 2).number,
        "canned": _canned(noor),
        "shared": _canned(stores.platform()),
        "missing": numbers.compose(COMPLAINT.prefix, "9999999"),
        "delivery": str(
            db.session.scalars(
                select(Delivery.id).where(Delivery.store_id == noor.id).order_by(Delivery.id)
            ).first()
        ),
        "failed_delivery": str(
            db.session.scalars(
                select(Delivery.id).where(Delivery.status == DeliveryStatus.PERMANENT_FAILURE)
            ).first()
        ),
        "reset_token": generate_reset_password_token(agent),
    }


def _link_key(ticket: Ticket) -> str:
    """What makes a link from the complaint's mailbox work."""
    until = NOW + lost_codes.LINK_LIFETIME
    return lost_codes.link_key(ticket.store_id, ticket.contact_email_key, until)


def _canned(place: Store) -> str:
    """A predefined response of this place."""
    own = select(CannedReply.id).where(CannedReply.store_id == place.id).order_by(CannedReply.id)
    return str(db.session.scalars(own).first())


def _ticket(number: str) -> Ticket:
    return db.session.scalars(select(Ticket).where(Ticket.number == number)).one()


def _code(ticket: Ticket) -> str:
    asked = select(Event).where(Event.ticket_id == ticket.id, Event.kind == EventKind.CODE_ISSUED)
    event = db.session.scalars(asked.order_by(Event.id.desc()).limit(1)).one()
    code = vault.unseal(db.session.get_one(EventSecret, event.id).sealed)
    assert code is not None
    return code
