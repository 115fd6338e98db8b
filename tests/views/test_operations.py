"""Actions on several rows at once: an honest report, one effect, and no way around a rule (pages 4.12; X-01, X-10)."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import review, tickets
from helpdesk.enums import DeliveryStatus, EventKind, TicketStatus
from helpdesk.models import Delivery, Event, Ticket
from tests.fixtures.client import Client
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.seeds import IDS, TECHNICAL
from tests.views.steps import Deliver, csrf, row_counts, sign_in
from tests.views.test_lists import LOG, shown

S = TicketStatus
D = DeliveryStatus
PLATFORM_LOG = "/platform/complaints/"
DELIVERIES = "/desk/noor/deliveries/"
HTMX = {"HX-Request": "true"}
KEYS = count()


def post(client: Client, address: str, keys: list[str], **values: Any) -> TestResponse:
    token = {"csrf_token": csrf(client), "idempotency": f"bulk{next(KEYS)}"}
    headers = values.pop("headers", None)
    return client.post(address, data=token | {"key": keys} | values, headers=headers)


def report(client: Client, response: TestResponse) -> str:
    """The sentence that the next page says."""
    assert response.status_code == 303, response.status
    [flash] = [
        one.text
        for one in client.page(response.headers["Location"]).root.all("div")
        if one.get("class") == "flashes"
    ]
    return flash


def recorded(kind: EventKind) -> list[int | None]:
    """The tickets of these events, in their order."""
    db.session.rollback()
    query = select(Event.ticket_id).where(Event.kind == kind).order_by(Event.id)
    return list(db.session.scalars(query))


def assignees(*filed: Filed) -> list[int | None]:
    return [one.assignee_id for one in now(*filed)]


def statuses(*filed: Filed) -> list[S]:
    return [one.status for one in now(*filed)]


def now(*filed: Filed) -> list[Ticket]:
    db.session.rollback()
    db.session.expire_all()
    return [db.session.get_one(Ticket, one.ticket.id) for one in filed]


def test_several_are_assigned_at_once_and_each_is_written_down(client: Client, make: Make) -> None:
    """X-04."""
    first, second = make.complaint(S.PENDING_ADMIN), make.complaint(S.PENDING_CUSTOMER)
    untouched, person = make.complaint(S.PENDING_ADMIN), make.user("agent")
    sign_in(client, make.user("store_manager"))
    keys = [first.number, second.number]
    page = client.get(f"{LOG}bulk/assign", query_string={"key": keys})
    assert page.status_code == 200
    assert all(key in Page(page.text).text for key in keys)
    assert untouched.number not in page.text
    answer = client.submit(page, {"assignee": str(person.id)}, button="Assign")
    assert report(client, answer) == "2 changed"
    assert assignees(first, second, untouched) == [person.id, person.id, None]
    assert sorted(map(int, filter(None, recorded(EventKind.TICKET_ASSIGNED)))) == sorted(
        [first.ticket.id, second.ticket.id]
    )


def test_what_is_refused_leaves_no_trace_while_the_others_change(
    client: Client, make: Make
) -> None:
    """Reasons are grouped, each with how many it stopped."""
    good, also = make.complaint(S.PENDING_ADMIN), make.complaint(S.PENDING_CUSTOMER)
    closed = [make.complaint(S.CLOSED) for _ in range(2)]
    review, person = make.complaint(), make.user("agent")
    everyone = (good, *closed, review, also)
    before = [(one.assignee_id, one.status) for one in now(*closed, review)]
    sign_in(client, make.user("agent"))
    answer = post(
        client, f"{LOG}bulk/assign", [one.number for one in everyone], assignee=str(person.id)
    )
    said = report(client, answer)
    assert said.startswith("2 changed, ")
    assert "2 refused: This complaint is closed and stays closed (CMP-" in said
    assert "1 refused: You do not have permission to do this" in said
    assert assignees(good, also) == [person.id, person.id]
    assert [(one.assignee_id, one.status) for one in now(*closed, review)] == before
    assert len(recorded(EventKind.TICKET_ASSIGNED)) == 2


def test_the_page_says_beforehand_to_which_it_cannot_be_done(client: Client, make: Make) -> None:
    good, closed = make.complaint(S.PENDING_ADMIN), make.complaint(S.CLOSED)
    sign_in(client, make.user("agent"))
    page = client.page(f"{LOG}bulk/assign?key={good.number}&key={closed.number}")
    rows = [one.text for one in page.root.all("li") if "CMP-" in one.text]
    waiting = f"{good.number} Sara O'Connor · Waiting for Merchant Response"
    ended = f"{closed.number} Sara O'Connor · Closed This cannot be done to it now."
    assert sorted(rows) == sorted([waiting, ended])


def test_several_are_forwarded_at_once_also_of_two_stores(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    noor, najd = make.complaint(), make.complaint(store=make.store("najd"))
    done = make.complaint(S.PENDING_CUSTOMER)
    sign_in(client, make.user("platform_reviewer"))
    keys = [f"noor/{noor.number}", f"najd/{najd.number}", f"noor/{done.number}"]
    page = client.get(f"{PLATFORM_LOG}bulk/forward", query_string={"key": keys})
    answer = client.submit(page, {"note": "Kindly"}, button="Forward to merchant")
    said = report(client, answer)
    assert said.startswith("2 changed, 1 refused: ")
    assert statuses(noor, najd, done) == [S.PENDING_ADMIN, S.PENDING_ADMIN, S.PENDING_CUSTOMER]
    forwarded = recorded(EventKind.COMPLAINT_FORWARDED)
    assert {noor.ticket.id, najd.ticket.id, done.ticket.id} == set(forwarded)
    assert len(forwarded) == 3, "one each, the third from long before"
    deliver()
    mailbox.take()


def test_a_repeated_post_gets_the_same_report_and_has_no_second_effect(
    client: Client, make: Make
) -> None:
    """X-10."""
    first, closed = make.complaint(S.PENDING_ADMIN), make.complaint(S.CLOSED)
    person, other = make.user("agent"), make.user("agent")
    sign_in(client, make.user("agent"))
    page = client.get(f"{LOG}bulk/assign?key={first.number}&key={closed.number}")
    said = []
    for who in (person, other):
        answer = client.submit(page, {"assignee": str(who.id)}, button="Assign")
        said.append(report(client, answer))
    assert said[0] == said[1]
    assert said[0].startswith("1 changed, 1 refused: ")
    assert assignees(first) == [person.id]
    assert len(recorded(EventKind.TICKET_ASSIGNED)) == 1


def test_a_form_that_does_not_read_changes_nothing_and_keeps_what_was_chosen(
    client: Client, make: Make
) -> None:
    first, second = make.complaint(), make.complaint()
    sign_in(client, make.user("platform_reviewer"))
    keys = [f"noor/{one.number}" for one in (first, second)]
    before = row_counts()
    answer = post(client, f"{PLATFORM_LOG}bulk/forward", keys, note="n" * 1001)
    assert answer.status_code == 422
    data = Page(answer.text).form("Forward to merchant").data
    assert sorted(data["key"]) == sorted(keys)
    assert data["note"][0].strip() == "n" * 1001
    assert row_counts() == before
    assert statuses(first, second) == [S.UNDER_PLATFORM_REVIEW] * 2


def test_nobody_is_chosen_beforehand_for_several(client: Client, make: Make) -> None:
    """One press on an unread page must not hand over what others were working on."""
    person = make.user("agent")
    mine, other = make.complaint(S.PENDING_ADMIN), make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    post(client, f"{LOG}bulk/assign", [mine.number], assignee=str(person.id))
    keys = [mine.number, other.number]
    form = client.get(f"{LOG}bulk/assign", query_string={"key": keys})
    refused = client.submit(form, button="Assign")
    assert refused.status_code == 422
    assert "Choose who is responsible." in Page(refused.text).text
    assert assignees(mine, other) == [person.id, None]


def test_a_report_names_what_it_left_alone_unless_that_is_a_list(
    client: Client, make: Make
) -> None:
    """Nobody should have to look through a page for the one that did not change."""
    few = make.complaint(S.CLOSED)
    many = [make.complaint(S.CLOSED) for _ in range(5)]
    good = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    told = report(client, post(client, f"{LOG}bulk/assign", [few.number, good.number], assignee=""))
    why = "This complaint is closed and stays closed"
    assert told == f"1 changed, 1 refused: {why} ({few.number})"
    keys = [one.number for one in (few, *many)]
    told = report(client, post(client, f"{LOG}bulk/assign", keys, assignee=""))
    assert told == f"0 changed, 6 refused: {why}"


def test_an_assignee_of_another_store_is_refused_for_every_row(client: Client, make: Make) -> None:
    """X-01."""
    first, stranger = make.complaint(S.PENDING_ADMIN), make.user("agent", make.store("najd"))
    sign_in(client, make.user("agent"))
    before = row_counts(without="idempotency_key")
    for typed in (str(stranger.id), "abc", str(2**63), "-1", "0"):
        answer = post(client, f"{LOG}bulk/assign", [first.number], assignee=typed)
        assert report(client, answer).startswith("0 changed, 1 refused: "), typed
    assert assignees(first) == [None]
    assert row_counts(without="idempotency_key") == before


def test_keys_of_another_store_missing_or_garbage_change_nothing(
    client: Client, make: Make
) -> None:
    """X-01: another store's complaint is reported like one that does not exist, and never named."""
    own = make.complaint(S.PENDING_ADMIN)
    foreign = make.complaint(S.PENDING_ADMIN, make.store("najd"), name="Only Elsewhere")
    person = make.user("agent")
    sign_in(client, make.user("agent"))
    bad = [foreign.number, f"najd/{foreign.number}", "CMP-0000-0000", "", "\x00", "../x", *IDS]
    for key in bad:
        for keys in ([key], [own.number, key]):
            page = client.get(f"{LOG}bulk/assign", query_string={"key": keys})
            assert page.status_code in {200, 303}, key
            assert foreign.number not in page.text
            assert "Only Elsewhere" not in page.text
            assert not [word for word in TECHNICAL if word in page.text]
    before = row_counts()
    answer = post(client, f"{LOG}bulk/assign", bad, assignee=str(person.id))
    assert report(client, answer) == "Choose at least one row first."
    assert row_counts() == before
    mixed = post(client, f"{LOG}bulk/assign", [own.number, *bad[:5]], assignee=str(person.id))
    said = report(client, mixed)
    assert said == "1 changed, 5 refused: It is not there (any more)"
    assert assignees(own, foreign) == [person.id, None]


@pytest.mark.parametrize("keys", [[], ["0"], ["CMP-1234-5674"]])
def test_nothing_chosen_is_told_in_a_sentence(keys: list[str], client: Client, make: Make) -> None:
    make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    before = row_counts()
    asked = client.get(f"{LOG}bulk/assign", query_string={"key": keys})
    assert report(client, asked) == "Choose at least one row first."
    sent = post(client, f"{LOG}bulk/assign", keys, assignee="")
    assert report(client, sent) == "Choose at least one row first."
    assert row_counts() == before


def test_five_hundred_keys_are_no_fault_and_a_hundred_are_looked_at(
    client: Client, make: Make
) -> None:
    own, person = make.complaint(S.PENDING_ADMIN), make.user("agent")
    sign_in(client, make.user("agent"))
    keys = [own.number, *(f"ZZZ-{n}" for n in range(500))]
    answer = post(client, f"{LOG}bulk/assign", keys, assignee=str(person.id))
    assert report(client, answer) == "1 changed, 99 refused: It is not there (any more)"
    assert assignees(own) == [person.id]


def test_one_complaint_written_in_two_ways_is_one(client: Client, make: Make) -> None:
    """X-07: the same number in other digits is the same complaint."""
    own, person = make.complaint(S.PENDING_ADMIN), make.user("agent")
    sign_in(client, make.user("agent"))
    keys = [own.number, own.number, own.number.lower(), own.number.replace("-", "")]
    answer = post(client, f"{LOG}bulk/assign", keys, assignee=str(person.id))
    assert report(client, answer) == "1 changed"
    assert len(recorded(EventKind.TICKET_ASSIGNED)) == 1


@pytest.mark.parametrize("word", ["close", "accept", "closed", "reply", "ask", "nonsense", "%00"])
@pytest.mark.parametrize(("role", "log"), [("store_owner", LOG), ("platform_admin", PLATFORM_LOG)])
def test_nobody_closes_several_by_any_name(
    word: str, role: str, log: str, client: Client, make: Make
) -> None:
    """Security, 3: only the customer closes a complaint."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    key = filed.number if log == LOG else f"noor/{filed.number}"
    sign_in(client, make.user(role))
    before = row_counts()
    assert client.get(f"{log}bulk/{word}?key={key}").status_code == 404
    answer = post(client, f"{log}bulk/{word}", [key], status="closed", text="x", code="000000")
    assert answer.status_code == 404
    assert statuses(filed) == [S.PENDING_CUSTOMER]
    assert row_counts() == before
    buttons = {one.text for one in client.page(log).root.all("button")}
    assert not [one for one in buttons if "close" in one.lower()]


def test_whoever_may_not_is_not_offered_it_and_is_refused(client: Client, make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("analyst"))
    assert "Assign" not in {one.text for one in client.page(LOG).root.all("button")}
    before = row_counts()
    assert client.get(f"{LOG}bulk/assign?key={filed.number}").status_code == 403
    assert post(client, f"{LOG}bulk/assign", [filed.number], assignee="").status_code == 403
    assert row_counts() == before


def test_the_pages_of_one_store_do_not_change_another_stores_rows(
    client: Client, make: Make
) -> None:
    """X-02: narrowed to noor, the platform's bulk action does not see najd."""
    noor, najd = make.complaint(), make.complaint(store=make.store("najd"))
    sign_in(client, make.user("platform_reviewer"))
    keys = [f"noor/{noor.number}", f"najd/{najd.number}"]
    address = f"{PLATFORM_LOG}bulk/forward"
    shown_page = client.get(address, query_string={"store": "noor", "key": keys})
    listed = {one.text for one in Page(shown_page.text).root.all("li")}
    assert [one for one in listed if noor.number in one]
    assert not [one for one in listed if najd.number in one]
    answer = post(client, f"{address}?store=noor", keys, note="")
    assert report(client, answer) == "1 changed, 1 refused: It is not there (any more)"
    assert statuses(noor, najd) == [S.PENDING_ADMIN, S.UNDER_PLATFORM_REVIEW]


# Asked by a script


def test_a_dialog_gets_its_part_of_the_page_alone(client: Client, make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    for address in (
        f"{LOG}{filed.number}/assign",
        f"{LOG}{filed.number}/preview",
        f"{LOG}bulk/assign?key={filed.number}",
    ):
        page = client.get(address, headers=HTMX)
        assert page.status_code == 200, address
        assert filed.number in page.text
        tags = {one.tag for one in Page(page.text).root.all()}
        assert not tags & {"html", "body", "nav", "header main"}, address


@pytest.mark.parametrize(("typed", "status"), [("n" * 1001, 422), ("", 409)])
def test_a_refusal_in_a_dialog_is_said_in_the_dialog(
    typed: str, status: int, client: Client, make: Make
) -> None:
    filed = make.complaint() if status == 422 else make.complaint(S.PENDING_CUSTOMER)
    sign_in(client, make.user("platform_reviewer"))
    address = f"{PLATFORM_LOG}noor/{filed.number}/forward"
    before = row_counts()
    answer = post(client, address, [], note=typed, headers=HTMX)
    assert answer.status_code == status
    page = Page(answer.text)
    assert not {one.tag for one in page.root.all()} & {"html", "body", "nav"}
    assert any(one.get("role") == "alert" for one in page.root.all())
    assert "Forward to merchant" in {one.text for one in page.root.all("button")}
    assert row_counts() == before


def test_a_dialog_that_succeeds_is_told_where_to_go(client: Client, make: Make) -> None:
    filed, person = make.complaint(S.PENDING_ADMIN), make.user("agent")
    sign_in(client, make.user("agent"))
    back = f"{LOG}?status=pending_admin&sort=created"
    for address, keys in ((f"{LOG}{filed.number}/assign", []), (f"{LOG}bulk/assign", ["x"])):
        chosen = [filed.number] if keys else []
        answer = post(client, address, chosen, assignee=str(person.id), back=back, headers=HTMX)
        assert (answer.status_code, answer.text) == (204, "")
        assert answer.headers["HX-Redirect"] == back
        assert "Location" not in answer.headers
    assert assignees(filed) == [person.id]


# The way back


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/desk/noor/complaints/",
        "javascript:alert(1)",
        "/desk/najd/complaints/",
        "/desk/noor/complaintsx",
        "/desk/noor/complaints/\\@evil.example",
        "/desk/noor/complaints/\r\nX-Evil: 1",
        "/desk/noor/complaints/\x00",
        "/desk/noor/complaints/?q=سارة",
        "/desk/noor/deliveries/",
        "/login",
        "?next=//evil.example",
        " /desk/noor/complaints/",
    ],
)
def test_the_way_back_leads_to_this_list_alone(back: str, client: Client, make: Make) -> None:
    """Security, 10."""
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    page = client.get(f"{LOG}bulk/assign", query_string={"key": filed.number, "back": back})
    here = page.request.path
    links = {one.get("href") for one in Page(page.text).root.all("a")}
    assert not [one for one in links if "evil" in one and not one.startswith(f"{here}?key=")]
    assert Page(page.text).link("Cancel") == LOG
    for headers, name in ((None, "Location"), (HTMX, "HX-Redirect")):
        answer = post(
            client, f"{LOG}bulk/assign", [filed.number], assignee="", back=back, headers=headers
        )
        assert answer.headers[name] == LOG
        assert "X-Evil" not in answer.headers


def test_the_way_back_keeps_the_search(client: Client, make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    back = f"{LOG}?q=Sara&status=pending_admin"
    form = client.page(back)
    assert filed.number in form.text
    data = next(one for one in form.root.all("form") if "data-bulk" in one.attributes)
    [kept] = [one.get("value") for one in data.all("input") if one.get("name") == "back"]
    assert kept == back
    page = client.get(f"{LOG}bulk/assign", query_string={"key": filed.number, "back": back})
    assert Page(page.text).link("Cancel") == back
    answer = client.submit(page, {"assignee": ""}, button="Assign")
    assert answer.headers["Location"] == back
    nothing = client.get(f"{LOG}bulk/assign", query_string={"back": back})
    assert nothing.headers["Location"] == back


def test_a_page_of_the_list_offers_its_rows_and_their_actions(client: Client, make: Make) -> None:
    open_one, closed = make.complaint(S.PENDING_ADMIN), make.complaint(S.CLOSED)
    review = make.complaint()
    sign_in(client, make.user("agent"))
    page = client.page(LOG)
    keys = {
        one.get("value")
        for one in page.root.all("input")
        if one.get("name") == "key" and one.get("type") == "checkbox"
    }
    assert keys == {open_one.number, closed.number, review.number} == set(shown(client))
    offers = {
        one.text: one.get("data-can") for one in page.root.all("tr") if "data-can" in one.attributes
    }
    assert list(offers.values()) == ["", ""], "only what offers less than everything says so"
    assert not [one for one in offers if open_one.number in one]


# Deliveries


@pytest.fixture
def failed(make: Make, deliver: Deliver, mailbox: Mailbox) -> list[int]:
    """Two messages that failed and one that was sent, all of noor; then one of najd that failed."""
    mailbox.mood(data="451 Later")
    for _ in range(2):
        make.complaint()
    make.complaint(store=make.store("najd"))
    deliver()
    mailbox.mood()
    make.complaint()
    deliver()
    mailbox.take()
    db.session.rollback()
    query = select(Delivery.id).order_by(Delivery.status == D.SENT, Delivery.id)
    return list(db.session.scalars(query))


def states(*ids: int) -> list[D]:
    db.session.rollback()
    found = dict(db.session.execute(select(Delivery.id, Delivery.status)).all())
    return [found[one] for one in ids]


def test_several_messages_are_tried_again(
    failed: list[int], client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """X-05, X-01."""
    first, second, foreign, sent = failed
    assert states(*failed) == [D.TEMPORARY_FAILURE] * 3 + [D.SENT]
    sign_in(client, make.user("store_owner"))
    keys = [str(one) for one in failed]
    page = client.get(f"{DELIVERIES}bulk/retry", query_string={"key": keys})
    answer = client.submit(page, button="Try again")
    said = report(client, answer)
    assert said.startswith("2 changed, 1 refused: Only a message that failed or is held")
    assert states(first, second, foreign, sent) == [
        *(D.QUEUED, D.QUEUED, D.TEMPORARY_FAILURE, D.SENT)
    ]
    db.session.rollback()
    retried = select(Event.subject_id).where(Event.kind == EventKind.DELIVERY_RETRIED)
    assert sorted(db.session.scalars(retried)) == [first, second]
    deliver()
    mailbox.take()


@pytest.mark.usefixtures("failed")
@pytest.mark.parametrize(
    "key", ["0", "-1", "abc", str(2**31), str(2**63), "9" * 40, "0" * 12 + "1", "\x00", "٣"]
)
def test_a_key_that_is_no_message_is_told_plainly(key: str, client: Client, make: Make) -> None:
    sign_in(client, make.user("store_owner"))
    before = row_counts()
    answer = post(client, f"{DELIVERIES}bulk/retry", [key])
    assert report(client, answer) == "Choose at least one row first."
    assert row_counts() == before


def test_only_what_makes_sense_for_several_is_there_for_several(
    failed: list[int], client: Client, make: Make
) -> None:
    sign_in(client, make.user("store_owner"))
    assert post(client, f"{DELIVERIES}bulk/resend", [str(failed[-1])]).status_code == 404
    assert client.get(f"{DELIVERIES}{failed[0]}/nonsense").status_code == 404


def test_one_message_is_sent_once_more_once(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """X-10: however often the button is pressed."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    deliver()
    mailbox.take()
    db.session.rollback()
    query = select(Delivery).where(Delivery.recipient == filed.email).order_by(Delivery.id.desc())
    mail = db.session.scalars(query.limit(1)).one()
    sign_in(client, make.user("store_owner"))
    page = client.get(f"{DELIVERIES}{mail.id}/resend")
    assert page.status_code == 200
    for _ in range(2):
        answer = client.submit(page, button="Send once more")
        assert answer.headers["Location"] == f"{DELIVERIES}{mail.id}"
    deliver()
    assert [one.to for one in mailbox.take()] == [(filed.email,)]


def test_a_change_of_one_among_many_meanwhile_is_seen(client: Client, make: Make) -> None:
    """X-11: decided on the row as it is when it is locked, not as the page showed it."""
    first, second = make.complaint(), make.complaint()
    sign_in(client, make.user("platform_reviewer"))
    keys = [f"noor/{one.number}" for one in (first, second)]
    page = client.get(f"{PLATFORM_LOG}bulk/forward", query_string={"key": keys})
    other = make.actor("platform_reviewer")
    with transaction():
        ticket = tickets.find(first.ticket.kind, first.number)
        review.forward(ticket, "", other, now=make.clock())
    answer = client.submit(page, {"note": ""}, button="Forward to merchant")
    assert report(client, answer).startswith("1 changed, 1 refused: ")
    assert len(recorded(EventKind.COMPLAINT_FORWARDED)) == 2


def test_operators_are_told_when_facts_wait_too_long_for_their_messages(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """One whose words cannot be written is set aside by the worker; without a word here only its log would know."""
    sign_in(client, make.user("platform_admin"))
    filed = make.complaint()
    make.clock.move(minutes=5)
    waiting = "for more than five minutes"
    assert waiting in client.page("/platform/deliveries/").text
    deliver()
    mailbox.one(to=filed.email)
    assert waiting not in client.page("/platform/deliveries/").text
