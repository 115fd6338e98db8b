"""Urgent complaints that nobody has taken up stand above the log and on the first page (C48, S2-88)."""

import pytest

from helpdesk import jobs
from helpdesk.db import transaction
from helpdesk.domain import priorities
from helpdesk.enums import Priority, TicketStatus
from helpdesk.models import Ticket
from tests.domain.notices import assign
from tests.fixtures.client import Client
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.steps import sign_in

S = TicketStatus
STORE = "Nobody is responsible for 2 urgent complaints."
OURS = "1 urgent complaint waits for your review."


def hurry(make: Make, status: S, store: str = "noor") -> Ticket:
    ticket, reviewer = (
        make.complaint(status, make.store(store)).ticket,
        make.actor("platform_reviewer"),
    )
    with transaction():
        priorities.put(ticket, Priority.URGENT, reviewer, now=make.clock())
    return ticket


@pytest.fixture
def urgent(make: Make) -> list[Ticket]:
    """Two that `noor` should hand out, one that the platform should review, and one of another store."""
    found = [
        hurry(make, status)
        for status in (S.PENDING_ADMIN, S.PENDING_CUSTOMER, S.UNDER_PLATFORM_REVIEW)
    ]
    return [*found, hurry(make, S.PENDING_ADMIN, "najd")]


@pytest.mark.parametrize("page", ["", "complaints/"])
@pytest.mark.parametrize(
    ("role", "place", "text"),
    [
        ("store_owner", "desk/noor", STORE),
        ("store_manager", "desk/noor", STORE),
        ("agent", "desk/noor", ""),
        ("analyst", "desk/noor", ""),
        ("platform_admin", "platform", OURS),
        ("platform_reviewer", "platform", OURS),
    ],
)
def test_it_is_said_to_those_who_oversee_the_team_and_to_nobody_else(
    client: Client, make: Make, urgent: list[Ticket], role: str, place: str, page: str, text: str
) -> None:
    assert urgent
    sign_in(client, make.user(role))
    shown = client.page(f"/{place}/{page}").text
    assert text in shown
    assert ("urgent complaint" in shown) is bool(text)


def test_nothing_is_said_where_nothing_waits(client: Client, make: Make) -> None:
    owner = make.user("store_owner")
    ticket = hurry(make, S.PENDING_ADMIN)
    sign_in(client, owner)
    assert "for 1 urgent complaint." in client.page("/desk/noor/").text
    assign(make, ticket, make.user("agent"), owner)
    assert "urgent complaint" not in client.page("/desk/noor/").text
    assert "urgent complaint" not in client.page("/desk/noor/complaints/").text


@pytest.mark.parametrize(
    ("role", "home", "action", "view", "wanted"),
    [
        ("store_owner", "/desk/noor/", "Assign somebody", "Urgent, unassigned", {0, 1}),
        ("platform_reviewer", "/platform/", "Review", "Urgent, to review", {2}),
    ],
)
def test_it_leads_to_the_view_that_lists_just_these(
    client: Client,
    make: Make,
    urgent: list[Ticket],
    role: str,
    home: str,
    action: str,
    view: str,
    wanted: set[int],
) -> None:
    """S2-88: and the view is there without the banner too."""
    make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user(role))
    link = client.page(home).link(action)
    chip = client.page(f"{home}complaints/").link(view)
    assert chip.partition("?")[2] == link.partition("?")[2]
    page = client.page(link)
    shown = {number for number in range(4) if urgent[number].number in page.text}
    assert shown == wanted


def test_a_page_that_is_narrowed_to_a_store_counts_that_stores_reviews(
    client: Client, make: Make, urgent: list[Ticket]
) -> None:
    """X-02."""
    assert urgent
    hurry(make, S.UNDER_PLATFORM_REVIEW, "najd")
    sign_in(client, make.user("platform_reviewer"))
    assert "2 urgent complaints wait" in client.page("/platform/").text
    narrowed = client.page("/platform/?store=najd")
    assert "1 urgent complaint waits" in narrowed.text
    assert "store=najd" in narrowed.link("Review")


@pytest.mark.parametrize(
    ("role", "place"), [("store_owner", "/desk/noor/"), ("platform_reviewer", "/platform/")]
)
def test_the_notice_in_the_app_leads_to_the_same_view(
    client: Client, make: Make, urgent: list[Ticket], mailbox: Mailbox, role: str, place: str
) -> None:
    assert urgent
    person = make.user(role)
    make.clock.move(hours=1, minutes=1)
    jobs.minutely(make.clock)
    mailbox.take()
    sign_in(client, person)
    notices = client.get(f"{place}notifications/")
    assert "not been taken up by anybody" in Page(notices.text).text
    view = client.page(place).link("Assign somebody" if role == "store_owner" else "Review")
    (notice,) = [
        one.text for one in Page(notices.text).root.all("button") if "taken up" in one.text
    ]
    assert client.submit(notices, button=notice).headers["Location"] == view
