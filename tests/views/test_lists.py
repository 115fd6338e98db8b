"""The complaints log: pages in order without gaps, filters, search, and what an analyst is shown."""

import re
from collections.abc import Callable

import pytest

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, tickets
from helpdesk.enums import ComplaintType, TicketStatus
from helpdesk.models import Ticket
from tests.fixtures.client import Client
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Page
from tests.views.steps import sign_in

S = TicketStatus
LOG = "/desk/noor/complaints/"


def shown(client: Client, address: str = LOG) -> list[str]:
    """The numbers in the rows of a list, as they stand."""
    page = client.page(address)
    rows = [one for body in page.root.all("tbody") for one in body.all("tr")]
    return [match[0] for row in rows if (match := re.search(r"CMP-\d{4}-\d{4}", row.text))]


def turn(client: Client, address: str, to: str) -> str | None:
    page = client.page(address)
    found = [one.get("href") for one in page.root.all("a") if one.get("rel") == to]
    return found[0] if found else None


@pytest.fixture
def sixty(make: Make, clock: Clock) -> list[str]:
    """Sixty complaints, newest first; every three of them came at the same moment."""
    numbers = []
    for index in range(60):
        if index % 3 == 0:
            clock.move(minutes=7)
        numbers.append(make.complaint().number)
    return numbers[::-1]


@pytest.mark.parametrize(
    ("role", "log"), [("agent", LOG), ("platform_reviewer", "/platform/complaints/")]
)
def test_next_and_previous_show_every_row_once_and_in_order(
    role: str, log: str, sixty: list[str], client: Client, make: Make
) -> None:
    sign_in(client, make.user(role))
    pages, address, way = [], log, [log]
    while True:
        pages.append(shown(client, address))
        following = turn(client, address, "next")
        if following is None:
            break
        address = following
        way.append(address)
    assert [len(one) for one in pages] == [25, 25, 10]
    assert sum(pages, []) == sixty  # noqa: RUF017 - three short lists
    back = [pages[-1]]
    while (previous := turn(client, address, "prev")) is not None:
        address = previous
        back.append(shown(client, address))
    assert back == pages[::-1]


def test_a_page_is_not_shifted_by_what_arrives_meanwhile(
    sixty: list[str], client: Client, make: Make, clock: Clock
) -> None:
    sign_in(client, make.user("agent"))
    following = turn(client, LOG, "next")
    assert following is not None
    clock.move(minutes=1)
    make.complaint()
    assert shown(client, following) == sixty[25:50]


def test_turning_the_page_keeps_the_filters_and_the_search(
    sixty: list[str], client: Client, make: Make
) -> None:
    sign_in(client, make.user("agent"))
    following = turn(client, f"{LOG}?status=under_platform_review&q=Sara&lang=en", "next")
    assert following is not None
    assert "status=under_platform_review" in following
    assert "q=Sara" in following
    assert shown(client, following) == sixty[25:50]


@pytest.mark.usefixtures("sixty")
def test_the_number_of_complaints_stands_above_the_list(client: Client, make: Make) -> None:
    sign_in(client, make.user("agent"))
    assert "60 in all" in client.page(LOG).text
    assert "60 in all" not in client.page(f"{LOG}?status=closed").text


@pytest.fixture
def mixed(make: Make, clock: Clock) -> dict[str, Filed]:
    """One complaint for each filter to find, five days in a row."""
    found = {}
    found["review"] = make.complaint(name="Amal First", email="amal@example.com")
    clock.move(days=1)
    found["merchant"] = make.complaint(S.PENDING_ADMIN, type=ComplaintType.LATE, name="Badr 50%_")
    clock.move(days=1)
    found["customer"] = make.complaint(S.PENDING_CUSTOMER, order_number="A-77")
    clock.move(days=1)
    found["closed"] = make.complaint(S.CLOSED, name="سارة القحطاني")
    clock.move(days=1)
    found["mine"] = make.complaint(S.PENDING_ADMIN, type=ComplaintType.REFUND, order_number="")
    return found


def names(client: Client, mixed: dict[str, Filed], query: str) -> set[str]:
    by_number = {one.number: name for name, one in mixed.items()}
    return {by_number[number] for number in shown(client, f"{LOG}?{query}")}


ALL = {"review", "merchant", "customer", "closed", "mine"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("status=closed", {"closed"}),
        ("status=pending_admin", {"merchant", "mine"}),
        ("status=pending_customer&type=late", set()),
        ("type=late", {"merchant"}),
        ("from=2025-05-09", {"closed", "mine"}),
        ("to=2025-05-07", {"review", "merchant"}),
        ("from=2025-05-07&to=2025-05-07", {"merchant"}),
        ("overdue=1", {"review"}),
        ("status=nonsense&type=nonsense&assignee=nonsense&from=x&overdue=7", ALL),
        ("assignee=none", ALL),
        ("assignee=me", set()),
    ],
)
def test_a_filter_finds_what_it_says(
    query: str, expected: set[str], client: Client, make: Make, mixed: dict[str, Filed]
) -> None:
    """S1-10."""
    sign_in(client, make.user("agent"))
    assert names(client, mixed, query) == expected


def test_a_day_begins_at_midnight_where_the_store_is(
    client: Client, make: Make, clock: Clock
) -> None:
    clock.set(clock.now.replace(hour=20, minute=59))  # 23:59 in Riyadh
    late = make.complaint().number
    clock.move(minutes=2)
    early = make.complaint().number
    sign_in(client, make.user("agent"))
    assert shown(client, f"{LOG}?from=2025-05-06&to=2025-05-06") == [late]
    assert shown(client, f"{LOG}?from=2025-05-07&to=2025-05-07") == [early]


def test_filters_by_person_find_mine_nobodys_and_a_colleagues(
    client: Client, make: Make, mixed: dict[str, Filed]
) -> None:
    me, colleague = make.user("agent"), make.user("agent")
    for name, user in (("mine", me), ("merchant", colleague)):
        ticket = db.session.get_one(Ticket, mixed[name].ticket.id)
        with transaction():
            tickets.assign(ticket, user.id, make.acting(me), now=make.clock())
    sign_in(client, me)
    assert names(client, mixed, "assignee=me") == {"mine"}
    assert names(client, mixed, f"assignee={colleague.id}") == {"merchant"}
    assert names(client, mixed, "assignee=none") == ALL - {"mine", "merchant"}


def test_the_platform_filters_by_store(client: Client, make: Make) -> None:
    noor, najd = make.complaint(), make.complaint(store=make.store("najd"))
    sign_in(client, make.user("platform_reviewer"))
    log = "/platform/complaints/"
    assert shown(client, f"{log}?store=najd") == [najd.number]
    assert shown(client, f"{log}?store=noor") == [noor.number]
    assert client.get(f"{log}?store=nonsense").status_code == 404


def arabic(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


@pytest.mark.parametrize(
    ("name", "typing"),
    [
        ("mine", lambda one: one.number),
        ("mine", lambda one: arabic(one.number)),
        ("mine", lambda one: one.number.replace("-", "").lower()),
        ("mine", lambda one: one.number[4:]),
        ("merchant", lambda _one: "badr"),
        ("merchant", lambda _one: "50%_"),
        ("closed", lambda _one: "القحطاني"),
        ("merchant", lambda one: one.email.upper()),
        ("customer", lambda _one: "A-77"),
        ("customer", lambda _one: "#A-77"),
        ("customer", lambda _one: "A-٧٧"),
    ],
)
def test_a_search_finds_by_number_name_address_and_order(
    name: str,
    typing: Callable[[Filed], str],
    client: Client,
    make: Make,
    mixed: dict[str, Filed],
) -> None:
    """S1-10; a number in any digits."""
    sign_in(client, make.user("agent"))
    page = client.get(LOG, query_string={"q": typing(mixed[name])})
    assert mixed[name].number in Page(page.text).text
    assert sum(one.number in page.text for one in mixed.values()) == 1


def test_a_search_does_not_reach_into_another_store(client: Client, make: Make) -> None:
    foreign = make.complaint(S.PENDING_ADMIN, make.store("najd"), name="Only Elsewhere")
    sign_in(client, make.user("agent"))
    for q in (foreign.number, "Elsewhere", foreign.email):
        assert foreign.number not in shown(client, f"{LOG}?q={q}")
        assert "No results found" in client.page(f"{LOG}?q={q}").text


def test_an_analyst_sees_initials_instead_of_names(client: Client, make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN, name="Sara Alqahtani", email="sara@example.com")
    sign_in(client, make.user("analyst"))
    for address in (LOG, f"{LOG}{filed.number}"):
        text = client.page(address).text
        assert "S. A." in text
        assert "Alqahtani" not in text
        assert "sara@example.com" not in text
        assert "+966551234567" not in text


def test_a_new_message_brings_a_complaint_to_the_top(
    client: Client, make: Make, clock: Clock
) -> None:
    first, second = make.complaint(S.PENDING_CUSTOMER), make.complaint(S.PENDING_CUSTOMER)
    sign_in(client, make.user("agent"))
    clock.move(hours=1)
    with transaction():
        ticket = db.session.get_one(Ticket, first.ticket.id)
        complaints.respond(ticket, "Still broken.", make.shopper(ticket), now=clock())
    assert shown(client) == [first.number, second.number]
