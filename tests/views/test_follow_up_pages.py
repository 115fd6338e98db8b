"""Starting a follow-up of a closed complaint, and where both sides see that the two belong together (C25)."""

import pytest
from werkzeug.test import TestResponse

from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Page
from tests.views.steps import prove, sign_in, typed

S = TicketStatus
TEXT = "The new bottle leaks as well."


def address(filed: Filed, more: str = "") -> str:
    return f"/s/noor/complaints/{filed.number}{more}"


def closed(client: Client, make: Make) -> Filed:
    filed = make.complaint(S.CLOSED, name="Sara Ali", order_number="1021")
    prove(client, filed, make)
    return filed


def send(client: Client, filed: Filed, **changes: str) -> TestResponse:
    form = client.get(address(filed, "/follow-up"))
    values = {"description": TEXT, "declaration": "y"} | changes
    return client.submit(form, values, button="Send complaint")


def newest(make: Make, client: Client) -> Ticket:
    """The complaint whose receipt this browser holds."""
    text = client.page("/s/noor/complaints/sent").text
    return make.find(next(word for word in text.split() if word.startswith("CMP-")))


def test_the_form_names_the_closed_one_and_knows_who_writes(client: Client, make: Make) -> None:
    filed = closed(client, make)
    form = client.get(client.page(address(filed)).link("Start a follow-up"))
    assert filed.number in Page(form.text).text
    values = typed(form, "Send complaint")
    assert {name: values[name] for name in ("name", "email", "type", "order_number")} == {
        "name": "Sara Ali",
        "email": filed.email,
        "type": "damaged",
        "order_number": "1021",
    }
    assert values["description"] == ""


def test_it_is_sent_once_and_linked(client: Client, make: Make) -> None:
    """X-10."""
    filed = closed(client, make)
    form = client.get(address(filed, "/follow-up"))
    before = make.count_tickets()
    for _ in range(2):
        values = {"description": TEXT, "declaration": "y"}
        answer = client.submit(form, values, button="Send complaint")
        assert answer.headers["Location"] == "/s/noor/complaints/sent"
    assert make.count_tickets() == before + 1
    assert newest(make, client).follow_up_of_id == filed.ticket.id


def test_what_is_wrong_comes_back_with_everything_typed(client: Client, make: Make) -> None:
    filed = closed(client, make)
    refused = send(client, filed, declaration="")
    assert refused.status_code == 422
    assert typed(refused, "Send complaint")["description"] == TEXT
    assert filed.number in Page(refused.text).text


def test_a_refused_reply_shows_the_way_to_a_follow_up(client: Client, make: Make) -> None:
    """Its page was open while it was closed elsewhere; the text is still there."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    prove(client, filed, make)
    page = client.get(address(filed))
    make.close(filed.ticket)
    refused = client.submit(page, {"text": TEXT}, button="Send")
    assert refused.status_code == 409
    assert TEXT in refused.text
    assert Page(refused.text).link("Start a follow-up") == address(filed, "/follow-up")


@pytest.mark.parametrize("status", [S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.PENDING_CUSTOMER])
def test_what_still_takes_replies_leads_back_to_its_page(
    client: Client, make: Make, status: S
) -> None:
    filed = make.complaint(status)
    prove(client, filed, make)
    assert "follow-up" not in client.get(address(filed)).text
    answer = client.get(address(filed, "/follow-up"))
    assert answer.headers["Location"] == address(filed)
    assert "This complaint is not closed." in client.page(address(filed)).text


def test_a_forged_link_tells_nothing_and_links_nothing(
    client: Client, make: Make, visitors: Visitors
) -> None:
    """Another's closed complaint, an open one, one of another store and none at all: the same answer."""
    own, others = closed(client, make), make.complaint(S.CLOSED)
    open_one, elsewhere = make.complaint(), make.complaint(S.CLOSED, make.store("najd"))
    form = client.get(address(own, "/follow-up"))
    filled = Page(form.text).form("Send complaint").data | {"description": TEXT, "declaration": "y"}
    before = make.count_tickets()
    for number in (others.number, open_one.number, elsewhere.number, "CMP-0000-0000", "x"):
        there = f"/s/noor/complaints/{number}/follow-up"
        for answer in (
            client.get(there),
            visitors().get(there),
            client.post(there, data=filled),
        ):
            assert answer.status_code == 303
            assert answer.headers["Location"].split("?")[0] == "/s/noor/track"
    assert make.count_tickets() == before


def test_the_customer_is_shown_the_other_one_only_once_it_is_proven_too(
    client: Client, make: Make
) -> None:
    filed = closed(client, make)
    send(client, filed)
    later = newest(make, client)
    assert later.number not in client.page(address(filed)).text
    code = next(
        word
        for word in client.page("/s/noor/complaints/sent").text.split()
        if len(word) == 9 and word[4] == "-"
    )
    again = Filed(later, later.number, code, later.contact_email)
    prove(client, again, make)
    assert client.page(address(filed)).link(later.number) == address(again)
    assert client.page(address(again)).link(filed.number) == address(filed)
    assert "Follow-up of" in client.page(address(again)).text
    assert "Followed up in" in client.page(address(filed)).text


def test_staff_are_led_from_either_to_the_other(
    client: Client, make: Make, visitors: Visitors
) -> None:
    """The store from the moment at which it may read both."""
    filed = closed(client, make)
    send(client, filed)
    later = newest(make, client)
    desk, platform = visitors(), visitors()
    sign_in(desk, make.user("agent"))
    sign_in(platform, make.user("platform_reviewer"))
    ours, theirs = "/platform/complaints/noor/", "/desk/noor/complaints/"
    one, other = filed.number, later.number
    assert platform.page(f"{ours}{one}").link(other) == f"{ours}{other}"
    assert platform.page(f"{ours}{other}").link(one) == f"{ours}{one}"
    assert other not in desk.page(f"{theirs}{one}").text
    assert one not in desk.page(f"{theirs}{other}").text
    make._forward(later)
    assert desk.page(f"{theirs}{one}").link(other) == f"{theirs}{other}"
    assert desk.page(f"{theirs}{other}").link(one) == f"{theirs}{one}"


def test_a_copy_of_the_complaint_names_no_other_one(client: Client, make: Make) -> None:
    filed = closed(client, make)
    send(client, filed)
    later = newest(make, client)
    copy = client.submit(client.get(address(filed)), button="Download copy")
    assert filed.number in copy.text
    assert later.number not in copy.text
