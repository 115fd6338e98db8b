"""Two stores with everything in them that somebody might reach for, and one visitor who reaches."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk import clock
from helpdesk.db import db, transaction
from helpdesk.domain import (
    attachments,
    canned_replies,
    conversation,
    lost_codes,
    members,
    notices,
    numbers,
    stores,
)
from helpdesk.enums import ExportFormat, ExportStatus, Lang, TicketStatus
from helpdesk.models import Delivery, Export, LoginSession, Notification, SavedView, Store, User
from helpdesk.uploads import storage, take
from tests.fixtures import papers
from tests.fixtures.client import Client
from tests.fixtures.factory import Filed, Make
from tests.views.steps import Deliver, csrf, prove, sign_in

MISSING = numbers.compose("CMP", "9999999")
SHOPPERS = {"shopper": ("closed", "own"), "stranger": ("neighbour",)}
PLATFORM_ROLES = {"platform_admin", "platform_reviewer", "tech_support"}
TEXT = "We have looked into it and send a new bottle today."
SEEN_ALL = str(2**31 - 1)
FORMS = {
    "complaints.reply": {"text": TEXT, "last_seen": SEEN_ALL},
    "endings.code": {"code": "000000"},
    "ratings.rate": {"stars": "5", "comment": ""},
    "desk_complaints.operate": {
        "text": TEXT,
        "last_seen": SEEN_ALL,
        "assignee": "",
        "priority": "high",
        "tags": "VIP",
    },
    "platform_complaints.operate": {
        "text": TEXT,
        "last_seen": SEEN_ALL,
        "note": "Handle with care.",
        "priority": "high",
        "verdict": "upheld",
        "reason": "spam",
        "email": "new@example.org",
        "checked": "y",
    },
    **{
        f"{place}_{name}.{action}": values
        for place in ("desk", "platform")
        for name in ("canned", "complaints", "deliveries")
        for action, values in {"export": {"format": "csv"}, "save_view": {"name": "Mine"}}.items()
    },
    **{
        f"{place}_complaints.{action}": values
        for place in ("desk", "platform")
        for action, values in {
            "canned": {"mode": "reply", "text": TEXT},
            "draft": {"mode": "reply", "text": f"{TEXT} And a gift."},
            "presence": {"state": "viewing"},
        }.items()
    },
    **{
        f"{place}_canned.{action}": {
            "title": "Saved",
            "body_en": "Hello",
            "body_ar": "مرحبا",
            "last_seen": "9" * 18,
        }
        for place in ("desk", "platform")
        for action in ("new", "edit")
    },
    "platform_settings.index": {"max_upload_mb": "10", "complaint_platform_review": "y"},
    "login.forgot": {"email": "nobody@example.com"},
    "login.sign_in": {"email": "nobody@example.com", "password": "wrong password"},
}


@dataclass
class World:
    """What is there, under the names that the rows of the matrix use."""

    complaints: dict[str, Filed]
    deliveries: dict[str, int]
    notices: dict[str, int]
    kept: "dict[str, Kept]"
    canned: dict[str, int]
    """Predefined responses of each place; `shared` is the platform's."""
    files: dict[str, str]
    """Tokens of pictures, one of each complaint's customer."""
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
            "notice_id": self.notices.get("other" if which == "smuggled" else which, 2**31 - 1),
            "view_id": self._kept(which).views.get(operation, 2**31 - 1),
            "export_id": self._kept(which).export,
            "reply_id": self.canned.get("other" if which == "smuggled" else which, 2**31 - 1),
            "filter_name": operation,
            "session_id": {"own": self.own_session, "other": self.other_session}.get(which, 2**30),
            "filename": "css/app.css" if which == "own" else "css/none.css",
            "token": self.files.get(which, "no-such-token"),
            "key": self._key(),
        }

    def _number(self, which: str) -> str:
        kept = "other" if which == "smuggled" else which
        return self.complaints[kept].number if kept in self.complaints else MISSING

    def _key(self) -> str:
        """What makes a link work that was mailed to the customer of `own`."""
        ticket = self.complaints["own"].ticket
        until = clock.now() + lost_codes.LINK_LIFETIME
        return lost_codes.link_key(ticket.store_id, ticket.contact_email_key, until)

    def _kept(self, which: str) -> "Kept":
        return self.kept.get("other" if which == "smuggled" else which, Kept({}, 2**31 - 1))

    def _delivery(self, which: str) -> int:
        kept = "other" if which == "smuggled" else which
        return self.deliveries.get(kept, 2**31 - 1)


VARYING = {"Set-Cookie", "Content-Length"}
DAY = timedelta(days=1)
FOR_A_SCRIPT = {"HX-Request": "true"}
"""Such an answer is a part of a page, and never a page of its own."""
_STORES = {"other": "najd", "nostore": "nosuch", "platform": "platform"}


def build(make: Make, deliver: Deliver) -> World:
    noor, najd = make.store("noor"), make.store("najd")
    status = TicketStatus.PENDING_CUSTOMER
    complaints = {
        "own": make.complaint(status, noor),
        "neighbour": make.complaint(status, noor),
        "review": make.complaint(store=noor),
        "other": make.complaint(status, najd),
        "closed": make.complaint(TicketStatus.CLOSED, noor),
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
    people = [
        (name, make.user("agent", place), place)
        for name, place in (("neighbour", noor), ("other", najd))
    ]
    return World(
        complaints,
        {k: int(v or 0) for k, v in deliveries.items()},
        {name: _notice(user, place, make) for name, user, place in people},
        {name: _keep(user, place) for name, user, place in people},
        {
            name: _canned(role, place, make)
            for name, role, place in (
                ("own", "store_owner", noor),
                ("other", "store_owner", najd),
                ("shared", "platform_admin", make.platform()),
            )
        },
        {name: _picture(filed, make) for name, filed in complaints.items()},
        _session(make),
    )


def enter(principal: str, world: World, make: Make, visitors: "list[Client]") -> Client:
    """This person's browser, signed in or with their complaint proven; a second one for staff."""
    here, elsewhere = visitors
    if principal in SHOPPERS:
        for name in SHOPPERS[principal]:
            assert prove(here, world.complaints[name], make).status_code == 303
    elif principal != "anonymous":
        user = _person(principal, make)
        for browser in (elsewhere, here):
            assert sign_in(browser, user).status_code == 303
        query = select(LoginSession.id).where(LoginSession.user_id == user.id)
        world.own_session = db.session.scalars(query.order_by(LoginSession.id)).all()[0]
        which = "other" if principal == "other_agent" else "own"
        place = members.memberships(user)[0].store
        world.notices[which] = _notice(user, place, make)
        world.kept[which] = _keep(user, place)
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
        if endpoint.endswith((".preview", ".presence")):
            options.setdefault("headers", FOR_A_SCRIPT)
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


def _notice(user: User, place: Store, make: Make) -> int:
    """Something that this person is told where they work."""
    key = f"world:{next(make.serial)}"
    with transaction():
        notices.tell(
            user.id,
            place,
            "complaint_new_platform",
            about=None,
            facts={"count": 1, "stores": [{"en": "Noor", "ar": "نور"}]},
            event_id=None,
            dedup_key=key,
            now=clock.now(),
        )
    return db.session.scalars(select(Notification.id).where(Notification.dedup_key == key)).one()


def _picture(filed: Filed, make: Make) -> str:
    """A picture in the customer's first message; the address of the file."""
    message = conversation.read(filed.ticket, make.shopper(filed.ticket), now=clock.now())[0]
    upload = take("picture.png", papers.picture(), limit_mb=1)
    store, shopper = filed.ticket.store, make.shopper()
    with transaction():
        staged = attachments.stage(store, upload, shopper, now=clock.now())
        attachments.attach(message, [staged.token], shopper, now=clock.now())
    return attachments.of_messages([message])[message.id][0].token


def _canned(role: str, place: Store, make: Make) -> int:
    """A predefined response of this place."""
    actor, place_id = make.actor(role, place), place.id
    with transaction():
        here = db.session.get_one(Store, place_id)
        wording = canned_replies.Wording(title="Ours", body_en="Hello", body_ar="مرحبا")
        return canned_replies.save(here, wording, actor, now=clock.now()).id


@dataclass(frozen=True)
class Kept:
    """What a person keeps: a view of each list, and a finished export."""

    views: dict[str, int]
    export: int


def _keep(user: User, place: Store) -> Kept:
    now, names = clock.now(), ("canned_replies", "complaints", "deliveries")
    keys = {"store_id": place.id, "user_id": user.id, "created_at": now}
    file_name = storage.keep_long(BytesIO(b"a file"))
    done = {"status": ExportStatus.DONE, "file_name": file_name, "expires_at": now + DAY}
    with transaction() as session:
        views = {name: SavedView(**keys, list=name, name="Kept", query={}) for name in names}
        asked = {"list": "complaints", "query": {}, "format": ExportFormat.CSV, "lang": Lang.EN}
        export = Export(**keys, **done, **asked)
        session.add_all([*views.values(), export])
    return Kept({name: view.id for name, view in views.items()}, export.id)


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
