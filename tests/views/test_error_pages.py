"""Every refusal and fault: its status, a sentence in the reader's language, and a way back to where they were."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, abort
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.test import TestResponse

from helpdesk.db import db
from helpdesk.domain.errors import Invalid, LimitReached, NotAllowed, NotFound, WrongState
from helpdesk.enums import TicketStatus
from helpdesk.views.errors import TEXTS, TITLES
from tests.fixtures.client import Client
from tests.fixtures.factory import Make
from tests.fixtures.pages import Page
from tests.views.seeds import TECHNICAL
from tests.views.steps import csrf, sign_in

REFUSALS: dict[int, Exception] = {
    403: NotAllowed(),
    404: NotFound(),
    409: WrongState("It is closed."),
    422: Invalid("That is no date."),
    429: LimitReached("Too many tries.", wait_seconds=60),
}
ARABIC_LETTERS = range(0x0600, 0x0700)


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | int], None]:
    """Call it with an exception or a status, and the platform's front page fails with that."""

    def fail_with(error: Exception | int) -> None:
        def fail() -> None:
            if isinstance(error, int):
                abort(error)
            raise error

        monkeypatch.setitem(app.view_functions, "front.home", fail)

    return fail_with


@pytest.fixture
def cut_off(app: Flask) -> Iterator[list[str]]:
    """From here on the database does not answer; the list holds what it was asked all the same."""
    with app.app_context():
        engine: Engine = db.engine
    asked: list[str] = []

    def fail(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "ROLLBACK")):
            asked.append(statement)
            raise OperationalError(statement, {}, ConnectionError("the server is gone"))

    event.listen(engine, "before_cursor_execute", fail)
    yield asked
    event.remove(engine, "before_cursor_execute", fail)


def way_back(response: TestResponse) -> tuple[str, str]:
    """What the one button of an error page says, and where it leads."""
    [main] = Page(response.text).root.all("main")
    [button] = main.all("a")
    return button.text, button.get("href")


def ask(client: Client, address: str, code: int, **options: object) -> TestResponse:
    if code < 500:
        return client.get(address, **options)
    with client.expecting(code):
        return client.get(address, **options)


@pytest.mark.parametrize("code", sorted(TITLES))
def test_each_has_its_page_in_both_languages(
    code: int, client: Client, failing: Callable[[Exception | int], None]
) -> None:
    failing(REFUSALS.get(code, code))
    english, arabic = (ask(client, f"/?lang={lang}", code) for lang in ("en", "ar"))
    assert (english.status_code, arabic.status_code) == (code, code)
    page = Page(english.text)
    assert page.heading == TITLES[code]
    assert way_back(english) == ("To the start page", "/")
    assert not [word for word in TECHNICAL if word in page.text]
    page = Page(arabic.text)
    [root] = page.root.all("html")
    assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
    assert any(ord(letter) in ARABIC_LETTERS for letter in page.heading)
    assert TEXTS[code] not in page.text
    assert way_back(arabic)[1] == "/"


def test_every_status_has_its_sentence() -> None:
    known = {400, 403, 404, 405, 409, 413, 414, 422, 429, 500, 503}
    assert TITLES.keys() == TEXTS.keys() == known


def test_a_fault_shows_nothing_of_itself(
    client: Client, failing: Callable[[Exception | int], None]
) -> None:
    failing(ValueError("secret of the inside"))
    response = ask(client, "/", 500)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text


def test_a_row_that_changed_meanwhile_is_a_conflict(
    client: Client, failing: Callable[[Exception | int], None]
) -> None:
    failing(StaleDataError())
    assert client.get("/").status_code == 409


@pytest.mark.parametrize("code", sorted(TITLES))
def test_a_script_gets_the_same_status_and_no_whole_page(
    code: int, client: Client, failing: Callable[[Exception | int], None]
) -> None:
    failing(REFUSALS.get(code, code))
    fragment = ask(client, "/", code, headers={"HX-Request": "true"})
    assert fragment.status_code == code
    assert "<html" not in fragment.text
    assert TITLES[code] in Page(fragment.text).text
    told = ask(client, "/", code, headers={"Accept": "application/json"})
    assert (told.status_code, told.mimetype) == (code, "application/json")
    assert told.json["error"] == TITLES[code]
    assert told.json["text"]


def test_a_store_page_leads_back_to_its_store(client: Client, make: Make) -> None:
    make.store()
    token = csrf(client)
    back = ("Back to Noor", "/s/noor/")
    missing = client.get("/s/noor/nowhere/at/all")
    assert (missing.status_code, way_back(missing)) == (404, back)
    wrong = client.post("/s/noor/track/verify/nothing", data={"csrf_token": token})
    assert (wrong.status_code, way_back(wrong)) == (404, back)
    method = client.delete("/s/noor/track")
    assert (method.status_code, way_back(method)) == (405, back)
    stale = client.post("/s/noor/complaints/new", data={"csrf_token": "old"})
    assert (stale.status_code, way_back(stale)) == (400, back)


@pytest.mark.parametrize("address", ["/s/none/", "/s/platform/", "/s/%00/x", "/s/", "/nowhere"])
def test_where_there_is_no_store_the_way_back_is_the_front(address: str, client: Client) -> None:
    response = client.get(address)
    assert (response.status_code, way_back(response)) == (404, ("To the start page", "/"))


def test_a_desk_page_leads_back_to_its_desk_for_those_who_work_there(
    client: Client, make: Make
) -> None:
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    sign_in(client, make.user("analyst"))
    back = ("Back to Noor", "/desk/noor/")
    for address, code in (
        ("/desk/noor/nowhere", 404),
        ("/desk/noor/complaints/CMP-0000-0000", 404),
        ("/desk/noor/deliveries/", 403),
        (f"/desk/noor/complaints/{filed.number}/assign", 403),
    ):
        response = client.get(address)
        assert (response.status_code, way_back(response)) == (code, back), address


def test_a_desk_that_is_hidden_leads_away_like_one_that_is_missing(
    client: Client, make: Make
) -> None:
    make.store("najd")
    sign_in(client, make.user("agent"))
    answers = [client.get(f"/desk/{slug}/") for slug in ("najd", "nosuch")]
    assert [one.status_code for one in answers] == [404, 404]
    assert [way_back(one) for one in answers] == [("Back to work", "/desk/")] * 2


def test_the_platform_leads_back_to_the_platform_and_others_to_their_work(
    client: Client, make: Make
) -> None:
    make.store()
    sign_in(client, make.user("tech_support"))
    response = client.get("/platform/complaints/")
    assert (response.status_code, way_back(response)) == (403, ("Back to Platform", "/platform/"))
    agent = Client(client.application, client.application.response_class, use_cookies=True)
    sign_in(agent, make.user("agent"))
    response = agent.get("/platform/")
    assert (response.status_code, way_back(response)) == (404, ("Back to work", "/desk/"))


def test_a_stranger_at_a_back_office_address_is_led_to_the_front(
    client: Client, make: Make
) -> None:
    make.store()
    for address in ("/desk/noor/nowhere", "/platform/nowhere"):
        response = client.get(address)
        assert (response.status_code, way_back(response)) == (404, ("To the start page", "/"))


@pytest.mark.parametrize(
    "address", ["/", "/s/noor/track", "/s/noor/nowhere", "/nowhere", "/terms?lang=ar"]
)
def test_a_page_without_a_database_leads_to_itself_and_asks_once(
    address: str, client: Client, make: Make, request: pytest.FixtureRequest
) -> None:
    make.store()
    asked: list[str] = request.getfixturevalue("cut_off")
    response = ask(client, address, 503)
    assert response.status_code == 503
    assert way_back(response)[1] == address.partition("?")[0]
    assert response.headers["Retry-After"]
    assert len(asked) == 1


def test_a_post_without_a_database_does_not_lead_to_itself(
    client: Client, make: Make, request: pytest.FixtureRequest
) -> None:
    make.store()
    token = csrf(client)
    request.getfixturevalue("cut_off")
    with client.expecting(503):
        response = client.post("/s/noor/track", data={"csrf_token": token})
    assert (response.status_code, way_back(response)) == (503, ("To the start page", "/"))
