"""The database does not answer: a plain page that asks it nothing more, and when to come back."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from helpdesk.db import db
from helpdesk.enums import TicketStatus
from tests.fixtures.client import Client
from tests.fixtures.factory import Make
from tests.fixtures.pages import Page
from tests.views.seeds import TECHNICAL
from tests.views.steps import sign_in


@pytest.fixture
def cut_off(app: Flask) -> Iterator[Callable[[], None]]:
    """Call it, and from then on every statement fails as it does when the server is gone."""
    with app.app_context():
        engine: Engine = db.engine

    def fail(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "ROLLBACK")):
            raise OperationalError(statement, {}, ConnectionError("the server is gone"))

    yield lambda: event.listen(engine, "before_cursor_execute", fail)
    if event.contains(engine, "before_cursor_execute", fail):
        event.remove(engine, "before_cursor_execute", fail)


@pytest.mark.parametrize("signed_in", [False, True])
def test_every_page_says_so_and_when_to_come_back(
    signed_in: bool,
    client: Client,
    make: Make,
    cut_off: Callable[[], None],
) -> None:
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    user = make.user("store_owner")
    if signed_in:
        sign_in(client, user)
    cut_off()
    with client.expecting(503):
        for address in (
            *("/", "/login", "/s/noor/", "/s/noor/complaints/new", "/readyz"),
            *("/platform/", "/desk/noor/complaints/", f"/s/noor/complaints/{filed.number}"),
        ):
            response = client.get(f"{address}?lang=ar" if address == "/" else address)
            if response.status_code == 302 and not signed_in:
                continue  # "sign in first" needs no database
            assert response.status_code == 503, address
            assert response.headers["Retry-After"] == "5"
            assert not [word for word in TECHNICAL if word in Page(response.text).text]
        assert client.get("/healthz").status_code == 200


@pytest.mark.postgres
def test_an_answer_that_is_written_stays_one_when_the_database_goes_away(app: Flask) -> None:
    """Security, faults: the connection dies between the last question and the end of the request."""

    def cut(response: Response) -> Response:
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as another:
            another.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        return response

    hooks = app.after_request_funcs.setdefault(None, [])
    hooks.insert(0, cut)  # run last of all
    try:
        assert app.test_client().get("/readyz", base_url="http://desk.test").status_code == 200
    finally:
        hooks.remove(cut)
    assert app.test_client().get("/readyz", base_url="http://desk.test").status_code == 200
