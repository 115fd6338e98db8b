"""What people do on the pages, as one step each: sign in, send, track, read the code, open."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, func, select
from werkzeug.test import TestResponse

from helpdesk.db import db
from helpdesk.enums import ComplaintType
from helpdesk.models import User
from tests.fixtures.client import Client
from tests.fixtures.factory import PASSWORD, Filed, Make
from tests.fixtures.mailbox import Mail
from tests.fixtures.pages import Page

COMPLAINT: dict[str, Any] = {
    "name": "Sara O'Connor",
    "email": "sara@example.com",
    "phone": "0551234567",
    "type": ComplaintType.DAMAGED.value,
    "order_number": "1021",
    "description": "The bottle arrived broken and the box was wet inside.",
    "declaration": "y",
}


def sign_in(client: Client, user: User | str, password: str = PASSWORD) -> TestResponse:
    """Sign in at the one door; an address may stand for its person."""
    email = user if isinstance(user, str) else user.email
    return client.submit(client.get("/login"), {"email": email, "password": password})


def send_complaint(client: Client, store: str = "noor", **changes: str) -> TestResponse:
    """Fill in the complaint form and send it."""
    form = client.get(f"/s/{store}/complaints/new")
    return client.submit(form, COMPLAINT | changes)


def track(client: Client, number: str, code: str, store: str = "noor") -> TestResponse:
    """Number and tracking code on the track page."""
    form = client.get(f"/s/{store}/track")
    return client.submit(form, {"number": number, "tracking_code": code})


def prove(client: Client, filed: Filed, make: Make, store: str = "noor") -> TestResponse:
    """Track a complaint and type the code that is on its way; the browser may read it from now on."""
    assert track(client, filed.number, filed.tracking_code, store).status_code == 303
    code = make.code(filed.ticket)
    return client.submit(client.get(f"/s/{store}/track/verify"), {"code": code}, button="Continue")


def ask_to_close(client: Client, number: str, store: str = "noor") -> TestResponse:
    """Click Here, then Yes."""
    return client.submit(client.get(f"/s/{store}/complaints/{number}/close"), button="Yes")


def csrf(client: Client) -> str:
    """A token that this visitor's posts are accepted with."""
    [token] = Page(client.get("/s/noor/complaints/new").text).form().data["csrf_token"]
    return token


def code_in(mail: Mail) -> str:
    """The six digits that stand alone in the mail."""
    [code] = re.findall(r"^\s*(\d{6})\s*$", mail.text, re.MULTILINE)
    return code


def tracking_code_in(mail: Mail) -> str:
    """The code, with or without its dash; `CMP-1234-5674` has none of its letters."""
    letter = "[A-HJKMNP-Z2-9]"
    [code] = set(
        re.findall(
            rf"(?<![\w-])(?!\d+-){letter}{{4}}-?{letter}{{4}}(?=\s)", mail.text, re.MULTILINE
        )
    )
    return code.replace("-", "")


def link(page: Page, name: str) -> str:
    """Where the link of this name leads, also where other elements name it."""
    named = {one.get("id"): one.text for one in page.root.all() if one.get("id")}
    found = [
        one.get("href")
        for one in page.root.all("a")
        if name in (one.text, one.get("aria-label"), named.get(one.get("aria-labelledby")))
    ]
    assert found, f"No link is named {name!r}"
    return found[0]


def typed(response: TestResponse, button: str | None = None) -> dict[str, str]:
    """What stands in the fields of a form, as a browser would show it."""
    data = Page(response.text).form(button).data
    return {name: values[0].removeprefix("\r\n") for name, values in data.items()}


def row_counts(*, without: str = "") -> dict[str, int]:
    """How many rows every table has, so that a test can say: nothing was written."""
    tables = {name: one for name, one in db.metadata.tables.items() if name not in without.split()}
    counts = [select(func.count()).select_from(one).scalar_subquery() for one in tables.values()]
    db.session.rollback()
    found = db.session.execute(select(*counts)).one()
    return dict(zip(tables, found, strict=True))


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Every SQL statement that is sent to the database meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    with app.app_context():
        engine: Engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


Deliver = Callable[[], None]
