"""Every route, method and person, about their own things and others': the matrix holds, and hides what it hides."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.views.matrix import PRINCIPALS, ROUTES, expected
from tests.views.steps import Deliver, row_counts
from tests.views.world import Visit, World, answer, build, enter, look

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROWS = [(endpoint, row) for endpoint, rows in ROUTES.items() for row in rows]
HIDDEN = {"4", "F", "T"}
NOT_A_PAGE = {"HX-Request": "true"}
"""So that the client does not ask for a title in an answer without a text."""


@pytest.fixture
def world(make: Make, deliver: Deliver, mailbox: Mailbox) -> World:
    built = build(make, deliver)
    mailbox.take()
    return built


@pytest.fixture
def visit(principal: str, world: World, make: Make, visitors: Visitors) -> Visit:
    return Visit(enter(principal, world, make, [visitors(), visitors()]), world)


def test_every_route_and_method_has_a_row_and_every_row_a_route(app: Flask) -> None:
    there = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {(endpoint, row.split()[0]) for endpoint, row in ROWS}
    assert there - told == set(), "routes that nobody thought about"
    assert told - there == set(), "rows about routes that are gone"


def test_every_row_has_an_answer_for_every_person() -> None:
    short = [row for row in ROWS if len(ROUTES[row[0]][row[1]].split()) != len(PRINCIPALS)]
    assert not short


def test_every_route_to_a_single_thing_has_rows_about_missing_and_others_things(app: Flask) -> None:
    named = {"number", "delivery_id", "session_id", "notice_id", "view_id", "export_id", "reply_id"}
    for rule in app.url_map.iter_rules():
        if rule.arguments & named:
            for method in (rule.methods or set()) & {"GET", "POST"}:
                targets = {
                    row.split()[1] for row in ROUTES[rule.endpoint] if row.startswith(method)
                }
                assert {"own", "other", "missing"} <= targets, (rule.endpoint, method)


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_the_matrix_holds_and_what_is_hidden_looks_like_what_is_missing(
    principal: str, visit: Visit, mailbox: Mailbox
) -> None:
    wrong = []
    for endpoint, row in ROWS:
        method, _, target = row.partition(" ")
        response = visit.ask(endpoint, method, target)
        letter = expected(endpoint, row, principal)
        if answer(response) != letter:
            wrong.append(f"{endpoint} {row}: {answer(response)} instead of {letter}")
        elif (
            letter in HIDDEN
            and "nostore" not in row
            and not _looks_missing(visit, endpoint, row, principal, response)
        ):
            wrong.append(f"{endpoint} {row}: looks different from what is missing")
    assert not wrong, "\n".join(wrong)
    mailbox.take()


def _looks_missing(visit: Visit, endpoint: str, row: str, who: str, response: TestResponse) -> bool:
    """Whether it is the answer about a thing, or a store, that does not exist (asked again, now)."""
    method, _, target = row.partition(" ")
    names = ("nostore", "missing") if target.split()[0] == "other" else ("missing",)
    rows = [one for name in names for one in ROUTES[endpoint] if one.startswith(f"{method} {name}")]
    letter = expected(endpoint, row, who)
    absent = next((one for one in rows if expected(endpoint, one, who) == letter), None)
    if absent is None:
        return True
    nothing = absent.partition(" ")[2]
    other = visit.ask(endpoint, method, nothing)
    values = visit.world.values
    return look(response, values(target)) == look(other, values(nothing))


@pytest.mark.parametrize("principal", ["anonymous", "shopper", "agent", "platform_admin"])
def test_a_head_request_answers_as_get_does_and_other_methods_are_not_taken(
    visit: Visit, app: Flask
) -> None:
    for endpoint, row in ROWS:
        method, _, target = row.partition(" ")
        if method == "GET":
            head = visit.ask(endpoint, "HEAD", target)
            assert answer(head) == answer(visit.ask(endpoint, "GET", target)), (endpoint, row)
            assert head.text == ""
    for rule in app.url_map.iter_rules():
        target = next(iter(ROUTES[rule.endpoint])).partition(" ")[2]
        options = visit.ask(rule.endpoint, "OPTIONS", target, headers=NOT_A_PAGE)
        assert (options.status_code, options.text) == (200, ""), rule.rule
        taken = app.url_map.bind("desk.test").allowed_methods(visit.address(rule.endpoint, target))
        for method in METHODS:
            if method not in taken:
                assert visit.ask(rule.endpoint, method, target).status_code == 405, rule.rule


@pytest.mark.parametrize("principal", ["anonymous", "shopper", "agent", "platform_admin"])
def test_no_post_without_its_token_is_taken_and_nothing_is_written(visit: Visit) -> None:
    before = row_counts()
    for endpoint, row in ROWS:
        method, _, target = row.partition(" ")
        if method == "POST" and "nostore" not in target:
            response = visit.ask(endpoint, "POST", target, proof=False)
            assert response.status_code == 400, (endpoint, row)
            assert "reload" in response.text.lower()
    assert row_counts() == before


def test_a_token_of_another_browser_is_worth_nothing(client: Client, make: Make) -> None:
    make.store()
    stranger = Client(client.application, client.application.response_class, use_cookies=True)
    token = Visit(stranger, None).token  # type: ignore[arg-type]
    client.get("/s/noor/complaints/new")
    response = client.post("/s/noor/complaints/new", data={"csrf_token": token})
    assert response.status_code == 400
