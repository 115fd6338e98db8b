"""Two stores with everything in them that somebody might reach for, and one visitor who reaches."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk import clock
from helpdesk.db import db, transaction
from helpdesk.domain import numbers, stores
from helpdesk.enums import TicketStatus
from helpdesk.models import Delivery, LoginSession, User
from tests.fixtures.client import Client
from tests.fixtures.factory import Filed, Make
from tests.views.steps import Deliver, csrf, prove, sign_in

MISSING = numbers.compose("CMP", "9999999")
SHOPPERS = {"shopper": "own", "stranger": "neighbour"}
PLATFORM_ROLES = {"platform_admin", "platform_reviewer", "tech_support"}
TEXT = "We have looked into it and send a new bottle today."
SEEN_ALL = str(2**31 - 1)
FORMS = {
    "complaints.reply": {"text": TEXT, "last_seen": SEEN_ALL},
    "complaints.close_code": {"code": "000000"},
    "desk_complaints.operate": {"text": TEXT, "last_seen": SEEN_ALL, "assignee": ""},
    "platform_complaints.operate": {
        "text": TEXT,
        "last_seen": SEEN_ALL,
        "note": "Handle with care.",
    },
    "login.forgot": {"email": "nobody@example.com"},
    "login.sign_in": {"email": "nobody@example.com", "password": "wrong password"},
}


@dataclass
class World:
    """What is there, under the names that the rows of the matrix use."""

    complaints: dict[str, Filed]
    deliveries: dict[str, int]
    other_session: int
    own_session: int = 2**30

    def values(self, target: str) -> dict[str, str | int]:
        """The values in the address of a target, such as `own`, `smuggled` or `own assign`."""
        which, _, operation = target.partition(" ")
        number = self._number(which)
        return {
            "store": _STORES.get(which, "noor"),
            "shop": _STORES.get(which, "noor"),
            "number": number,
            "operation": operation,
            "delivery_id": self._delivery(which),
            "session_id": {"own": self.own_session, "other": self.other_session}.get(which, 2**30),
            "filename": "css/app.css" if which == "own" else "css/none.css",
            "token": "no-such-token",
        }

    def _number(self, which: str) -> str:
        kept = "other" if which == "smuggled" else which
        return self.complaints[kept].number if kept in self.complaints else MISSING

    def _delivery(self, which: str) -> int:
        kept = "other" if which == "smuggled" else which
        return self.deliveries.get(kept, 2**31 - 1)


VARYING = {"Set-Cookie", "Content-Length"}
_STORES = {"other": "najd", "nostore": "nosuch", "platform": "platform"}


def build(make: Make, deliver: Deliver) -> World:
    noor, najd = make.store("noor"), make.store("najd")
    status = TicketStatus.PENDING_CUSTOMER
    complaints = {
        "own": make.complaint(status, noor),
        "neighbour": make.complaint(status, noor),
        "review": make.complaint(store=noor),
        "other": make.complaint(status, najd),
    }
    deliver()
    db.session.rollback()  # what the worker wrote is seen from here on
    deliveries = {
        name: db.session.scalars(
            select(Delivery.id).where(Delivery.store_id == place.id).order_by(Delivery.id)
        ).first()
        for name, place in (("own", noor), ("other", najd))
    }
    deliveries["platform_mail"] = _platform_delivery()
    return World(complaints, {k: int(v or 0) for k, v in deliveries.items()}, _session(make))


def enter(principal: str, world: World, make: Make, visitors: "list[Client]") -> Client:
    """This person's browser, signed in or with their complaint proven; a second one for staff."""
    here, elsewhere = visitors
    if principal in SHOPPERS:
        assert prove(here, world.complaints[SHOPPERS[principal]], make).status_code == 303
    elif principal != "anonymous":
        user = _person(principal, make)
        for browser in (elsewhere, here):
            assert sign_in(browser, user).status_code == 303
        query = select(LoginSession.id).where(LoginSession.user_id == user.id)
        world.own_session = db.session.scalars(query.order_by(LoginSession.id)).all()[0]
        if principal == "former":
            with transaction():
                db.session.get_one(User, user.id).active = False
    return here


@dataclass
class Visit:
    """One visitor walking through all addresses, with a token that their posts are accepted with."""

    client: Client
    world: World
    token: str = field(init=False)

    def __post_init__(self) -> None:
        self.token = csrf(self.client)

    def ask(
        self, endpoint: str, method: str, target: str, *, proof: bool = True, **options: Any
    ) -> TestResponse:
        """Ask for a target; without `proof` the post carries no CSRF token."""
        data = FORMS.get(endpoint, {}) | ({"csrf_token": self.token} if proof else {})
        return self.client.open(
            self.address(endpoint, target),
            method=method,
            data=data if method == "POST" else None,
            buffered=True,
            **options,
        )

    def address(self, endpoint: str, target: str) -> str:
        app = self.client.application
        values = self.world.values(target)
        [rule] = app.url_map.iter_rules(endpoint)
        wanted = {name: values[name] for name in rule.arguments}
        return app.url_map.bind("desk.test").build(endpoint, wanted)


def answer(response: TestResponse) -> str:
    """The letter of the matrix for an answer."""
    if response.status_code in {302, 303}:
        location = response.headers["Location"]
        if re.match(r"/login(\?|$)", location):
            return "L"
        return "T" if re.match(r"/s/[a-z]+/track(\?|$)", location) else ">"
    letters = {200: "2", 403: "F", 404: "4", 409: "X", 422: "I"}
    return letters.get(response.status_code, str(response.status_code))


def look(response: TestResponse, values: dict[str, str | int]) -> tuple[object, ...]:
    """An answer without what may differ: its own address, tokens, nonces and the values of cookies."""
    here = response.request.path
    own = [here, quote(here, safe=""), *(str(values[name]) for name in ("number", "store"))]

    def blank(text: str) -> str:
        text = re.sub(r"nonce-?[=\w'\"-]+", "nonce", text)
        text = re.sub(r'(name="(csrf_token|idempotency)" value=)"[^"]*"', r"\1", text)
        for value in own:
            text = re.sub(rf"(?<![\w-]){re.escape(value)}(?![\w-])", "own", text)
        return text

    cookies = [line.split("=")[0] for line in response.headers.getlist("Set-Cookie")]
    headers = sorted(
        (name, blank(value)) for name, value in response.headers if name not in VARYING
    )
    return response.status_code, headers, cookies, blank(response.text)


def _person(principal: str, make: Make) -> User:
    role = {"other_agent": "agent", "former": "agent"}.get(principal, principal)
    if role in PLATFORM_ROLES:
        return make.user(role)
    return make.user(role, make.store("najd" if principal == "other_agent" else "noor"))


def _session(make: Make) -> int:
    """Somebody else's session."""
    somebody = make.user("agent").id
    with transaction():
        row = LoginSession(
            token_hash="somebody",
            user_id=somebody,
            agent="Another browser",
            ip_hash="ip",
            created_at=clock.now(),
            seen_at=clock.now(),
        )
        db.session.add(row)
    return row.id


def _platform_delivery() -> int:
    """A mail of the platform itself, sent to one of its own people."""
    reviewed = db.session.scalars(select(Delivery).order_by(Delivery.id)).all()[0]
    columns = {
        column.key: getattr(reviewed, column.key)
        for column in Delivery.__mapper__.column_attrs
        if column.key not in {"id", "event_id", "ticket_id", "store_id", "message_id", "dedup_key"}
    }
    with transaction():
        row = Delivery(
            **columns, store_id=stores.platform().id, message_id="m@desk.test", dedup_key="platform"
        )
        db.session.add(row)
    return row.id
