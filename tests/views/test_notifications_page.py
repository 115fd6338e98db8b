"""The bell and its page: what this person was told here, what is new in it, and what reading it changes."""

import re
from typing import Any

import pytest
from flask import Flask, template_rendered
from sqlalchemy import delete, select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import notices, timeline
from helpdesk.domain.permissions import SYSTEM
from helpdesk.enums import EventKind, TicketStatus
from helpdesk.models import Membership, Notification, Store, User
from tests.domain.test_notices import tell, unread
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.views.steps import Deliver, csrf, link, sign_in, statements

S = TicketStatus
PAGE = "/desk/noor/notifications/"
PLATFORM = "/platform/notifications/"


@pytest.fixture
def agent(make: Make) -> User:
    return make.user(store=make.store())


@pytest.fixture
def filed(make: Make, agent: User, deliver: Deliver, mailbox: Mailbox) -> Filed:
    """A complaint that the agent was told of."""
    assert agent
    found = make.complaint(S.PENDING_ADMIN)
    deliver()
    mailbox.take()
    return found


def bell(client: Client, address: str) -> dict[str, Any]:
    """What the page's frame knows of the bell."""
    seen: list[dict[str, Any]] = []

    def note(_app: Flask, context: dict[str, Any], **_more: object) -> None:
        if "frame" in context:
            seen.append(context["frame"]["bell"])

    with template_rendered.connected_to(note, client.application):
        client.page(address)
    return seen[-1]


def only_id() -> int:
    db.session.rollback()
    return db.session.scalars(select(Notification.id)).one()


def address_of(notice_id: int, page: str = PAGE) -> str:
    return f"{page}{notice_id}/open"


def many(make: Make, user: User, place: Store, count: int) -> None:
    for serial in range(count):
        tell_of(make, user, place, f"CMP-{serial}")


def tell_of(make: Make, user: User, place: Store, number: str) -> int:
    """A notice that can be shown."""
    key = f"page:{next(make.serial)}"
    facts = {"number": number, "store": {"en": "Noor", "ar": "نور"}, "type": "late", "due_at": None}
    with transaction():
        notices.tell(
            user.id,
            place,
            "complaint_forwarded",
            about=f"{place.slug}/{number}",
            facts=facts,
            event_id=None,
            dedup_key=key,
            now=make.clock(),
        )
    return db.session.scalars(select(Notification.id).where(Notification.dedup_key == key)).one()


def numbers(text: str) -> list[str]:
    return re.findall(r"Complaint (CMP-\d+) ", text)


def test_an_empty_page_says_what_will_appear(client: Client, agent: User) -> None:
    sign_in(client, agent)
    page = client.page(PAGE)
    assert "Nothing to tell you yet" in page.text
    assert "replies of customers" in page.text
    assert "Mark all as read" not in page.text
    assert bell(client, PAGE) == {
        "url": PAGE,
        "count": 0,
        "label": "Notifications",
        "active": True,
    }


def test_a_notice_says_what_when_and_leads_to_its_complaint(
    client: Client, agent: User, filed: Filed, make: Make
) -> None:
    make.clock.move(hours=3)
    sign_in(client, agent)
    text = client.get(PAGE).text
    assert f'href="/desk/noor/complaints/{filed.number}"' in text
    assert f"Complaint {filed.number} (Damaged or wrong item) waits for your answer." in text
    assert "3 hours ago" in text
    assert 'title="06 May 2025' in text
    assert "Unread" in text
    found = bell(client, "/desk/noor/")
    assert (found["count"], found["label"]) == (1, "Notifications: 1 unread")
    assert not found["active"]


def test_opening_a_complaint_marks_what_was_told_about_it_to_this_person(
    client: Client, visitors: Visitors, make: Make, agent: User, filed: Filed
) -> None:
    """Decision 3: nobody else's notices, none about others, and nothing is written a second time."""
    colleague = make.user()
    theirs = tell(make, colleague, make.store(), about=f"noor/{filed.number}")
    elsewhere = tell(make, agent, make.store("najd"), about=f"noor/{filed.number}")
    another = tell(make, agent, make.store(), about="noor/CMP-1")
    sign_in(client, agent)
    assert bell(client, "/desk/noor/")["count"] == 2
    assert bell(client, f"/desk/noor/complaints/{filed.number}")["count"] == 1
    assert unread() == {theirs, elsewhere, another}
    with statements(client.application) as seen:
        client.page(f"/desk/noor/complaints/{filed.number}")
    assert not [one for one in seen if one.startswith(("UPDATE", "INSERT", "DELETE"))]
    other = visitors()
    sign_in(other, colleague)
    other.page(f"/desk/noor/complaints/{filed.number}")
    assert unread() == {elsewhere, another}


def test_opening_a_complaint_in_arabic_digits_marks_it_too(
    client: Client, agent: User, filed: Filed
) -> None:
    sign_in(client, agent)
    digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    client.page(f"/desk/noor/complaints/{filed.number.translate(digits)}")
    assert unread() == set()


def test_looking_at_the_notices_alone_marks_nothing(
    client: Client, agent: User, filed: Filed
) -> None:
    sign_in(client, agent)
    assert filed
    for _ in range(2):
        assert "Unread" in client.get(PAGE).text
    assert unread() == {only_id()}


def test_all_are_marked_as_read_at_once_but_for_what_came_meanwhile(
    client: Client, agent: User, filed: Filed, make: Make
) -> None:
    assert filed
    noor = make.store()
    tell_of(make, agent, noor, "CMP-2")
    theirs = tell(make, make.user(), noor)
    elsewhere = tell(make, agent, make.store("najd"))
    sign_in(client, agent)
    page = client.get(PAGE)
    later = tell_of(make, agent, noor, "CMP-3")
    answer = client.submit(page, button="Mark all as read")
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert unread() == {theirs, elsewhere, later}
    assert "Your notifications are marked as read." in client.get(PAGE).text
    client.submit(page, button="Mark all as read")
    assert unread() == {theirs, elsewhere, later}
    client.submit(client.get(PAGE), button="Mark all as read")
    assert unread() == {theirs, elsewhere}
    assert "Unread" not in client.get(PAGE).text


def test_a_forged_number_of_the_newest_notice_is_no_fault(
    client: Client, agent: User, filed: Filed
) -> None:
    assert filed
    sign_in(client, agent)
    page = client.get(PAGE)
    for last_seen in ("", "abc", "-1"):
        client.submit(page, {"last_seen": last_seen}, button="Mark all as read")
    assert unread() == {only_id()}
    client.submit(client.get(PAGE), {"last_seen": "9" * 18}, button="Mark all as read")
    assert unread() == set()


def test_a_digest_is_followed_by_its_button_and_is_read_then(
    client: Client, make: Make, mailbox: Mailbox
) -> None:
    """Without JavaScript: there is no complaint whose page would mark it."""
    reviewer = make.user("platform_reviewer")
    make.complaint()
    make.complaint(store=make.store("najd"))
    make.clock.move(minutes=15)
    jobs.minutely(make.clock)
    mailbox.take()
    sign_in(client, reviewer)
    assert bell(client, "/platform/")["label"] == "Notifications: 1 unread"
    page = client.get(PLATFORM)
    answer = client.submit(page, button="2 new complaints to review: Noor and Najd.")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/platform/complaints/?status=under_platform_review"
    assert client.get(answer.headers["Location"]).status_code == 200
    assert unread() == set()
    again = client.submit(page, button="2 new complaints to review: Noor and Najd.")
    assert again.headers["Location"] == answer.headers["Location"]


@pytest.mark.parametrize(("role", "place"), [("agent", "desk/noor"), ("tech_support", "platform")])
def test_a_finished_export_leads_to_the_exports_of_its_place(
    client: Client, make: Make, deliver: Deliver, role: str, place: str
) -> None:
    user = make.user(role)
    store = make.platform() if place == "platform" else make.store()
    with transaction():
        data = {"export_id": 1, "user_id": user.id, "list": "complaints"}
        timeline.record(EventKind.EXPORT_FINISHED, SYSTEM, store, now=make.clock(), data=data)
    deliver()
    sign_in(client, user)
    page = client.get(f"/{place}/notifications/")
    answer = client.submit(page, button="Your list is ready to download.")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/{place}/exports/")
    assert unread() == set()


def test_somebody_elses_notice_cannot_be_followed(client: Client, make: Make, agent: User) -> None:
    """X-01: not a colleague's, not one's own of another place, not one that does not exist."""
    colleague, najd = make.user(), make.store("najd")
    theirs = tell_of(make, colleague, make.store(), "CMP-1")
    elsewhere = tell_of(make, agent, najd, "CMP-1")
    mine = tell_of(make, agent, make.store(), "CMP-2")
    sign_in(client, agent)
    assert "CMP-1" not in client.get(PAGE).text
    for wrong in (theirs, elsewhere, 2**31 - 1, 2**31, 2**70):
        answer = client.post(address_of(wrong), data={"csrf_token": csrf(client)})
        assert answer.status_code == 404
    assert unread() == {theirs, elsewhere, mine}


@pytest.mark.parametrize("address", [PAGE, PLATFORM])
def test_fifty_notices_are_two_pages(client: Client, make: Make, address: str) -> None:
    user = make.user("agent" if address == PAGE else "platform_reviewer")
    many(make, user, make.store() if address == PAGE else make.platform(), 50)
    sign_in(client, user)
    first = client.page(address)
    second = client.page(link(first, "Next page"))
    assert numbers(first.text) == [f"CMP-{n}" for n in range(49, 24, -1)]
    assert numbers(second.text) == [f"CMP-{n}" for n in range(24, -1, -1)]
    assert client.page(link(second, "Previous page")).text == first.text
    assert "Previous page" not in first.text
    assert "Next page" not in second.text


@pytest.mark.parametrize("query", ["before=abc", "after=-1", f"before={2**31}", f"after={9**99}"])
def test_an_address_that_marks_no_notice_shows_the_newest(
    client: Client, agent: User, filed: Filed, query: str
) -> None:
    sign_in(client, agent)
    assert filed.number in client.get(f"{PAGE}?{query}").text


def test_each_place_of_work_has_its_own_bell(client: Client, make: Make, agent: User) -> None:
    """Membership by membership: nothing of the desk is counted on the platform's pages, and the other way round."""
    platform, noor = make.platform(), make.store()
    reviewer = make.user("platform_reviewer")
    with transaction():
        role = db.session.scalars(
            select(Membership.role_id).where(Membership.user_id == agent.id)
        ).one()
        both = {"user_id": reviewer.id, "store_id": noor.id}
        db.session.add(Membership(**both, role_id=role, created_at=make.clock()))
    many(make, reviewer, platform, 2)
    tell_of(make, reviewer, noor, "CMP-7")
    sign_in(client, reviewer)
    assert (bell(client, "/platform/")["count"], bell(client, "/desk/noor/")["count"]) == (2, 1)
    assert "CMP-7" not in client.get(PLATFORM).text
    client.submit(client.get(PLATFORM), button="Mark all as read")
    assert (bell(client, "/platform/")["count"], bell(client, "/desk/noor/")["count"]) == (0, 1)


def test_who_does_not_work_there_any_more_is_shown_nothing(
    client: Client, make: Make, agent: User, filed: Filed
) -> None:
    assert filed
    sign_in(client, agent)
    make.user()
    with transaction() as session:
        session.execute(delete(Membership).where(Membership.user_id == agent.id))
    assert client.get(PAGE).status_code == 404


def test_a_full_bell_says_so(client: Client, make: Make, agent: User) -> None:
    many(make, agent, make.store(), 101)
    sign_in(client, agent)
    found = bell(client, "/desk/noor/")
    assert (found["count"], found["label"]) == (100, "Notifications: more than 99 unread")


def test_the_bell_asks_the_database_once_a_page(client: Client, make: Make, agent: User) -> None:
    many(make, agent, make.store(), 30)
    sign_in(client, agent)
    client.page("/desk/noor/")
    with statements(client.application) as seen:
        client.page("/desk/noor/")
    assert len([one for one in seen if "notification" in one]) == 1


def test_a_full_page_asks_no_more_than_a_short_one(client: Client, make: Make, agent: User) -> None:
    sign_in(client, agent)
    counts = []
    for wanted in (3, 22):
        many(make, agent, make.store(), wanted)
        client.page(PAGE)
        with statements(client.application) as seen:
            client.page(PAGE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_deliveries_name_the_channel(client: Client, make: Make, filed: Filed) -> None:
    """X-05."""
    assert filed
    sign_in(client, make.user("store_manager"))
    text = client.get("/desk/noor/deliveries/").text
    assert "In-app" in text
    assert "E-mail" in text
