"""Rating on the complaint's page: real radio buttons, kept when refused, changed for seven days (C40)."""

import pytest

from helpdesk.db import db
from helpdesk.enums import EventKind, TicketStatus
from helpdesk.models import Event, Rating
from tests.fixtures.client import Client
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Page
from tests.views.steps import csrf, prove, sign_in, typed

SEND = CHANGE = "Save rating"


@pytest.fixture
def closed(client: Client, make: Make) -> Filed:
    filed = make.complaint(TicketStatus.CLOSED)
    prove(client, filed, make)
    return filed


def address(filed: Filed) -> str:
    return f"/s/noor/complaints/{filed.number}"


def given() -> list[tuple[int, str]]:
    db.session.rollback()
    return [(one.stars, one.comment) for one in db.session.query(Rating)]


def test_it_is_given_with_radio_buttons_and_changed_on_the_same_page(
    client: Client, closed: Filed
) -> None:
    """C40, X-09."""
    page = client.get(address(closed))
    radios = [one for one in Page(page.text).root.all("input") if one.get("name") == "stars"]
    assert [(one.get("type"), one.get("value")) for one in radios] == [
        ("radio", str(stars)) for stars in range(1, 6)
    ]
    rated = client.submit(page, {"stars": "4", "comment": "Quick <b>and</b> kind."}, button=SEND)
    assert rated.headers["Location"] == address(closed)
    after = client.get(address(closed))
    assert "Thank you for your rating." in after.text
    assert typed(after, CHANGE)["stars"] == "4"
    assert typed(after, CHANGE)["comment"] == "Quick <b>and</b> kind."
    client.submit(after, {"stars": "2", "comment": ""}, button=CHANGE)
    assert given() == [(2, "")]


def test_after_seven_days_it_is_shown_and_no_longer_asked(
    client: Client, make: Make, closed: Filed, clock: Clock
) -> None:
    """C40."""
    client.submit(client.get(address(closed)), {"stars": "2", "comment": "Slow."}, button=SEND)
    form = client.get(address(closed))
    clock.move(days=7)
    prove(client, closed, make)
    page = client.page(address(closed))
    assert "Slow." in page.text
    [stars] = [one for one in page.root.all("p") if "stars-given" in one.get("class")]
    assert stars.get("aria-label") == "2 of 5 stars"
    assert not [one for one in page.root.all("input") if one.get("name") == "stars"]
    late = client.submit(form, {"stars": "5"}, button=CHANGE)
    assert late.status_code == 409
    assert given() == [(2, "Slow.")]


def test_without_stars_it_is_refused_and_the_comment_is_kept(client: Client, closed: Filed) -> None:
    refused = client.submit(client.get(address(closed)), {"comment": "Well."}, button=SEND)
    assert refused.status_code == 422
    assert "Choose one to five stars." in refused.text
    assert "<title>Error:" in " ".join(refused.text.split()).replace("<title> ", "<title>")
    assert typed(refused, SEND)["comment"] == "Well."
    assert given() == []


@pytest.mark.parametrize("stars", ["0", "6", "-1", "1.5", "5\0", "²", "9" * 400])
def test_forged_stars_are_refused(stars: str, client: Client, closed: Filed) -> None:
    data = {"csrf_token": csrf(client), "stars": stars, "comment": ""}
    assert client.post(f"{address(closed)}/rating", data=data).status_code in {303, 422}
    assert given() in ([], [(5, "")])


def test_a_comment_that_is_too_long_is_refused_and_kept(client: Client, closed: Filed) -> None:
    long = "a" * 1001
    refused = client.submit(
        client.get(address(closed)), {"stars": "5", "comment": long}, button=SEND
    )
    assert refused.status_code == 422
    assert "1,001" in refused.text
    assert typed(refused, SEND) | {"stars": "5", "comment": long} == typed(refused, SEND)


def test_the_same_rating_sent_twice_is_one_fact(client: Client, closed: Filed) -> None:
    """X-10."""
    page = client.get(address(closed))
    for _ in range(2):
        assert client.submit(page, {"stars": "5"}, button=SEND).status_code == 303
    db.session.rollback()
    assert db.session.query(Event).filter_by(kind=EventKind.RATED).count() == 1


def test_an_open_complaint_is_not_asked_and_not_rated(client: Client, make: Make) -> None:
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    prove(client, filed, make)
    assert "Stars" not in client.page(address(filed)).text
    data = {"csrf_token": csrf(client), "stars": "5"}
    assert client.post(f"{address(filed)}/rating", data=data).status_code == 409
    assert given() == []


def test_staff_read_the_rating_beside_the_case(client: Client, closed: Filed, make: Make) -> None:
    """S1-22."""
    client.submit(
        client.get(address(closed)), {"stars": "3", "comment": "<i>Fine</i>."}, button=SEND
    )
    sign_in(client, make.user("agent"))
    page = client.page(f"/desk/noor/complaints/{closed.number}")
    assert "<i>Fine</i>." in page.text
    assert [one for one in page.root.all("p") if one.get("aria-label") == "3 of 5 stars"]
