"""Whatever is typed into a field: a plain sentence, nothing lost, nothing half written, never a fault."""

import html
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.db import db
from helpdesk.enums import TicketStatus
from helpdesk.models import User
from tests.fixtures.client import Client
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.seeds import TECHNICAL, TEXTS
from tests.views.steps import COMPLAINT, ask_to_close, prove, row_counts, sign_in, track

S = TicketStatus
SECRETS = {"password", "again", "current"}
NOTES_OF_A_TRY = "throttle idempotency_key"
HIDDEN = {"idempotency", "last_seen"}
HIDDEN_TEXTS = {
    name: TEXTS[name] for name in ("nothing", "NUL", "2^63", "many digits", "markup", "emoji")
}


@dataclass(frozen=True)
class Place:
    """A form: how somebody gets there, what they fill in otherwise, and its button."""

    open: Callable[[Client, Make], TestResponse]
    values: dict[str, str]
    button: str | None = None


def _complaint(client: Client, make: Make) -> TestResponse:
    make.store()
    return client.get("/s/noor/complaints/new")


def _track(client: Client, make: Make) -> TestResponse:
    make.store()
    return client.get("/s/noor/track")


def _view_code(client: Client, make: Make) -> TestResponse:
    filed = make.complaint()
    track(client, filed.number, filed.tracking_code)
    return client.get("/s/noor/track/verify")


def _proven(client: Client, make: Make) -> Filed:
    filed = make.complaint(S.PENDING_CUSTOMER)
    prove(client, filed, make)
    return filed


def _reply(client: Client, make: Make) -> TestResponse:
    return client.get(f"/s/noor/complaints/{_proven(client, make).number}")


def _close_code(client: Client, make: Make) -> TestResponse:
    filed = _proven(client, make)
    ask_to_close(client, filed.number)
    return client.get(f"/s/noor/complaints/{filed.number}/close/code")


def _withdraw_code(client: Client, make: Make) -> TestResponse:
    filed = make.complaint(S.PENDING_ADMIN)
    prove(client, filed, make)
    ask_to_close(client, filed.number)
    return client.get(f"/s/noor/complaints/{filed.number}/close/code")


def _rating(client: Client, make: Make) -> TestResponse:
    filed = make.complaint(S.CLOSED)
    prove(client, filed, make)
    return client.get(f"/s/noor/complaints/{filed.number}")


def _follow_up(client: Client, make: Make) -> TestResponse:
    filed = make.complaint(S.CLOSED)
    prove(client, filed, make)
    return client.get(f"/s/noor/complaints/{filed.number}/follow-up")


def _at_noor(place: str) -> Callable[[Client, Make], TestResponse]:
    def open_it(client: Client, make: Make) -> TestResponse:
        make.store()
        return client.get(f"/s/noor{place}")

    return open_it


def _signed_in(client: Client, make: Make, role: str) -> None:
    """Places are opened again after every success; the first time somebody signs in."""
    if client.get("/login").status_code == 200:
        sign_in(client, make.user(role))


def _desk(client: Client, make: Make) -> TestResponse:
    filed = make.complaint(S.PENDING_ADMIN)
    _signed_in(client, make, "agent")
    return client.get(f"/desk/noor/complaints/{filed.number}")


def _assign(client: Client, make: Make) -> TestResponse:
    details = _desk(client, make)
    return client.get(f"{details.request.path}/assign")


def _platform(word: str) -> Callable[[Client, Make], TestResponse]:
    def open_it(client: Client, make: Make) -> TestResponse:
        filed = make.complaint()
        _signed_in(client, make, "platform_reviewer")
        return client.get(f"/platform/complaints/noor/{filed.number}{word}")

    return open_it


def _at(address: str) -> Callable[[Client, Make], TestResponse]:
    def open_it(client: Client, make: Make) -> TestResponse:
        if db.session.scalar(select(User).where(User.email == "agent@staff.example")) is None:
            make.user("agent", email="agent@staff.example")
        return client.get(address)

    return open_it


def _password(client: Client, make: Make) -> TestResponse:
    sign_in(client, make.user("agent"))
    return client.get("/login/password")


NEW = "a good new password"
PLACES = {
    "complaint": Place(_complaint, COMPLAINT, "Send complaint"),
    "follow-up": Place(_follow_up, COMPLAINT, "Send complaint"),
    "track": Place(
        _track, {"number": "CMP-1234-5674", "tracking_code": "AAAA-2222"}, "View Complaint"
    ),
    "view code": Place(_view_code, {"code": "000000"}, "Continue"),
    "reply": Place(_reply, {"text": "Thank you."}, "Send"),
    "close code": Place(_close_code, {"code": "000000"}, "Close Complaint"),
    "withdraw code": Place(_withdraw_code, {"code": "000000"}, "Withdraw complaint"),
    "lost": Place(_at_noor("/track/lost"), {"email": "sara@example.com"}, "Send my complaints"),
    "rating": Place(_rating, {"stars": "5", "comment": "Kind."}, "Save rating"),
    "add": Place(_desk, {"text": "We are sorry.", "last_seen": "1"}, "Add"),
    "assign": Place(_assign, {"assignee": ""}, "Assign"),
    "forward": Place(_platform("/forward"), {"note": ""}, "Forward to merchant"),
    "ask": Place(
        _platform("?mode=ask"), {"text": "Which parcel?", "last_seen": "1"}, "Ask the customer"
    ),
    "answer": Place(_platform(""), {"text": "We looked.", "last_seen": "1"}, "Answer"),
    "sign-in": Place(
        _at("/login"), {"email": "agent@staff.example", "password": "wrong"}, "Sign in"
    ),
    "forgot": Place(_at("/login/forgot"), {"email": "agent@staff.example"}, "Send link"),
    "password": Place(
        _password, {"current": "wrong", "password": NEW, "again": NEW}, "Save password"
    ),
}
FIELDS = [(place, name) for place, form in PLACES.items() for name in (*form.values, "idempotency")]


@pytest.mark.parametrize(("place", "field"), FIELDS)
def test_whatever_stands_in_a_field_gets_a_plain_answer(
    place: str, field: str, client: Client, make: Make, mailbox: Mailbox
) -> None:
    form = PLACES[place]
    page = form.open(client, make)
    for name, text in (HIDDEN_TEXTS if field in HIDDEN else TEXTS).items():
        before = row_counts(without=NOTES_OF_A_TRY)
        response = client.submit(page, form.values | {field: text}, button=form.button)
        where = f"{name!r} in {field}"
        assert response.status_code in {200, 302, 303, 409, 422, 429}, where
        if response.status_code >= 400:
            assert row_counts(without=NOTES_OF_A_TRY) == before, f"{where}: half written"
            _says_so_and_keeps_it(response, field, text, form, where)
        elif response.headers.get("Location"):
            page = form.open(client, make)
    mailbox.take()


def _says_so_and_keeps_it(
    response: TestResponse, field: str, text: str, form: Place, where: str
) -> None:
    shown = Page(response.text)
    assert not [word for word in TECHNICAL if word in shown.text], where
    if not shown.root.all("form") or response.status_code == 409:
        return
    assert any(one.get("role") == "alert" for one in shown.root.all()), f"{where}: no reason given"
    if field in SECRETS or field in {"idempotency", "type", "stars", "declaration", "assignee"}:
        return
    kept = html.escape(text, quote=False).replace("\x00", "")
    raw = response.text.replace("&#39;", "'").replace("&#34;", '"').replace("\x00", "")
    assert kept in raw, f"{where}: what was typed is gone"
    others = {name: value for name, value in form.values.items() if name not in {field, *SECRETS}}
    data = shown.form(form.button).data
    for name, value in others.items():
        if name not in {"last_seen", "declaration"}:
            assert value in data[name][0], f"{where}: {name} is gone"
