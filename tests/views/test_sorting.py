"""Priority and tags in the log, on the complaint and for several at once (S2-13, S2-43…S2-51, S2-95; pages 4.12)."""

import csv
import io

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import priorities, tags
from helpdesk.enums import EventKind, Priority, TicketStatus
from helpdesk.models import Event, Tag, Ticket
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Element, Page
from tests.views.steps import csrf, row_counts, sign_in, typed
from tests.views.test_list_page import walk
from tests.views.test_lists import LOG, shown
from tests.views.test_operations import KEYS, report
from tests.views.world import FOR_A_SCRIPT

S = TicketStatus
P = Priority
PLATFORM_LOG = "/platform/complaints/"


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(S.PENDING_ADMIN)


def prioritised(make: Make, priority: Priority, filed: Filed | None = None) -> Filed:
    """A complaint to which the platform gave this priority."""
    found = filed or make.complaint(S.PENDING_ADMIN)
    reviewer = make.actor("platform_reviewer")
    with transaction():
        ticket = db.session.get_one(Ticket, found.ticket.id)
        priorities.put(ticket, priority, reviewer, now=make.clock())
    return found


def tagged(make: Make, filed: Filed, *names: str) -> None:
    agent = make.actor("agent", filed.ticket.store)
    with transaction():
        tags.put(db.session.get_one(Ticket, filed.ticket.id), names, agent, now=make.clock())


def priority_of(filed: Filed) -> Priority:
    db.session.rollback()
    return db.session.get_one(Ticket, filed.ticket.id).priority


def tags_of(make: Make, filed: Filed) -> list[str]:
    db.session.rollback()
    ticket = db.session.get_one(Ticket, filed.ticket.id)
    return [tag.name for tag in tags.of(ticket, make.actor("agent", ticket.store))]


def chips(page: Page) -> list[Element]:
    return [one for one in page.root.all("a") if one.get("class") == "tag"]


# Priority


def test_the_priority_is_set_on_the_complaint_and_stands_in_its_heading_and_its_log(
    client: Client, make: Make, filed: Filed
) -> None:
    """S2-13, X-04."""
    sign_in(client, make.user("agent"))
    details = f"{LOG}{filed.number}"
    assert "pill-danger" not in client.get(details).text
    form = client.get(f"{details}/priority")
    assert typed(form, "Set priority")["priority"] == "normal"
    answer = client.submit(form, {"priority": "urgent"}, button="Set priority")
    assert answer.headers["Location"] == details
    page = client.get(details)
    assert "Urgent" in Page(page.text).text
    assert "pill-danger" in page.text
    assert "Priority: Normal → Urgent" in Page(page.text).text
    assert "Urgent" in client.page(f"{LOG}{filed.number}/preview", headers=FOR_A_SCRIPT).text
    assert priority_of(filed) is P.URGENT


@pytest.mark.parametrize("forged", ["", "critical", "URGENT", "0", "urgent,low", "\x00"])
def test_a_forged_priority_is_refused_in_a_sentence(
    forged: str, client: Client, make: Make, filed: Filed
) -> None:
    """S2-95."""
    sign_in(client, make.user("agent"))
    form = client.get(f"{LOG}{filed.number}/priority")
    refused = client.submit(form, {"priority": forged}, button="Set priority")
    assert refused.status_code == 422
    assert "Choose one of the four priorities" in Page(refused.text).text
    assert priority_of(filed) is P.NORMAL


def test_several_get_a_priority_at_once_and_the_report_says_which_did_not(
    client: Client, make: Make, filed: Filed
) -> None:
    closed = make.complaint(S.CLOSED)
    sign_in(client, make.user("store_manager"))
    page = client.get(f"{LOG}bulk/priority?key={filed.number}&key={closed.number}")
    refused = client.submit(page, button="Set priority")
    assert refused.status_code == 422, "nothing is chosen beforehand"
    said = report(client, client.submit(page, {"priority": "high"}, button="Set priority"))
    assert said.startswith("1 changed, 1 refused: ")
    assert (priority_of(filed), priority_of(closed)) == (P.HIGH, P.NORMAL)
    kind = Event.kind == EventKind.PRIORITY_SET
    facts = db.session.execute(select(Event.ticket_id, Event.was, Event.became).where(kind)).all()
    assert [tuple(one) for one in facts] == [(filed.ticket.id, "normal", "high")]


def test_the_log_stands_in_the_order_of_severity_forth_and_back(client: Client, make: Make) -> None:
    """S2-51: urgent, high, normal, low; and within each the oldest first, on every page once."""
    made = [prioritised(make, list(P)[number % 4]) for number in range(30)]
    worst_first = sorted(made, key=lambda one: (-list(P).index(priority_of(one)), one.ticket.id))
    expected = [one.number for one in worst_first]
    sign_in(client, make.user("agent"))
    forth = walk(client, f"{LOG}?sort=priority", "next")
    pages = [one for one in forth if one.startswith("/")]
    assert [one for one in forth if not one.startswith("/")] == expected
    assert len(pages) == 2
    back = walk(client, pages[-1], "prev")
    assert sorted(one for one in back if not one.startswith("/")) == sorted(expected)
    heading = next(
        one for one in client.page(f"{LOG}?sort=priority").root.all("th") if one.get("aria-sort")
    )
    assert (heading.text, heading.get("aria-sort")) == ("Priority", "ascending")


def test_a_row_s_place_does_not_tell_a_store_what_the_platform_made_of_it_before_forwarding(
    client: Client, make: Make, visitors: Visitors
) -> None:
    """S2-84: for the store it has no priority yet, and so no place in this order; the platform goes by it."""
    review = prioritised(make, P.URGENT, make.complaint())
    forwarded = [prioritised(make, one).number for one in (P.LOW, P.HIGH)][::-1]
    sign_in(client, make.user("agent"))
    assert shown(client, f"{LOG}?sort=priority") == forwarded
    assert set(shown(client, LOG)) == {review.number, *forwarded}
    offered = {one.get("value"): one.text for one in client.page(LOG).root.all("option")}
    assert offered["priority"].endswith("(only forwarded)")
    reviewer = visitors()
    sign_in(reviewer, make.user("platform_reviewer"))
    assert shown(reviewer, f"{PLATFORM_LOG}?sort=priority") == [review.number, *forwarded]


@pytest.mark.parametrize("cursor", ["9-1", f"{2**31}-1", "-1-1", "abc", "1-abc", "²-1"])
def test_a_cursor_that_nobody_wrote_shows_a_page_all_the_same(
    cursor: str, client: Client, make: Make, filed: Filed
) -> None:
    sign_in(client, make.user("agent"))
    for side in ("after", "before"):
        answer = client.get(LOG, query_string={"sort": "priority", side: cursor})
        assert answer.status_code == 200
    assert shown(client, f"{LOG}?sort=priority") == [filed.number]


def test_a_priority_filters_and_is_a_ready_view_for_the_store_alone(
    client: Client, make: Make, visitors: Visitors
) -> None:
    urgent = prioritised(make, P.URGENT)
    assigned = prioritised(make, P.URGENT)
    prioritised(make, P.HIGH)
    agent = make.user("agent")
    with transaction():
        db.session.get_one(Ticket, assigned.ticket.id).assignee_id = agent.id
    sign_in(client, make.user("agent"))
    assert set(shown(client, f"{LOG}?priority=urgent")) == {urgent.number, assigned.number}
    assert "Not understood" in client.page(f"{LOG}?priority=critical").text
    view = client.page(LOG).link("Urgent, unassigned")
    assert shown(client, view) == [urgent.number]
    admin = visitors()
    sign_in(admin, make.user("platform_admin"))
    page = admin.page(PLATFORM_LOG)
    assert "Urgent, unassigned" not in page.text
    assert len(shown(admin, f"{PLATFORM_LOG}?priority=urgent")) == 2


def test_before_forwarding_the_store_is_not_told_how_soon_the_platform_wants_to_look(
    client: Client, make: Make
) -> None:
    """Like its type, it is what the platform makes of the complaint."""
    review = prioritised(make, P.URGENT, make.complaint())
    sign_in(client, make.user("store_owner"))
    for address in (LOG, f"{LOG}{review.number}"):
        cells = [one.text for one in client.page(address).root.all("td", "p")]
        assert not [one for one in cells if "Urgent" in one and "unassigned" not in one], address
    assert shown(client, f"{LOG}?priority=urgent") == []


def test_an_export_has_the_priority_in_words(client: Client, make: Make) -> None:
    prioritised(make, P.HIGH)
    sign_in(client, make.user("store_owner"))
    file = client.submit(client.get(LOG), {"format": "csv"}, button="CSV", buffered=True)
    [row] = csv.DictReader(io.StringIO(file.get_data().decode("utf-8-sig")))
    assert row["Priority"] == "High"


# Tags


def test_tags_are_set_by_name_with_commas_and_lead_to_their_complaints(
    client: Client, make: Make, filed: Filed
) -> None:
    make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    details = f"{LOG}{filed.number}"
    form = client.get(f"{details}/tags")
    answer = client.submit(form, {"tags": "VIP, wholesale، فخم"}, button="Tag")
    assert answer.headers["Location"] == details
    page = client.page(details)
    assert [one.text for one in chips(page)] == ["VIP", "wholesale", "فخم"]
    assert "Tags: VIP, wholesale, فخم" in page.text
    assert shown(client, chips(page)[0].get("href")) == [filed.number]
    again = client.get(f"{details}/tags")
    assert typed(again, "Tag")["tags"] == "VIP, wholesale, فخم"
    client.submit(again, {"tags": "wholesale"}, button="Tag")
    assert tags_of(make, filed) == ["wholesale"]
    preview = client.page(f"{details}/preview", headers=FOR_A_SCRIPT)
    assert "wholesale" in preview.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("t" * 41, "40 characters at the most"),
        (",".join(str(one) for one in range(11)), "10 tags at the most"),
    ],
)
def test_refused_tags_change_nothing_and_stay_in_the_field(
    text: str, said: str, client: Client, make: Make, filed: Filed
) -> None:
    tagged(make, filed, "VIP")
    sign_in(client, make.user("agent"))
    form = client.get(f"{LOG}{filed.number}/tags")
    refused = client.submit(form, {"tags": text}, button="Tag")
    assert refused.status_code == 422
    assert said in Page(refused.text).text
    assert typed(refused, "Tag")["tags"] == text
    assert tags_of(make, filed) == ["VIP"]


def test_several_are_given_a_tag_beside_their_own(client: Client, make: Make, filed: Filed) -> None:
    full = make.complaint(S.PENDING_ADMIN)
    tagged(make, filed, "old")
    tagged(make, full, *(str(one) for one in range(10)))
    sign_in(client, make.user("agent"))
    page = client.get(f"{LOG}bulk/tags?key={filed.number}&key={full.number}")
    assert typed(page, "Tag")["tags"] == ""
    said = report(client, client.submit(page, {"tags": "new"}, button="Tag"))
    assert said.startswith("1 changed, 1 refused: A complaint can have 10 tags at the most")
    assert tags_of(make, filed) == ["new", "old"]
    assert len(tags_of(make, full)) == 10


def test_the_platform_and_another_store_see_no_tag_anywhere(
    client: Client, make: Make, filed: Filed, visitors: Visitors
) -> None:
    """X-01: a store's own words about its work."""
    tagged(make, filed, "canarytag")
    tag_id = db.session.scalars(select(Tag.id)).one()
    sign_in(client, make.user("analyst"))
    assert "canarytag" in client.get(f"{LOG}{filed.number}").text
    admin, stranger = visitors(), visitors()
    sign_in(admin, make.user("platform_admin"))
    sign_in(stranger, make.user("agent", make.store("najd")))
    details = f"{PLATFORM_LOG}noor/{filed.number}"
    for address in (
        PLATFORM_LOG,
        details,
        f"{details}?show=events",
        f"{PLATFORM_LOG}?tag={tag_id}",
    ):
        assert "canarytag" not in admin.get(address).text, address
    assert shown(admin, f"{PLATFORM_LOG}?tag={tag_id}") == [filed.number], "it filters nothing"
    najd = "/desk/najd/complaints/"
    assert "canarytag" not in stranger.get(f"{najd}?tag={tag_id}").text
    assert stranger.get(f"{najd}lookup/tag?q=canary").json == []
    assert admin.get(f"{PLATFORM_LOG}lookup/tag?q=canary").status_code == 404
    assert client.get(f"{LOG}lookup/tag?q=ANARY").json == [
        {"value": str(tag_id), "text": "canarytag"}
    ]


def test_looking_at_the_forms_writes_nothing(client: Client, make: Make, filed: Filed) -> None:
    tagged(make, filed, "VIP")
    sign_in(client, make.user("agent"))
    before = row_counts()
    for word in ("priority", "tags"):
        client.page(f"{LOG}{filed.number}/{word}")
        client.page(f"{LOG}bulk/{word}?key={filed.number}")
    assert row_counts() == before


def test_a_repeated_post_sets_tags_once(client: Client, make: Make, filed: Filed) -> None:
    """X-10."""
    sign_in(client, make.user("agent"))

    def post(names: str, key: str) -> TestResponse:
        data = {"csrf_token": csrf(client), "idempotency": key, "tags": names}
        return client.post(f"{LOG}{filed.number}/tags", data=data)

    key = f"tags{next(KEYS)}"
    assert post("first", key).status_code == 303
    assert post("second", key).status_code == 303
    assert tags_of(make, filed) == ["first"]
